"""What profile=True costs: the same runs with and without it, turn by turn."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import process_time

import numpy as np

from bench.common import Result, Row, interleaved, seconds, steps_for
from bench.crossings import Listener, ListenerConfig
from lavajit import LIF, Dense, RunSteps
from lavajit.process.process import AbstractProcess
from models import brunel, cuba

REPETITIONS = 21
#: Seconds of a run.
TARGET = 0.5
CHAIN = 100


def chain() -> AbstractProcess:
    """LIF neurons one behind the other, each a Process, through a Dense of one weight."""
    first = last = LIF(shape=(1,), bias_mant=3.0, du=0.1, dv=0.1, vth=10)
    for _ in range(CHAIN - 1):
        weight, neuron = Dense(weights=np.full((1, 1), 4.0)), LIF(shape=(1,), dv=0.1, vth=10)
        last.s_out.connect(weight.s_in)
        weight.a_out.connect(neuron.a_in)
        last = neuron
    return first


def listening() -> AbstractProcess:
    """Two Processes, of which one does next to nothing, in Python."""
    neuron, listener = LIF(shape=(1,), bias_mant=1), Listener(python=True)
    neuron.s_out.connect(listener.inp)
    return neuron


NETWORKS: dict[str, Callable[[], AbstractProcess]] = {
    "CUBA, 4,000 neurons": lambda: cuba.build().neurons,
    "Brunel, scale 0.2": lambda: brunel.build(0.2).neurons,
    f"chain of {CHAIN} LIF": chain,
    "a Process in Python": listening,
}


def measure(quick: bool = False) -> Result:
    """Run all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the listener in Python
        rows = [_row(name, build, quick) for name, build in NETWORKS.items()]
    notes = [
        "Two copies of a network take turns, whose states are the same at every turn.",
        "Processor time, which other work on the machine disturbs less.",
    ]
    return Result("What profile=True costs", rows, notes)


def _row(name: str, build: Callable[[], AbstractProcess], quick: bool) -> Row:
    copies = [build(), build()]
    for process in copies:
        process.create_runtime(ListenerConfig(select_tag="floating_pt", threads=1))

    def run(profile: bool, steps: int) -> float:
        options = {"profile": True} if profile else {}
        took = seconds(lambda: copies[profile].run(RunSteps(steps), **options), process_time)
        return took / steps

    for steps in (20, 2000):
        step = [run(profile, steps) for profile in (False, True)][0]
    steps = 20 if quick else steps_for(step, TARGET)
    turns = {False: lambda: run(False, steps), True: lambda: run(True, steps)}
    plain, profiled = interleaved(turns, 1 if quick else REPETITIONS).values()
    for process in copies:
        process.stop()
    return {
        "network": name,
        "ns per step": 1e9 * plain,
        "with profile": 1e9 * profiled,
        "more, %": 100 * (profiled / plain - 1),
    }
