"""Pair-based spike-timing dependent plasticity.

::

    dw = learning_rate * A_minus * x0 * y1     at a pre-synaptic spike, post before pre
       + learning_rate * A_plus  * y0 * x1     at a post-synaptic spike, pre before post

x1 is a trace of pre-synaptic spikes, y1 one of post-synaptic spikes (Gerstner et al., "A neuronal
learning rule for sub-millisecond temporal coding", Nature 383, 1996). `learning_rate`, `A_plus` and
`A_minus` are rounded as :func:`lavajit.learning.utils.float_to_literal` says, like in Lava.
"""

from __future__ import annotations

from typing import Any

from lavajit.learning.rule import Loihi2FLearningRule
from lavajit.learning.utils import float_to_literal


class STDPLoihi(Loihi2FLearningRule):
    """Pair-based spike-timing dependent plasticity.

    Parameters
    ----------
    learning_rate : float
        Factor of both changes.
    A_plus : float
        Change by a spike pair pre before post; positive potentiates.
    A_minus : float
        Change by a spike pair post before pre; negative depresses.
    tau_plus, tau_minus : float
        Time constants of x1 and of y1, in time steps.
    **kwargs
        Further arguments of :class:`~lavajit.learning.rule.Loihi2FLearningRule`; x1_impulse and
        y1_impulse are 16 unless given.

    Attributes
    ----------
    learning_rate, A_plus, A_minus : str
        As they stand in the rule string.
    tau_plus, tau_minus : float
        What was given.

    Examples
    --------
    >>> STDPLoihi(learning_rate=1, A_plus=1, A_minus=-2, tau_plus=10, tau_minus=10).dw
    dw += -2 * 2^0 * x0 * y1
    dw += 1 * 2^0 * y0 * x1
    """

    def __init__(
        self,
        learning_rate: float,
        A_plus: float,
        A_minus: float,
        tau_plus: float,
        tau_minus: float,
        **kwargs: Any,
    ) -> None:
        self.learning_rate = float_to_literal(learning_rate)
        self.A_plus = float_to_literal(A_plus)
        self.A_minus = float_to_literal(A_minus)
        self.tau_plus = tau_plus
        self.tau_minus = tau_minus
        dw = (
            f"{self.learning_rate} * {self.A_minus} * x0 * y1 +"
            f"{self.learning_rate} * {self.A_plus} * y0 * x1"
        )
        arguments = {"x1_impulse": 16, "y1_impulse": 16} | kwargs
        super().__init__(dw=dw, x1_tau=tau_plus, y1_tau=tau_minus, **arguments)
