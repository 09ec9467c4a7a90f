"""Sinks: RingBuffer keeps the last messages it received, Read the values of a Var."""

from __future__ import annotations

import math
import operator
from typing import ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyRefPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.remote import AbstractScheduledProcess, connected_reference, is_due
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import InPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class RingBuffer(AbstractProcess):
    """Keeps the last `buffer` messages: that of time step t is ``data[..., (t - 1) % buffer]``.

    Parameters
    ----------
    shape : tuple of int
        Shape of a message.
    buffer : int
        Number of messages to keep; older ones are overwritten.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    a_in : InPort, shape `shape`
        Messages from several sources are added.
    data : Var, shape ``shape + (buffer,)``
        float64 with the tag ``floating_pt``, int32 with ``fixed_pt``; zeros at first.

    Raises
    ------
    AssertionError
        If `shape` is not a tuple.
    ValueError
        If `buffer` is not an int >= 1.

    Examples
    --------
    >>> sink = RingBuffer(shape=(3,), buffer=100)
    >>> sink.data.shape
    (3, 100)
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        buffer: int,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        buffer = _checked_buffer(buffer, "a sink RingBuffer")
        super().__init__(shape=shape, buffer=buffer, name=name, log_config=log_config)
        self.a_in = InPort(shape=shape)
        self.data = Var(shape=(*self.a_in.shape, buffer), init=0)


def _checked_buffer(buffer: int, owner: str) -> int:
    try:
        count = 0 if isinstance(buffer, (bool, np.bool_)) else operator.index(buffer)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(
            f"buffer of {owner} is the number of time steps to keep, an int >= 1; got {buffer!r}."
        )
    return count


class AbstractPyReceiveModel(PyLoihiProcessModel):
    """Stores one message per time step as a column of `data`."""

    boundscheck = False
    precision_port = "a_in"
    # Time is the last axis: this way the message of a step is one piece of memory.
    column_major = ("data",)

    def run_spk(self):
        data = self.data
        a_in = self.a_in.recv()
        column = (self.time_step - 1) % data.shape[-1]
        for i in np.ndindex(a_in.shape):
            data[i + (column,)] = a_in[i]


@implements(proc=RingBuffer, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyReceiveModelFloat(AbstractPyReceiveModel):
    """Keeps float64."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    data: np.ndarray = LavaPyType(np.ndarray, float)


@implements(proc=RingBuffer, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyReceiveModelFixed(AbstractPyReceiveModel):
    """Keeps int32."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    data: np.ndarray = LavaPyType(np.ndarray, np.int32)


class Read(AbstractScheduledProcess):
    """Keeps the value that a Var has at the end of certain time steps.

    These are the steps t with ``(t - 1) % interval == offset % interval``; the k-th value (from
    0) goes to ``data[..., k % buffer]``.

    Parameters
    ----------
    buffer : int
        Number of values to keep; older ones are overwritten.
    interval : int, optional
        Number of time steps from one value to the next.
    offset : int, optional
        Number of time steps before the first value.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    state : RefPort
        Refers to the Var.
    data : Var, shape ``var.shape + (buffer,)``
        float64 with the tag ``floating_pt``, int32 with ``fixed_pt``; zeros at first.
    interval, offset : Var, shape (1,)
        When a value is kept.

    Raises
    ------
    ValueError
        If `buffer` or `interval` is not an int >= 1, or `offset` not an int >= 0.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif, read = LIF(shape=(1,), bias_mant=1, dv=1.0), Read(buffer=3, interval=2)
    >>> read.connect_var(lif.v)
    >>> lif.run(RunSteps(5), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> read.data.get()
    array([[1., 1., 1.]])
    >>> lif.stop()
    """

    def __init__(
        self,
        *,
        buffer: int,
        interval: int = 1,
        offset: int = 0,
        name: str | None = None,
        log_config: LogConfig | None = None,
    ) -> None:
        buffer = _checked_buffer(buffer, "Read")
        super().__init__(
            interval=interval, offset=offset, buffer=buffer, name=name, log_config=log_config
        )
        self.buffer = buffer
        self.state = RefPort((1,))
        self.data = Var(shape=(1, buffer), init=0)

    def connect_var(self, var: Var) -> None:
        """Choose the Var; call it once, before the first run.

        Raises
        ------
        TypeError
            If `var` is not a Var.
        RuntimeError
            If there is a Var already, or the network has been compiled.
        """
        self.state = connected_reference(self, var)
        self.data = Var(shape=(*var.shape, self.buffer), init=0)
        self.proc_params.overwrite("var_shape", var.shape)
        self._post_init()


class AbstractPyRead(PyLoihiProcessModel):
    """Stores one value of the Var as a column of `data`."""

    boundscheck = False
    precision_port = "state"
    column_major = ("data",)
    transient = ("seen",)
    seen_dtype: ClassVar[type] = np.int64

    interval: np.ndarray = LavaPyType(np.ndarray, int)
    offset: np.ndarray = LavaPyType(np.ndarray, int)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.counter = 0
        self.seen = np.zeros(math.prod(proc_params.get("var_shape", (1,))), self.seen_dtype)

    def post_guard(self):
        return is_due(self.time_step, self.interval[0], self.offset[0])

    def run_post_mgmt(self):
        data = self.data
        self.state.read_into(self.seen)
        column, k = self.counter % data.shape[-1], 0
        for i in np.ndindex(data.shape[:-1]):
            data[i + (column,)] = self.seen[k]
            k += 1
        self.counter += 1


@implements(proc=Read, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyReadFixed(AbstractPyRead):
    """Keeps int32."""

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)
    data: np.ndarray = LavaPyType(np.ndarray, np.int32)


@implements(proc=Read, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyReadFloat(AbstractPyRead):
    """Keeps float64."""

    seen_dtype = np.float64

    state: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    data: np.ndarray = LavaPyType(np.ndarray, float)
