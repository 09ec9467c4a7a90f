"""A picture of the microcircuit: spikes by layer, and the rates of neurons in each population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lavajit import plots
from models.cortical import CorticalNetwork
from models.microcircuit import RATES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Layers take turns in darker and lighter shades of the colours of E and I.
SHADES = {"E": ("#0072b2", "#56b4e9"), "I": ("#d55e00", "#e69f00")}
WINDOW_MS = 400.0
#: Rows of the raster, shared in proportion to sizes; none gets fewer than LEAST_ROWS.
ROWS, LEAST_ROWS = 1800, 50
FONT = {"font.size": 10, "axes.labelsize": 10, "xtick.labelsize": 9, "ytick.labelsize": 10}


def save_figure(network: CorticalNetwork, path: str) -> None:
    """Draw the spikes of the last run and save the picture.

    Parameters
    ----------
    network : CorticalNetwork
        After a run, the last 400 ms of which are drawn as a raster.
    path : str
        File to write.
    """
    import matplotlib

    with matplotlib.rc_context({"savefig.dpi": 200, **FONT}):
        microcircuit_figure(network).savefig(path)


def microcircuit_figure(network: CorticalNetwork) -> Figure:
    """A raster of all populations beside the distribution of rates in each.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    raster, rates = figure.subplots(1, 2, width_ratios=(1.7, 1))
    _draw_raster(raster, network)
    _draw_rates(rates, network)
    for axes in (raster, rates):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def _colour(name: str, index: int) -> str:
    return SHADES[name[-1]][index // 2 % 2]


def _draw_raster(axes: Axes, network: CorticalNetwork) -> None:
    """The end of the recording, layer 2/3 on top, neurons of a population side by side."""
    sizes = network.sizes()
    total, last = sum(sizes.values()), network.result.last
    begin = max(network.result.first - 1, last - round(WINDOW_MS / network.dt))
    rows, shown = {}, {}
    for name, size in sizes.items():
        rows[name] = min(size, max(LEAST_ROWS, round(ROWS * size / total)))
        steps, neurons = network.spikes(name)
        inside = (steps > begin) & (neurons < rows[name])
        shown[name] = steps[inside] - begin, neurons[inside]
    colors = [_colour(name, index) for index, name in enumerate(sizes)]
    window = {"start": 1, "stop": last - begin, "dt": network.dt}
    plots.raster(shown, axes, sizes=rows, colors=colors, density=False, **window)
    axes.invert_yaxis()
    axes.set_yticks(axes.get_yticks(), list(sizes), color="black")


def _draw_rates(axes: Axes, network: CorticalNetwork) -> None:
    """Quartiles over neurons (whiskers: 5% and 95%), their mean, and that of the whole network."""
    sizes, hertz = network.sizes(), network.events().rate(dt=1e-3 * network.dt)
    each = [hertz[part.start : part.stop] for part in network.populations.values()]
    places = np.arange(len(sizes))
    boxes = axes.boxplot(
        each,
        positions=places,
        orientation="horizontal",
        whis=(5, 95),
        widths=0.62,
        showfliers=False,
        patch_artist=True,
        medianprops={"color": "black", "lw": 1.2},
    )
    for index, (name, box) in enumerate(zip(sizes, boxes["boxes"], strict=True)):
        box.set(facecolor=_colour(name, index), edgecolor="black", lw=0.8)
    means = [part.mean() for part in each]
    mark = {"ls": "", "mec": "black", "zorder": 3}
    axes.plot(means, places, "D", mfc="white", ms=9, label="mean", **mark)
    axes.plot(RATES, places, "*", mfc="#ffd23f", ms=7, label="NEST, whole network", **mark)
    axes.set(xlabel="rate (Hz)", ylim=(len(sizes) - 0.4, -0.6))
    axes.set_xlim(left=0)
    axes.set_yticks(places, list(sizes))
    axes.legend(frameon=False, loc="upper right", handletextpad=0.2, fontsize=8)
