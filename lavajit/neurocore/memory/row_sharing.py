"""Rows of convolutions that a core of Loihi 1 stores once for many places.

An input axon says which row it means and at which compartment, its base, that row begins. Rows with
equal weights and equal targets relative to their bases are stored once. Bases have 8 bits, so the
compartments of a core are interleaved: all places of the first channel, then those of the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.memory.synapse_rows import store_rows
from lavajit.neurocore.plan.fans import Fan, Rows
from lavajit.neurocore.plan.groups import Convolution
from lavajit.neurocore.plan.splits import Split

#: Bases are 0..255.
BASES = 256
#: Odd multipliers that spread rows over 64 bits, so that equal sums mean equal rows.
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def interleaved(convolution: Convolution, split: Split) -> NDArray[np.int64]:
    """Compartment of each neuron on its core: channel by channel, places in order."""
    channels = convolution.output_shape[-1]
    channel = np.arange(split.part.size) % channels
    order = np.lexsort((channel, split.part))
    local = np.empty(split.part.size, np.int64)
    begins = np.cumsum(split.sizes) - split.sizes
    local[order] = np.arange(split.part.size) - np.repeat(begins, split.sizes)
    return local


def shared_words(
    fan: Fan, rows: Rows, parts: int, formats: int, base_groups: int
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Words of each part, its longest row, its formats, and groups of shared rows.

    Rows whose targets are alike form a base group. A core has few of them: those that save the most
    words are shared, other rows are stored for each axon.
    """
    if not rows.row.size:
        zeros = np.zeros(parts, np.int64)
        return zeros, zeros, zeros, zeros
    first = np.flatnonzero(np.diff(rows.row, prepend=-1))
    base = rows.target[first] % BASES
    relative = rows.target - base[rows.row]
    stored = store_rows(rows.row, relative, rows.part, parts, fan.synapses.bits, formats)
    shape = _digest(rows.part, rows.row, first, relative)
    contents = [_sorted(fan.of(fan.synapses.weights), rows)]
    if fan.synapses.delays is not None:
        contents.append(_sorted(fan.of(fan.synapses.delays), rows))
    whole = _digest(rows.part, rows.row, first, relative, *contents)
    saved = _saved(whole, stored.words)
    if fan.synapses.learning is not None:
        saved[:] = 0  # Weights that learn go their own ways.
    saving, bases = _best(rows.part, shape, saved, parts, base_groups)
    words = np.bincount(rows.part, stored.words, parts).astype(np.int64) - saving
    longest = np.zeros(parts, np.int64)
    np.maximum.at(longest, rows.part, stored.words)
    return words, longest, stored.formats, bases


def _sorted(values: NDArray, rows: Rows) -> NDArray:
    return values if rows.order is None else values[rows.order]


def _digest(part: NDArray, row: NDArray, first: NDArray, *contents: NDArray) -> NDArray:
    """Number of each different row, by part and contents."""
    mixed = np.zeros(row.size, np.uint64)
    for factor, values in zip(_MIX, contents, strict=False):
        mixed = (mixed ^ (values.astype(np.int64).view(np.uint64) + np.uint64(1))) * factor
        mixed ^= mixed >> np.uint64(29)
    # Targets of a row differ, so that a sum tells rows apart whatever their length.
    sums = np.add.reduceat(mixed * _MIX[2], first)
    sums = (sums ^ (part.astype(np.uint64) + np.uint64(1))) * _MIX[0]
    return np.unique(sums, return_inverse=True)[1]


def _saved(kind: NDArray, words: NDArray) -> NDArray[np.int64]:
    """Words of each row that equals an earlier one; 0 for the others."""
    saved = words.copy()
    saved[np.unique(kind, return_index=True)[1]] = 0
    return saved


def _best(
    part: NDArray, shape: NDArray, saved: NDArray, parts: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words that the base groups of each part save, and how many of them there are."""
    _, first, kind = np.unique(shape, return_index=True, return_inverse=True)
    gain = np.bincount(kind, saved).astype(np.int64)
    home = part[first]
    # Of equal gains the shape that comes first in the network.
    order = np.lexsort((first, -gain, home))
    home, gain = home[order], gain[order]
    begins = np.searchsorted(home, np.arange(parts))
    rank = np.arange(home.size) - begins[home]
    kept = (rank < limit) & (gain > 0)
    saving = np.bincount(home[kept], gain[kept], parts).astype(np.int64)
    return saving, np.bincount(home[kept], minlength=parts)
