"""Boxes of a network, with names, and frames around those of a hierarchical Process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lavajit.plots.looks import GREY, shortened
from lavajit.plots.network import Box, Drawing
from lavajit.plots.sheet import LETTER, MARGIN, SMALLEST_FONT, Sheet, lines_of
from lavajit.process.process import AbstractProcess

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How much of a class's colour a box has; points between the sheets of a pile.
TINT, PILE = 0.22, 2.2


def draw_boxes(ax: Axes, drawing: Drawing, sheet: Sheet, colors: dict[str, str]) -> None:
    """Draw all boxes; `colors` by class."""
    for box, place in zip(drawing.boxes, sheet.layers.places, strict=True):
        _draw_box(ax, box, place, sheet, colors[box.kind])


def _draw_box(ax: Axes, box: Box, place: tuple[float, float], sheet: Sheet, color: str) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    (x, y), (wide, high) = place, sheet.box
    pale = tuple(1 - TINT * (1 - part) for part in to_rgb(color))
    for k in (2, 1, 0) if len(box.members) > 1 else (0,):
        corner = x - wide / 2 + k * PILE / sheet.across, y - high / 2 + k * PILE / sheet.down
        style = {"fc": pale, "ec": color, "lw": 0.8, "zorder": 3 - 0.1 * k}
        ax.add_patch(Rectangle(corner, wide, high, **style))
    most = max(4, int((wide * sheet.across - MARGIN) / (LETTER * sheet.letters)))
    text = "\n".join(shortened(line, most) for line in lines_of(box))
    ax.text(x, y, text, ha="center", va="center", size=sheet.letters, linespacing=1.1, zorder=4)


def draw_frames(ax: Axes, drawing: Drawing, sheet: Sheet) -> None:
    """A frame around the boxes of each hierarchical Process that has no other box inside."""
    from matplotlib.patches import Rectangle

    size = max(SMALLEST_FONT, 0.8 * sheet.letters)
    for parent, depth, members in _families(drawing):
        xs, ys = zip(*(sheet.layers.places[k] for k in members), strict=True)
        margin = MARGIN * (1.5 - 0.4 * min(depth, 2))
        x, y = sheet.box[0] / 2 + margin / sheet.across, sheet.box[1] / 2 + margin / sheet.down
        left, right, top, bottom = min(xs) - x, max(xs) + x, min(ys) - y, max(ys) + y
        others = (place for k, place in enumerate(sheet.layers.places) if k not in members)
        if any(left - x < u < right + x and top - y < v < bottom + y for u, v in others):
            continue
        style = {"fill": False, "ec": GREY, "lw": 0.7, "ls": ":", "zorder": 1}
        ax.add_patch(Rectangle((left, top), right - left, bottom - top, **style))
        most = max(8, int((right - left) * sheet.across / (LETTER * size)))
        text = shortened(f"{type(parent).__name__} {parent.name}", most)
        ax.text(left, top, text, size=size, color=GREY, va="bottom", zorder=2.6)


def _families(drawing: Drawing) -> Iterator[tuple[AbstractProcess, int, list[int]]]:
    """Hierarchical Processes, how deep they are, and their boxes."""
    found: dict[int, tuple[AbstractProcess, int, list[int]]] = {}
    for k, box in enumerate(drawing.boxes):
        for depth, parent in enumerate(box.parents):
            found.setdefault(id(parent), (parent, depth, []))[2].append(k)
    yield from found.values()
