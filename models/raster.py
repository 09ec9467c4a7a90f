"""A picture of a network's spikes: a raster of two populations above their rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from models.ei_network import EINetwork

#: Colours that stay apart in grey print and for colour-blind eyes.
COLOURS = {"E": "#20639b", "I": "#d1495b"}
NAMES = {"E": "excitatory", "I": "inhibitory"}

WINDOW = 1_000
BIN = 5
ROWS = 500


def save_raster(network: EINetwork, steps: int, path: str) -> None:
    """Draw the last 1,000 of `steps` time steps (a sample of the neurons) and save the picture."""
    import matplotlib

    figure = raster_figure(network, max(0, steps - WINDOW), steps)
    with matplotlib.rc_context({"savefig.dpi": 150}):
        figure.savefig(path)


def raster_figure(network: EINetwork, begin: int, end: int) -> Figure:
    """Draw time steps `begin` + 1 to `end`.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.8), layout="constrained")
    raster, rates = figure.subplots(2, 1, sharex=True, height_ratios=(2.8, 1))
    sizes = {name: lif.s_out.size for name, lif in network.populations().items()}
    shares = {name: max(1, round(ROWS * n / sum(sizes.values()))) for name, n in sizes.items()}
    ground = 0
    for name, size in sizes.items():
        steps, neurons = network.recorders[name].spikes()
        inside = (steps > begin) & (steps <= end)
        steps, neurons = steps[inside], neurons[inside]
        rows = min(size, shares[name])
        shown = neurons < rows
        raster.plot(steps[shown], ground + neurons[shown], ".", color=COLOURS[name], ms=2.9, mew=0)
        _label_rows(raster, name, ground, rows, size)
        ground += rows
        _draw_rate(rates, name, steps, size, begin, end)
    _finish(raster, rates, ground, begin, end)
    return figure


def _label_rows(axes: Axes, name: str, ground: int, rows: int, size: int) -> None:
    text = f"{NAMES[name]}\n{rows} of {size:,}"
    place = (1.01, ground + rows / 2)
    axes.annotate(
        text, place, xycoords=("axes fraction", "data"), color=COLOURS[name], va="center", size=9
    )


def _draw_rate(axes: Axes, name: str, steps: np.ndarray, size: int, begin: int, end: int) -> None:
    edges = np.arange(begin, end + BIN, BIN) + 0.5
    counts, _ = np.histogram(steps, edges)
    axes.stairs(1000 * counts / (size * BIN), edges, color=COLOURS[name], lw=1.2, baseline=None)


def _finish(raster: Axes, rates: Axes, rows: int, begin: int, end: int) -> None:
    raster.set(ylabel="neuron", ylim=(-2, rows + 1), xlim=(begin, end))
    rates.set(xlabel="time step", ylabel="rate (spikes\nper 1,000 steps)")
    rates.set_ylim(bottom=0)
    for axes in (raster, rates):
        axes.spines[["top", "right"]].set_visible(False)
