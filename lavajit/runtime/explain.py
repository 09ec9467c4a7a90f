"""What a network's plan is: order, tier and reason, channels, memory; as text.

``process.explain()`` gives it for a compiled network, ``lavajit explain script.py`` for the first
network a script runs.
"""

from __future__ import annotations

import linecache
import os
import runpy
from collections.abc import Callable, Iterator

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
from lavajit.process.explanation import Explanation

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
    sections = [
        _head(network),
        _table("Order of a step", ("#", "work", "model", "tier"), _order(network), rows),
        _table("Python tier, and why", ("method", "line", "because"), _reasons(network), rows),
        _table("Not divided, and why", ("Process", "because"), _undivided(network), rows),
        _table("Channels", ("from", "to", "message", "kind"), _channels(network), rows),
        _table("Remote memory", ("RefPort", "Var", "path"), _references(network), rows),
        _table("Memory", ("Process", "state", "channels sent"), _memory(network), rows),
    ]
    return Explanation("\n\n".join(section for section in sections if section))


def _head(network) -> str:
    kernels = network.tiers.kernels.values()
    cached = sum(kernel.from_cache for kernel in kernels)
    seconds = network.seconds
    return (
        f"Network of {len(network.graph.nodes)} Processes, {len(network.graph.connections)} "
        "connections, "
        f"{len(network.graph.references)} RefPorts; seed "
        f"{getattr(network.graph.run_cfg, 'seed', 0)}\n"
        f"{len(kernels)} native methods ({len(set(k.address for k in kernels))} kernels, {cached} "
        "methods from the "
        f"cache), {len(network.tiers.refusals)} in Python{_threads(network.division)}\n"
        f"planned in {seconds['plan'] * 1e3:.1f} ms, kernels {seconds['kernels'] * 1e3:.1f} ms, "
        "assembled in "
        f"{seconds['assemble'] * 1e3:.1f} ms; arena {_bytes(network.layout.memory_of['total'])}"
    )


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


def _memory(network) -> Iterator[tuple[str, ...]]:
    views = {}
    for (index, _), view in network.layout.views.items():
        views[index] = views.get(index, 0) + (view.nbytes if view.ndim else 0)
    for node in network.graph.nodes:
        block = block_words(network.layout.fields[node.index]) * WORD_BYTES
        sent = sum(
            network.layout.channels[channel].data.nbytes
            for (index, _), channel in network.channels.outlets.items()
            if index == node.index
        )
        yield node.name, _bytes(block + views.get(node.index, 0)), _bytes(sent)


def _bytes(n: int) -> str:
    for unit in ("B", "KiB", "MiB"):
        if n < 1024:
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return f"{n:.1f} GiB"


def _table(title: str, header: tuple[str, ...], rows: Iterator[tuple[str, ...]], most: int) -> str:
    """A titled table with aligned columns; empty without rows."""
    listed = list(rows)
    if not listed:
        return ""
    shown = [header, *listed[:most]]
    widths = [max(len(row[k]) for row in shown) for k in range(len(header))]
    lines = [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
    if len(listed) > most:
        lines.append(f"  ... and {len(listed) - most} more")
    return "\n".join([title, *lines])


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
