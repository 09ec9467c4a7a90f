"""What leaves the parts of groups: axons to other parts, by how those are split."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.plan.fans import Rows
from lavajit.neurocore.plan.groups import HostInput, Link, NeuronGroup
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.splits import Split
from lavajit.neurocore.plan.usage import Amounts, Tally

#: A convolution's input comes from one core or from several: one axon or two, as published.
MOST_CONVOLUTION_AXONS = 2
#: Output slots of Loihi 1 for an axon to another chip.
FAR_SLOTS = 2


class Parted(Protocol):
    """A group that is split."""

    tally: Tally
    split: Split
    amounts: Amounts
    rows: list[Rows]


Groups = Mapping[NeuronGroup, Parted]


class Axons(NamedTuple):
    """Axons of a link: one from each source neuron to each part that it reaches."""

    link: Link
    neuron: NDArray[np.int64]
    part: NDArray[np.int64]


def axons_of(groups: Groups) -> list[Axons]:
    """Axons of all links."""
    found = []
    for parted in groups.values():
        for fan, rows in zip(parted.tally.fans, parted.rows, strict=True):
            for link in fan.links:
                neuron = link.inputs[rows.input]
                heard = neuron >= 0
                found.append(Axons(link, neuron[heard], rows.part[heard]))
    return found


def all_amounts(
    net: NcNet, groups: Groups, far: Collection[NeuronGroup] = ()
) -> dict[NeuronGroup, Amounts]:
    """What each part takes, with what leaves it.

    On Loihi 1 an axon takes an output slot, one to another chip takes two; all axons of the groups
    in `far` are counted as such. On Loihi 2 a neuron that sends has an entry in the axon map, a
    place whose channels a convolution reads has one together, and each further core that is reached
    takes a routing entry.
    """
    axons = axons_of(groups)
    complete = {}
    for group, parted in groups.items():
        sent = [each for each in axons if each.link.source is group]
        to_host = sum(reader[0] is group for reader in net.host_outputs)
        if parted.tally.has_profiles:
            slots = _slots(parted, sent, to_host, FAR_SLOTS if group in far else 1)
            complete[group] = parted.amounts | {"axons_out": slots}
            continue
        amounts = dict(parted.amounts)
        received = [each for each in axons if each.link.target is group]
        amounts["axons_in"] = amounts["axons_in"] + _convolution_axons(parted, received, groups)
        amounts["axons_out"], amounts["axon_words"] = _map_entries(parted, sent, to_host)
        del amounts["total_words"]
        complete[group] = amounts | {"total_words": sum(amounts.values())}
    return complete


def _slots(parted: Parted, sent: Iterable[Axons], to_host: int, per_axon: int) -> NDArray[np.int64]:
    split = parted.split
    slots = split.sizes * to_host
    for axons in sent:
        count = np.bincount(split.part[axons.neuron], minlength=split.parts)
        slots = slots + per_axon * count
    return slots


def _map_entries(
    parted: Parted, sent: Sequence[Axons], to_host: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Entries of the axon map, and routing entries of further destinations."""
    group, split = parted.tally.group, parted.split
    # By neuron, or by place of all channels: how many parts are reached.
    reached = np.full(group.n, to_host, np.int64)
    channels = group.shape[-1] if len(group.shape) == 3 else 1
    n_places = -(-group.n // channels)
    destinations, pairs = 0, [np.zeros(0, np.int64)]
    spans = [int(axons.part.max(initial=0)) + 1 for axons in sent]
    for span, axons in zip(spans, sent, strict=True):
        if axons.link.synapses.convolution is None:
            reached += np.bincount(axons.neuron, minlength=group.n)
            continue
        place = split.part[axons.neuron] * n_places + axons.neuron // channels
        pairs.append(place * sum(spans) + destinations + axons.part)
        destinations += span
    reached_pairs = np.unique(np.concatenate(pairs))
    place, further_places = np.unique(reached_pairs // max(sum(spans), 1), return_counts=True)
    of_place = place // n_places
    entries = np.bincount(split.part[reached > 0], minlength=split.parts)
    entries += np.bincount(of_place, minlength=split.parts)
    further = np.bincount(split.part, np.maximum(reached - 1, 0), split.parts)
    further += np.bincount(of_place, further_places - 1, split.parts)
    return entries, further.astype(np.int64)


def _convolution_axons(
    parted: Parted, received: Iterable[Axons], groups: Groups
) -> NDArray[np.int64]:
    parts = parted.split.parts
    taken = np.zeros(parts, np.int64)
    for axons in received:
        if axons.link.synapses.convolution is None:
            continue
        source = axons.link.source
        origin = np.zeros_like(axons.part)
        if not isinstance(source, HostInput):
            origin = groups[source].split.part[axons.neuron]
        span = int(origin.max(initial=0)) + 1
        senders = np.bincount(np.unique(axons.part * span + origin) // span, minlength=parts)
        taken += np.minimum(senders, MOST_CONVOLUTION_AXONS)
    return taken


def axons_between(
    groups: Groups, cores: Mapping[NeuronGroup, NDArray[np.int64]], n_cores: int
) -> NDArray[np.int64]:
    """Axons from each core to each other one, (n_cores, n_cores).

    Parameters
    ----------
    groups : mapping of NeuronGroup to split groups
    cores : mapping of NeuronGroup to ndarray of int
        Core of each part.
    n_cores : int
    """
    between = np.zeros(n_cores * n_cores, np.int64)
    for axons in axons_of(groups):
        source = axons.link.source
        if not isinstance(source, HostInput):
            sender = cores[source][groups[source].split.part[axons.neuron]]
            receiver = cores[axons.link.target][axons.part]
            between += np.bincount(sender * n_cores + receiver, minlength=between.size)
    return between.reshape(n_cores, n_cores)


def slots_across_chips(
    groups: Groups, chips: Mapping[NeuronGroup, NDArray[np.int64]]
) -> dict[NeuronGroup, NDArray[np.int64]]:
    """Output slots of Loihi 1 that each part needs besides one for each axon.

    `chips` has the chip of each part.
    """
    more = {group: np.zeros(parted.split.parts, np.int64) for group, parted in groups.items()}
    for axons in axons_of(groups):
        source = axons.link.source
        if not isinstance(source, HostInput):
            part = groups[source].split.part[axons.neuron]
            across = chips[source][part] != chips[axons.link.target][axons.part]
            slots = np.bincount(part[across], minlength=more[source].size)
            more[source] += (FAR_SLOTS - 1) * slots
    return more
