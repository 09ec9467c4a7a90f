"""The state of a whole network, for Process.snapshot and Process.restore, at a step boundary.

What is taken does not depend on addresses, on the number of threads or on what runs natively, so it
can be set in any network that was built in the same way. Everything is checked first
(:mod:`lavajit.runtime.snapshot_checks`), then set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.compiler.arena import TIME_STEP
from lavajit.compiler.fields import RandomField, block_words, word_offsets
from lavajit.compiler.instances import Instance
from lavajit.kernels.random import Random
from lavajit.process.plain_data import Copies, pack, unpack
from lavajit.process.snapshot import Snapshot
from lavajit.process.sparse_values import is_sparse
from lavajit.process.state_values import StateFileError
from lavajit.runtime.snapshot_checks import check_snapshot
from lavajit.runtime.state_pieces import (
    connections_of,
    described,
    fifo_ends,
    outlets,
    state_fields,
)
from lavajit.runtime.var_access import straighten

if TYPE_CHECKING:
    from lavajit.runtime.model_state import ModelStates

# --- taking ---------------------------------------------------------------------------


def take_snapshot(network, models: ModelStates) -> Snapshot:
    """The state of a network.

    Raises
    ------
    StateFileError
        An attribute of a model cannot be saved, or a coroutine has not ended.
    """
    _check_ended(network)
    arrays: list[np.ndarray] = []
    header = {
        "time_step": int(network.layout.control[TIME_STEP]),
        "processes": [_process(network, models, i, arrays) for i in network.instances],
        "fifos": _fifos(network, arrays),
        "writes": _writes(network, arrays),
        "connections": connections_of(network),
    }
    return Snapshot(header, [array.copy(order="K") for array in arrays])


def _check_ended(network) -> None:
    live = [c.label for c in network.hosts.pump.live if not c.finished]
    if live:
        raise StateFileError(
            f"the network cannot be saved now: {', '.join(live)} is in the middle of its work, "
            f"which is part of no state. Take the Snapshot when the run has ended."
        )


def _process(network, models: ModelStates, instance: Instance, arrays: list) -> dict[str, Any]:
    views, index = network.layout.views, instance.node.index
    for name in instance.model.ring_vars:
        straighten(network.layout, instance, name)
    fields = {name: pack(views[index, name], arrays) for name in state_fields(network, instance)}
    return {
        **described(instance),
        "key": network.layout.keys[index],
        "fields": fields,
        "opaque": {n: _pack_opaque(instance, n, arrays) for n in instance.opaque},
        "attributes": models.plain_attributes(instance, arrays),
        "kept": pack(models.kept(instance), arrays),
        "messages": _messages(network, instance, arrays),
    }


def _pack_opaque(instance: Instance, name: str, arrays: list) -> Any:
    """Text, or a sparse matrix that lives in Python: its pattern stays."""
    value = getattr(instance.model, name)
    return pack(value.data if is_sparse(value) else value, arrays)


def _messages(network, instance: Instance, arrays: list) -> dict[str, Any]:
    """What the buffers of OutPorts hold: a model may go on from what it sent before."""
    found = {}
    for name, place in outlets(network, instance):
        message = [place.data]
        if place.events is not None:
            message.append(place.events[: int(place.count)])
        found[name] = pack(message, arrays)
    return found


def _fifos(network, arrays: list) -> list[dict[str, Any]]:
    found = []
    for queue, fifo in network.hosts.fifos.items():
        with fifo.changed:
            messages = list(fifo.messages)
        if messages:
            found.append({"ends": fifo_ends(queue), "messages": pack(messages, arrays)})
    return found


def _writes(network, arrays: list) -> list[dict[str, Any]]:
    """Writes through RefPorts that have not reached their Vars."""
    return [
        {"node": reference.node.index, "port": reference.port.name, "data": pack(data, arrays)}
        for reference, (data, flag) in network.layout.pending.items()
        if flag
    ]


# --- setting --------------------------------------------------------------------------


def restore_snapshot(network, models: ModelStates, snapshot: Snapshot, seed: int | None) -> None:
    """Set the state of a network.

    Parameters
    ----------
    seed : int or None
        Of other random numbers; None: those of the snapshot.

    Raises
    ------
    StateFileError
        The snapshot is that of another network; nothing has been changed.
    """
    _check_ended(network)
    check_snapshot(network, models, snapshot)
    arrays, header = Copies(snapshot.arrays), snapshot.header
    keys = _keys(network, snapshot, seed)
    for instance, state in zip(network.instances, header["processes"], strict=True):
        _set_fields(network, instance, state["fields"], snapshot.arrays)
        _set_opaque(instance, state["opaque"], arrays)
        attributes = {name: unpack(tree, arrays) for name, tree in state["attributes"].items()}
        models.set_attributes(instance, attributes, unpack(state["kept"], arrays))
        _set_messages(network, instance, state["messages"], snapshot.arrays)
        _set_key(network, instance, keys[instance.node.index])
    _set_fifos(network, header["fifos"], arrays)
    _set_writes(network, header["writes"], snapshot.arrays)
    network.layout.control[TIME_STEP] = snapshot.time_step


def _keys(network, snapshot: Snapshot, seed: int | None) -> dict[int, int]:
    if seed is None:
        return {k: state["key"] for k, state in enumerate(snapshot.header["processes"])}
    from lavajit.runtime.engine import random_keys  # which imports the runtime

    return random_keys(seed, network.instances)


def _set_fields(network, instance: Instance, fields: dict[str, Any], arrays: tuple) -> None:
    views, index = network.layout.views, instance.node.index
    for name, tree in fields.items():
        value, view = unpack(tree, arrays), views[index, name]
        if value.dtype == view.dtype or "_lavajit_places" not in vars(instance.model):
            view[...] = value
        else:  # Python's own, and widened since or before
            views[index, name] = instance.model._lavajit_views[name] = value.copy(order="K")


def _set_opaque(instance: Instance, values: dict[str, Any], arrays: Copies) -> None:
    for name, tree in values.items():
        value, present = unpack(tree, arrays), getattr(instance.model, name)
        if is_sparse(present):
            present.data[:] = value
        else:
            setattr(instance.model, name, value)


def _set_messages(network, instance: Instance, messages: dict[str, Any], arrays: tuple) -> None:
    for name, place in outlets(network, instance):
        data, *events = unpack(messages[name], arrays)
        place.data[...] = data
        if place.events is not None:
            listed = events[0] if events else np.flatnonzero(data)
            place.events[: listed.size] = listed
            place.count[...] = listed.size


def _set_key(network, instance: Instance, key: int) -> None:
    """Let native and Python code draw with this key."""
    layout, index = network.layout, instance.node.index
    fields = layout.fields[index]
    if not isinstance(dict(fields).get("rng"), RandomField):
        return
    at, word = layout.blocks[index] - layout.arena.address, word_offsets(fields)["rng"]
    layout.keys[index] = key
    layout.arena.view(at, np.int64, (block_words(fields),))[word] = key
    if index in layout.shards:
        layout.shards[index].blocks[:, word] = key
    control = layout.control
    instance.model.rng = Random(key, lambda: control[TIME_STEP])


def _set_fifos(network, fifos: list[dict[str, Any]], arrays: Copies) -> None:
    saved = {tuple(entry["ends"]): entry["messages"] for entry in fifos}
    for queue, fifo in network.hosts.fifos.items():
        messages = saved.get(tuple(fifo_ends(queue)))
        with fifo.changed:
            fifo.messages.clear()
            fifo.messages.extend(unpack(messages, arrays) if messages else ())
            fifo.changed.notify_all()


def _set_writes(network, writes: list[dict[str, Any]], arrays: tuple) -> None:
    saved = {(entry["node"], entry["port"]): entry["data"] for entry in writes}
    for reference, (data, flag) in network.layout.pending.items():
        tree = saved.get((reference.node.index, reference.port.name))
        flag[...] = tree is not None
        if tree is not None:
            data[...] = unpack(tree, arrays)
