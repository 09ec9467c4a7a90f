"""Chips: their tables, what a core's use is of its limits, and the tables as text.

>>> from lavajit.neurocore.chips import LOIHI1, LOIHI2
>>> LOIHI1.core.neurons.value, LOIHI2.core.neurons.quality
(1024, 'fitted')
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lavajit.neurocore.chips.figures import TOTAL, Chip, Figure
from lavajit.neurocore.chips.loihi1 import LOIHI1
from lavajit.neurocore.chips.loihi2 import LOIHI2
from lavajit.neurocore.errors import NcValueError

CHIPS: Mapping[str, Chip] = MappingProxyType({each.name: each for each in (LOIHI1, LOIHI2)})


def chip(name: str) -> Chip:
    """The chip of that name.

    Raises
    ------
    ValueError
        There is no such chip.
    """
    if name not in CHIPS:
        raise ValueError(f"chip: {name!r} is none of {', '.join(CHIPS)}")
    return CHIPS[name]


def delay_compartments(delay_bits: int) -> int:
    """Compartments of a Loihi 1 core that synapses with that many delay bits can reach.

    The accumulators of a core are shared by compartments and delays: min(1024, 2^(13 - bits)).

    Raises
    ------
    NcValueError
        Delays have 0..6 bits.

    Examples
    --------
    >>> from lavajit.neurocore.chips import delay_compartments
    >>> delay_compartments(3), delay_compartments(6)
    (1024, 128)
    """
    if not 0 <= delay_bits <= 6:
        raise NcValueError(f"delay_bits: {delay_bits} is not in 0..6")
    slots = LOIHI1.registers.delay_compartments.value
    return min(LOIHI1.core.neurons.value, slots >> delay_bits)


def utilisation(name: str, counts: Mapping[str, int]) -> dict[str, float]:
    """Percentages of a core's limits that are used.

    Parameters
    ----------
    name : str
        Of the chip.
    counts : mapping of str to int
        Used amounts by column of the chip's table (`Chip.columns`); what is left out is 0. The
        Total of Loihi 2 is the sum of the others.

    Returns
    -------
    dict of str to float
        Every column; above 100 where a limit is exceeded.

    Raises
    ------
    ValueError
        There is no such chip or column.

    Examples
    --------
    >>> from lavajit.neurocore.chips import utilisation
    >>> used = utilisation("loihi2", {"AxonIn": 64, "NeuronGr": 1, "Synapses": 256})
    >>> f"{used['AxonIn']:.2f} {used['NeuronGr']:.2f} {used['Synapses']:.2f}"
    '0.40 12.50 1.60'
    """
    table = chip(name)
    own = [column for column in table.columns if column != TOTAL]
    unknown = [column for column in counts if column not in own]
    if unknown:
        raise ValueError(f"{table.title} has no column {unknown[0]!r}, it has {', '.join(own)}")
    limits = table.limits
    return {column: 100 * count / limits[column] for column, count in table.amounts(counts).items()}


def describe(name: str) -> str:
    """Table of a chip: each figure with its quality, its source and what to know about it.

    Raises
    ------
    ValueError
        There is no such chip.

    Examples
    --------
    >>> from lavajit.neurocore.chips import describe
    >>> print(describe("loihi2").splitlines()[0])
    Loihi 2
    """
    table = chip(name)
    sections = {
        "core": table.core.items(),
        "registers": table.registers.items(),
        "chip": table.chip.items(),
        "systems": list(table.systems.items()),
    }
    lines = [table.title]
    for heading, items in sections.items():
        lines += ["", heading, *(_line(*item) for item in items)]
    return "\n".join(lines)


def _line(name: str, figure: Figure) -> str:
    note = f" ({figure.note})" if figure.note else ""
    return f"  {name:<19}{figure!s:<34}{figure.quality:<11}{figure.source}{note}"
