"""Spike-timing dependent plasticity that is modulated by a reward.

The tag t of a synapse is its eligibility trace; the reward y2 turns it into a weight change at the
end of every epoch::

    dt = learning_rate * A_minus * x0 * y1
       + learning_rate * A_plus  * y0 * x1
       - u0 * t * eligibility_trace_decay_tau
    dw = u0 * t * y2

The post-synaptic trace y1 and the reward come from the post-synaptic neurons. Numbers in the
strings are rounded as :func:`lavajit.learning.utils.float_to_literal` says, like in Lava.
"""

from __future__ import annotations

from typing import Any

from lavajit.learning.rule import Loihi3FLearningRule
from lavajit.learning.utils import float_to_literal


class RewardModulatedSTDP(Loihi3FLearningRule):
    """Spike-timing dependent plasticity that is modulated by a reward.

    Parameters
    ----------
    learning_rate : float
        Factor of both changes of the eligibility trace.
    A_plus : float
        Change by a spike pair pre before post.
    A_minus : float
        Change by a spike pair post before pre.
    pre_trace_decay_tau : float
        Time constant of x1 in time steps.
    post_trace_decay_tau : float
        The same of y1, for the model of the post-synaptic neuron.
    pre_trace_kernel_magnitude : float
        Impulse of x1.
    post_trace_kernel_magnitude : float
        The same of y1, for the model of the post-synaptic neuron.
    eligibility_trace_decay_tau : float
        Fraction of the eligibility trace that is lost per epoch; not a time constant.
    **kwargs
        Further arguments of :class:`~lavajit.learning.rule.Loihi3FLearningRule`.

    Attributes
    ----------
    learning_rate, A_plus, A_minus, eligibility_trace_decay_tau : str
        As they stand in the rule strings.
    pre_trace_decay_tau, post_trace_decay_tau, pre_trace_kernel_magnitude, \
post_trace_kernel_magnitude : float
        What was given.

    Examples
    --------
    >>> RewardModulatedSTDP(1, 2, -2, 10, 10, 16, 16, 0.5).dt
    dt += -2 * 2^0 * x0 * y1
    dt += 2 * 2^0 * y0 * x1
    dt += -1 * 2^-1 * u0 * t
    """

    def __init__(
        self,
        learning_rate: float,
        A_plus: float,
        A_minus: float,
        pre_trace_decay_tau: float,
        post_trace_decay_tau: float,
        pre_trace_kernel_magnitude: float,
        post_trace_kernel_magnitude: float,
        eligibility_trace_decay_tau: float,
        **kwargs: Any,
    ) -> None:
        self.learning_rate = float_to_literal(learning_rate)
        self.A_plus = float_to_literal(A_plus)
        self.A_minus = float_to_literal(A_minus)
        self.pre_trace_decay_tau = pre_trace_decay_tau
        self.post_trace_decay_tau = post_trace_decay_tau
        self.pre_trace_kernel_magnitude = pre_trace_kernel_magnitude
        self.post_trace_kernel_magnitude = post_trace_kernel_magnitude
        self.eligibility_trace_decay_tau = float_to_literal(eligibility_trace_decay_tau)
        dt = (
            f"{self.learning_rate} * {self.A_minus} * x0 * y1 + "
            f"{self.learning_rate} * {self.A_plus} * y0 * x1 - "
            f"u0 * t * {self.eligibility_trace_decay_tau}"
        )
        super().__init__(
            dw=" u0 * t * y2 ",
            dt=dt,
            x1_impulse=pre_trace_kernel_magnitude,
            x1_tau=pre_trace_decay_tau,
            **kwargs,
        )
