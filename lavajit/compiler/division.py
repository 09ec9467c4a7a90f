"""Which Processes are divided among threads, and why others are not.

Entering: the plan of one thread, and which methods are native. Leaving: a :class:`Division`. Each
shard of a Process has a state block of its own whose arrays are parts of the same memory
(:mod:`lavajit.compiler.shard_blocks`); kernels do not change. What of the program runs in all
shards at once is decided in :mod:`lavajit.compiler.forks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.fields import VEC_DENSE, ArrayField, ScalarField
from lavajit.compiler.graph import Graph, Node
from lavajit.compiler.instances import Instance
from lavajit.compiler.schedule import OTHER_METHODS, Schedule
from lavajit.compiler.shard_blocks import longest_shape
from lavajit.compiler.work import may_request, overrides
from lavajit.model.threads import divided_names, is_elementwise, usable_cores, wanted_threads

#: Where nobody has said how many threads: elements of all Processes that are worth a thread, and
#: of one Process that are worth a cut. Measured, see docs/performance.md.
WORTH_A_THREAD, WORTH_A_CUT = 20_000, 500


@dataclass
class Division:
    """How a network is divided.

    Attributes
    ----------
    shards : int
        Number of parts; 1 for a network that is not divided.
    names : dict of int to frozenset of str
        Ports and arrays that are divided, of each divided node.
    reasons : dict of int to str
        Why a node whose model could be divided is not.
    """

    shards: int = 1
    names: dict[int, frozenset[str]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def may_divide(model_class: type) -> bool:
    """True for models that say how they can be divided."""
    return is_elementwise(model_class) or bool(divided_names(model_class))


def planned_shards(graph: Graph) -> int:
    """Into how many parts a network is to be divided."""
    wanted = wanted_threads(graph.run_cfg)
    if wanted is not None:
        return wanted
    sizes = [_longest_port(node) for node in graph.nodes if may_divide(node.model_class)]
    elements = sum(size for size in sizes if size >= WORTH_A_CUT)
    return max(1, min(usable_cores(), elements // WORTH_A_THREAD))


def _longest_port(node: Node) -> int:
    process = node.process
    ports = (*process.in_ports.members, *process.out_ports.members)
    return max((port.size for port in ports), default=0)


def divide_instances(
    graph: Graph, instances: list[Instance], schedule: Schedule, native: set, shards: int
) -> Division:
    """Choose the Processes that are divided.

    Parameters
    ----------
    native : set of (int, str)
        Node and name of the methods all of whose parts are native.
    """
    division = Division(shards)
    least = WORTH_A_CUT if wanted_threads(graph.run_cfg) is None else 0
    for instance in instances if shards > 1 else ():
        if not may_divide(instance.node.model_class):
            continue
        index, names = instance.node.index, _divided_names(instance)
        if (index, "run_spk") not in native:
            division.reasons[index] = "run_spk does not run natively"
            continue
        if _longest_port(instance.node) < least:
            division.reasons[index] = f"it has fewer than {least} elements"
            continue
        obstacle = next(_obstacles(graph, instance, schedule, names), None)
        if obstacle is None:
            division.names[index] = names
        else:
            division.reasons[index] = obstacle
    return division


def _divided_names(instance: Instance) -> frozenset[str]:
    """Ports and arrays of a model that are cut along their first axis."""
    model_class = instance.node.model_class
    numbers = {name for name, kind in instance.state.items() if isinstance(kind, ScalarField)}
    names = set(divided_names(model_class)) - numbers  # one for all, or one for each element
    if not is_elementwise(model_class):
        return frozenset(names)
    names |= set(instance.ports)
    size = int(np.prod(longest_shape(instance, frozenset(names)), dtype=np.int64))
    for name, kind in instance.state.items():
        if isinstance(kind, ArrayField) and instance.values[name].size == size > 1:
            names.add(name)
    return frozenset(names)


# --- obstacles ------------------------------------------------------------------------


def _obstacles(
    graph: Graph, instance: Instance, schedule: Schedule, names: frozenset[str]
) -> Iterator[str]:
    """Why an instance cannot be divided."""
    yield from _model_obstacles(graph, instance, schedule)
    ports = set(instance.ports)
    for name in sorted(names & ports):
        yield from _port_obstacles(instance, schedule, name)
    if is_elementwise(instance.node.model_class):
        shapes = {spec.shape for spec in instance.ports.values()}
        if len(shapes) > 1:
            yield "its ports have several shapes"
        elif np.prod(next(iter(shapes), (1,))) <= 1:
            yield "it has one element"
    for name in sorted(names - ports):
        yield from _array_obstacles(instance, names, name)


def _model_obstacles(graph: Graph, instance: Instance, schedule: Schedule) -> Iterator[str]:
    index, model_class = instance.node.index, instance.node.model_class
    if index in schedule.coroutines:
        yield "it runs as a coroutine"
    if any(True for _ in graph.references_of(instance.node)):
        yield "it has a RefPort"
    if any(overrides(model_class, method) for method in OTHER_METHODS):
        yield "it acts in other phases, too"
    if may_request(model_class):
        yield "it may ask for a pause or a stop"
    for reference in graph.references:
        own = reference.target.index == index
        if own and isinstance(instance.state.get(reference.var.name), ScalarField):
            yield f"a RefPort points at its number {reference.var.name}"


def _port_obstacles(instance: Instance, schedule: Schedule, name: str) -> Iterator[str]:
    spec = instance.ports[name]
    if spec.kind != VEC_DENSE or not spec.shape:
        yield f"port {name} is not a dense array"
    if (instance.node.index, name) in schedule.events:
        yield f"it asks for the events of {name}, which would be divided"


def _array_obstacles(instance: Instance, names: frozenset[str], name: str) -> Iterator[str]:
    kind = instance.state.get(name)
    if not isinstance(kind, ArrayField) or kind.ndim == 0 or kind.order != "C":
        yield f"{name} is not an array stored row by row"
    elif is_elementwise(instance.node.model_class):
        rows = longest_shape(instance, names)[0]
        if rows and instance.values[name].shape[0] % rows:
            yield f"{name} has other rows than the ports"
