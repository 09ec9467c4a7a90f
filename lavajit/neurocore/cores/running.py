"""Walking a step program to its end, Ctrl-C at a step boundary, and what a run gives."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from lavajit.compiler.arena import INTERRUPT, STEPS_LEFT
from lavajit.runtime.crew import Crew
from lavajit.runtime.interrupts import SigintGuard
from lavajit.runtime.loop import native_loop
from lavajit.runtime.stepper import CHUNK_GROWTH, CHUNK_SECONDS


@dataclass(frozen=True, eq=False)
class CoreTrace:
    """State of all compartments after each step, populations side by side.

    Attributes
    ----------
    q, u, v : ndarray of int32, shape (steps, n)
        Input after its wrap (with noise of the current), current and voltage.
    spikes : ndarray of bool, shape (steps, n)
    """

    q: np.ndarray
    u: np.ndarray
    v: np.ndarray
    spikes: np.ndarray


@dataclass(frozen=True, eq=False)
class CoreTotals:
    """Spike counts of a run and the state after its last step, populations side by side.

    Attributes
    ----------
    q, u, v : ndarray of int32, shape (n,)
        Input, current and voltage after the last step.
    spikes : ndarray of bool, shape (n,)
        Spikes of the last step.
    counts : ndarray of int64, shape (n,)
        Spikes of all steps of the run.
    """

    q: np.ndarray
    u: np.ndarray
    v: np.ndarray
    spikes: np.ndarray
    counts: np.ndarray


def walk(control: np.ndarray, table: np.ndarray, steps: int, crew: Crew | None = None) -> None:
    """Run `steps` steps of a table of native rows, in chunks of some milliseconds.

    `crew` are the threads that help with rows behind a FORK.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C was pressed. The step at hand is done, none has been begun after it.
    """
    loop, chunk = native_loop(), 1
    control[INTERRUPT] = 0  # a second Ctrl-C may have ended the last run before this was done
    with SigintGuard(control):
        while steps > 0:
            now = min(steps, chunk)
            control[STEPS_LEFT] = now
            start = time.perf_counter()
            if crew is not None:
                crew.enlist(table.ctypes.data)
            try:
                loop(control.ctypes.data, table.ctypes.data)
            finally:
                if crew is not None:
                    crew.dismiss()
            if control[INTERRUPT]:
                raise KeyboardInterrupt
            steps -= now
            seconds = max(time.perf_counter() - start, 1e-9)
            chunk = max(1, int(now * min(CHUNK_GROWTH, CHUNK_SECONDS / seconds)))
