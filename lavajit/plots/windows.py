"""The window of spike-timing dependent plasticity: change of a weight over the spikes' distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.clock import Clock
from lavajit.plots.looks import BLUE, PALE, VERMILLION, canvas
from lavajit.plots.pair_rules import pair_changes
from lavajit.plots.sources import kind_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Time constants that a window of a rule reaches, and steps if there are none.
REACH, LEAST = 4, 10
CLOUD = 0.25


def stdp_window(
    changes: Any,
    ax: Axes | None = None,
    *,
    curve: Any = None,
    weight: float = 0.0,
    dt: float | None = None,
    unit: str = "ms",
    label: str = "weight change",
    names: tuple[str, str] = ("measured", "curve"),
) -> Axes:
    """Draw the change of a weight over the difference of spike times, post minus pre.

    Both sides are drawn apart: at a difference of 0 each spike may find the other's impulse, so
    that this point, a diamond, is on neither curve.

    Parameters
    ----------
    changes : learning rule, or pair of arrays
        A rule, whose window is computed for one spike of each neuron with all traces at 0 before;
        or a pair ``(differences, changes)`` of measured values, of shapes (D,) and (D,) or
        (D, samples). Of several samples the mean is drawn, over them in a lighter colour.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    curve : learning rule, or pair of arrays (D,) and (D,), optional
        Drawn as a line, to compare measured values with.
    weight : float
        For rules whose change depends on the weight.
    dt : float, optional
        Length of a time step in `unit`; without it differences are in steps.
    unit : str
        Unit of `dt`.
    label : str
        Of the vertical axis.
    names : (str, str)
        What the legend calls measured values and curve.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from lavajit import Loihi2FLearningRule
    >>> rule = Loihi2FLearningRule(dw="y0*x1 - x0*y1", x1_impulse=16, x1_tau=10, y1_impulse=8,
    ...                            y1_tau=20)
    >>> ax = stdp_window(rule, dt=1)
    >>> ax.get_xlabel()
    '$t_{post} - t_{pre}$ (ms)'
    """
    clock = Clock(dt, unit)
    measured = None if _is_rule(changes) else _pair(changes, (1, 2))
    reach = None if measured is None else measured[0]
    line = curve if measured is not None else changes
    drawn = None if line is None else _curve(line, reach, weight)
    with canvas(ax, 0.62) as ax:
        ax.axhline(0, color=PALE, lw=0.8, zorder=0)
        ax.axvline(0, color=PALE, lw=0.8, zorder=0)
        if drawn is not None:
            _draw_curve(ax, *drawn, clock, names[1] if measured is not None else None)
        if measured is not None:
            _draw_samples(ax, *measured, clock, names[0])
        gaps = (drawn or measured)[0] if measured is None else measured[0]
        _finish(ax, clock, gaps, label)
    return ax


def _is_rule(item: Any) -> bool:
    return hasattr(item, "active_product_series")


def _pair(pair: Any, dims: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise TypeError(
            "a window is a learning rule or a pair (differences, changes) of arrays, "
            f"got {kind_of(pair)}"
        )
    gaps, changes = np.asarray(pair[0]), np.asarray(pair[1])
    if gaps.ndim != 1 or changes.ndim not in dims or len(changes) != len(gaps) or not len(gaps):
        expected = " or ".join(("(D,)", "(D, samples)")[: len(dims)])
        raise ValueError(
            f"differences are (D,) and changes {expected}, got {gaps.shape} and {changes.shape}"
        )
    order = np.argsort(gaps, kind="stable")
    return gaps[order], changes[order]


def _curve(line: Any, gaps: np.ndarray | None, weight: float) -> tuple[np.ndarray, np.ndarray]:
    if not _is_rule(line):
        return _pair(line, (1,))
    if gaps is None:
        names = ("x1", "x2", "y1", "y2", "y3")
        longest = max(getattr(line, f"{name}_tau", 0) for name in names if _used(line, name))
        reach = max(LEAST, int(np.ceil(REACH * longest)))
        gaps = np.arange(-reach, reach + 1)
    return gaps, pair_changes(line, gaps, weight)


def _used(rule: Any, trace: str) -> bool:
    return trace in {"x1", "y1"} or getattr(rule, f"{trace}_impulse", 0) > 0


def _draw_curve(ax: Axes, gaps: np.ndarray, values: np.ndarray, clock: Clock, label) -> None:
    for part in (gaps < 0, gaps > 0):
        ax.plot(clock.times(gaps[part]), values[part], color=BLUE, label=label)
        label = None
    ax.plot(gaps[gaps == 0], values[gaps == 0], "D", color=BLUE, ms=4.5)


def _draw_samples(ax: Axes, gaps: np.ndarray, changes: np.ndarray, clock: Clock, name: str) -> None:
    """Dots at the means, over all different samples."""
    if changes.ndim == 1:
        ax.plot(clock.times(gaps), changes, ".", color=VERMILLION, ms=5, mew=0, label=name)
        return
    rows = np.broadcast_to(np.arange(len(gaps))[:, None], changes.shape)
    once = np.unique(np.stack([rows.ravel(), changes.ravel()]), axis=1)
    cloud = {"color": VERMILLION, "alpha": CLOUD, "ms": 3.5, "mew": 0, "zorder": 1}
    ax.plot(
        clock.times(gaps[once[0].astype(int)]), once[1], ".", label=f"{name}, synapses", **cloud
    )
    means = changes.mean(axis=1)
    ax.plot(clock.times(gaps), means, ".", color=VERMILLION, ms=5, mew=0, label=f"{name}, mean")


def _finish(ax: Axes, clock: Clock, gaps: np.ndarray, label: str) -> None:
    unit = "steps" if clock.dt is None else clock.unit
    ax.set(xlabel=f"$t_{{post}} - t_{{pre}}$ ({unit})", ylabel=label)
    far = np.abs(gaps).max() or 1
    ax.set_xlim(clock.times(-far), clock.times(far))
    low, high = ax.get_ylim()
    # Room for the two words, above and below the curves.
    ax.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))
    ax.text(0.02, 0.98, "post before pre", transform=ax.transAxes, va="top", size="small")
    ax.text(0.98, 0.02, "pre before post", transform=ax.transAxes, ha="right", size="small")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, loc="upper right", fontsize="small")
