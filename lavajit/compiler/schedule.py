"""The order of the spiking phase, derived from the data alone.

Every Process runs once a step; who goes first follows from the connections. A Process that sends
before it receives (Dense) is cut there if a loop of connections needs it. What cannot be ordered is
a deadlock and is reported with the ring of ports; a Process whose port use is not straight runs as
a coroutine, and so does every Process in a loop with it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from lavajit.compiler.cutting import Segment, can_cut_all, segments, why_whole
from lavajit.compiler.exceptions import DeadlockError
from lavajit.compiler.fields import VEC_DENSE
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance
from lavajit.compiler.ordering import sorted_groups, strongly_connected
from lavajit.compiler.port_ops import RECEIVES, SENDS, MethodPorts, model_ports
from lavajit.compiler.source import SourceUnavailable, find_method
from lavajit.process.ports import AbstractPort

#: Methods of a step besides run_spk, in which static models must not send or receive.
OTHER_METHODS = ("pre_guard", "lrn_guard", "post_guard", "run_pre_mgmt", "run_lrn", "run_post_mgmt")


@dataclass(eq=False)
class Task:
    """One entry of the spiking phase: a Process, or the segment of it that starts at a receive."""

    instance: Instance
    segment: Segment | None
    number: int = 0

    def __repr__(self) -> str:
        part = f" part {self.number + 1}" if self.segment and self.number >= 0 else ""
        return f"<Task {self.instance.node.name}{part}>"


@dataclass
class PortUse:
    """How one instance uses its connected ports."""

    ports: MethodPorts
    connected: set[str]
    irregular: str = ""
    pieces: list[Segment] = field(default_factory=list)

    @property
    def sends_first(self) -> bool:
        """True if a send comes before a receive, so that a loop through it can run."""
        verbs = [op.operation for op in self.ports.ops if op.port in self.connected]
        sends = [k for k, verb in enumerate(verbs) if verb in SENDS]
        receives = [k for k, verb in enumerate(verbs) if verb in RECEIVES]
        return bool(sends) and bool(receives) and sends[0] < receives[-1]


@dataclass
class Schedule:
    """Leaving this stage: tasks in order; coroutines are run as soon as their turn comes.

    Attributes
    ----------
    order : list of list of Task
        Groups in order; a group of several tasks is a loop run as coroutines.
    coroutines : dict of int to str
        Node index of every instance that runs as coroutine, and why.
    events : set of (int, str)
        InPorts (node index, name) whose consumer asks for event indices.
    """

    order: list[list[Task]]
    coroutines: dict[int, str]
    events: set[tuple[int, str]]
    uses: dict[int, PortUse]


@lru_cache(maxsize=4096)
def _ports(
    model: type, ports: frozenset[str]
) -> tuple[MethodPorts, tuple[tuple[str, MethodPorts], ...]]:
    """Port operations of ``run_spk``, and of those other methods that have any."""
    found = model_ports(model, ("run_spk", *OTHER_METHODS), ports)
    spiking = found.pop("run_spk")
    return spiking, tuple((name, ops) for name, ops in found.items() if ops.ops or ops.irregular)


def order_spiking_phase(graph: Graph, instances: list[Instance]) -> Schedule:
    """Order the spiking phase.

    Raises
    ------
    DeadlockError
        Straight Processes wait for each other in a ring, or a connected port is never served.
    """
    uses = {i.node.index: _port_use(graph, i) for i in instances}
    coroutines = {k: use.irregular for k, use in uses.items() if use.irregular}
    _spread_over_mixed_connections(graph, instances, coroutines)
    tasks = {i.node.index: [Task(i, None)] for i in instances if not i.is_async}
    order = _order(graph, tasks, uses, coroutines)
    events = {
        (index, port)
        for index, use in uses.items()
        for port in use.ports.events
        if index not in coroutines
    }
    return Schedule(order, coroutines, events, uses)


def external_pipe(port: AbstractPort) -> bool:
    """True if user code feeds or drains the port."""
    return bool(getattr(port, "external_pipe_flag", False))


# --- port use -------------------------------------------------------------------------


def _port_use(graph: Graph, instance: Instance) -> PortUse:
    node, process = instance.node, instance.node.process
    connected = set(graph.into(node)) | set(graph.out_of(node))
    for port in (*process.in_ports.members, *process.out_ports.members):
        if external_pipe(port):
            connected.add(port.name)
    names = frozenset(instance.ports)
    if instance.is_async:
        return PortUse(MethodPorts(), connected, "it runs under AsyncProtocol")
    ports, _ = _ports(node.model_class, names)
    use = PortUse(ports, connected)
    use.irregular = _irregularity(graph, instance, ports, connected)
    if not use.irregular:
        use.pieces = segments(ports, connected)
    return use


def _irregularity(graph, instance: Instance, ports: MethodPorts, connected: set[str]) -> str:
    node = instance.node
    names = frozenset(instance.ports)
    for method, other in _ports(node.model_class, names)[1]:
        used = [op for op in other.ops if op.port in connected and op.operation in RECEIVES | SENDS]
        if used:
            return f"{method} calls {used[0].port}.{used[0].operation}() (line {used[0].line})"
        if other.irregularity(connected):
            return f"{method} {other.irregularity(connected)}"
    why = ports.irregularity(connected)
    if why:
        return f"run_spk {why}"
    for collection, verbs, verb in (
        (node.process.in_ports, RECEIVES, "receives from"),
        (node.process.out_ports, SENDS, "sends to"),
    ):
        for port in collection.members:
            if port.name not in connected:
                continue
            count = sum(op.port == port.name and op.operation in verbs for op in ports.ops)
            if count == 0:
                _never_served(graph, instance, port, verb)
            if count > 1:
                return f"run_spk {verb} {port.name} {count} times a step"
    return ""


def _never_served(graph: Graph, instance: Instance, port: AbstractPort, verb: str) -> None:
    node = instance.node
    links = graph.into(node).get(port.name) or graph.out_of(node).get(port.name) or []
    partner = f" ({links[0]!r})" if links else ""
    raise DeadlockError(
        f"{node.name} never {verb} its connected port {port.name!r}{partner}: no method of "
        f"{node.model_class.__name__} does. Call self.{port.name}."
        f"{'recv' if verb.startswith('rec') else 'send'}(...) once a step in run_spk, or remove "
        "the connection."
    )


def _spread_over_mixed_connections(
    graph: Graph, instances: list[Instance], coroutines: dict[int, str]
) -> None:
    """A dense port connected to a sparse one exchanges several messages a step."""
    for c in graph.connections:
        a = instances[c.source.index].ports[c.source_port.name]
        b = instances[c.target.index].ports[c.target_port.name]
        if a.kind != b.kind and VEC_DENSE in (a.kind, b.kind):
            for node, port in ((c.source, a), (c.target, b)):
                coroutines.setdefault(
                    node.index, f"port {port.name} connects {a.kind} with {b.kind}"
                )


# --- ordering -------------------------------------------------------------------------


def _order(graph, tasks, uses, coroutines) -> list[list[Task]]:
    components = strongly_connected(*_graph_of(graph, tasks, uses))
    for component in components:
        if len(component) > 1 or _feeds_itself(graph, component[0]):
            for task in component:
                _cut(task, tasks, uses, coroutines)
    vertices, edges = _graph_of(graph, tasks, uses)
    groups = []
    for component in strongly_connected(vertices, edges):
        if len(component) > 1 or component[0] in edges[component[0]]:
            _loop_as_coroutines(graph, component, uses, coroutines)
        groups.append(component)
    return sorted_groups(groups, edges, _place)


def _feeds_itself(graph: Graph, task: Task) -> bool:
    node = task.instance.node
    return any(c.target is node for cs in graph.out_of(node).values() for c in cs)


def _cut(task: Task, tasks, uses, coroutines) -> None:
    """Replace a Process by its segments, where statements can be separated."""
    index = task.instance.node.index
    pieces = uses[index].pieces
    if index in coroutines or len(pieces) < 2:
        return
    model = task.instance.node.model_class
    _, function = find_method(model, "run_spk")
    if can_cut_all(model, function, tuple(piece.start for piece in pieces[1:])):
        tasks[index] = [Task(task.instance, piece, k) for k, piece in enumerate(pieces)]


def _graph_of(graph: Graph, tasks: dict[int, list[Task]], uses: dict[int, PortUse]):
    """Vertices (tasks) and edges (task -> tasks that must come later)."""
    vertices = [task for parts in tasks.values() for task in parts]
    edges: dict[Task, list[Task]] = {task: [] for task in vertices}
    for parts in tasks.values():
        for earlier, later in zip(parts, parts[1:], strict=False):
            edges[earlier].append(later)
    for c in graph.connections:
        if c.source.index in tasks and c.target.index in tasks:
            sender = _part(tasks[c.source.index], c.source_port.name, "sends")
            receiver = _part(tasks[c.target.index], c.target_port.name, "receives")
            edges[sender].append(receiver)
    for reference in graph.references:
        index, target = reference.node.index, reference.target.index
        if index in tasks and target in tasks and index != target:
            if reference.port.name in uses[index].ports.reads_refs:
                edges[tasks[target][-1]].append(tasks[index][0])
    return vertices, edges


def _part(parts: list[Task], port: str, role: str) -> Task:
    for task in parts:
        if task.segment is not None and port in getattr(task.segment, role):
            return task
    return parts[0]


def _loop_as_coroutines(graph, component: list[Task], uses, coroutines) -> None:
    """A loop without order: coroutines if a member is one or cannot be cut, else a deadlock."""
    members = {task.instance.node.index: task.instance for task in component}
    whole = {task.instance.node.index for task in component if task.segment is None}
    lively = [k for k in members if k in coroutines or (k in whole and uses[k].sends_first)]
    if not lively:
        raise DeadlockError(_ring_report(graph, members))
    why = f"it is in a loop with {members[lively[0]].node.name}"
    whole_because = _why_whole(members[lively[0]], uses[lively[0]])
    why += f", whose run_spk is not cut: {whole_because}" if whole_because else ""
    for index in members:
        coroutines.setdefault(index, why)


def _why_whole(instance: Instance, use: PortUse) -> str:
    """Why the statements of a Process cannot be separated; empty if they can, or nobody knows."""
    _, function = find_method(instance.node.model_class, "run_spk")
    with suppress(SourceUnavailable):
        reasons = (why_whole(function, piece.start) for piece in use.pieces[1:])
        return next(filter(None, reasons), "")
    return ""


def _ring_report(graph: Graph, members: dict[int, Instance]) -> str:
    ring = _find_ring(graph, members)
    path = "\n".join(f"    {link}" for link in ring)
    names = ", ".join(instance.node.name for instance in members.values())
    return (
        f"deadlock: {names} wait for each other; every one of them receives before it "
        f"sends:\n{path}\n"
        "A loop needs a Process that sends before it receives, such as Dense, or send last step's "
        "result first."
    )


def _find_ring(graph: Graph, members: dict[int, Instance]) -> list[str]:
    """The links of one ring through the members."""
    following: dict[int, list[tuple[int, str]]] = {k: [] for k in members}
    for c in graph.connections:
        if c.source.index in members and c.target.index in members:
            following[c.source.index].append((c.target.index, repr(c)))
    for r in graph.references:
        if r.node.index in members and r.target.index in members:
            link = f"{r.node.name}.{r.port.name} reads {r.target.name}.{r.var.name}"
            following[r.target.index].append((r.node.index, link))
    at = next(iter(members))
    seen: dict[int, int] = {}
    links: list[str] = []
    while at not in seen:
        seen[at] = len(links)
        at, link = following[at][0]
        links.append(link)
    return links[seen[at] :]


def _place(task: Task) -> tuple[int, int]:
    """Creation order, then the order of segments."""
    return task.instance.node.index, task.number
