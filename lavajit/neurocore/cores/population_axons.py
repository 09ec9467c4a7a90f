"""Output axons of Loihi 1 that several compartments share: who shares one, and how many there are.

Compartments of a population axon reach the same input axon with different atoms, and take one entry
of the table of output axons together; a discrete axon takes one of each compartment. A compartment
belongs to at most one such population.
"""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.cores.description import (
    CoreNetwork,
    OutputAxons,
    Population,
    atoms_of,
    axons_of,
)
from lavajit.neurocore.errors import NcCompileError

#: Kinds of axons by bits of their messages.
KINDS = {0: "discrete", 16: "pop16", 32: "pop32"}


def count_axons(network: CoreNetwork, population: int) -> dict[str, int]:
    """Number of output axons of a population by kind.

    How many slots one takes depends on the chip of the target, :func:`~.spikes.source_slots`.

    Parameters
    ----------
    network : CoreNetwork
    population : int

    Returns
    -------
    dict of str to int
        For "discrete" the compartments that send, for "pop16" and "pop32" the input axons reached.

    Examples
    --------
    >>> from lavajit.neurocore.cores.registers import Compartments
    >>> from lavajit.neurocore.cores.synapses import SynapseGroup
    >>> group = SynapseGroup([0, 1, 2], [0, 0], [64, 128], n_atoms=2, axon_bits=32)
    >>> shared = OutputAxons(0, axons=[0, 0], atoms=[0, 1])
    >>> pair = Population("pair", Compartments(2, vth=64), synapses=[group], axons=[shared])
    >>> count_axons(CoreNetwork([pair]), 0)
    {'discrete': 0, 'pop16': 0, 'pop32': 1}
    """
    sender = network.populations[population]
    counts = dict.fromkeys(KINDS.values(), 0)
    for axons in sender.axons:
        bits = network.group(axons).axon_bits
        used = axons_of(sender, axons)
        used = used[used >= 0]
        counts[KINDS[bits]] += np.unique(used).size if bits else used.size
    return counts


def check_population_axons(network: CoreNetwork) -> None:
    """Compartments that share population axons can do so on Loihi 1.

    Raises
    ------
    NcCompileError
        Two compartments reach the same input axon with the same atom, or one compartment shares
        axons with some compartments here and others there, or has different atoms.
    """
    for sender in network.populations:
        fellows: dict[int, tuple] = {}
        for at, axons in enumerate(sender.axons):
            if network.group(axons).axon_bits:
                what = f"population {sender.name!r}, output axons {at}"
                _check(what, sender, axons, fellows)


def _check(what: str, sender: Population, axons: OutputAxons, fellows: dict[int, tuple]) -> None:
    numbers, atoms = axons_of(sender, axons), atoms_of(sender, axons)
    for axon in np.unique(numbers[numbers >= 0]):
        members = np.flatnonzero(numbers == axon)
        own = atoms[members]
        if np.unique(own).size < own.size:
            raise NcCompileError(
                f"{what}: {own.size} compartments reach input axon {axon} with "
                f"{np.unique(own).size} atoms; compartments of a population axon need different "
                "ones, or discrete axons"
            )
        population = tuple(zip(members.tolist(), own.tolist(), strict=True))
        for member in members.tolist():
            if fellows.setdefault(member, population) != population:
                raise NcCompileError(
                    f"{what}: compartment {member} shares input axon {axon} with other "
                    "compartments, or by other atoms, than it shares an earlier one; a compartment "
                    "belongs to one population"
                )
