"""How full the cores of chips are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.plots.looks import (
    BLACK,
    GREY,
    SKY,
    VERMILLION,
    add_legend,
    canvas,
    font_size,
    size_in_points,
    split_off,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Cores without neurons; light to dark for those with some.
_UNUSED, _PALETTE = "0.92", "viridis_r"
#: Room between chips, between tiles, and beside a core, in widths of a core.
_CHIP_GAP, _TILE_GAP, _CORE_GAP = 2.0, 0.25, 0.08
#: Height of a bar, of what is around bars, and of all chips at most, by the picture's width; part
#: of the width that chips get.
_BAR, _REST, _HIGHEST, _WIDE = 0.038, 0.2, 1.6, 0.84
#: Width of the colour bar and what is written beside it, in letters.
_SCALE = 7.0
#: Least points across a core that has its number written in it.
_LEGIBLE = 14.0


def utilisation(report: Any, ax: Axes | None = None, bars: bool = True) -> Axes:
    """Cores where they are on their chips, coloured by how full they are.

    The colour of a core is that of its fullest column: what first keeps more from fitting. Cores
    are shown in fours, the tiles of the mesh, numbered from the lower left. Bars below show each
    column: the mean over the cores that are used, and a mark for the fullest core.

    Parameters
    ----------
    report : NcReport
        Of a network on neurocores: ``process.runtime.nc_report``.
    ax : Axes, optional
        To draw in; a new figure by default.
    bars : bool
        Whether to give a part of the place to bars.

    Returns
    -------
    Axes
        With the cores.

    Raises
    ------
    ValueError
        No core is used.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2HwCfg, RunSteps, plots
    >>> lif = LIF(shape=(3,), bias_mant=20, vth=10)
    >>> lif.run(RunSteps(10), Loihi2HwCfg())  # doctest: +SKIP
    >>> ax = plots.utilisation(lif.runtime.nc_report)  # doctest: +SKIP
    """
    if not report.cores:
        raise ValueError("the report has no core to show")
    places = _Places(sorted({core.chip for core in report.cores}), report.grid)
    height = min(_WIDE * places.height / places.width, _HIGHEST)
    lower = _BAR * len(report.cores[0].usage) + _REST if bars else 0.0
    with canvas(ax, height + lower) as ax:
        below = split_off(ax, lower / (height + lower), True, sharing_x=False) if bars else None
        _draw_chips(ax, report, places)
        if below is not None:
            _draw_bars(below, report)
    return ax


class _Places:
    """Where cores are drawn; a core is 1 wide."""

    def __init__(self, chips: list[int], grid: dict[str, int]):
        self.chips = chips
        self.columns, self.rows = grid["columns"], grid["rows"]
        self.cores_per_tile = grid["cores_per_tile"]
        self.side = math.ceil(math.sqrt(self.cores_per_tile))
        self.step = self.side + _TILE_GAP
        self.chip_width = self.columns * self.step - _TILE_GAP
        self.chip_height = self.rows * self.step - _TILE_GAP
        self.across = self._across()
        self.down = -(-len(chips) // self.across)
        self.width = self.across * (self.chip_width + _CHIP_GAP) - _CHIP_GAP
        self.height = self.down * (self.chip_height + _CHIP_GAP)

    def _across(self) -> int:
        """Chips beside each other, so that the whole is about as wide as one chip and more."""
        wanted = math.sqrt(len(self.chips) * self.chip_height / self.chip_width)
        return min(len(self.chips), max(1, math.ceil(wanted)))

    def chip(self, chip: int) -> tuple[float, float]:
        """Lower left corner of a chip."""
        row, column = divmod(self.chips.index(chip), self.across)
        x = column * (self.chip_width + _CHIP_GAP)
        return x, (self.down - 1 - row) * (self.chip_height + _CHIP_GAP)

    def core(self, chip: int, core: int) -> tuple[float, float]:
        """Lower left corner of a core."""
        x, y = self.chip(chip)
        tile, place = divmod(core, self.cores_per_tile)
        row, column = divmod(tile, self.columns)
        up, right = divmod(place, self.side)
        return x + column * self.step + right, y + row * self.step + up


def _draw_chips(ax: Axes, report: Any, places: _Places) -> None:
    from matplotlib.collections import PatchCollection

    used = {(core.chip, core.core): core.fullest[1] for core in report.cores}
    per_chip = range(places.columns * places.rows * places.cores_per_tile)
    free = [(chip, core) for chip in places.chips for core in per_chip if (chip, core) not in used]
    ax.add_collection(PatchCollection(_squares(places, free), facecolor=_UNUSED, linewidth=0))
    image = PatchCollection(_squares(places, list(used)), cmap=_PALETTE, linewidth=0)
    image.set_array(np.array(list(used.values())))
    image.set_clim(0, 100)
    ax.add_collection(image)
    letters = font_size(0.9)
    across, up = size_in_points(ax)
    room = places.width * _SCALE * letters / max(letters, across - _SCALE * letters)
    ax.set_xlim(0, places.width + room)
    ax.set_ylim(0, places.height)
    ax.set_aspect("equal", anchor="W")
    ax.set_axis_off()
    scale = min(across / (places.width + room), up / places.height)
    _label_chips(ax, report, places, letters, scale)
    if scale >= _LEGIBLE:
        _number_cores(ax, used, places, min(letters, 0.45 * scale))
    # Inside the axes: a layout does not see what hangs out of axes whose aspect is fixed.
    high = places.height - _CHIP_GAP
    bar = (places.width + 0.15 * room, 0, 0.12 * room, high)
    bar = ax.inset_axes(bar, transform=ax.transData)
    ax.figure.colorbar(image, cax=bar, label="fullest column (%)")


def _label_chips(ax: Axes, report: Any, places: _Places, letters: float, scale: float) -> None:
    cores = places.columns * places.rows * places.cores_per_tile
    used = {chip: sum(core.chip == chip for core in report.cores) for chip in places.chips}
    forms = ("chip {}: {} of {} cores", "chip {}: {}", "{}")
    texts = [[form.format(chip, n, cores) for chip, n in used.items()] for form in forms]
    fitting = [
        each for each in texts if 0.55 * letters * max(map(len, each)) <= scale * places.chip_width
    ]
    for chip, text in zip(used, (fitting or texts[-1:])[0], strict=True):
        x, y = places.chip(chip)
        ax.text(x, y + places.chip_height + 0.2, text, va="bottom", fontsize=letters)


def _squares(places: _Places, cores: list[tuple[int, int]]) -> list[Any]:
    from matplotlib.patches import Rectangle

    size = 1 - 2 * _CORE_GAP
    corners = [places.core(*core) for core in cores]
    return [Rectangle((x + _CORE_GAP, y + _CORE_GAP), size, size) for x, y in corners]


def _number_cores(ax: Axes, used: dict, places: _Places, letters: float) -> None:
    for (chip, core), share in used.items():
        x, y = places.core(chip, core)
        color = "white" if share > 50 else BLACK
        place = {"ha": "center", "va": "center", "color": color, "fontsize": letters}
        ax.text(x + 0.5, y + 0.5, str(core), **place)


def _draw_bars(ax: Axes, report: Any) -> None:
    columns = list(report.cores[0].usage)
    shares = np.array(
        [[100 * used / limit for used, limit in core.usage.values()] for core in report.cores]
    )
    rows, highest = np.arange(len(columns)), shares.max(axis=0)
    ax.barh(rows, shares.mean(axis=0), height=0.7, color=SKY, label="mean of used cores")
    letters = min(font_size(0.9), 0.95 * size_in_points(ax)[1] / len(columns))
    mark = {"markersize": letters, "markeredgewidth": 0.2 * letters, "color": VERMILLION}
    ax.plot(highest, rows, "|", label="fullest core", **mark)
    for row, share in zip(rows, highest, strict=True):
        text, place = f"{share:.2f} %", (share, row)
        look = {"va": "center", "color": GREY, "fontsize": letters}
        ax.annotate(text, place, (5, 0), textcoords="offset points", **look)
    ax.set_yticks(rows, columns, fontsize=letters)
    ax.invert_yaxis()
    ax.set_xlim(0, 118)
    ax.set_xticks(range(0, 101, 20))
    ax.set_xlabel("of a core's limit (%)")
    ax.spines[["top", "right"]].set_visible(False)
    add_legend(ax)
