"""A described network as flat arrays of cores, to run without Processes.

The same network on two routes: as Processes in the engine, and as populations that
:class:`~lavajit.neurocore.cores.step.CoreRunner` runs. Both give the same spikes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lavajit.neurocore.arithmetic.weights import effective_weights
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcFeatureError
from lavajit.neurocore.plan.net import HostInput, Link, NcNet, NeuronGroup

Spikes = tuple[np.ndarray, np.ndarray]


def core_network(net: NcNet, inputs: Mapping[str, Spikes] | None = None) -> CoreNetwork:
    """Populations, one for each group, whole: before it is split over cores.

    Parameters
    ----------
    net : NcNet
    inputs : mapping of str to (times, neurons), optional
        Spikes of the host, by name of the Process that sends them: time steps and neurons, both
        int arrays of one length.

    Raises
    ------
    NcFeatureError
        The network has neuron programs, graded spikes or synapses that learn.
    KeyError
        Spikes of a Process on the CPU are missing.

    Examples
    --------
    >>> from lavajit import LIF, Loihi1HwCfg, RunSteps
    >>> lif = LIF(shape=(1,), bias_mant=300, du=4095, vth=10)
    >>> lif.run(RunSteps(4), run_cfg=Loihi1HwCfg())
    >>> from lavajit.neurocore.cores.step import CoreRunner
    >>> CoreRunner(core_network(lif.runtime.nc_report.board.net)).run(4).v[:, 0]
    array([300, 600,   0, 300], dtype=int32)
    >>> lif.stop()
    """
    numbers = {id(group): k for k, group in enumerate(net.groups)}
    synapses: list[list[SynapseGroup]] = [[] for _ in net.groups]
    axons: dict[int, list[OutputAxons]] = {}
    sources: dict[int, HostInput] = {}
    for link in net.links:
        target = numbers[id(link.target)]
        where = OutputAxons(target, len(synapses[target]), _axons(link))
        axons.setdefault(id(link.source), []).append(where)
        synapses[target].append(_synapse_group(link))
        if isinstance(link.source, HostInput):
            sources[id(link.source)] = link.source
    populations = [
        Population(group.name, _registers(group), group.core, own, axons.get(id(group), ()))
        for group, own in zip(net.groups, synapses, strict=True)
    ]
    given = inputs or {}
    host = [
        SpikeSource(source.n, *given[source.name], axons=axons[key])
        for key, source in sources.items()
    ]
    return CoreNetwork(populations, host)


def _registers(group: NeuronGroup):
    if group.compartments is None:
        raise NcFeatureError(f"{group.kind} {group.name!r} runs a program, not plain compartments")
    return group.compartments


def _axons(link: Link) -> np.ndarray:
    """Input axon of each neuron of the source."""
    axons = np.full(link.source.n, -1, np.int32)
    inputs = np.flatnonzero(link.inputs >= 0)
    sources = link.inputs[inputs]
    if np.unique(sources).size < sources.size:
        raise NcFeatureError(
            f"{link.synapses.name}: a neuron of {link.source.name} has several input axons"
        )
    axons[sources] = inputs
    return axons


def _synapse_group(link: Link) -> SynapseGroup:
    synapses = link.synapses
    if synapses.message_bits or synapses.learning is not None:
        what = "graded spikes" if synapses.message_bits else "synapses that learn"
        raise NcFeatureError(f"{synapses.kind} {synapses.name!r} has {what}")
    targets = link.outputs[synapses.targets]
    used = targets >= 0
    before = np.concatenate([[0], np.cumsum(used)])
    weights = effective_weights(synapses.weights[used], synapses.weight_exponent)
    delays = None if synapses.delays is None else synapses.delays[used]
    return SynapseGroup(
        before[synapses.pointers],
        targets[used],
        weights,
        delays,
        delay_bits=0 if delays is None else synapses.bits.delay,
    )
