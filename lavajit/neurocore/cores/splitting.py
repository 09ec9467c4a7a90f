"""Populations split over cores, so that each neuron computes what it did before.

Each part is a population of its own: compartments and their registers, the synapses that reach
them, renumbered, and their output axons. Who sends to a population sends to each of its parts that
has a synapse for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.cores.description import (
    CoreNetwork,
    OutputAxons,
    Population,
    SpikeSource,
    atoms_of,
    axons_of,
)
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.split_synapses import part_of_synapses
from lavajit.neurocore.errors import NcCompileError

#: Registers of compartments that hold one number for each, which moves with it.
REGISTERS = (
    "vth", "decay_u", "decay_v", "bias", "refract", "noise", "u", "v", "join", "on_threshold",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Cut:
    """A population and how it is cut: compartments of each part, number of the first part."""

    population: Population
    blocks: list[np.ndarray]
    first: int
    #: For each part: its synapse groups, and the new number of each input axon of each group.
    synapses: list[list[tuple]]


def split(
    network: CoreNetwork, sizes: Sequence[ArrayLike | Sequence[ArrayLike] | None]
) -> tuple[CoreNetwork, np.ndarray]:
    """A network whose populations are split into parts, one per core.

    Results are those of the whole: column k of a trace is column ``columns[k]`` afterwards. This
    holds of recorded noise if it is moved likewise; generated noise is drawn by each core anew.

    Parameters
    ----------
    network : CoreNetwork
    sizes : sequence
        For each population None (it stays whole), sizes of parts with consecutive compartments, or
        the compartments of each part in their new order.

    Returns
    -------
    network : CoreNetwork
        Parts take the place of their population, and keep its synapse groups by number. Input axons
        of a part that reach nothing are left out.
    columns : ndarray of int64, shape (n,)
        New number of each compartment, counted over all populations.

    Raises
    ------
    NcCompileError
        Parts do not make up the population, cut a tree, or the population has plastic synapses.

    Examples
    --------
    >>> cells = Population("cells", Compartments(5, vth=640, bias=[1, 2, 3, 4, 5]))
    >>> parts, columns = split(CoreNetwork([cells]), [[3, 2]])
    >>> [part.n for part in parts.populations]
    [3, 2]
    >>> split(CoreNetwork([cells]), [[[4, 0], [1, 2, 3]]])[1].tolist()
    [1, 2, 3, 4, 0]
    """
    populations = network.populations
    if len(sizes) != len(populations):
        raise NcCompileError(
            f"sizes: {len(sizes)} entries for {len(populations)} populations; give one for each, "
            "None for those that stay whole"
        )
    cuts, first = [], 0
    for population, parts in zip(populations, sizes, strict=True):
        cuts.append(_cut(population, parts, first))
        first += len(cuts[-1].blocks)
    starts = np.cumsum([0, *(p.n for p in populations)])
    order = [s + block for s, cut in zip(starts, cuts, strict=False) for block in cut.blocks]
    columns = np.empty(network.n, np.int64)
    columns[np.concatenate(order)] = np.arange(network.n)
    made = [part for cut in cuts for part in _parts(cut, cuts)]
    sources = [
        replace(source, axons=_axons(source, np.arange(source.n), cuts))
        for source in network.sources
    ]
    return CoreNetwork(made, sources), columns


def _cut(population: Population, parts: ArrayLike | Sequence | None, first: int) -> _Cut:
    n, what = population.n, f"population {population.name!r}"
    blocks = [np.arange(n)] if parts is None else _blocks(what, n, parts)
    if len(blocks) == 1 and np.array_equal(blocks[0], np.arange(n)):
        whole = [(group, np.arange(group.n_axons)) for group in population.synapses]
        return _Cut(population, blocks, first, [whole])
    _check_plastic(what, population)
    _check_trees(what, population.compartments, blocks)
    synapses = []
    for block in blocks:
        place = np.full(n, -1)
        place[block] = np.arange(block.size)
        synapses.append([part_of_synapses(group, place) for group in population.synapses])
    return _Cut(population, blocks, first, synapses)


def _blocks(what: str, n: int, parts: ArrayLike | Sequence) -> list[np.ndarray]:
    if all(np.ndim(part) == 0 for part in parts):
        sizes = np.asarray(parts)
        if not np.issubdtype(sizes.dtype, np.integer) or (sizes < 1).any() or sizes.sum() != n:
            raise NcCompileError(f"{what}: sizes {list(parts)} do not make up {n} compartments")
        return np.split(np.arange(n), np.cumsum(sizes)[:-1])
    blocks = [np.asarray(part) for part in parts]
    if not all(block.ndim == 1 and block.size for block in blocks):
        raise NcCompileError(f"{what}: a part is no list of compartments, or an empty one")
    if not np.array_equal(np.sort(np.concatenate(blocks)), np.arange(n)):
        raise NcCompileError(f"{what}: parts do not have each of the {n} compartments once")
    return blocks


def _check_plastic(what: str, population: Population) -> None:
    for at, group in enumerate(population.synapses):
        if group.learning is not None:
            raise NcCompileError(
                f"{what}, synapse group {at}: it learns from errors whose sign goes by half of the "
                "population, and rounds by chance with numbers in the order of all its axons and "
                "synapses; parts would learn something else. Leave it whole, or learn in several "
                "populations from the start"
            )


def _check_trees(what: str, cells: Compartments, blocks: list[np.ndarray]) -> None:
    part, place = np.empty(cells.n, np.int64), np.empty(cells.n, np.int64)
    for number, block in enumerate(blocks):
        part[block], place[block] = number, np.arange(block.size)
    last = {}
    for child in np.flatnonzero(cells.parents >= 0):
        parent = int(cells.parents[child])
        if part[child] != part[parent]:
            raise NcCompileError(
                f"{what}: parts {part[child]} and {part[parent]} cut compartment {child} off from "
                f"its parent {parent}; a tree lies on one core"
            )
        before = last.get(parent, child)
        if not place[before] <= place[child] < place[parent]:
            raise NcCompileError(
                f"{what}: part {part[child]} changes the order of compartment {parent} and its "
                "children; keep compartments of a tree in ascending order"
            )
        last[parent] = child


def _parts(cut: _Cut, cuts: list[_Cut]) -> list[Population]:
    population, many = cut.population, len(cut.blocks) > 1
    return [
        replace(
            population,
            name=f"{population.name} part {number}" if many else population.name,
            compartments=_compartments(population.compartments, block),
            synapses=[group for group, _ in cut.synapses[number]],
            axons=_axons(population, block, cuts),
        )
        for number, block in enumerate(cut.blocks)
    ]


def _compartments(cells: Compartments, block: np.ndarray) -> Compartments:
    place = np.full(cells.n + 1, -1)
    place[block] = np.arange(block.size)  # the last one is for "no parent", -1
    moved = {name: getattr(cells, name)[block] for name in REGISTERS}
    return Compartments(block.size, parents=place[cells.parents[block]], **moved)


def _axons(
    sender: Population | SpikeSource, block: np.ndarray, cuts: list[_Cut]
) -> list[OutputAxons]:
    """Output axons of some neurons of a sender, to each part that has something for them."""
    made = []
    for axons in sender.axons:
        numbers, atoms = axons_of(sender, axons)[block], atoms_of(sender, axons)[block]
        target = cuts[axons.population]
        for number, synapses in enumerate(target.synapses):
            moved = np.append(synapses[axons.group][1], -1)[numbers]  # -1 stays -1
            if (moved >= 0).any():
                made.append(OutputAxons(target.first + number, axons.group, moved, atoms))
    return made
