"""Model for ATRLIF: a program, the same in both arithmetics."""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi2NeuroCore
from lavajit.neurocore.models.base import ProgramModel
from lavajit.proc.atrlif import ATRLIF, PyATRLIFModelFixed


@implements(proc=ATRLIF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelATRLIF(ProgramModel, PyATRLIFModelFixed):
    """ATRLIF on cores."""

    elementwise = True
    active_state = ("i", "v", "r", "bias_mant")
