"""DelayDense and its models; equations in :mod:`lavajit.proc.dense`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.connection_models import DelayedFixedModel, DelayedFloatModel
from lavajit.proc.delays import check_fixed_delays, longest_delay
from lavajit.proc.delivery import add_delayed_columns
from lavajit.proc.dense.dense import Dense
from lavajit.proc.fixed_weights import prepare_columns
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

    column_major = ("weights", "delays", "a_buff")

    def add(self, slots, first, events, values):
        """slots[:, first + delays] += weights . values, of the inputs `events`."""
        add_delayed_columns(slots, first, self.weights, self.delays, events, values)


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDelayDenseModelFloat(AbstractPyDelayDenseModel, DelayedFloatModel):
    """DelayDense in float64."""

    weights: np.ndarray = LavaPyType(np.ndarray, float)
    delays: np.ndarray = LavaPyType(np.ndarray, np.int64)


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDelayDenseModelBitAcc(AbstractPyDelayDenseModel, DelayedFixedModel):
    """DelayDense bit-accurate to Loihi."""

    weights: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    delays: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=6)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_fixed_delays("DelayDense", proc_params)

    def prepare_weights(self):
        """Clip and truncate the weights."""
        prepare_columns(self.weights, self.sign_mode, self.num_weight_bits)
