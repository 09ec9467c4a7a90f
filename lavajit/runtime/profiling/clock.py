"""The cycle counter, read by the native loop, and what it costs to read it."""

from __future__ import annotations

from functools import cache
from statistics import median

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, STEPS_LEFT
from lavajit.compiler.work import END
from lavajit.runtime.loop import native_loop
from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, SLOT_WORDS, TICK, new_table

#: TICK rows of a calibration, steps of an empty program, and repetitions.
_ROWS, _STEPS, _REPETITIONS = 256, 8192, 15


class Clock:
    """Walks a program of its own that reads the counter.

    Attributes
    ----------
    now : ndarray of int64, shape (1,)
        The last reading.
    """

    def __init__(self, ticks: int = 1):
        self.now = np.zeros(1, np.int64)
        self._loop = native_loop()
        self._control = np.zeros(CONTROL_WORDS + 1, np.int64)
        self._slots = np.zeros((2, SLOT_WORDS), np.int64)
        self._table = new_table(ticks + 1)
        self._table[:-1, OPERATION], self._table[-1, OPERATION] = TICK, END
        self._table[:-1, ADDRESS] = self._slots[1:].ctypes.data
        self._table[:1, ADDRESS] = self._slots.ctypes.data
        self._table[:, BLOCK] = self.now.ctypes.data
        self._addresses = self._control.ctypes.data, self._table.ctypes.data

    def read(self) -> int:
        """Cycles since some time in the past."""
        self.walk(1)
        return int(self.now[0])

    def walk(self, steps: int) -> int:
        """Walk the program; cycles between its TICK rows."""
        self._slots[:] = 0
        self._control[STEPS_LEFT] = steps
        self._loop(*self._addresses)
        return int(self._slots[1, 0])


@cache
def costs() -> tuple[float, float]:
    """Cycles of a TICK row and of the end of a step.

    Raises
    ------
    RuntimeError
        The processor has no counter that programs may read.
    """
    clock, ticks, empty = Clock(), Clock(_ROWS + 1), Clock(0)
    before = clock.read()
    tick = median(ticks.walk(1) / _ROWS for _ in range(_REPETITIONS))
    if clock.read() == before:
        raise RuntimeError("profile=True needs a cycle counter, and this processor shows none")
    end = median(_cycles(clock, empty) for _ in range(_REPETITIONS))
    return tick, end


def _cycles(clock: Clock, empty: Clock) -> float:
    """Of one empty step; what entering the loop takes is left out."""
    times = [clock.read()]
    for steps in (1, _STEPS):
        empty.walk(steps)
        times.append(clock.read())
    once, often = np.diff(times)
    return max(0.0, float(often - once) / (_STEPS - 1))
