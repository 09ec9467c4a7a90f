"""A picture of a network's spikes: a raster of two populations above their rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from lavajit import plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"E": "excitatory", "I": "inhibitory"}

WINDOW = 1_000
BIN = 5
WINDOW_MS = 250.0
BIN_MS = 1.0


class Network(Protocol):
    """What can be drawn: populations "E" and "I"."""

    def sizes(self) -> dict[str, int]:
        """Number of neurons of each population."""

    def spikes(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Time steps and neurons of the recorded spikes of a population."""


def save_raster(network: Network, steps: int, path: str, dt: float | None = None) -> None:
    """Draw the end of a run and save the picture.

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
    window = WINDOW if dt is None else round(WINDOW_MS / dt)
    figure = raster_figure(network, max(0, steps - window), steps, dt)
    figure.savefig(path, dpi=150)


def raster_figure(network: Network, begin: int, end: int, dt: float | None = None) -> Figure:
    """Draw time steps `begin` + 1 to `end`, in milliseconds if `dt` is given.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: nothing needs to be closed.
    """
    from matplotlib.figure import Figure

    names = {NAMES[name]: name for name in network.sizes()}
    spikes = {name: network.spikes(key) for name, key in names.items()}
    sizes = {name: network.sizes()[key] for name, key in names.items()}
    width = BIN if dt is None else max(1, round(BIN_MS / dt))
    window = {"start": begin + 1, "stop": end, "dt": dt, "width": width}
    with plots.style():
        figure = Figure(figsize=(8.0, 4.8))
        plots.raster(spikes, figure.add_subplot(), rate=True, sizes=sizes, **window)
    return figure
