"""Words of the rows of many synapses at once.

The counts are those of `row_words` and `loihi2_row_words` in
:mod:`lavajit.neurocore.memory.synapse_memory`, for all rows of a group with NumPy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.memory.synapse_formats import SynapseFormat, merge_formats
from lavajit.neurocore.memory.synapse_memory import (
    COUNT_BITS,
    ENTRY,
    FORMAT_BITS,
    INDEX_BITS_MAX,
    INDEX_BITS_MIN,
    LOIHI2_HEADER_BITS,
    LOIHI2_INDEX_BITS,
    SKIP_BITS_MAX,
    SKIP_BITS_MIN,
    WORD_BITS,
    WORD_TAIL,
    Compression,
    SynapseBits,
)

#: Bits of 0, 1, ...: looking them up is several times faster than counting them.
_BIT_LENGTHS = np.array([n.bit_length() for n in range(1 << INDEX_BITS_MAX)], np.int64)


class Entries(NamedTuple):
    """Entries that rows are cut into, arrays with one element for each.

    `count` is the number of weights that are stored, zeros that fill gaps included.
    """

    row: NDArray[np.int64]
    count: NDArray[np.int64]
    index_bits: NDArray[np.int64]
    skip_bits: NDArray[np.int64]


def cut_rows(
    row: NDArray, target: NDArray, compression: Compression, begins: NDArray | None = None
) -> Entries:
    """Entries of rows on Loihi 1.

    Parameters
    ----------
    row : ndarray of int
        Number of the row of each synapse, ascending.
    target : ndarray of int
        Its target, ascending within a row. A target named twice begins a new entry.
    compression : Compression
    begins : ndarray of int, optional
        Where rows begin, if that is known.

    Returns
    -------
    Entries

    Raises
    ------
    NcValueError
        An index has more than 10 bits.
    """
    if not row.size:
        return Entries(*(np.zeros(0, np.int64) for _ in Entries._fields))
    gap = np.diff(target, prepend=target[:1] - 1)
    row_begins = np.flatnonzero(np.diff(row, prepend=row[:1] - 1)) if begins is None else begins
    gap[row_begins] = 1
    if compression is Compression.DENSE2:
        begins = _spans(row, target, row_begins, gap)
    else:
        begins = _runs(gap, row_begins, compression)
    ends = np.append(begins[1:], row.size) - 1
    count = ends - begins + 1
    sparse = compression is Compression.SPARSE
    index = _widths(target[ends if sparse else begins], INDEX_BITS_MIN, INDEX_BITS_MAX, "index")
    skip = np.zeros_like(index)
    if compression is Compression.RUNLENGTH:
        gap[begins] = 1
        skipped = np.maximum.reduceat(gap, begins) - 1
        skip = _widths(skipped, SKIP_BITS_MIN, SKIP_BITS_MAX, "skip")
    elif compression is Compression.DENSE2:
        count = target[ends].astype(np.int64) - target[begins] + 1
    return Entries(row[begins], count, index, skip)


def _runs(gap: NDArray, row_begins: NDArray, compression: Compression) -> NDArray[np.int64]:
    """Where entries begin: at gaps the format cannot bridge, and after 60 synapses."""
    longest = {
        Compression.SPARSE: int(gap.max()),
        Compression.RUNLENGTH: 1 << SKIP_BITS_MAX,
        Compression.DENSE1: 1,
    }[compression]
    broken = (gap > longest) | (gap < 1)
    broken[row_begins] = True
    begins = np.flatnonzero(broken)
    lengths = np.diff(np.append(begins, gap.size))
    if lengths.max() <= ENTRY:
        return begins
    entries = -(-lengths // ENTRY)
    first = np.repeat(np.cumsum(entries) - entries, entries)
    return np.repeat(begins, entries) + ENTRY * (np.arange(first.size) - first)


def _spans(row: NDArray, target: NDArray, row_begins: NDArray, gap: NDArray) -> NDArray[np.int64]:
    """Where entries begin that span at most 60 indices, those between targets included."""
    stride = int(target.max()) + ENTRY + 1
    # Of a target named twice the second stands behind the first row, so that keys ascend.
    extra = np.cumsum(gap < 1) if (gap < 1).any() else 0
    lists = row.astype(np.int64) + extra
    key = lists * stride + target
    begins = np.flatnonzero(np.diff(lists, prepend=lists[:1] - 1))
    last = np.append(begins[1:], row.size)
    found = [begins]
    while begins.size:
        following = np.searchsorted(key, key[begins] + ENTRY)
        inside = following < last
        begins, last = following[inside], last[inside]
        found.append(begins)
    return np.sort(np.concatenate(found))


def _widths(values: NDArray, low: int, high: int, what: str) -> NDArray[np.int64]:
    largest = int(values.max(initial=0))
    if largest >> high:
        raise NcValueError(f"{what} {largest} does not fit {high} bits")
    return np.maximum(_BIT_LENGTHS, low)[values]


def entry_bits(
    entries: Entries,
    compression: Compression,
    bits: SynapseBits,
    index_bits: NDArray | None = None,
    skip_bits: NDArray | None = None,
) -> NDArray[np.int64]:
    """Bits of each entry; other widths than its own may be given."""
    index = entries.index_bits if index_bits is None else index_bits
    skip = entries.skip_bits if skip_bits is None else skip_bits
    sparse = compression is Compression.SPARSE
    located = index if sparse else skip
    prefix = FORMAT_BITS + COUNT_BITS + (0 if sparse else index)
    return prefix + entries.count * (bits.total + located)


def words_of_rows(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """64-bit words of rows of that many bits on Loihi 1.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit.neurocore.memory.synapse_rows import words_of_rows
    >>> words_of_rows(np.array([0, 150, 64, 58])).tolist()
    [0, 3, 2, 1]
    """
    tail = bits % WORD_BITS
    more = ((tail == 0) | (tail >= WORD_TAIL)) & (bits > 0)
    return -(-bits // WORD_BITS) + more


def loihi2_words_of_rows(lengths: NDArray[np.int64], bits: SynapseBits) -> NDArray[np.int64]:
    """64-bit words of rows with that many synapses on Loihi 2."""
    per = bits.weight + bits.delay + LOIHI2_INDEX_BITS
    return -(-(lengths * per + LOIHI2_HEADER_BITS * -(-lengths // ENTRY)) // WORD_BITS)


class StoredRows(NamedTuple):
    """How rows are stored in the cores of Loihi 1."""

    compression: Compression
    #: Words of each row.
    words: NDArray[np.int64]
    #: Formats that each part needs.
    formats: NDArray[np.int64]


def store_rows(
    row: NDArray,
    target: NDArray,
    part_of_row: NDArray,
    parts: int,
    bits: SynapseBits,
    formats: int,
) -> StoredRows:
    """Rows in the compression that takes the fewest words of all cores together.

    Parameters
    ----------
    row, target : ndarray of int
        See `cut_rows`; rows are counted from 0 without gaps.
    part_of_row : ndarray of int
        Part of the group, and so core, of each row.
    parts : int
        Number of parts.
    bits : SynapseBits
    formats : int
        Synapse formats that each core has for them; more are merged.

    Returns
    -------
    StoredRows
        Of equally small compressions the first of sparse, runlength, dense1, dense2.
    """
    best: StoredRows | None = None
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    for kind in Compression:
        entries = cut_rows(row, target, kind, begins)
        part = part_of_row[entries.row]
        index, skip, used = _merged(entries, part, parts, kind, formats)
        taken = np.bincount(
            entries.row, entry_bits(entries, kind, bits, index, skip), part_of_row.size
        )
        stored = StoredRows(kind, words_of_rows(taken.astype(np.int64)), used)
        if best is None or stored.words.sum() < best.words.sum():
            best = stored
    assert best is not None  # There are compressions.
    return best


def _merged(
    entries: Entries, part: NDArray, parts: int, kind: Compression, limit: int
) -> tuple[NDArray, NDArray, NDArray[np.int64]]:
    """Widths of index and skip of each entry, and formats of each part, at most `limit`."""
    span = 1 + INDEX_BITS_MAX
    code = (part * span + entries.index_bits) * span + entries.skip_bits
    present = np.flatnonzero(np.bincount(code, minlength=1))
    used = np.bincount(present // span**2, minlength=parts)
    index, skip = entries.index_bits, entries.skip_bits
    for crowded in np.flatnonzero(used > limit):
        here = present[present // span**2 == crowded]
        widths = np.stack([here // span % span, here % span], axis=1)
        merged = merge_formats(
            [SynapseFormat(kind, SignMode.MIXED, int(i), int(s)) for i, s in widths], limit
        )
        wide = np.array([merged.formats[i].widths[:2] for i in merged.index])
        mine = np.flatnonzero(part == crowded)
        place = np.searchsorted(here, code[mine])
        index, skip = index.copy(), skip.copy()
        index[mine], skip[mine] = wide[place].T
        used[crowded] = len(merged.formats)
    return index, skip, used
