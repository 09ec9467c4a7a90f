"""Weights: which neuron acts on which how strongly, and how strengths are distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.looks import (
    BLUE,
    GREY,
    PALE,
    POINTS,
    add_legend,
    add_scale,
    canvas,
    font_size,
    size_in_points,
    split_off,
)
from lavajit.plots.sources import is_samples, kind_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Cells of the picture per inch, at most; bins of the histogram; its share of the width.
RESOLUTION, BINS, HISTOGRAM_SHARE = 200, 40, 0.38
#: Percentile of the sizes of weights at which the scale ends.
TOP = 99.5
_EXPECTED = (
    "weights are an array (post, pre), a sparse matrix, a Var, or Samples of one (the last row is "
    "drawn, the first is before learning)"
)

#: Rows, columns and values of the synapses, and the shape of the matrix.
Synapses = tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]


def weights(
    values: Any,
    ax: Axes | None = None,
    *,
    before: Any = None,
    change: bool = False,
    histogram: bool | Axes = True,
    label: str = "weight",
) -> Axes:
    """Draw a matrix of weights and the distribution of its weights.

    Weights of 0 are no synapses: they are grey and not counted. A matrix with more rows or
    columns than there is space is drawn in cells that show the mean of their synapses. Colours
    are red above and blue below 0, on a scale that is symmetric around it and ends at the 99.5th
    percentile of sizes; an arrow at the colour bar says that there are larger ones.

    Parameters
    ----------
    values : ndarray (post, pre), sparse matrix, Var, or Samples
        Weights; of Samples the last ones, with the first ones as `before`.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    before : as `values`, optional
        Weights before learning, of the same shape: a second, grey outline in the histogram.
    change : bool
        Draw what learning has changed, after minus before, in place of the weights. A synapse
        that has not changed is grey.
    histogram : bool or Axes
        Also draw the distribution: in a part of `ax` to the right, or in the Axes given.
    label : str
        What the values are, with their unit.

    Returns
    -------
    matplotlib.axes.Axes
        That of the matrix.

    Examples
    --------
    >>> import numpy as np
    >>> ax = weights(np.array([[0.5, 0.0], [-0.2, 0.1]]), label="weight (nS)")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('pre-synaptic neuron', 'post-synaptic neuron')
    """
    after, earlier = _after_and_before(values, before)
    if change and earlier is None:
        raise ValueError("change=True needs the weights before learning: weights(w, before=w0)")
    shown = _difference(after, earlier) if change else after
    label = f"change of {label}" if change else label
    with canvas(ax, 0.58 if histogram else 0.8) as ax:
        side = split_off(ax, HISTOGRAM_SHARE, below=False) if histogram is True else histogram
        # The histogram beside it says what the scale is of.
        _draw_matrix(ax, shown, "" if histogram is True else label)
        if side:
            _draw_histogram(side, shown[2], None if change or earlier is None else earlier[2])
            side.set_xlabel(label)
    return ax


def _after_and_before(values: Any, before: Any) -> tuple[Synapses, Synapses | None]:
    if is_samples(values):
        rows = np.asarray(values.values)
        if rows.ndim != 3:
            raise ValueError(
                f"{_EXPECTED}; got Samples of shape {rows.shape} of {values.name}, no matrix each"
            )
        if not len(rows):
            raise ValueError(f"{values.name} has no recorded steps, so there are no weights")
        before = rows[0] if before is None and len(rows) > 1 else before
        values = rows[-1]
    after = _synapses(values)
    earlier = None if before is None else _synapses(before)
    if earlier is not None and earlier[3] != after[3]:
        raise ValueError(f"weights are {after[3]}, but before is {earlier[3]}")
    return after, earlier


def _synapses(values: Any) -> Synapses:
    """Weights that are not 0."""
    values = values.get() if hasattr(values, "aliased_var") else values
    if hasattr(values, "tocoo"):
        found = values.tocoo()
        rows, columns, strengths, shape = found.row, found.col, found.data, found.shape
        kept = strengths != 0
        rows, columns, strengths = rows[kept], columns[kept], strengths[kept]
    else:
        matrix = np.asarray(values) if hasattr(values, "__array__") else values
        matrix = np.asarray(matrix) if isinstance(matrix, list) else matrix
        if not isinstance(matrix, np.ndarray):
            raise TypeError(f"{_EXPECTED}; got {kind_of(values)}")
        if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
            raise ValueError(f"{_EXPECTED}; got shape {matrix.shape} and dtype {matrix.dtype}")
        rows, columns = np.nonzero(matrix)
        strengths, shape = matrix[rows, columns], matrix.shape
    if strengths.dtype.kind == "f" and not np.isfinite(strengths).all():
        raise ValueError(f"some of the weights {shape} are not finite")
    strengths = strengths.astype(np.int64) if strengths.dtype.kind in "biu" else strengths
    return rows, columns, strengths, tuple(shape)


def _difference(after: Synapses, before: Synapses) -> Synapses:
    """What has changed; a synapse is in either of them."""
    width = max(after[3][1], 1)
    places = np.concatenate(
        [part[0].astype(np.int64) * width + part[1] for part in (after, before)]
    )
    strengths = np.concatenate([after[2], -before[2]])
    where, index = np.unique(places, return_inverse=True)
    sums = np.bincount(index, strengths, minlength=len(where))
    kept = sums != 0
    return where[kept] // width, where[kept] % width, sums[kept], after[3]


def _draw_matrix(ax: Axes, synapses: Synapses, label: str) -> None:
    import matplotlib
    from matplotlib.ticker import MaxNLocator

    width, height = size_in_points(ax)
    columns, rows = (max(1, int(RESOLUTION * side / POINTS)) for side in (width, height))
    means, cell = _cells(synapses, rows, columns)
    sizes = np.abs(means[np.isfinite(means)])
    limit = float(np.percentile(sizes, TOP)) if len(sizes) else 1.0
    signed = {bool(synapses[2].min(initial=0) < 0), bool(synapses[2].max(initial=0) > 0)} == {True}
    negative = synapses[2].max(initial=0) <= 0 and len(sizes) > 0
    low, high = (-limit, limit) if signed else ((-limit, 0) if negative else (0, limit))
    name = "RdBu_r" if signed else ("Blues_r" if negative else "Reds")
    colors = matplotlib.colormaps[name].with_extremes(bad=PALE)
    n_post, n_pre = synapses[3]
    extent = (-0.5, means.shape[1] * cell[1] - 0.5, -0.5, means.shape[0] * cell[0] - 0.5)
    # Cells that are larger than a pixel have sharp edges; of smaller ones means are shown.
    dots = ax.figure.dpi / POINTS
    large = means.shape[0] <= height * dots and means.shape[1] <= width * dots
    image = ax.imshow(
        means,
        extent=extent,
        origin="lower",
        aspect="auto",
        cmap=colors,
        vmin=low,
        vmax=high,
        interpolation="nearest" if large else "auto",
    )
    ax.set(xlim=(-0.5, max(n_pre, 1) - 0.5), ylim=(-0.5, max(n_post, 1) - 0.5))
    ax.set(xlabel="pre-synaptic neuron", ylabel="post-synaptic neuron")
    for axis, side in ((ax.xaxis, width), (ax.yaxis, height)):
        # Room for numbers of five digits.
        ticks = max(2, int(side / (5 * font_size())))
        axis.set_major_locator(MaxNLocator(ticks, integer=True, min_n_ticks=1))
    beyond = bool(len(sizes) and sizes.max() > limit)
    extend = ("both" if signed else "min" if negative else "max") if beyond else "neither"
    add_scale(ax, image, label, extend)


def _cells(synapses: Synapses, rows: int, columns: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Mean of the synapses of each cell, NaN without any; size of a cell."""
    row, column, strengths, (n_post, n_pre) = synapses
    cell = max(1, math.ceil(n_post / rows)), max(1, math.ceil(n_pre / columns))
    shape = max(1, math.ceil(n_post / cell[0])), max(1, math.ceil(n_pre / cell[1]))
    place = (row // cell[0]).astype(np.int64) * shape[1] + column // cell[1]
    counts = np.bincount(place, minlength=shape[0] * shape[1])
    sums = np.bincount(place, strengths, minlength=len(counts))
    means = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means.reshape(shape), cell


def _draw_histogram(ax: Axes, after: np.ndarray, before: np.ndarray | None) -> None:
    both = after if before is None else np.concatenate([after, before])
    edges = _edges(both)
    ax.stairs(np.histogram(after, edges)[0], edges, fill=True, color=BLUE, alpha=0.6, label="after")
    if before is not None:
        ax.stairs(np.histogram(before, edges)[0], edges, color=GREY, lw=1.2, label="before")
        add_legend(ax)
    ax.set_ylabel("synapses")
    ax.set_ylim(0, None if len(both) else 1)
    ax.yaxis.get_major_locator().set_params(integer=True)


def _edges(values: np.ndarray) -> np.ndarray:
    """Bins of one width; of whole numbers every bin holds as many of them."""
    if not len(values):
        return np.array([0.0, 1.0])
    low, high = values.min(), values.max()
    if values.dtype.kind == "i" or (values == np.rint(values)).all():
        width = max(1, math.ceil((high - low + 1) / BINS))
        return np.arange(low, high + width + 1, width) - 0.5
    if low == high:
        return np.array([low - 0.5, high + 0.5]) if low == 0 else np.sort([0.9 * low, 1.1 * low])
    return np.linspace(low, high, BINS + 1)
