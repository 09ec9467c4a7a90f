"""Splitting the groups of a network until every part fits a core."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.errors import NcCompileError, NcResourceError
from lavajit.neurocore.memory.synapse_memory import LOIHI2_INDEX_BITS, WORD_BITS
from lavajit.neurocore.plan.fans import Rows, fans_of
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.shortages import check_inputs, part_too_large
from lavajit.neurocore.plan.splits import (
    Split,
    blocks,
    by_channels_and_rows,
    consecutive,
    strip_counts,
)
from lavajit.neurocore.plan.traffic import all_amounts
from lavajit.neurocore.plan.usage import Amounts, Tally, kernel_words

_log = logging.getLogger(__name__)


class Cut(NamedTuple):
    """A way to split a group."""

    parts: int
    make: Callable[[], Split]


@dataclass(eq=False)
class PartedGroup:
    """A group that is split.

    Attributes
    ----------
    tally : Tally
    split : Split
    amounts : mapping of str to ndarray
        What each part takes, without what leaves it.
    rows : list of Rows
        By fan of the tally.
    cuts : list of Cut
        Ways to split the group, from few parts to many.
    at : int or None
        Which of them this is; None: the user has split the group.
    decided : set of str
        Limits because of which it has not fewer parts.
    """

    tally: Tally
    split: Split
    amounts: Amounts
    rows: list[Rows]
    cuts: list[Cut]
    at: int | None
    decided: set[str] = field(default_factory=set)


#: Cuts that are tried one after the other, from above.
_FEW = 8


class Partition(NamedTuple):
    """All groups of a network in parts that fit."""

    groups: dict[NeuronGroup, PartedGroup]
    #: By group: what each part takes, with what leaves it.
    amounts: dict[NeuronGroup, Amounts]
    iterations: int


def partition(
    net: NcNet,
    chip: Chip,
    block_shapes: Mapping[str, Sequence[int]] | None = None,
    far: Collection[NeuronGroup] = (),
) -> Partition:
    """Split every group into the fewest parts that fit.

    Parts of a group are consecutive neurons. On Loihi 2 the target of a convolution is split by its
    output channels, in powers of two, until the kernel fits, and then by rows of its places. How
    others are split decides how many axons leave a part; so groups are split further until all fit.

    Parameters
    ----------
    net : NcNet
    chip : Chip
    block_shapes : mapping of str to sequence of int, optional
        By name of a group: shape of its parts.
    far : collection of NeuronGroup, optional
        Groups whose parts must have room for axons to other chips.

    Returns
    -------
    Partition

    Raises
    ------
    NcResourceError
        A group does not fit however it is split, or not as the user has split it.
    NcCompileError
        `block_shapes` names an unknown group or does not tile its shape.
    """
    shapes = dict(block_shapes or {})
    unknown = sorted(shapes.keys() - {group.name for group in net.groups})
    if unknown:
        known = ", ".join(repr(group.name) for group in net.groups)
        raise NcCompileError(f"block_shapes: no group is called {unknown[0]!r}; there are {known}")
    groups = {group: _first(net, group, chip, shapes.get(group.name)) for group in net.groups}
    iterations = 1
    while True:
        amounts = all_amounts(net, groups, far)
        over = {g: parted.tally.exceeded(amounts[g]) for g, parted in groups.items()}
        if not any(over.values()):
            _log.info("Partitioning converged after iteration=%d", iterations)
            return Partition(groups, amounts, iterations)
        for group in (g for g in groups if over[g]):
            groups[group] = _smaller(groups[group], amounts[group], over[group])
        iterations += 1


def _first(net: NcNet, group: NeuronGroup, chip: Chip, block: Any) -> PartedGroup:
    tally = Tally(group, fans_of(net, group), chip)
    check_inputs(tally)
    cuts, bounds = _cuts(tally)
    if block is None:
        return _search(tally, cuts, 0, bounds)
    split = blocks(group, block)
    amounts, rows = tally.amounts(split)
    if tally.exceeded(amounts):
        raise part_too_large(tally, amounts, _fewest(tally, cuts))
    return PartedGroup(tally, split, amounts, rows, cuts, None)


def _smaller(parted: PartedGroup, amounts: Amounts, over: list[str]) -> PartedGroup:
    """The group in more parts, since these have too many axons."""
    tally = parted.tally
    if parted.at is None:
        raise part_too_large(tally, amounts, fix="Use smaller blocks.")
    if parted.at + 1 >= len(parted.cuts):
        raise part_too_large(tally, amounts)
    leaving = [name for name in over if name in ("axons_out", "axon_words")]
    needed = _needed(amounts, leaving, tally.limits)
    return _search(tally, parted.cuts, _next(parted.cuts, parted.at, needed), set(over), True)


def _fewest(tally: Tally, cuts: list[Cut]) -> int | None:
    try:
        return _search(tally, cuts, 0, set()).split.parts
    except NcResourceError:
        return None


def _search(
    tally: Tally, cuts: list[Cut], at: int, decided: set[str], only_up: bool = False
) -> PartedGroup:
    """A cut from `at` on whose parts fit, while those of the cut before do not.

    What a group takes in all says about how many parts it needs; the rest is halved, so that few
    cuts are counted.
    """
    failed, stride = at - 1, 1
    additive = ["neurons"] + ([] if tally.convolution else ["synapse_words"])
    while over := tally.exceeded((parted := _cut(tally, cuts, at)).amounts):
        failed, decided = at, set(over)
        if at + 1 >= len(cuts):
            raise part_too_large(tally, parted.amounts)
        following = _next(cuts, at, _needed(parted.amounts, additive, tally.limits))
        at = following if only_up else min(max(following, at + stride), len(cuts) - 1)
        stride *= 2
    while parted.at - 1 > failed and not only_up:
        step = max((parted.at - failed) // 2, 1) if parted.at - failed > _FEW else 1
        fewer = _cut(tally, cuts, parted.at - step)
        if over := tally.exceeded(fewer.amounts):
            failed, decided = fewer.at, set(over)
        else:
            parted = fewer
    parted.decided = decided
    return parted


def _cut(tally: Tally, cuts: list[Cut], at: int) -> PartedGroup:
    split = cuts[at].make()
    amounts, rows = tally.amounts(split)
    return PartedGroup(tally, split, amounts, rows, cuts, at)


def _needed(amounts: Amounts, fields: Sequence[str], limits: Mapping[str, int]) -> int:
    return max((-(-int(amounts[name].sum()) // limits[name]) for name in fields), default=1)


def _next(cuts: list[Cut], at: int, parts: int) -> int:
    """The next cut, or the first behind it with that many parts."""
    following = at + 1
    while following + 1 < len(cuts) and cuts[following].parts < parts:
        following += 1
    return following


def _cuts(tally: Tally) -> tuple[list[Cut], set[str]]:
    """Ways to split a group that are not hopeless, and the limits that rule fewer parts out."""
    if tally.convolution is not None and not tally.has_profiles:
        return _cuts_of_convolution(tally)
    n = tally.group.n
    bounds = {
        "neurons": -(-n * tally.group.per_neuron // tally.limits["neurons"]),
        "synapse_words": -(-_least_words(tally) // tally.limits["synapse_words"]),
    }
    parts = min(max(1, *bounds.values()), n)
    cuts = []
    while True:
        cuts.append(Cut(parts, partial(consecutive, n, parts)))
        size = -(-n // parts)
        if size == 1:
            return cuts, {name for name, count in bounds.items() if 1 < count == cuts[0].parts}
        parts = -(-n // (size - 1))


def _least_words(tally: Tally) -> int:
    """Words that synapses alone fill, in whatever way rows are stored."""
    filled = 0
    for fan in tally.fans:
        if fan.synapses.convolution is None:
            bits = fan.synapses.bits
            per = bits.total if tally.has_profiles else bits.weight + bits.delay + LOIHI2_INDEX_BITS
            filled += per * fan.inputs.size
    return -(-filled // WORD_BITS)


def _cuts_of_convolution(tally: Tally) -> tuple[list[Cut], set[str]]:
    x, y, channels = shape = tally.convolution.output_shape
    fans = [fan for fan in tally.fans if fan.synapses.convolution is not None]
    limit = min(tally.limits["synapse_words"], tally.limits["total_words"])
    cuts: list[Cut] = []
    bounds: set[str] = set()
    ranges = 1
    while True:
        here = -(-channels // ranges)
        fits = sum(kernel_words(fan, here) for fan in fans) <= limit
        least = max(1, -(-x * y * here // tally.limits["neurons"]))
        if not fits and not cuts:
            bounds.add("synapse_words")
        # The last ones stay, to say what is exceeded.
        if fits or here == 1:
            if least > 1 and not cuts:
                bounds.add("neurons")
            for strips in strip_counts(shape, min(least, x * y)):
                make = partial(by_channels_and_rows, shape, ranges, strips)
                cuts.append(Cut(ranges * strips, make))
        if here == 1:
            return cuts, bounds
        ranges *= 2


def loose_decisions(groups: Mapping[NeuronGroup, PartedGroup], chip: Chip) -> list[str]:
    """Groups that are split because of limits nobody has stated."""
    figures: dict[str, Any] = dict(chip.core.items())
    return [
        f"group {group.name!r} is in {parted.split.parts} parts because of {name} = {figures[name]}"
        f", which is {figures[name].quality} ({figures[name].source})"
        for group, parted in groups.items()
        for name in sorted(parted.decided)
        if figures[name].quality in ("assumed", "unverified")
    ]


def part_amounts(amounts: Amounts, part: int) -> dict[str, int]:
    """What one part takes."""
    return {name: int(np.asarray(used)[part]) for name, used in amounts.items()}
