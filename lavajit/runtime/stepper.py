"""Steps in chunks: the native loop, and the Python rows in between."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from lavajit.compiler.arena import PC, STEPS_LEFT, TIME_STEP
from lavajit.compiler.work import HOST_GUARD
from lavajit.runtime.assemble import Bound, flag_word
from lavajit.runtime.crew import Crew
from lavajit.runtime.loop import DONE, HOST_CALL, native_loop
from lavajit.runtime.pace import Pace
from lavajit.runtime.table import OPERATION

#: Seconds a chunk of the loop should take; the latency of Ctrl-C and pause.
CHUNK_SECONDS = 0.02
#: Steps of the first chunk, before the speed is known.
FIRST_CHUNK = 256
#: A chunk grows at most by this factor, so that one quick chunk does not make the next one endless.
CHUNK_GROWTH = 8.0


class Stepper:
    """Executes the program of a network.

    Parameters
    ----------
    bound : Bound
        The program.
    shards : int
        Number of parts the network is divided into.
    always : bool
        Use all threads always, not only while that is faster.

    Attributes
    ----------
    control : ndarray of int64
        Control words of the loop.
    hosts : dict of int to callable
        Python function of every row that is not native.
    profiler : Profiler or None
        What has profiled the last run, for the next one.
    """

    def __init__(self, bound: Bound, shards: int = 1, always: bool = False):
        self.bound = bound
        self.control = bound.layout.control
        self.hosts = bound.hosts
        self.chunk = FIRST_CHUNK
        self.profiler: Any = None
        self._loop = native_loop()
        self._control_address = self.control.ctypes.data
        self.walk(bound.table)
        self._step_sum = 0
        self._divided = tuple(bound.layout.shards.values())
        self._crew = Crew(self.control, shards) if self._divided else None
        self._pace = Pace(shards, always)

    def walk(self, table: np.ndarray, origin: list[int] | None = None) -> None:
        """Walk this program table from now on: the network's, or a longer copy of it.

        `origin` has the program's row for each row of the copy; by default the copy only goes on
        where the program ends.
        """
        self._table, self._origin = table, origin  # kept alive
        self._table_address = table.ctypes.data

    def call_loop(self) -> int:
        """Enter the native loop where the control words say; DONE, HOST_CALL or FAILED."""
        return self._loop(self._control_address, self._table_address)

    def run_chunk(self, remaining: int) -> int:
        """Run at most one chunk of the remaining steps; the number of steps that were finished."""
        steps, start = min(remaining, self.chunk), time.perf_counter()
        done = self.run_steps(steps)
        if done == steps:
            self._adapt(steps, time.perf_counter() - start)
        return done

    def run_steps(self, steps: int, alone: bool = False) -> int:
        """Run these steps in one go, `alone` without other threads; how many were finished."""
        control = self.control
        control[STEPS_LEFT] = steps
        self._step_sum = int(control[TIME_STEP]) + steps
        if self._crew is None:
            self._run_rows()
        else:
            self._run_divided(steps, alone)
        return steps - int(control[STEPS_LEFT])

    def _run_rows(self) -> int:
        """Run until the chunk is done; DONE or FAILED."""
        while (answer := self.call_loop()) == HOST_CALL:
            self._host_row(int(self.control[PC]))
        return answer

    def _run_divided(self, steps: int, alone: bool) -> None:
        for blocks in self._divided:
            blocks.renew()
        together = not alone and self._pace.together(steps)
        start = time.perf_counter()
        if together:
            self._crew.enlist(self._table_address)
        try:
            answer = self._run_rows()
        finally:
            if together:
                self._crew.dismiss()  # raises what a helping thread has raised
        for blocks in self._divided:
            blocks.settle()
        if answer == DONE and not alone:
            self._pace.took(steps, time.perf_counter() - start, together)

    def _adapt(self, steps: int, seconds: float) -> None:
        """Choose the next chunk from the time this one took."""
        fitting = int(steps * min(CHUNK_GROWTH, CHUNK_SECONDS / max(seconds, 1e-9)))
        if steps >= self.chunk or fitting < steps:
            self.chunk = max(1, fitting)

    @property
    def inside_step(self) -> bool:
        """True if a step has begun (its number counted) and not ended (steps left not counted)."""
        return bool(self.control[TIME_STEP] + self.control[STEPS_LEFT] != self._step_sum)

    def _host_row(self, row: int) -> None:
        ours = row if self._origin is None else self._origin[row]
        answer = self.hosts[ours]()
        if self.bound.table[ours, OPERATION] == HOST_GUARD:
            self.control[flag_word(self.bound, ours)] = bool(answer)
        self.control[PC] = row + 1

    def leave_copy(self) -> None:
        """Walk the program itself again; where a step has failed, its row is one of the program."""
        if self._origin is not None and self.control[PC] < len(self._origin):
            self.control[PC] = self._origin[int(self.control[PC])]
        self.walk(self.bound.table)
