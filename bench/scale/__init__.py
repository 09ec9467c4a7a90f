"""lavajit, Brian2, NEST (and Lava) run the same networks, in turns, with the same parameters.

Families: "dense" is LIF - Dense - LIF, "cuba" and "brunel" are the models of that name, and
"microcircuit" is the one of 77,169 neurons at scale 0.1, "full" at scale 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.common import Result, Row
from bench.peers.environments import find_peers
from bench.scale.plot import save_plot
from bench.scale.turns import measure_workload
from bench.scale.workloads import FAMILIES, QUICK_WORKLOADS, WORKLOADS

__all__ = ["FAMILIES", "measure"]

NOTES = (
    "medians of interleaved repetitions; 1 thread: processor time, more: wall clock",
    "build: describing, connecting, compiling C++ for Brian2; first: what else until the end of "
    "the first step (kernels from the cache, plan and synapses in lavajit)",
    "/ neuron, / event: a whole step by neurons updated, by synapses that spikes reach",
    "x lavajit: by the time of lavajit in float64 with as many threads",
    "of limit: bare loops in C for the same updates, events and draws (benchmark limits) by time",
    "MB: most that has been resident, interpreter and recorded spikes included",
)
#: Title of the last table.
SUMMARY = "all, us per step"
#: The title of each table, and what only the figure and later readers need.
HIDDEN = ("part", "limit us", "spread", "rates")


def measure(quick: bool = False, only: Sequence[str] = FAMILIES) -> Result:
    """One table for each network of the families `only`; `quick` leaves other simulators out."""
    peers, rows, notes = {} if quick else find_peers(), [], []
    for workload in QUICK_WORKLOADS if quick else WORKLOADS:
        if workload.family in only:
            found, remarks = measure_workload(workload, peers, quick)
            rows += found
            notes += remarks
    notes = [*NOTES, *dict.fromkeys(notes)]
    title = "one time step of the same network"
    return Result(title, rows + summary(rows), notes, HIDDEN, lambda path: save_plot(rows, path))


def summary(rows: list[Row]) -> list[Row]:
    """One row for each network and number of threads: microseconds per step of all."""
    found: dict[tuple, Row] = {}
    for row in rows:
        key = row["part"], row["threads"]
        start = {"part": SUMMARY, "network": row["part"], "threads": row["threads"]}
        found.setdefault(key, start)[row["simulator"]] = row["us / step"]
    return list(found.values())
