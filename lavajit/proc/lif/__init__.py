"""Leaky integrate-and-fire neurons: LIF, LIFReset, TernaryLIF, LIFRefractory, LearningLIF.

Float (tag ``floating_pt``), per neuron and step, in this order::

    u = u * (1 - du) + a_in
    v = v * (1 - dv) + u + bias_mant
    s = v > vth ;  v = 0 where s

Fixed point (tags ``fixed_pt``, ``bit_accurate_loihi``), Loihi's arithmetic in 32-bit integers,
decays with 12-bit factors rounded towards zero, ``tz(x, n) = sign(x) * (|x| >> n)``::

    b = bias_mant << bias_exp                      (>> for a negative exponent)
    u = wrap24(tz(u * (4096 - (du + 1)), 12) + (a_in << 6))
    v = clip(tz(v * (4096 - dv), 12) + u + b, +-(2^23 - 1))
    s = v > (vth << 6) ;  v = 0 where s

``wrap24`` is Loihi's single correction: x - 2^24 above 2^23, x + 2^24 at or below -2^23. The
threshold is taken in the first step; a later ``vth.set`` has no effect, as in Lava.

Unlike in Lava, every parameter may be one number for all neurons or one per neuron, LIFRefractory
has a fixed-point model, and LearningLIF serves all of its ports.
"""

from lavajit.proc.fixed_point import (
    DECAY_BITS,
    INPUT_SHIFT,
    STATE_BITS,
    decay_exact,
    decay_vector,
    scaled_bias,
    shifted_input,
    wrap24,
)
from lavajit.proc.lif.bases import AbstractLIF, AbstractPyLifModelFixed, AbstractPyLifModelFloat
from lavajit.proc.lif.learning import (
    LearningLIF,
    PyLearningLIFModelFixed,
    PyLearningLifModelFloat,
)
from lavajit.proc.lif.lif import LIF, PyLifModelBitAcc, PyLifModelFloat
from lavajit.proc.lif.refractory import (
    LIFRefractory,
    PyLifRefractoryModelFixed,
    PyLifRefractoryModelFloat,
)
from lavajit.proc.lif.reset import LIFReset, PyLifResetModelBitAcc, PyLifResetModelFloat
from lavajit.proc.lif.ternary import PyTernLifModelFixed, PyTernLifModelFloat, TernaryLIF

__all__ = [
    "DECAY_BITS",
    "INPUT_SHIFT",
    "LIF",
    "STATE_BITS",
    "AbstractLIF",
    "AbstractPyLifModelFixed",
    "AbstractPyLifModelFloat",
    "LIFRefractory",
    "LIFReset",
    "LearningLIF",
    "PyLearningLIFModelFixed",
    "PyLearningLifModelFloat",
    "PyLifModelBitAcc",
    "PyLifModelFloat",
    "PyLifRefractoryModelFixed",
    "PyLifRefractoryModelFloat",
    "PyLifResetModelBitAcc",
    "PyLifResetModelFloat",
    "PyTernLifModelFixed",
    "PyTernLifModelFloat",
    "TernaryLIF",
    "decay_exact",
    "decay_vector",
    "scaled_bias",
    "shifted_input",
    "wrap24",
]
