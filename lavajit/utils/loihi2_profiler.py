"""Profilers that a hardware run config takes as ``callback_fxs``, with the names of Lava's.

They are filled in after each run from the report of the network, which counts on neurocores as this
simulator models them: times and powers are **modelled, not measured** (see
:mod:`lavajit.neurocore.report.report`).

>>> from lavajit import Loihi2HwCfg
>>> from lavajit.utils.loihi2_profiler import Loihi2ExecutionTime, Loihi2Power
>>> power, time = Loihi2Power(num_steps=100), Loihi2ExecutionTime()
>>> run_cfg = Loihi2HwCfg(callback_fxs=[power, time])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips.figures import NOTEBOOKS, OURS, Figure
from lavajit.neurocore.costs.counters import CORE_COUNTERS
from lavajit.process.callback_fx import CallbackFx

if TYPE_CHECKING:
    from lavajit.neurocore.report.report import NcReport

#: Part of the power, without that of the input and output rail, that the memory rail gets.
MEMORY_SHARE = Figure(
    0.62,
    "",
    f"{OURS}, from one network in {NOTEBOOKS}",
    "assumed",
    note="rails are not modelled: 0.422 of 0.675 W there",
)
#: Power of the input and output rail.
IO_POWER = Figure(
    0.005, "W", f"{OURS}, from one network in {NOTEBOOKS}", "assumed", note="0.004 W there"
)


class Loihi2Profiler(CallbackFx):
    """Base class: what is known after a run.

    Attributes
    ----------
    report : NcReport
        Of all steps so far.
    """

    _report: NcReport | None = None

    def take_report(self, report: NcReport) -> None:
        """Called by the engine after each run."""
        self._report = report

    @property
    def report(self) -> NcReport:
        """What the last run has left; AttributeError before it."""
        if self._report is None:
            name = type(self).__name__
            raise AttributeError(
                f"{name} has seen no run yet; give it to a hardware run config, "
                f"Loihi2HwCfg(callback_fxs=[...]), and run the network with it"
            )
        return self._report


class Loihi2ExecutionTime(Loihi2Profiler):
    """Modelled time of each step, in microseconds.

    Examples
    --------
    >>> time = Loihi2ExecutionTime()
    >>> run_cfg = Loihi2HwCfg(callback_fxs=[time])  # doctest: +SKIP
    >>> lif.run(RunSteps(100), run_cfg)  # doctest: +SKIP
    >>> time.avg_time_per_step  # doctest: +SKIP
    0.46
    """

    @property
    def time_per_step(self) -> NDArray[np.float64]:
        """Of each step; of more than 65,536 steps means over several (see `lengths`)."""
        return self.report.time.t_step

    @property
    def execution_time_per_step(self) -> NDArray[np.float64]:
        """The same as `time_per_step`."""
        return self.time_per_step

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Steps that each entry of `time_per_step` stands for."""
        return self.report.time.lengths

    @property
    def avg_time_per_step(self) -> float:
        """Mean."""
        return self.report.time_per_step


class Loihi2Power(Loihi2Profiler):
    """Modelled power in watt.

    Rails are not modelled. Input and output get `IO_POWER`, memory (VDD-M) `MEMORY_SHARE` of the
    rest, logic (VDD) what remains; so do static powers.

    Parameters
    ----------
    num_steps : int, optional
        Last steps that are shown; default: all.

    Raises
    ------
    ValueError
        `num_steps` is not positive.
    """

    def __init__(self, num_steps: int | None = None, **ignored: Any):
        if num_steps is not None and num_steps < 1:
            raise ValueError(f"num_steps: expected a number of steps from 1, got {num_steps}")
        self.num_steps = num_steps

    @property
    def total_power(self) -> NDArray[np.float64]:
        """Static and dynamic power, by step (means over several in runs above 65,536 steps)."""
        lengths, power = self.report.time.lengths, self.report.energy.power
        if self.num_steps is None:
            return power
        behind = np.cumsum(lengths[::-1])[::-1] - lengths  # steps after each row
        return power[behind < self.num_steps]

    @property
    def static_total_power(self) -> float:
        """Of all chips that are used."""
        return self.report.energy.static_power

    @property
    def vddio_power(self) -> NDArray[np.float64]:
        """Input and output."""
        return np.full(self.total_power.shape, self.static_vddio_power)

    @property
    def vddm_power(self) -> NDArray[np.float64]:
        """Memory."""
        return MEMORY_SHARE.value * (self.total_power - self.static_vddio_power)

    @property
    def vdd_power(self) -> NDArray[np.float64]:
        """Logic."""
        return self.total_power - self.vddm_power - self.vddio_power

    @property
    def static_vddio_power(self) -> float:
        """Input and output."""
        return min(IO_POWER.value, self.static_total_power)

    @property
    def static_vddm_power(self) -> float:
        """Memory."""
        return MEMORY_SHARE.value * (self.static_total_power - self.static_vddio_power)

    @property
    def static_vdd_power(self) -> float:
        """Logic."""
        return self.static_total_power - self.static_vddm_power - self.static_vddio_power


class Loihi2Activity(Loihi2Profiler):
    """Counts of each core over all steps: int64, shape (cores,)."""

    @property
    def core_idx(self) -> NDArray[np.int64]:
        """Number of each core; those of further chips follow."""
        return _core_numbers(self.report)

    @property
    def syn_ops(self) -> NDArray[np.int64]:
        """Synapses served."""
        return self._sums("syn_ops")

    @property
    def dendrite_updates(self) -> NDArray[np.int64]:
        """Neurons updated."""
        return self._sums("updates_active") + self._sums("updates_inactive")

    @property
    def axon_out(self) -> NDArray[np.int64]:
        """Messages sent."""
        return self._sums("axon_out")

    @property
    def spikes_in(self) -> NDArray[np.int64]:
        """Messages received."""
        return self._sums("spikes_in")

    def _sums(self, name: str) -> NDArray[np.int64]:
        return self.report.activity.sums[:, CORE_COUNTERS.index(name)].copy()


class Loihi2Memory(Loihi2Profiler):
    """How full the memory of each core is."""

    @property
    def core_idx(self) -> NDArray[np.int64]:
        """Number of each core; those of further chips follow."""
        return _core_numbers(self.report)

    @property
    def total_mpds(self) -> NDArray[np.float64]:
        """Used part of the memory of each core, 0 to 1: on Loihi 1 of synaptic memory."""
        column = "Total" if "Total" in self.report.cores[0].usage else "SynWords"
        used = np.array([core.usage[column] for core in self.report.cores], np.float64)
        return used[:, 0] / used[:, 1]


def _core_numbers(report: NcReport) -> NDArray[np.int64]:
    cores = report.grid["columns"] * report.grid["rows"] * report.grid["cores_per_tile"]
    return np.array([core.chip * cores + core.core for core in report.cores], np.int64)
