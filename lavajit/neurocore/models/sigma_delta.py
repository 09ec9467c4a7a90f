"""Models for Delta, Sigma and SigmaDelta: programs, the same in both arithmetics."""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi2NeuroCore
from lavajit.neurocore.models.base import GradedProgram
from lavajit.proc.sdn.delta import Delta, PyDeltaModelFixed
from lavajit.proc.sdn.sigma import PySigmaModelFixed, Sigma
from lavajit.proc.sdn.sigma_delta import (
    PySigmaDeltaModelFixed,
    PySigmaDeltaModelFixedCorrected,
    SigmaDelta,
)


@implements(proc=Delta, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDelta(GradedProgram, PyDeltaModelFixed):
    """Delta on cores."""

    elementwise = True
    active_state = ("act", "residue", "error")


@implements(proc=Sigma, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelSigma(GradedProgram, PySigmaModelFixed):
    """Sigma on cores."""

    elementwise = True
    active_state = ("sigma",)


@implements(proc=SigmaDelta, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelSigmaDelta(GradedProgram, PySigmaDeltaModelFixed):
    """SigmaDelta on cores."""

    elementwise = True
    active_state = ("sigma", "act", "residue", "error", "bias")


@implements(proc=SigmaDelta, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelSigmaDeltaCorrected(GradedProgram, PySigmaDeltaModelFixedCorrected):
    """SigmaDelta that keeps the bits which messages drop; chosen by name."""

    elementwise = True
    active_state = ("sigma", "act", "bias")
