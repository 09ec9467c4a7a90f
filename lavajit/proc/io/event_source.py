"""A source that sends events given as (time, index) pairs; an addition to Lava.

The events of a step are found by bisection, so the work per step depends on the number of neurons
and of events in the step, not on the length of the list.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.io.event_list import Events
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess


class EventSource(AbstractProcess):
    """Sends events at given times.

    Parameters
    ----------
    shape : tuple of int
        Shape of a message.
    times : array_like of int, shape (n,)
        Time steps of the events, from 1, in any order.
    indices : array_like of int, shape (n,)
        Flat indices (C order) of the events. Events of the same time and index add up.
    values : float or array_like, shape (n,), optional
        What is sent; 1 by default.
    period : int, optional
        Begin again after as many time steps; never by default.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    s_out : OutPort, shape `shape`
        float64 with the tag ``floating_pt``, int32 (truncated toward zero) with ``fixed_pt``.

    Raises
    ------
    TypeError
        If `times` or `indices` are not integers.
    ValueError
        If lengths differ, or an entry is out of range.

    Examples
    --------
    >>> from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer
    >>> source, sink = EventSource((2,), [1, 3, 3], [0, 0, 1]), SinkRingBuffer(shape=(2,), buffer=4)
    >>> source.s_out.connect(sink.a_in)
    >>> source.run(RunSteps(4), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[1, 0, 1, 0],
           [0, 0, 1, 0]], dtype=int32)
    >>> source.stop()
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        times: ArrayLike,
        indices: ArrayLike,
        values: ArrayLike = 1,
        period: int | None = None,
        **params,
    ) -> None:
        s_out = OutPort(shape=shape)
        events = _sorted_events(times, indices, values)
        if period is not None and (isinstance(period, bool) or not hasattr(period, "__index__")):
            raise TypeError(f"period of EventSource is an int or None, got {period!r}.")
        _check_range(events.times, 1, period, "times")
        _check_range(events.indices, 0, s_out.size - 1, "indices")
        super().__init__(shape=shape, events=events, period=period or 0, **params)
        self.s_out = s_out


def _sorted_events(times: ArrayLike, indices: ArrayLike, values: ArrayLike) -> Events:
    arrays = {"times": np.asarray(times), "indices": np.asarray(indices)}
    for name, array in arrays.items():
        if array.dtype.kind not in "iu" and array.size:
            raise TypeError(f"{name} of EventSource must be integers, got {array.dtype}.")
        if array.ndim != 1 or array.shape != arrays["times"].shape:
            raise ValueError(
                f"times and indices of EventSource must be vectors of one length, got shapes "
                f"{arrays['times'].shape} and {arrays['indices'].shape}."
            )
    order = np.argsort(arrays["times"], kind="stable")
    try:
        numbers = np.array(np.broadcast_to(np.asarray(values, np.float64), order.shape))
    except ValueError:
        raise ValueError(
            f"values of EventSource must be one number or one for each of the {order.size} "
            f"events, got shape {np.shape(values)}."
        ) from None
    first, second = (a.astype(np.int64)[order] for a in arrays.values())
    return Events(first, second, numbers[order])


def _check_range(values: np.ndarray, low: int, high: int | None, name: str) -> None:
    if values.size and (values.min() < low or (high is not None and values.max() > high)):
        most = "" if high is None else f" to {high}"
        raise ValueError(
            f"{name} of EventSource go from {low}{most}, got values from {values.min()} to "
            f"{values.max()}."
        )


class AbstractPyEventSourceModel(PyLoihiProcessModel):
    """Sends the events of the time step."""

    boundscheck = False

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.times, self.indices, self.values = proc_params["events"]
        self.period = int(proc_params["period"])

    def first_event(self, step):
        """Number of events before time step `step`."""
        low, high = 0, self.times.size
        while low < high:
            middle = (low + high) // 2
            if self.times[middle] < step:
                low = middle + 1
            else:
                high = middle
        return low

    def run_spk(self):
        step = self.time_step
        if self.period > 0:
            step = (step - 1) % self.period + 1
        out = self.s_out.buffer().ravel()
        for i in range(out.size):
            out[i] = 0
        event = self.first_event(step)
        while event < self.times.size and self.times[event] == step:
            out[self.indices[event]] += self.as_message(self.values[event])
            event += 1
        self.s_out.send(self.s_out.buffer())


@implements(proc=EventSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyEventSourceModelFloat(AbstractPyEventSourceModel):
    """Sends float64."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def as_message(self, value):
        """Values are sent as they are."""
        return value


@implements(proc=EventSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyEventSourceModelFixed(AbstractPyEventSourceModel):
    """Sends int32."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def as_message(self, value):
        """Truncated toward zero; the low 32 bits."""
        return np.int32(np.int64(value))
