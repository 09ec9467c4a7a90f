"""Models for vectors of graded spikes: programs, the same in both arithmetics."""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi2NeuroCore
from lavajit.neurocore.models.base import GradedProgram
from lavajit.proc.graded.inverse_root import InvSqrt, InvSqrtModelFP
from lavajit.proc.graded.norm import NormVecDelay, NormVecDelayModel
from lavajit.proc.graded.vectors import (
    GradedReluVec,
    GradedVec,
    PyGradedReluVecModelFixed,
    PyGradedVecModelFixed,
)
from lavajit.proc.prodneuron import ProdNeuron, PyProdNeuronModelFixed


@implements(proc=GradedVec, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelGradedVec(GradedProgram, PyGradedVecModelFixed):
    """GradedVec on cores."""

    elementwise = True
    active_state = ("v",)


@implements(proc=GradedReluVec, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelGradedReluVec(GradedProgram, PyGradedReluVecModelFixed):
    """GradedReluVec on cores."""

    elementwise = True
    active_state = ("v",)


@implements(proc=NormVecDelay, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelNormVecDelay(GradedProgram, NormVecDelayModel):
    """NormVecDelay on cores."""

    active_state = ("v", "v2")


@implements(proc=InvSqrt, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelInvSqrt(GradedProgram, InvSqrtModelFP):
    """InvSqrt on cores."""


@implements(proc=ProdNeuron, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelProdNeuron(GradedProgram, PyProdNeuronModelFixed):
    """ProdNeuron on cores."""

    elementwise = True
