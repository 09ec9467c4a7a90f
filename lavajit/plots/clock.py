"""Time axes: steps, or time in a unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Seconds of the units in which rates are in Hz.
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}


@dataclass(frozen=True)
class Clock:
    """Steps to places on the time axis.

    Parameters
    ----------
    dt : float, optional
        Length of a time step in `unit`; None: the axis counts steps.
    unit : str
        Name of the unit. Rates are in Hz for "s", "ms" and "us", else per unit.

    Examples
    --------
    >>> Clock(0.1, "ms").label, Clock(0.1, "ms").times(30).item(), Clock().label
    ('time (ms)', 3.0, 'time step')
    """

    dt: float | None = None
    unit: str = "ms"

    def __post_init__(self) -> None:
        dt = self.dt
        if dt is None:
            return
        if isinstance(dt, bool) or not isinstance(dt, (int, float, np.number)):
            raise TypeError(f"dt is the length of a time step, a number, got {dt!r}")
        if not (math.isfinite(dt) and dt > 0):
            raise ValueError(f"dt is the length of a time step, greater than 0, got {dt!r}")

    @property
    def label(self) -> str:
        """Of the time axis."""
        return "time step" if self.dt is None else f"time ({self.unit})"

    @property
    def rate_label(self) -> str:
        """Of an axis of rates."""
        if self.dt is None:
            return "spikes per\n1,000 steps"
        return "rate (Hz)" if self.unit in SECONDS else f"rate (1/{self.unit})"

    def times(self, steps: Any) -> np.ndarray:
        """Places of steps on the axis."""
        return np.asarray(steps) if self.dt is None else np.asarray(steps) * self.dt

    def rates(self, per_step: Any) -> np.ndarray:
        """Rates of what happens so often in a step."""
        if self.dt is None:
            return 1000 * np.asarray(per_step)
        return np.asarray(per_step) / (self.dt * SECONDS.get(self.unit, 1.0))


def round_width(steps: float) -> int:
    """The whole number 1, 2 or 5 times a power of ten that is not less than `steps`."""
    power = 10 ** max(0, math.floor(math.log10(max(steps, 1))))
    return next(int(k * power) for k in (1, 2, 5, 10) if k * power >= steps or k == 10)
