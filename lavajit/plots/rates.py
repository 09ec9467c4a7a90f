"""Rates of groups of neurons over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.clock import Clock, round_width
from lavajit.plots.looks import add_legend, canvas, color_list, label_time, shortened
from lavajit.plots.spikes import Spikes, spike_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Bins of a histogram whose width nobody has chosen, about.
BINS = 120


def rate(
    spikes: Any,
    ax: Axes | None = None,
    *,
    dt: float | None = None,
    unit: str = "ms",
    start: int | None = None,
    stop: int | None = None,
    width: int | None = None,
    sizes: Any = None,
    colors: Any = None,
    neuron_first: bool = False,
) -> Axes:
    """Draw the mean rate of the neurons of each group over time.

    A bin of W steps in which n neurons have c spikes shows c / (n W): spikes per 1,000 steps, or
    Hz if `dt` is given. The last bin may be shorter and is divided by its own width. Where not
    every step was recorded, W counts the recorded ones.

    Parameters
    ----------
    spikes : Result, Events, pair of arrays, array, or mapping
        As for :func:`raster`.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    dt : float, optional
        Length of a time step in `unit`. Without it the axis counts steps.
    unit : str
        Unit of `dt` and of the time axis.
    start, stop : int, optional
        First and last time step.
    width : int, optional
        Steps of a bin; default: a round number such that there are about 100 bins.
    sizes : int or mapping, optional
        Numbers of neurons, for pairs of arrays, which do not know of silent ones.
    colors : optional
        A colour, or one for each group, as a list or by name.
    neuron_first : bool
        Dense arrays are (n, T).

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import numpy as np
    >>> spikes = np.zeros((100, 20), bool)
    >>> spikes[::10] = True
    >>> ax = rate(spikes, dt=1, width=10)
    >>> float(ax.patches[0].get_data().values[0])
    100.0
    """
    clock = Clock(dt, unit)
    groups, begin, end = spike_groups(spikes, start, stop, sizes, neuron_first)
    color_list(colors, [group.name for group in groups])
    with canvas(ax, 0.5) as ax:
        draw_rates(ax, groups, (begin, end), clock, width, colors)
        label_time(ax, clock.label)
        ax.set_xlim(clock.times(begin - 1), clock.times(end + 1))
        if len(groups) > 1:
            add_legend(ax)
    return ax


def draw_rates(
    ax: Axes,
    groups: list[Spikes],
    window: tuple[int, int],
    clock: Clock,
    width: int | None,
    colors: Any,
) -> None:
    """Histograms of the groups; labels of the axis of rates."""
    edges = bin_edges(window, width)
    for group, color in zip(groups, color_list(colors, [g.name for g in groups]), strict=True):
        heights = clock.rates(binned(group, edges))
        label = shortened(group.name, 30) or None
        ax.stairs(heights, clock.times(edges), color=color, baseline=None, lw=1.1, label=label)
    ax.set_ylabel(clock.rate_label)
    ax.set_ylim(0, None if any(len(group.steps) for group in groups) else 1)


def bin_edges(window: tuple[int, int], width: int | None = None) -> np.ndarray:
    """Edges of bins from the first to the last step; bin k has the steps after edge k."""
    begin, end = window
    steps = end - begin + 1
    if width is None:
        width = round_width(steps / BINS)
    if isinstance(width, bool) or not hasattr(width, "__index__") or width < 1:
        raise ValueError(f"width is a number of time steps from 1, got {width!r}")
    inner = np.arange(begin - 1, end, width)
    return np.append(inner, end)


def binned(group: Spikes, edges: np.ndarray) -> np.ndarray:
    """Spikes per neuron and step in each bin; NaN where no step was recorded."""
    counts = _counts(group.steps, edges)
    exposed = group.exposure(edges) * group.size
    return np.divide(counts, exposed, out=np.full(len(counts), np.nan), where=exposed > 0)


def _counts(steps: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Steps after each edge, up to the next; all edges but the last one are equally apart."""
    width = max(1, int(edges[1] - edges[0]))
    inside = (steps > edges[0]) & (steps <= edges[-1])
    bins = (steps[inside] - edges[0] - 1) // width
    return np.bincount(bins, minlength=len(edges) - 1)
