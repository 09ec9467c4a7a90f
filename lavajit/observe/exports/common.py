"""What the exports share: optional libraries, time, and which element is which."""

from __future__ import annotations

from importlib import import_module
from numbers import Real
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from lavajit.observe.series import Events, Samples


def optional(module: str, extra: str, what: str) -> ModuleType:
    """Import a library that lavajit works without.

    Raises
    ------
    ImportError
        It is not installed; the message names the extra that brings it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{what} needs {module}, which cannot be imported ({error}); install it with "
            f"`pip install 'lavajit[{extra}]'`"
        ) from error


def duration(dt: Any) -> float:
    """The duration of a time step, a number above 0.

    Raises
    ------
    TypeError
        `dt` is no plain number, e.g. one with a unit, which might be taken for another.
    ValueError
        It is not above 0.
    """
    if isinstance(dt, bool) or not isinstance(dt, Real):
        raise TypeError(
            f"dt is a plain number, the duration of a time step; got {dt!r} of type "
            f"{type(dt).__name__}"
        )
    if not 0 < dt < np.inf:
        raise ValueError(f"dt is the duration of a time step, above 0; got {dt!r}")
    return float(dt)


def clock(steps: np.ndarray, dt: float | None) -> tuple[str, np.ndarray]:
    """What the axis of time is called, and its values: time steps, or times at their ends."""
    return ("step", steps) if dt is None else ("time", steps * duration(dt))


def elements(series: Samples | Events) -> np.ndarray:
    """Indices of the recorded elements into the flattened shape of the source."""
    return np.arange(series.form.size) if series.chosen is None else series.chosen


def event_elements(events: Events) -> np.ndarray:
    """The same for every event."""
    return events.neurons if events.chosen is None else events.chosen[events.neurons]


def event_values(events: Events) -> np.ndarray:
    """Values of all events, in the dtype of the port, also where all are 1."""
    return np.ones(len(events), events.dtype) if events.values is None else events.values


def stride(steps: np.ndarray) -> int:
    """Distance of successive steps; 0 if they are not evenly spaced, 1 for fewer than two."""
    if len(steps) < 2:
        return 1
    every = int(steps[1] - steps[0])
    return every if every > 0 and (np.diff(steps) == every).all() else 0
