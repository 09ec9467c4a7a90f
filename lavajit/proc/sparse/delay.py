"""DelaySparse and its models; see :mod:`lavajit.proc.sparse`."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.connection_models import DelayedFixedModel, DelayedFloatModel
from lavajit.proc.delays import check_fixed_delays, longest_delay
from lavajit.proc.delivery import add_delayed_entries
from lavajit.proc.fixed_weights import prepare_entries
from lavajit.proc.sparse.sparse import Sparse, as_compressed
from lavajit.process.variable import Var


class DelaySparse(Sparse):
    """Connections between some pairs of neurons, with delays.

    Parameters
    ----------
    weights : sparse matrix or ndarray, shape (n_out, n_in)
        Connection weights.
    delays : sparse matrix of int64, uint8 or uint16, shape (n_out, n_in), or int
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
        weights = as_compressed("DelaySparse", weights)
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

    native_sparse = (("weights", "delays"),)

    delays: csr_matrix = LavaPyType(csr_matrix, np.int16, precision=6)

    def add(self, slots, first, events, values):
        """slots[:, first + delays] += weights . values, of the inputs `events`."""
        data, delays = self.weights_data, self.delays_data
        rows, columns = self.weights_rows, self.weights_columns
        add_delayed_entries(slots, first, data, delays, rows, columns, events, values)


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDelaySparseModelFloat(AbstractPyDelaySparseModel, DelayedFloatModel):
    """DelaySparse in float64."""

    weights: csr_matrix = LavaPyType(csr_matrix, float)


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDelaySparseModelBitAcc(AbstractPyDelaySparseModel, DelayedFixedModel):
    """DelaySparse bit-accurate to Loihi."""

    weights: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_fixed_delays("DelaySparse", proc_params)

    def prepare_weights(self):
        """Clip and truncate the weights."""
        prepare_entries(self.weights_data, self.sign_mode, self.num_weight_bits)
