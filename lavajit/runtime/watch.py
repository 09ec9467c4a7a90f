"""What watches one run: records, progress, a limit of wall-clock time.

The watch is asked between two chunks of steps, when the network is at a step boundary.
"""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from lavajit.compiler.arena import INTERRUPT, TIME_STEP
from lavajit.observe.probe import as_probes
from lavajit.observe.result import Result
from lavajit.runtime.facts import run_facts
from lavajit.runtime.progress import open_progress
from lavajit.runtime.recording import Recording, free_memory

#: Seconds between two looks at a run whose steps are slow.
LOOK_SECONDS = 0.25
#: Records in memory end a run that leaves less free memory than this.
LEAST_FREE_BYTES = 256 << 20
#: Seconds between two looks at the free memory.
MEMORY_SECONDS = 1.0
#: Options that need `record`.
OF_RECORDS = ("every", "neurons", "start", "stop", "dense", "to")


class RunEndedEarly(UserWarning):
    """A run has ended before its last step, and has returned what was recorded."""


@dataclass(frozen=True)
class RunOptions:
    """Options of one run.

    Parameters
    ----------
    record : list of Var, OutPort or Probe, optional
        What is recorded; the run returns a :class:`~lavajit.observe.result.Result`.
    every, neurons, start, stop, dense : optional
        Of all records that are no Probes; see :class:`~lavajit.observe.probe.Probe`.
    to : str or path, optional
        Folder that records are written to while the network runs; default: in memory.
    progress : bool or callable
        True shows a bar; a callable is called with (steps done, steps in all or None).
    limit : float, optional
        Seconds of wall-clock time after which the run ends, after the current step.
    profile : bool
        True measures where the time goes; the run returns a Result with a
        :class:`~lavajit.runtime.profiling.profile.Profile`.
    """

    record: Any = None
    every: int = 1
    neurons: Any = None
    start: int = 1
    stop: int | None = None
    dense: bool | None = None
    to: Any = None
    progress: bool | Callable = False
    limit: float | None = None
    profile: bool = False

    @classmethod
    def checked(cls, options: dict[str, Any]) -> RunOptions:
        """Options by name.

        Raises
        ------
        TypeError
            There is no such option.
        ValueError
            Options of records without anything to record, or a limit that is no time.
        """
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                raise TypeError(f"run() has no option {name!r}; options are {', '.join(known)}")
        checked = cls(**options)
        given = [name for name in OF_RECORDS if options.get(name) is not None]
        if checked.record is None and given:
            raise ValueError(f"{', '.join(given)} without anything to record; say record=[...]")
        if not isinstance(checked.profile, bool):
            raise ValueError(f"profile is True or False, got {checked.profile!r}")
        limit = checked.limit
        if limit is not None and (isinstance(limit, bool) or not limit > 0):
            raise ValueError(f"limit is a number of seconds above 0, got {limit!r}")
        return checked


class NoWatch:
    """Of a run that nobody watches: runs of a single step are as quick as they can be.

    Parameters
    ----------
    stepper : Stepper
        What executes the network.
    """

    result: Result | None = None
    ended = ""

    def __init__(self, stepper):
        self.run_chunk = stepper.run_chunk

    def begin(self) -> None:
        """Just before the first step."""

    def look(self, done: int) -> bool:
        """Between two chunks; True if the run should end."""
        return False

    def moved(self, time_step: int) -> None:
        """The network goes on from another time step."""

    def end(self, ended: str) -> None:
        """After the last step, or when the run fails."""

    def tell(self) -> None:
        """Warn of a run that has ended early."""


class Watch:
    """Records, progress and limit of one run.

    Parameters
    ----------
    network : Network
        A compiled network.
    stepper : Stepper
        What executes it.
    steps : int
        Number of steps of the run; ``sys.maxsize`` for no end.
    options : RunOptions
        Options of the run.

    Attributes
    ----------
    result : Result or None
        What has been recorded so far; None if nothing is recorded or profiled.
    ended : str
        Why the run ended, once somebody has said so.
    """

    def __init__(self, network, stepper, steps: int, options: RunOptions):
        self._network = network
        self._stepper = stepper
        self._control = stepper.control
        self._options = options
        self._total = None if steps >= sys.maxsize else steps
        self.ended = ""
        self.result: Result | None = None
        self._recording: Recording | None = None
        self._profiler: Any = None
        if options.record is not None or options.profile:
            self._record(network, options)
        self._bar = None
        self._alarm: _Alarm | None = None

    def _record(self, network, options: RunOptions) -> None:
        chosen = {name: getattr(options, name) for name in ("every", "neurons", "start", "stop")}
        record = [] if options.record is None else options.record
        probes = as_probes(record, **chosen, dense=options.dense)
        first = int(self._control[TIME_STEP]) + 1
        is_open = self._total is None or options.limit is not None
        last = -1 if is_open else first + self._total - 1
        facts = run_facts(network, first)
        recording = Recording(network, probes, first, last, options.to, facts)
        self._table = recording.table(network.bound.table)
        self._recording = recording
        self.result = Result(recording.store, facts, recording.names)
        if options.profile:
            from lavajit.runtime.profiling.report import open_profiler

            self._profiler = open_profiler(network, self._stepper, self._table)

    def begin(self) -> None:
        """Just before the first step."""
        if self._recording is not None:
            self._stepper.walk(self._table)
            self._recording.begin(int(self._control[TIME_STEP]))
        if self._profiler is not None:
            self._profiler.begin()
        self._bar = open_progress(self._options.progress, self._total)
        self._began = self._looked = time.perf_counter()
        if self._bar is not None or self._options.limit is not None or self._options.to:
            self._alarm = _Alarm(self._control, self._options.limit)

    def run_chunk(self, remaining: int) -> int:
        """Run at most one chunk of the remaining steps; the number of steps that were finished."""
        return (self._profiler or self._stepper).run_chunk(remaining)

    def look(self, done: int) -> bool:
        """Between two chunks; True if the run should end."""
        if self._recording is not None:
            self._recording.relieve()
        if self._bar is not None:
            self._bar(done)
        now, limit = time.perf_counter(), self._options.limit
        if limit is not None and now - self._began >= limit:
            self.ended = "time limit"
        if self._recording is not None and not self._options.to:
            if now - self._looked > MEMORY_SECONDS:
                self._looked = now
                if 0 < free_memory() < LEAST_FREE_BYTES:
                    self.ended = "out of memory"
        return bool(self.ended)

    def moved(self, time_step: int) -> None:
        """The network goes on from another time step."""
        if self._recording is not None:
            self._recording.moved(time_step)

    def end(self, ended: str) -> None:
        """After the last step, or when the run fails; `ended` says why, if nothing else does."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._bar is not None:
            self._bar.close()
        if self._recording is None or self.result is None:
            return
        if self._profiler is not None:
            from lavajit.runtime.profiling.report import make_profile

            self._profiler.end()
            self.result.profile = make_profile(
                self._network, self._profiler, self._table, self._recording.labels
            )
        self._stepper.walk(self._network.bound.table)
        facts = self.result.facts
        facts["ended"] = self.ended or ended
        facts["seconds"] = time.perf_counter() - self._began
        facts["last"] = int(self._control[TIME_STEP]) - bool(self._stepper.inside_step)
        recording, self._recording = self._recording, None
        try:
            recording.empty()
        finally:
            recording.store.close(facts)

    def tell(self) -> None:
        """Warn of a run that has ended early."""
        if self.ended in ("interrupted", "out of memory") and self.result is not None:
            facts = self.result.facts
            asked = "" if self._total is None else f" of {facts['first'] + self._total - 1:,}"
            warnings.warn(
                f"{self.ended} after time step {facts['last']:,}{asked}; the result holds what was "
                "recorded, and the next run() goes on from there",
                RunEndedEarly,
                stacklevel=2,
            )


class _Alarm:
    """Breaks the native loop between two steps, so that the run can be looked at.

    Chunks of steps adapt to their duration, but the first ones do not know it.
    """

    def __init__(self, control, limit: float | None):
        self._control = control
        self._ended = threading.Event()
        self._limit = limit
        thread = threading.Thread(target=self._ring, name="lavajit alarm", daemon=True)
        thread.start()

    def _ring(self) -> None:
        if self._limit is not None and self._limit < LOOK_SECONDS:
            self._ended.wait(self._limit)
            self._control[INTERRUPT] = not self._ended.is_set()
        while not self._ended.wait(LOOK_SECONDS):
            self._control[INTERRUPT] = 1

    def cancel(self) -> None:
        self._ended.set()
