"""LIF(n) - Dense - LIF(n): lavajit, a NumPy step loop and, where installed, Lava itself.

All contenders solve the same equations from the same parameters: a tenth of the first population
spikes in each step, all weights are positive, and the second population spikes too. Before anything
is timed the states after some steps are compared with those of the NumPy loop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from bench.common import Result, in_fresh_interpreter, interleaved, per_step, seconds
from bench.lava_peer import lava_is_installed
from bench.networks import PARAMETERS, RUN_TAGS, Network, NumPyNetwork
from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps

SIZES = (1, 10, 100, 1000)
REPETITIONS = 7
SECONDS = 0.1
LAVA_STEPS = 1_000


def measure(quick: bool = False) -> Result:
    """Nanoseconds per step, and how many times longer the others take."""
    sizes, repetitions = ((1, 10), 2) if quick else (SIZES, REPETITIONS)
    target = 0.005 if quick else SECONDS
    with_lava = lava_is_installed()
    rows = []
    for arith in RUN_TAGS:
        for n in sizes:
            rows.append(_row(n, arith, target, repetitions, with_lava, quick))
    notes = ["medians of interleaved repetitions; compiling is not part of a step"]
    if not with_lava:
        notes.append("Lava (lava-nc) is not installed here: no figures for it")
    return Result("ns per time step", rows, notes)


def _row(n: int, arith: str, target: float, repetitions: int, with_lava: bool, quick: bool):
    ours, compile_seconds = compiled_network(n, arith)
    reference = NumPyNetwork(PARAMETERS[arith](n))
    check_equal(ours, reference, arith)
    measures: dict[str, Callable[[], float]] = {
        "lavajit": per_step(partial(_run, ours), target),
        "NumPy": per_step(reference.run, target),
    }
    if with_lava and arith != "float32":  # which Lava does not have
        steps = 10 if quick else LAVA_STEPS
        measures["Lava"] = lambda: in_fresh_interpreter("bench.lava_peer", n, arith, steps)["step"]
    medians = interleaved(measures, repetitions)
    ours.target.stop()
    row = {"arithmetic": arith, "n": n}
    row |= {f"{name} ns": 1e9 * value for name, value in medians.items()}
    row |= {
        f"{name} / lavajit": value / medians["lavajit"]
        for name, value in medians.items()
        if name != "lavajit"
    }
    return row | {"compile s": compile_seconds}


def compiled_network(n: int, arith: str) -> tuple[Network, float]:
    """A lavajit network that has not run yet, and how long compiling (or loading) it took."""
    network = Network(PARAMETERS[arith](n), LIF, Dense)
    config = Loihi2SimCfg(select_tag=RUN_TAGS[arith])
    return network, seconds(lambda: network.target.run(RunSteps(num_steps=0), run_cfg=config))


def check_equal(network: Network, reference: NumPyNetwork, arith: str, steps: int = 50) -> None:
    """Raise if the two do not compute the same."""
    _run(network, steps)
    reference.run(steps)
    for name, value, wanted in (
        ("source.v", network.source.v.get(), reference.v1),
        ("target.v", network.target.v.get(), reference.v2),
    ):
        tolerance = {"fixed": 0, "float": 1e-9, "float32": 1e-4}[arith]
        if not np.allclose(value, wanted, tolerance, tolerance):
            raise AssertionError(f"{name} after {steps} steps: got {value}, NumPy has {wanted}")


def _run(network: Network, steps: int) -> None:
    network.target.run(RunSteps(num_steps=steps))
