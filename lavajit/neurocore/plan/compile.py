"""A network put on the cores of a chip.

::

    legalise.py     values against the registers of the chip
    partition.py    groups into parts that fit a core: splits.py are the ways to cut them,
                    fans.py, usage.py what arrives at a part and what it takes,
                    synapse_rows.py, row_sharing.py its words of synaptic memory,
                    traffic.py what leaves it, shortages.py what is said if it does not fit
    packing.py      parts on cores
    placement.py    cores on chips
    board.py        the result, board_table.py as text
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips import chip as chip_of_name
from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.errors import NcCompileError, NcResourceError
from lavajit.neurocore.plan.board import Core, NcBoard, Part
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.legalise import legalise
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.packing import Cores, pack
from lavajit.neurocore.plan.partition import Partition, loose_decisions, part_amounts, partition
from lavajit.neurocore.plan.placement import ALLOCATORS, place
from lavajit.neurocore.plan.shortages import part_too_large, too_few_cores
from lavajit.neurocore.plan.traffic import all_amounts, axons_between, slots_across_chips
from lavajit.neurocore.plan.usage import Amounts


def compile_net(
    net: NcNet,
    chip: str | Chip,
    *,
    n_chips: int | None = None,
    board: str | None = None,
    allocator: str = "greedy_interchip",
    packing: str | Sequence[Sequence[str]] = "one_per_core",
    block_shapes: Mapping[str, Sequence[int]] | None = None,
    strict: bool = False,
) -> NcBoard:
    """Put a network on the cores of a chip.

    The same network always gives the same board. The network is not changed.

    Parameters
    ----------
    net : NcNet
    chip : str or Chip
        "loihi1" or "loihi2", or a table.
    n_chips : int, optional
        Chips that may be used; default: those of `board`, or as many as are needed.
    board : str, optional
        A system of the chip's table, such as "Nahuku"; it limits the number of chips.
    allocator : str
        See :func:`~lavajit.neurocore.plan.placement.place`.
    packing : str or sequence of sequence of str
        See :func:`~lavajit.neurocore.plan.packing.pack`.
    block_shapes : mapping of str to sequence of int, optional
        By name of a group: shape of the blocks that it is cut into.
    strict : bool
        True: a limit that is assumed or unverified is an error where it decides how a group is
        split, or whether it fits; else `NcBoard.notes` tells.

    Returns
    -------
    NcBoard

    Raises
    ------
    NcValueError
        A value does not fit a register.
    NcFeatureError
        The chip cannot do what a group or its synapses need.
    NcResourceError
        A core or the board has less of something than is needed.
    NcCompileError
        `block_shapes`, `packing` or `n_chips` do not fit the network or the board.
    ValueError
        No chip, board, allocator or packing has that name.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit.neurocore.plan.compile import compile_net
    >>> from lavajit.neurocore.plan.groups import NeuronGroup
    >>> from lavajit.neurocore.plan.net import NcNet
    >>> from lavajit.neurocore.cores.registers import Compartments
    >>> net = NcNet()
    >>> net.groups.append(NeuronGroup("lif", "LIF", (2100,), Compartments(2100, vth=640)))
    >>> board = compile_net(net, "loihi1")
    >>> [part.neurons.size for part in board.parts], board.chips
    ([700, 700, 700], 1)
    """
    table = chip if isinstance(chip, Chip) else chip_of_name(chip)
    most = _most_chips(table, board, n_chips)
    if allocator not in ALLOCATORS:
        raise ValueError(f"allocator: {allocator!r} is none of {', '.join(ALLOCATORS)}")
    notes = legalise(net, table)
    far: set[NeuronGroup] = set()
    while True:
        parted = partition(net, table, block_shapes, far)
        loose = notes + loose_decisions(parted.groups, table)
        if strict and loose:
            raise NcResourceError(f"{loose[0]}; strict=True allows no such limit to decide")
        cores, n_cores = pack(parted, table, packing)
        chips = _chips(table, parted, n_cores, n_chips or most, most)
        between = axons_between(parted.groups, cores, n_cores)
        placed = place(between, table.chip.usable_cores.value, chips, allocator)
        amounts = _placed_amounts(net, parted, cores, placed[:, 0])
        crowded = _crowded(table, parted, amounts, cores, n_cores)
        if not crowded:
            break
        # Once more, with room for axons to other chips.
        far.update(crowded)
    made_cores, made_parts = _made(net, table, parted, amounts, cores, placed)
    notes = (*net.notes, *loose)
    return NcBoard(table, net, made_cores, made_parts, parted.iterations, notes)


def _most_chips(chip: Chip, board: str | None, n_chips: int | None) -> int | None:
    """Chips of the board, None without one."""
    most = None
    if board is not None:
        systems = {name.lower(): figure.value for name, figure in chip.systems.items()}
        if board.lower() not in systems:
            raise ValueError(f"board: {board!r} is none of {', '.join(chip.systems)}")
        most = systems[board.lower()]
    if n_chips is not None and not 1 <= n_chips <= (most or n_chips):
        have = f"{board} has {most}" if most else "expected 1 or more"
        raise NcCompileError(f"n_chips: {n_chips} chips cannot be used, {have}")
    return most


def _chips(
    chip: Chip, parted: Partition, n_cores: int, allowed: int | None, most: int | None
) -> int:
    needed = max(-(-n_cores // chip.chip.usable_cores.value), 1)
    if allowed is not None and needed > allowed:
        parts = {group: each.split.parts for group, each in parted.groups.items()}
        raise too_few_cores(parts, n_cores, chip, allowed, most)
    return allowed or needed


def _placed_amounts(
    net: NcNet, parted: Partition, cores: Cores, chip_of_core: NDArray
) -> dict[NeuronGroup, Amounts]:
    """Amounts after placement: on Loihi 1 axons to other chips take a slot more."""
    amounts = all_amounts(net, parted.groups)
    if np.all(chip_of_core == chip_of_core[:1]):
        return amounts
    chips = {group: chip_of_core[cores[group]] for group in parted.groups}
    for group, more in slots_across_chips(parted.groups, chips).items():
        if parted.groups[group].tally.has_profiles:
            amounts[group]["axons_out"] = amounts[group]["axons_out"] + more
    return amounts


def _crowded(
    chip: Chip,
    parted: Partition,
    amounts: Mapping[NeuronGroup, Amounts],
    cores: Cores,
    n_cores: int,
) -> list[NeuronGroup]:
    """Groups on cores whose axons to other chips take more slots than there are.

    Raises
    ------
    NcResourceError
        The user has split such a group.
    """
    used = np.zeros(n_cores, np.int64)
    for group, each in amounts.items():
        np.add.at(used, cores[group], each["axons_out"])
    full = used > chip.core.axons_out.value
    crowded = [group for group in parted.groups if full[cores[group]].any()]
    for group in crowded:
        each = parted.groups[group]
        if each.at is None and each.tally.exceeded(amounts[group]):
            fix = "Axons to other chips take two slots: use smaller block_shapes or fewer chips."
            raise part_too_large(each.tally, amounts[group], fix=fix)
    return crowded


def _made(
    net: NcNet,
    chip: Chip,
    parted: Partition,
    amounts: Mapping[NeuronGroup, Amounts],
    cores: Cores,
    placed: NDArray,
) -> tuple[list[Core], list[Part]]:
    # Cores are listed by chip and number.
    order = np.lexsort((placed[:, 1], placed[:, 0]))
    index = np.argsort(order)
    # The Total of Loihi 2 is the sum of the others.
    columns = {column: name for column, name in chip.columns.items() if name != "total_words"}
    used: list[dict[str, int]] = [dict.fromkeys(columns, 0) for _ in order]
    parts = []
    for group in net.groups:
        split = parted.groups[group].split
        by_part = np.split(np.argsort(split.part, kind="stable"), np.cumsum(split.sizes)[:-1])
        for number, neurons in enumerate(by_part):
            taken = part_amounts(amounts[group], number)
            usage = {column: taken.get(name, 0) for column, name in columns.items()}
            core = int(index[cores[group][number]])
            parts.append(Part(group, neurons, core, usage))
            for column, count in usage.items():
                used[core][column] += count
    made = [Core(*map(int, placed[i]), usage) for i, usage in zip(order, used, strict=True)]
    return made, parts
