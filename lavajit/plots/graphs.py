"""Pictures of networks: Processes as boxes in layers, connections as arrows between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lavajit.plots.alike import merged
from lavajit.plots.arrows import draw_links
from lavajit.plots.boxes import draw_boxes, draw_frames
from lavajit.plots.dots import draw_dots
from lavajit.plots.looks import COLORS, POINTS, canvas, medium_size
from lavajit.plots.network import Drawing, collect_drawing
from lavajit.plots.sheet import Sheet, laid_out, layers_of
from lavajit.process.process import AbstractProcess

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Boxes whose links say which ports they join, at most, and boxes that are laid out at all.
MOST_LABELLED, MOST_BOXES = 12, 60
#: Rounds of :func:`merged` that are tried, until names can be read.
ROUNDS = (3, 2, 1, 0, None)
#: Height of a layer of a new figure in letters, and that of the figure in its widths.
LAYER, LOWEST, HIGHEST = 6.2, 0.25, 1.5


def graph(
    process: AbstractProcess,
    ax: Axes | None = None,
    *,
    folded: bool = True,
    merge: bool | None = None,
    hide: Iterable[type] = (),
    labels: bool | None = None,
) -> Axes:
    """Draw the network that a Process belongs to, before or after it is compiled.

    Data flow downwards, from layer to layer; connections that close a loop lead upwards, in
    orange. Dashed grey arrows lead from a RefPort to the Var that it reads or writes. A network
    with more boxes than can be read is made smaller: Processes of one class whose ports have the
    same shapes, and whose neighbours are of the same sorts, become one pile, "LIF × 240".

    Parameters
    ----------
    process : AbstractProcess
        Any member of the network.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.
    folded : bool
        True draws a hierarchical Process as one box. False opens it, in a frame where its
        Processes stand together: those that its model makes are known once the network is compiled.
    merge : bool, optional
        True always merges equal Processes, False never: boxes that are too small for names are then
        dots, in rows from the first Process on, with a legend. Default: where names could not be
        read.
    hide : iterable of class
        Classes of Processes to leave out, such as Monitor.
    labels : bool, optional
        Whether arrows say which ports they join, and the shape of a message, where there is room;
        default: in small networks.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        `process` is no Process, or `hide` holds something else than classes.

    See Also
    --------
    graphviz : the whole network as text for graphviz.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LIF, Dense
    >>> lif, dense = LIF(shape=(3,), name="lif"), Dense(weights=np.eye(3), name="dense")
    >>> lif.s_out.connect(dense.s_in)
    >>> ax = graph(lif)
    >>> [text.get_text() for text in ax.texts]
    ['s_out → s_in  3', 'LIF\\nlif', 'Dense\\ndense']
    """
    drawing = collect_drawing(process, folded, hide)
    with canvas(ax, _ratio(drawing, merge)) as ax:
        drawing, sheet = _legible(ax, drawing, merge)
        kinds = list(dict.fromkeys(box.kind for box in drawing.boxes))
        colors = {kind: COLORS[k % len(COLORS)] for k, kind in enumerate(kinds)}
        ax.set_axis_off()
        if sheet is None:
            draw_dots(ax, drawing, colors)
            return ax
        ax.set_xlim(sheet.left, sheet.right)
        ax.set_ylim(sheet.layers.depth - 0.5, -0.5)
        with_labels = len(drawing.boxes) <= MOST_LABELLED if labels is None else labels
        draw_links(ax, drawing, sheet, with_labels)
        draw_boxes(ax, drawing, sheet, colors)
        draw_frames(ax, drawing, sheet)
    return ax


def _ratio(drawing: Drawing, merge: bool | None) -> float:
    """Height of a new figure over its width: room for the layers."""
    if merge is False and len(drawing.boxes) > MOST_BOXES:
        return 0.62
    large = merge or len(drawing.boxes) > MOST_BOXES
    layers = layers_of(merged(drawing, 1) if large else drawing)
    width, letters = medium_size()
    return min(HIGHEST, max(LOWEST, LAYER * letters * layers.depth / (POINTS * width)))


def _legible(ax: Axes, drawing: Drawing, merge: bool | None) -> tuple[Drawing, Sheet | None]:
    """The largest drawing whose names can be read, and its layout; None if there is none."""
    tries = [] if merge else [drawing]
    if merge is not False:
        tries += [merged(drawing, rounds) for rounds in ROUNDS]
    for tried in tries:
        sheet = laid_out(ax, tried) if len(tried.boxes) <= MOST_BOXES else None
        if sheet is not None and sheet.legible:
            return tried, sheet
    return drawing, None
