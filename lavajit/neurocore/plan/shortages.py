"""Errors that say what of a core is exceeded, and by which part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.plan.fans import Fan
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.usage import Tally, most_inputs

#: What limits are called in messages, with a unit where the name has none.
NAMES = {
    "neurons": ("neurons", ""),
    "axons_in": ("input axons", ""),
    "axons_out": ("output axons", ""),
    "synapse_words": ("synaptic memory", " words"),
    "groups": ("neuron groups", ""),
    "axon_words": ("routing entries", ""),
    "total_words": ("memory in all", " words"),
    "words_per_list": ("list of an axon", " words"),
    "threshold_profiles": ("threshold profiles", ""),
    "synapse_formats": ("synapse formats", ""),
    "pretrace_profiles": ("pre-trace configurations", ""),
    "base_groups": ("groups of shared rows", ""),
}
#: On Loihi 1 some are called differently.
NAMES_OF_FIRST = {
    "neurons": ("compartments", ""),
    "axons_out": ("output axon slots", ""),
    "groups": ("compartment profiles", ""),
}


def short_name(chip: Chip) -> str:
    """Name of a chip in messages."""
    return chip.title.replace(" ", "")


def name_of(field: str, chip: Chip) -> tuple[str, str]:
    """What a limit is called, and its unit."""
    names = NAMES | NAMES_OF_FIRST if chip.core.threshold_profiles is not None else NAMES
    return names[field]


def check_inputs(tally: Tally) -> None:
    """Refuse groups of which one neuron alone has more inputs than a core.

    Raises
    ------
    NcResourceError
        There is such a neuron.
    """
    group, chip, limit = tally.group, tally.chip, tally.limits["axons_in"]
    fans = [f for f in tally.fans if tally.has_profiles or f.synapses.convolution is None]
    if not fans:
        return
    needed = most_inputs(fans, group.n)
    most = int(needed.max())
    if most <= limit:
        return
    reason = f"each part needs all {most} inputs"
    if needed.min() < most:
        reason = f"neuron {int(needed.argmax())} alone needs {most} inputs"
    raise NcResourceError(
        f"group {group.name!r} ({_layers(group, fans)}, {short_name(chip)}NeuroCore): input axons "
        f"{most} > {limit} per core.\n"
        f"  Splitting by neurons cannot help ({reason}).\n"
        "  Use population axons (weight sharing), reduce the fan-in, or insert a relay layer."
    )


def _layers(group: NeuronGroup, fans: Sequence[Fan]) -> str:
    layers = [f"{fan.synapses.kind} {fan.synapses.n_in}->{group.n}" for fan in fans]
    return " + ".join(dict.fromkeys(layers))


def part_too_large(
    tally: Tally, amounts: Mapping[str, NDArray], fewest: int | None = None, fix: str = ""
) -> NcResourceError:
    """Error about the first part that exceeds a limit.

    Parameters
    ----------
    tally : Tally
        Of the group.
    amounts : mapping of str to ndarray
        What its parts take.
    fewest : int, optional
        Number of parts that would fit.
    fix : str, optional
        What to do, if no number of parts is known.
    """
    limits = tally.limits
    over = {name: used > limits[name] for name, used in amounts.items()}
    part = min(int(np.argmax(where)) for where in over.values() if where.any())
    field = next(name for name, where in over.items() if where[part])
    what, unit = name_of(field, tally.chip)
    lines = [
        f"group {tally.group.name!r} part {part}: {what} {amounts[field][part]}{unit} > "
        f"{limits[field]} ({short_name(tally.chip)})."
    ]
    advice = ""
    if field == "synapse_words":
        axons = int(amounts["axons_in"][part])
        per_axon = -(-int(amounts[field][part]) // max(axons, 1))
        advice = f"words per axon {per_axon}, axons {axons}, exact count. "
    if fewest is None:
        advice += fix or "No number of parts fits; reduce the fan-in, fan-out or num_weight_bits."
    else:
        advice += f"Minimum parts that fit: {fewest}."
    return NcResourceError("\n".join([*lines, f"  {advice}"]))


def too_few_cores(
    parts: Mapping[NeuronGroup, int], cores: int, chip: Chip, chips: int, most: int | None
) -> NcResourceError:
    """Error about a board with fewer cores than a network needs.

    Parameters
    ----------
    parts : mapping of NeuronGroup to int
        Parts of each group.
    cores : int
        Cores that are needed.
    chip : Chip
    chips : int
        Chips that may be used.
    most : int or None
        Chips of the board; None: any number.
    """
    per_chip = chip.chip.usable_cores.value
    largest = sorted(parts.items(), key=lambda pair: -pair[1])[:3]
    names = ", ".join(f"{group.name!r} {count}" for group, count in largest)
    needed = -(-cores // per_chip)
    advice = f"Set n_chips={needed}"
    if most is not None and needed > most:
        advice = f"Use a board of {needed} chips"
    return NcResourceError(
        f"network needs {cores} cores, board has {chips * per_chip} ({chips} x "
        f"{short_name(chip)}, {per_chip} cores).\n"
        f"  Largest groups: {names}.  {advice} or reduce num_weight_bits."
    )
