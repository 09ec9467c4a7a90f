"""Measurements on chips, to compare estimates with.

They are printed in public notebooks; none is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lavajit.neurocore.chips.figures import NOTEBOOKS, Figure


@dataclass(frozen=True)
class Anchor:
    """A network that was measured.

    Attributes
    ----------
    name : str
    chip : str
        Name of its table.
    figures : mapping of str to Figure
    note : str
        What must be known to compare with it.
    """

    name: str
    chip: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    note: str = ""


def _measured(**values: tuple[float, str]) -> Mapping[str, Figure]:
    return MappingProxyType(
        {name: Figure(value, unit, NOTEBOOKS) for name, (value, unit) in values.items()}
    )


ANCHORS: tuple[Anchor, ...] = (
    Anchor(
        "PilotNet SNN",
        "loihi2",
        _measured(
            cores=(74, "cores"),
            chips=(1, "chip"),
            total_power=(0.679, "W"),
            static_power=(0.232, "W"),
            vdd_power=(0.253, "W"),
            vddm_power=(0.422, "W"),
            vddio_power=(0.004, "W"),
            rate=(408.9, "inferences/s"),
            energy=(1.66, "mJ per inference"),
        ),
    ),
    Anchor(
        "PilotNet SDNN",
        "loihi2",
        _measured(
            cores=(61, "cores"),
            total_power=(0.276, "W"),
            static_power=(0.282, "W"),
            rate=(16.9, "inferences/s"),
        ),
        note="waits for input most of the time; its power is below the static one printed with it",
    ),
    Anchor(
        "QP solver",
        "loihi2",
        _measured(cores=(2, "cores"), time_per_step=(8.14, "us")),
    ),
)


def anchor_report() -> str:
    """Measurements as a Markdown table with their source below.

    Examples
    --------
    >>> from lavajit.neurocore.costs.anchors import anchor_report
    >>> print(anchor_report().splitlines()[2])
    | PilotNet SNN | cores | 74 cores | published |
    """
    lines = ["| network (Loihi 2) | figure | value | quality |", "|---|---|---|---|"]
    for anchor in ANCHORS:
        for name, figure in anchor.figures.items():
            lines.append(f"| {anchor.name} | {name} | {figure} | {figure.quality} |")
    notes = [f"{anchor.name}: {anchor.note}." for anchor in ANCHORS if anchor.note]
    return "\n".join([*lines, "", f"Source: {NOTEBOOKS}.", *notes])
