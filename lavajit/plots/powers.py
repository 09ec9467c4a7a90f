"""Modelled power of a network on neurocores over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.looks import (
    BLUE,
    GREEN,
    PURPLE,
    VERMILLION,
    add_legend,
    canvas,
    label_time,
    split_off,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: By part of the energy.
_COLORS = {"synaptic": BLUE, "neuron": VERMILLION, "message": GREEN, "learning": PURPLE}
_STATIC, _DYNAMIC = "0.78", "0.35"
#: Part of the place that dynamic power alone gets.
_SHARE = 0.5
#: Points along the time axis, at most; of more steps means are shown.
MOST_POINTS = 250
_TIME_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
_POWER_UNITS = (("W", 1.0), ("mW", 1e-3), ("µW", 1e-6), ("nW", 1e-9))


def power(report: Any, ax: Axes | None = None) -> Axes:
    """Static and dynamic power, above each other, over the time that the chip takes.

    Below, on a scale of its own, dynamic power by what it is spent on. Both are modelled, not
    measured; where there are more than 250 steps, points are means over several.

    Parameters
    ----------
    report : NcReport
        Of a network that has been run on neurocores: ``process.runtime.nc_report``.
    ax : Axes, optional
        To draw in; a new figure by default.

    Returns
    -------
    Axes
        With static and dynamic power.

    Raises
    ------
    ValueError
        No step has been counted.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2HwCfg, RunSteps, plots
    >>> lif = LIF(shape=(3,), bias_mant=20, vth=10)
    >>> lif.run(RunSteps(10), Loihi2HwCfg())  # doctest: +SKIP
    >>> ax = plots.power(lif.runtime.nc_report)  # doctest: +SKIP
    """
    edges, parts = _binned(report)
    time_unit, time_size = _unit(edges[-1], _TIME_UNITS)
    with canvas(ax, 0.8) as ax:
        below = split_off(ax, _SHARE, below=True)
        static = parts.pop("static")
        dynamic = np.sum(list(parts.values()), axis=0)
        whole = {f"static, {_mean(edges, static)}": static}
        whole[f"dynamic, {_mean(edges, dynamic)}"] = dynamic
        _stack(ax, edges / time_size, whole, [_STATIC, _DYNAMIC], "power")
        spent = {name: values for name, values in parts.items() if values.any()}
        _stack(
            below,
            edges / time_size,
            spent,
            [_COLORS.get(name, _DYNAMIC) for name in spent],
            "dynamic",
        )
        ax.tick_params(labelbottom=False)
        label_time(below, f"modelled time ({time_unit})")
        ax.set_xlim(0, edges[-1] / time_size)
    return ax


def _binned(report: Any) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Edges in seconds, and mean power of each part between them, W."""
    lengths = np.asarray(report.time.lengths)
    spent = 1e-6 * np.asarray(report.time.t_step) * lengths
    if not spent.size or not spent.sum():
        raise ValueError("the report has no step to show; run the network, then ask for its report")
    width = -(-spent.size // MOST_POINTS)
    starts = np.arange(0, spent.size, width)
    seconds = np.add.reduceat(spent, starts)
    parts = {
        name: np.add.reduceat(np.asarray(values), starts) / seconds
        for name, values in report.energy.per_step.items()
    }
    return np.concatenate([[0.0], np.cumsum(seconds)]), parts


def _stack(
    ax: Axes, edges: np.ndarray, parts: dict[str, np.ndarray], colors: list[str], what: str
) -> None:
    """Areas above each other, with steps at the edges; the unit fits the largest sum."""
    highest = max(np.sum(list(parts.values()), axis=0).tolist()) if parts else 1.0
    unit, size = _unit(highest, _POWER_UNITS)
    floor = np.zeros(edges.size)
    for (name, values), color in zip(parts.items(), colors, strict=True):
        top = floor + np.append(values, values[-1:]) / size
        # Where areas meet, smoothing of their edges would let the background through.
        look = {"color": color, "linewidth": 0, "antialiased": False}
        ax.fill_between(edges, floor, top, step="post", label=name, **look)
        floor = top
    ax.set_ylim(0, 1.08 * highest / size or 1.0)
    ax.set_ylabel(f"{what} ({unit})")
    ax.spines[["top", "right"]].set_visible(False)
    add_legend(ax)


def _mean(edges: np.ndarray, values: np.ndarray) -> str:
    mean = float(np.diff(edges) @ values / edges[-1])
    unit, size = _unit(mean, _POWER_UNITS)
    return f"{mean / size:.3g} {unit}"


def _unit(value: float, units: tuple[tuple[str, float], ...]) -> tuple[str, float]:
    """The largest unit in which a value is at least 1, or the smallest."""
    return next((pair for pair in units if value >= pair[1]), units[-1])
