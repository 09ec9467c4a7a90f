"""From connections to buffers: which channel is shared, summed, mapped or queued.

A :class:`Channel` is the message buffer of one OutPort; any number of InPorts read it in place. An
InPort with several sources, another element type or a transposed path gets a buffer of its own,
filled by routes just before its Process runs. A connection with a coroutine (or user code) at one
end is a FIFO.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.exceptions import ModelError, PortDtypeError
from lavajit.compiler.fields import (
    VEC_DENSE,
    InPortField,
    OutPortField,
    RefPortField,
    ScalarField,
)
from lavajit.compiler.graph import Connection, Graph, Reference
from lavajit.compiler.instances import Instance
from lavajit.compiler.schedule import Schedule, external_pipe
from lavajit.process.ports import AbstractPort, RefPort
from lavajit.process.virtual_ports import ConcatPort


@dataclass(eq=False)
class Channel:
    """The message an OutPort sends in a step; `shape` is that of the port."""

    label: str
    dtype: np.dtype
    shape: tuple[int, ...]
    kind: str
    events: bool = False

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(eq=False)
class Route:
    """One source of an InPort: its channel and, unless it is the identity, the index map.

    ``index[i]`` is the flat source element that target element i takes, -1 for none.
    """

    channel: Channel
    index: np.ndarray | None


@dataclass(eq=False)
class Inlet:
    """What an InPort of a static Process receives; ``channel`` is shared when `routes` is empty.

    ``shape`` is that of the InPort; a shared channel may have another one of the same size.
    """

    channel: Channel
    shape: tuple[int, ...]
    routes: list[Route] = field(default_factory=list)


@dataclass(eq=False)
class Queue:
    """A connection with a coroutine or user code at one end.

    ``fill`` is the static receiver's staging channel, ``drain`` the static sender's channel; None
    where the end is a coroutine or the user. ``connection`` is None for an external pipe.
    """

    label: str
    connection: Connection | None
    source: int | None
    source_port: str
    target: int | None
    target_port: str
    capacity: int
    fill: Channel | None = None
    drain: Channel | None = None


@dataclass
class Channels:
    """All channels of a network, by (node index, port name)."""

    outlets: dict[tuple[int, str], Channel] = field(default_factory=dict)
    inlets: dict[tuple[int, str], Inlet] = field(default_factory=dict)
    queues: list[Queue] = field(default_factory=list)
    _into: dict[tuple[int | None, str], list[Queue]] = field(default_factory=dict)
    _from: dict[tuple[int | None, str], list[Queue]] = field(default_factory=dict)

    def add_queue(self, queue: Queue) -> None:
        """Register a FIFO at both its ends."""
        self.queues.append(queue)
        self._into.setdefault((queue.target, queue.target_port), []).append(queue)
        self._from.setdefault((queue.source, queue.source_port), []).append(queue)

    def queues_into(self, node: int, port: str) -> list[Queue]:
        """FIFOs that end at an InPort, in connection order."""
        return self._into.get((node, port), [])

    def queues_from(self, node: int, port: str) -> list[Queue]:
        """FIFOs that start at an OutPort."""
        return self._from.get((node, port), [])


#: Messages a FIFO holds before its sender waits.
DEFAULT_CAPACITY = 64


def plan_channels(
    graph: Graph, instances: list[Instance], schedule: Schedule, capacity: int = DEFAULT_CAPACITY
) -> Channels:
    """Decide the buffer of every port."""
    channels = Channels()
    for instance in instances:
        index = instance.node.index
        for name in instance.node.process.out_ports.member_names:
            spec = instance.ports[name]
            label = f"{instance.node.name}.{name}"
            channels.outlets[index, name] = Channel(label, spec.dtype, spec.shape, spec.kind)
    staged = _plan_queues(graph, instances, schedule, channels, capacity)
    for instance in instances:
        if instance.node.index not in schedule.coroutines:
            for port in instance.node.process.in_ports.members:
                _plan_inlet(graph, instance, port, channels, staged, schedule)
    return channels


def _plan_queues(graph, instances, schedule, channels: Channels, capacity: int):
    """FIFOs; the staging channel of each one that ends at a static Process."""
    staged: dict[Connection, Channel] = {}
    lively = schedule.coroutines
    for c in graph.connections:
        if c.source.index not in lively and c.target.index not in lively:
            continue
        source = channels.outlets[c.source.index, c.source_port.name]
        queue = Queue(
            repr(c),
            c,
            c.source.index,
            c.source_port.name,
            c.target.index,
            c.target_port.name,
            capacity,
        )
        if c.source.index not in lively:
            queue.drain = source
        if c.target.index not in lively:
            queue.fill = Channel(f"{c!r} (arrived)", source.dtype, source.shape, source.kind)
            staged[c] = queue.fill
        channels.add_queue(queue)
    _plan_pipes(instances, schedule, channels)
    return staged


def _plan_pipes(instances, schedule, channels: Channels) -> None:
    for instance in instances:
        index, process = instance.node.index, instance.node.process
        static = index not in schedule.coroutines
        for port in process.in_ports.members:
            if external_pipe(port):
                spec = instance.ports[port.name]
                label = f"user -> {instance.node.name}.{port.name}"
                size = port.external_pipe_buffer_size
                queue = Queue(label, None, None, "", index, port.name, size)
                if static:
                    queue.fill = Channel(label, spec.dtype, spec.shape, spec.kind)
                channels.add_queue(queue)
        for port in process.out_ports.members:
            if external_pipe(port):
                label = f"{instance.node.name}.{port.name} -> user"
                size = port.external_pipe_buffer_size
                queue = Queue(label, None, index, port.name, None, "", size)
                queue.drain = channels.outlets[index, port.name] if static else None
                channels.add_queue(queue)


def _plan_inlet(graph, instance, port, channels: Channels, staged, schedule) -> None:
    node, spec = instance.node, instance.ports[port.name]
    label = f"{node.name}.{port.name}"
    routes = [
        Route(
            staged.get(c) or channels.outlets[c.source.index, c.source_port.name],
            index_map(c.source_port, c.path, port.shape),
        )
        for c in graph.into(node).get(port.name, ())
    ]
    for queue in channels.queues_into(node.index, port.name):
        if queue.connection is None:
            routes.append(Route(queue.fill, None))
    dtype = np.result_type(spec.dtype, *(r.channel.dtype for r in routes))
    _check_integer_input(instance, port.name, dtype, routes)
    asks = (node.index, port.name) in schedule.events
    if spec.kind != VEC_DENSE:
        channels.inlets[node.index, port.name] = _sparse_inlet(label, spec, routes, dtype)
        return
    if len(routes) == 1 and routes[0].index is None and routes[0].channel.dtype == dtype:
        shared = routes[0].channel
        shared.events |= asks
        channels.inlets[node.index, port.name] = Inlet(shared, spec.shape)
        return
    own = Channel(label, dtype, spec.shape, spec.kind, events=asks)
    channels.inlets[node.index, port.name] = Inlet(own, spec.shape, routes)


def _check_integer_input(instance: Instance, port: str, dtype: np.dtype, routes) -> None:
    """A model that computes in integers must not be sent fractions."""
    if port in instance.model.integer_inputs and dtype.kind not in "biu":
        senders = ", ".join(r.channel.label for r in routes if r.channel.dtype.kind not in "biu")
        raise PortDtypeError(
            f"{instance.node.name}.{port} computes in integers "
            f"({type(instance.model).__name__}), but {senders} sends {dtype}. Select models of one "
            "arithmetic for "
            "the whole network, e.g. run_cfg=Loihi2SimCfg(select_tag='fixed_pt')."
        )


def _sparse_inlet(label: str, spec, routes: list[Route], dtype: np.dtype) -> Inlet:
    """Sparse and scalar ports read their only source in place; several are not defined."""
    if not routes:
        return Inlet(Channel(label, spec.dtype, spec.shape, spec.kind), spec.shape)
    if len(routes) > 1:
        raise ModelError(
            f"{label} is a {spec.kind} port with {len(routes)} sources; only dense vector ports "
            "add their sources. "
            "Declare it VEC_DENSE, or connect one source."
        )
    if routes[0].index is not None:
        raise ModelError(
            f"{label}: a {spec.kind} port cannot receive through transposed virtual ports"
        )
    return Inlet(routes[0].channel, spec.shape)


# --- index maps -----------------------------------------------------------------------


def index_map(source: AbstractPort, path: list, shape: tuple[int, ...]) -> np.ndarray | None:
    """Flat source index for every element of the target, or None for the identity."""
    index = np.arange(source.size, dtype=np.int64).reshape(source.shape)
    before: AbstractPort = source
    for virtual in path:
        if isinstance(virtual, ConcatPort):
            whole = np.full(virtual.shape, -1, dtype=np.int64)
            whole[virtual.source_index(before)] = index
            index = whole
        else:
            index = np.asarray(virtual.get_transform_func_fwd()(index))
        before = virtual
    if tuple(index.shape) != tuple(shape):
        raise ModelError(
            f"the virtual ports between {source.name!r} and its target turn shape {source.shape} "
            "into "
            f"{index.shape}, the target has {tuple(shape)}"
        )
    flat = np.ascontiguousarray(index).ravel()
    return None if np.array_equal(flat, np.arange(flat.size)) else flat


def reference_map(reference: Reference) -> np.ndarray | None:
    """Flat Var index for every element of a RefPort, or None for the identity."""
    forward = index_map(reference.port, reference.path, reference.var.shape)
    if forward is None:
        return None
    inverse = np.full(reference.port.size, -1, dtype=np.int64)
    used = forward >= 0
    inverse[forward[used]] = np.flatnonzero(used)
    return inverse


# --- fields of ports ------------------------------------------------------------------


def port_fields(graph: Graph, instances: list[Instance], channels: Channels, instance: Instance):
    """(name, field) of every port of an instance; InPorts of coroutines have none."""
    index = instance.node.index
    targets = {r.port: r for r in graph.references_of(instance.node)}
    for name, spec in instance.ports.items():
        ndim = len(spec.shape)
        if (index, name) in channels.inlets:
            inlet = channels.inlets[index, name]
            yield name, InPortField(inlet.channel.dtype.name, ndim, spec.kind)
        elif (index, name) in channels.outlets:
            yield name, OutPortField(spec.dtype.name, ndim, spec.kind)
        elif isinstance(getattr(instance.node.process, name), RefPort):
            reference = targets.get(getattr(instance.node.process, name))
            dtype = reference_dtype(instances, reference, spec.dtype)
            yield name, RefPortField(dtype, ndim, spec.kind, spec.dtype.name)


def reference_dtype(instances, reference: Reference | None, own: np.dtype) -> str:
    """Element type of what a RefPort reads: the Var's, or its own when unconnected."""
    if reference is None:
        return own.name
    owner = instances[reference.target.index]
    target = owner.state.get(reference.var.name)
    if target is None:
        sparse = reference.var.name in owner.sparse
        held = "csr_matrix" if sparse else type(owner.opaque[reference.var.name]).__name__
        raise ModelError(
            f"RefPort {reference.node.name}.{reference.port.name} points at Var "
            f"{reference.var.name!r} of {reference.target.name}, which holds a {held}; "
            "RefPorts read and write numbers and arrays."
        )
    if isinstance(target, ScalarField) and reference.var.size != 1:
        raise ModelError(
            f"RefPort {reference.node.name}.{reference.port.name} points at Var "
            f"{reference.var.name!r} of {reference.target.name}, of shape {reference.var.shape}, "
            "which its model holds as one number; declare it LavaPyType(np.ndarray, ...)."
        )
    return target.dtype
