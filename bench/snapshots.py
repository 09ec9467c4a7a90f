"""Snapshots: taking, restoring, saving and loading the state of a network."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.common import Result, Row, interleaved, seconds
from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps, Snapshot
from lavajit.process.process import AbstractProcess
from models import brunel

REPETITIONS = 7
STEPS = 200
MEGABYTE = 1e6


def measure(quick: bool = False) -> Result:
    """One row for each network."""
    scale = 0.02 if quick else 1.0
    networks: dict[str, Callable[[], AbstractProcess]] = {
        "LIF - Dense - LIF": lambda: _layers(20 if quick else 1000),
        "chain of LIF": lambda: _chain(20 if quick else 1000),
        f"Brunel, scale {scale:g}": lambda: brunel.build(scale).neurons,
    }
    rows = [_row(name, make, 1 if quick else REPETITIONS) for name, make in networks.items()]
    notes = ["arrays: what is copied; weights of Dense are part of it, synapses of Projection not"]
    return Result("ms per snapshot", rows, notes)


def _row(name: str, make: Callable[[], AbstractProcess], repetitions: int) -> Row:
    process = make()
    process.run(RunSteps(STEPS), Loihi2SimCfg(select_tag="floating_pt", threads=1))
    with tempfile.TemporaryDirectory() as folder:
        path, state = Path(folder) / "state.npz", process.snapshot()
        state.save(path)
        found = interleaved(
            {
                "snapshot": lambda: seconds(process.snapshot),
                "restore": lambda: seconds(lambda: process.restore(state)),
                "save": lambda: seconds(lambda: state.save(path)),
                "load": lambda: seconds(lambda: Snapshot.load(path)),
            },
            repetitions,
        )
    process.stop()
    times = {f"{verb}, ms": 1e3 * value for verb, value in found.items()}
    return {"network": name, "arrays, MB": state.nbytes / MEGABYTE} | times


def _layers(n: int) -> AbstractProcess:
    first, second = LIF(shape=(n,), bias_mant=1.0, vth=5), LIF(shape=(n,), vth=5)
    dense = Dense(weights=np.full((n, n), 0.01))
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    return first


def _chain(length: int) -> AbstractProcess:
    chain = [LIF(shape=(1,), bias_mant=1.0, vth=5) for _ in range(length)]
    for one, other in zip(chain[:-1], chain[1:], strict=True):
        one.s_out.connect(other.a_in)
    return chain[0]
