"""Networks of Processes as flat descriptions of cores, and both routes to the same numbers."""

from __future__ import annotations

import numpy as np

from lavajit import RunSteps
from lavajit.neurocore.arithmetic.weights import effective_weights
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.step import CoreRunner, CoreTrace
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.plan.links import describe_network
from lavajit.neurocore.plan.net import HostInput, Link, NcNet


def description(process, run_cfg, native: bool = True) -> NcNet:
    """What the models of a network describe; `native` compiles their kernels, to run them then."""
    if process.runtime is None:
        process.create_runtime(run_cfg=run_cfg, compile_config={"native": native})
    network = process.runtime.executable.network
    return describe_network(network.graph, network.instances)[0]


def flat_network(net: NcNet, spikes: np.ndarray | None = None) -> CoreNetwork:
    """One population per group; `spikes`, shape (steps, n), are those of the one host input."""
    groups = {id(group): index for index, group in enumerate(net.groups)}
    received: list[list[SynapseGroup]] = [[] for _ in net.groups]
    sent: dict[int, list[OutputAxons]] = {}
    for link in net.links:
        target = groups[id(link.target)]
        axons = OutputAxons(target, len(received[target]), _axons(link))
        sent.setdefault(id(link.source), []).append(axons)
        received[target].append(_synapses(link))
    populations = [
        Population(
            group.name, group.compartments, group.core, received[index], sent.get(id(group), ())
        )
        for index, group in enumerate(net.groups)
    ]
    hosts = [link.source for link in net.links if isinstance(link.source, HostInput)]
    sources = []
    if hosts:
        times, indices = np.nonzero(spikes)
        axons = [axons for host in {id(h): h for h in hosts} for axons in sent[host]]
        sources = [SpikeSource(spikes.shape[1], times + 1, indices, axons)]
    return CoreNetwork(populations, sources)


def _axons(link: Link) -> np.ndarray:
    n = link.source.n
    axons = np.full(n, -1, np.int32)
    heard = link.inputs >= 0
    axons[link.inputs[heard]] = np.flatnonzero(heard)
    return axons


def _synapses(link: Link) -> SynapseGroup:
    synapses = link.synapses
    effective = effective_weights(synapses.weights, synapses.weight_exponent)
    return SynapseGroup(
        pointers=synapses.pointers,
        targets=link.outputs[synapses.targets],
        weights=effective,
        delays=synapses.delays,
        delay_bits=synapses.bits.delay,
    )


def run_flat(process, run_cfg, steps: int, spikes: np.ndarray | None = None) -> CoreTrace:
    """The network of a Process without Processes."""
    return CoreRunner(flat_network(description(process, run_cfg), spikes)).run(steps)


def run_steps(process, run_cfg, steps: int, names) -> dict[str, np.ndarray]:
    """Vars of a Process, or of several, after each step; stops the network."""
    processes = process if isinstance(process, list) else [process]
    rows = {name: [] for name in names}
    for _ in range(steps):
        processes[0].run(RunSteps(1), run_cfg=run_cfg)
        for name in names:
            rows[name].append(np.concatenate([getattr(p, name).get().ravel() for p in processes]))
    processes[0].stop()
    return {name: np.array(values) for name, values in rows.items()}
