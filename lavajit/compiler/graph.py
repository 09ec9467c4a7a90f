"""From one Process to the graph of leaf Processes of its network, models selected.

Entering: any Process of a network and a run configuration. Leaving: a :class:`Graph` of
:class:`Node` (leaf Process and model class) with every data connection and every RefPort resolved
down to leaf ports and Vars. Walks are iterative: a chain of thousands of Processes is as good as
one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lavajit.compiler.exceptions import ModelError, NoProcessModelFound, ProcessAlreadyCompiled
from lavajit.model.model import AbstractProcessModel
from lavajit.model.registry import models_of
from lavajit.model.run_configs import RunConfig
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.process.collection import Collection
from lavajit.process.ports import AbstractPort, InPort, OutPort, RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


@dataclass(eq=False)
class Node:
    """A leaf Process with its selected model class; ``index`` is its place in the network."""

    index: int
    process: AbstractProcess
    model_class: type

    @property
    def name(self) -> str:
        """Class and name of the Process, for messages."""
        return f"{type(self.process).__name__} {self.process.name!r}"

    def __repr__(self) -> str:
        return f"<Node {self.index} {self.name} as {self.model_class.__name__}>"


@dataclass(eq=False)
class Connection:
    """One data connection, leaf OutPort to leaf InPort, through the virtual ports of `path`."""

    source: Node
    source_port: OutPort
    target: Node
    target_port: InPort
    path: list[AbstractPort] = field(default_factory=list)

    def __repr__(self) -> str:
        return (
            f"{self.source.name}.{self.source_port.name} -> "
            f"{self.target.name}.{self.target_port.name}"
        )


@dataclass(eq=False)
class Reference:
    """One RefPort resolved to the leaf Var it points at."""

    node: Node
    port: RefPort
    target: Node
    var: Var
    path: list[AbstractPort] = field(default_factory=list)


@dataclass
class Graph:
    """A flattened network."""

    nodes: list[Node]
    connections: list[Connection]
    references: list[Reference]
    processes: list[AbstractProcess]
    by_process: dict[int, Node]
    run_cfg: RunConfig
    undo: _Undo

    def release(self) -> None:
        """Make the Processes compilable again, after a later stage has failed."""
        self.undo.restore()

    def into(self, node: Node) -> dict[str, list[Connection]]:
        """Connections by InPort name, in connection order."""
        return self._inputs.get(node.index, {})

    def out_of(self, node: Node) -> dict[str, list[Connection]]:
        """Connections by OutPort name."""
        return self._outputs.get(node.index, {})

    def references_of(self, node: Node) -> list[Reference]:
        """Connected RefPorts of a node."""
        return self._references.get(node.index, [])

    def __post_init__(self) -> None:
        self._references: dict[int, list[Reference]] = {}
        for r in self.references:
            self._references.setdefault(r.node.index, []).append(r)
        self._inputs: dict[int, dict[str, list[Connection]]] = {}
        self._outputs: dict[int, dict[str, list[Connection]]] = {}
        for c in self.connections:
            inputs = self._inputs.setdefault(c.target.index, {})
            inputs.setdefault(c.target_port.name, []).append(c)
            outputs = self._outputs.setdefault(c.source.index, {})
            outputs.setdefault(c.source_port.name, []).append(c)


def collect_graph(process: AbstractProcess, run_cfg: RunConfig) -> Graph:
    """Collect the network `process` belongs to, select models and resolve connections.

    Raises
    ------
    ProcessAlreadyCompiled
        A Process of the network was compiled before.
    NoProcessModelFound, ModelError
        A Process has no model, or the run configuration chose none.
    TypeError
        `run_cfg` is not a RunConfig.
    """
    if not isinstance(run_cfg, RunConfig):
        raise TypeError(
            f"run_cfg must be a RunConfig, got {run_cfg!r}; write e.g. run_cfg=Loihi2SimCfg()."
        )
    tops = connected_processes([process])
    for member in tops:
        if member.is_compiled:
            raise ProcessAlreadyCompiled(
                f"{_label(member)} is already part of a compiled network. A network is compiled "
                "once; call "
                "run() on it again to continue, or create new Processes for a new network."
            )
    for member in tops:
        member._is_compiled = True
    undo = _Undo(tops)
    try:
        leaves, everyone = _flatten(tops, run_cfg, undo)
        nodes = [Node(i, p, model) for i, (p, model) in enumerate(leaves)]
        by_process = {id(node.process): node for node in nodes}
        connections = list(_connections(nodes, by_process))
        references = list(_references(nodes, by_process))
    except BaseException:
        undo.restore()
        raise
    return Graph(nodes, connections, references, everyone, by_process, run_cfg, undo)


class _Undo:
    """Restores what flattening changes on the user's Processes when it fails."""

    def __init__(self, processes: list[AbstractProcess]):
        self.processes = processes
        self.ports: dict[AbstractPort, tuple] = {}
        self.aliases: dict[Var, Var | None] = {}
        self.inner: dict[AbstractProcess, dict[str, AbstractProcess]] = {}

    def note(self, process: AbstractProcess) -> None:
        """Remember connections, aliases and sub processes of a Process about to be expanded."""
        self.aliases.update((var, var.aliased_var) for var in process.vars)
        names = process.procs.member_names
        self.inner[process] = dict(zip(names, process.procs.members, strict=True))
        for port in _ports(process):
            self.ports.setdefault(
                port,
                (
                    list(port.in_connections),
                    list(port.out_connections),
                    dict(port.connection_configs),
                ),
            )

    def restore(self) -> None:
        for process in self.processes:
            process._is_compiled = False
            process._model_class = None
        for port, (incoming, outgoing, configs) in self.ports.items():
            port.in_connections[:] = incoming
            port.out_connections[:] = outgoing
            port.connection_configs.clear()
            port.connection_configs.update(configs)
        for var, aliased in self.aliases.items():
            var.aliased_var = aliased
        for process, procs in self.inner.items():
            process.procs = Collection(process, process.procs.name)
            process.procs.add_members(procs)


def _ports(process: AbstractProcess) -> Iterator[AbstractPort]:
    for collection in (process.in_ports, process.out_ports, process.ref_ports, process.var_ports):
        yield from collection.members


def connected_processes(start: Iterable[AbstractProcess]) -> list[AbstractProcess]:
    """All Processes reachable over connections in both directions, in order of discovery."""
    found: dict[int, AbstractProcess] = {}
    queue: deque[AbstractProcess] = deque()

    def add(process: AbstractProcess | None) -> None:
        if process is not None and id(process) not in found:
            found[id(process)] = process
            queue.append(process)

    for process in start:
        add(process)
    seen: set[int] = set()
    while queue:
        pending = list(_ports(queue.popleft()))
        while pending:
            port = pending.pop()
            if id(port) in seen:
                continue
            seen.add(id(port))
            for other in (*port.in_connections, *port.out_connections):
                add(other.process)
                pending.append(other)
    return sorted(found.values(), key=lambda p: p.id)


def _flatten(tops, run_cfg: RunConfig, undo: _Undo):
    """Expand hierarchical Processes; (leaf Process, model) pairs in order, and all Processes."""
    leaves: list[tuple[AbstractProcess, type]] = []
    everyone: list[AbstractProcess] = []
    known = {id(p) for p in tops}
    pending = list(reversed(tops))
    while pending:
        process = pending.pop()
        everyone.append(process)
        model = select_model(process, run_cfg)
        process._model_class = model
        if not issubclass(model, AbstractSubProcessModel):
            leaves.append((process, model))
            continue
        undo.note(process)
        inner = _expand(process, model, known)
        known.update(id(p) for p in inner)
        pending.extend(reversed(inner))
    return leaves, everyone


def _expand(process: AbstractProcess, model: type, known: set[int]) -> list[AbstractProcess]:
    """Build a SubProcessModel; the Processes it adds, held as attributes or only connected."""
    instance = model(process)
    held = {k: p for k, p in instance.find_sub_procs().items() if p is not process}
    process.register_sub_procs(held)
    process.validate_var_aliases()
    inner = [p for p in held.values() if id(p) not in known]
    reached = connected_processes([process, *inner])
    outer = {id(p) for p in inner} | known
    extra = [p for p in reached if id(p) not in outer and p is not process]
    for sub in extra:
        sub.parent_proc = sub.parent_proc or process
    return sorted([*inner, *extra], key=lambda p: p.id)


def select_model(process: AbstractProcess, run_cfg: RunConfig) -> type:
    """The model class for a Process: exception map (instance), then ``run_cfg.select``."""
    exceptions = getattr(run_cfg, "exception_proc_model_map", None) or {}
    if process in exceptions:
        return exceptions[process]
    models = models_of(type(process))
    if not models:
        raise NoProcessModelFound(
            f"no ProcessModel implements {type(process).__name__} (Process {process.name!r}). "
            "Decorate one "
            f"with @implements(proc={type(process).__name__}, protocol=LoihiProtocol), in the "
            "module of the "
            "Process or in one that is imported. Models of a base class do not apply to subclasses."
        )
    chosen = run_cfg.select(process, models)
    if not (isinstance(chosen, type) and issubclass(chosen, AbstractProcessModel)):
        raise ModelError(
            f"{type(run_cfg).__name__}.select() must return a sub-class of AbstractProcessModel "
            "for "
            f"{_label(process)}, got {chosen!r}; the candidates are {[m.__name__ for m in models]}."
        )
    return chosen


def _label(process: AbstractProcess) -> str:
    return f"{type(process).__name__} {process.name!r}"


def _connections(nodes: list[Node], by_process: dict[int, Node]) -> Iterator[Connection]:
    for node in nodes:
        for port in node.process.in_ports.members:
            for source_port, path in port.get_src_paths():
                source = by_process.get(id(source_port.process))
                if source is not None:
                    yield Connection(source, source_port, node, port, path)


def _references(nodes: list[Node], by_process: dict[int, Node]) -> Iterator[Reference]:
    for node in nodes:
        for port in node.process.ref_ports.members:
            for var_port, path in port.get_dst_paths():
                var = var_port.var.resolved
                target = by_process.get(id(var.process))
                if target is None:
                    raise ModelError(
                        f"RefPort {node.name}.{port.name} points at Var {var.name!r}, which "
                        "belongs to no "
                        "Process of the network that has state; alias it to a Var of a sub process."
                    )
                yield Reference(node, port, target, var, path)
