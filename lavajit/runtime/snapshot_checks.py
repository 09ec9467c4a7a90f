"""Whether a Snapshot is one of a network; if not, what differs. Nothing is changed here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process.plain_data import unpack
from lavajit.process.snapshot import Snapshot
from lavajit.process.sparse_values import is_sparse
from lavajit.process.state_values import StateFileError
from lavajit.runtime.state_pieces import (
    check_kept,
    connections_of,
    described,
    fifo_ends,
    outlets,
    state_fields,
)

if TYPE_CHECKING:
    from lavajit.runtime.model_state import ModelStates

#: How many differences of a kind a message names.
_MOST = 5
_DAMAGE = (AttributeError, LookupError, OverflowError, TypeError, ValueError, RecursionError)


def check_snapshot(network, models: ModelStates, snapshot: Snapshot) -> None:
    """Raise StateFileError unless a snapshot can be set in a network."""
    try:
        _check_processes(network, snapshot)
        _check_connections(network, snapshot)
        for instance, state in zip(network.instances, snapshot.header["processes"], strict=True):
            where = _where(snapshot, instance)
            _check_fields(network, models, instance, state["fields"], snapshot)
            _check_opaque(instance, state["opaque"], snapshot, where)
            for tree in state["attributes"].values():
                unpack(tree, snapshot.arrays)
            models.check_unchanged(instance, "restored")
            check_kept(instance, unpack(state["kept"], snapshot.arrays), where)
            _check_messages(network, instance, state["messages"], snapshot, where)
            np.int64(state["key"])
        _check_fifos(network, snapshot)
        _check_writes(network, snapshot)
    except StateFileError:
        raise
    except _DAMAGE as error:
        raise StateFileError(f"{snapshot} is damaged ({type(error).__name__}: {error}).") from error


def _where(snapshot: Snapshot, instance) -> str:
    return f"{snapshot} does not fit this network: {instance.node.name}"


def _check_processes(network, snapshot: Snapshot) -> None:
    saved = snapshot.header["processes"]
    here = [described(instance) for instance in network.instances]
    there, present = Counter(p["class"] for p in saved), Counter(p["class"] for p in here)
    if there != present:
        lines = (
            ("only in the snapshot", there - present),
            ("only in the network", present - there),
        )
        texts = [f"{what}: {_counted(found)}" for what, found in lines if found]
        raise StateFileError(
            f"{snapshot} is not one of this network: it has {len(saved)} Processes, the network "
            f"{len(here)}; {'; '.join(texts)}. Build the same network."
        )
    for k, (old, new) in enumerate(zip(saved, here, strict=True)):
        names = old["name"], new["name"]
        if old["class"] != new["class"] or (None not in names and names[0] != names[1]):
            raise StateFileError(
                f"{snapshot} is not one of this network: Process {k} is {_titled(old)} in the "
                f"snapshot and {_titled(new)} here. Create the Processes in the same order, with "
                f"the same names."
            )
        if old["model"] != new["model"]:
            raise StateFileError(
                f"{snapshot} does not fit this network: {_titled(new)} was saved with "
                f"{old['model']}, here it has {new['model']}. Select the same model (see "
                f"select_tag of the run config)."
            )


def _counted(found: Counter) -> str:
    return ", ".join(f"{n} {name}" for name, n in found.most_common(_MOST))


def _titled(process: dict[str, Any]) -> str:
    return f"{process['class']} '{process['name']}'" if process["name"] else process["class"]


def _check_connections(network, snapshot: Snapshot) -> None:
    saved, here = snapshot.header["connections"], connections_of(network)
    if saved == here:
        return
    texts = []
    for what, some, others in (
        ("only in the snapshot", saved, here),
        ("only in the network", here, saved),
    ):
        names = [_connection_name(network, c) for c in some if c not in others][:_MOST]
        texts += [f"{what}: {', '.join(names)}"] if names else []
    detail = "; ".join(texts) or "some are there more often"
    raise StateFileError(
        f"{snapshot} is not one of this network: connections differ; {detail}. Connect the "
        f"Processes in the same way."
    )


def _connection_name(network, connection: list) -> str:
    source, port, target, other = connection
    nodes = network.graph.nodes
    return f"{nodes[source].name}.{port} -> {nodes[target].name}.{other}"


def _check_fields(network, models, instance, fields: dict, snapshot: Snapshot) -> None:
    where = _where(snapshot, instance)
    names = state_fields(network, instance)
    if different := set(names) ^ set(fields):
        raise StateFileError(
            f"{where}: its model has other attributes: {', '.join(sorted(different)[:_MOST])}. "
            f"Create it with the same parameters, and use the same version of its model."
        )
    private = "_lavajit_places" in vars(instance.model)
    for name in names:
        value = unpack(fields[name], snapshot.arrays)
        view = network.layout.views[instance.node.index, name]
        if value.shape != view.shape or not _holds(view.dtype, value.dtype, private):
            raise StateFileError(
                f"{where}: '{name}' is {value.dtype} of shape {value.shape} in the snapshot, "
                f"{view.dtype} of shape {view.shape} here. Create the Process with the same "
                f"parameters, and select the same model and precision{models.hint(instance)}."
            )


def _holds(here: np.dtype, there: np.dtype, private: bool) -> bool:
    """True if a field here can have a value from there. Types differ where one tier has widened."""
    if here == there:
        return True
    if here.kind in "fc" and there.kind == here.kind:
        return False  # another precision, with which the run would go on differently
    return private or np.can_cast(there, here, "safe")


def _check_opaque(instance, values: dict, snapshot: Snapshot, where: str) -> None:
    for name in instance.opaque:
        value, present = unpack(values[name], snapshot.arrays), getattr(instance.model, name)
        same = isinstance(value, str)
        if is_sparse(present):
            same = np.shape(value) == present.data.shape and value.dtype == present.dtype
        if not same:
            raise StateFileError(
                f"{where}: '{name}' is another kind of value in the snapshot, or a sparse matrix "
                f"with another number of entries."
            )


def _check_messages(network, instance, messages: dict, snapshot: Snapshot, where: str) -> None:
    for name, place in outlets(network, instance):
        data, *events = unpack(messages[name], snapshot.arrays)
        fits = data.shape == place.data.shape and np.can_cast(data.dtype, place.data.dtype)
        for listed in events if place.events is not None else ():
            fits = fits and listed.ndim == 1 and listed.size <= place.events.size
        if not fits:
            raise StateFileError(
                f"{where}: the message of its port {name} is {data.dtype} of shape {data.shape} in "
                f"the snapshot, {place.data.dtype} of shape {place.data.shape} here."
            )


def _check_fifos(network, snapshot: Snapshot) -> None:
    fifos = {tuple(fifo_ends(q)): f for q, f in network.hosts.fifos.items()}
    for entry in snapshot.header["fifos"]:
        source, port, target, other = entry["ends"]
        messages = unpack(entry["messages"], snapshot.arrays)
        fifo, nodes = fifos.get(tuple(entry["ends"])), network.graph.nodes
        if fifo is None or len(messages) > fifo.capacity:
            ends = [
                "user code" if k is None else f"{nodes[k].name}.{name}"
                for k, name in ((source, port), (target, other))
            ]
            here = "no FIFO" if fifo is None else f"room for {fifo.capacity}"
            raise StateFileError(
                f"{snapshot} does not fit this network: {len(messages)} message(s) wait from "
                f"{ends[0]} to {ends[1]}, where there is {here}."
            )


def _check_writes(network, snapshot: Snapshot) -> None:
    pending = {(r.node.index, r.port.name): v[0] for r, v in network.layout.pending.items()}
    for entry in snapshot.header["writes"]:
        data, place = unpack(entry["data"], snapshot.arrays), pending[entry["node"], entry["port"]]
        if data.shape != place.shape:
            raise ValueError(f"a write of shape {data.shape} to {entry['port']}")
