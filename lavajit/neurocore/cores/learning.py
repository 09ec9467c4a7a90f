"""The rule of a plastic synapse group that learns from errors, and its errors as registers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.checks import whole_number

#: Errors have 7 bits and a sign.
MOST_ERROR = 127


@dataclass(frozen=True)
class ErrorLearning:
    """Rule of a plastic synapse group, as in NengoLoihi's emulator.

    Every `trace_epoch` steps the trace x of an axon becomes
    ``exp(-trace_epoch / tau) * x + impulse * (the axon has had a spike)``, rounded by chance and at
    most 127. Every `weight_epoch` steps a weight w changes by its axon's trace times the error e of
    its target: the first half of the compartments has ``-error``, the second half ``+error``. With
    arithmetic shifts, ``a = (w << (7 - weight_exponent)) + (x * e * rate << (5 + rate_exponent))``
    is rounded by chance to a multiple of ``2**(7 + unused_bits)`` and stored.

    Attributes
    ----------
    tau : float
        Time constant of traces in steps.
    impulse : float
    trace_epoch, weight_epoch : int
        In steps, 1..63.
    rate : int
        Mantissa of the learning rate.
    rate_exponent : int
    weight_exponent : int
        6 plus the exponent of the weights.
    unused_bits : int
        Bits that the stored weight leaves out: 8 less its bits, one more for weights of both signs.

    Raises
    ------
    TypeError, ValueError
        A value is out of range.
    """

    tau: float
    impulse: float
    trace_epoch: int
    weight_epoch: int
    rate: int
    rate_exponent: int
    weight_exponent: int = 6
    unused_bits: int = 1

    def __post_init__(self):
        if not (self.tau > 0 and np.isfinite(self.impulse)):
            raise ValueError(
                f"tau and impulse: expected a positive and a finite number, "
                f"got {self.tau} and {self.impulse}"
            )
        for name in ("trace_epoch", "weight_epoch"):
            whole_number(name, getattr(self, name), 1, 63)
        whole_number("rate", self.rate, -127, 127)
        whole_number("rate_exponent", self.rate_exponent, -31, 7)
        whole_number("weight_exponent", self.weight_exponent, -2, 13)
        whole_number("unused_bits", self.unused_bits, 0, 8)


def error_registers(errors: ArrayLike, scale: float) -> NDArray[np.int32]:
    """Errors of a float model as the whole numbers that plastic groups take.

    ``clip(round(errors * scale), -127, 127)``, rounded half to even.

    Parameters
    ----------
    errors : array_like of float
    scale : float
        What an error of 1 is; 100 in NengoLoihi.

    Returns
    -------
    ndarray of int32

    Raises
    ------
    ValueError
        An error is not finite.

    Examples
    --------
    >>> error_registers([0.317, -0.04, 2.0], 100).tolist()
    [32, -4, 127]
    """
    scaled = np.asarray(errors, np.float64) * scale
    if not np.isfinite(scaled).all():
        raise ValueError("errors: expected finite numbers")
    return np.clip(np.round(scaled), -MOST_ERROR, MOST_ERROR).astype(np.int32)
