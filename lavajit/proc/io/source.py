"""A source that sends a given sequence of messages, over and over."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.log_config import LogConfig
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class RingBuffer(AbstractProcess):
    """Sends ``data[..., (t - 1) % T]`` in time step t = 1, 2, ...

    Parameters
    ----------
    data : array_like, shape (..., T)
        The messages; the last axis is time and T the period.
    name : str, optional
        Name of the Process.
    log_config : LogConfig, optional
        Logging of the Process.

    Attributes
    ----------
    data : Var, shape (..., T)
        float64 with the tag ``floating_pt``, int32 (truncated toward zero) with ``fixed_pt``.
    s_out : OutPort, shape (...)
        Of the dtype of `data`.

    Raises
    ------
    TypeError
        If `data` does not consist of real numbers.
    ValueError
        If `data` has no time axis or no time step.

    Examples
    --------
    Three sources that spike at different times; the pattern repeats every four steps:

    >>> source = RingBuffer(data=[[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> source.s_out.shape
    (3,)
    """

    def __init__(
        self, *, data: ArrayLike, name: str | None = None, log_config: LogConfig | None = None
    ) -> None:
        data = _checked_data(data)
        super().__init__(data=data, name=name, log_config=log_config)
        self.data = Var(shape=data.shape, init=data)
        self.s_out = OutPort(shape=data.shape[:-1])


def _checked_data(data: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(
            f"data of a source RingBuffer must be an array of shape (..., time steps): {error}"
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"data of a source RingBuffer must be real numbers, got {type(data).__name__} of "
            f"dtype {array.dtype}."
        )
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"data of a source RingBuffer must have shape (..., time steps) with at least one "
            f"time step, got shape {array.shape}; put the messages along the last axis, e.g. "
            f"np.stack(messages, axis=-1)."
        )
    return array


class AbstractPyRingBuffer(PyLoihiProcessModel):
    """Sends one column of `data` per time step."""

    boundscheck = False
    # Time is the last axis: this way the message of a step is one piece of memory.
    column_major = ("data",)

    def run_spk(self):
        data = self.data
        out = self.s_out.buffer()
        column = (self.time_step - 1) % data.shape[-1]
        for i in np.ndindex(out.shape):
            out[i] = data[i + (column,)]
        self.s_out.send(out)


@implements(proc=RingBuffer, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySendModelFloat(AbstractPyRingBuffer):
    """Sends float64."""

    data: np.ndarray = LavaPyType(np.ndarray, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)


@implements(proc=RingBuffer, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySendModelFixed(AbstractPyRingBuffer):
    """Sends int32."""

    data: np.ndarray = LavaPyType(np.ndarray, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
