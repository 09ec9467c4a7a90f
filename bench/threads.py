"""What threads bring: 1, 2 and far too many, in lavajit."""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from bench.common import Result, Row
from bench.peers.worker import Worker, WorkerError, start_lavajit
from bench.scale import descriptions
from lavajit.model.threads import usable_cores

REPETITIONS = 5
#: More threads than there are cores, by this factor.
OVER = 4
WARM_UP = 2_000
#: Networks and steps of a repetition.
NETWORKS = (
    ("CUBA, 4,000 neurons", lambda: descriptions.cuba_network(1.0), 20_000),
    ("CUBA, 20,000 neurons", lambda: descriptions.cuba_network(5.0), 5_000),
    ("CUBA, 100,000 neurons", lambda: descriptions.cuba_network(25.0), 1_000),
    ("Brunel, 12,500 neurons", lambda: descriptions.brunel_network(1.0), 1_000),
)
QUICK_NETWORKS = (("CUBA", lambda: descriptions.cuba_network(0.05), 100),)
PRECISIONS = ("float64", "float32")


def measure(quick: bool = False) -> Result:
    """One row for each network and precision."""
    cores = usable_cores()
    counts = (1, 2) if quick else (1, 2, OVER * cores)
    rows, notes = [], []
    for title, describe, steps in QUICK_NETWORKS if quick else NETWORKS:
        for precision in PRECISIONS[:1] if quick else PRECISIONS:
            row, remarks = _row(describe(), steps, counts, precision, quick)
            rows.append({"network": title, "precision": precision} | row)
            notes += remarks
    notes += [
        f"us per step, wall clock, medians of interleaved repetitions; {cores} cores",
        "auto: threads= not given; speed-up: 1 thread by 2; spikes: of all repetitions, "
        "the same for any number of threads",
    ]
    return Result("lavajit with threads", rows, notes)


def _row(
    job: dict, steps: int, counts: tuple[int, ...], precision: str, quick: bool
) -> tuple[Row, list[str]]:
    found: dict[object, list[float]] = {}
    spikes: dict[object, int] = {}
    remarks = []
    with ExitStack() as stack:
        workers: dict[object, Worker] = {}
        for threads in (*counts, None):
            try:
                worker = start_lavajit(job | {"threads": threads, "precision": precision})
                stack.callback(worker.close)
                remarks += worker.facts.get("warnings", [])
                worker.run(10 if quick else WARM_UP)
                workers[threads] = worker
            except WorkerError as error:
                remarks.append(f"{threads} threads: {str(error).splitlines()[0]}")
        for _ in range(2 if quick else REPETITIONS):
            for threads, worker in workers.items():
                found.setdefault(threads, []).append(worker.run(steps)["seconds"] / steps)
                counted = sum(worker.ask("report")["spikes"].values())
                spikes[threads] = spikes.get(threads, 0) + counted
    times = {threads: 1e6 * statistics.median(values) for threads, values in found.items()}
    row: Row = {f"{k} thread{'s' * (k > 1)}": times.get(k) for k in counts} | {
        "auto": times.get(None)
    }
    if 1 in times and 2 in times:
        row["speed-up"] = times[1] / times[2]
    if len(set(spikes.values())) > 1:
        remarks.append(f"spikes differ: {spikes}")
    return row | {"spikes": next(iter(spikes.values()), 0)}, remarks
