"""What a network takes of its cores and what it does there: `process.runtime.nc_report`.

Utilisation is exact for the model of the chip; time, power and energy are modelled from counts.
"""

from __future__ import annotations

import html
import json
import os
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.costs.model import Costs
from lavajit.neurocore.metering.activity import Activity
from lavajit.neurocore.plan.board import NcBoard
from lavajit.neurocore.plan.board_table import table
from lavajit.neurocore.report import tables as texts
from lavajit.neurocore.report.parts import (
    WORD_BYTES,
    CoreReport,
    GroupReport,
    Totals,
    core_reports,
    group_reports,
    totals,
)
from lavajit.neurocore.report.run import Counts, Energies, Times, estimates, not_charged
from lavajit.process.archive import whole_file
from lavajit.process.explanation import Explanation, html_tables

FORMAT, VERSION = "lavajit-nc-report", 1


class NcReport:
    """Resources, activity, time and energy of a network on neurocores.

    It holds what was known when it was made; later steps do not change it. Before the first step
    only resources are known, and all sums are 0.

    Parameters
    ----------
    board : NcBoard
    costs : Costs
    activity : Activity, optional
        Nothing was run, by default.

    Attributes
    ----------
    chip : str
        Name of the chip, as people write it.
    cores : list of CoreReport
    groups : list of GroupReport
    totals : Totals
    grid : dict of str to int
        Tiles of a chip: "columns", "rows", and "cores_per_tile".
    activity : Counts
    time : Times
    energy : Energies
    provenance : dict of str to tuple
        (value, source, quality) of each coefficient.
    notes : list of str
        Where a limit that nobody has stated has decided how the network was split.
    remarks : list of str
        What must be known to use time and energy.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2HwCfg, RunSteps
    >>> lif = LIF(shape=(3,), bias_mant=20, vth=10)
    >>> lif.run(RunSteps(10), Loihi2HwCfg())
    >>> report = lif.runtime.nc_report
    >>> report.cores_used, report.activity.steps
    (1, 10)
    """

    def __init__(self, board: NcBoard, costs: Costs, activity: Activity | None = None):
        self.board, self.costs, self.chip = board, costs, board.chip.title
        activity = activity or Activity(len(board.cores))
        self.activity = Counts(activity)
        self.time: Times
        self.energy: Energies
        self.time, self.energy = estimates(board, costs, activity)
        self.notes = list(getattr(board, "notes", ()))
        self.provenance = costs.provenance()
        static = costs.coefficients["static_power"]
        self.remarks = texts.remarks(costs.name, static, not_charged(costs, activity))

    @cached_property
    def cores(self) -> list[CoreReport]:
        """Cores that are used, by chip and number."""
        return core_reports(self.board)

    @cached_property
    def groups(self) -> list[GroupReport]:
        """Neurons by Process, in the order of the network."""
        return group_reports(self.board)

    @cached_property
    def totals(self) -> Totals:
        """Sums over the network."""
        return totals(self.board, self.groups)

    @property
    def grid(self) -> dict[str, int]:
        """Tiles of a chip."""
        chip = self.board.chip.chip
        columns = chip.tile_columns.value
        return {
            "columns": columns,
            "rows": -(-chip.tiles.value // columns),
            "cores_per_tile": chip.cores_per_tile.value,
        }

    # --- single figures ---------------------------------------------------------------

    @property
    def cores_used(self) -> int:
        """Number of cores."""
        return self.totals.cores

    @property
    def synaptic_memory(self) -> int:
        """Bytes."""
        return self.totals.syn_words * WORD_BYTES

    @property
    def axons(self) -> int:
        """Slots of input axons."""
        return self.totals.axons_in

    @property
    def total_energy(self) -> float:
        """Modelled, J."""
        return self.energy.total

    @property
    def avg_power(self) -> float:
        """Modelled mean, W; 0 without steps."""
        return self.energy.static_power + self.energy.dynamic_power

    @property
    def time_per_step(self) -> float:
        """Modelled mean, microseconds; 0 without steps."""
        return self.time.mean()

    def latency(self, steps: int) -> float:
        """Modelled time of so many steps at the mean speed of the run, seconds.

        Of a network in layers, whose spikes are used in the step after, say, an answer takes one
        step for each layer.

        Raises
        ------
        ValueError
            Nothing was run, or `steps` is negative.
        """
        if not self.activity.steps:
            raise ValueError("latency: no step has been counted yet; run the network first")
        if steps < 0:
            raise ValueError(f"latency: expected a number of steps from 0, got {steps}")
        return 1e-6 * self.time_per_step * steps

    # --- text -------------------------------------------------------------------------

    def table(self, counts: bool = False) -> str:
        """How full cores are, in percent or counts; a row for each size of parts of a group."""
        return table(self.board, counts)

    def power_report(self) -> str:
        """Modelled power, energy and time, with qualities; a sentence if nothing was run."""
        return texts.power_text(self) if self.activity.steps else texts.run_line(self)

    def compare(self, other: NcReport) -> Explanation:
        """This report beside another one: of another chip, network or run."""
        head = f"{texts.head(self)}\n{texts.head(other)}"
        return Explanation(head, texts.compared(self, other))

    def __str__(self) -> str:
        pieces = [f"{texts.head(self)}\n\n{self.table()}", "\n".join(self.notes)]
        pieces += map(str, texts.tables(self))
        if self.activity.steps:
            pieces.append(f"{texts.run_line(self)}\n{self.power_report()}")
        else:
            pieces.append(texts.run_line(self))
        return "\n\n".join(piece for piece in pieces if piece)

    def __repr__(self) -> str:
        return f"<NcReport of {texts.head(self)}; {self.activity.steps:,} steps>"

    def _repr_html_(self) -> str:
        head = html.escape(f"{texts.head(self)}\n\n{self.table()}")
        run = html.escape(self.power_report())
        return f"<pre>{head}</pre>{html_tables(texts.tables(self))}<pre>{run}</pre>"

    # --- data -------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Everything but counts of single steps, as plain numbers, texts, lists and dicts."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "chip": self.chip,
            "totals": asdict(self.totals) | {"synaptic_memory_bytes": self.synaptic_memory},
            "cores": [asdict(core) for core in self.cores],
            "groups": [asdict(group) for group in self.groups],
            "activity": {
                "steps": self.activity.steps,
                "per_core": dict(zip(CORE_COUNTERS, self.activity.sums.T.tolist(), strict=True)),
                "mesh": dict(zip(NETWORK_COUNTERS, self.activity.mesh.tolist(), strict=True)),
            },
            "time": {**self.time.to_dict(), "mode": self.costs.time_mode},
            "energy": self.energy.to_dict(),
            "notes": list(self.notes),
            "costs": self.costs.name,
            "provenance": {
                name: {"value": value, "source": source, "quality": quality}
                for name, (value, source, quality) in self.provenance.items()
            },
            "remarks": list(self.remarks),
        }

    def to_json(self, path: str | os.PathLike) -> None:
        """Write `to_dict` to a file; an older one is replaced when the new one is whole."""
        write_json(path, self.to_dict())


def write_json(path: str | os.PathLike, content: Any) -> None:
    """Write plain data to a file; an older one is replaced when the new one is whole."""
    text = json.dumps(content, indent=1, allow_nan=False)
    with whole_file(Path(path)) as file:
        file.write(text.encode())
