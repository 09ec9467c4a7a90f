"""Vectors of graded spikes: GradedVec, GradedReluVec, NormVecDelay, InvSqrt.

GradedVec passes on what exceeds its threshold, GradedReluVec what exceeds it upwards::

    v = v + a_in ;  s = v if |v| > vth else 0 ;  v = 0            GradedReluVec: v > vth

NormVecDelay sends the squares of a vector, for the computation of its norm, and multiplies the
vector with what comes back::

    s2_out = a_in1 * a_in1
    s_out = o if |o| > vth else 0,   o = (a_in1 of `delay` steps ago) * a_in2

InvSqrt is 1 / sqrt(a_in), in fixed point with fp_base fraction bits, by Newton's method.

Fixed point (tag ``fixed_pt``) works in 32 bits and wraps, as Lava does; ``exp`` has no effect.
Different from Lava: there are float models (tag ``floating_pt``); thresholds may be one value per
neuron; NormVecDelay can delay by 2 steps, what the loop through InvSqrt and two Dense takes
(Lava's 1 step multiplies with the wrong vector when the input changes, and is the default);
InvSqrt takes any shape and uses its fp_base.
"""

from lavajit.proc.graded.inverse_root import (
    InvSqrt,
    InvSqrtModelFloat,
    InvSqrtModelFP,
    clz,
    inv_sqrt,
    make_fpinv_table,
)
from lavajit.proc.graded.norm import NormVecDelay, NormVecDelayModel, NormVecDelayModelFloat
from lavajit.proc.graded.vectors import (
    AbstractGradedReluVecModel,
    AbstractGradedVecModel,
    GradedReluVec,
    GradedVec,
    PyGradedReluVecModelFixed,
    PyGradedReluVecModelFloat,
    PyGradedVecModelFixed,
    PyGradedVecModelFloat,
    loihi2round,
)

__all__ = [
    "AbstractGradedReluVecModel",
    "AbstractGradedVecModel",
    "GradedReluVec",
    "GradedVec",
    "InvSqrt",
    "InvSqrtModelFP",
    "InvSqrtModelFloat",
    "NormVecDelay",
    "NormVecDelayModel",
    "NormVecDelayModelFloat",
    "PyGradedReluVecModelFixed",
    "PyGradedReluVecModelFloat",
    "PyGradedVecModelFixed",
    "PyGradedVecModelFloat",
    "clz",
    "inv_sqrt",
    "loihi2round",
    "make_fpinv_table",
]
