"""Lava's raster plot; :func:`lavajit.plots.raster` can do more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Size of a new figure in inches.
FIGURE_SIZE = (10, 5)


def raster_plot(
    spikes: ArrayLike,
    stride: int = 6,
    fig: Figure | None = None,
    figsize: tuple[float, float] | None = None,
    marker: str = "o",
    markersize: float = 1.5,
    color: str = "b",
    alpha: float = 1,
    xlabel: str = "Time Steps",
    ylabel: str = "Neurons",
) -> Figure:
    """Draw the spikes of every `stride`-th neuron into the current axes.

    Parameters
    ----------
    spikes : array_like, shape (n, T)
        Zeros and ones, **neurons first**, as in the RingBuffers of Lava.
    stride : int
        Neurons 0, stride, 2 stride, ... are drawn.
    fig : matplotlib Figure, optional
        Is returned; drawing goes to the current axes of pyplot all the same, as in Lava.
    figsize : (float, float), optional
        Width and height of a new figure in inches; default: 10 x 5.
    marker, markersize, color, alpha
        Of the dots, as in ``plt.plot``.
    xlabel, ylabel : str
        Labels of the axes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        `spikes` has other dimensions or other values, `stride` is larger than n, or both `fig` and
        `figsize` are given.

    Examples
    --------
    >>> figure = raster_plot(np.eye(12), stride=3)
    >>> len(figure.axes[0].lines[0].get_xdata())
    4
    """
    from matplotlib import pyplot

    spikes = _checked(np.asarray(spikes), stride, fig, figsize)
    if fig is None:
        fig = pyplot.figure(figsize=figsize or FIGURE_SIZE)
    row, step = np.nonzero(spikes[::stride])
    pyplot.plot(step, row * stride, marker, markersize=markersize, color=color, alpha=alpha)
    pyplot.xlabel(xlabel)
    pyplot.ylabel(ylabel)
    pyplot.yticks([])
    pyplot.xlim(-1, spikes.shape[1])
    return fig


def _checked(spikes: np.ndarray, stride: int, fig, figsize) -> np.ndarray:
    """Lava's checks, in Lava's order and words."""
    if spikes.ndim != 2 or 0 in spikes.shape:
        raise ValueError(
            "Parameter <spikes> must have exactly two dimensions and they must be non-empty."
        )
    if not np.isin(spikes, (0, 1)).all():
        raise ValueError("All values in spikes must be either 0 or 1.")
    if stride > len(spikes):
        raise ValueError("Stride must not be greater than the number of neurons.")
    if fig is not None and figsize is not None:
        raise ValueError("Must use at most one of the following: fig, figsize.")
    return spikes
