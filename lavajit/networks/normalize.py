"""A network that divides vectors by their norms, in fixed point."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lavajit.networks.network import MESSAGE_BITS, AlgebraicVector, connect
from lavajit.proc.dense import Dense
from lavajit.proc.graded import InvSqrt, NormVecDelay


class NormalizeNet(AlgebraicVector):
    """Divides a vector by its norm: what is sent at t is nearly ``c * x(t - 2) / |x(t - 2)|``.

    The sum of the squares and the inverse square root go through connections and back, which takes
    two steps; the vector waits for them. The factor c is ``2**(1.5 * exp)``.

    Parameters
    ----------
    shape : tuple of int
        Shape of the vector, (n,).
    exp : int, optional
        Fraction bits of the squared norm and of its inverse square root.
    **kwargs
        As for NormVecDelay.

    Examples
    --------
    >>> NormalizeNet(shape=(3,)).shape
    (3,)
    """

    def __init__(self, shape: tuple[int, ...], exp: int = 12, **kwargs: Any) -> None:
        self.exp = exp
        size = math.prod(shape)
        self.main = NormVecDelay(shape=shape, vth=1, exp=exp, delay=2, **kwargs)
        self.sum_weights = Dense(weights=np.ones((1, size), int), num_message_bits=MESSAGE_BITS)
        self.inv_sqrt = InvSqrt(shape=(1,), fp_base=exp)
        self.spread_weights = Dense(weights=np.ones((size, 1), int), num_message_bits=MESSAGE_BITS)
        self.in_port = self.main.a_in1
        self.out_port = self.main.s_out
        connect(self.main.s2_out, self.sum_weights.s_in)
        connect(self.sum_weights.a_out, self.inv_sqrt.a_in)
        connect(self.inv_sqrt.s_out, self.spread_weights.s_in)
        connect(self.spread_weights.a_out, self.main.a_in2)
