"""Copies of a network in a batch, against networks one after the other: time and memory of each."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from bench.common import Result, Row, interleaved, seconds
from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps, run_batch
from lavajit.runtime.image import NetworkImage

SIZES = (100, 1000)
COPIES = (1, 4, 16, 64)
STEPS = {100: 5_000, 1000: 500}
REPETITIONS = 5
MAPS = Path("/proc/self/smaps")


class Layers:
    """LIF(n) - Dense - LIF(n), a tenth of the first layer spiking in each step."""

    def __init__(self, n: int) -> None:
        self.first = LIF(shape=(n,), v=np.arange(n) % 10.0, bias_mant=1, vth=9.5)
        self.dense = Dense(weights=np.random.default_rng(0).uniform(0, 2 / n, (n, n)))
        self.second = LIF(shape=(n,), du=0.5, dv=0.1, vth=1)
        self.first.s_out.connect(self.dense.s_in)
        self.dense.a_out.connect(self.second.a_in)

    def run(self, steps: int) -> None:
        """Run it on one thread."""
        self.second.run(RunSteps(steps), Loihi2SimCfg(threads=1))


def measure(quick: bool = False) -> Result:
    """A row for each size and number of copies."""
    sizes, copies = ((100,), (1, 4)) if quick else (SIZES, COPIES)
    repetitions = 2 if quick else REPETITIONS
    rows = [_row(n, b, 50 if quick else STEPS[n], repetitions) for n in sizes for b in copies]
    notes = [
        "medians of interleaved repetitions; compiled before; microseconds per copy and step, all "
        "costs of a copy included",
        "running: a network that has been started before; separate: networks that are built, "
        "planned, run and stopped one after the other",
        "KB per copy: pages that a copy has written to, from /proc/self/smaps; network: all of its "
        "memory, of which weights are the most",
    ]
    return Result("microseconds per copy and step of LIF(n) - Dense - LIF(n)", rows, notes)


def _row(n: int, copies: int, steps: int, repetitions: int) -> Row:
    network, running = Layers(n), Layers(n)
    network.run(0)
    running.run(steps)
    measures = {
        "batch, 1 thread": partial(_batch, network, copies, steps, 1),
        "batch, 2 threads": partial(_batch, network, copies, steps, 2),
        "separate": partial(_separate, n, copies, steps),
        "running": lambda: seconds(lambda: running.run(steps)) * copies,
    }
    found = interleaved(measures, repetitions)
    times = {name: 1e6 * value / (copies * steps) for name, value in found.items()}
    memory = _kilobytes(network, steps)
    for layers in (network, running):
        layers.second.stop()
    return {"n": n, "copies": copies, "steps": steps, **times, **memory}


def _batch(network: Layers, copies: int, steps: int, threads: int) -> float:
    points = {network.first.bias_mant: np.linspace(0.9, 1.1, copies)}
    options = {"points": points, "record": [network.second.v], "threads": threads}
    return seconds(lambda: run_batch(network.first, RunSteps(steps), **options))


def _separate(n: int, copies: int, steps: int) -> float:
    few = min(copies, 4)

    def networks() -> None:
        for _ in range(few):
            layers = Layers(n)
            layers.run(steps)
            layers.second.stop()

    return seconds(networks) * copies / few


def _kilobytes(network: Layers, steps: int) -> dict[str, float | None]:
    """What one copy has written to, and the network's memory."""
    planned = network.first.runtime.executable.network
    whole = planned.layout.arena.size / 1024
    if not MAPS.exists():
        return {"KB per copy": None, "KB network": whole}
    image = NetworkImage(planned)
    kept = [image.copy() for _ in range(4)]
    for copy in kept:
        image.run(copy, steps)
    return {"KB per copy": _private_kilobytes() / len(kept), "KB network": whole}


def _private_kilobytes() -> int:
    """Kilobytes of pages of network images that this process has written to."""
    private, is_image = 0, False
    for line in MAPS.read_text().splitlines():
        name, *values = line.split()
        if not name.endswith(":"):
            is_image = "memfd:lavajit" in line
        elif is_image and name == "Private_Dirty:":
            private += int(values[0])
    return private
