"""The profiler of programs written for Loihi 2: probes before a run, figures after it.

>>> from lavajit import Loihi2HwCfg
>>> from lavajit.utils.loihi2_profiler_api import Loihi2HWProfiler
>>> profiler = Loihi2HWProfiler(Loihi2HwCfg())
>>> profiler.energy_probe(num_steps=100)
>>> profiler.execution_time
Traceback (most recent call last):
    ...
AttributeError: call execution_time_probe() before run()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lavajit.model.run_config import RunConfig
from lavajit.utils.loihi2_profiler import (
    MEMORY_SHARE,
    Loihi2Activity,
    Loihi2ExecutionTime,
    Loihi2Memory,
    Loihi2Power,
    Loihi2Profiler,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TIME, _ENERGY, _ACTIVITY, _MEMORY = "execution_time", "energy", "activity", "memory"
#: Properties that need a probe.
_NEEDS = {
    **dict.fromkeys(
        "execution_time spiking_time host_time learning_time management_time "
        "pre_lrn_mgtm_time".split(),
        _TIME,
    ),
    **dict.fromkeys(
        "power static_power dynamic_power vdd_power vddm_power vddio_power energy static_energy "
        "dynamic_energy".split(),
        _ENERGY,
    ),
    **dict.fromkeys("core_idx syn_ops dendrite_updates axon_out spikes_in".split(), _ACTIVITY),
    "total_mpds": _MEMORY,
}


class Loihi2HWProfiler(Loihi2Profiler):
    """Time, energy, activity and memory of a network on neurocores, modelled, not measured.

    Made before the first run, with the run config that will be used; then a probe for whatever is
    wanted. After a run the profiler has these attributes, of all steps so far:

    =====================  ========================================================================
    execution_time         s, ndarray by step; `spiking_time` is the same
    host_time, learning_time, management_time, pre_lrn_mgtm_time
                           zeros: the host and embedded processors are not modelled, and learning
                           is a part of what cores do in a step
    power, static_power, dynamic_power
                           W, mean
    vdd_power, vddm_power, vddio_power
                           W, mean; see :class:`~lavajit.utils.loihi2_profiler.Loihi2Power`
    energy, static_energy, dynamic_energy
                           J
    core_idx, syn_ops, dendrite_updates, axon_out, spikes_in
                           counts of each core
    total_mpds             used part of each core's memory
    =====================  ========================================================================

    An attribute whose probe was not asked for is an AttributeError that names the probe.

    Parameters
    ----------
    run_cfg : Loihi1HwCfg or Loihi2HwCfg

    Raises
    ------
    TypeError
        The run config puts nothing on neurocores.
    """

    def __init__(self, run_cfg: RunConfig):
        if not hasattr(run_cfg, "callback_fxs"):
            raise TypeError(
                f"Loihi2HWProfiler needs a Loihi2HwCfg, got {type(run_cfg).__name__}, which puts "
                "nothing on neurocores"
            )
        self._probes: dict[str, Any] = {}
        self._window: tuple[int, int | None, int] = (1, None, 1)
        run_cfg.callback_fxs.append(self)

    # --- probes -----------------------------------------------------------------------

    def execution_time_probe(
        self,
        num_steps: int | None = None,
        t_start: int = 1,
        t_end: int | None = None,
        dt: int = 1,
        buffer_size: int = 1024,
    ) -> None:
        """Ask for times.

        Parameters
        ----------
        num_steps, buffer_size : int
            Kept for programs that give them; nothing depends on them.
        t_start, t_end : int
            First and last time step, from 1; default: all.
        dt : int
            Steps that an entry of `execution_time` adds up.

        Raises
        ------
        ValueError
            The window is empty, or `dt` is not positive.
        """
        if t_start < 1 or dt < 1 or (t_end is not None and t_end < t_start):
            raise ValueError(
                f"execution_time_probe: expected 1 <= t_start <= t_end and dt >= 1, got "
                f"t_start={t_start}, t_end={t_end}, dt={dt}"
            )
        self._window = t_start, t_end, dt
        self._probes[_TIME] = Loihi2ExecutionTime()

    def energy_probe(self, num_steps: int | None = None) -> None:
        """Ask for energy and power; `num_steps` is kept for programs that give it."""
        self._probes[_ENERGY] = Loihi2Power()

    def activity_probe(self) -> None:
        """Ask for counts."""
        self._probes[_ACTIVITY] = Loihi2Activity()

    def memory_probe(self) -> None:
        """Ask for the use of memory."""
        self._probes[_MEMORY] = Loihi2Memory()

    def take_report(self, report: Any) -> None:
        """Called by the engine after each run."""
        super().take_report(report)
        for probe in self._probes.values():
            probe.take_report(report)

    def __getattr__(self, name: str) -> Any:
        if name not in _NEEDS:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        probe = self._probe(_NEEDS[name])
        if _NEEDS[name] in (_ACTIVITY, _MEMORY):
            return getattr(probe, name)
        return self._times(name) if _NEEDS[name] == _TIME else self._energies(name)

    def _probe(self, kind: str) -> Any:
        probe = self._probes.get(kind)
        if probe is None:
            raise AttributeError(f"call {kind}_probe() before run()")
        probe.report  # noqa: B018 (AttributeError before the first run)
        return probe

    # --- figures ----------------------------------------------------------------------

    @property
    def num_alloc_chips(self) -> int:
        """Chips that are used."""
        return self.report.totals.chips

    def _times(self, name: str) -> NDArray[np.float64]:
        time, (first, last, dt) = self.report.time, self._window
        ends = np.cumsum(time.lengths)
        chosen = (ends >= first) & (ends - time.lengths < (last or np.inf))
        seconds = 1e-6 * (time.t_step * time.lengths)[chosen]
        width = max(1, dt // int(time.lengths[:1].sum() or 1))
        starts = np.arange(0, seconds.size, width)
        binned = np.add.reduceat(seconds, starts) if seconds.size else seconds
        return binned if name in ("execution_time", "spiking_time") else np.zeros_like(binned)

    def _energies(self, name: str) -> float:
        energy, rails = self.report.energy, self._probes[_ENERGY]
        mean = self.report.avg_power - rails.static_vddio_power
        memory = MEMORY_SHARE.value * mean
        return {
            "energy": energy.total,
            "static_energy": energy["static"],
            "dynamic_energy": energy.dynamic,
            "power": self.report.avg_power,
            "static_power": energy.static_power,
            "dynamic_power": energy.dynamic_power,
            "vddio_power": rails.static_vddio_power,
            "vddm_power": memory,
            "vdd_power": mean - memory,
        }[name]

    # --- pictures ---------------------------------------------------------------------

    def plot_execution_time(self, file: str | os.PathLike) -> None:
        """Save a picture of the time of each step."""
        times, (first, _, dt) = 1e6 * self.execution_time, self._window
        width = max(dt, int(self.report.time.lengths[:1].sum()))

        def draw(ax: Axes) -> None:
            ax.step(first + width * np.arange(times.size), times, where="post")
            ax.set_ylim(0)
            ax.set(xlabel="time step", ylabel=f"modelled time{_of(width)} (µs)")

        _save(draw, file)

    def plot_activity(self, file: str | os.PathLike) -> None:
        """Save a picture of what each core has counted."""
        names = ("syn_ops", "dendrite_updates", "axon_out", "spikes_in")
        _save(_bars(self.core_idx, [getattr(self, name) for name in names], names), file, 4)

    def plot_memory_util(self, file: str | os.PathLike) -> None:
        """Save a picture of how full the memory of each core is."""
        memory = self._probe(_MEMORY)
        _save(_bars(memory.core_idx, [100 * memory.total_mpds], ("memory (%)",)), file)


def _of(steps: int) -> str:
    return f" of {steps} steps" if steps > 1 else ""


def _bars(
    cores: NDArray[np.int64], values: Sequence[NDArray], names: Sequence[str]
) -> Callable[..., None]:
    def draw(*axes: Axes) -> None:
        for ax, heights, name in zip(axes, values, names, strict=True):
            ax.bar(np.arange(cores.size), heights)
            ax.set_ylabel(name.replace("_", " "))
        shown = np.unique(np.linspace(0, cores.size - 1, min(cores.size, 16)).astype(int))
        axes[-1].set_xticks(shown, cores[shown])
        axes[-1].set_xlabel("core")

    return draw


def _save(draw: Callable[..., None], file: str | os.PathLike, panels: int = 1) -> None:
    from matplotlib.figure import Figure

    from lavajit.plots import style

    with style():
        figure = Figure(figsize=(6.4, 2.4 + 1.2 * panels))
        draw(*figure.subplots(panels, squeeze=False, sharex=True)[:, 0])
        figure.savefig(file)
