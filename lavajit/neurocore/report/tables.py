"""Reports as text: how full cores are, what groups take, time and power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lavajit.neurocore.chips.figures import Figure
from lavajit.neurocore.report.parts import WORD_BYTES
from lavajit.process.explanation import Table
from lavajit.process.quantities import bytes_text, time_text

if TYPE_CHECKING:
    from lavajit.neurocore.report.report import NcReport


def power_text(report: NcReport) -> str:
    """Time and energy, modelled."""
    energy, time = report.energy, report.time
    static, dynamic = energy.static_power, energy.dynamic_power
    parts = ", ".join(f"{part} {1e3 * energy[part]:.6g} mJ" for part in energy.per_step)
    paced = " in real time" if report.costs.time_mode == "real_time" else ""
    qualities = [
        f"{what} {quality}"
        for what, quality in (
            ("dynamic", energy.dynamic_quality),
            ("static", energy.static_quality),
        )
        if quality
    ]
    lines = [
        f"Total Power   : {dynamic + static:.6f} W      (modelled)",
        f"Dynamic Power : {dynamic:.6f} W   Static Power : {static:.6f} W   "
        f"[quality: {'; '.join(qualities)}]",
        f"Energy: {parts}",
        f"Time per step : {time.mean():.6g} us{paced}  (compute {time.mean('compute'):.6g} / "
        f"message {time.mean('message'):.6g} / barrier {time.barrier:.6g})   "
        f"[quality: {time.quality}]",
    ]
    return "\n".join([*lines, *report.remarks])


def remarks(name: str, static: Figure, uncharged: list[str]) -> list[str]:
    """What must be known to use time and energy."""
    lines = [
        f"Modelled, not measured: counts times the coefficients {name!r}; source and quality of "
        "each are in report.provenance."
    ]
    if static.note:
        lines.append(f"Static power: {static.note}.")
    if uncharged:
        lines.append(f"Counted, but without any known cost: {', '.join(uncharged)}.")
    return lines


def head(report: NcReport) -> str:
    """One line about the whole network."""
    total = report.totals
    synapses = f"{total.synapses:,} synapses"
    if total.synapses_stored != total.synapses:
        synapses += f" ({total.synapses_stored:,} stored)"
    return (
        f"{report.chip}: {_number(total.neurons, 'neuron')}, {synapses} on "
        f"{_number(total.cores, 'core')} of {_number(total.chips, 'chip')}; "
        f"{bytes_text(total.syn_words * WORD_BYTES)} of synaptic memory"
    )


def tables(report: NcReport) -> list[Table]:
    """Groups, cores and activity."""
    groups = [
        (
            g.process,
            g.kind,
            f"{g.n:,}",
            str(g.parts),
            f"{g.axons_in:,}",
            f"{g.axons_out:,}",
            f"{g.syn_words:,}",
            f"{g.weight_bits}+{g.delay_bits}",
        )
        for g in report.groups
    ]
    header = ("group", "kind", "neurons", "cores", "axons in", "axons out", "words", "bits w+d")
    return [Table("Groups", header, groups), _activity(report)]


def _activity(report: NcReport) -> Table:
    activity = report.activity
    names = ("syn_ops", "dendrite_updates", "learn_ops", "spikes", "spikes_in", "axon_out")
    names += ("program_ops", "hop_ew", "hop_ns", "msg_local", "msg_chip")
    rows = [
        (name, f"{activity.total(name):,}", f"{activity.total(name) / activity.steps:,.6g}")
        for name in names
        if activity.steps and activity.total(name)
    ]
    return Table(f"Activity of {activity.steps:,} steps", ("counter", "sum", "per step"), rows)


def compared(first: NcReport, second: NcReport) -> list[Table]:
    """Two networks, or two runs, side by side."""
    rows = [("chip", first.chip, second.chip, ""), ("costs", first.costs.name, second.costs.name)]
    numbers = [
        (name, "", vars(first.totals)[name], vars(second.totals)[name])
        for name in (
            "cores",
            "chips",
            "neurons",
            "synapses",
            "synapses_stored",
            "axons_in",
            "axons_out",
            "syn_words",
        )
    ]
    numbers.append(("steps", "", first.activity.steps, second.activity.steps))
    if first.activity.steps and second.activity.steps:
        numbers += [
            ("time per step", "us", first.time_per_step, second.time_per_step),
            ("power", "W", first.avg_power, second.avg_power),
            *(
                (f"{part} energy per step", "nJ", *_per_step(part, first, second))
                for part in (*first.energy.per_step, "total")
            ),
        ]
    lines = [(*row, "")[:4] for row in rows]
    for name, unit, a, b in numbers:
        ratio = f"{b / a:.3g}" if a else ""
        lines.append((f"{name} ({unit})" if unit else name, f"{a:,.6g}", f"{b:,.6g}", ratio))
    return [Table("", ("", "this", "other", "other / this"), lines)]


def _per_step(part: str, *reports: NcReport) -> list[float]:
    return [1e9 * report.energy[part] / report.activity.steps for report in reports]


def run_line(report: NcReport) -> str:
    """How long the run was, in modelled time."""
    steps = report.activity.steps
    if not steps:
        return "No step has been counted yet: run the network for activity, time and power."
    return f"{_number(steps, 'step')} in {time_text(report.time.total)} of the chip's time"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
