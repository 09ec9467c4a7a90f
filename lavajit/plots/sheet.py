"""A layout on paper: how large boxes and letters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lavajit.plots.layers import Layers, arranged
from lavajit.plots.looks import font_size, size_in_points
from lavajit.plots.network import Box, Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Least letters a box has room for, and their least and largest size in points.
LEAST_LETTERS, SMALLEST_FONT, LARGEST_FONT = 8, 5.0, 10.0
#: Part of its place that a box takes at most, across and down.
WIDE, HIGH = 0.86, 0.45
#: Width of a letter and height of a line in font sizes; place of a box at most, in letters.
LETTER, LINE, WIDEST = 0.58, 1.2, 28
#: Room in points around the letters of a box; room beside it for an arrow to itself, in widths.
MARGIN, SIDE = 4.0, 0.35


@dataclass(frozen=True)
class Sheet:
    """Lengths are in places of a box: one across, one from layer to layer.

    Attributes
    ----------
    layers : Layers
        Where boxes are.
    left, right : float
        Limits of the sheet.
    across, down : float
        Points of a place.
    letters : float
        Points of the font.
    box : (float, float)
        Width and height of boxes.
    legible : bool
        Whether boxes have room for their names.
    """

    layers: Layers
    left: float
    right: float
    across: float
    down: float
    letters: float
    box: tuple[float, float]
    legible: bool


def laid_out(ax: Axes, drawing: Drawing) -> Sheet:
    """The layout of a drawing that fills an axes."""
    layers = layers_of(drawing)
    width, height = size_in_points(ax)
    xs = [x for x, _ in layers.places] or [0.0]
    bends = [x for chain in layers.bends.values() for x, _ in chain]
    loops = any(link.source is link.target for link in drawing.links)
    left = min([*xs, *bends]) - 0.5
    right = max([*xs, *bends]) + 0.5 + SIDE * loops
    longest = max((len(line) for box in drawing.boxes for line in lines_of(box)), default=1)
    rows = max((len(lines_of(box)) for box in drawing.boxes), default=1)
    base = min(LARGEST_FONT, font_size())
    across = min(width / (right - left), WIDEST * LETTER * base)
    down = height / layers.depth
    fitting = (WIDE * across - 2 * MARGIN) / (LETTER * longest), HIGH * down / (rows * LINE)
    letters = min(base, max(SMALLEST_FONT, min(fitting)))
    wide = min(WIDE, (LETTER * letters * longest + 2 * MARGIN) / across)
    high = min(HIGH, (LINE * letters * rows + 1.4 * MARGIN) / down)
    legible = WIDE * across >= LEAST_LETTERS * LETTER * SMALLEST_FONT
    legible &= HIGH * down >= rows * LINE * SMALLEST_FONT
    spare = (width / across - (right - left)) / 2
    return Sheet(
        layers, left - spare, right + spare, across, down, letters, (wide, high), bool(legible)
    )


def layers_of(drawing: Drawing) -> Layers:
    """Remote memory is drawn below what it belongs to: a Monitor below a neuron."""
    index = {id(box): k for k, box in enumerate(drawing.boxes)}
    edges = []
    for link in drawing.links:
        ends = index[id(link.source)], index[id(link.target)]
        edges.append(ends[::-1] if link.remote else ends)
    return arranged(len(drawing.boxes), edges)


def lines_of(box: Box) -> list[str]:
    """What is written in a box."""
    many = len(box.members)
    second = f"× {many:,}" if many > 1 else box.name
    return [box.kind, second] if second else [box.kind]
