"""What cores have done: counts of a run, and time and energy step by step.

Steps are kept in rows of bounded number: where there are more, each row stands for the sum over
`Activity.resolution` steps, always a power of two.
"""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.metering.meters import STEP_NUMBERS

#: Rows that are kept at most, unless every step is asked for.
MOST_ROWS = 1 << 16


class Activity:
    """Counts of all cores since the network was compiled.

    Parameters
    ----------
    cores : int
        Number of cores.
    per_step : bool
        Keep the counts of every step.

    Attributes
    ----------
    counts : ndarray of int64, shape (cores, 8)
        Sums over all steps, in the order of `counters.CORE_COUNTERS`.
    mesh : ndarray of int64, shape (4,)
        Sums over all steps, in the order of `counters.NETWORK_COUNTERS`.
    steps : int
        Number of steps.
    resolution : int
        Steps of a row of `rows`.
    """

    def __init__(self, cores: int, per_step: bool = False):
        self.counts = np.zeros((cores, len(CORE_COUNTERS)), np.int64)
        self.mesh = np.zeros(len(NETWORK_COUNTERS), np.int64)
        self.steps = 0
        self.resolution = 1
        self._per_step = per_step
        self._rows = [np.zeros((0, STEP_NUMBERS))]
        self._kept = 0
        self._partial = np.zeros((0, STEP_NUMBERS))
        self._history: list[np.ndarray] = []

    @property
    def rows(self) -> np.ndarray:
        """Time and energy, shape (rows, 9), columns as in `meters`; the last row may be shorter."""
        rest = self._partial.sum(axis=0, keepdims=True) if len(self._partial) else self._partial
        return np.concatenate([*self._rows, rest])

    @property
    def history(self) -> np.ndarray:
        """Counts of each step, int64, shape (steps, cores, 8); empty unless they are kept."""
        empty = np.zeros((0, *self.counts.shape), np.int64)
        return np.concatenate([empty, *self._history])

    def add(self, rows: np.ndarray, history: np.ndarray) -> None:
        """Take the rows of further steps, one each, and the counts if they are kept."""
        if not len(rows):
            return
        self.steps += len(rows)
        if self._per_step:
            self._history.append(history.copy())
        rows = np.concatenate([self._partial, rows])
        whole = len(rows) // self.resolution * self.resolution
        sums = rows[:whole].reshape(-1, self.resolution, STEP_NUMBERS).sum(axis=1)
        self._partial = rows[whole:].copy()
        self._rows.append(sums)
        self._kept += len(sums)
        while not self._per_step and self._kept > MOST_ROWS:
            self._coarsen()

    def _coarsen(self) -> None:
        rows = np.concatenate(self._rows)
        even = len(rows) // 2 * 2
        left = rows[even:]
        self._rows = [rows[:even].reshape(-1, 2, STEP_NUMBERS).sum(axis=1)]
        self._kept = even // 2
        self.resolution *= 2
        self._partial = np.concatenate([left, self._partial])
