"""Synapses as the delivering kernels read them: spans of senders, and words or places."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.cores import kernels
from lavajit.neurocore.cores.description import (
    CoreNetwork,
    OutputAxons,
    Population,
    SpikeSource,
    atoms_of,
    axons_of,
)
from lavajit.neurocore.cores.synapses import SynapseGroup

PLACES = 1 << kernels.PLACE_BITS
#: Weights above a place have the rest of 32 bits, one of which is the sign.
MOST_HIGH = (1 << (31 - kernels.PLACE_BITS)) - 1


def spans_of(
    sender: Population | SpikeSource, axons: OutputAxons, group: SynapseGroup
) -> np.ndarray:
    """Begin and end of each neuron's synapses and what their places count from, shape (n, 3).

    Neurons without an axon, or with an axon that is not used, have no synapses.
    """
    spans = np.zeros((sender.n, kernels.SPAN_WORDS), np.int32)
    axon, atom = axons_of(sender, axons), atoms_of(sender, axons)
    used = axon >= 0
    used[used] = group.bases[axon[used]] >= 0
    axon = axon[used]
    row = group.axon_rows[axon] * group.n_atoms + atom[used]
    spans[used, kernels.FIRST] = group.pointers[row]
    spans[used, kernels.LAST] = group.pointers[row + 1]
    spans[used, kernels.BASE] = group.bases[axon]
    return spans


def synapse_tables(network: CoreNetwork) -> dict[tuple[int, int], dict[str, np.ndarray]]:
    """What :func:`synapses_of` gives, by numbers of population and synapse group."""
    tables = {
        (number, at): synapses_of(group, population.n, ring_slots(population))
        for number, population in enumerate(network.populations)
        for at, group in enumerate(population.synapses)
    }
    # Side by side: NumPy asks for large pages for large arrays, so rows that are read in no order
    # are found with fewer look-ups of addresses.
    words = [table for table in tables.values() if "synapses" in table]
    together = np.empty(sum(table["synapses"].size for table in words), np.int32)
    end = 0
    for table in words:
        first, end = end, end + table["synapses"].size
        together[first:end] = table["synapses"]
        table["synapses"] = together[first:end]
    return tables


def synapses_of(group: SynapseGroup, n: int, slots: int) -> dict[str, np.ndarray]:
    """Places and weights of synapses: in one word each where they fit, else apart.

    Parameters
    ----------
    n : int
        Compartments of the core.
    slots : int
        Of its ring of accumulators; a place is ``slot * n + compartment``.
    """
    places = group.targets if group.delays is None else group.targets + n * group.delays
    apart = {"places": places, "weights": group.weights}
    if group.learning is not None or group.exponent is not None or n * slots > PLACES:
        return apart
    bits = int(np.bitwise_or.reduce(group.weights, initial=0))
    low = max((bits & -bits).bit_length() - 1, 0)
    high = group.weights >> low
    if high.size and max(high.max(), -high.min()) > MOST_HIGH:
        return apart
    words = (high << kernels.PLACE_BITS) | places
    return {"synapses": words, "low": np.array([low], np.int64)}


def ring_slots(population: Population) -> int:
    """Slots of the ring of accumulators."""
    return 1 << max((group.delay_bits for group in population.synapses), default=0)


def event_lists(sender: Population | SpikeSource) -> dict[str, np.ndarray]:
    """Room for the spikes of one step."""
    room = sender.n
    if isinstance(sender, SpikeSource):
        room = max(np.unique(sender.times, return_counts=True)[1], default=0)
    arrays = {"events": np.zeros(room, np.int64), "count": np.zeros(1, np.int64)}
    return arrays | {"payloads": np.zeros(room, np.int32)}
