"""A sink that keeps the messages it received last."""

from __future__ import annotations

import operator

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import InPort
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
        buffer = _checked_buffer(buffer)
        super().__init__(shape=shape, buffer=buffer, name=name, log_config=log_config)
        self.a_in = InPort(shape=shape)
        self.data = Var(shape=(*self.a_in.shape, buffer), init=0)


def _checked_buffer(buffer: int) -> int:
    try:
        count = 0 if isinstance(buffer, (bool, np.bool_)) else operator.index(buffer)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(
            f"buffer of a sink RingBuffer is the number of time steps to keep, an int >= 1; got "
            f"{buffer!r}."
        )
    return count


class AbstractPyReceiveModel(PyLoihiProcessModel):
    """Stores one message per time step as a column of `data`."""

    boundscheck = False
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
