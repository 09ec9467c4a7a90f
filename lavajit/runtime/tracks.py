"""The native buffers of one probe, and the memory it reads."""

from __future__ import annotations

import sys

import numpy as np

from lavajit.compiler.arena import ChannelPlace
from lavajit.compiler.fields import VEC_DENSE, word_offsets
from lavajit.compiler.sparse_vars import SparseVar
from lavajit.kernels import recorders
from lavajit.kernels.recorders import EVENTS, STEPS, VALUED
from lavajit.observe.chunk import Chunk, Form
from lavajit.observe.probe import Probe
from lavajit.process.variable import Var

#: Bytes of the buffer of one probe, unless two steps need more.
BUFFER_BYTES = 1 << 21
#: Steps that a buffer holds at most.
MOST_STEPS = 1 << 15


class Track:
    """The buffers of one probe, and the kernel that fills them.

    Parameters
    ----------
    network : Network
        A compiled network.
    probe : Probe
        What is recorded.
    name : str
        Of the record.

    Attributes
    ----------
    form : Form
        Element type and shape of what is recorded.
    kernel : type
        Class of the recorder.
    arrays : dict of str to ndarray
        Its state.

    Raises
    ------
    ValueError
        The Var or port is not part of the network, or has no memory of its own to record from.
    """

    def __init__(self, network, probe: Probe, name: str):
        self.probe = probe
        place, index, chosen = source_of(network, probe)
        source, shape = place.data, tuple(probe.target.shape)
        self.form = Form(name, source.dtype, shape, chosen, probe.as_events)
        self._index = index
        self._size = source.size if index is None else index.size
        self._used = np.zeros(3, np.int64)
        self._due = np.zeros(3, np.int64)
        self.arrays = {
            "control": network.layout.control,
            "source": source.reshape(-1),
            "due": self._due,
            "used": self._used,
        }
        self.kernel = self._event_buffers(place) if probe.as_events else self._row_buffer()

    def _row_buffer(self) -> type:
        source = self.arrays["source"]
        room = BUFFER_BYTES // max(1, self._size * source.itemsize)
        room = min(max(room, 2), MOST_STEPS)
        self.arrays["rows"] = np.zeros(room * self._size, source.dtype)
        self.arrays["steps"] = np.zeros(room, np.int64)
        if self._index is None:
            return recorders.Rows
        self.arrays["index"] = self._index
        return recorders.SomeRows

    def _event_buffers(self, place: ChannelPlace) -> type:
        source = self.arrays["source"]
        is_listed = place.events is not None
        room = max(2 * source.size + 2, BUFFER_BYTES // np.dtype(np.int32).itemsize)
        self.arrays |= {
            "steps": np.zeros(MOST_STEPS, np.int64),
            "counts": np.zeros(MOST_STEPS, np.int32),
            "found": place.events if is_listed else np.zeros(source.size, np.int64),
            "neurons": np.zeros(room, np.int32),
        }
        if is_listed:
            self.arrays["count"] = place.count.reshape(1)
        if self._index is None and source.dtype == np.bool_:
            return recorders.ListedSpikes if is_listed else recorders.Spikes
        self.arrays["values"] = np.zeros(room, source.dtype)
        if self._index is None:
            return recorders.ListedEvents if is_listed else recorders.Events
        number = self.arrays["number"] = np.full(source.size, -1, np.int64)
        number[self._index] = np.arange(self._size)
        return recorders.ListedSomeEvents if is_listed else recorders.SomeEvents

    def begin(self, time_step: int) -> None:
        """Get ready for the steps after `time_step`, with empty buffers."""
        start, every = self.probe.start, self.probe.every
        passed = max(0, -(-(time_step + 1 - start) // every))
        stop = sys.maxsize if self.probe.stop is None else self.probe.stop
        self._due[:] = start + passed * every, stop, every
        self._used[:] = 0

    @property
    def is_half_full(self) -> bool:
        """True if the buffers should be emptied; always so if there is no room for a step."""
        steps, events = self._used[STEPS], self._used[EVENTS]
        return 2 * steps >= self.arrays["steps"].size or (
            self.probe.as_events and 2 * events >= self.arrays["neurons"].size
        )

    def take(self) -> Chunk:
        """What is in the buffers, copied; they are empty then."""
        steps, events, valued = (int(self._used[k]) for k in (STEPS, EVENTS, VALUED))
        self._used[:] = 0
        taken = self.arrays["steps"][:steps].copy()
        if not self.probe.as_events:
            rows = self.arrays["rows"][: steps * self._size]
            return Chunk(taken, rows=rows.reshape(steps, self._size).copy())
        values = self.arrays["values"][:events].copy() if valued else None
        counts, neurons = self.arrays["counts"][:steps], self.arrays["neurons"][:events]
        return Chunk(taken, None, counts.copy(), neurons.copy(), values)


def source_of(network, probe: Probe) -> tuple[ChannelPlace, np.ndarray | None, np.ndarray | None]:
    """The memory that a probe reads, which of its elements, and which elements of the target.

    None stands for all elements, in their order.
    """
    target, chosen = probe.target, probe.chosen
    if isinstance(target, Var):
        view, stored = _var_memory(network, target)
        if stored is not None:
            return ChannelPlace(view), None, _only_all(probe, stored)
        place = ChannelPlace(view)
    else:
        place = _port_memory(network, target)
    source, index = place.data, chosen
    if source.ndim > 1 and not source.flags.c_contiguous:  # column-major
        places = np.arange(source.size).reshape(source.shape, order="F").ravel()
        place, index = ChannelPlace(source.T), places if chosen is None else places[chosen]
    elif source.ndim == 0 and target.size != 1:  # one number for all elements
        index = np.zeros(target.size if chosen is None else chosen.size, np.int64)
    return place, index, chosen


def _only_all(probe: Probe, stored: np.ndarray) -> np.ndarray:
    """Elements of a sparse matrix that are stored, of which none can be chosen."""
    if probe.chosen is not None:
        raise ValueError(
            f"record of {probe.target.full_name}: it is a sparse matrix, of which all stored "
            "elements are recorded; leave neurons= out"
        )
    return stored


def _var_memory(network, var: Var) -> tuple[np.ndarray, np.ndarray | None]:
    """Where a Var lives; of a sparse matrix the stored elements, and which these are."""
    shown, var = var.full_name, var.resolved
    for instance in network.instances:
        if instance.node.process is not var.process:
            continue
        index = instance.node.index
        if instance.is_async:
            raise ValueError(
                f"{shown} cannot be recorded: {instance.node.name} is asynchronous and has no "
                "time steps"
            )
        if var.name in instance.sparse:
            return _stored_elements(network.layout.views, index, instance.sparse[var.name])
        if var.name in instance.model.ring_vars:
            raise ValueError(
                f"{shown} cannot be recorded, because its slots turn; use a Monitor, which reads "
                "it through a RefPort"
            )
        if (index, var.name) not in network.layout.views:
            raise ValueError(f"{shown} cannot be recorded: it is no number and no array")
        view = network.layout.views[index, var.name]
        if view.ndim == 0 and index in network.layout.shards:
            return _number_of_shard(network, index, var.name, view.dtype), None
        return view, None
    raise ValueError(f"{shown} cannot be recorded: it is not part of the network that runs")


def _stored_elements(views, index: int, matrix: SparseVar) -> tuple[np.ndarray, np.ndarray]:
    data, rows, columns = (views[index, name] for name in matrix.fields)
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(columns))
    return data, rows.astype(np.int64) * matrix.shape[1] + column


def _number_of_shard(network, index: int, name: str, dtype: np.dtype) -> np.ndarray:
    """A number of a divided model: all shards have a copy of their own, equal to the first's."""
    at = word_offsets(network.layout.fields[index])[name]
    words = network.layout.shards[index].blocks[0, at:]
    return words.view(np.uint8)[: dtype.itemsize].view(dtype).reshape(())


def _port_memory(network, port) -> ChannelPlace:
    shown = port.full_name
    sources = port.get_src_ports() if port.in_connections else [port]
    if len(sources) != 1:
        raise ValueError(
            f"{shown} cannot be recorded: it passes on messages of {len(sources)} OutPorts; record "
            "those"
        )
    for instance in network.instances:
        if instance.node.process is not sources[0].process:
            continue
        index = instance.node.index
        if index in network.schedule.coroutines:
            raise ValueError(
                f"{shown} cannot be recorded: {instance.node.name} runs as a coroutine "
                f"({network.schedule.coroutines[index]}), which may send several messages in a "
                "step; receive them with a SinkRingBuffer"
            )
        if instance.is_async:
            raise ValueError(
                f"{shown} cannot be recorded: {instance.node.name} is asynchronous and has no "
                "time steps"
            )
        channel = network.channels.outlets[index, sources[0].name]
        if channel.kind != VEC_DENSE:
            raise ValueError(f"{shown} cannot be recorded: it is a {channel.kind} port")
        return network.layout.channels[channel]
    raise ValueError(f"{shown} cannot be recorded: it is not part of the network that runs")
