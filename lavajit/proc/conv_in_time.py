"""Connections with one weight matrix per time step: convolution in time.

Each step sends the first column of a buffer with one column per time step to come, then receives::

    send a_buff[:, 0]
    drop column 0 of a_buff, append a column of zeros
    x = recv() ;  x = (x != 0) for binary inputs
    a_buff[:, i] += weights[K - 1 - i] . x            i = 0 .. K - 1

so that an input of step t appears at t + 1 through the last weight matrix, at t + K through the
first.

Tag ``floating_pt`` computes in float64. Tag ``fixed_pt`` computes in int32, of which sums keep the
low 32 bits, and can feed fixed-point neurons; Lava's model of that tag computes in float64. Weights
are truncated towards zero in it; graded inputs must be integers.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.delivery import float_messages, integer_messages
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class ConvInTime(AbstractProcess):
    """All-to-all connections, convolved in time.

    Parameters
    ----------
    weights : ndarray, shape (K, n_out, n_in)
        One weight matrix for each of K time steps; the last one acts first.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded, their
        values are multiplied.

    Raises
    ------
    ValueError
        `weights` is not three-dimensional.

    Examples
    --------
    >>> import numpy as np
    >>> connection = ConvInTime(weights=np.ones((5, 2, 3)))
    >>> connection.s_in.shape, connection.a_out.shape, connection.a_buff.shape
    ((3,), (2,), (2, 5))
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
        if len(shape) != 3:
            raise ValueError(
                "ConvInTime needs weights of shape (time steps, n_out, n_in), got an array with "
                f"{len(shape)} dimension(s), shape {shape}"
            )
        self.s_in = InPort(shape=(shape[2],))
        self.a_out = OutPort(shape=(shape[1],))
        self.weights = Var(shape=shape, init=weights)
        self.a_buff = Var(shape=(shape[1], shape[0]), init=0)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)


def advance(a_buff):
    """Drop column 0, append a column of zeros."""
    last = a_buff.shape[1] - 1
    for i in range(a_buff.shape[0]):
        for k in range(last):
            a_buff[i, k] = a_buff[i, k + 1]
        a_buff[i, last] = 0


def add_in_time(a_buff, weights, events, values):
    """a_buff[:, k] += weights[K - 1 - k] . values for every event."""
    n_out, n_steps = a_buff.shape
    for j in events:
        value = values[j]
        for i in range(n_out):
            for k in range(n_steps):
                a_buff[i, k] += weights[n_steps - 1 - k, i, j] * value


class AbstractPyConvInTimeModel(PyLoihiProcessModel):
    """What both ConvInTime models have."""

    boundscheck = False
    # Everything that one input reaches is one piece of memory.
    column_major = ("weights",)

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)
    num_message_bits: np.ndarray = LavaPyType(np.ndarray, np.int8, precision=5)


@implements(proc=ConvInTime, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyConvInTimeFloat(AbstractPyConvInTimeModel):
    """ConvInTime in float64."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)
    weights: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[2])

    def run_spk(self):
        """Send the first column, receive, follow the spikes."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = self.a_buff[i, 0]
        self.a_out.send(out)
        x = self.s_in.recv()
        events = self.s_in.events()
        advance(self.a_buff)
        float_messages(self.values, x, events, self.num_message_bits[0] > 0)
        add_in_time(self.a_buff, self.weights, events, self.values)


@implements(proc=ConvInTime, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyConvInTimeFixed(AbstractPyConvInTimeModel):
    """ConvInTime in int32."""

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    a_buff: np.ndarray = LavaPyType(np.ndarray, np.int32)
    weights: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.values = np.zeros(np.shape(proc_params.get("weights"))[2], np.int64)

    def run_spk(self):
        """Send the first column, receive, follow the spikes."""
        out = self.a_out.buffer()
        for i in range(out.size):
            out[i] = self.a_buff[i, 0]
        self.a_out.send(out)
        x = self.s_in.recv()
        events = self.s_in.events()
        advance(self.a_buff)
        integer_messages(self.values, x, events, self.num_message_bits[0] > 0)
        add_in_time(self.a_buff, self.weights, events, self.values)
