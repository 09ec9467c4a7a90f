"""A picture of a network's spikes: a raster of two populations above their rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours that stay apart in grey print and for colour-blind eyes.
COLOURS = {"E": "#20639b", "I": "#d1495b"}
NAMES = {"E": "excitatory", "I": "inhibitory"}

WINDOW = 1_000
BIN = 5
WINDOW_MS = 250.0
BIN_MS = 1.0
ROWS = 500
RATE_PER_STEPS = "rate (spikes\nper 1,000 steps)"


class Network(Protocol):
    """What can be drawn: populations "E" and "I"."""

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons of the recorded spikes of a population."""


def save_raster(network: Network, steps: int, path: str, dt: float | None = None) -> None:
    """Draw the end of a run (a sample of the neurons) and save the picture.

    Parameters
    ----------
    network : Network
        With spikes recorded.
    steps : int
        Length of the run; its last 1,000 steps are drawn, or its last 250 ms.
    path : str
        File to write.
    dt : float, optional
        Milliseconds of a step. Without it, axes count steps.
    """
    import matplotlib

    window = WINDOW if dt is None else round(WINDOW_MS / dt)
    figure = raster_figure(network, max(0, steps - window), steps, dt)
    with matplotlib.rc_context({"savefig.dpi": 150}):
        figure.savefig(path)


def raster_figure(network: Network, begin: int, end: int, dt: float | None = None) -> Figure:
    """Draw time steps `begin` + 1 to `end`, in milliseconds if `dt` is given.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.8), layout="constrained")
    raster, rates = figure.subplots(2, 1, sharex=True, height_ratios=(2.8, 1))
    sizes, unit = network.sizes(), 1 if dt is None else dt
    shares = {name: max(1, round(ROWS * n / sum(sizes.values()))) for name, n in sizes.items()}
    ground = 0
    for name, size in sizes.items():
        steps, neurons = network.spikes(name)
        inside = (steps > begin) & (steps <= end)
        steps, neurons = steps[inside], neurons[inside]
        rows = min(size, shares[name])
        shown = neurons < rows
        rasters = unit * steps[shown], ground + neurons[shown]
        raster.plot(*rasters, ".", color=COLOURS[name], ms=2.9, mew=0)
        _label_rows(raster, name, ground, rows, size)
        ground += rows
        _draw_rate(rates, name, steps, size, (begin, end), dt)
    _finish(raster, rates, ground, (unit * begin, unit * end), dt is not None)
    return figure


def _label_rows(axes: Axes, name: str, ground: int, rows: int, size: int) -> None:
    text = f"{NAMES[name]}\n{rows} of {size:,}"
    place = (1.01, ground + rows / 2)
    axes.annotate(
        text, place, xycoords=("axes fraction", "data"), color=COLOURS[name], va="center", size=9
    )


def _draw_rate(
    axes: Axes,
    name: str,
    steps: np.ndarray,
    size: int,
    window: tuple[int, int],
    dt: float | None,
) -> None:
    (begin, end), width = window, BIN if dt is None else max(1, round(BIN_MS / dt))
    edges = np.arange(begin, end + width, width) + 0.5
    counts, _ = np.histogram(steps, edges)
    unit = 1 if dt is None else dt
    rates = 1000 * counts / (size * width * unit)
    axes.stairs(rates, unit * edges, color=COLOURS[name], lw=1.2, baseline=None)


def _finish(raster: Axes, rates: Axes, rows: int, window: tuple[float, float], in_ms: bool) -> None:
    raster.set(ylabel="neuron", ylim=(-2, rows + 1), xlim=window)
    time, rate = ("time (ms)", "rate (Hz)") if in_ms else ("time step", RATE_PER_STEPS)
    rates.set(xlabel=time, ylabel=rate)
    rates.set_ylim(bottom=0)
    for axes in (raster, rates):
        axes.spines[["top", "right"]].set_visible(False)
