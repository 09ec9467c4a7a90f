"""Run control: start, wait, pause, stop, and Var access between steps.

The native loop is called in chunks of some tens of milliseconds. Between chunks the network is at a
step boundary: Ctrl-C, pause, progress and Var access from other threads are served there. Nothing
here waits without a way out.
"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import Any

from lavajit.compiler.arena import INTERRUPT, PAUSE, STOP, TIME_STEP
from lavajit.model.threads import wanted_threads
from lavajit.observe.result import Result
from lavajit.process.loaded_models import set_loaded
from lavajit.process.run_conditions import AbstractRunCondition, RunContinuous, RunSteps
from lavajit.runtime.boundary import BoundaryGate
from lavajit.runtime.coroutines import Interrupted
from lavajit.runtime.failures import failure_notes
from lavajit.runtime.interrupts import SigintGuard
from lavajit.runtime.model_state import ModelStates
from lavajit.runtime.stepper import FIRST_CHUNK, Stepper
from lavajit.runtime.var_access import VarAccess
from lavajit.runtime.watch import NoWatch, RunOptions, Watch

#: Runtimes that may be running in a thread; stopped before the interpreter takes memory away.
_in_background: weakref.WeakSet[Runtime] = weakref.WeakSet()


@atexit.register
def _stop_background_runs() -> None:
    for runtime in list(_in_background):
        with suppress(BaseException):
            runtime.stop()


class Runtime:
    """Executes one network.

    Parameters
    ----------
    exe : Executable
        A compiled network.
    message_infrastructure_type : optional
        As in Lava; there is only one process here.
    loglevel : int
        Level of the runtime's messages.
    """

    def __init__(self, exe, message_infrastructure_type=None, loglevel: int = logging.WARNING):
        self.executable = exe
        self.num_steps = 0
        self.log = logging.getLogger(__name__)
        self.log.setLevel(loglevel)
        self._is_initialized = self._is_started = self._is_running = False
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._pause_asked = self._stop_asked = False
        self._error: BaseException | None = None
        self._runner_id = 0
        self._ended_because = ""
        self._watch: Watch | NoWatch | None = None

    def __enter__(self) -> Runtime:
        self.initialize()
        return self

    def __exit__(self, *exc_info) -> None:
        self.stop()

    def initialize(self, node_cfg_idx: int = 0) -> None:
        """Get ready to run; every Process of the network knows its runtime afterwards."""
        if self._is_initialized:
            return
        network = self._network = self.executable.network
        always = wanted_threads(network.graph.run_cfg) is not None
        self._stepper = Stepper(network.bound, network.division.shards, always)
        self._control = self._stepper.control
        self._gate = BoundaryGate(self._control)
        self._watch = self._no_watch = NoWatch(self._stepper)
        self._tier = network.hosts
        self._steps_matter = any(not i.is_async for i in network.instances)
        self._has_async = bool(network.hosts.asynchronous)
        alive = weakref.WeakMethod(self._alive)
        network.hosts.is_running = lambda: bool(alive() and alive()())
        network.hosts.pump.check_stop = self._check_while_waiting
        self._vars = VarAccess(network)
        self.states = ModelStates(network)
        self.executable.assign_runtime_to_all_processes(self)
        set_loaded(network.graph.processes, self)
        self._is_initialized = True

    def _alive(self) -> bool:
        return self._is_running and not self._stop_asked

    @property
    def time_step(self) -> int:
        """Number of the last finished (or current) time step."""
        return int(self._control[TIME_STEP])

    @time_step.setter
    def time_step(self, number: int) -> None:
        self._control[TIME_STEP] = number
        if self._is_running:
            self._watch.moved(number)

    @property
    def nc_report(self) -> Any:
        """What the network takes of neurocores, and what it has done there; None without any."""
        resources = self.executable.network.resources
        return None if resources is None else resources.report

    @property
    def result(self) -> Result | None:
        """What the last run has recorded, also one that failed; None if it recorded nothing."""
        return None if self._watch is None else self._watch.result

    # --- start ------------------------------------------------------------------------

    def start(self, run_condition: AbstractRunCondition, **options: Any) -> Result | None:
        """Run; blocking or in a thread, as the condition says.

        Parameters
        ----------
        run_condition : RunSteps or RunContinuous
            How long.
        **options
            See :class:`~lavajit.runtime.watch.RunOptions`.

        Returns
        -------
        Result or None
            What is recorded; of a run in a thread what has been recorded so far.

        Raises
        ------
        RuntimeError
            The network was stopped or is running.
        TypeError, ValueError
            An option is unknown or out of range.
        """
        steps, blocking = _steps_of(run_condition)
        checked = RunOptions.checked(options) if options else None
        if self._stopped:
            raise RuntimeError(
                f"the network cannot run: {self._ended_because or 'it was stopped'}. Create new "
                "Processes to run it again; "
                "use pause() to continue later."
            )
        if not self._is_initialized:
            self.log.info("Runtime not initialized yet.")
            return None
        if self._is_running:
            raise RuntimeError(
                "the network is running; call wait() or pause() before the next run()"
            )
        self._watch = self._no_watch
        if checked is not None:
            self._watch = Watch(self._network, self._stepper, steps, checked)
        self.num_steps = steps
        self._is_started = True
        if steps == 0:
            self._watch.begin()
            self._watch.end("complete")
        elif blocking:
            self._run_guarded(steps)
            self._finish()
        else:
            self._begin()
            self._thread = threading.Thread(
                target=self._run_in_thread, args=(steps,), name="lavajit run", daemon=True
            )
            _in_background.add(self)
            self._thread.start()
        return self.result

    def _begin(self) -> None:
        self._control[PAUSE] = self._control[STOP] = self._control[INTERRUPT] = 0
        self._pause_asked = self._stop_asked = False
        self._error = None
        self._is_running = True

    def _run_in_thread(self, steps: int) -> None:
        try:
            self._run_guarded(steps)
            self._finish()
        except BaseException as error:
            self._error = error

    def _finish(self) -> None:
        """After a run: serve a model's or user's stop."""
        if self._stop_asked or self._control[STOP]:
            self._close("it was stopped")

    # --- running ----------------------------------------------------------------------

    def _run_guarded(self, steps: int) -> None:
        self._runner_id = threading.get_ident()
        slow = steps > FIRST_CHUNK or self._stepper.hosts or self._has_async
        self._interrupt = SigintGuard(self._control) if slow else None
        try:
            if not self._is_running:
                self._begin()
            with self._interrupt or nullcontext():
                self._run(steps)
        except Interrupted:
            self._abort(None)
        except BaseException as error:
            # At a step boundary (Ctrl-C, an error of the progress callable) the state is whole.
            if self._stepper.inside_step or self._tier.pump.live:
                self._abort(None if isinstance(error, KeyboardInterrupt) else error)
            raise
        finally:
            self._runner_id = 0
            self._is_running = False
        self._watch.tell()

    def _run(self, steps: int) -> None:
        if self._has_async:
            self._tier.start_asynchronous(
                steps, partial(self._ends, STOP), partial(self._ends, PAUSE)
            )
        remaining = steps if self._steps_matter else 0
        watch, ended, resources = self._watch, "failed", self._network.resources
        watch.begin()
        if resources is not None:
            resources.begin()
        try:
            while remaining > 0:
                remaining -= self._run_chunk(remaining)
                if resources is not None:
                    resources.relieve()
                if watch.look(steps - remaining) or self._should_end():
                    break
            ended = self._why_ended()
        finally:
            watch.end(ended)
            if resources is not None:
                resources.end()
        if self._has_async:
            self._end_asynchronous()
        self._tier.flush_writes()

    def _why_ended(self) -> str:
        if self._ends(STOP):
            return "stopped"
        return "paused" if self._ends(PAUSE) else "complete"

    def _should_end(self) -> bool:
        """At a step boundary: serve requests; True to end the run."""
        if self._interrupt is not None and self._interrupt.count:
            if self._watch.result is None:
                raise KeyboardInterrupt
            self._watch.ended = "interrupted"
            return True
        if self._ends(PAUSE) or self._ends(STOP):
            return True
        self._gate.let_in()
        self._control[INTERRUPT] = 0
        return False

    def _ends(self, word: int) -> bool:
        """True if the user or a model has asked for PAUSE or STOP."""
        asked = self._pause_asked if word == PAUSE else self._stop_asked
        return asked or bool(self._control[word])

    def _run_chunk(self, remaining: int) -> int:
        with self._gate.lock:
            return self._watch.run_chunk(remaining)

    def _end_asynchronous(self) -> None:
        self._tier.finish_asynchronous(lambda: self._ends(PAUSE) or self._ends(STOP))
        pause, stop = self._tier.take_requests()
        if stop:
            self._control[STOP] = 1
        elif pause:
            self._control[PAUSE] = 1

    def _check_while_waiting(self) -> None:
        """Called while the network waits for user code at an external pipe."""
        if self._stop_asked:
            raise Interrupted
        if self._interrupt is not None and self._interrupt.count:
            raise KeyboardInterrupt
        self._gate.is_stuck = True

    # --- failing ----------------------------------------------------------------------

    def _abort(self, error: BaseException | None) -> None:
        """Leave a failed run: say where, and stop cleanly."""
        if error is not None:
            for note in failure_notes(self._network, error):
                error.add_note(note)
        reason = "it was interrupted inside a step"
        self._is_running = False
        self._close(f"a model raised {type(error).__name__}" if error is not None else reason)

    def _close(self, reason: str) -> None:
        if self._stopped:
            return
        self._stopped, self._ended_because = True, reason
        self._is_initialized = self._is_started = self._is_running = False
        self._tier.pump.kill()

    # --- wait, pause, stop ------------------------------------------------------------

    def wait(self) -> None:
        """Block until a non-blocking run has ended; raises what a model has raised."""
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        while thread.is_alive():
            thread.join(0.05)
        self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error
        self._finish()

    join = wait

    def pause(self) -> None:
        """End the run after the current time step; run() continues from there."""
        if not self._is_running:
            self.wait()
            return
        self._pause_asked = True
        self._control[INTERRUPT] = 1
        if self._runner_id != threading.get_ident():
            self.wait()

    def stop(self) -> None:
        """End execution for good, after the current time step."""
        if self._stopped:
            self.wait()
            return
        if self._is_running:
            self._stop_asked = True
            self._control[INTERRUPT] = 1
            if self._runner_id == threading.get_ident():
                return
            self.wait()
        if self._is_initialized:
            self._close("it was stopped")

    # --- Vars -------------------------------------------------------------------------

    def get_var(self, var_id: int, idx=None):
        """A copy of a Var's value (or of ``value[idx]``), at a step boundary."""
        with self.at_boundary("read"):
            return self._vars.get(var_id, idx)

    def set_var(self, var_id: int, value, idx=None) -> None:
        """Set a Var (or ``var[idx]``), at a step boundary; checked before anything changes."""
        with self.at_boundary("set"):
            self._vars.set(var_id, value, idx)

    @contextmanager
    def at_boundary(self, verb: str) -> Iterator[None]:
        """Keep the network between two steps; `verb` says in errors what a Var cannot be."""
        if self._stopped or not self._is_started:
            why = self._ended_because or "it was not run yet; call run() first"
            raise RuntimeError(f"Runtime has not started: a Var cannot be {verb} because {why}")
        if not self._is_running:
            yield
            return
        if self._runner_id == threading.get_ident():
            raise RuntimeError(f"a Var cannot be {verb} from inside a time step; use a RefPort")
        with self._gate.closed(verb):
            yield


def _steps_of(condition: AbstractRunCondition) -> tuple[int, bool]:
    if isinstance(condition, RunSteps):
        return condition.num_steps, condition.blocking
    if isinstance(condition, RunContinuous):
        return sys.maxsize, False
    raise ValueError(f"run() takes RunSteps or RunContinuous, got {condition!r}")
