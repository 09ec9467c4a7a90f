"""How pictures look: colours, sizes, and axes to draw in.

The colours are those of M. Okabe and K. Ito (Color universal design, 2008), which stay apart for
colour-blind eyes, without yellow, which does not print; their lightness differs, so that they stay
apart in grey as well. Settings hold while an axes is made and drawn in, and nowhere else:
``matplotlib.rcParams`` of the user are never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

BLUE, VERMILLION, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, ORANGE, BLACK = "#56b4e9", "#e69f00", "#000000"
#: In the order in which groups get them.
COLORS = (BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE, BLACK)
GREY, PALE = "0.45", "0.85"

#: Width in inches and font size in points: a column of a journal, and a window.
MEDIA = {"paper": (3.3, 7.5), "screen": (6.4, 10.0)}
POINTS = 72
#: Distance and width of a colour bar, in widths of its axes.
SCALE_GAP, SCALE_WIDTH = 0.025, 0.03

_medium: ContextVar[str] = ContextVar("medium", default="screen")


@contextmanager
def style(medium: str = "screen") -> Iterator[None]:
    """Draw in the style of this package, for a medium.

    Parameters
    ----------
    medium : {"screen", "paper"}
        "paper" is a single column, 3.3 inches wide, with letters of 7.5 points. Figures made
        inside get this width and layout, also those made with ``plt.subplots()``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> with style("paper"):
    ...     figure, axes = plt.subplots()
    >>> float(figure.get_figwidth())
    3.3
    >>> plt.close(figure)
    """
    import matplotlib

    if medium not in MEDIA:
        raise ValueError(f"medium is one of {', '.join(map(repr, MEDIA))}, got {medium!r}")
    token = _medium.set(medium)
    try:
        with matplotlib.rc_context(_settings(medium)):
            yield
    finally:
        _medium.reset(token)


def _settings(medium: str) -> dict[str, Any]:
    from cycler import cycler

    width, size = MEDIA[medium]
    line = 0.08 * size
    return {
        "figure.figsize": (width, 0.66 * width),
        "figure.constrained_layout.use": True,
        "font.size": size,
        "axes.titlesize": size,
        "axes.labelsize": size,
        "xtick.labelsize": 0.9 * size,
        "ytick.labelsize": 0.9 * size,
        "legend.fontsize": 0.9 * size,
        "legend.frameon": False,
        "legend.handlelength": 1.4,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": line,
        "xtick.major.width": line,
        "ytick.major.width": line,
        "lines.linewidth": 0.14 * size,
        "axes.prop_cycle": cycler(color=COLORS),
    }


def medium_size() -> tuple[float, float]:
    """Width in inches of a new figure, and points of its letters."""
    return MEDIA[_medium.get()]


@contextmanager
def canvas(ax: Axes | None, ratio: float = 0.66) -> Iterator[Axes]:
    """`ax`, as it is; or, for None, the axes of a new figure of pyplot, in our style.

    A new figure, `ratio` times as high as wide, is closed if drawing fails.
    """
    from matplotlib.axes import Axes

    if ax is not None:
        if not isinstance(ax, Axes):
            raise TypeError(
                f"ax is a matplotlib Axes, got {type(ax).__name__}; make one with "
                "figure.add_subplot() or plt.subplots()"
            )
        yield ax
        return
    from matplotlib import pyplot

    width, _ = medium_size()
    with style(_medium.get()):
        figure = pyplot.figure(figsize=(width, ratio * width))
        try:
            yield figure.add_subplot()
        except BaseException:
            pyplot.close(figure)
            raise


def split_off(ax: Axes, share: float, below: bool, sharing_x: bool = True) -> Axes:
    """Give a part of the place of `ax` to a new axes, below it (sharing x) or to its right."""
    spec, sharing = ax.get_subplotspec(), {"sharex": ax} if below and sharing_x else {}
    shape = (2, 1) if below else (1, 2)
    ratios = {"height_ratios" if below else "width_ratios": (1 - share, share)}
    if spec is not None:
        engine = ax.figure.get_layout_engine()
        if engine is None or engine.adjust_compatible:
            # Only a constrained layout makes room between parts of a place.
            ratios |= {"hspace": 0.12} if below else {"wspace": 0.8}
        parts = spec.subgridspec(*shape, **ratios)
        ax.set_subplotspec(parts[0])
        return ax.figure.add_subplot(parts[1], **sharing)
    place, gap = ax.get_position(), 0.1
    if below:
        cut = place.y0 + share * place.height
        ax.set_position((place.x0, cut, place.width, place.y1 - cut))
        rest = (place.x0, place.y0, place.width, share * place.height * (1 - gap))
    else:
        cut = place.x1 - share * place.width
        ax.set_position((place.x0, place.y0, cut - place.x0, place.height))
        start = cut + 2 * gap * (place.x1 - cut)
        rest = (start, place.y0, place.x1 - start, place.height)
    return ax.figure.add_axes(rest, **sharing)


def label_time(ax: Axes, text: str) -> None:
    """Label the horizontal axis, unless it shows no numbers: as another one below does, shared."""
    if ax.xaxis.get_tick_params().get("labelbottom", True):
        ax.set_xlabel(text)


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of an axes; an estimate, as its layout is settled when it is drawn."""
    box = ax.get_window_extent()
    scale = POINTS / ax.figure.dpi
    return max(1.0, box.width * scale), max(1.0, box.height * scale)


def font_size(part: float = 1.0) -> float:
    """Points of the font that new text gets."""
    import matplotlib
    from matplotlib.font_manager import FontProperties

    return part * FontProperties(size=matplotlib.rcParams["font.size"]).get_size_in_points()


def add_legend(ax: Axes) -> None:
    """A legend above the axes, where it hides nothing, if there is something to say."""
    _, labels = ax.get_legend_handles_labels()
    if not labels:
        return
    width, _ = size_in_points(ax)
    entry = font_size(0.9) * (0.58 * max(map(len, labels)) + 3)
    columns = int(np.clip(width // entry, 1, len(labels)))
    place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "borderaxespad": 0.2}
    ax.legend(frameon=False, ncols=columns, handlelength=1.2, columnspacing=1.0, **place)


def add_scale(ax: Axes, image: AxesImage, label: str, extend: str) -> None:
    """A colour bar beside the axes, which stays as wide as those that it shares an axis with."""
    place = ax.inset_axes((1 + SCALE_GAP, 0, SCALE_WIDTH, 1))
    ax.figure.colorbar(image, cax=place, label=label, extend=extend)


def color_list(colors: Any, names: list[str]) -> list[Any]:
    """One colour for each name: given by name, in order, one for all, or from `COLORS`."""
    from matplotlib.colors import is_color_like

    if colors is None:
        return [COLORS[k % len(COLORS)] for k in range(len(names))]
    if is_color_like(colors):
        return [colors] * len(names)
    if hasattr(colors, "keys"):
        found = [colors.get(name) for name in names]
    else:
        found = list(colors)
    if len(found) < len(names) or not all(map(is_color_like, found)):
        raise ValueError(
            f"colors is a colour, or one for each of {', '.join(map(repr, names))}; got {colors!r}"
        )
    return found[: len(names)]


def shortened(text: str, most: int) -> str:
    """`text` with its middle left out if it has more than `most` letters."""
    if len(text) <= most:
        return text
    head = max(1, (most - 1 + 1) // 2)
    tail = max(1, most - 1 - head)
    return f"{text[:head]}…{text[-tail:]}"
