"""From a network to what profiles one of its runs, and from what that has measured to a Profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lavajit.compiler.graph import Node
from lavajit.compiler.work import (
    HOST,
    HOST_GUARD,
    SET_PHASE,
    ClosingWork,
    CoroutineWork,
    EventWork,
    FlushWork,
    GatherWork,
    MethodWork,
    QueueWork,
    RouteWork,
)
from lavajit.runtime.explain import node_memory
from lavajit.runtime.profiling.events import EventCounters
from lavajit.runtime.profiling.profile import (
    BETWEEN,
    CLOSING,
    LOOP,
    PROFILING,
    PYTHON,
    RECORDING,
    Profile,
    ProfileRow,
)
from lavajit.runtime.profiling.run import Measured, Profiler
from lavajit.runtime.profiling.walks import LOOP as LOOP_SLOT
from lavajit.runtime.profiling.walks import Walks
from lavajit.runtime.table import OPERATION

_PHASES = {1: "spiking", 2: "pre-management", 3: "learning", 4: "post-management"}
#: Methods that update neurons.
_UPDATES = ("run_spk", "run_lrn", "run_pre_mgmt", "run_post_mgmt")


def open_profiler(network, stepper, table: np.ndarray) -> Profiler:
    """What profiles one run.

    Parameters
    ----------
    network : Network
        A compiled network.
    stepper : Stepper
        What executes it.
    table : ndarray of int64
        Its program table, or a copy that records.
    """
    kept = stepper.profiler
    if kept is not None and kept.walks.measures(table):
        return kept
    shards = network.division.shards if network.division.names else 1
    counters = EventCounters(network)
    profiler = Profiler(stepper, Walks(table, shards, counters.calls), shards, counters)
    stepper.profiler = profiler
    return profiler


def make_profile(network, profiler: Profiler, table: np.ndarray, records: list[str]) -> Profile:
    """What a profiler has measured.

    Parameters
    ----------
    records : list of str
        Names of the rows that record, which `table` has before its last one.
    """
    run = profiler.run
    rows = _rows(network, profiler.walks.slots_of, run, table, records)
    return Profile(rows, memory_of(network), run.steps)


def _rows(
    network, slots_of: dict[int, list[int]], run: Measured, table: np.ndarray, records: list[str]
) -> Iterator[ProfileRow]:
    unit, phase, names = run.seconds_per_cycle, _PHASES[1], process_names(network)
    instructions = network.program.instructions
    for row, operation in enumerate(table[:, OPERATION].tolist()):
        if row < len(instructions) and instructions[row].operation == SET_PHASE:
            phase = _PHASES[instructions[row].value]
        if row not in slots_of:
            continue
        slots = slots_of[row]
        seconds = float(run.cycles[slots].sum()) * unit
        calls = run.calls[row]
        recorded = row - (len(instructions) - 1)
        if recorded >= 0:
            name = records[recorded]
            yield ProfileRow(RECORDING, "", name, "spiking", "native", calls, seconds)
            continue
        what = _describe(network, names, row)
        is_python = operation in (HOST, HOST_GUARD)
        balance = run.cycles[slots].mean() / max(run.cycles[slots].max(), 1.0)
        yield ProfileRow(
            what.process,
            what.model,
            what.kernel,
            phase,
            PYTHON if is_python else "native",
            calls,
            seconds,
            neurons=what.neurons,
            events=run.events.get(row),
            threads=len(slots),
            balance=float(balance) if len(slots) > 1 else None,
            because=_because(network, row) if is_python else "",
        )
    loop = float(run.cycles[LOOP_SLOT]) * unit
    yield ProfileRow(LOOP, "", "jumps, flags, end of step", "", "native", run.steps, loop)
    yield ProfileRow(BETWEEN, "", "requests, records", "", "", 0, run.outside * unit)
    yield ProfileRow(PROFILING, "", "dividing time", "", "", 0, run.measuring * unit)


@dataclass(frozen=True)
class _What:
    """Who a row works for, and what it does."""

    process: str
    model: str
    kernel: str
    neurons: int | None = None


def _describe(network, names: list[str], row: int) -> _What:
    work = network.program.instructions[row].work
    if isinstance(work, CoroutineWork) and len(work.instances) != 1:
        kernel = f"{work.method} (coroutines)"
        return _What("(coroutines)", "", kernel)
    if isinstance(work, ClosingWork):
        return _What(CLOSING, "", work.label)
    index, kernel, neurons = _owner(network, work)
    node = network.graph.nodes[index]
    return _What(names[index], node.model_class.__name__, kernel, neurons)


def _owner(network, work) -> tuple[int, str, int | None]:
    """Node that a piece of work is done for, what it is, and neurons that it updates."""
    if isinstance(work, MethodWork):
        node = work.instance.node
        neurons = _neurons(node, work.instance) if work.method in _UPDATES else None
        part = f"[{work.segment[0]}:{work.segment[1]}]" if work.segment else ""
        return node.index, f"{work.method}{part}", neurons
    if isinstance(work, (RouteWork, EventWork)):
        index, port = _reader(network, work.target)
        verb = "list events of" if isinstance(work, EventWork) else work.label.split()[0]
        return index, f"{verb} {port}" if verb.startswith("list") else f"{verb} into {port}", None
    if isinstance(work, GatherWork):
        return work.instance.node.index, f"gather events of {work.port}", None
    if isinstance(work, QueueWork):
        queue = work.queue
        if work.arrives:
            return queue.target, f"take {queue.target_port} from queue", None
        return queue.source, f"put {queue.source_port} into queue", None
    if isinstance(work, FlushWork):
        reference = work.reference
        return reference.node.index, f"apply writes of {reference.port.name}", None
    return work.instances[0].node.index, f"{work.method} (coroutine)", None


def _reader(network, channel) -> tuple[int, str]:
    """Node and InPort whose buffer a channel is."""
    for owner, inlet in network.channels.inlets.items():
        if inlet.channel is channel:
            return owner
    raise LookupError(f"nobody reads {channel.label}")


def _neurons(node: Node, instance) -> int | None:
    """Size of a Process that was given a `shape` and has a port of it; not of connections."""
    shape = node.process.proc_params.get("shape")
    ports = (*node.process.out_ports.members, *node.process.in_ports.members)
    if instance.model.count_synapses() or not isinstance(shape, (tuple, list)):
        return None
    alike = any(tuple(port.shape) == tuple(shape) for port in ports)
    return int(np.prod(shape)) if alike else None


def _because(network, row: int) -> str:
    work = network.program.instructions[row].work
    if isinstance(work, QueueWork):
        return "a coroutine or user code is at the other end"
    if isinstance(work, CoroutineWork):
        nodes = network.schedule.coroutines
        reasons = {nodes[i.node.index] for i in work.instances if i.node.index in nodes}
        return "; ".join(sorted(reasons)) or "coroutines of other Processes have to end"
    index = work.instance.node.index
    refusal = network.tiers.refusals.get((index, work.method, work.segment))
    return refusal.reason if refusal is not None else "native code is switched off"


def process_names(network) -> list[str]:
    """Names of the nodes, with a number where several have the same."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for node in network.graph.nodes:
        name = node.process.name
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def memory_of(network) -> dict[str, int]:
    """Bytes of the state of each Process and of the messages it sends, by name."""
    state, sent = node_memory(network)
    sizes = [state[node.index] + sent.get(node.index, 0) for node in network.graph.nodes]
    return dict(zip(process_names(network), sizes, strict=True))
