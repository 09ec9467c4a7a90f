"""Models of plastic connections in the chip's integers: base class."""

from __future__ import annotations

import math

import numpy as np

from lavajit.learning import arithmetic
from lavajit.learning.streams import (
    FIRST_OF_EPOCH,
    LAST_OF_EPOCH,
    ROUNDING,
    Y_IMPULSE,
    advance,
    as_double,
    output,
    stream_table,
)
from lavajit.learning.traces import (
    FRACTION,
    TRACE_MAX,
    X1,
    X2,
    Y1,
    Y2,
    Y3,
    half_payload,
    history_of_counters,
    history_of_streams,
    repeat_spike_fixed,
    repeated_up_of_counters,
    repeated_up_of_streams,
)
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.proc.learning_connection import TRACES
from lavajit.proc.learning_model import OVERWRITE, REGULAR, SATURATE, PyLearningConnection

_PAYLOAD_MASK = 255


class LearningConnectionModelBitApproximate(PyLearningConnection):
    """Traces of 7 bits, weights and tags of 9, rounded at random as on the chip."""

    is_fixed = True

    s_in_y1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    s_in_y2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    s_in_y3: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=7)
    x1: np.ndarray = LavaPyType(np.ndarray, int, precision=7)
    x2: np.ndarray = LavaPyType(np.ndarray, int, precision=7)
    y1: np.ndarray = LavaPyType(np.ndarray, int, precision=7)
    y2: np.ndarray = LavaPyType(np.ndarray, int, precision=7)
    y3: np.ndarray = LavaPyType(np.ndarray, int, precision=7)
    tag_1: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    tag_2: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=6)
    x1_tau: np.ndarray = LavaPyType(np.ndarray, int)
    x1_impulse: np.ndarray = LavaPyType(np.ndarray, int)
    x2_tau: np.ndarray = LavaPyType(np.ndarray, int)
    x2_impulse: np.ndarray = LavaPyType(np.ndarray, int)
    y1_tau: np.ndarray = LavaPyType(np.ndarray, int)
    y1_impulse: np.ndarray = LavaPyType(np.ndarray, int)
    y2_tau: np.ndarray = LavaPyType(np.ndarray, int)
    y2_impulse: np.ndarray = LavaPyType(np.ndarray, int)
    y3_tau: np.ndarray = LavaPyType(np.ndarray, int)
    y3_impulse: np.ndarray = LavaPyType(np.ndarray, int)

    def __init__(self, proc_params):
        self.whole, self.fraction = np.zeros(len(TRACES), np.int64), np.zeros(len(TRACES), np.int64)
        super().__init__(proc_params)
        rule = self._learning_rule
        own = rule.rng == "counter"
        self.seed = rule.rng_seed
        self.history = history_of_counters if own else history_of_streams
        self.repeated_up = repeated_up_of_counters if own else repeated_up_of_streams
        self.streams = stream_table(int(rule.rng_seed), self.epoch)

    def _take_rule(self):
        super()._take_rule()
        for k, impulse in enumerate(self.impulses):
            self.whole[k] = math.floor(impulse)
            self.fraction[k] = round((impulse - math.floor(impulse)) * FRACTION)

    def _bounds_of(self, variable: str) -> tuple:
        if variable == "weights":
            return arithmetic.WEIGHT_BOUNDS[self.sign_mode]
        return arithmetic.DELAY_BOUNDS if variable == "tag_2" else arithmetic.TAG_BOUNDS

    def note_pre_spikes(self, s_in):
        """Spike times and repeated spikes of this epoch; payloads."""
        step = self.step_of_epoch()
        if self.graded_mode == REGULAR or self.graded_mode == OVERWRITE:
            for j in self.s_in.events():
                if self.graded_mode == REGULAR and self.tx[j] > 0:
                    repeat_spike_fixed(self.x1, j, self.whole[X1], self.rounds_up(X1, j))
                if self.graded_mode == OVERWRITE:
                    self.x1[j] = half_payload(self.payload(s_in, j))
                self.note_pre_spike(j, step)
        else:
            self.add_payloads(s_in, step)

    def add_payloads(self, s_in, step):
        """Payloads add to x1, in 8 bits; beyond 127 it saturates or wraps."""
        for j in range(self.x1.size):
            payload = self.payload(s_in, j)
            added = (self.x1[j] + half_payload(payload)) & _PAYLOAD_MASK
            over = added > TRACE_MAX
            if self.graded_mode == SATURATE:
                self.x1[j] = TRACE_MAX if over else added
            else:
                self.x1[j] = added - TRACE_MAX if over else added
            if payload != 0 and (over or self.graded_mode == SATURATE):
                self.note_pre_spike(j, step)

    def payload(self, s_in, j):
        """The payload of message j; a binary spike counts 1."""
        if self.num_message_bits[0] > 0:
            return np.int64(s_in[j])
        return np.int64(1) if s_in[j] else np.int64(0)

    def note_pre_spike(self, j, step):
        """The time of a spike; the impulse of x2 if it is not the first one of the epoch."""
        if self.tx[j] > 0:
            repeat_spike_fixed(self.x2, j, self.whole[X2], self.rounds_up(X2, j))
        self.tx[j] = step

    def rounds_up(self, which, neuron):
        """Whether the impulse of a repeated spike is rounded up."""
        fraction, n_steps = self.fraction[which], self.epoch + 1
        return self.repeated_up(fraction, which, n_steps, neuron, self.streams, self.rng)

    def note_post_spikes(self):
        """Spike times and repeated spikes of this epoch."""
        step = self.step_of_epoch()
        for i in self.s_in_bap.events():
            if self.ty[i] > 0:
                repeat_spike_fixed(self.y1, i, self.whole[Y1], self.rounds_up(Y1, i))
                repeat_spike_fixed(self.y2, i, self.whole[Y2], self.rounds_up(Y2, i))
                repeat_spike_fixed(self.y3, i, self.whole[Y3], self.rounds_up(Y3, i))
            self.y0[i] = True
            self.ty[i] = step
        advance(self.streams, Y_IMPULSE, Y_IMPULSE)

    def take_post_traces(self, y1, y2, y3):
        """The traces that the post-synaptic neurons sent, truncated towards zero."""
        for i in range(self.y1.size):
            self.y1[i], self.y2[i], self.y3[i] = np.int64(y1[i]), np.int64(y2[i]), np.int64(y3[i])

    def rounding_number(self):
        """0 to 127, for all synapses in this epoch."""
        return np.int64(as_double(output(self.streams, ROUNDING)) * arithmetic.FINER)

    def make_histories(self):
        """Traces within the epoch that ends; they take their last values."""
        advance(self.streams, FIRST_OF_EPOCH, LAST_OF_EPOCH)
        self.make_history(self.x_history[0], self.x1, self.tx, X1)
        self.make_history(self.x_history[1], self.x2, self.tx, X2)
        self.make_history(self.y_history[0].T, self.y1, self.ty, Y1)
        self.make_history(self.y_history[1].T, self.y2, self.ty, Y2)
        self.make_history(self.y_history[2].T, self.y3, self.ty, Y3)

    def make_history(self, history, trace, times, k):
        """History of trace number k; the traces of a three-factor rule keep their values."""
        if not self.lives(k, trace):
            return
        self.history(
            history,
            trace,
            times,
            self.decays[k],
            self.whole[k],
            self.fraction[k],
            k,
            self.three_factors and k >= Y1,
            self.streams,
            self.rng,
        )
