"""What a network has done on cores: counts, and time and energy that are modelled from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips.figures import QUALITIES
from lavajit.neurocore.costs.counters import (
    CORE_COUNTERS,
    NETWORK_COUNTERS,
    UPDATES_ACTIVE,
    UPDATES_INACTIVE,
)
from lavajit.neurocore.costs.mesh import tiles_used
from lavajit.neurocore.costs.model import Costs
from lavajit.neurocore.metering import meters
from lavajit.neurocore.metering.activity import Activity
from lavajit.neurocore.plan.board import NcBoard

_US_PER_NS, _S_PER_NS, _J_PER_PJ = 1e-3, 1e-9, 1e-12


class Counts:
    """Counters of all cores, as they were when the report was made.

    Each counter of a core, and ``dendrite_updates``, the sum of active and inactive ones, is an
    attribute: int64, shape (cores,), or (cores, steps) in a run with ``activity="per_step"``. Those
    of the mesh are attributes, too: sums over all messages, int.

    Attributes
    ----------
    steps : int
        Steps that were counted.
    sums : ndarray of int64, shape (cores, 8)
        Over all steps, in the order of `counters.CORE_COUNTERS`.
    mesh : ndarray of int64, shape (4,)
        In the order of `counters.NETWORK_COUNTERS`.
    """

    def __init__(self, activity: Activity):
        self.steps = activity.steps
        self.sums, self.mesh = activity.counts.copy(), activity.mesh.copy()
        self._history = activity.history

    @property
    def history(self) -> NDArray[np.int64]:
        """Counts of each step, shape (steps, cores, 8); empty unless they are kept."""
        return self._history

    def __getattr__(self, name: str) -> NDArray[np.int64] | int:
        if name in NETWORK_COUNTERS:
            return int(self.mesh[NETWORK_COUNTERS.index(name)])
        if name == "dendrite_updates":
            return self.updates_active + self.updates_inactive
        if name not in CORE_COUNTERS:
            known = ", ".join((*CORE_COUNTERS, "dendrite_updates", *NETWORK_COUNTERS))
            raise AttributeError(f"activity has no counter {name!r}, it has {known}")
        column = CORE_COUNTERS.index(name)
        if len(self._history):
            return self._history[:, :, column].T
        return self.sums[:, column]

    def total(self, name: str) -> int:
        """Sum of a counter over steps and cores."""
        if name in NETWORK_COUNTERS:
            return int(self.mesh[NETWORK_COUNTERS.index(name)])
        if name == "dendrite_updates":
            return int(self.sums[:, [UPDATES_ACTIVE, UPDATES_INACTIVE]].sum())
        return int(self.sums[:, CORE_COUNTERS.index(name)].sum())


@dataclass(frozen=True, eq=False)
class Times:
    """Modelled time; of each step, or the mean over `resolution` steps in very long runs.

    Attributes
    ----------
    t_step, compute, message : ndarray of float64, shape (rows,)
        Microseconds: whole, of the core that takes longest, and of the longest message.
    barrier : float
        Microseconds, the same in every step.
    lengths : ndarray of int64, shape (rows,)
        Steps that each row stands for.
    total : float
        Seconds.
    bottleneck : ndarray of int64
        Index in `NcReport.cores` of the core that takes longest, by step; empty in very long runs.
    quality : str
        Of the coefficients that have been used.
    """

    t_step: NDArray[np.float64]
    compute: NDArray[np.float64]
    message: NDArray[np.float64]
    barrier: float
    lengths: NDArray[np.int64]
    total: float
    bottleneck: NDArray[np.int64]
    quality: str

    def mean(self, what: str = "t_step") -> float:
        """Mean over steps of "t_step", "compute" or "message", us; 0 without steps."""
        steps = self.lengths.sum()
        return float(getattr(self, what) @ self.lengths / steps) if steps else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, texts and lists."""
        return {
            "per_step_us": self.t_step.tolist(),
            "compute_us": self.compute.tolist(),
            "message_us": self.message.tolist(),
            "barrier_us": self.barrier,
            "steps_of_row": self.lengths.tolist(),
            "total_s": self.total,
            "mean_us": self.mean(),
            "quality": self.quality,
        }


@dataclass(frozen=True, eq=False)
class Energies:
    """Modelled energy in joule; ``energy["synaptic"]`` is that of a part of the whole run.

    Attributes
    ----------
    per_step : dict of str to ndarray of float64, shape (rows,)
        "synaptic", "neuron", "message", "learning" and "static", by row (see `Times`).
    per_core : ndarray of float64, shape (cores,)
        Dynamic energy of each core, without the mesh.
    power : ndarray of float64, shape (rows,)
        Watt.
    seconds : float
        Time that it was spent in.
    dynamic_quality, static_quality : str
        Of the coefficients that have been used.
    """

    per_step: Mapping[str, NDArray[np.float64]]
    per_core: NDArray[np.float64]
    power: NDArray[np.float64]
    seconds: float
    dynamic_quality: str
    static_quality: str

    def __getitem__(self, part: str) -> float:
        if part == "total":
            return self.dynamic + self["static"]
        if part not in self.per_step:
            raise KeyError(f"{part!r} is none of {', '.join(self.per_step)}, total")
        return float(self.per_step[part].sum())

    @property
    def dynamic(self) -> float:
        """Everything but static energy."""
        return sum(self[part] for part in self.per_step if part != "static")

    @property
    def total(self) -> float:
        """Dynamic and static energy."""
        return self["total"]

    @property
    def static_power(self) -> float:
        """Mean, W; 0 without steps."""
        return self["static"] / self.seconds if self.seconds else 0.0

    @property
    def dynamic_power(self) -> float:
        """Mean, W; 0 without steps."""
        return self.dynamic / self.seconds if self.seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, texts and lists."""
        return {
            "joule": {part: self[part] for part in (*self.per_step, "total")},
            "per_core_joule": self.per_core.tolist(),
            "power_watt": self.power.tolist(),
            "dynamic_power_watt": self.dynamic_power,
            "static_power_watt": self.static_power,
            "dynamic_quality": self.dynamic_quality,
            "static_quality": self.static_quality,
        }


def estimates(board: NcBoard, costs: Costs, activity: Activity) -> tuple[Times, Energies]:
    """Time and energy of what has been counted."""
    rows = activity.rows
    lengths = np.full(len(rows), activity.resolution, np.int64)
    if len(rows):
        lengths[-1] = activity.steps - activity.resolution * (len(rows) - 1)
    scale = _US_PER_NS / lengths
    seconds = float(rows[:, meters.STEP_TIME].sum()) * _S_PER_NS
    every = activity.resolution == 1
    times = Times(
        rows[:, meters.STEP_TIME] * scale,
        rows[:, meters.COMPUTE_TIME] * scale,
        rows[:, meters.MESSAGE_TIME] * scale,
        costs.barrier(tiles_used(board.chip, board.places), max(1, board.chips)) * _US_PER_NS,
        lengths,
        seconds,
        rows[:, meters.BUSIEST].astype(np.int64) if every else np.zeros(0, np.int64),
        _quality(costs, [*_used(costs, activity, "time"), "barrier_times"]),
    )
    parts = {name: rows[:, column] * _J_PER_PJ for name, column in meters.ENERGIES.items()}
    whole = np.sum(list(parts.values()), axis=0)
    spent = rows[:, meters.STEP_TIME] * _S_PER_NS
    energies = Energies(
        parts,
        activity.counts @ costs.core_energy * _J_PER_PJ,
        np.divide(whole, spent, out=np.zeros_like(whole), where=spent > 0),
        seconds,
        _quality(costs, _used(costs, activity, "energy")),
        _quality(costs, ["static_power"]),
    )
    return times, energies


def not_charged(costs: Costs, activity: Activity) -> list[str]:
    """Counters that have counted something for which no cost is known."""
    return [
        name
        for name, count in _sums(activity).items()
        if count and costs.coefficients[f"{name}_energy"].quality == "unverified"
    ]


def _used(costs: Costs, activity: Activity, what: str) -> list[str]:
    """Coefficients that add something."""
    names = [f"{name}_{what}" for name, count in _sums(activity).items() if count]
    return [name for name in names if costs.coefficients[name].value]


def _sums(activity: Activity) -> dict[str, int]:
    sums = [*activity.counts.sum(axis=0).tolist(), *activity.mesh.tolist()]
    return dict(zip((*CORE_COUNTERS, *NETWORK_COUNTERS), sums, strict=True))


def _quality(costs: Costs, names: list[str]) -> str:
    """Qualities of coefficients, the best first."""
    qualities = {costs.coefficients[name].quality for name in names if name in costs.coefficients}
    return ", ".join(sorted(qualities, key=QUALITIES.index))
