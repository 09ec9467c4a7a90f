"""Parts of groups put together on cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.errors import NcCompileError, NcResourceError
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.partition import Partition
from lavajit.neurocore.plan.placement import PACKINGS
from lavajit.neurocore.plan.shortages import name_of, short_name
from lavajit.neurocore.plan.usage import Amounts, Tally

#: Amounts that parts on a core do not add up; they were checked part by part.
_APART = ("words_per_list",)

Cores = dict[NeuronGroup, NDArray[np.int64]]


class Shared(NamedTuple):
    """What all groups of a core must have in common, None where a group does not mind."""

    registers: tuple | None
    epoch: int | None

    def with_(self, other: Shared) -> Shared | None:
        """What both together need; None: they cannot share a core."""
        pairs = list(zip(self, other, strict=True))
        if any(a is not None and b is not None and a != b for a, b in pairs):
            return None
        return Shared(*(b if a is None else a for a, b in pairs))


def pack(
    partition: Partition, chip: Chip, packing: str | Sequence[Sequence[str]] = "one_per_core"
) -> tuple[Cores, int]:
    """Core of each part, cores counted in the order of their first parts.

    Parameters
    ----------
    partition : Partition
    chip : Chip
    packing : str or sequence of sequence of str
        "one_per_core"; "first_fit" puts each part on the first core that has room in every column
        and the same shared registers. Names of groups that shall share cores, part by part.

    Returns
    -------
    cores : dict of NeuronGroup to ndarray of int64
    n : int
        Number of cores.

    Raises
    ------
    NcResourceError
        Groups that shall share a core do not fit on it.
    NcCompileError
        Their shared registers differ, or a name is unknown.
    ValueError
        There is no such packing.
    """
    if not isinstance(packing, str):
        return _as_told(partition, chip, packing)
    if packing not in PACKINGS:
        raise ValueError(f"packing: {packing!r} is none of {', '.join(PACKINGS)}")
    if packing == "first_fit":
        return _first_fit(partition, chip)
    cores, n = {}, 0
    for group, parted in partition.groups.items():
        cores[group] = np.arange(n, n + parted.split.parts)
        n += parted.split.parts
    return cores, n


def _first_fit(partition: Partition, chip: Chip) -> tuple[Cores, int]:
    fields = [name for name, _ in chip.core.items() if name not in _APART]
    most = sum(parted.split.parts for parted in partition.groups.values())
    used = np.zeros((most, len(fields)), np.int64)
    # A core reaches as few compartments as the longest delays on it allow.
    limits = np.tile([getattr(chip.core, name).value for name in fields], (most, 1))
    shared = [Shared(None, None)] * most
    cores: Cores = {}
    for group, parted in partition.groups.items():
        needs = shared_registers(parted.tally)
        needed = _table(partition.amounts[group], fields, parted.split.parts)
        own = np.array([parted.tally.limits[name] for name in fields])
        cores[group] = np.empty(parted.split.parts, np.int64)
        for part, amounts in enumerate(needed):
            room = np.all(used + amounts <= np.minimum(limits, own), axis=1)
            # An unused core always has room, as parts fit one by one.
            core = next(int(c) for c in np.flatnonzero(room) if shared[c].with_(needs))
            used[core] += amounts
            limits[core] = np.minimum(limits[core], own)
            shared[core] = shared[core].with_(needs) or needs
            cores[group][part] = core
    return cores, int(max((each.max() for each in cores.values()), default=-1)) + 1


def _table(amounts: Amounts, fields: Sequence[str], parts: int) -> NDArray[np.int64]:
    zeros = np.zeros(parts, np.int64)
    return np.stack([amounts.get(name, zeros) for name in fields], axis=1)


def shared_registers(tally: Tally) -> Shared:
    """What the other groups on its cores must have in common with a group."""
    group = tally.group
    registers = None
    if group.compartments is not None and (tally.has_profiles or group.program is None):
        core = group.core
        noise = (core.noise_exponent, core.noise_offset, core.noise_at_membrane)
        decays = (core.current_offset, core.voltage_offset)
        noise = noise if group.compartments.noise.any() else ()
        registers = (core.vmin, core.vmax, *decays, *noise)
    epochs = [fan.synapses.learning.epoch for fan in tally.fans if fan.synapses.learning]
    return Shared(registers, epochs[0] if epochs else None)


def _as_told(partition: Partition, chip: Chip, told: Sequence[Sequence[str]]) -> tuple[Cores, int]:
    bundles = _bundles(partition, told)
    cores: Cores = {}
    n = 0
    for bundle in bundles:
        parts = [partition.groups[group].split.parts for group in bundle]
        for group, count in zip(bundle, parts, strict=True):
            cores[group] = np.arange(n, n + count)
        for part in range(max(parts)):
            here = [group for group, count in zip(bundle, parts, strict=True) if part < count]
            _check_core(partition, chip, here, part, n + part)
        n += max(parts)
    return cores, n


def _bundles(partition: Partition, told: Sequence[Sequence[str]]) -> list[list[NeuronGroup]]:
    by_name = {group.name: group for group in partition.groups}
    names = [name for bundle in told for name in bundle]
    for name in names:
        if name not in by_name or names.count(name) > 1:
            reason = "named twice" if name in by_name else "not a group of the network"
            raise NcCompileError(f"packing: {name!r} is {reason}")
    together = [[by_name[name] for name in bundle] for bundle in told if bundle]
    rest = [[group] for group in partition.groups if group.name not in names]
    order = {group: place for place, group in enumerate(partition.groups)}
    return sorted(together + rest, key=lambda bundle: min(order[group] for group in bundle))


def _check_core(
    partition: Partition, chip: Chip, here: list[NeuronGroup], part: int, core: int
) -> None:
    names = ", ".join(repr(group.name) for group in here)
    shared = Shared(None, None)
    for group in here:
        merged = shared.with_(shared_registers(partition.groups[group].tally))
        if merged is None:
            raise NcCompileError(
                f"core {core}: groups with unequal vmin, vmax, noise or learning epoch cannot "
                f"share a core. Groups: {names}. Pack {group.name!r} elsewhere"
            )
        shared = merged
    for field, figure in chip.core.items():
        amounts = [partition.amounts[group].get(field) for group in here]
        used = sum(int(each[part]) for each in amounts if each is not None)
        own = min(partition.groups[group].tally.limits[field] for group in here)
        limit = min(figure.value, own)
        if field not in _APART and used > limit:
            what, unit = name_of(field, chip)
            raise NcResourceError(
                f"core {core}: {used} {what}{unit and f' ({unit.strip()})'} > {limit} "
                f"({short_name(chip)}). Groups: {names}; pack fewer of them together"
            )
