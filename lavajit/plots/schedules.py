"""Pictures of plans: what runs when in a time step, natively or in Python, divided or not."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from lavajit.plots.looks import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    POINTS,
    PURPLE,
    canvas,
    font_size,
    medium_size,
    shortened,
    size_in_points,
)
from lavajit.plots.plan import COROUTINE, MESSAGES, NATIVE, PYTHON, QUESTION, Job, jobs_of
from lavajit.process.process import AbstractProcess

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Face of each kind of job; questions are outlines.
FACES = {NATIVE: BLUE, PYTHON: ORANGE, COROUTINE: PURPLE, MESSAGES: "0.7", QUESTION: "white"}
#: Rows that have a Process each, at most; more are joined by class of model.
MOST_ROWS = 40
#: Height of a job, of one on several threads, and the gap between these.
HIGH, GAP = 0.7, 0.1
#: Height of a row in letters, of what is above and below them, and limits for a figure.
ROW, REST, LOWEST, HIGHEST = 1.7, 10, 0.3, 1.6
LABEL_WIDTH, LETTER, BELOW = 0.3, 0.56, 3.6


def schedule(process: AbstractProcess, ax: Axes | None = None) -> Axes:
    """Draw the plan of a compiled network: the jobs of a time step, in their order.

    Every Process has a row, from the first to act downwards; with more than 40, every class of
    model has. Colours say whether a method runs natively, in Python or as a coroutine; a job in two
    stripes is divided among threads. Grey jobs copy, sum or list messages for the Process in whose
    row they are. The management phases have panels of their own, one for each sync domain. What a
    phase would do is drawn also if nobody enters it in most steps: outlines are the guards
    that are asked. The width of a job is not its duration.

    Parameters
    ----------
    process : AbstractProcess
        Any member of a network that has been run, or has a runtime.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure of pyplot.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        The network has not been compiled.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg
    >>> lif = LIF(shape=(3,), name="lif")
    >>> lif.create_runtime(run_cfg=Loihi2SimCfg())  # doctest: +SKIP
    >>> ax = schedule(lif)  # doctest: +SKIP
    """
    jobs = jobs_of(process)
    names = list(dict.fromkeys(job.process for job in jobs))
    joined = len(names) > MOST_ROWS
    labels = [job.model if joined else job.process for job in jobs]
    rows = {label: k for k, label in enumerate(dict.fromkeys(labels))}
    with canvas(ax, _ratio(len(rows))) as ax:
        _draw_phases(ax, jobs)
        for kind, face in FACES.items():
            _draw_jobs(ax, jobs, [rows[label] for label in labels], kind, face)
        _label_rows(ax, jobs, rows, joined)
        ax.set_xlim(0.5, max(len(jobs), 1) + 0.5)
        ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        ax.set_xlabel("order in a time step")
        _draw_legend(ax, jobs)
    return ax


def _ratio(rows: int) -> float:
    width, letters = medium_size()
    return min(HIGHEST, max(LOWEST, (ROW * rows + REST) * letters / (POINTS * width)))


def _draw_phases(ax: Axes, jobs: list[Job]) -> None:
    """A panel for each phase, every other one shaded, with its name above."""
    place = 0.5
    spans = []
    for (phase, domain), part in groupby(jobs, lambda job: (job.phase, job.domain)):
        count = len(list(part))
        spans.append((place, place + count, f"{phase}\n{domain}" if domain else phase))
        place += count
    size = font_size(0.9)
    narrow = size_in_points(ax)[0] / max(place - 0.5, 1)
    steep = any(
        (stop - start) * narrow < LETTER * size * max(map(len, text.split("\n")))
        for start, stop, text in spans
    )
    for k, (start, stop, text) in enumerate(spans):
        if k % 2:
            ax.axvspan(start, stop, color="0.93", lw=0, zorder=0)
        style = {"rotation": 30, "rotation_mode": "anchor"} if steep else {}
        ax.annotate(
            text.replace("\n", ", ") if steep else text,
            (start, 1),
            (1, 2),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            size=size,
            va="bottom",
            **style,
        )


def _draw_jobs(ax: Axes, jobs: list[Job], rows: list[int], kind: str, face: str) -> None:
    """All jobs of a kind; jobs side by side in a row have a white line between them."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    width, _ = size_in_points(ax)
    edge = 0.8 if width / max(len(jobs), 1) > 5 else 0.0
    patches = []
    for k, (job, row) in enumerate(zip(jobs, rows, strict=True), 1):
        if job.kind != kind:
            continue
        parts = 2 if job.threads > 1 else 1
        high = (HIGH - GAP * (parts - 1)) / parts
        for part in range(parts):
            corner = k - 0.5, row - HIGH / 2 + part * (high + GAP)
            patches.append(Rectangle(corner, 1, high))
    outline = BLACK if kind == QUESTION else "white"
    style = {"facecolor": face, "edgecolor": outline, "linewidth": edge or 0.0, "label": kind}
    if patches:
        ax.add_collection(PatchCollection(patches, zorder=2, **style))


def _label_rows(ax: Axes, jobs: list[Job], rows: dict[str, int], joined: bool) -> None:
    most = int(LABEL_WIDTH * ax.figure.get_figwidth() * POINTS / (LETTER * font_size(0.9)))
    texts = []
    for label in rows:
        if joined:
            count = len({job.process for job in jobs if job.model == label})
            texts.append(f"{shortened(label, most - 6)} × {count:,}")
        else:
            texts.append(shortened(label, most))
    ax.set_yticks(list(rows.values()), texts)
    ax.tick_params(axis="y", length=0)
    for row in rows.values():
        ax.axhline(row, color=PALE, lw=0.5, zorder=0.5)


def _draw_legend(ax: Axes, jobs: list[Job]) -> None:
    """What occurs."""
    from matplotlib.patches import Patch

    kinds = {job.kind for job in jobs}
    handles = [
        Patch(fc=face, ec=BLACK if kind == QUESTION else "none", lw=0.6, label=kind)
        for kind, face in FACES.items()
        if kind in kinds
    ]
    threads = max((job.threads for job in jobs), default=1)
    if threads > 1:
        handles.append(Patch(fc="white", ec=GREY, hatch="---", label=f"stripes: {threads} threads"))
    width, _ = size_in_points(ax)
    columns = max(1, int(width / (font_size(0.9) * 13)))
    # Below the label of the axis, whatever the layout: distances are in letters.
    options = {"handlelength": 1.2, "columnspacing": 1.0, "borderaxespad": BELOW}
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0)}
    ax.legend(handles=handles, ncols=columns, frameon=False, **place, **options)
