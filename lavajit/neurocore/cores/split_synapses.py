"""The synapses of a group that reach some of its compartments, renumbered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lavajit.neurocore.chips.spikes import AXON_KINDS
from lavajit.neurocore.cores.population_axons import KINDS
from lavajit.neurocore.cores.synapses import SynapseGroup

#: What bases of input axons are multiples of, by bits of their messages; else 1.
BASE_STEPS = {16: 4}


def part_of_synapses(group: SynapseGroup, place: np.ndarray) -> tuple[SynapseGroup, np.ndarray]:
    """The synapses of a group that reach some compartments.

    Axons that reach none of them are left out. Where axons have bases they get new ones, the
    largest that their targets and the chip admit, and those with the same list afterwards share it.

    Parameters
    ----------
    group : SynapseGroup
        It is not plastic.
    place : ndarray of int, shape (n,)
        New number of each compartment, -1 for those that are not there.

    Returns
    -------
    group : SynapseGroup
    axons : ndarray of int, shape (n_axons,)
        New number of each axon, -1 where it is left out.

    Examples
    --------
    >>> group = SynapseGroup([0, 2, 3], [0, 1, 0], [64, 128, 192])
    >>> part, axons = part_of_synapses(group, np.array([-1, 0]))
    >>> part.weights.tolist(), axons.tolist()
    ([128], [0, -1])
    """
    # A list is what a row is from a base on; axons with the same row and base share it.
    used = np.flatnonzero(group.bases >= 0)
    pairs = np.stack([group.axon_rows[used], group.bases[used]], axis=1)
    pairs, list_of = np.unique(pairs, axis=0, return_inverse=True)
    entry, of, atom = _entries(group, pairs[:, 0])
    target = place[pairs[of, 1] + group.targets[entry]]
    kept = np.flatnonzero(target >= 0)
    kept = kept[np.lexsort((target[kept], atom[kept], of[kept]))]
    found, of = np.unique(of[kept], return_inverse=True)
    reached = np.full(len(pairs), -1)
    reached[found] = np.arange(found.size)
    own = reached[list_of.reshape(-1)]
    axons = np.full(group.n_axons, -1)
    axons[used[own >= 0]] = np.arange(np.count_nonzero(own >= 0))
    synapses = entry[kept], of, atom[kept], target[kept]
    return _made(group, own[own >= 0], found.size, synapses), axons


def _made(group: SynapseGroup, own: np.ndarray, count: int, synapses: tuple) -> SynapseGroup:
    """The group of `count` lists of synapses (entry, list, atom, target); `own` is each axon's."""
    entry, of, atom, target = synapses
    bases, rows = np.zeros(count, np.int64), np.arange(count)
    if group.bases.any():
        bases = _bases(group, count, of, target)
        target = target - bases[of]
        rows, keep = _shared(group, of, atom, target, entry)
        entry, of, atom, target = entry[keep], rows[of[keep]], atom[keep], target[keep]
    n_lists = (int(rows.max(initial=-1)) + 1) * group.n_atoms
    lengths = np.bincount(of * group.n_atoms + atom, minlength=n_lists)
    return replace(
        group,
        pointers=np.concatenate([[0], np.cumsum(lengths)]),
        targets=target,
        weights=group.weights[entry],
        delays=None if group.delays is None else group.delays[entry],
        axon_rows=rows[own],
        bases=bases[own],
    )


def _entries(group: SynapseGroup, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All synapses of some rows: their numbers, which of the rows, and the atom."""
    atoms = group.n_atoms
    lists = (rows[:, None] * atoms + np.arange(atoms)).ravel()
    lengths = np.diff(group.pointers)[lists]
    begins = np.cumsum(lengths) - lengths
    entry = np.arange(lengths.sum()) + np.repeat(group.pointers[lists] - begins, lengths)
    number = np.repeat(np.arange(lists.size), lengths)
    return entry, number // atoms, number % atoms


def _bases(group: SynapseGroup, count: int, of: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The largest base of each list."""
    most = AXON_KINDS[KINDS[group.axon_bits]].base.value[1]
    step = BASE_STEPS.get(group.axon_bits, 1)
    least = np.full(count, most)
    np.minimum.at(least, of, target)
    return least // step * step


def _shared(
    group: SynapseGroup, of: np.ndarray, atom: np.ndarray, target: np.ndarray, entry: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Row of each list, equal for equal ones, and synapses without those that repeat others."""
    delays = np.zeros(entry.size) if group.delays is None else group.delays[entry]
    words = np.stack([atom, target, group.weights[entry], delays]).astype(np.int64)
    ends = np.flatnonzero(np.diff(of)) + 1
    known, rows, keep = {}, [], []
    parts = zip(np.split(words, ends, axis=1), np.split(np.arange(of.size), ends), strict=True)
    for content, numbers in parts:
        if not numbers.size:  # np.split gives one empty part if there is nothing
            continue
        key = content.tobytes()
        if key not in known:
            known[key] = len(known)
            keep.append(numbers)
        rows.append(known[key])
    none = np.zeros(0, np.int64)
    return np.array(rows, np.int64), np.concatenate(keep) if keep else none
