"""Flat descriptions of networks, described once more as models describe them to the compiler."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.arithmetic.weights import EFFECTIVE_SHIFT, WEIGHT_MAX
from lavajit.neurocore.cores.description import (
    CoreNetwork,
    OutputAxons,
    Population,
    SpikeSource,
    atoms_of,
    axons_of,
)
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.plan.flatten import Spikes
from lavajit.neurocore.plan.groups import HostInput, Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet


def described(network: CoreNetwork) -> tuple[NcNet, dict[str, Spikes]]:
    """The network as groups and synapses, and spikes of its sources by name.

    Every sending neuron gets synapses of its own: neurons that share an axon, or lists that share a
    row, are written out. Groups have two dimensions where they can, so that blocks of them are not
    consecutive.
    """
    net = NcNet()
    net.groups = [
        NeuronGroup(p.name, "Population", _shape(p.n), p.compartments, p.core)
        for p in network.populations
    ]
    hosts = [HostInput(f"host{k}", "Source", s.n) for k, s in enumerate(network.sources)]
    for sender, described_as in zip(
        [*network.populations, *network.sources], [*net.groups, *hosts], strict=True
    ):
        for axons in sender.axons:
            target = net.groups[axons.population]
            name = f"{described_as.name} to {target.name} {axons.group}"
            synapses = _synapses(name, sender, axons, network.group(axons), target.n)
            net.connections.append(synapses)
            every_input, every_output = np.arange(sender.n), np.arange(target.n)
            net.links.append(Link(described_as, synapses, target, every_input, every_output))
    spikes = {h.name: (s.times, s.indices) for h, s in zip(hosts, network.sources, strict=True)}
    return net, spikes


def _shape(n: int) -> tuple[int, ...]:
    return (n,) if n % 2 else (2, n // 2)


def shift_of(weights: NDArray) -> int:
    """Left shift of mantissas of 8 bits and sign that makes these effective weights of them."""
    bits = int(np.bitwise_or.reduce(np.abs(weights), initial=0))
    least = max(bits.bit_length() - WEIGHT_MAX.bit_length(), 0)
    most = (bits & -bits).bit_length() - 1 if bits else EFFECTIVE_SHIFT
    assert least <= most, "weights have more than 8 bits"
    return min(max(least, EFFECTIVE_SHIFT), most)


def shifted_once(mantissas: NDArray, exponent: int) -> NDArray[np.int64]:
    """Effective weights with all their bits, where the chip drops those below 2^6."""
    return (mantissas.astype(np.int64) << (EFFECTIVE_SHIFT + 8)) >> (8 - exponent)


def _synapses(
    name: str, sender: Population | SpikeSource, axons: OutputAxons, group: SynapseGroup, n: int
) -> Synapses:
    entries, shifts, counts = [], [], []
    for axon, atom in zip(axons_of(sender, axons), atoms_of(sender, axons), strict=True):
        used = axon >= 0 and group.bases[axon] >= 0
        at = group.axon_rows[axon] * group.n_atoms + atom if used else 0
        begin, end = (group.pointers[at], group.pointers[at + 1]) if used else (0, 0)
        entries.append(np.arange(begin, end))
        shifts.append(np.full(end - begin, group.bases[axon] if used else 0))
        counts.append(end - begin)
    entry = np.concatenate(entries)
    targets = (group.targets[entry] + np.concatenate(shifts)).astype(np.int32)
    shift = shift_of(group.weights)
    return Synapses(
        name,
        "Recorded",
        sender.n,
        n,
        np.concatenate([[0], np.cumsum(counts)]),
        targets,
        group.weights[entry] >> shift,
        delays=None if group.delays is None else group.delays[entry],
        bits=SynapseBits(delay=group.delay_bits),
        weight_exponent=shift - EFFECTIVE_SHIFT,
    )
