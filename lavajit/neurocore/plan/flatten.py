"""A described network as flat arrays of cores, to run without Processes.

The same network on two routes: as Processes in the engine, and as populations that
:class:`~lavajit.neurocore.cores.step.CoreRunner` runs. Both give the same spikes, and so do the
populations of a compiled network: on which cores its neurons are changes no number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from lavajit.neurocore.arithmetic.weights import effective_weights
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.splitting import split
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcFeatureError
from lavajit.neurocore.plan.board import NcBoard
from lavajit.neurocore.plan.groups import HostInput, Link, NeuronGroup
from lavajit.neurocore.plan.net import NcNet

Spikes = tuple[np.ndarray, np.ndarray]
#: What a spike adds, of stored weights and their exponent.
WeightRule = Callable[[np.ndarray, int], np.ndarray]


def core_network(
    net: NcNet,
    inputs: Mapping[str, Spikes] | None = None,
    rule: WeightRule = effective_weights,
) -> CoreNetwork:
    """Populations, one for each group, whole: before it is split over cores.

    Parameters
    ----------
    net : NcNet
    inputs : mapping of str to (times, neurons), optional
        Spikes of the host, by name of the Process that sends them: time steps and neurons, both
        int arrays of one length. A spike dated t reaches synapses in step t + 1.
    rule : callable
        Effective weights of stored weights, int array, and their exponent. The default is the
        chip's; other simulators round otherwise.

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
    numbers = {group: k for k, group in enumerate(net.groups)}
    synapses: list[list[SynapseGroup]] = [[] for _ in net.groups]
    axons: dict[NeuronGroup | HostInput, list[OutputAxons]] = {}
    for link in net.links:
        target = numbers[link.target]
        where = OutputAxons(target, len(synapses[target]), _axons(link))
        axons.setdefault(link.source, []).append(where)
        synapses[target].append(_synapse_group(link, rule))
    populations = [
        Population(group.name, _registers(group), group.core, own, axons.get(group, ()))
        for group, own in zip(net.groups, synapses, strict=True)
    ]
    given = inputs or {}
    host = [
        SpikeSource(source.n, *given[source.name], axons=leading)
        for source, leading in axons.items()
        if isinstance(source, HostInput)
    ]
    return CoreNetwork(populations, host)


def board_network(
    board: NcBoard,
    inputs: Mapping[str, Spikes] | None = None,
    rule: WeightRule = effective_weights,
) -> tuple[CoreNetwork, np.ndarray]:
    """Populations, one for each part of a compiled network, in the order of cores.

    Results are those of `core_network`: column k of a trace is column ``columns[k]`` here. Parts
    that share a core are populations of their own, one after the other. Recorded noise must be
    moved likewise; generated noise is drawn by each population anew.

    Parameters
    ----------
    board : NcBoard
    inputs, rule
        See `core_network`.

    Returns
    -------
    network : CoreNetwork
    columns : ndarray of int64, shape (n,)
        New number of each compartment, counted over all groups of the network.

    Raises
    ------
    NcFeatureError, KeyError
        See `core_network`.

    Examples
    --------
    >>> from lavajit.neurocore.plan.compile import compile_net
    >>> net = NcNet()
    >>> cells = Compartments(5, vth=640, bias=[64, 128, 192, 256, 320])
    >>> net.groups.append(NeuronGroup("cells", "LIF", (5,), cells))
    >>> board = compile_net(net, "loihi1", block_shapes={"cells": (2,)})
    >>> network, columns = board_network(board)
    >>> [part.n for part in network.populations], columns.tolist()
    ([2, 2, 1], [0, 1, 2, 3, 4])
    """
    parts = [part for group in board.net.groups for part in board.parts_of(group)]
    blocks = [[part.neurons for part in board.parts_of(group)] for group in board.net.groups]
    network, columns = split(core_network(board.net, inputs, rule), blocks)
    order = np.argsort([part.core for part in parts], kind="stable")
    network, moved = _in_order(network, order)
    return network, moved[columns]


def _in_order(network: CoreNetwork, order: np.ndarray) -> tuple[CoreNetwork, np.ndarray]:
    """The same populations in another order, and the new number of each compartment."""
    place = np.argsort(order)

    def moved(sender: Population | SpikeSource) -> Sequence[OutputAxons]:
        return [replace(axons, population=int(place[axons.population])) for axons in sender.axons]

    populations = [
        replace(network.populations[k], axons=moved(network.populations[k])) for k in order
    ]
    ends = np.cumsum([population.n for population in network.populations])
    numbers = np.split(np.arange(network.n), ends[:-1])
    columns = np.argsort(np.concatenate([numbers[k] for k in order]))
    sources = [replace(source, axons=moved(source)) for source in network.sources]
    return CoreNetwork(populations, sources), columns


def _registers(group: NeuronGroup) -> Compartments:
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


def _synapse_group(link: Link, rule: WeightRule) -> SynapseGroup:
    synapses = link.synapses
    if synapses.message_bits or synapses.learning is not None:
        what = "graded spikes" if synapses.message_bits else "synapses that learn"
        raise NcFeatureError(f"{synapses.kind} {synapses.name!r} has {what}")
    targets = link.outputs[synapses.targets]
    used = targets >= 0
    before = np.concatenate([[0], np.cumsum(used)])
    weights = rule(synapses.weights[used], synapses.weight_exponent)
    delays = None if synapses.delays is None else synapses.delays[used]
    return SynapseGroup(
        before[synapses.pointers],
        targets[used],
        weights,
        delays,
        delay_bits=0 if delays is None else synapses.bits.delay,
    )
