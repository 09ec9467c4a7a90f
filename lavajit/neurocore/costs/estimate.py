"""Counts of a run -> time, energy and power.

>>> import numpy as np
>>> from lavajit.neurocore.costs import preset
>>> from lavajit.neurocore.costs.counters import CORE_COUNTERS, SYN_OPS
>>> from lavajit.neurocore.costs.estimate import estimate
>>> core = np.zeros((1, 1, len(CORE_COUNTERS)), np.int64)
>>> core[0, 0, SYN_OPS] = 1000
>>> result = estimate(preset("loihi1_d18"), core, np.zeros((1, 4), np.int64))
>>> print(result.t_step[0], result.energy["synaptic"][0])
3613.0 23600.0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.chips.figures import QUALITIES
from lavajit.neurocore.costs import counters
from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.costs.model import Costs

#: Counters of a core by the part of the energy they belong to.
CORE_PARTS: Mapping[str, tuple[int, ...]] = {
    "synaptic": (counters.SYN_OPS,),
    "neuron": (
        counters.UPDATES_ACTIVE,
        counters.UPDATES_INACTIVE,
        counters.SPIKES,
        counters.PROGRAM_OPS,
    ),
    "message": (counters.SPIKES_IN, counters.AXON_OUT),
    "learning": (counters.LEARN_OPS,),
}

_J_PER_PJ = 1e-12
_S_PER_NS = 1e-9


@dataclass(frozen=True, eq=False)
class Estimate:
    """Modelled time and energy of a run; times in ns, energies in pJ.

    Attributes
    ----------
    costs : Costs
    t_core : ndarray of float64, shape (steps, cores)
        Time each core computes.
    message : ndarray of float64, shape (steps,)
        Time of the longest message, or of the busiest link in the form "max".
    barrier : float
    t_step : ndarray of float64, shape (steps,)
    energy : mapping of str to ndarray of float64, shape (steps,)
        "synaptic", "neuron", "message", "learning" and "static".
    core_energy : ndarray of float64, shape (steps, cores)
        Dynamic energy of each core, without the mesh.
    left_out : tuple of str
        Terms of the time for which there were no counts: it is a lower bound.
    """

    costs: Costs
    t_core: NDArray[np.float64]
    message: NDArray[np.float64]
    barrier: float
    t_step: NDArray[np.float64]
    energy: Mapping[str, NDArray[np.float64]]
    core_energy: NDArray[np.float64]
    left_out: tuple[str, ...] = ()

    @property
    def bottleneck(self) -> NDArray[np.int64]:
        """Core that computes longest, by step; the first of equals."""
        return self.t_core.argmax(axis=1)

    @property
    def total_time(self) -> float:
        """Seconds."""
        return float(self.t_step.sum()) * _S_PER_NS

    @property
    def time_per_step(self) -> float:
        """Mean, in microseconds; 0 without steps."""
        return float(self.t_step.mean()) / 1000 if self.t_step.size else 0.0

    @property
    def static_energy(self) -> float:
        """Joule."""
        return float(self.energy["static"].sum()) * _J_PER_PJ

    @property
    def dynamic_energy(self) -> float:
        """Joule."""
        parts = [part.sum() for name, part in self.energy.items() if name != "static"]
        return float(sum(parts)) * _J_PER_PJ

    @property
    def total_energy(self) -> float:
        """Joule."""
        return self.dynamic_energy + self.static_energy

    @property
    def power(self) -> NDArray[np.float64]:
        """Of each step, W; 0 where a step takes no time."""
        total = np.sum(list(self.energy.values()), axis=0) * _J_PER_PJ
        time = self.t_step * _S_PER_NS
        return np.divide(total, time, out=np.zeros_like(total), where=time > 0)

    def quality(self) -> str:
        """Qualities of the coefficients, the best first."""
        used = {figure.quality for figure in self.costs.coefficients.values()}
        return ", ".join(sorted(used, key=QUALITIES.index))

    def __str__(self) -> str:
        dynamic, static = (
            energy / self.total_time if self.total_time else 0.0
            for energy in (self.dynamic_energy, self.static_energy)
        )
        parts = ", ".join(
            f"{name} {part.sum() * _J_PER_PJ * 1e3:.6g} mJ" for name, part in self.energy.items()
        )
        compute = self.t_core.max(axis=1, initial=0.0)
        means = [each.mean() / 1000 if each.size else 0.0 for each in (compute, self.message)]
        paced = " in real time" if self.costs.time_mode == "real_time" else ""
        lines = [
            f"Total Power   : {dynamic + static:.6f} W      (modelled: {self.costs.name})",
            f"Dynamic Power : {dynamic:.6f} W   Static Power : {static:.6f} W   "
            f"[quality: {self.quality()}]",
            f"Energy: {parts}",
            f"Time per step : {self.time_per_step:.6g} us{paced}  (compute {means[0]:.6g} / "
            f"message {means[1]:.6g} / barrier {self.barrier / 1000:.6g})",
        ]
        if note := self.costs.coefficients["static_power"].note:
            lines.append(f"Static power: {note}")
        if self.left_out:
            lines.append(f"Time is a lower bound, without {', '.join(self.left_out)}")
        return "\n".join(lines)


def estimate(
    costs: Costs,
    core: ArrayLike,
    network: ArrayLike,
    longest: ArrayLike | None = None,
    *,
    tiles: int = 1,
    chips: int = 1,
    memory_reads: ArrayLike | None = None,
    link_bits: ArrayLike | None = None,
) -> Estimate:
    """Time and energy of a run from its counts.

    Parameters
    ----------
    costs : Costs
    core : array_like of int, shape (steps, cores, 8)
        In the order of `counters.CORE_COUNTERS`.
    network : array_like of int, shape (steps, 4)
        In the order of `counters.NETWORK_COUNTERS`.
    longest : array_like of float, shape (steps,), optional
        Time of the longest message, ns: the largest `mesh.route(...) @ costs.network_time` of the
        messages sent. May be left out when there are none, and in the form "max".
    tiles, chips : int
        In use, for the barrier and static power (`mesh.tiles_used`).
    memory_reads : array_like of int, shape (steps, cores), optional
        Words of synaptic memory read; form "max".
    link_bits : array_like of int, shape (steps,), optional
        Bits over the busiest link (`mesh.link_loads` times the bits of a message); form "max".

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        Shapes do not agree, a count or time is negative, or messages have no `longest`.
    TypeError
        Counts are not whole numbers.
    """
    core = _counts("core", core, (None, None, len(CORE_COUNTERS)))
    network = _counts("network", network, (len(core), len(NETWORK_COUNTERS)))
    if costs.form == "max":
        t_core, left_out = _largest_terms(costs, core, memory_reads)
        bits = np.zeros(len(core)) if link_bits is None else link_bits
        bits = _counts("link_bits", bits, (len(core),), dtype=np.float64)
        message = bits / costs.coefficients["link_bandwidth"].value
        left_out += () if link_bits is not None else ("link_bits",)
    else:
        t_core, left_out = core @ costs.core_time, ()
        if longest is None and network.any():
            raise ValueError("longest: messages were sent, give the time of the longest (ns)")
        longest = np.zeros(len(core)) if longest is None else longest
        message = _counts("longest", longest, (len(core),), dtype=np.float64)
    barrier = costs.barrier(tiles, chips)
    slowest = t_core.max(axis=1, initial=0.0)
    if costs.form == "max":
        t_step = np.maximum(np.maximum(slowest, message), barrier)
    else:
        t_step = slowest + message + barrier
    t_step = np.maximum(t_step, costs.step_floor)
    energy = _energy_by_part(costs, core, network)
    energy["static"] = costs.static(chips) * t_step
    return Estimate(
        costs, t_core, message, barrier, t_step, energy, core @ costs.core_energy, left_out
    )


def _largest_terms(
    costs: Costs, core: NDArray[np.int64], memory_reads: ArrayLike | None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Time of each core in the form "max", and the terms that were left out."""
    value = {name: figure.value for name, figure in costs.coefficients.items()}
    updates = core[..., counters.UPDATES_ACTIVE] + core[..., counters.UPDATES_INACTIVE]
    times = np.maximum(
        updates * value["updates_time"], core[..., counters.SYN_OPS] * value["syn_ops_time"]
    )
    if memory_reads is None:
        return times, ("memory_reads",)
    reads = _counts("memory_reads", memory_reads, core.shape[:2])
    return np.maximum(times, reads * value["memory_reads_time"]), ()


def _energy_by_part(
    costs: Costs, core: NDArray[np.int64], network: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    totals = core.sum(axis=1)
    coefficients = costs.core_energy
    energy = {
        part: totals[:, list(which)] @ coefficients[list(which)]
        for part, which in CORE_PARTS.items()
    }
    energy["message"] = energy["message"] + network @ costs.network_energy
    return energy


def _counts(what: str, values: ArrayLike, shape: tuple, dtype: type = np.int64) -> np.ndarray:
    array = np.asarray(values)
    if dtype is np.int64 and array.size and not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{what}: whole numbers expected, got {array.dtype}")
    fits = array.ndim == len(shape) and all(
        size is None or size == got for size, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{what}: expected shape {_shown(shape)}, got {array.shape}")
    if not (array >= 0).all():
        raise ValueError(f"{what}: {array.min()} is not a count or time from 0")
    return array.astype(dtype)


def _shown(shape: tuple) -> str:
    return "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
