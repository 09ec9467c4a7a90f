"""Synaptic memory: bits and 64-bit words that rows of synapses take on Loihi 1 and Loihi 2.

A row holds the synapses of one input axon, or of one atom of a population axon. On Loihi 1 it is
cut into entries of at most 60 synapses, each with a prefix::

    prefix      = 4 (format) + 6 (count) + index_bits unless sparse
    per synapse = weight_bits + delay_bits + tag_bits + { index_bits  sparse
                                                        { skip_bits   run length
                                                        { 0           dense
    words       = ceil(bits / 64), one more if bits mod 64 is 0 or at least 59

NengoLoihi counts more quickly, in bits, with entries of 64; `quick_bits` is its count, used to
split groups. What is known of Loihi 2 is a fit to published utilisation tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.errors import NcValueError

WORD_BITS = 64

QUICK_ENTRY = 64
QUICK_PREFIX_BITS = 10

ENTRY = 60
FORMAT_BITS = 4
COUNT_BITS = 6
INDEX_BITS_MIN, INDEX_BITS_MAX = 6, 10
SKIP_BITS_MIN, SKIP_BITS_MAX = 2, 5
#: A last word that is filled up to here takes another one.
WORD_TAIL = 59

#: Loihi 2: bits of a target's index, and of the header of an entry of 60.
LOIHI2_INDEX_BITS = 12
LOIHI2_HEADER_BITS = 8


class Compression(Enum):
    """How the targets of a row are written; the value is the format's number on Loihi 1.

    Dense formats exist twice: DENSE1 starts a new entry at each gap, DENSE2 fills gaps with
    weights of zero.
    """

    SPARSE = "sparse"
    RUNLENGTH = "runlength"
    DENSE1 = "dense1"
    DENSE2 = "dense2"

    @property
    def encoding(self) -> int:
        """Number of the format: sparse 0, run length 1, dense 3."""
        return {"sparse": 0, "runlength": 1}.get(self.value, 3)


@dataclass(frozen=True)
class SynapseBits:
    """Bits of each synapse besides what locates its target."""

    weight: int = 8
    delay: int = 0
    tag: int = 0

    @property
    def total(self) -> int:
        return self.weight + self.delay + self.tag


#: The common case: weights of 8 bits, neither delays nor tags.
EIGHT_BITS = SynapseBits()


def quick_bits(n: int, bits: SynapseBits = EIGHT_BITS, index_bits: int = 0) -> int:
    """Bits of a row as NengoLoihi counts them: whole words per entry of 64 synapses.

    Parameters
    ----------
    n : int
        Synapses of the row.
    bits : SynapseBits
    index_bits : int
        Bits of each index in a sparse row, 0 for a dense one.

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_memory import quick_bits
    >>> quick_bits(65), quick_bits(10, index_bits=10)
    (640, 192)
    """
    per = bits.total + index_bits
    full, rest = divmod(n, QUICK_ENTRY)
    total = full * _round_up(QUICK_ENTRY * per + QUICK_PREFIX_BITS)
    return total + (_round_up(rest * per + QUICK_PREFIX_BITS) if rest else 0)


def _round_up(bits: int) -> int:
    return -(-bits // WORD_BITS) * WORD_BITS


def row_bits(
    targets: ArrayLike,
    compression: Compression,
    bits: SynapseBits = EIGHT_BITS,
    index_bits: int | None = None,
    skip_bits: int | None = None,
) -> int:
    """Exact bits of a row on Loihi 1.

    Parameters
    ----------
    targets : array_like of int
        Target indices of the row, (n,), strictly ascending.
    compression : Compression
    bits : SynapseBits
    index_bits, skip_bits : int or None
        Widths; by default the least that fits each entry (indices 6..10, skips 2..5 bits). An
        entry of a run-length or dense row has one index, that of its first target. A skip is the
        number of indices left out before a target.

    Returns
    -------
    int

    Raises
    ------
    NcValueError
        Targets are negative or not ascending, or do not fit the widths.

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_memory import Compression, row_bits
    >>> row_bits(range(60), Compression.DENSE1)
    496
    """
    targets = _ascending(targets)
    total = 0
    for entry in _entries(targets, compression):
        sparse = compression is Compression.SPARSE
        largest = int(entry[-1] if sparse else entry[0])
        index = _width(largest, index_bits, INDEX_BITS_MIN, INDEX_BITS_MAX, "index")
        located, count = 0, len(entry)
        if sparse:
            located = index
        elif compression is Compression.RUNLENGTH:
            skip = int(np.max(np.diff(entry), initial=1)) - 1
            located = _width(skip, skip_bits, SKIP_BITS_MIN, SKIP_BITS_MAX, "skip")
        elif compression is Compression.DENSE2:
            count = int(entry[-1] - entry[0]) + 1
        prefix = FORMAT_BITS + COUNT_BITS + (0 if sparse else index)
        total += prefix + count * (bits.total + located)
    return total


def _ascending(targets: ArrayLike) -> NDArray[np.int64]:
    targets = np.atleast_1d(np.asarray(targets, np.int64))
    if targets.size and (targets[0] < 0 or np.any(np.diff(targets) <= 0)):
        raise NcValueError("targets of a row must be indices from 0 in strictly ascending order")
    return targets


def _entries(targets: NDArray[np.int64], compression: Compression) -> list[NDArray[np.int64]]:
    """Targets of each entry: runs between gaps the format cannot bridge, cut at 60 synapses."""
    if not targets.size:
        return []
    if compression is Compression.DENSE2:
        # Zeros that fill a gap count as synapses, so an entry spans at most 60 indices.
        entries, start = [], 0
        while start < targets.size:
            stop = int(np.searchsorted(targets, targets[start] + ENTRY))
            entries.append(targets[start:stop])
            start = stop
        return entries
    longest_skip = {
        Compression.SPARSE: int(targets[-1]),
        Compression.RUNLENGTH: (1 << SKIP_BITS_MAX) - 1,
        Compression.DENSE1: 0,
    }[compression]
    gaps = np.flatnonzero(np.diff(targets) - 1 > longest_skip) + 1
    runs = np.split(targets, gaps)
    return [run[i : i + ENTRY] for run in runs for i in range(0, len(run), ENTRY)]


def _width(value: int, given: int | None, low: int, high: int, what: str) -> int:
    width = max(value.bit_length(), low) if given is None else given
    if not low <= width <= high or value >> width:
        raise NcValueError(
            f"{what} {value} does not fit {what}_bits={width}; {low}..{high} bits are possible"
        )
    return width


def words(bits: int) -> int:
    """64-bit words of a row of that many bits on Loihi 1; a nearly full last word takes another.

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_memory import words
    >>> words(150), words(64), words(58)
    (3, 2, 1)
    """
    if bits == 0:
        return 0
    tail = bits % WORD_BITS
    return -(-bits // WORD_BITS) + (tail == 0 or tail >= WORD_TAIL)


def row_words(
    targets: ArrayLike,
    compression: Compression,
    bits: SynapseBits = EIGHT_BITS,
    index_bits: int | None = None,
    skip_bits: int | None = None,
) -> int:
    """Words of a row on Loihi 1; see `row_bits`."""
    return words(row_bits(targets, compression, bits, index_bits, skip_bits))


def population_words(
    rows: Sequence[ArrayLike],
    compression: Compression,
    bits: SynapseBits = EIGHT_BITS,
) -> int:
    """Words of a population axon's rows, one per atom: all are as long as the longest."""
    return max((row_words(row, compression, bits) for row in rows), default=0) * len(rows)


def split_signs(targets: ArrayLike, weights: ArrayLike) -> tuple[NDArray, NDArray]:
    """Targets of the positive and of the negative part of a row whose format has one sign.

    Synapses of weight zero belong to neither.
    """
    targets, weights = np.asarray(targets, np.int64), np.asarray(weights)
    return targets[weights > 0], targets[weights < 0]


def best_compression(
    rows: Sequence[ArrayLike],
    bits: SynapseBits = EIGHT_BITS,
) -> tuple[Compression, int]:
    """Compression that takes the fewest words for a whole group, and these words.

    Of equals the first of sparse, runlength, dense1, dense2 is taken.

    Raises
    ------
    NcValueError
        A row's targets are not ascending indices in 0..1023.

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_memory import best_compression
    >>> best_compression([range(100)] * 784)
    (<Compression.DENSE1: 'dense1'>, 10976)
    """
    counts = {kind: sum(row_words(row, kind, bits) for row in rows) for kind in Compression}
    # Equal counts keep the order of Compression: min() returns the first.
    best = min(counts, key=counts.__getitem__)
    return best, counts[best]


def loihi2_row_words(n: int, weight_bits: int = 8, delay_bits: int = 0) -> int:
    """Words of a sparse or dense row of n non-zero weights on Loihi 2 (fitted).

    ``ceil((n (weight_bits + 12 + delay_bits) + 8 ceil(n / 60)) / 64)``

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_memory import loihi2_row_words
    >>> [loihi2_row_words(n) for n in (10, 64, 50, 256)]
    [4, 21, 16, 81]
    """
    return _loihi2_words(n, weight_bits + LOIHI2_INDEX_BITS + delay_bits)


def loihi2_kernel_words(taps: int, channels: int, weight_bits: int = 8) -> int:
    """Words of a convolution on Loihi 2 (fitted).

    `taps` is kernel width * kernel height * input channels, `channels` the output channels on the
    core.
    """
    return taps * _loihi2_words(channels, weight_bits)


def _loihi2_words(n: int, per: int) -> int:
    header = LOIHI2_HEADER_BITS * -(-n // ENTRY)
    return -(-(n * per + header) // WORD_BITS)
