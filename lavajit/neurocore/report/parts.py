"""What a compiled network takes: of each core, for each group of neurons, and in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.costs.mesh import tile, tile_position
from lavajit.neurocore.plan.board import Core, NcBoard, Part
from lavajit.neurocore.plan.groups import Link, NeuronGroup

#: Bytes of a word of synaptic memory.
WORD_BYTES = 8


@dataclass(frozen=True)
class CoreReport:
    """One core.

    Attributes
    ----------
    chip, core, tile : int
    position : (int, int)
        Column and row of the tile.
    groups : tuple of str
        Neurons that are on the core.
    neurons : int
    usage : dict of str to (int, int)
        (used, limit) by column of the chip's table.
    words_left : int
        Words of synaptic memory that are free.
    """

    chip: int
    core: int
    tile: int
    position: tuple[int, int]
    groups: tuple[str, ...]
    neurons: int
    usage: Mapping[str, tuple[int, int]]
    words_left: int

    @property
    def fullest(self) -> tuple[str, float]:
        """Column that is used most, and its percentage."""
        shares = {column: 100 * used / limit for column, (used, limit) in self.usage.items()}
        column = max(shares, key=shares.__getitem__)
        return column, shares[column]


@dataclass(frozen=True)
class GroupReport:
    """The neurons of one Process and the synapses that lead to them.

    Attributes
    ----------
    process, kind : str
        Name and class of the Process.
    n, parts : int
        Neurons, and cores they are split over.
    axons_in, axons_out : int
        Slots, summed over the parts.
    syn_words : int
        Words of 64 bit of synaptic memory.
    syn_bits : int
        Bits of weights, delays and tags alone, without indices and headers.
    compression : str
        How synapses are stored: "convolution" where weights are shared by place, else "list"; ""
        without synapses.
    weight_bits, delay_bits : int
        Largest of all synapses.
    """

    process: str
    kind: str
    n: int
    parts: int
    axons_in: int
    axons_out: int
    syn_words: int
    syn_bits: int
    compression: str
    weight_bits: int
    delay_bits: int


@dataclass(frozen=True)
class Totals:
    """Sums over the network.

    Attributes
    ----------
    cores, chips, neurons : int
    synapses : int
        Logical: every pair of a source and a target.
    synapses_stored : int
        Weights that are kept: those of a convolution once for all places.
    axons_in, axons_out, syn_words : int
    """

    cores: int
    chips: int
    neurons: int
    synapses: int
    synapses_stored: int
    axons_in: int
    axons_out: int
    syn_words: int


def column_of(chip: Chip, limit: str) -> str:
    """Heading of the column that a limit of a core is shown in."""
    return next(column for column, name in chip.columns.items() if name == limit)


def core_reports(board: NcBoard) -> list[CoreReport]:
    """All cores that are used, by chip and number."""
    most, words = board.chip.limits, column_of(board.chip, "synapse_words")
    held: list[list[Part]] = [[] for _ in board.cores]
    for part in board.parts:
        held[part.core].append(part)
    reports = []
    for core, parts in zip(board.cores, held, strict=True):
        used = board.chip.amounts(core.usage)
        reports.append(
            CoreReport(
                core.chip,
                core.number,
                int(tile(board.chip, core.number)),
                _position(board.chip, core),
                tuple(dict.fromkeys(part.group.name for part in parts)),
                sum(part.neurons.size for part in parts),
                {column: (count, most[column]) for column, count in used.items()},
                most[words] - used[words],
            )
        )
    return reports


def _position(chip: Chip, core: Core) -> tuple[int, int]:
    x, y = tile_position(chip, core.number).tolist()
    return x, y


def group_reports(board: NcBoard) -> list[GroupReport]:
    """All groups, in the order of the network."""
    return [_group(board, group) for group in board.net.groups]


def _group(board: NcBoard, group: NeuronGroup) -> GroupReport:
    parts, chip = board.parts_of(group), board.chip
    used = [chip.amounts(part.usage) for part in parts]

    def total(limit: str) -> int:
        column = column_of(chip, limit)
        return sum(each[column] for each in used)

    links = [link for link in board.net.links if link.target is group]
    shared = any(link.synapses.convolution for link in links)
    return GroupReport(
        group.name,
        group.kind,
        group.n,
        len(parts),
        total("axons_in"),
        total("axons_out"),
        total("synapse_words"),
        sum(_stored(link) * link.synapses.bits.total for link in links),
        "" if not links else "convolution" if shared else "list",
        max((link.synapses.bits.weight for link in links), default=0),
        max((link.synapses.bits.delay for link in links), default=0),
    )


def _logical(link: Link) -> int:
    return int(np.count_nonzero(link.outputs[link.synapses.targets] >= 0))


def _stored(link: Link) -> int:
    shape = link.synapses.convolution
    if shape is None:
        return _logical(link)
    return prod(shape.kernel) * shape.output_shape[2]


def totals(board: NcBoard, groups: list[GroupReport]) -> Totals:
    """Sums over the network."""
    return Totals(
        len(board.cores),
        board.chips,
        sum(group.n for group in groups),
        sum(map(_logical, board.net.links)),
        sum(map(_stored, board.net.links)),
        sum(group.axons_in for group in groups),
        sum(group.axons_out for group in groups),
        sum(group.syn_words for group in groups),
    )
