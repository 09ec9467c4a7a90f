"""Rates and intervals of events."""

from __future__ import annotations

import warnings

import numpy as np


def rate(counts: np.ndarray, steps: int, dt: float) -> np.ndarray:
    """Events per unit of `dt` in so many steps; NaN for none."""
    return counts / (steps * dt) if steps else np.full(len(counts), np.nan)


def rate_over_time(
    counts: np.ndarray, size: int, window: int, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the first steps of windows, and events per element and unit of `dt` in each.

    Raises
    ------
    ValueError
        `window` is less than one step.
    """
    if window < 1:
        raise ValueError(f"window is a number of recorded steps from 1, got {window!r}")
    first = np.arange(len(counts) // window) * window
    sums = counts[: len(first) * window].reshape(len(first), window).sum(axis=1, dtype=np.int64)
    return first, sums / (max(size, 1) * window * dt)


def cv(steps: np.ndarray, neurons: np.ndarray, size: int) -> np.ndarray:
    """Standard deviation of the intervals of every element over their mean; NaN for less than two.

    Two passes, so that long and nearly regular trains lose no digits.
    """
    order = np.argsort(neurons, kind="stable")
    who, when = neurons[order], steps[order]
    same = who[1:] == who[:-1]
    who, intervals = who[1:][same], np.diff(when)[same].astype(np.float64)
    count = np.bincount(who, minlength=size)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore")
        mean = np.bincount(who, intervals, size) / count
        variance = np.bincount(who, (intervals - mean[who]) ** 2, size) / count
        result = np.sqrt(variance) / mean
    result[count < 2] = np.nan
    return result
