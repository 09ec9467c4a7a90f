"""Networks of Processes as flat descriptions of cores, and both routes to the same numbers."""

from __future__ import annotations

import numpy as np

from lavajit import RunSteps
from lavajit.neurocore.cores.running import CoreTrace
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.plan.flatten import Spikes, core_network
from lavajit.neurocore.plan.links import describe_network
from lavajit.neurocore.plan.net import NcNet


def description(process, run_cfg, native: bool = True) -> NcNet:
    """What the models of a network describe; `native` compiles their kernels, to run them then."""
    if process.runtime is None:
        process.create_runtime(run_cfg=run_cfg, compile_config={"native": native})
    network = process.runtime.executable.network
    return describe_network(network.graph, network.instances)[0]


def run_flat(process, run_cfg, steps: int) -> CoreTrace:
    """The network of a Process without Processes."""
    return CoreRunner(core_network(description(process, run_cfg))).run(steps)


def spikes_of(rows: np.ndarray) -> Spikes:
    """What a source Process sends, shape (steps, n), as dates and neurons."""
    times, neurons = np.nonzero(rows)
    return times + 1, neurons


def run_steps(process, run_cfg, steps: int, names, native=True) -> dict[str, np.ndarray]:
    """Vars of a Process, or of several, after each step; stops the network."""
    processes = process if isinstance(process, list) else [process]
    rows = {name: [] for name in names}
    for _ in range(steps):
        processes[0].run(RunSteps(1), run_cfg=run_cfg, compile_config={"native": native})
        for name in names:
            rows[name].append(np.concatenate([getattr(p, name).get().ravel() for p in processes]))
    processes[0].stop()
    return {name: np.array(values) for name, values in rows.items()}
