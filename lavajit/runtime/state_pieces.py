"""What the state of a network consists of, and how Processes and connections are called in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lavajit.compiler.arena import ChannelPlace
from lavajit.compiler.fields import ArrayField, ScalarField
from lavajit.compiler.instances import Instance
from lavajit.model.py_model import AbstractPyProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.process.state_values import StateFileError

#: Fields that the engine sets for one run.
_OF_A_RUN = frozenset({"_req_pause", "_req_stop", "num_steps"})
_DEFAULT_NAME = re.compile(r"\bProcess_\d+\b")


def described(instance: Instance) -> dict[str, Any]:
    """Class, name and model of a Process; no name if it has not been given one.

    In names made of others, default names have no number: it depends on what was created before.
    """
    process = instance.node.process
    own = None
    if process.name != process._default_name:
        own = _DEFAULT_NAME.sub("Process", process.name)
    model = type(instance.model).__name__
    return {"class": type(process).__name__, "name": own, "model": model}


def connections_of(network) -> list[list]:
    """All connections and references, as numbers of Processes and names of ports."""
    graph = network.graph
    found = [
        [c.source.index, c.source_port.name, c.target.index, c.target_port.name]
        for c in graph.connections
    ]
    found += [[r.node.index, r.port.name, r.target.index, r.var.name] for r in graph.references]
    return sorted(found)


def state_fields(network, instance: Instance) -> list[str]:
    """Names of all fields that a run may change."""
    skipped = _OF_A_RUN | set(instance.model.transient)
    return [
        name
        for name, field in network.layout.fields[instance.node.index]
        if isinstance(field, (ArrayField, ScalarField)) and name not in skipped
    ]


def outlets(network, instance: Instance) -> Iterator[tuple[str, ChannelPlace]]:
    """OutPorts of a Process, and their buffers."""
    for name, spec in instance.ports.items():
        channel = network.channels.outlets.get((instance.node.index, name))
        if spec.family is PyOutPort and channel in network.layout.channels:
            yield name, network.layout.channels[channel]


def fifo_ends(queue) -> list:
    """Which FIFO: numbers of Processes and ports; None for user code."""
    return [queue.source, queue.source_port, queue.target, queue.target_port]


def check_kept(instance: Instance, kept: dict[str, Any], where: str) -> None:
    """Raise StateFileError unless the model can set what its `on_save` gave."""
    keeps = type(instance.model).on_save is not AbstractPyProcessModel.on_save
    if bool(kept) != keeps:
        raise StateFileError(
            f"{where}: the file has {'more' if kept else 'less'} than what its model here saves. "
            f"It is of another version of {type(instance.model).__name__}; make it anew."
        )
    if not kept:
        return
    try:
        instance.model.check_saved(kept)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise StateFileError(f"{where}: {error}") from error
