"""Formats of synapses: a core of Loihi 1 has few, so similar ones are merged.

Entries of rows need formats that differ in the widths of index, skip and weight. A format with
wider fields holds everything a narrower one does, at the price of memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.memory.synapse_memory import Compression


@dataclass(frozen=True)
class SynapseFormat:
    """Widths of the fields of a synapse, and how its weight and target are to be read."""

    compression: Compression
    sign_mode: SignMode
    index_bits: int = 6
    skip_bits: int = 0
    weight_bits: int = 8
    #: What is added to each weight, and the exponent it is multiplied by 2^ with.
    offset: int = 0
    multiplier: int = 0

    @property
    def meaning(self) -> tuple:
        """What formats must have in common to be merged."""
        return self.offset, self.multiplier, self.compression.encoding, self.sign_mode

    @property
    def widths(self) -> tuple[int, int, int]:
        return self.index_bits, self.skip_bits, self.weight_bits


class MergedFormats(NamedTuple):
    """Formats of a core, and which of them each given format became."""

    formats: list[SynapseFormat]
    index: list[int]


def merge_formats(
    formats: Sequence[SynapseFormat], limit: int = LOIHI1.core.synapse_formats.value
) -> MergedFormats:
    """At most `limit` formats that hold all given ones.

    Equal formats are one. Then, until they fit, the two closest formats with the same meaning
    become one with the larger of each width. The distance of widths a and b is
    ``|a - b|^2 / |a + b|^2``; of equally close pairs the first is merged.

    Parameters
    ----------
    formats : sequence of SynapseFormat
    limit : int
        Formats a core has.

    Returns
    -------
    MergedFormats

    Raises
    ------
    NcResourceError
        More than `limit` formats have meanings of their own.

    Examples
    --------
    >>> from lavajit.neurocore.memory.synapse_formats import SynapseFormat, merge_formats
    >>> from lavajit.neurocore.memory.synapse_memory import Compression
    >>> from lavajit.neurocore.arithmetic.weights import SignMode
    >>> sparse = [SynapseFormat(Compression.SPARSE, SignMode.MIXED, n) for n in (6, 7, 10)]
    >>> [each.index_bits for each in merge_formats(sparse, limit=2).formats]
    [7, 10]
    """
    left = list(dict.fromkeys(formats))
    index = [left.index(each) for each in formats]
    while len(left) > limit:
        pairs = [pair for pair in combinations(range(len(left)), 2) if _same_meaning(left, *pair)]
        if not pairs:
            raise NcResourceError(
                f"{len(left)} synapse formats > {limit} per core, no two of them with the same "
                "offset, multiplier, compression and sign; use fewer kinds of synapses on the core"
            )
        first, second = min(pairs, key=lambda pair: _distance(left[pair[0]], left[pair[1]]))
        left[first] = _wider(left[first], left.pop(second))
        # What came behind the second moves up by one.
        index = [first if i == second else i - (i > second) for i in index]
    return MergedFormats(left, index)


def _same_meaning(formats: Sequence[SynapseFormat], first: int, second: int) -> bool:
    return formats[first].meaning == formats[second].meaning


def _distance(a: SynapseFormat, b: SynapseFormat) -> float:
    pairs = list(zip(a.widths, b.widths, strict=True))
    return sum((x - y) ** 2 for x, y in pairs) / max(sum((x + y) ** 2 for x, y in pairs), 1)


def _wider(a: SynapseFormat, b: SynapseFormat) -> SynapseFormat:
    names = ("index_bits", "skip_bits", "weight_bits")
    return replace(a, **{name: max(getattr(a, name), getattr(b, name)) for name in names})
