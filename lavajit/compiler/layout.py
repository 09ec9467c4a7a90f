"""One arena for everything: control words, state blocks, Vars, channels.

Entering: instances with final field types, channels. Leaving: a :class:`Layout` with one aligned
allocation, a NumPy view for every piece, and every state block filled with addresses and initial values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.channels import Channel, Channels, Inlet, reference_map
from lavajit.compiler.fields import (
    PORT_COUNT,
    PORT_DATA,
    PORT_EVENTS,
    PORT_SHAPE,
    REF_FLAG,
    REF_MAP,
    REF_PENDING,
    REF_PHASE,
    REF_SHAPE,
    REF_TARGET,
    VEC_DENSE,
    WORD_BYTES,
    ArrayField,
    Fields,
    InPortField,
    OutPortField,
    RandomField,
    RefPortField,
    ScalarField,
    SharedField,
    block_words,
    word_offsets,
)
from lavajit.compiler.graph import Graph, Reference
from lavajit.compiler.instances import Instance

#: Alignment of arrays: a cache line, also enough for any vector load.
ALIGNMENT = 64

# Control words, shared between the native loop and Python.
PC, TIME_STEP, STEPS_LEFT, PAUSE, STOP, PHASE, INTERRUPT = range(7)
CONTROL_WORDS = 8


class Arena:
    """Reserves pieces of one allocation, then hands out views of it."""

    def __init__(self) -> None:
        self.size = 0
        self.memory = np.empty(0, np.uint8)

    def reserve(self, nbytes: int, alignment: int = WORD_BYTES) -> int:
        """Offset of a new piece."""
        at = -(-self.size // alignment) * alignment
        self.size = at + nbytes
        return at

    def reserve_array(self, nbytes: int) -> int:
        """Offset of a piece for an array; small ones need no cache line of their own."""
        return self.reserve(nbytes, ALIGNMENT if nbytes >= ALIGNMENT else WORD_BYTES)

    def allocate(self) -> None:
        """Make the allocation; all zeros."""
        raw = np.zeros(self.size + ALIGNMENT, np.uint8)
        start = -raw.ctypes.data % ALIGNMENT
        self.memory = raw[start : start + self.size]

    @property
    def address(self) -> int:
        return self.memory.ctypes.data

    def view(self, at: int, dtype, shape: tuple[int, ...], order: str = "C") -> np.ndarray:
        """The piece at an offset as an array."""
        return np.ndarray(shape, dtype, self.memory, at, order=order)


@dataclass
class ChannelPlace:
    """Where a channel lives: data, and event indices with their count where wanted."""

    data: np.ndarray
    events: np.ndarray | None = None
    count: np.ndarray | None = None


@dataclass
class Layout:
    """A finished arena.

    Attributes
    ----------
    arena : Arena
        The memory.
    control : ndarray of int64
        Control words and flags.
    blocks : dict of int to int
        Address of the state block of each node.
    fields : dict of int to Fields
        Field types of each block.
    views : dict of (int, str) to ndarray
        Storage of every scalar (0-d) and array field of each node.
    channels : dict of Channel to ChannelPlace
        Message buffers.
    pending : dict of Reference to (ndarray, ndarray)
        Kept write and its flag, of each connected RefPort.
    maps : dict of Reference to ndarray or None
        Index map of each RefPort.
    keys : dict of int to int
        Random key of each node.
    """

    arena: Arena
    control: np.ndarray
    blocks: dict[int, int] = field(default_factory=dict)
    fields: dict[int, Fields] = field(default_factory=dict)
    views: dict[tuple[int, str], np.ndarray] = field(default_factory=dict)
    channels: dict[Channel, ChannelPlace] = field(default_factory=dict)
    pending: dict[Reference, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    maps: dict[Reference, np.ndarray | None] = field(default_factory=dict)
    keys: dict[int, int] = field(default_factory=dict)
    keep: list[object] = field(default_factory=list)
    memory_of: dict[str, int] = field(default_factory=dict)

    def word_address(self, word: int) -> int:
        """Address of a control word."""
        return self.control.ctypes.data + WORD_BYTES * word

    def inlet_place(self, inlet: Inlet) -> ChannelPlace:
        """Where an InPort reads, in the shape of the port."""
        place = self.channels[inlet.channel]
        return ChannelPlace(place.data.reshape(inlet.shape), place.events, place.count)


class _Planner:
    """Two passes over the same pieces: reserve all, then make the views."""

    def __init__(self) -> None:
        self.arena = Arena()
        self.pieces: list[tuple] = []

    def piece(self, nbytes: int, use) -> None:
        """Reserve a piece; `use(offset)` is called once memory exists."""
        self.pieces.append((self.arena.reserve_array(nbytes), use))

    def finish(self) -> Arena:
        self.arena.allocate()
        for at, use in self.pieces:
            use(at)
        return self.arena


def plan_layout(
    instances: list[Instance],
    fields: dict[int, Fields],
    channels: Channels,
    graph: Graph,
    flags: int,
    keys: dict[int, int],
) -> Layout:
    """Lay out and fill the arena.

    Parameters
    ----------
    fields : dict of int to Fields
        Final field types of each node's block, native or not.
    flags : int
        Number of flag words the step program uses.
    keys : dict of int to int
        Random key of each node.
    """
    planner = _Planner()
    layout = Layout(planner.arena, np.empty(0, np.int64), fields=fields, keys=keys)
    _control_piece(planner, layout, flags)
    for instance in instances:
        _state_pieces(planner, layout, instance, fields[instance.node.index])
    state_bytes = planner.arena.size
    used = dict.fromkeys(channels.outlets.values())
    for inlet in channels.inlets.values():
        used[inlet.channel] = None
    for queue in channels.queues:
        if queue.fill is not None:
            used[queue.fill] = None
    for channel in used:
        _channel_pieces(planner, layout, channel)
    channel_bytes = planner.arena.size - state_bytes
    for reference in graph.references:
        _pending_pieces(planner, layout, instances, reference)
    planner.finish()
    for instance in instances:
        _fill_block(layout, instance, channels, graph)
    layout.memory_of = {
        "state": state_bytes,
        "channels": channel_bytes,
        "total": planner.arena.size,
    }
    return layout


def _control_piece(planner: _Planner, layout: Layout, flags: int) -> None:
    words = CONTROL_WORDS + flags

    def use(at: int) -> None:
        layout.control = planner.arena.view(at, np.int64, (words,))

    planner.piece(words * WORD_BYTES, use)


def _state_pieces(planner: _Planner, layout: Layout, instance: Instance, fields: Fields) -> None:
    index = instance.node.index
    offsets = word_offsets(fields)
    block = planner.arena.reserve(block_words(fields) * WORD_BYTES, WORD_BYTES)

    def use_block(at: int) -> None:
        layout.blocks[index] = planner.arena.address + block

    planner.pieces.append((block, use_block))
    for name, spec in fields:
        if isinstance(spec, ScalarField):
            _scalar_view(planner, layout, index, name, spec, block + WORD_BYTES * offsets[name])
        elif isinstance(spec, ArrayField):
            shape = instance.values[name].shape
            _array_view(planner, layout, index, name, spec, shape)


def _scalar_view(planner, layout: Layout, index: int, name: str, spec: ScalarField, at: int):
    def use(place: int) -> None:
        layout.views[index, name] = planner.arena.view(place, spec.dtype, ())

    planner.pieces.append((at, use))


def _array_view(planner, layout: Layout, index: int, name: str, spec: ArrayField, shape) -> None:
    def use(at: int) -> None:
        layout.views[index, name] = planner.arena.view(at, spec.dtype, shape, spec.order)

    count = int(np.prod(shape, dtype=np.int64))
    planner.piece(count * np.dtype(spec.dtype).itemsize, use)


def _channel_pieces(planner: _Planner, layout: Layout, channel: Channel) -> None:
    place = layout.channels[channel] = ChannelPlace(np.empty(0))

    def use_data(at: int) -> None:
        place.data = planner.arena.view(at, channel.dtype, channel.shape)

    def use_count(at: int) -> None:
        place.count = planner.arena.view(at, np.int64, ())

    def use_events(at: int) -> None:
        place.events = planner.arena.view(at, np.int64, (channel.size + 1,))

    planner.piece(channel.size * channel.dtype.itemsize, use_data)
    if channel.events or channel.kind != VEC_DENSE:
        planner.piece(WORD_BYTES, use_count)
        # One spare entry: listing events writes before it decides.
        planner.piece(WORD_BYTES * (channel.size + 1), use_events)


def _pending_pieces(planner, layout: Layout, instances, reference: Reference) -> None:
    spec = instances[reference.node.index].ports[reference.port.name]
    views: list[np.ndarray] = []

    def use_flag(at: int) -> None:
        views.append(planner.arena.view(at, np.int64, ()))

    def use_pending(at: int) -> None:
        pending = planner.arena.view(at, spec.dtype, spec.shape)
        layout.pending[reference] = (pending, views[0])

    planner.piece(WORD_BYTES, use_flag)
    planner.piece(reference.port.size * spec.dtype.itemsize, use_pending)
    layout.maps[reference] = reference_map(reference)


# --- filling blocks ---------------------------------------------------------------------------------


def _fill_block(layout: Layout, instance: Instance, channels, graph: Graph) -> None:
    index = instance.node.index
    fields = layout.fields[index]
    at = layout.blocks[index] - layout.arena.address
    words = layout.arena.view(at, np.int64, (block_words(fields),))
    mine = {r.port.name: r for r in graph.references_of(instance.node)}
    offsets = word_offsets(fields)
    for name, spec in fields:
        record = words[offsets[name] : offsets[name] + spec.words]
        if isinstance(spec, ScalarField):
            if name in instance.values:
                layout.views[index, name][...] = instance.values[name]
        elif isinstance(spec, ArrayField):
            view = layout.views[index, name]
            view[...] = instance.values[name]
            record[0], record[1:] = view.ctypes.data, view.shape
        elif isinstance(spec, SharedField):
            record[0] = layout.word_address(TIME_STEP)
        elif isinstance(spec, RandomField):
            record[0], record[1] = layout.keys[index], layout.word_address(TIME_STEP)
        elif isinstance(spec, InPortField):
            _fill_port(record, layout.inlet_place(channels.inlets[index, name]))
        elif isinstance(spec, OutPortField):
            _fill_port(record, layout.channels[channels.outlets[index, name]])
        elif isinstance(spec, RefPortField):
            _fill_reference(record, layout, instance, name, mine.get(name))


def _fill_port(record: np.ndarray, place: ChannelPlace) -> None:
    record[PORT_DATA] = place.data.ctypes.data
    if place.events is not None:
        record[PORT_EVENTS] = place.events.ctypes.data
        record[PORT_COUNT] = place.count.ctypes.data
    record[PORT_SHAPE:] = place.data.shape


def _fill_reference(record, layout: Layout, instance, name: str, reference) -> None:
    """Words of a RefPort; an unconnected one reads zeros and writes into nothing of importance."""
    shape = instance.ports[name].shape
    record[REF_SHAPE:] = shape
    record[REF_PHASE] = layout.word_address(PHASE)
    if reference is None:
        spare = np.zeros(shape, instance.ports[name].dtype)
        pending, flag = np.zeros_like(spare), np.zeros((), np.int64)
        layout.keep += [spare, pending, flag]
        target = spare
    else:
        target = layout.views[reference.target.index, reference.var.name]
        pending, flag = layout.pending[reference]
        index = layout.maps[reference]
        if target.ndim > 1 and not target.flags.c_contiguous:
            index = _storage_map(target, index)
        if index is not None:
            layout.keep.append(index)
            record[REF_MAP] = index.ctypes.data
    record[REF_TARGET] = target.ctypes.data
    record[REF_PENDING] = pending.ctypes.data
    record[REF_FLAG] = flag.ctypes.data


def _storage_map(target: np.ndarray, index: np.ndarray | None) -> np.ndarray:
    """Index map into column-major storage."""
    order = np.arange(target.size, dtype=np.int64).reshape(target.shape, order="F").ravel()
    return order if index is None else np.ascontiguousarray(order[index])
