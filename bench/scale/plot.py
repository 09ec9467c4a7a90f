"""Time per step over work, log-log: every network is a place on the axis of the machine's limit."""

from __future__ import annotations

from pathlib import Path

from bench.common import Row

#: Colour of each simulator and marker for one thread and for more, which are hollow.
STYLES = {
    "lavajit float64": ("#0072b2", "o"),
    "lavajit float32": ("#56b4e9", "s"),
    "Brian2": ("#d55e00", "^"),
    "NEST": ("#009e73", "D"),
    "Lava": ("#cc79a7", "v"),
}
#: Least ratio of two places whose titles do not touch.
CLOSE = 1.28


def save_plot(rows: list[Row], path: Path) -> None:
    """Save the figure of the rows of benchmark "scale"."""
    from matplotlib.figure import Figure

    kept = [row for row in rows if row.get("limit us", 0) > 0]
    # The limit of a network: that of float64, one thread; the same place for all contenders.
    at = {row["part"]: row["limit us"] for row in reversed(kept)}
    figure = Figure(figsize=(7, 6.3), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log")
    for name, (colour, marker) in STYLES.items():
        for several in (False, True):
            chosen = [r for r in kept if r["simulator"] == name and (r["threads"] > 1) == several]
            chosen.sort(key=lambda row: at[row["part"]])
            if chosen:
                axes.plot(
                    [at[row["part"]] for row in chosen],
                    [row["us / step"] for row in chosen],
                    marker,
                    color=colour,
                    markerfacecolor="none" if several else colour,
                    label=f"{name}, {chosen[0]['threads']} thread{'s' * several}",
                )
    if at:
        _draw_limit(axes, at)
    axes.set_xlabel("bare loops in C for the same work, float64, 1 thread (µs per step)")
    axes.set_ylabel("time per step (µs)")
    axes.grid(alpha=0.3, which="major")
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=150)


def _draw_limit(axes, at: dict[str, float]) -> None:
    ends = min(at.values()) / 2, max(at.values()) * 2
    axes.plot(ends, ends, "-", color="0.4", linewidth=1, label="limit")
    before = 0.0
    for title, place in sorted(at.items(), key=lambda item: item[1]):
        axes.axvline(place, color="0.85", linewidth=0.8, zorder=0)
        # Titles of neighbours keep their distance.
        shown = before = max(place, before * CLOSE)
        axes.annotate(
            title,
            (shown, 1.0),
            (-2, 3),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            rotation=50,
            fontsize=7,
        )
