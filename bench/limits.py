"""What this machine can do at best: memory, scatter-add, neuron updates and random draws in C.

Other benchmarks ask :func:`limit` what their work would take if each part of it ran as the bare
loop in C (:mod:`bench.c_loops`) with arrays of the same size, one after the other, nothing else.
With several threads each has an equal part of neurons and targets, and nobody waits for anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.c_loops import REALS
from bench.common import Result, Row, gcc_is_there
from bench.unit_costs import (
    draw_seconds,
    memory_seconds,
    scatter_seconds,
    stream_seconds,
    update_seconds,
)
from lavajit.model.threads import usable_cores

#: Bytes of an array for "in memory": beyond any cache; and most synapses that are laid out.
LARGE, MOST_SYNAPSES = 1 << 28, 40_000_000
ROW_LENGTHS = (80, 1_000, 4_000)
TARGET_BYTES = (300_000, 3_000_000, 30_000_000)
#: Of synapses in the table, as good as in memory.
POOL = 16_000_000


@dataclass(frozen=True)
class Work:
    """What a network does in one time step.

    Attributes
    ----------
    neurons : int
        That are updated.
    model : str
        "lif" (two variables) or "iaf" (three, two inputs, refractory time).
    events : float
        Synaptic events: weights that are added.
    row : int
        Synapses of one neuron.
    targets, synapses : int
        Neurons and synapses that events are spread over.
    dense : bool
        Rows have a weight for every target, in order, so that no index is needed.
    weights : bool
        Every synapse has a weight of its own.
    draws : float
        Poisson counts.
    """

    neurons: int
    model: str
    events: float = 0.0
    row: int = 1
    targets: int = 1
    synapses: int = 1
    dense: bool = False
    weights: bool = True
    draws: float = 0.0


def limit(work: Work, precision: str = "float64", threads: int = 1, quick: bool = False) -> float:
    """Seconds of the bare loops in C for one time step of `work`; nan without gcc."""
    if not gcc_is_there():
        return float("nan")
    found = work.neurons * update_seconds(work.model, work.neurons, precision, threads, quick)
    if work.events and work.dense:
        found += work.events * stream_seconds(work.row, work.synapses, precision, threads, quick)
    elif work.events:
        sizes = (work.row, work.targets, min(work.synapses, MOST_SYNAPSES), work.weights)
        found += work.events * scatter_seconds(*sizes, precision, threads, quick)
    if work.draws:
        found += work.draws * draw_seconds(int(work.draws), threads, quick)
    return found


# --- the table ------------------------------------------------------------------------


def measure(quick: bool = False) -> Result:
    """All limits, with one thread and with two."""
    if not gcc_is_there():
        return Result("limits of this machine", [], ["gcc is not there: nothing to measure"])
    counts = [threads for threads in (1, 2) if quick or threads <= usable_cores()]
    kinds = (_memory_rows, _update_rows, _stream_rows, _scatter_rows)
    rows = [row for kind in kinds for row in kind(counts, quick)]
    notes = [
        "loops in C, gcc -O3 -march=native -ffast-math; best of 5; with two threads both together",
        "update: LIF has 2 variables, iaf 3 and a refractory time; state in cache, then in memory",
        "scatter-add: float32 weights, targets uint16 where they fit, rows picked at random from "
        f"{POOL:,} synapses, the next rows prefetched",
    ]
    return Result("limits of this machine", rows, notes)


def _row(what: str, size: str, unit: str, measured: Callable[[int], float], counts) -> Row:
    row: Row = {"what": what, "size": size, "unit": unit}
    return row | {f"{k} thread{'s' * (k > 1)}": measured(k) for k in counts}


def _memory_rows(counts: list[int], quick: bool) -> list[Row]:
    size = 1 << 20 if quick else LARGE
    return [
        _row(
            "memory, " + what,
            f"{size >> 20} MB",
            "GB/s",
            lambda k, f=f: 1e-9 * size / memory_seconds(f, size, k, quick),
            counts,
        )
        for what, f in (("read", "read_all"), ("copy", "copy"))
    ]


def _update_rows(counts: list[int], quick: bool) -> list[Row]:
    rows = []
    for n in (1_000,) if quick else (4_000, 4_000_000):
        for model in ("lif", "iaf"):
            for precision in REALS:
                rows.append(
                    _row(
                        f"{model} update, {precision}",
                        f"{n:,}",
                        "ns",
                        lambda k, a=(model, n, precision): 1e9 * update_seconds(*a, k, quick),
                        counts,
                    )
                )
        rows.append(
            _row(
                "Poisson draw",
                f"{n:,}",
                "ns",
                lambda k, n=n: 1e9 * draw_seconds(n, k, quick),
                counts,
            )
        )
    return rows


def _stream_rows(counts: list[int], quick: bool) -> list[Row]:
    return [
        _row(
            f"weights streamed, {precision}",
            f"{n:,} x {n:,}",
            "ns",
            lambda k, a=(n, n * n, precision): 1e9 * stream_seconds(*a, k, quick),
            counts,
        )
        for n in ((100,) if quick else (1_000, 4_000))
        for precision in REALS
    ]


def _scatter_rows(counts: list[int], quick: bool) -> list[Row]:
    rows = []
    pool = 10_000 if quick else POOL
    for size in TARGET_BYTES[:1] if quick else TARGET_BYTES:
        for precision, (_, real) in REALS.items():
            for length in ROW_LENGTHS[:1] if quick else ROW_LENGTHS:
                of = (length, size // real().itemsize, pool, True, precision)
                rows.append(
                    _row(
                        f"scatter-add, {precision}, rows of {length:,}",
                        f"{size / 1e6:g} MB",
                        "ns",
                        lambda k, of=of: 1e9 * scatter_seconds(*of, k, quick),
                        counts,
                    )
                )
    return rows
