"""What can be compared of a network: Vars and messages, under names that do not depend on the run.

A Process is known by its path, such as ``"net.hidden"``. One without a name of its own is known by
its class; of several with the same path the second is ``"LIF#2"``, in the order of creation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from lavajit.compiler.arena import ChannelPlace
from lavajit.compiler.fields import SCALAR_DENSE, SCALAR_SPARSE, VEC_DENSE
from lavajit.compiler.instances import Instance
from lavajit.compiler.work import MethodWork
from lavajit.process.process import AbstractProcess

#: Default names, which count on; recorders are called after their Monitor's.
_NUMBERED = re.compile(r"\bProcess_\d+")
VAR, OUT_PORT, FUNCTION = "Var", "OutPort", "function"
#: What to watch: names, patterns, or functions of a network.
Watch = list[str | Callable[[AbstractProcess], Any]]


@dataclass(frozen=True)
class Member:
    """A Var or an OutPort of a network, or a function of it.

    Attributes
    ----------
    process, name, kind : str
        Path of the Process, name, and which of the three.
    read : callable
        Returns the present value as an array; it may be the memory itself.
    place : tuple
        Where in a step it is computed.
    """

    process: str
    name: str
    kind: str
    read: Callable[[], np.ndarray]
    place: tuple[int, int] = (0, 0)

    @property
    def path(self) -> str:
        return f"{self.process}.{self.name}" if self.process else self.name

    def fits(self, pattern: str) -> bool:
        """True if a pattern names this member, or its Process."""
        wanted = (self.name, self.path, self.process)
        return any(fnmatchcase(name, pattern) for name in wanted)


def members_of(process: AbstractProcess, watch: Watch | None) -> dict[str, Member]:
    """Watched members of a network by path, in the order in which a step computes them."""
    network = process.runtime.executable.network
    labels = process_paths([instance.node.process for instance in network.instances])
    found: list[Member] = []
    for instance, label in zip(network.instances, labels, strict=True):
        rows = _rows(network, instance)
        found += _vars(network, instance, label, rows)
        found += _messages(network, instance, label, rows)
    chosen = sorted(_watched(found, watch, process), key=lambda member: member.place)
    return {member.path: member for member in chosen}


def process_paths(processes: list[AbstractProcess]) -> list[str]:
    """A path for each Process that is the same in every network built in the same way."""
    seen: Counter[str] = Counter()
    paths = []
    for process in processes:
        parts, at = [], process
        while at is not None:
            own = at.name != at._default_name
            parts.append(_NUMBERED.sub("Process", at.name) if own else type(at).__name__)
            at = at.parent_proc
        path = ".".join(reversed(parts))
        seen[path] += 1
        paths.append(path if seen[path] == 1 else f"{path}#{seen[path]}")
    return paths


def _watched(members: list[Member], watch: Watch | None, process) -> Iterator[Member]:
    if watch is None:
        yield from members
        return
    known = set()
    for number, what in enumerate(watch, 1):
        if callable(what):
            name = getattr(what, "__name__", repr(what))
            name = f"function {number} of watch" if name == "<lambda>" else name
            yield Member("", name, FUNCTION, lambda f=what: np.asarray(f(process)))
            continue
        fitting = [member for member in members if member.fits(what)]
        if not fitting:
            paths = ", ".join(member.path for member in members[:20])
            raise ValueError(
                f"watch: no Var, OutPort or Process is called {what!r}. Patterns are names such "
                f"as 'v', 'neurons.v', 'neurons' or '*.s_out'; there are: {paths}"
                f"{', ...' if len(members) > 20 else ''}."
            )
        yield from (member for member in fitting if member.path not in known)
        known.update(member.path for member in fitting)


# --- where in a step ------------------------------------------------------------------


def _rows(network, instance: Instance) -> dict[str, int]:
    """The row that sends on each OutPort, by its name; "" is the last row of the Process."""
    rows = {"": -1}
    for row, instruction in enumerate(network.program.instructions):
        work = instruction.work
        if isinstance(work, MethodWork) and work.instance is instance:
            rows[""] = row
            rows.update(dict.fromkeys(work.sends, row))
    return rows


# --- reading --------------------------------------------------------------------------


def _vars(network, instance: Instance, label: str, rows) -> Iterator[Member]:
    for var in instance.node.process.vars.members:
        reader = _var_reader(network, instance, var)
        if reader is not None:
            yield Member(label, var.name, VAR, reader, (rows[""], 0))


def _var_reader(network, instance: Instance, var) -> Callable[[], np.ndarray] | None:
    index, name = instance.node.index, var.name
    views = network.layout.views
    if name in instance.opaque:
        value = getattr(instance.model, name)
        return (lambda: getattr(instance.model, name).data) if hasattr(value, "data") else None
    if name in instance.sparse:
        return lambda: views[index, f"{name}_data"]
    if name in instance.model.ring_vars:
        return lambda: np.roll(views[index, name], -int(views[index, f"{name}_first"]), axis=-1)

    def read() -> np.ndarray:
        value = views[index, name]  # looked up each time: a wider type may replace it
        return value if value.ndim else np.broadcast_to(value, var.shape)

    return read


def _messages(network, instance: Instance, label: str, rows) -> Iterator[Member]:
    for port in instance.node.process.out_ports.members:
        channel = network.channels.outlets[instance.node.index, port.name]
        place = network.layout.channels.get(channel)
        if place is not None:
            row = rows.get(port.name, rows[""])
            yield Member(label, port.name, OUT_PORT, _message(place, channel.kind), (row, 1))


def received(network, instance: Instance) -> Iterator[tuple[str, np.ndarray]]:
    """What every InPort of a Process has received in this step; FIFOs are left out."""
    for port in instance.node.process.in_ports.members:
        inlet = network.channels.inlets.get((instance.node.index, port.name))
        if inlet is not None:
            place = network.layout.inlet_place(inlet)
            yield port.name, _message(place, inlet.channel.kind)()


def _message(place: ChannelPlace, kind: str) -> Callable[[], np.ndarray]:
    """A function that reads the message of a channel as an array of the port's shape."""

    def read() -> np.ndarray:
        if kind == VEC_DENSE:
            return place.data
        flat = place.data.reshape(-1)
        if kind == SCALAR_DENSE:
            return flat[:1]
        if kind == SCALAR_SPARSE:
            return np.array([flat[0], place.events[0]])
        n = int(place.count)
        dense = np.zeros(flat.size, flat.dtype)
        inside = (place.events[:n] >= 0) & (place.events[:n] < flat.size)
        dense[place.events[:n][inside]] = flat[:n][inside]
        return dense.reshape(place.data.shape)

    return read
