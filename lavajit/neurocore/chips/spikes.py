"""Types of spikes and of axons: what they carry and what they take.

>>> from lavajit.neurocore.chips.spikes import source_slots, spike_type
>>> spike_type(16).name, source_slots("pop32", other_chip=True)
('GRADED16_SPIKE', 3)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.model.spike_type import SpikeType
from lavajit.neurocore.chips.figures import LAVA, NENGO, NXTF, OURS, Figure
from lavajit.neurocore.errors import NcOverflowError, NcValueError

#: Bits of the payload; a type that is not here carries none.
PAYLOAD_BITS: Mapping[SpikeType, Figure] = MappingProxyType(
    {
        SpikeType.GRADED8_SPIKE: Figure(8, "bit", LAVA),
        SpikeType.GRADED16_SPIKE: Figure(16, "bit", LAVA),
        SpikeType.GRADED24_SPIKE: Figure(24, "bit", LAVA),
        SpikeType.LONG_SPIKE: Figure(32, "bit", OURS, "assumed"),
    }
)

#: Messages of 32 bit that make a spike.
MESSAGES: Mapping[SpikeType, Figure] = MappingProxyType(
    {
        each: Figure(2 if each == SpikeType.LONG_SPIKE else 1, "messages", OURS, "assumed")
        for each in SpikeType
    }
)


@dataclass(frozen=True)
class AxonKind:
    """What an output axon of Loihi 1 can address, and what it takes.

    Attributes
    ----------
    address_bits : Figure
        Bits of the number of the input axon.
    atoms : Figure
        Rows of weights that one input axon can choose from.
    slots, slots_other_chip : Figure
        Entries of the table of output axons: of each axon if discrete, else shared by all
        compartments of a population that reach the same input axon.
    base : Figure
        Offset of the compartments that an input axon reaches.
    """

    address_bits: Figure
    atoms: Figure
    slots: Figure
    slots_other_chip: Figure
    base: Figure


_BOTH = f"{NENGO}; {NXTF}"
_SHORT_BASE = Figure((0, 255), "range compartments", _BOTH)

#: Kinds of axons of Loihi 1.
AXON_KINDS: Mapping[str, AxonKind] = MappingProxyType(
    {
        "discrete": AxonKind(
            address_bits=Figure(12, "bit", _BOTH),
            atoms=Figure(1, "atoms", _BOTH),
            slots=Figure(1, "slots", _BOTH),
            slots_other_chip=Figure(2, "slots", NXTF),
            base=_SHORT_BASE,
        ),
        "pop16": AxonKind(
            address_bits=Figure(10, "bit", _BOTH, note="each of up to 4 may go to the atom"),
            atoms=Figure(32, "atoms", _BOTH, note="512 with 4 bits of the address"),
            slots=Figure(1, "slots", _BOTH),
            slots_other_chip=Figure(2, "slots", OURS, "assumed", note="as the other kinds"),
            base=Figure((0, 1020), "range compartments", _BOTH, note="multiples of 4"),
        ),
        "pop32": AxonKind(
            address_bits=Figure(12, "bit", _BOTH),
            atoms=Figure(512, "atoms", OURS, "assumed"),
            slots=Figure(2, "slots", _BOTH),
            slots_other_chip=Figure(3, "slots", NXTF),
            base=_SHORT_BASE,
        ),
    }
)

_GRADED_UP_TO = (
    (8, SpikeType.GRADED8_SPIKE),
    (16, SpikeType.GRADED16_SPIKE),
    (24, SpikeType.GRADED24_SPIKE),
    (32, SpikeType.LONG_SPIKE),
)


def spike_type(num_message_bits: int) -> SpikeType:
    """Smallest type of spike that carries so many bits.

    Binary for 0, graded spikes of 8, 16 and 24 bits, and long ones up to 32. That 17..24 bits are
    graded and more are long is assumed.

    Raises
    ------
    NcValueError
        No spike carries so many bits.
    """
    if num_message_bits == 0:
        return SpikeType.BINARY_SPIKE
    if num_message_bits > 0:
        for most, kind in _GRADED_UP_TO:
            if num_message_bits <= most:
                return kind
    raise NcValueError(f"num_message_bits: {num_message_bits} is not in 0..32")


def payload(
    values: ArrayLike, kind: SpikeType, *, strict: bool = False, name: str = "spike"
) -> NDArray[np.int64]:
    """Payloads as they arrive; where they are 0 no message is sent.

    Parameters
    ----------
    values : array_like of int
        What is to be sent.
    kind : SpikeType
        Payloads are in two's complement of its width and wrap; a value that is a multiple of
        2^width is lost. Spikes without payload are 0 or 1.
    strict : bool
        Refuse values that do not fit.
    name : str
        Of the sender, for messages.

    Raises
    ------
    NcOverflowError
        A value does not fit, in a strict run.

    Examples
    --------
    >>> from lavajit.model.spike_type import SpikeType
    >>> from lavajit.neurocore.chips.spikes import payload
    >>> payload([127, 128, -128, 256], SpikeType.GRADED8_SPIKE).tolist()
    [127, -128, -128, 0]
    """
    values = np.asarray(values, np.int64)
    if kind in PAYLOAD_BITS:
        half = 1 << (PAYLOAD_BITS[kind].value - 1)
        low, high = -half, half - 1
        arrives = (values + half) % (2 * half) - half
    else:
        low, high = 0, 1
        arrives = (values != 0).astype(np.int64)
    wrong = values[(values < low) | (values > high)]
    if strict and wrong.size:
        raise NcOverflowError(
            f"{name!r}: payload {wrong.flat[0]} is not in {low}..{high} ({kind.name}); "
            "send wider messages, scale the values, or run with strict=False to let them wrap"
        )
    return arrives


def source_slots(
    kind: str, axons: int = 1, *, other_chip: bool = False, counting: str = "nxtf"
) -> int:
    """Slots that axons of Loihi 1 take on the core of their source.

    Parameters
    ----------
    kind : str
        One of `AXON_KINDS`.
    axons : int
        Number of axons. Compartments of one population that reach the same input axon with
        different atoms have one together.
    other_chip : bool
        The target is on another chip.
    counting : str
        "nxtf" counts one slot more for targets on other chips, "nengo" as NengoLoihi does not.

    Raises
    ------
    ValueError
        There is no such kind or counting, or a negative number.

    Examples
    --------
    >>> from lavajit.neurocore.chips.spikes import source_slots
    >>> source_slots("discrete", 100), source_slots("discrete", 100, other_chip=True)
    (100, 200)
    """
    if kind not in AXON_KINDS:
        raise ValueError(f"kind: {kind!r} is none of {', '.join(AXON_KINDS)}")
    if counting not in ("nxtf", "nengo"):
        raise ValueError(f"counting: {counting!r} is none of nxtf, nengo")
    if axons < 0:
        raise ValueError(f"axons: {axons} is negative")
    crosses = other_chip and counting == "nxtf"
    each = AXON_KINDS[kind].slots_other_chip if crosses else AXON_KINDS[kind].slots
    return axons * each.value
