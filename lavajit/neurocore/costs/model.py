"""What a step costs: the time and energy of counts, and coefficients as arrays for kernels.

Two forms of the time of a step, with n the counts of `counters`:

sum (all but one)
    t_core = sum over counters of n * time: a core does one thing after the other.
    t_step = largest t_core + longest message + barrier
max ("loihi2_maxaffine")
    t_step = largest of updates * a, syn_ops * b, memory_reads * c over cores, bits over the busiest
    link / d, and the barrier: all units work at once and the slowest decides.

Energy is a sum over counters in both. In real time a step takes its interval at least.

Not modelled: queues and collisions of messages, embedded processors, traffic with the host, the
dependence on voltage and temperature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.costs import counters
from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.costs.tables import Coefficients

TIME_MODES = ("free", "real_time")
_NS_PER_US = 1000.0
_PJ_PER_NS_AND_W = 1000.0


@dataclass(frozen=True, eq=False)
class Costs:
    """Coefficients and how a step takes its time. Made by `costs.preset`.

    Attributes
    ----------
    name : str
    coefficients : mapping of str to Figure
    time_mode : str
        "free": a step ends when it is done. "real_time": not before `dt_us`.
    dt_us : float
        Interval of real time in microseconds; 1 ms is customary.

    Raises
    ------
    ValueError
        There is no such mode, or the interval is not positive.
    """

    name: str
    coefficients: Coefficients
    time_mode: str = "free"
    dt_us: float = 1000.0

    def __post_init__(self) -> None:
        if self.time_mode not in TIME_MODES:
            raise ValueError(f"time_mode: {self.time_mode!r} is none of {', '.join(TIME_MODES)}")
        if not (np.isfinite(self.dt_us) and self.dt_us > 0):
            raise ValueError(f"dt_us: expected a positive time, got {self.dt_us}")

    @property
    def form(self) -> str:
        """ "sum" or "max"."""
        return "max" if "link_bandwidth" in self.coefficients else "sum"

    @property
    def core_time(self) -> NDArray[np.float64]:
        """ns per count, in the order of `CORE_COUNTERS`; form "sum" only."""
        self._needs_sum()
        return self._array(CORE_COUNTERS, "time")

    @property
    def core_energy(self) -> NDArray[np.float64]:
        """pJ per count, in the order of `CORE_COUNTERS`."""
        return self._array(CORE_COUNTERS, "energy")

    @property
    def network_time(self) -> NDArray[np.float64]:
        """ns of a message per hop, in a tile, between chips; form "sum" only."""
        self._needs_sum()
        return self._array(NETWORK_COUNTERS, "time")

    @property
    def network_energy(self) -> NDArray[np.float64]:
        """pJ per count, in the order of `NETWORK_COUNTERS`."""
        return self._array(NETWORK_COUNTERS, "energy")

    @property
    def step_floor(self) -> float:
        """Least time of a step, ns."""
        return self.dt_us * _NS_PER_US if self.time_mode == "real_time" else 0.0

    def barrier(self, tiles: int = 1, chips: int = 1) -> float:
        """Time of the barrier that ends a step, ns.

        Parameters
        ----------
        tiles : int
            Tiles used, with one chip.
        chips : int
            Chips used; with more than one, tiles do not matter.

        Raises
        ------
        ValueError
            Not at least one of each.
        """
        if tiles < 1 or chips < 1:
            raise ValueError(f"barrier: expected tiles and chips from 1, got {tiles} and {chips}")
        if self.form == "max":
            return self._value("barrier_time")
        one_chip = self._value("barrier_times")
        if chips == 1:
            return float(np.interp(tiles, self._value("barrier_tiles"), one_chip))
        points = (1, *self._value("barrier_chips"))
        times = (one_chip[-1], *self._value("barrier_chip_times"))
        return float(np.interp(chips, points, times))

    def static(self, chips: int = 1) -> float:
        """Static energy per time of so many chips, pJ per ns."""
        return self._value("static_power") * chips * _PJ_PER_NS_AND_W

    def vector(self, tiles: int = 1, chips: int = 1) -> NDArray[np.float64]:
        """All a kernel needs in one array; its layout is in `counters`.

        Raises
        ------
        ValueError
            The time is of the form "max", which is no sum over counters.

        Examples
        --------
        >>> from lavajit.neurocore.costs import preset
        >>> from lavajit.neurocore.costs.counters import BARRIER, CORE_TIME, SYN_OPS
        >>> vector = preset("loihi1_d18").vector(tiles=32)
        >>> print(vector[CORE_TIME + SYN_OPS], vector[BARRIER])
        3.5 465.0
        """
        vector = np.empty(counters.VECTOR_SIZE)
        vector[counters.CORE_TIME : counters.CORE_ENERGY] = self.core_time
        vector[counters.CORE_ENERGY : counters.NETWORK_TIME] = self.core_energy
        vector[counters.NETWORK_TIME : counters.NETWORK_ENERGY] = self.network_time
        vector[counters.NETWORK_ENERGY : counters.BARRIER] = self.network_energy
        vector[counters.BARRIER] = self.barrier(tiles, chips)
        vector[counters.STATIC] = self.static(chips)
        vector[counters.STEP_FLOOR] = self.step_floor
        return vector

    def provenance(self) -> dict[str, tuple]:
        """Value, source and quality of each coefficient."""
        return {
            name: (figure.value, figure.source, figure.quality)
            for name, figure in self.coefficients.items()
        }

    def table(self) -> str:
        """Coefficients as text, with quality, source and what must be known."""
        lines = [self.name]
        for name, figure in self.coefficients.items():
            note = f" ({figure.note})" if figure.note else ""
            lines.append(f"  {name:<24}{figure!s:<22}{figure.quality:<11}{figure.source}{note}")
        return "\n".join(lines)

    def _value(self, name: str) -> float | tuple[float, ...]:
        return self.coefficients[name].value

    def _array(self, names: tuple[str, ...], what: str) -> NDArray[np.float64]:
        return np.array([self._value(f"{name}_{what}") for name in names], np.float64)

    def _needs_sum(self) -> None:
        if self.form == "max":
            raise ValueError(
                f"{self.name}: the time of a step is the largest of its terms, no sum over "
                "counters; count per step and use lavajit.neurocore.costs.estimate.estimate"
            )
