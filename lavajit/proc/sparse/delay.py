"""DelaySparse and its models; see :mod:`lavajit.proc.sparse`."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.delays import check_fixed_delays, longest_delay
from lavajit.proc.delivery import (
    add_delayed_entries,
    float_messages,
    flush_scaled,
    integer_messages,
    next_slot,
    scale,
)
from lavajit.proc.fixed_weights import prepare_entries, weight_options
from lavajit.proc.sparse.sparse import Sparse, as_csr
from lavajit.process.variable import Var


class DelaySparse(Sparse):
    """Connections between some pairs of neurons, with delays.

    Parameters
    ----------
    weights : sparse matrix or ndarray, shape (n_out, n_in)
        Connection weights.
    delays : sparse matrix of int64, shape (n_out, n_in), or int
        Time steps by which each synapse, or all of them, delay messages; at most 63 in fixed point.
        A synapse whose delay is not stored has delay 0.
    max_delay : int
        Longest delay there is room for, in case `delays` are set later; 0: the longest of `delays`.
    num_message_bits, weight_exp, num_weight_bits, sign_mode
        As for :class:`Sparse`.

    Raises
    ------
    AttributeError, ValueError
        As for :class:`Sparse`; ValueError if delays are negative, of another shape or type.

    See Also
    --------
    lavajit.utils.sparse.from_synapses : Weights and delays from arrays with one entry per synapse.

    Examples
    --------
    >>> from lavajit.utils.sparse import from_synapses
    >>> weights, delays = from_synapses([0, 0], [1, 2], [0.5, 2.0], [3, 0], shape=(3, 1))
    >>> connection = DelaySparse(weights=weights, delays=delays)
    >>> connection.a_buff.shape
    (3, 4)
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
        weights = as_csr("DelaySparse", weights)
        max_delay = longest_delay("DelaySparse", delays, weights.shape, max_delay)
        super().__init__(
            weights=weights,
            delays=delays,
            max_delay=max_delay,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        self.delays = Var(shape=weights.shape, init=delays)
        self.a_buff = Var(shape=(weights.shape[0], max_delay + 1), init=0)


class AbstractPyDelaySparseModel(PyLoihiProcessModel):
    """What both DelaySparse models have."""

    boundscheck = False
    column_major = ("a_buff",)
    ring_vars = ("a_buff",)
    native_sparse = (("weights", "delays"),)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    delays: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=6)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDelaySparseModelFloat(AbstractPyDelaySparseModel):
    """DelaySparse in float64."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)
    weights: csr_matrix = LavaPyType(csr_matrix, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(proc_params.get("weights").shape[1])

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
        data, delays = self.weights_data, self.delays_data
        rows, columns = self.weights_rows, self.weights_columns
        float_messages(self.values, x, events, self.num_message_bits[0] > 0)
        add_delayed_entries(self.a_buff, first, data, delays, rows, columns, events, self.values)


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDelaySparseModelBitAcc(AbstractPyDelaySparseModel):
    """DelaySparse bit-accurate to Loihi."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=16)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)
    weights: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_fixed_delays("DelaySparse", proc_params)
        self.weights_prepared = False
        self.weight_exp, self.num_weight_bits, self.sign_mode = weight_options(proc_params)
        n_out, n_in = proc_params.get("weights").shape
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
        data, delays = self.weights_data, self.delays_data
        rows, columns = self.weights_rows, self.weights_columns
        if not self.weights_prepared:
            prepare_entries(data, self.sign_mode, self.num_weight_bits)
            self.weights_prepared = True
        first = next_slot(self.a_buff, self.a_buff_first, self.a_buff_turns)
        self.a_buff_first = first
        graded, values, sums = self.num_message_bits[0] > 0, self.values, self.sums.T
        integer_messages(values, x, events, graded)
        if self.weight_exp >= 0:
            scale(values, events, self.weight_exp)
            add_delayed_entries(self.a_buff, first, data, delays, rows, columns, events, values)
        elif events.size > 0:
            add_delayed_entries(sums, first, data, delays, rows, columns, events, values)
            flush_scaled(self.a_buff, sums, self.weight_exp, graded and x.itemsize <= 4)
