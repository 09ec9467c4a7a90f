"""A profile as tables of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lavajit.process.quantities import bytes_text, time_text

if TYPE_CHECKING:
    from lavajit.runtime.profiling.profile import Profile

#: Columns, and those aligned to the left.
_KERNELS = (
    "share", "time", "calls", "ns/call", "ns/neuron", "ns/event", "Process", "kernel", "phase",
    "tier",
)  # fmt: skip
_PROCESSES = (
    "share", "time", "neurons", "ns/neuron", "ns/event", "memory", "Python calls", "Process",
    "model",
)  # fmt: skip
_CROSSINGS = ("calls", "us/call", "Process", "kernel", "because")
_LEFT = {"Process", "kernel", "phase", "tier", "model", "because"}


def profile_text(profile: Profile, most: int) -> str:
    """Kernels, Processes and calls of Python, each with at most so many rows."""
    kernels = [
        (
            _percent(row.share),
            time_text(row.seconds),
            f"{row.calls:,}" if row.calls else "",
            _number(row.ns_per_call),
            _number(row.ns_per_neuron),
            _number(row.ns_per_event),
            row.process,
            row.kernel,
            row.phase,
            _tier(row),
        )
        for row in profile.rows
    ]
    processes = [
        (
            _percent(one.share),
            time_text(one.seconds),
            f"{one.neurons:,}" if one.neurons else "",
            _number(one.ns_per_neuron),
            _number(one.ns_per_event),
            bytes_text(one.memory) if one.memory else "",
            f"{one.crossings:,}" if one.crossings else "",
            one.process,
            one.model,
        )
        for one in profile.processes
    ]
    crossings = [
        (
            f"{row.calls:,}",
            _number(1e-3 * (row.ns_per_call or 0.0)),
            row.process,
            row.kernel,
            row.because,
        )
        for row in profile.crossings
    ]
    parts = [
        _head(profile),
        _table("Kernels", _KERNELS, kernels, most),
        _table("Processes", _PROCESSES, processes, most),
        _table("Left the step loop for Python", _CROSSINGS, crossings, most),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(profile: Profile) -> str:
    seconds, steps = profile.seconds, profile.steps
    each = f", {time_text(seconds / steps)} per step" if steps else ""
    crossings = sum(row.calls for row in profile.crossings)
    return (
        f"Profile of {steps:,} steps: {time_text(seconds)}{each}; {len(profile.memory):,} "
        f"Processes, {crossings:,} calls of Python"
    )


def _tier(row) -> str:
    if row.threads == 1:
        return row.tier
    balance = "" if row.balance is None else f" ({row.balance:.0%} balanced)"
    return f"{row.tier}, {row.threads} threads{balance}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(title: str, header: Sequence[str], rows: list[tuple[str, ...]], most: int) -> str:
    """Aligned columns under a title, without columns that are empty; empty without rows."""
    if not rows:
        return ""
    used = [k for k in range(len(header)) if any(row[k] for row in rows)]
    shown = [[line[k] for k in used] for line in (header, *rows[:most])]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    left = [header[k] in _LEFT for k in used]
    lines = [
        "  ".join(
            cell.ljust(width) if to_left else cell.rjust(width)
            for cell, width, to_left in zip(line, widths, left, strict=True)
        ).rstrip()
        for line in shown
    ]
    if len(rows) > most:
        lines.append(f"... and {len(rows) - most} more")
    return "\n".join([title, *(f"  {line}" for line in lines)])
