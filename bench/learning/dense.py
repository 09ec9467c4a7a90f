"""LearningDense against NumPy and Lava, and what random numbers of its own cost each synapse."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial

import numpy as np

from bench.common import Row, in_fresh_interpreter, interleaved, seconds, steps_for
from bench.lava_peer import lava_is_installed
from bench.learning.kernels import by_method, seconds_per_kernel
from bench.learning.networks import Parameters, plastic_dense
from bench.learning.numpy_step import NumPyPlastic
from bench.networks import RUN_TAGS
from lavajit import (
    AbstractProcess,
    LearningDense,
    Loihi2FLearningRule,
    Loihi2SimCfg,
    RunSteps,
    SourceRingBuffer,
)

SIZES, EPOCHS, ARITHMETICS = (100, 1_000), (1, 8), ("float", "fixed")
QUICK_SIZES, QUICK_EPOCHS = (20,), (2,)
SECONDS, QUICK_SECONDS = 0.1, 1e-3
REPETITIONS = 7
MOST_STEPS = 20_000
KERNEL_EPOCHS = 200
LAVA_STEPS = 200
OPPONENTS = {"NumPy": False, "NumPy, active": True}


def measure_dense(quick: bool) -> list[Row]:
    """Microseconds per step of each size, epoch and arithmetic."""
    return [
        _dense_row(Parameters(n, epoch, arith), quick)
        for n in (QUICK_SIZES if quick else SIZES)
        for epoch in (QUICK_EPOCHS if quick else EPOCHS)
        for arith in ARITHMETICS
    ]


def measure_rng(quick: bool) -> list[Row]:
    """The same in fixed point, with Lava's random numbers and with each synapse's own."""
    return [
        _rng_row(Parameters(n, epoch, "fixed"), quick)
        for n in (QUICK_SIZES if quick else SIZES)
        for epoch in (QUICK_EPOCHS if quick else EPOCHS)
    ]


def _dense_row(p: Parameters, quick: bool) -> Row:
    process, compile_seconds = started(p)
    opponents = {name: NumPyPlastic(p, active) for name, active in OPPONENTS.items()}
    check_equal(process, *opponents.values())
    runs = {"lavajit": partial(advance, process)} | {k: v.run for k, v in opponents.items()}
    measures = {name: per_epoch(run, p.epoch, quick) for name, run in runs.items()}
    if lava_is_installed():
        steps = 2 * p.epoch if quick else LAVA_STEPS
        arguments = "bench.learning.lava_peer", p.n, p.epoch, p.arith, steps
        measures["Lava"] = lambda: in_fresh_interpreter(*arguments)["step"]
    medians = interleaved(measures, 2 if quick else REPETITIONS)
    process.stop()
    ours = medians.pop("lavajit")
    row = {"part": "dense", "n": p.n, "epoch": p.epoch, "arithmetic": p.arith}
    row |= {"lavajit us": 1e6 * ours}
    row |= {f"{name} us": 1e6 * value for name, value in medians.items()}
    row |= {f"{name} / lavajit": value / ours for name, value in medians.items()}
    row |= {"updates": p.updates(), "ns / update": 1e9 * ours / p.updates()}
    return row | {"compile s": compile_seconds}


def _rng_row(p: Parameters, quick: bool) -> Row:
    names = ("lava", "counter")
    processes = {rng: started(replace(p, rng=rng))[0] for rng in names}
    runs = {rng: partial(advance, process) for rng, process in processes.items()}
    measures = {rng: per_epoch(run, p.epoch, quick) for rng, run in runs.items()}
    medians = interleaved(measures, 2 if quick else REPETITIONS)
    for process in processes.values():
        process.stop()
    row = {"part": "rng", "n": p.n, "epoch": p.epoch, "updates": p.updates()}
    row |= {f"{name} us": 1e6 * value for name, value in medians.items()}
    more = medians["counter"] - medians["lava"]
    row["counter / lava"] = medians["counter"] / medians["lava"]
    return row | {"more ns / update": 1e9 * more / p.updates()}


def measure_kernels(quick: bool) -> list[Row]:
    """Where the time of the largest networks goes: microseconds of each method per step."""
    sizes = QUICK_SIZES if quick else SIZES[-1:]
    kinds = (("float", "lava"), ("fixed", "lava"), ("fixed", "counter"))
    return [
        _kernel_row(Parameters(n, epoch, *kind), 2 if quick else KERNEL_EPOCHS)
        for n in sizes
        for epoch in (QUICK_EPOCHS if quick else EPOCHS)
        for kind in kinds
    ]


def _kernel_row(p: Parameters, epochs: int) -> Row:
    process, _ = started(p)
    advance(process, 2 * p.epoch)
    found = by_method(process, seconds_per_kernel(process, epochs * p.epoch))
    process.stop()
    row = {"part": "kernels", **asdict(p)} | {f"{k} us": 1e6 * v for k, v in found.items()}
    return row | {"learn ns / update": 1e9 * found["learn"] / p.updates()}


def started(p: Parameters) -> tuple[AbstractProcess, float]:
    """The network before its first step, and seconds that compiling (or loading) took."""
    process = plastic_dense(p, SourceRingBuffer, LearningDense, Loihi2FLearningRule)
    return process, start(process, p.arith)


def start(process: AbstractProcess, arith: str) -> float:
    """Compile (or load) a network; seconds taken.

    Raises
    ------
    AssertionError
        A method runs as Python: its figure would say nothing about the kernel.
    """
    config = Loihi2SimCfg(select_tag=RUN_TAGS[arith])
    taken = seconds(lambda: process.run(RunSteps(num_steps=0), run_cfg=config))
    refusals = process.runtime.executable.network.tiers.refusals
    if refusals:
        process.stop()
        reasons = "; ".join(refusal.reason for refusal in refusals.values())
        raise AssertionError(f"{process.name} ({arith}) is not native: {reasons}")
    return taken


def advance(process: AbstractProcess, steps: int) -> None:
    """Run a network that has been started."""
    process.run(RunSteps(num_steps=steps))


def per_epoch(run: Callable[[int], object], epoch: int, quick: bool) -> Callable[[], float]:
    """Function that measures processor seconds per step, over whole epochs."""
    epochs = 2
    run(epochs * epoch)  # what only a first call does
    # Twice, because a call has a price of its own that two short epochs do not outweigh.
    for target in (QUICK_SECONDS, QUICK_SECONDS if quick else SECONDS):
        taken = processor_seconds(lambda n=epochs: run(n * epoch)) / epochs
        epochs = min(steps_for(taken, target), max(1, MOST_STEPS // epoch))
    return lambda: processor_seconds(lambda: run(epochs * epoch)) / (epochs * epoch)


def processor_seconds(function: Callable[[], object]) -> float:
    """How much processor time one call takes: other work on the machine counts little."""
    start = time.process_time()
    function()
    return time.process_time() - start


def check_equal(process: AbstractProcess, *opponents: NumPyPlastic, epochs: int = 5) -> None:
    """Raise unless all have the same weights, traces and activation after the first epochs."""
    steps = epochs * opponents[0].p.epoch
    advance(process, steps)
    for opponent in opponents:
        opponent.run(steps)
        tolerance = 0 if opponent.p.arith == "fixed" else 1e-9
        for var, wanted in (
            ("weights", opponent.weights),
            ("x1", opponent.x1),
            ("y1", opponent.y1),
            ("a_buff", opponent.a_out),
        ):
            got = getattr(process, var).get()
            if not np.allclose(got, wanted, tolerance, tolerance):
                raise AssertionError(f"{var} ({opponent.p}): got {got}, NumPy has {wanted}")
