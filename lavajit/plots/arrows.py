"""Arrows of a network, and what is written beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lavajit.plots.looks import BLACK, GREY, VERMILLION, shortened
from lavajit.plots.network import Drawing, Link
from lavajit.plots.sheet import LETTER, LINE, Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[float, float]

#: Distance of arrows up and down from the middle of a box, in widths of a box.
APART = 0.2
#: Ports named beside one arrow, at most, and their size in that of names in boxes.
MOST_JOINS, SMALL = 2, 0.8
#: Reach of the arrow from a box to itself, and how far a short way up swings out.
LOOP, SWING = 0.12, 0.08
#: Where on the last part of an arrow a label may be, from its end; the first that is free is taken.
PLACES = (0.4, 0.55, 0.25, 0.7)


@dataclass(frozen=True)
class _Way:
    """The control points of an arrow, what its label may stand on, and whether it leads upwards."""

    corners: list[Point]
    last: tuple[Point, Point]
    up: bool


def draw_links(ax: Axes, drawing: Drawing, sheet: Sheet, with_labels: bool) -> None:
    """Draw all links; with names of ports and shapes of messages, where there is room."""
    index = {id(part): k for k, part in enumerate(drawing.boxes)}
    pairs = {(index[id(k.source)], index[id(k.target)]) for k in drawing.links}
    taken: list[tuple[float, float, float, float]] = []
    for link in drawing.links:
        ends = index[id(link.source)], index[id(link.target)]
        if ends[0] == ends[1]:
            way = _loop(sheet.layers.places[ends[0]], sheet)
        else:
            way = _way(link, ends, sheet, both=ends[::-1] in pairs or link.remote)
        _draw(ax, way, link, sheet)
        if with_labels:
            _write(ax, way, link, sheet, taken)


def _loop(place: Point, sheet: Sheet) -> _Way:
    """From the right side of a box around to the same side."""
    (x, y), (wide, high) = place, sheet.box
    right, out = x + wide / 2, x + wide / 2 + 2 * LOOP
    corners = [
        (right, y + high / 4),
        (out, y + high / 2),
        (out, y - high / 2),
        (right, y - high / 4),
    ]
    label = right + LOOP, y + 0.62 * high
    return _Way(corners, (label, label), True)


def _way(link: Link, ends: tuple[int, int], sheet: Sheet, both: bool) -> _Way:
    """From box to box, through the bends between."""
    layers, (wide, high) = sheet.layers, sheet.box
    edge = ends[::-1] if link.remote else ends
    is_turned = edge in layers.turned
    upper, lower = edge[::-1] if is_turned else edge
    up = is_turned != link.remote
    shift = wide * (APART if up else -APART if both else 0.0)
    start, stop = layers.places[upper], layers.places[lower]
    points = [(start[0] + shift, start[1] + high / 2)]
    for x, y in layers.bends[edge]:
        # Straight between the boxes of a layer, so that no corner is cut.
        points += [(x + shift, y - high / 2), (x + shift, y + high / 2)]
    points += [(stop[0] + shift, stop[1] - high / 2)]
    corners = _curve(points, SWING if up and len(points) == 2 else 0.0)
    return _Way(corners[::-1] if up else corners, (points[-1], points[-2]), up)


def _curve(points: list[Point], swing: float) -> list[Point]:
    """Control points of cubic pieces that are vertical at every point."""
    path = points[:1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        middle = (y0 + y1) / 2
        path += [(x0 + swing, middle), (x1 + swing, middle), (x1, y1)]
    return path


def _color(link: Link, way: _Way) -> str:
    return GREY if link.remote else VERMILLION if way.up else BLACK


def _draw(ax: Axes, way: _Way, link: Link, sheet: Sheet) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO] + [Path.CURVE4] * (len(way.corners) - 1)
    arrow = FancyArrowPatch(
        path=Path(way.corners, codes),
        arrowstyle="-|>",
        mutation_scale=min(7.0, 0.9 * sheet.letters),
        color=_color(link, way),
        lw=0.8,
        ls=(0, (3, 2)) if link.remote else "-",
        shrinkA=0,
        shrinkB=0,
        zorder=2,
    )
    ax.add_patch(arrow)


def _write(ax: Axes, way: _Way, link: Link, sheet: Sheet, taken: list) -> None:
    """Ports and shape where nothing else is written; only the shape, or nothing, without room."""
    size = max(4.5, SMALL * sheet.letters)
    (x1, y1), (x0, y0) = way.last
    for text in _texts(link):
        lines = text.split("\n")
        half = 0.5 * LETTER * size * max(map(len, lines)) / sheet.across
        high = 0.55 * LINE * size * len(lines) / sheet.down
        for share in PLACES:
            # Arrows are S-shaped: steep at the ends, flat in the middle.
            across = share * share * (3 - 2 * share)
            x, y = x1 + across * (x0 - x1), y1 + share * (y0 - y1)
            x = min(max(x, sheet.left + half), sheet.right - half)
            spot = (x - half, x + half, y - high, y + high)
            if not any(_meet(spot, other) for other in taken):
                taken.append(spot)
                style = {"size": size, "ha": "center", "va": "center", "zorder": 2.5}
                color = _color(link, way) if way.up else GREY
                back = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85}
                ax.text(x, y, text, color=color, bbox=back, **style)
                return


def _meet(one: tuple, other: tuple) -> bool:
    across = one[0] < other[1] and other[0] < one[1]
    return across and one[2] < other[3] and other[2] < one[3]


def _texts(link: Link) -> list[str]:
    """What may be written beside an arrow, the longest text first."""
    joins = list(dict.fromkeys(link.joins))
    if len(joins) > MOST_JOINS or len(link.joins) > len(joins):
        return [f"{len(link.joins):,} connections", f"× {len(link.joins):,}"]
    whole = "\n".join(f"{_names(*join)}  {_shape(join[2])}".rstrip() for join in joins)
    shapes = [_shape(join[2]) for join in joins]
    return [whole, *(["\n".join(shapes)] if all(shapes) else [])]


def _names(source: str, target: str, shape: tuple[int, ...]) -> str:
    return f"{shortened(source, 14)} → {shortened(target, 14)}"


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{n:,}" for n in shape)
