"""The process library: ns per neuron update and per synaptic event, against NumPy, SciPy and C.

Every Process is fed by a source of its own, and its opponent computes the same equations from the
same messages. Before anything is timed, every message of some steps and the states after them are
compared: exactly in fixed point, and to the last bit with C; within rounding in float.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bench.common import (
    Result,
    gcc_is_there,
    in_fresh_interpreter,
    interleaved,
    per_step,
    seconds,
)
from bench.lava_peer import lava_is_installed
from bench.library import connections, edges, graded, neurons
from bench.library.c_loop import CLoopReference
from bench.library.reference import Reference
from bench.library.stack import StackReference
from lavajit import AbstractProcess, RunSteps

REFERENCES = (
    *neurons.REFERENCES,
    *graded.REFERENCES,
    *edges.REFERENCES,
    *connections.REFERENCES,
    CLoopReference,
    StackReference,
)
FAMILIES = tuple(dict.fromkeys(reference.family for reference in REFERENCES))

REPETITIONS = 7
SECONDS = 0.1
QUICK_SIZE = 16
LAVA_STEPS = 100


def measure(quick: bool = False, only: Sequence[str] = FAMILIES) -> Result:
    """One row for each Process, arithmetic, size and opponent of the families `only`."""
    notes = [
        "n: neurons, inputs of a connection, or pixels along an image; connections: 2% active",
        "medians of interleaved repetitions; the source that feeds a Process is part of its figure",
        "compile s: compile the network or load it from the cache; not part of a step",
    ]
    chosen = [reference for reference in REFERENCES if reference.family in only]
    if not gcc_is_there():
        chosen = [reference for reference in chosen if reference is not CLoopReference]
        notes.append("gcc is not installed here: no figures for C")
    with_lava = lava_is_installed()
    if not with_lava:
        notes.append("Lava (lava-nc) is not installed here: no figures for it")
    rows = []
    for reference in chosen:
        for arith in reference.arithmetics:
            for n in (QUICK_SIZE,) if quick else reference.sizes:
                rows += _rows(reference(n, arith), quick, with_lava)
    return Result("ns per update of a neuron, synaptic event, or step", rows, notes)


def _rows(reference: Reference, quick: bool, with_lava: bool) -> list[dict[str, object]]:
    process, compile_seconds = compiled(reference)
    reference.check()
    target, repetitions = (1e-3, 2) if quick else (SECONDS, REPETITIONS)
    measures = {
        "lavajit": per_step(partial(_run, process), target),
        reference.against: per_step(reference.run, target),
    }
    if with_lava and reference.peer:
        arguments = reference.peer, reference.n, reference.arith, 10 if quick else LAVA_STEPS
        measures["Lava"] = lambda: in_fresh_interpreter(*arguments)["step"]
    medians = interleaved(measures, repetitions)
    process.stop()
    ours = medians.pop("lavajit")
    work = max(reference.work(), 1.0)
    shared = {
        "family": reference.family,
        "Process": reference.name,
        "arithmetic": reference.arith,
        "n": reference.n,
        "per": reference.unit,
        "lavajit ns": 1e9 * ours / work,
    }
    if reference.unit == "step":
        shared["steps / s"] = 1 / ours
    return [
        shared
        | {"other ns": 1e9 * step / work, "other / lavajit": step / ours, "other": name}
        | {"compile s": compile_seconds}
        for name, step in medians.items()
    ]


def compiled(reference: Reference) -> tuple[AbstractProcess, float]:
    """The network, before its first step, and how long compiling (or loading) it took.

    Raises
    ------
    AssertionError
        A method runs as Python: its figure would say nothing about the kernel.
    """
    process, config = reference.network(), reference.config()
    taken = seconds(lambda: process.run(RunSteps(num_steps=0), run_cfg=config))
    refusals = process.runtime.executable.network.tiers.refusals
    if refusals:
        process.stop()
        reasons = "; ".join(refusal.reason for refusal in refusals.values())
        raise AssertionError(f"{reference.name} ({reference.arith}) is not native: {reasons}")
    return process, taken


def _run(process: AbstractProcess, steps: int) -> None:
    process.run(RunSteps(num_steps=steps))
