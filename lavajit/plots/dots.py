"""A large network as it is: a dot for every Process, in rows, and thin lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lavajit.plots.looks import GREY, add_legend, size_in_points
from lavajit.plots.network import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Part of its place that a dot takes; largest dot in points; sideways swing of a line.
SHARE, LARGEST, SWING = 0.45, 9.0, 0.12
#: Points of a curve.
POINTS = 9


def draw_dots(ax: Axes, drawing: Drawing, colors: dict[str, str]) -> None:
    """Dots along a line that winds through rows, neighbours near each other; colours by class."""
    from matplotlib.collections import LineCollection

    width, height = size_in_points(ax)
    count = len(drawing.boxes)
    columns = max(1, math.ceil(math.sqrt(count * width / height)))
    rank = np.argsort(_walk(drawing))
    row, column = rank // columns, rank % columns
    places = np.stack([np.where(row % 2, columns - 1 - column, column), row], axis=1).astype(float)
    index = {id(box): k for k, box in enumerate(drawing.boxes)}
    ends = np.array([(index[id(k.source)], index[id(k.target)]) for k in drawing.links], int)
    curves = _curves(places, ends.reshape(-1, 2))
    lines = LineCollection(curves, colors=GREY, lw=0.4, alpha=0.6, zorder=1)
    ax.add_collection(lines)
    rows = row.max(initial=0) + 1
    size = min(LARGEST, SHARE * min(width / columns, height / rows))
    kinds = np.array([box.kind for box in drawing.boxes])
    for kind, color in colors.items():
        x, y = places[kinds == kind].T
        label = f"{kind} × {len(x):,}"
        ax.plot(x, y, "o", ms=size, mew=0, color=color, label=label, zorder=2)
    ax.set(xlim=(-0.7, columns - 0.3), ylim=(rows - 0.3, -0.7))
    add_legend(ax)


def _walk(drawing: Drawing) -> np.ndarray:
    """Boxes in the order of a walk along links, in their order where there is a choice."""
    around: dict[int, list[int]] = {k: [] for k in range(len(drawing.boxes))}
    index = {id(box): k for k, box in enumerate(drawing.boxes)}
    for link in drawing.links:
        source, target = index[id(link.source)], index[id(link.target)]
        around[source].append(target)
        around[target].append(source)
    order: list[int] = []
    seen: set[int] = set()
    for start in around:
        pending = [start]
        while pending:
            box = pending.pop()
            if box not in seen:
                seen.add(box)
                order.append(box)
                pending.extend(reversed(around[box]))
    return np.array(order, int)


def _curves(places: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Slightly bent lines, so that those along a row do not hide each other; (L, points, 2)."""
    start, stop = places[ends[:, 0]], places[ends[:, 1]]
    along = stop - start
    middle = (start + stop) / 2 + SWING * along[:, ::-1] * (-1, 1)
    t = np.linspace(0, 1, POINTS)[None, :, None]
    parts = start[:, None], middle[:, None], stop[:, None]
    return (1 - t) ** 2 * parts[0] + 2 * t * (1 - t) * parts[1] + t**2 * parts[2]
