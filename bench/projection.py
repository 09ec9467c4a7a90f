"""Projection: making synapses, bytes and time per synaptic event, against DelaySparse and C."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bench.common import Result, gcc_is_there, interleaved, per_step, seconds
from lavajit import (
    DelaySparse,
    FixedTotal,
    Loihi2SimCfg,
    Normal,
    PairwiseBernoulli,
    Projection,
    RunSteps,
    SourceRingBuffer,
)
from lavajit.utils.sparse import from_synapses

NEURONS = 10_000
#: Synapses per source, and spikes per step.
SIZES = ((100, 200), (1000, 20), (1000, 200))
STEPS = 64
WEIGHT, DELAY = Normal(1.0, 0.1), Normal(15.0, 7.5, low=1)

SCATTER = """
#include <stdint.h>
void scatter(long spikes, long row, const int32_t *of, const uint16_t *target,
             const float *weight, double *sum)
{
    for (long s = 0; s < spikes; s++)
        for (long k = of[s] * row; k < (of[s] + 1) * row; k++)
            sum[target[k]] += weight[k];
}
"""


def measure(quick: bool = False) -> Result:
    """One row for each size."""
    sizes = ((10, 5),) if quick else SIZES
    rows = [_row(1000 if quick else NEURONS, *size, quick) for size in sizes]
    notes = [
        f"{NEURONS:,} sources and targets, float32 weights Normal(1, 0.1), delays Normal(15, "
        "7.5, low=1); ns per synaptic event, without what the same network takes that has none",
        "make: ns per synapse from run() to the end of step 1; B: bytes of state per synapse, "
        "without the source",
        "one delay: float32, all delays 15",
        "C: sum[target[k]] += weight[k] by rows of random targets, no delays, by gcc -O3",
    ]
    return Result("Projection on one thread; DelaySparse; a loop in C", rows, notes)


def _row(n: int, degree: int, spikes: int, quick: bool) -> dict:
    rule = PairwiseBernoulli(degree / n)
    projection = {"shape": (n, n), "weight": WEIGHT, "delay": DELAY}
    data = _spikes(n, spikes)
    make = Projection(rule=rule, **projection)
    _driven(Projection(rule=rule, **projection), data, "floating_pt").stop()  # compiles
    making = seconds(lambda: _driven(make, data, "floating_pt"))
    pre, post, weight, delay = make.synapses()
    state = make.runtime.executable.network.layout.memory_of["total"] - data.nbytes
    weights, delays = from_synapses(pre, post, weight.astype(float), delay, shape=(n, n))
    connections = {"none": (Projection((n, n), FixedTotal(0), 1.0), "floating_pt")}
    connections["float64"] = make, "floating_pt"
    connections["float32"] = Projection(rule=rule, **projection), "float32"
    connections["one delay"] = Projection(rule=rule, **projection | {"delay": 15}), "float32"
    connections["DelaySparse"] = DelaySparse(weights=weights, delays=delays), "floating_pt"
    measures = {}
    for name, (connection, tag) in connections.items():
        started = connection if connection is make else _driven(connection, data, tag)
        measures[name] = per_step(lambda k, c=started: c.run(RunSteps(k)), 0.02 if quick else 0.2)
    events = spikes * pre.size / n
    if gcc_is_there():
        measures["C"] = _scatter(n, degree, spikes)
    times = interleaved(measures, 3 if quick else 7)
    for connection, _ in connections.values():
        connection.stop()
    base = times.pop("none")
    per_event = {
        name: 1e9 * (time - (0 if name == "C" else base)) / events for name, time in times.items()
    }
    row = {"synapses": int(pre.size), "per source": degree, "spikes/step": spikes}
    return row | {"make": 1e9 * making / pre.size, "B": state / pre.size} | per_event


def _spikes(n: int, spikes: int) -> np.ndarray:
    """The same number of spikes in each of `STEPS` time steps."""
    rng = np.random.default_rng(1)
    data = np.zeros((n, STEPS))
    for t in range(STEPS):
        data[rng.choice(n, spikes, replace=False), t] = 1
    return data


def _driven(connection, data: np.ndarray, tag: str):
    """The connection, after one step."""
    SourceRingBuffer(data=data).s_out.connect(connection.s_in)
    connection.run(RunSteps(1), Loihi2SimCfg(select_tag=tag, threads=1))
    return connection


def _scatter(n: int, degree: int, spikes: int):
    """Function that measures the loop in C, in seconds per step."""
    rng = np.random.default_rng(2)
    targets = rng.integers(0, n, n * degree).astype(np.uint16)
    weights, total = np.ones(n * degree, np.float32), np.zeros(n)
    rows = [rng.choice(n, spikes, replace=False).astype(np.int32) for _ in range(STEPS)]
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "scatter.c"), Path(folder, "scatter.so")
        source.write_text(SCATTER)
        flags = ("-O3", "-march=native", "-shared", "-fPIC")
        subprocess.run(["gcc", *flags, str(source), "-o", str(library)], check=True)
        scatter = ctypes.CDLL(str(library)).scatter
    pointers = [part.ctypes.data_as(ctypes.c_void_p) for part in (targets, weights, total)]

    def run() -> None:
        for row in rows:
            of = row.ctypes.data_as(ctypes.c_void_p)
            scatter(ctypes.c_long(spikes), ctypes.c_long(degree), of, *pointers)

    keep = targets, weights, total
    return lambda: seconds(run) / STEPS if keep else 0.0
