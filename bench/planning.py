"""Planning and starting a chain of N LIF Processes whose kernels are compiled already."""

from __future__ import annotations

import gc
import statistics

import numpy as np

from bench.common import Result, seconds
from lavajit import LIF, Loihi2SimCfg, RunSteps

SIZES = (100, 200, 500, 1_000, 3_000)
REPETITIONS = 3
STAGES = ("plan", "kernels", "assemble")


def measure(quick: bool = False) -> Result:
    """Seconds per stage for each length, and the exponent of the growth."""
    sizes = (10, 20) if quick else SIZES
    start_chain(2)
    rows = []
    for n in sizes:
        runs = [start_chain(n) for _ in range(1 if quick else REPETITIONS)]
        medians = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        rows.append({"processes": n} | {f"{key} s": value for key, value in medians.items()})
    slope = growth(list(sizes), [float(row["start s"]) for row in rows])
    note = f"start: from run() to the end of step 1; it grows like N to the power {slope:.2f}"
    return Result("a chain of LIF Processes, kernels cached, medians", rows, [note])


def start_chain(n: int) -> dict[str, float]:
    """Build a chain and run one step; seconds of each stage."""
    gc.collect()
    chain: list[LIF] = []
    build = seconds(lambda: chain.extend(lif_chain(n)))
    config = Loihi2SimCfg(select_tag="floating_pt")
    start = seconds(lambda: chain[0].run(RunSteps(num_steps=1), run_cfg=config))
    stages = chain[0].runtime.executable.network.seconds
    chain[0].stop()
    return {"build": build, "start": start} | {name: stages[name] for name in STAGES}


def lif_chain(n: int) -> list[LIF]:
    """Neurons, each driven by the one before it."""
    chain = [LIF(shape=(1,), bias_mant=1) for _ in range(n)]
    for before, after in zip(chain, chain[1:], strict=False):
        before.s_out.connect(after.a_in)
    return chain


def growth(sizes: list[int], times: list[float]) -> float:
    """Slope of log(time) over log(size): 1 is linear."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
