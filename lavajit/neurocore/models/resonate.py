"""Models for RF, RF_IZ and RFZero: programs, the same in both arithmetics."""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi2NeuroCore
from lavajit.neurocore.models.base import GradedProgram, ProgramModel
from lavajit.proc.resfire import PyRFZeroModelFixed, RFZero
from lavajit.proc.rf import RF, PyRFModelFixed
from lavajit.proc.rf_iz import RF_IZ, PyRF_IZModelFixed


@implements(proc=RF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelRF(ProgramModel, PyRFModelFixed):
    """RF on cores."""

    elementwise = True
    active_state = ("real", "imag")


@implements(proc=RF_IZ, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelRF_IZ(ProgramModel, PyRF_IZModelFixed):  # noqa: N801 (name as of the Process)
    """RF_IZ on cores."""

    elementwise = True
    active_state = ("real", "imag")


@implements(proc=RFZero, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelRFZero(GradedProgram, PyRFZeroModelFixed):
    """RFZero on cores."""

    elementwise = True
    active_state = ("u", "v")
