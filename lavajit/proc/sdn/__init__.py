"""Sigma, delta and sigma-delta neurons.

Sigma integrates, ``sigma = sigma + a_in``, and sends sigma. Delta sends what has changed::

    x = a_in                                       float
      = a_in << (spike_exp + state_exp)            fixed point
    d = (x - act) + residue
    s = d if |d| >= vth else 0
    residue = d - s ;  act = x
    send s                                         fixed point: s >> state_exp, floor

With cum_error, ``error = error + d`` decides instead of d, and becomes 0 where s is not 0.

SigmaDelta is sigma, an activation ``x = sigma + bias`` (``max(x, 0)`` for RELU), and delta of x;
its input is not shifted. The threshold and the bias are scaled by ``2**(spike_exp + state_exp)``
in the constructor, for float models as well.

Fixed point (tag ``fixed_pt``) works in 32 bits and wraps, as Lava does. Its SigmaDelta loses the
bits that ``>> state_exp`` drops; ``PySigmaDeltaModelFixedCorrected`` keeps them. It is chosen
with ``exception_proc_model_map={SigmaDelta: PySigmaDeltaModelFixedCorrected}``::

    d = x - act ;  s = d if |d| >= vth else 0 ;  o = s >> state_exp
    act = act + (o << state_exp) ;  send o

Unlike in Lava, vth may be one value per neuron, and exponents and the activation mode are checked
when the Process is made.
"""

from lavajit.proc.sdn.delta import AbstractDeltaModel, Delta, PyDeltaModelFixed, PyDeltaModelFloat
from lavajit.proc.sdn.sigma import AbstractSigmaModel, PySigmaModelFixed, PySigmaModelFloat, Sigma
from lavajit.proc.sdn.sigma_delta import (
    AbstractSigmaDeltaModel,
    ActivationMode,
    PySigmaDeltaModelFixed,
    PySigmaDeltaModelFixedCorrected,
    PySigmaDeltaModelFloat,
    ReLU,
    SigmaDelta,
)

__all__ = [
    "AbstractDeltaModel",
    "AbstractSigmaDeltaModel",
    "AbstractSigmaModel",
    "ActivationMode",
    "Delta",
    "PyDeltaModelFixed",
    "PyDeltaModelFloat",
    "PySigmaDeltaModelFixed",
    "PySigmaDeltaModelFixedCorrected",
    "PySigmaDeltaModelFloat",
    "PySigmaModelFixed",
    "PySigmaModelFloat",
    "ReLU",
    "Sigma",
    "SigmaDelta",
]
