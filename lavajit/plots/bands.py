"""The vertical axis of a raster: each group has a band, and a label beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.looks import PALE, font_size, shortened, size_in_points
from lavajit.plots.spikes import Spikes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Least share of the axis that a group has; all of them together are assured of half.
LEAST = 0.07
#: Share of the width of the figure that labels may take, and the width of a letter.
LABEL_WIDTH, LETTER = 0.26, 0.56
LINE = 1.25


@dataclass(frozen=True, eq=False)
class Band:
    """A group, where it begins, and how high a neuron is (1, or more in a small group)."""

    spikes: Spikes
    ground: float
    row: float

    @property
    def height(self) -> float:
        """In rows of the largest group."""
        return self.row * self.spikes.size

    @property
    def middle(self) -> float:
        """Where its label is."""
        return self.ground + (self.height - 1) / 2

    def places(self) -> np.ndarray:
        """Of the spikes, on the vertical axis; neuron k of the first group is at k."""
        if self.row == 1 and self.ground == 0:
            return self.spikes.neurons
        return self.ground + (self.spikes.neurons + 0.5) * self.row - 0.5


def stacked(groups: list[Spikes]) -> list[Band]:
    """Groups from below in their order."""
    total = sum(group.size for group in groups)
    least = total * min(LEAST, 0.5 / len(groups)) if len(groups) > 1 else 0
    found, ground = [], 0.0
    for group in groups:
        row = max(1.0, least / group.size) if group.size else 1.0
        band = Band(group, int(ground) if ground.is_integer() else ground, row)
        found.append(band)
        ground += band.height
    return found


def top(stack: list[Band]) -> float:
    """Rows of all bands together."""
    return stack[-1].ground + stack[-1].height


def label(ax: Axes, stack: list[Band], colors: list[Any]) -> None:
    """Limits, ticks and labels of the vertical axis."""
    rows = max(top(stack), 1)
    ax.set_ylim(-0.5, rows - 0.5)
    if len(stack) == 1:
        _label_neurons(ax, stack[0].spikes)
        return
    grounds = [band.ground - 0.5 for band in stack[1:]]
    ax.hlines(grounds, 0, 1, color=PALE, lw=0.6, zorder=0, transform=ax.get_yaxis_transform())
    _, height = size_in_points(ax)
    size = font_size(0.9)
    lines = [int(band.height / rows * height / (LINE * size)) for band in stack]
    if min(lines) < 1:
        size = float(np.clip(size * height / rows * stack[0].height / (LINE * size), 5, size))
    most = int(LABEL_WIDTH * ax.figure.get_figwidth() * 72 / (LETTER * size))
    texts = [_text(b.spikes, most, several > 1) for b, several in zip(stack, lines, strict=True)]
    ax.set_yticks([band.middle for band in stack], texts, fontsize=size)
    ax.tick_params(axis="y", length=0)
    for tick, color in zip(ax.get_yticklabels(), colors, strict=True):
        tick.set_color(color)


def _text(spikes: Spikes, most: int, two_lines: bool) -> str:
    count = f"{spikes.size:,}"
    if two_lines:
        return f"{shortened(spikes.name, most)}\n{count} neuron{'s' * (spikes.size != 1)}"
    return f"{shortened(spikes.name, most - len(count) - 3)} ({count})"


def _label_neurons(ax: Axes, spikes: Spikes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_ylabel(f"neuron of {shortened(spikes.name, 24)}" if spikes.name else "neuron")
    ax.yaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    if spikes.chosen is not None:
        names = np.asarray(spikes.chosen)
        inside = range(len(names))
        ax.yaxis.set_major_formatter(
            FuncFormatter(
                lambda y, _: f"{names[int(y)]}" if int(y) in inside and y == int(y) else ""
            )
        )
