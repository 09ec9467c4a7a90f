"""LearningDense and its models; the order of a step in :mod:`lavajit.proc.learning_connection`."""

from __future__ import annotations

from lavajit.learning.constants import GradedSpikeCfg
from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import CPU
from lavajit.proc.dense.dense import (
    AbstractPyDenseModelBitAcc,
    AbstractPyDenseModelFloat,
    Dense,
    matrix_shape,
)
from lavajit.proc.fixed_weights import truncate_columns
from lavajit.proc.learning_connection import LearningConnectionProcess
from lavajit.proc.learning_model import LearningConnectionModelFloat
from lavajit.proc.learning_model_fixed import LearningConnectionModelBitApproximate


class LearningDense(LearningConnectionProcess, Dense):
    """All-to-all connections that learn.

    Parameters
    ----------
    weights : ndarray, shape (M, N)
        Initial weights from N pre-synaptic to M post-synaptic neurons.
    tag_2, tag_1 : ndarray, shape (M, N), optional
        Initial values of "d" and "t" in rules; zeros by default.
    num_message_bits : int, optional
        0: inputs are binary; more: graded.
    learning_rule : LoihiLearningRule
        What happens at the end of each epoch.
    graded_spike_cfg : GradedSpikeCfg, optional
        What the payload of a pre-synaptic spike does to the trace x1.
    weight_exp, num_weight_bits : int, optional
        Fixed point, as for Dense; learned weights always have 8 bits.
    sign_mode : SignMode, optional
        MIXED by default. EXCITATORY and INHIBITORY weights keep their sign.

    Attributes
    ----------
    s_in : InPort, shape (N,)
    a_out : OutPort, shape (M,)
    s_in_bap, s_in_y1, s_in_y2, s_in_y3 : InPort, shape (M,)
    weights, tag_1, tag_2 : Var, shape (M, N)
        And those of :class:`~lavajit.proc.learning_connection.LearningConnectionProcess`.

    Raises
    ------
    AttributeError
        There is no learning rule.
    ValueError
        `weights` is not two-dimensional, or another parameter is out of range.

    Examples
    --------
    Pair STDP: the pre-synaptic neuron is the faster one, so its spikes mostly come first.

    >>> import numpy as np
    >>> from lavajit import LIF, LearningDense, Loihi2SimCfg, RunSteps, STDPLoihi
    >>> rule = STDPLoihi(1, 1, -2, 10, 10)
    >>> pre, post = LIF(shape=(1,), bias_mant=0.5, vth=1), LIF(shape=(1,), bias_mant=0.3, vth=1)
    >>> plastic = LearningDense(weights=np.zeros((1, 1)), learning_rule=rule)
    >>> pre.s_out.connect(plastic.s_in)
    >>> plastic.a_out.connect(post.a_in)
    >>> post.s_out.connect(plastic.s_in_bap)
    >>> pre.run(RunSteps(8), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> plastic.weights.get().round(3)
    array([[-13.408]])
    >>> pre.stop()
    """

    def __init__(
        self,
        *,
        weights,
        tag_2=None,
        tag_1=None,
        name=None,
        num_message_bits=0,
        log_config=None,
        learning_rule=None,
        graded_spike_cfg=GradedSpikeCfg.USE_REGULAR_IMPULSE,
        **kwargs,
    ) -> None:
        super().__init__(
            shape=matrix_shape(type(self).__name__, weights),
            weights=weights,
            tag_2=tag_2,
            tag_1=tag_1,
            name=name,
            num_message_bits=num_message_bits,
            log_config=log_config,
            learning_rule=learning_rule,
            graded_spike_cfg=graded_spike_cfg,
            **kwargs,
        )


class DenseRule:
    """How both models of LearningDense apply their rule."""

    column_major = ("weights", "tag_1", "tag_2")

    def apply_rule(self, pre, post):
        """Apply the rule to the epoch that ends."""
        return self.learn(
            self.weights,
            self.tag_2,
            self.tag_1,
            self.tx,
            self.ty,
            pre,
            post,
            self.steps[: post.size],
            self.mask,
            self.x_history,
            self.y_history,
            self.y_own,
            self.fires(),
            not self.settled,
            self.bounds,
            self.fresh,
            self.rounding,
            self.rng,
        )


@implements(proc=LearningDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLearningDenseModelFloat(DenseRule, LearningConnectionModelFloat, AbstractPyDenseModelFloat):
    """LearningDense in float64."""


@implements(proc=LearningDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_approximate_loihi", "fixed_pt")
class PyLearningDenseModelBitApproximate(
    DenseRule, LearningConnectionModelBitApproximate, AbstractPyDenseModelBitAcc
):
    """LearningDense in the chip's integers."""

    def prepare_weights(self):
        """Truncate the initial weights."""
        truncate_columns(self.weights, self.sign_mode, self.num_weight_bits)
