"""One arena for everything: control words, state blocks, Vars, channels.

Entering: instances with final field types, channels. Leaving: a :class:`Layout` with one aligned
allocation, a NumPy view for every piece, and every state block filled with addresses and initial
values.
"""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, Arena, ChannelPlace, Layout
from lavajit.compiler.channels import Channel, Channels, reference_map
from lavajit.compiler.fields import (
    VEC_DENSE,
    WORD_BYTES,
    ArrayField,
    Fields,
    ScalarField,
    block_words,
    word_offsets,
)
from lavajit.compiler.filling import fill_block
from lavajit.compiler.graph import Graph, Reference
from lavajit.compiler.instances import Instance


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
        fill_block(layout, instance, channels, graph)
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
