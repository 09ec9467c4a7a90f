"""Values over time: membrane potentials, currents, traces, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.clock import Clock
from lavajit.plots.looks import COLORS, add_legend, canvas, color_list, label_time, shortened
from lavajit.plots.sources import Lines, line_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Lines that are drawn one by one, at most; of more, how many lie where.
MOST_LINES = len(COLORS)
#: Shares of the lines that lie in the bands, and how opaque these are.
SHARES = ((0.9, 0.18), (0.5, 0.35))
#: Points of a line above which a vector file gets pixels.
MOST_VECTORS = 100_000


def trace(
    values: Any,
    ax: Axes | None = None,
    *,
    dt: float | None = None,
    unit: str = "ms",
    start: int | None = None,
    stop: int | None = None,
    neurons: Any = None,
    label: str | None = None,
    colors: Any = None,
    steps: bool = False,
    legend: bool = True,
    neuron_first: bool = False,
) -> Axes:
    """Draw values over time, a line for each element.

    Of a series with more than seven elements, lines would hide each other: the median is drawn
    instead, and the bands in which half and nine tenths of the elements lie at each time. Choose
    elements with `neurons` to see them one by one.

    Parameters
    ----------
    values : Result, Samples, pair of arrays, array, or mapping
        A Result (all Vars recorded), recorded Samples, a pair ``(steps, values)`` of arrays (T,)
        and (T, n), an array of shape (T,) or (T, n), **time first**, whose first row is time step
        1, or a dict of these by name, also one of dicts as a Monitor gives. NaN are gaps.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    dt : float, optional
        Length of a time step in `unit`. Without it the axis counts steps, from 1.
    unit : str
        Unit of `dt` and of the time axis.
    start, stop : int, optional
        First and last time step; default: all.
    neurons : slice or sequence of int, optional
        Elements to draw, by their place among those recorded; default: all.
    label : str, optional
        Of the vertical axis; default: the name of the only series.
    colors : optional
        A colour for all, or one for each element (of the only series) or each series.
    steps : bool
        Hold a value until the next one is there: for weights that change at some steps.
    legend : bool
        Say which line is which element or series, where there are several.
    neuron_first : bool
        Dense arrays are (n, T), as in the RingBuffers of Lava.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import numpy as np
    >>> decay = np.exp(-np.arange(100)[:, None] / [5.0, 20.0])  # 100 steps, 2 neurons
    >>> ax = trace({"lif.v": decay}, label="v (mV)")
    >>> len(ax.lines), ax.get_ylabel()
    (2, 'v (mV)')
    """
    clock = Clock(dt, unit)
    groups = [_cut(lines, start, stop) for lines in line_groups(values, neurons, neuron_first)]
    alone = len(groups) == 1
    names = groups[0].labels if alone and _one_by_one(groups[0]) else [g.name for g in groups]
    found = color_list(colors, names)
    with canvas(ax, 0.5) as ax:
        drawn = "steps-post" if steps else "default"
        for k, lines in enumerate(groups):
            if _one_by_one(lines):
                _draw_lines(ax, lines, clock, found if alone else [found[k]], drawn, alone)
            else:
                _draw_bands(ax, lines, clock, found[k], alone)
        label_time(ax, clock.label)
        _limit(ax, groups, clock)
        name = groups[0].name if alone else ""
        ax.set_ylabel(label if label is not None else shortened(name, 24))
        if legend:
            add_legend(ax)
    return ax


def _one_by_one(lines: Lines) -> bool:
    return lines.values.shape[1] <= MOST_LINES


def _cut(lines: Lines, start: int | None, stop: int | None) -> Lines:
    if start is None and stop is None:
        return lines
    inside = np.ones(len(lines.steps), bool)
    inside &= lines.steps >= (start if start is not None else -np.inf)
    inside &= lines.steps <= (stop if stop is not None else np.inf)
    return Lines(lines.name, lines.steps[inside], lines.values[inside], lines.labels)


def _draw_lines(ax: Axes, lines: Lines, clock: Clock, colors: list, drawn: str, alone: bool):
    """A line for each element; they are told apart by colour if there is no other series."""
    times, several = clock.times(lines.steps), len(lines.labels) > 1
    # A line of one point would not be seen.
    mark = "." if len(times) == 1 else None
    for k, column in enumerate(lines.values.T):
        label = lines.labels[k] if several else None
        ax.plot(
            times,
            column,
            color=colors[k] if alone else colors[0],
            label=label if alone else (shortened(lines.name, 30) if k == 0 else None),
            drawstyle=drawn,
            marker=mark,
            rasterized=len(times) > MOST_VECTORS,
        )


def _draw_bands(ax: Axes, lines: Lines, clock: Clock, color: Any, alone: bool) -> None:
    """Median and quantiles of many elements."""
    times = clock.times(lines.steps)
    n = lines.values.shape[1]
    name = "" if alone else f"{shortened(lines.name, 30)}: "
    kept = {"lw": 0, "rasterized": len(times) > MOST_VECTORS}
    for share, opacity in SHARES:
        tail = 50 * (1 - share)
        low, high = np.nanpercentile(lines.values, (tail, 100 - tail), axis=1)
        text = f"{share:.0%} of {n:,}" if alone else None
        ax.fill_between(times, low, high, color=color, alpha=opacity, label=text, **kept)
    middle = np.nanmedian(lines.values, axis=1)
    ax.plot(times, middle, color=color, label=f"{name}median" + ("" if alone else f" of {n:,}"))


def _limit(ax: Axes, groups: list[Lines], clock: Clock) -> None:
    ends = [(lines.steps[0], lines.steps[-1]) for lines in groups if len(lines.steps)]
    if ends:
        begin, end = min(first for first, _ in ends), max(last for _, last in ends)
        ax.set_xlim(clock.times(begin - 1), clock.times(end + 1))
