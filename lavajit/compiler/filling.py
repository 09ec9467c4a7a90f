"""Filling state blocks: initial values and the addresses of arrays, channels and Vars."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import PHASE, TIME_STEP, ChannelPlace, Layout
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
    ArrayField,
    InPortField,
    OutPortField,
    RandomField,
    RefPortField,
    ScalarField,
    SharedField,
    block_words,
    word_offsets,
)
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance


def fill_block(layout: Layout, instance: Instance, channels, graph: Graph) -> None:
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
            _fill_array(view, instance.values[name])
            instance.values[name] = view  # large initial values need not be kept twice
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


def _fill_array(view: np.ndarray, value: object) -> None:
    """Copy an initial value; not one zero broadcast to a shape, which would only touch pages."""
    repeated = isinstance(value, np.ndarray) and value.size > 1 and not any(value.strides)
    if not repeated or value.flat[0]:
        view[...] = value


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
