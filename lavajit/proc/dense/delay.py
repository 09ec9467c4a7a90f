"""DelayDense and its models; equations in :mod:`lavajit.proc.dense`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.delays import check_fixed_delays, longest_delay
from lavajit.proc.delivery import (
    add_delayed_columns,
    float_messages,
    flush_scaled,
    integer_messages,
    next_slot,
    scale,
)
from lavajit.proc.dense.dense import Dense
from lavajit.proc.fixed_weights import prepare_columns, weight_options
from lavajit.process.variable import Var


class DelayDense(Dense):
    """All-to-all connections with delays.

    Parameters
    ----------
    weights : ndarray, shape (n_out, n_in)
        Connection weights.
    delays : ndarray of int64, shape (n_out, n_in), or int
        Time steps by which each synapse, or all of them, delay messages; at most 63 in fixed point.
    max_delay : int
        Longest delay there is room for, in case `delays` are set later; 0: the longest of `delays`.
    num_message_bits, weight_exp, num_weight_bits, sign_mode
        As for :class:`Dense`.

    Raises
    ------
    ValueError
        `weights` is not two-dimensional; delays are negative, of another shape or type.

    Examples
    --------
    >>> import numpy as np
    >>> connection = DelayDense(weights=np.eye(2), delays=np.array([[0, 3], [1, 0]]))
    >>> connection.a_buff.shape
    (2, 4)
    """

    def __init__(
        self,
        *,
        weights,
        delays,
        max_delay=0,
        name=None,
        num_message_bits=0,
        log_config=None,
        **kwargs,
    ) -> None:
        shape = np.shape(weights)
        max_delay = longest_delay("DelayDense", delays, shape, max_delay)
        super().__init__(
            weights=weights,
            delays=delays,
            max_delay=max_delay,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        self.delays = Var(shape=shape, init=delays)
        self.a_buff = Var(shape=(shape[0], max_delay + 1), init=0)


class AbstractPyDelayDenseModel(PyLoihiProcessModel):
    """What both DelayDense models have."""

    boundscheck = False
    column_major = ("weights", "delays", "a_buff")
    ring_vars = ("a_buff",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDelayDenseModelFloat(AbstractPyDelayDenseModel):
    """DelayDense in float64."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)
    weights: np.ndarray = LavaPyType(np.ndarray, float)
    delays: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[1])

    def run_spk(self):
        """Send the first column, receive, follow the spikes."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = self.a_buff[i, self.a_buff_first]
        self.a_out.send(out)
        x = self.s_in.recv()
        events = self.s_in.events()
        first = next_slot(self.a_buff, self.a_buff_first, self.a_buff_turns)
        self.a_buff_first = first
        float_messages(self.values, x, events, self.num_message_bits[0] > 0)
        add_delayed_columns(self.a_buff, first, self.weights, self.delays, events, self.values)


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDelayDenseModelBitAcc(AbstractPyDelayDenseModel):
    """DelayDense bit-accurate to Loihi."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=16)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)
    weights: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    delays: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=6)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_fixed_delays("DelayDense", proc_params)
        self.weights_prepared = False
        self.weight_exp, self.num_weight_bits, self.sign_mode = weight_options(proc_params)
        n_out, n_in = np.shape(proc_params.get("weights"))
        self.values = np.zeros(n_in, np.int64)
        # Sums before a shift to the right, one row per column of a_buff.
        n_slots = proc_params.get("max_delay") + 1 if self.weight_exp < 0 else 0
        self.sums = np.zeros((n_slots, n_out if n_slots else 0), np.int64)

    def run_spk(self):
        """Send the first column, receive, follow the spikes."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = self.a_buff[i, self.a_buff_first]
        self.a_out.send(out)
        x = self.s_in.recv()
        events = self.s_in.events()
        if not self.weights_prepared:
            prepare_columns(self.weights, self.sign_mode, self.num_weight_bits)
            self.weights_prepared = True
        first = next_slot(self.a_buff, self.a_buff_first, self.a_buff_turns)
        self.a_buff_first = first
        graded, values = self.num_message_bits[0] > 0, self.values
        weights, delays = self.weights, self.delays
        integer_messages(values, x, events, graded)
        if self.weight_exp >= 0:
            scale(values, events, self.weight_exp)
            add_delayed_columns(self.a_buff, first, weights, delays, events, values)
        elif events.size > 0:
            add_delayed_columns(self.sums.T, first, weights, delays, events, values)
            flush_scaled(self.a_buff, self.sums.T, self.weight_exp, graded and x.itemsize <= 4)
