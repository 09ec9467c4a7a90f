"""Rasters with more spikes than space: the rate in cells of neurons and steps, as an image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lavajit.plots.bands import Band, top
from lavajit.plots.clock import Clock
from lavajit.plots.looks import POINTS, add_scale, size_in_points
from lavajit.plots.spikes import Spikes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Cells per inch, at most, and spikes of a cell in the mean, at least, so that its shade means
#: a rate and not chance.
RESOLUTION, LEAST_SPIKES = 150, 4
#: Percentile of the cells with spikes at which the scale ends.
TOP = 99
PALETTE = "Greys"


@dataclass(frozen=True, eq=False)
class Cells:
    """Spikes per neuron and step in each cell, and the size of a full cell.

    Attributes
    ----------
    rates : ndarray, shape (rows, columns)
        NaN where no step was recorded.
    members : ndarray of int, shape (rows,)
        Number of neurons in the cells of each row.
    neurons, steps : int
        Size of a full cell.
    """

    rates: np.ndarray
    members: np.ndarray
    neurons: int
    steps: int


def draw_density(ax: Axes, stack: list[Band], window: tuple[int, int], clock: Clock) -> None:
    """An image for each band, and one scale for all of them."""
    width, height = size_in_points(ax)
    total = sum(len(band.spikes.steps) for band in stack)
    dense = total / LEAST_SPIKES / (width * height)
    per_point = min(RESOLUTION / POINTS, max(dense, 1e-3) ** 0.5)
    columns, rows = (max(1, int(per_point * side)) for side in (width, height))
    found = [
        cells(band.spikes, window, columns, max(1, int(rows * band.height / max(top(stack), 1))))
        for band in stack
        if band.spikes.size
    ]
    limit, above = scale_end(found)
    image = None
    for band, part in zip([band for band in stack if band.spikes.size], found, strict=True):
        image = _draw(ax, band, part, window, clock, float(clock.rates(limit)))
    if image is not None:
        text = clock.rate_label.replace("\n", " ")
        add_scale(ax, image, text, "max" if above else "neither")


def cells(spikes: Spikes, window: tuple[int, int], columns: int, rows: int) -> Cells:
    """Rates in cells of whole neurons and whole steps, no more of them than asked for.

    Where not every step was recorded, a cell counts the recorded ones; it is NaN without any.
    """
    begin, end = window
    steps = math.ceil((end - begin + 1) / columns)
    neurons = math.ceil(spikes.size / rows)
    edges = np.append(np.arange(begin - 1, end, steps), end)
    n_columns, n_rows = len(edges) - 1, math.ceil(spikes.size / neurons)
    place = (spikes.neurons // neurons).astype(np.int64)
    place *= n_columns
    place += (spikes.steps - begin) // steps
    counts = np.bincount(place, minlength=n_rows * n_columns).reshape(n_rows, n_columns)
    members = np.full(n_rows, neurons)
    members[-1] = spikes.size - neurons * (n_rows - 1)
    exposed = np.outer(members, spikes.exposure(edges))
    rates = np.divide(counts, exposed, out=np.full(counts.shape, np.nan), where=exposed > 0)
    return Cells(rates, members, neurons, steps)


def scale_end(found: list[Cells]) -> tuple[float, bool]:
    """Where the scale ends, in spikes per neuron and step; whether there are cells above.

    Cells count as often as they have neurons: a small group must not bleach a large one.
    """
    if not found:
        return 1.0, False
    busy = [part.rates > 0 for part in found]
    rates = np.concatenate([part.rates[some] for part, some in zip(found, busy, strict=True)])
    if not len(rates):
        return 1.0, False
    rows = [np.nonzero(some)[0] for some in busy]
    weights = np.concatenate([part.members[row] for part, row in zip(found, rows, strict=True)])
    order = np.argsort(rates)
    below = np.cumsum(weights[order])
    limit = float(rates[order[np.searchsorted(below, TOP / 100 * below[-1])]])
    return limit, bool(rates.max() > limit)


def _draw(ax: Axes, band: Band, part: Cells, window, clock: Clock, limit: float):
    """An image whose last row and column, where they stick out of the band, are cut off."""
    from matplotlib.patches import Rectangle

    rates = clock.rates(part.rates)
    begin, end = window
    n_rows, n_columns = rates.shape
    low, row = band.ground - 0.5, band.row
    right = clock.times(begin - 0.5 + n_columns * part.steps)
    extent = (clock.times(begin - 0.5), right, low, low + n_rows * part.neurons * row)
    image = ax.imshow(
        rates,
        extent=extent,
        origin="lower",
        aspect="auto",
        cmap=PALETTE,
        vmin=0,
        vmax=limit,
        label=band.spikes.name,
    )
    left, wide = clock.times(begin - 0.5), clock.times(end - begin + 1)
    image.set_clip_path(Rectangle((left, low), wide, band.height, transform=ax.transData))
    return image
