"""Dense and its models; equations in :mod:`lavajit.proc.dense`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.delivery import (
    add_columns,
    float_messages,
    integer_messages,
    store_scaled,
)
from lavajit.proc.fixed_weights import prepare_columns, weight_options
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Dense(AbstractProcess):
    """All-to-all connections.

    Parameters
    ----------
    weights : ndarray, shape (n_out, n_in)
        Connection weights.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded, their
        values are multiplied.
    weight_exp : int, optional
        Fixed point: the activation is shifted left by this many bits (right if negative).
    num_weight_bits : int, optional
        Fixed point: bits of a weight, 8 by default.
    sign_mode : SignMode, optional
        Fixed point: sign of the weights; found from the weights by default.

    Raises
    ------
    ValueError
        `weights` is not two-dimensional.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps
    >>> source, target = LIF(shape=(2,), bias_mant=11), LIF(shape=(3,), vth=100)
    >>> dense = Dense(weights=np.arange(6).reshape(3, 2))
    >>> source.s_out.connect(dense.s_in)
    >>> dense.a_out.connect(target.a_in)
    >>> source.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> target.u.get()
    array([1., 5., 9.])
    >>> source.stop()
    """

    def __init__(
        self, *, weights, name=None, num_message_bits=0, log_config=None, **kwargs
    ) -> None:
        super().__init__(
            weights=weights,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        shape = np.shape(weights)
        if len(shape) != 2:
            raise ValueError(
                f"Dense needs weights of shape (n_out, n_in), got an array with {len(shape)} "
                f"dimension(s), shape {shape}"
            )
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))
        self.weights = Var(shape=shape, init=weights)
        self.a_buff = Var(shape=(shape[0],), init=0)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)


class AbstractPyDenseModelFloat(PyLoihiProcessModel):
    """Dense in float64."""

    boundscheck = False
    column_major = ("weights",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)
    weights: np.ndarray = LavaPyType(np.ndarray, float)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[1])

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        x = self.s_in.recv()
        events = self.s_in.events()
        total, values = self.a_buff, self.values
        for i in range(total.size):
            total[i] = 0.0
        float_messages(values, x, events, self.num_message_bits[0] > 0)
        add_columns(total, self.weights, events, values)


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDenseModelFloat(AbstractPyDenseModelFloat):
    """Dense in float64."""


class AbstractPyDenseModelBitAcc(PyLoihiProcessModel):
    """Dense bit-accurate to Loihi: 8-bit weights, 32-bit activation."""

    boundscheck = False
    column_major = ("weights",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=16)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)
    weights: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=8)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.weights_prepared = False
        self.weight_exp, self.num_weight_bits, self.sign_mode = weight_options(proc_params)
        n_out, n_in = np.shape(proc_params.get("weights"))
        self.total = np.zeros(n_out, np.int64)
        self.values = np.zeros(n_in, np.int64)

    def run_spk(self):
        """Send last step's activation, receive, follow the spikes."""
        self.a_out.send(self.a_buff)
        x = self.s_in.recv()
        events = self.s_in.events()
        if not self.weights_prepared:
            prepare_columns(self.weights, self.sign_mode, self.num_weight_bits)
            self.weights_prepared = True
        graded, total, values = self.num_message_bits[0] > 0, self.total, self.values
        for i in range(total.size):
            total[i] = 0
        integer_messages(values, x, events, graded)
        add_columns(total, self.weights, events, values)
        store_scaled(self.a_buff, total, self.weight_exp, graded and x.itemsize <= 4)


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyDenseModelBitAcc(AbstractPyDenseModelBitAcc):
    """Dense bit-accurate to Loihi."""
