"""Cost follows the work: time per step over neurons, synaptic events and numbers of Processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from bench.common import Result, Row, interleaved, per_step
from bench.planning import growth
from lavajit import (
    LIF,
    FixedOutdegree,
    Loihi2SimCfg,
    Projection,
    RunSteps,
    SourceRingBuffer,
)
from lavajit.process.process import AbstractProcess
from models import cuba

REPETITIONS = 5
SECONDS = 0.2
NEURONS = (100, 1_000, 10_000, 100_000, 1_000_000)
CUBA_SCALES = (0.05, 0.25, 1.0, 5.0, 25.0)
CUBA_WARM_UP = 1_000
#: Spikes per step, each of which reaches `DEGREE` of `TARGETS` neurons.
SPIKES = (1, 10, 100, 1_000)
DEGREE, TARGETS, PERIOD = 1_000, 10_000, 64
PROCESSES = (10, 100, 1_000, 10_000)
PRECISIONS = ("float64", "float32")
#: Names of the parts and what their sizes are.
PARTS = {
    "neurons": "LIF neurons in one Process",
    "CUBA": "neurons of CUBA, 80 synapses each",
    "events": "synaptic events per step, Projection (less a step without spikes)",
    "Processes": "Processes LIF(1)",
}

Measured = tuple[str, str, float, Callable[[], float]]


def measure(quick: bool = False) -> Result:
    """One row for each size; slopes on log-log axes are in the notes."""
    target, repetitions = (0.001, 2) if quick else (SECONDS, REPETITIONS)
    rows: list[Row] = []
    for part in (_neurons, _cuba, _events, _processes):
        rows += _rows(part(target, quick), repetitions)
    notes = [f"{name}: {text}" for name, text in PARTS.items()]
    measured = dict.fromkeys((row["part"], row["precision"]) for row in rows)
    notes += [
        f"slope of {p}, {precision}: {_slope(rows, p, precision):.2f}" for p, precision in measured
    ]
    notes.append("medians of 5 repetitions, one thread, processor time")
    return Result("us per step over size", rows, notes, figure=partial(save_plot, rows))


def _rows(measured: Iterator[Measured], repetitions: int) -> list[Row]:
    rows = []
    for part, precision, size, run in measured:
        median = interleaved({"": run}, repetitions)[""]
        row: Row = {"part": part, "precision": precision, "size": size}
        rows.append(row | {"us / step": 1e6 * median, "ns each": 1e9 * median / size})
    return sorted(rows, key=lambda row: (row["precision"] != "float64", row["size"]))


def _slope(rows: list[Row], part: str, precision: str) -> float:
    chosen = [r for r in rows if (r["part"], r["precision"]) == (part, precision)]
    return growth([r["size"] for r in chosen], [r["us / step"] for r in chosen])


# --- networks; each is stopped when the next one is asked for ---------------------------


def _precisions(quick: bool) -> tuple[str, ...]:
    return PRECISIONS[:1] if quick else PRECISIONS


def _started(process: AbstractProcess, precision: str, warm_up: int, target: float):
    """Function that measures a step of the network of `process`."""
    config = Loihi2SimCfg(select_tag="floating_pt", float_precision=precision, threads=1)
    process.run(RunSteps(num_steps=warm_up), run_cfg=config)
    return per_step(lambda steps: process.run(RunSteps(num_steps=steps)), target, time.process_time)


def _neurons(target: float, quick: bool) -> Iterator[Measured]:
    for n in (10, 100) if quick else NEURONS:
        for precision in _precisions(quick):
            # Currents and potentials stay away from zero, and from denormal numbers.
            lif = LIF(shape=(n,), du=0.2, dv=0.05, bias_mant=0.04, vth=1.0)
            yield "neurons", precision, n, _started(lif, precision, 1, target)
            lif.stop()


def _cuba(target: float, quick: bool) -> Iterator[Measured]:
    for scale in (0.025, 0.05) if quick else CUBA_SCALES:
        for precision in _precisions(quick):
            network = cuba.build(scale)
            run = _started(network.neurons, precision, 10 if quick else CUBA_WARM_UP, target)
            yield "CUBA", precision, network.neurons.s_out.size, run
            network.stop()


def _events(target: float, quick: bool) -> Iterator[Measured]:
    """Less the time of the same network without spikes: source and targets cost the same."""
    n, degree = (100, 10) if quick else (TARGETS, DEGREE)

    def network(spikes: int) -> Projection:
        rng, data = np.random.default_rng(1), np.zeros((n, PERIOD))
        for column in data.T:
            column[rng.choice(n, spikes, replace=False)] = 1
        synapses = Projection((n, n), FixedOutdegree(degree), 1.0)
        SourceRingBuffer(data=data).s_out.connect(synapses.s_in)
        return synapses

    for precision in _precisions(quick):
        quiet = network(0)
        base = _started(quiet, precision, 1, target)
        for spikes in (1, 10) if quick else SPIKES:
            active = network(spikes)
            run = _started(active, precision, 1, target)
            beyond = partial(_beyond, run, base)
            yield "events", precision, spikes * degree, beyond
            active.stop()
        quiet.stop()


def _beyond(run: Callable[[], float], base: Callable[[], float]) -> float:
    # At few events noise may exceed them; a logarithm needs a positive number.
    return max(1e-9, run() - base())


def _processes(target: float, quick: bool) -> Iterator[Measured]:
    for count in (2, 4) if quick else PROCESSES:
        for precision in _precisions(quick):
            chain = [LIF(shape=(1,), du=0.2, dv=0.05, bias_mant=0.04) for _ in range(count)]
            for one, other in zip(chain[:-1], chain[1:], strict=True):
                one.s_out.connect(other.a_in)
            yield "Processes", precision, count, _started(chain[0], precision, 1, target)
            chain[0].stop()


# --- the figure -----------------------------------------------------------------------


def save_plot(rows: list[Row], path: Path) -> None:
    """Time per step over size, log-log; grey lines have slope 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5.5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log")
    colours = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
    for colour, (part, text) in zip(colours, PARTS.items(), strict=True):
        for precision, marker in zip(PRECISIONS, ("o-", "s--"), strict=True):
            chosen = [r for r in rows if (r["part"], r["precision"]) == (part, precision)]
            sizes, times = ([r[key] for r in chosen] for key in ("size", "us / step"))
            label = text if precision == "float64" else None
            axes.plot(sizes, times, marker, color=colour, markersize=4, label=label)
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for start in 10.0 ** np.arange(-8, 4):
        axes.plot((low, high), (start * low, start * high), "-", color="0.9", zorder=0)
    axes.set(xlim=(low, high), ylim=(bottom, top))
    axes.set_xlabel("neurons, synaptic events per step, or Processes")
    axes.set_ylabel("time per step (µs)")
    axes.set_title("solid: float64, dashed: float32", fontsize=9, loc="left")
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=150)
