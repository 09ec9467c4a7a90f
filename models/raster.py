"""A picture of a network's spikes: a raster of two populations above their rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from lavajit import Result, plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"E": "excitatory", "I": "inhibitory"}

WINDOW = 1_000
BIN = 5
WINDOW_MS = 250.0
BIN_MS = 1.0


class Network(Protocol):
    """What can be drawn: populations "E" and "I"."""

    result: Result | None

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons of the spikes of a population in the last run."""


def save_raster(network: Network, path: str, dt: float | None = None) -> None:
    """Draw the end of the last run and save the picture: 1,000 steps, or 250 ms with `dt`.

    Parameters
    ----------
    network : Network
        After a run.
    path : str
        File to write.
    dt : float, optional
        Milliseconds of a step. Without it, axes count steps.
    """
    window = WINDOW if dt is None else round(WINDOW_MS / dt)
    raster_figure(network, window, dt).savefig(path, dpi=150)


def raster_figure(network: Network, window: int, dt: float | None = None) -> Figure:
    """Draw the last `window` time steps of the last run, in milliseconds if `dt` is given.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    spikes = {NAMES[name]: network.spikes(name) for name in network.sizes()}
    sizes = {NAMES[name]: size for name, size in network.sizes().items()}
    width = BIN if dt is None else max(1, round(BIN_MS / dt))
    first, last = network.result.first, network.result.last
    shown = {"start": max(first, last - window + 1), "stop": last, "dt": dt, "width": width}
    with plots.style():
        figure = Figure(figsize=(8.0, 4.8))
        plots.raster(spikes, figure.add_subplot(), rate=True, sizes=sizes, **shown)
    return figure
