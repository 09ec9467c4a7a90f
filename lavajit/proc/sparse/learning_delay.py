"""LearningDelaySparse and its models: synapses that learn and delay; not in Lava.

On the chip the delay of a synapse is the synaptic variable "d" of its rule, the Var tag_2. In Lava
it delays nothing. Here a message on a synapse with delay d, received in step t, is part of what is
sent in step t + 1 + d, and rules for ``dd`` change it: d counts rounded, within 0 and `max_delay`.
Traces follow the spikes as they are received, without the delay.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_matrix

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.connection_models import DelayedFixedModel, DelayedFloatModel
from lavajit.proc.delays import check_fixed_delays, longest_delay
from lavajit.proc.fixed_weights import truncate_entries
from lavajit.proc.learning_model import LearningConnectionModelFloat
from lavajit.proc.learning_model_fixed import LearningConnectionModelBitApproximate
from lavajit.proc.sparse.learning import LearningSparse, SparseRule
from lavajit.proc.sparse.sparse import as_csr
from lavajit.process.variable import Var


class LearningDelaySparse(LearningSparse):
    """Connections between some pairs of neurons that learn and delay.

    Parameters
    ----------
    weights : sparse matrix or ndarray, shape (M, N)
        Initial weights, as for :class:`~lavajit.proc.sparse.learning.LearningSparse`.
    delays : sparse matrix of int64, shape (M, N), or int
        Initial delays in time steps, at most 63 in fixed point; 0 where none is stored. They are
        the Var `tag_2`, "d" in rules.
    max_delay : int, optional
        Longest delay there is room for; 0: the longest of `delays`.
    tag_1, num_message_bits, learning_rule, graded_spike_cfg, weight_exp, num_weight_bits, sign_mode
        As for :class:`~lavajit.proc.sparse.learning.LearningSparse`.

    Raises
    ------
    AttributeError, ValueError
        As for LearningSparse; ValueError if delays are negative, of another shape or type.

    See Also
    --------
    lavajit.utils.sparse.from_synapses : Weights and delays from arrays with one entry per synapse.

    Examples
    --------
    >>> from lavajit import LearningDelaySparse, STDPLoihi
    >>> from lavajit.utils.sparse import from_synapses
    >>> weights, delays = from_synapses([0, 0], [1, 2], [0.5, 2.0], [3, 0], shape=(3, 1))
    >>> rule = STDPLoihi(1, 1, -2, 10, 10)
    >>> plastic = LearningDelaySparse(weights=weights, delays=delays, learning_rule=rule)
    >>> plastic.a_buff.shape
    (3, 4)
    """

    def __init__(
        self, *, weights, delays, max_delay=0, tag_1=None, learning_rule=None, **kwargs
    ) -> None:
        name = type(self).__name__
        if kwargs.pop("tag_2", None) is not None:
            raise ValueError(f"{name}: tag_2 is what `delays` sets; give delays only")
        weights = as_csr(name, weights)
        max_delay = longest_delay(name, delays, weights.shape, max_delay)
        super().__init__(
            weights=weights,
            tag_1=tag_1,
            tag_2=delays,
            delays=delays,
            max_delay=max_delay,
            learning_rule=learning_rule,
            **kwargs,
        )
        self.a_buff = Var(shape=(weights.shape[0], max_delay + 1), init=0)


def add_plastic_entries(slots, first, data, delays, rows, columns, events, values):
    """slots[i, first + d] += data * values for every entry of active columns."""
    n_slots = slots.shape[1]
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            at = first + min(max(np.int64(math.floor(delays[k] + 0.5)), 0), n_slots - 1)
            slots[rows[k], at if at < n_slots else at - n_slots] += data[k] * value


class DelayedSparseRule(SparseRule):
    """What both models have."""

    def run_spk(self):
        """Send the first slot, receive, follow and note the spikes."""
        self.send_first()
        self.recv_traces(self.deliver())

    def add(self, slots, first, events, values):
        """slots[:, first + delays] += weights . values, of the inputs `events`."""
        data, delays = self.weights_data, self.tag_2_data
        rows, columns = self.weights_rows, self.weights_columns
        add_plastic_entries(slots, first, data, delays, rows, columns, events, values)


@implements(proc=LearningDelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLearningDelaySparseModelFloat(
    DelayedSparseRule, LearningConnectionModelFloat, DelayedFloatModel
):
    """LearningDelaySparse in float64."""

    weights: csr_matrix = LavaPyType(csr_matrix, float)
    tag_1: csr_matrix = LavaPyType(csr_matrix, float)
    tag_2: csr_matrix = LavaPyType(csr_matrix, float)


@implements(proc=LearningDelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_approximate_loihi", "fixed_pt")
class PyLearningDelaySparseModelBitApproximate(
    DelayedSparseRule, LearningConnectionModelBitApproximate, DelayedFixedModel
):
    """LearningDelaySparse in the chip's integers."""

    weights: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)
    tag_1: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)
    tag_2: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=6)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_fixed_delays("LearningDelaySparse", proc_params)

    def prepare_weights(self):
        """Truncate the initial weights; none is dropped."""
        truncate_entries(self.weights_data, self.sign_mode, self.num_weight_bits)
