"""Rasters: which neuron spikes when.

Marks that hide each other tell less than is there, and look the same whether a cell holds one
spike or a hundred. So there are three ways to draw, chosen by the space that marks have: bars for
few neurons, dots for more, and, where marks would cover more than half of a group's place, an image
of the rate in cells of about a pixel, with a scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots import bands
from lavajit.plots.bands import Band
from lavajit.plots.clock import Clock
from lavajit.plots.density import draw_density
from lavajit.plots.looks import canvas, color_list, label_time, size_in_points, split_off
from lavajit.plots.rates import bin_edges, draw_rates
from lavajit.plots.spikes import spike_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Rows and spikes that are drawn as bars, at most; spikes above which a vector file gets pixels.
MOST_BAR_ROWS, MOST_BARS, MOST_VECTORS = 40, 5_000, 100_000
#: Sizes of marks in points, and the share of the axes that dots should cover.
BAR, SMALLEST_DOT, LEAST_LARGE_DOT, LARGEST_DOT, COVER = 1.2, 0.8, 1.6, 3.0, 0.2
#: Share of its place above which the marks of a group hide each other.
CROWDED = 0.5
RATE_SHARE = 0.3


def raster(
    spikes: Any,
    ax: Axes | None = None,
    *,
    dt: float | None = None,
    unit: str = "ms",
    start: int | None = None,
    stop: int | None = None,
    rate: bool | Axes = False,
    width: int | None = None,
    sizes: Any = None,
    colors: Any = None,
    density: bool | None = None,
    neuron_first: bool = False,
) -> Axes:
    """Draw spikes of all neurons over time, group above group.

    Few neurons are drawn as bars, more as dots (as pixels in vector files, above 100,000). Where
    marks would hide each other, an image of the rate is drawn instead: every cell of h neurons and
    w steps, about a pixel or larger, shows its number of spikes divided by h w, on a linear scale
    from 0 beside the raster. The scale ends at the 99th percentile of the cells that are not empty,
    each of which counts as often as it has neurons; if some are above it, it ends in an arrow. No
    spike is left out.

    Groups are stacked upwards in their order. The place of a group is as high as its number of
    neurons, but never too low for its label.

    Parameters
    ----------
    spikes : Result, Events, pair of arrays, array, or mapping
        A Result (all OutPorts recorded as events), recorded Events, a pair ``(steps, neurons)`` of
        arrays of shape (N,), a dense array of shape (T, n) **with time first**, whose first row is
        time step 1 and whose entries that are not 0 are spikes, or a dict of these by the name of
        the group.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    dt : float, optional
        Length of a time step in `unit`. Without it the axis counts steps, from 1.
    unit : str
        Unit of `dt` and of the time axis.
    start, stop : int, optional
        First and last time step; default: all that was recorded.
    rate : bool or Axes
        Also draw the rates of the groups: in a part of `ax` below the raster, with the same time
        axis, or in the Axes given.
    width : int, optional
        Steps of a bin of rates; default: a round number such that there are about 100 bins.
    sizes : int or mapping, optional
        Numbers of neurons, for pairs of arrays, which do not know of silent ones.
    colors : optional
        A colour, or one for each group, as a list or by name.
    density : bool, optional
        True always draws the image, False never; default: where marks would hide each other.
    neuron_first : bool
        Dense arrays are (n, T), as in the RingBuffers of Lava.

    Returns
    -------
    matplotlib.axes.Axes
        That of the raster.

    Raises
    ------
    TypeError, ValueError
        `spikes` is something else, or shapes and numbers do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> spikes = np.random.default_rng(1).random((200, 30)) < 0.02  # 200 steps, 30 neurons
    >>> ax = raster(spikes, dt=0.1)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('time (ms)', 'neuron')
    """
    clock = Clock(dt, unit)
    groups, begin, end = spike_groups(spikes, start, stop, sizes, neuron_first)
    found = color_list(colors, [group.name for group in groups])
    if width is not None:
        bin_edges((begin, end), width)
    stack = bands.stacked(groups)
    with canvas(ax, 0.75 if rate else 0.62) as ax:
        panel = split_off(ax, RATE_SHARE, below=True) if rate is True else rate or None
        marks = _marks(ax, stack, (begin, end))
        if density or (density is None and marks.crowded):
            draw_density(ax, stack, (begin, end), clock)
        elif marks.bars:
            _draw_bars(ax, stack, clock, found, marks)
        else:
            _draw_dots(ax, stack, clock, found, marks)
        ax.set_xlim(clock.times(begin - 1), clock.times(end + 1))
        bands.label(ax, stack, found)
        _finish_time(ax, panel, groups, (begin, end), clock, width, found)
    return ax


@dataclass(frozen=True)
class _Marks:
    """How spikes are drawn: bars or dots, of which width in points; whether they would hide."""

    bars: bool
    size: float
    crowded: bool


def _marks(ax: Axes, stack: list[Band], window: tuple[int, int]) -> _Marks:
    width, height = size_in_points(ax)
    total = sum(len(band.spikes.steps) for band in stack)
    rows = sum(band.spikes.size for band in stack)
    point = height / max(bands.top(stack), 1)
    bars = rows <= MOST_BAR_ROWS and total <= MOST_BARS
    if bars:
        size = float(np.clip(0.6 * width / (window[1] - window[0] + 2), 0.5, BAR))
    else:
        size = (COVER * width * height / max(total, 1)) ** 0.5
        rows_apart = max(LEAST_LARGE_DOT, 1.5 * point)
        size = float(np.clip(size, SMALLEST_DOT, min(LARGEST_DOT, rows_apart)))
    crowded = any(
        len(band.spikes.steps) * size * (0.8 * band.row * point if bars else size)
        > CROWDED * width * max(band.height * point, SMALLEST_DOT)
        for band in stack
    )
    return _Marks(bars, size, crowded)


def _draw_bars(ax: Axes, stack: list[Band], clock: Clock, colors: list, marks: _Marks) -> None:
    for band, color in zip(stack, colors, strict=True):
        x, y, half = clock.times(band.spikes.steps), band.places(), 0.4 * band.row
        ax.vlines(x, y - half, y + half, color=color, lw=marks.size, label=band.spikes.name)


def _draw_dots(ax: Axes, stack: list[Band], clock: Clock, colors: list, marks: _Marks) -> None:
    total = sum(len(band.spikes.steps) for band in stack)
    for band, color in zip(stack, colors, strict=True):
        ax.plot(
            clock.times(band.spikes.steps),
            band.places(),
            linestyle="",
            marker="o",
            ms=marks.size,
            mew=0,
            color=color,
            label=band.spikes.name,
            rasterized=total > MOST_VECTORS,
        )


def _finish_time(ax, panel, groups, window, clock, width, colors) -> None:
    """The time axis, and rates."""
    if panel is not None:
        draw_rates(panel, groups, window, clock, width, colors)
        label_time(panel, clock.label)
        panel.set_xlim(ax.get_xlim())
        if ax.get_shared_x_axes().joined(ax, panel):
            ax.tick_params(labelbottom=False)
    label_time(ax, clock.label)
