"""What a network's plan is: order, tier and reason, channels, memory; as text.

``process.explain()`` gives it for a compiled network, ``lavajit explain script.py`` for the first
network a script runs.
"""

from __future__ import annotations

import linecache
import os
import runpy
from collections.abc import Callable, Iterator

import numpy as np

from lavajit.compiler.fields import WORD_BYTES, block_words
from lavajit.compiler.work import (
    CALL,
    GUARD,
    JUMP,
    JUMP_ZERO,
    OPERATION_NAMES,
    SET_PHASE,
    CoroutineWork,
    MethodWork,
)
from lavajit.process.explanation import Explanation, Table
from lavajit.process.quantities import bytes_text

_PHASE_NAMES = {1: "end of step", 2: "pre-management", 3: "learning", 4: "post-management"}
#: Rows of a listing before it is cut.
DEFAULT_ROWS = 40


def explain_network(network, rows: int = DEFAULT_ROWS) -> Explanation:
    """Describe the plan of a network.

    Parameters
    ----------
    network : Network
        A compiled network.
    rows : int
        Longest listing of each part.

    Returns
    -------
    Explanation
        A str that prints as tables.
    """
    columns = ("Process", "model", "tier", "precision", "threads", "memory", "channels sent")
    tables = (
        ("Order of a step", ("#", "work", "model", "tier"), _order(network)),
        ("Processes", columns, _processes(network)),
        ("Python tier, and why", ("method", "line", "because"), _reasons(network)),
        ("Not divided, and why", ("Process", "because"), _undivided(network)),
        ("Channels", ("from", "to", "message", "kind"), _channels(network)),
        ("Remote memory", ("RefPort", "Var", "path"), _references(network)),
    )
    return Explanation(
        _head(network), [Table(title, header, list(lines), rows) for title, header, lines in tables]
    )


def _head(network) -> str:
    seconds, graph = network.seconds, network.graph
    return (
        f"Network of {len(graph.nodes)} Processes, {len(graph.connections)} connections, "
        f"{len(graph.references)} RefPorts; seed {getattr(graph.run_cfg, 'seed', 0)}\n"
        f"{_methods(network)}\n"
        f"planned in {seconds['plan'] * 1e3:.1f} ms, kernels {seconds['kernels'] * 1e3:.1f} ms, "
        f"assembled in {seconds['assemble'] * 1e3:.1f} ms; arena "
        f"{bytes_text(network.layout.memory_of['total'])}"
    )


def _methods(network) -> str:
    """How many methods run natively, and in how many threads."""
    if is_debug(network):
        return "debug run: all methods in Python, in one thread"
    kernels = network.tiers.kernels.values()
    return (
        f"{len(kernels)} native methods ({len({k.address for k in kernels})} kernels, "
        f"{sum(kernel.from_cache for kernel in kernels)} methods from the cache), "
        f"{len(network.tiers.refusals)} in Python{_threads(network.division)}"
    )


def is_debug(network) -> bool:
    """True if the run config asked for a debug run."""
    return bool(getattr(network.graph.run_cfg, "debug", False))


def _threads(division) -> str:
    if not division.names:
        return "; one thread"
    return f"; {len(division.names)} Processes divided among {division.shards} threads"


def _undivided(network) -> Iterator[tuple[str, ...]]:
    for index, why in network.division.reasons.items():
        yield network.graph.nodes[index].name, why


def _order(network) -> Iterator[tuple[str, ...]]:
    number = 0
    for row, instruction in enumerate(network.program.instructions):
        work = instruction.work
        if work is None:
            if instruction.operation == SET_PHASE:
                yield "", f"-- {_PHASE_NAMES[instruction.value]} --", "", ""
            continue
        number += 1
        model = type(work.instance.model).__name__ if isinstance(work, MethodWork) else ""
        if isinstance(work, CoroutineWork):
            tier = "Python coroutine"
        else:
            tier = "Python" if row in network.bound.hosts else "native"
            tier += f", {network.division.shards} threads" if instruction.divided else ""
        label = f"if {work.label}" if instruction.operation == GUARD else work.label
        yield str(number), label, model, tier


def _reasons(network) -> Iterator[tuple[str, ...]]:
    nodes = network.graph.nodes
    seen = set()
    for (index, method, _), refusal in network.tiers.refusals.items():
        model = nodes[index].model_class.__name__
        if (model, method) in seen:
            continue
        seen.add((model, method))
        place = f"{os.path.basename(refusal.filename)}:{refusal.line}"
        line = linecache.getline(refusal.filename, refusal.line).strip()
        yield f"{model}.{method}", f"{place}  {line}", refusal.reason
    for index, why in network.schedule.coroutines.items():
        yield f"{nodes[index].model_class.__name__}.run_spk", nodes[index].name, f"coroutine: {why}"


def _channels(network) -> Iterator[tuple[str, ...]]:
    channels = network.channels
    for c in network.graph.connections:
        source = channels.outlets[c.source.index, c.source_port.name]
        inlet = channels.inlets.get((c.target.index, c.target_port.name))
        if inlet is None or any(q.connection is c for q in channels.queues):
            kind = "FIFO"
        elif not inlet.routes:
            kind = "shared array"
        else:
            kind = f"one of {len(inlet.routes)} summed" if len(inlet.routes) > 1 else "converted"
            if any(r.channel is source and r.index is not None for r in inlet.routes):
                kind += ", reordered"
        if source.events:
            kind += " + event list"
        yield (
            f"{c.source.name}.{c.source_port.name}",
            f"{c.target.name}.{c.target_port.name}",
            f"{source.dtype} {source.shape}",
            kind,
        )


def _references(network) -> Iterator[tuple[str, ...]]:
    for r in network.graph.references:
        mapped = network.layout.maps[r] is not None
        yield (
            f"{r.node.name}.{r.port.name}",
            f"{r.target.name}.{r.var.name}",
            "reordered" if mapped else "direct",
        )


def _processes(network) -> Iterator[tuple[str, ...]]:
    state, sent = node_memory(network)
    for instance in network.instances:
        node, index = instance.node, instance.node.index
        divided = index in network.division.names
        yield (
            node.name,
            node.model_class.__name__,
            tier_of(network, node),
            _precision(instance),
            str(network.division.shards if divided else 1),
            bytes_text(state[index]),
            bytes_text(sent.get(index, 0)),
        )


def tier_of(network, node) -> str:
    """Where the methods of a Process run."""
    index = node.index
    if index in network.schedule.coroutines:
        return "Python coroutine"
    native = [method for i, method, _ in network.tiers.kernels if i == index]
    python = dict.fromkeys(m for i, m, _ in network.tiers.refusals if i == index)
    if native and python:
        return f"native; {', '.join(python)} in Python"
    if not native and is_debug(network):
        return "Python (debug)"
    return "native" if native else "Python"


def _precision(instance) -> str:
    """How the real numbers of a model are kept."""
    dtypes = [kept.dtype for kept in instance.state.values() if hasattr(kept, "dtype")]
    dtypes += [spec.dtype for spec in instance.ports.values()]
    kinds = {np.dtype(dtype).kind for dtype in dtypes}
    return instance.precision if kinds & set("fc") else "integer"


def node_memory(network) -> tuple[dict[int, int], dict[int, int]]:
    """Bytes of state and of sent messages, by node."""
    layout = network.layout
    state = {n.index: block_words(layout.fields[n.index]) * WORD_BYTES for n in network.graph.nodes}
    for (index, _), view in layout.views.items():
        state[index] += view.nbytes if view.ndim else 0
    sent: dict[int, int] = {}
    for (index, _), channel in network.channels.outlets.items():
        sent[index] = sent.get(index, 0) + layout.channels[channel].data.nbytes
    return state, sent


def dump_program(network) -> Explanation:
    """The step program, one instruction a line, with jumps; for whoever works on the engine."""
    lines = []
    for row, instruction in enumerate(network.program.instructions):
        what = instruction.work.label if instruction.work is not None else ""
        if instruction.operation in (JUMP, JUMP_ZERO):
            what = f"-> {instruction.target.at}"
        host = (
            " (Python)"
            if instruction.operation in (CALL, GUARD) and row in network.bound.hosts
            else ""
        )
        lines.append(f"{row:5d}  {OPERATION_NAMES[instruction.operation]:10s} {what}{host}")
    return Explanation("\n".join(lines))


def explain_script(path: str, arguments: list[str]) -> None:
    """Run a script up to its first run of a network, print that network's plan and leave.

    ``sys.argv``, ``sys.path`` and ``import lava`` are set up by the caller.
    """
    from lavajit.runtime.runtime import Runtime

    def explain_and_leave(runtime: Runtime, *ignored, **options) -> None:
        print(explain_network(runtime.executable.network))
        raise _Explained

    original: Callable = Runtime.start
    Runtime.start = explain_and_leave
    try:
        runpy.run_path(path, run_name="__main__")
    except _Explained:
        return
    finally:
        Runtime.start = original
    print(f"{os.path.basename(path)} does not run a network.")


class _Explained(BaseException):
    """Leaves the user's script; not caught by its ``except Exception``."""
