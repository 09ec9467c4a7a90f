"""Models of connections, whatever the form of their weights: order of a step, arithmetic.

Dense, Sparse and their delayed forms add the weights they store; equations in
:mod:`lavajit.proc.dense`, delivery in :mod:`lavajit.proc.delivery`.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.proc.delivery import (
    float_messages,
    flush_scaled,
    integer_messages,
    next_slot,
    scale,
    store_scaled,
)
from lavajit.proc.fixed_weights import weight_options


class ConnectionModel(PyLoihiProcessModel):
    """Ports of all connections."""

    boundscheck = False

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)

    def count_synapses(self):
        """Targets of every input; of a sparse matrix the elements it stores."""
        if hasattr(self, "weights_columns"):
            return {"s_in": np.diff(self.weights_columns)}
        return {"s_in": self.weights.shape[0]}


class FloatConnectionModel(ConnectionModel):
    """Types of connections in float64."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[1])


class FixedConnectionModel(ConnectionModel):
    """Types of connections bit-accurate to Loihi, and their options.

    Weights have 8 bits, activations 32.
    """

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=16)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.weights_prepared = False
        self.weight_exp, self.num_weight_bits, self.sign_mode = weight_options(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[1], np.int64)

    def prepare(self):
        """Clip and truncate the weights, in the first step."""
        if not self.weights_prepared:
            self.prepare_weights()
            self.weights_prepared = True

    def prepare_weights(self):
        """Clip and truncate the weights."""
        raise NotImplementedError("prepare_weights() must be implemented by the model")


# --- without delays -------------------------------------------------------------------


class DirectFloatModel(FloatConnectionModel):
    """Order of a step; a subclass supplies ``add``."""

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        self.deliver()

    def deliver(self):
        """Receive and compute the next activation; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        total, values = self.a_buff, self.values
        for i in range(total.size):
            total[i] = 0.0
        float_messages(values, x, events, self.num_message_bits[0] > 0)
        self.add(total, events, values)
        return x

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        raise NotImplementedError("add() must be implemented by the model")


class DirectFixedModel(FixedConnectionModel):
    """Order of a step; a subclass supplies ``add`` and ``prepare_weights``."""

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.total = np.zeros(np.shape(proc_params.get("weights"))[0], np.int64)

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        self.deliver()

    def deliver(self):
        """Receive and compute the next activation; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        self.prepare()
        graded, total, values = self.num_message_bits[0] > 0, self.total, self.values
        for i in range(total.size):
            total[i] = 0
        integer_messages(values, x, events, graded)
        self.add(total, events, values)
        store_scaled(self.a_buff, total, self.weight_exp, graded and x.itemsize <= 4)
        return x

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        raise NotImplementedError("add() must be implemented by the model")


# --- with delays ----------------------------------------------------------------------


class _Delays:
    """Where a delayed connection keeps what it will send."""

    column_major = ("a_buff",)
    ring_vars = ("a_buff",)

    def run_spk(self):
        """Send the first slot, receive, follow the spikes."""
        self.send_first()
        self.deliver()

    def send_first(self):
        """Send what arrives in this step."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = self.a_buff[i, self.a_buff_first]
        self.a_out.send(out)

    def deliver(self):
        """Receive and add to the slots; what was received."""
        raise NotImplementedError("deliver() must be implemented by the model")

    def turn(self):
        """Drop what was sent; the slot that is sent next."""
        first = next_slot(self.a_buff, self.a_buff_first, self.a_buff_turns)
        self.a_buff_first = first
        return first

    def add(self, slots, first, events, values):
        """slots[:, first + delays] += weights . values, of the inputs `events`."""
        raise NotImplementedError("add() must be implemented by the model")


class DelayedFloatModel(_Delays, FloatConnectionModel):
    """Arithmetic of a step; a subclass supplies ``add``."""

    def deliver(self):
        """Receive and add to the slots; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        first = self.turn()
        float_messages(self.values, x, events, self.num_message_bits[0] > 0)
        self.add(self.a_buff, first, events, self.values)
        return x


class DelayedFixedModel(_Delays, FixedConnectionModel):
    """Order of a step; a subclass supplies ``add`` and ``prepare_weights``."""

    def __init__(self, proc_params):
        super().__init__(proc_params)
        n_out = np.shape(proc_params.get("weights"))[0]
        # Sums before a shift to the right, one row per slot of a_buff.
        n_slots = proc_params.get("max_delay") + 1 if self.weight_exp < 0 else 0
        self.sums = np.zeros((n_slots, n_out if n_slots else 0), np.int64)

    def deliver(self):
        """Receive and add to the slots; what was received."""
        x = self.s_in.recv()
        events = self.s_in.events()
        self.prepare()
        first = self.turn()
        graded, values = self.num_message_bits[0] > 0, self.values
        integer_messages(values, x, events, graded)
        if self.weight_exp >= 0:
            scale(values, events, self.weight_exp)
            self.add(self.a_buff, first, events, values)
        elif events.size > 0:
            self.add(self.sums.T, first, events, values)
            flush_scaled(self.a_buff, self.sums.T, self.weight_exp, graded and x.itemsize <= 4)
        return x
