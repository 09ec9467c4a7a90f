"""Where the time of a run went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lavajit.plots.looks import BLUE, GREEN, GREY, PURPLE, VERMILLION, canvas
from lavajit.process.quantities import time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: By what a kernel does.
_COLORS = {
    "neurons": BLUE,
    "connections": VERMILLION,
    "other native": GREEN,
    "Python": PURPLE,
    "engine": GREY,
}
#: Letters of a name, at most; height of a bar, and of all besides bars, by the picture's width.
_LETTERS, _BAR, _REST = 36, 0.04, 0.2


def profile(profile: Any, ax: Axes | None = None, rows: int = 12) -> Axes:
    """Bars of the kernels that took longest.

    Parameters
    ----------
    profile : Profile
        Of a run with ``profile=True``.
    ax : Axes, optional
        To draw in; a new figure by default.
    rows : int
        Number of bars at most; one more has all the rest.

    Returns
    -------
    Axes
        Share of the time of each kernel, in percent; behind the bars the time per time step.

    Raises
    ------
    ValueError
        There is nothing to show.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps, plots
    >>> lif = LIF(shape=(3,), bias_mant=4, vth=10, name="lif")
    >>> result = lif.run(RunSteps(1000), Loihi2SimCfg(), profile=True)
    >>> plots.profile(result.profile).get_xlabel()
    'share of the time (%), and time per step'
    >>> lif.stop()
    """
    taken = [row for row in profile.rows if row.seconds > 0]
    shown = taken[: max(1, rows)]
    if not shown:
        raise ValueError("the profile has no time to show; was a step run?")
    names = [_name(row) for row in shown]
    delivering = {row.process for row in profile.rows if row.events is not None}
    shares, kinds = [row.share for row in shown], [_kind(row, delivering) for row in shown]
    if len(taken) > len(shown):
        names.append("all others")
        shares.append(max(0.0, 1 - sum(shares)))
        kinds.append("engine")
    with canvas(ax, _REST + _BAR * len(shares)) as ax:
        _draw(ax, names, shares, kinds, profile.seconds / max(profile.steps, 1))
    return ax


def _draw(
    ax: Axes, names: list[str], shares: list[float], kinds: list[str], step_seconds: float
) -> None:
    for kind, color in _COLORS.items():
        places = [k for k, own in enumerate(kinds) if own == kind]
        if places:
            ax.barh(places, [100 * shares[k] for k in places], color=color, label=kind)
    for k, share in enumerate(shares):
        text, place = time_text(share * step_seconds), (100 * share, k)
        ax.annotate(text, place, (3, 0), textcoords="offset points", va="center", color=GREY)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.set_xlabel("share of the time (%), and time per step")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="lower right")


def _kind(row: Any, delivering: set[str]) -> str:
    if row.tier == "Python":
        return "Python"
    if not row.model:
        return "engine"
    if row.process in delivering:
        return "connections"
    return "neurons" if row.neurons else "other native"


def _name(row: Any) -> str:
    """What took the time, shortened."""
    text, half = row.label, _LETTERS // 2
    return text if len(text) <= _LETTERS else f"{text[:half]}…{text[1 - half :]}"
