"""Run control: start, wait, pause, stop, and Var access between steps.

The native loop is called in chunks of some tens of milliseconds. Between chunks the network is at a step boundary:
Ctrl-C, pause, progress and Var access from other threads are served there. Nothing here waits
without a way out.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from lavajit.compiler.layout import INTERRUPT, PAUSE, PC, STEPS_LEFT, STOP, TIME_STEP
from lavajit.compiler.program import HOST_GUARD
from lavajit.process.run_conditions import AbstractRunCondition, RunContinuous, RunSteps
from lavajit.runtime.assemble import flag_word
from lavajit.runtime.coroutines import Interrupted
from lavajit.runtime.interrupts import SigintGuard
from lavajit.runtime.loop import HOST_CALL, OPERATION, native_loop
from lavajit.runtime.progress import open_progress
from lavajit.runtime.var_access import VarAccess

#: Seconds a chunk of the loop should take; the latency of Ctrl-C and pause.
CHUNK_SECONDS = 0.02
#: Steps of the first chunk, before the speed is known.
FIRST_CHUNK = 256


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
        self._lock = threading.Lock()
        self._waiters = 0
        self._pause_asked = self._stop_asked = False
        self._error: BaseException | None = None
        self._runner_id = 0
        self._wait_flag = False
        self._chunk = FIRST_CHUNK
        self._ended_because = ""

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
        bound = network.bound
        self._control, self._table, self._hosts = bound.layout.control, bound.table, bound.hosts
        self._addresses = self._control.ctypes.data, self._table.ctypes.data
        self._tier = network.hosts
        self._steps_matter = any(not i.is_async for i in network.instances)
        self._has_async = bool(network.hosts.asynchronous)
        alive = weakref.WeakMethod(self._alive)
        network.hosts.is_running = lambda: bool(alive() and alive()())
        network.hosts.pump.check_stop = self._check_while_waiting
        self._vars = VarAccess(network)
        self._loop = native_loop()
        self.executable.assign_runtime_to_all_processes(self)
        self._is_initialized = True

    def _alive(self) -> bool:
        return self._is_running and not self._stop_asked

    @property
    def time_step(self) -> int:
        """Number of the last finished (or current) time step."""
        return int(self._control[TIME_STEP])

    # -- start ---------------------------------------------------------------------------------------

    def start(self, run_condition: AbstractRunCondition, progress=False) -> None:
        """Run; blocking or in a thread, as the condition says.

        Parameters
        ----------
        run_condition : RunSteps or RunContinuous
            How long.
        progress : bool or callable
            True shows a progress bar; a callable is called with (steps done, steps in all or None).

        Raises
        ------
        RuntimeError
            The network was stopped or is running.
        """
        steps, blocking = _steps_of(run_condition)
        if self._stopped:
            raise RuntimeError(
                f"the network cannot run: {self._ended_because or 'it was stopped'}. Create new Processes to run it again; "
                "use pause() to continue later."
            )
        if not self._is_initialized:
            self.log.info("Runtime not initialized yet.")
            return
        if self._is_running:
            raise RuntimeError("the network is running; call wait() or pause() before the next run()")
        self.num_steps = steps
        self._is_started = True
        if steps == 0:
            return
        self._begin()
        if blocking:
            self._run_guarded(steps, progress)
            self._finish()
        else:
            self._thread = threading.Thread(
                target=self._run_in_thread, args=(steps, progress), name="lavajit run", daemon=True
            )
            self._thread.start()

    def _begin(self) -> None:
        self._control[PAUSE] = self._control[STOP] = self._control[INTERRUPT] = 0
        self._pause_asked = self._stop_asked = False
        self._error = None
        self._is_running = True

    def _run_in_thread(self, steps: int, progress) -> None:
        try:
            self._run_guarded(steps, progress)
        except BaseException as error:
            self._error = error

    def _finish(self) -> None:
        """After a run in the caller's thread: serve a model's or user's stop."""
        if self._stop_asked or self._control[STOP]:
            self._close("it was stopped")

    # -- running -------------------------------------------------------------------------------------

    def _run_guarded(self, steps: int, progress) -> None:
        self._runner_id = threading.get_ident()
        slow = steps > FIRST_CHUNK or self._hosts or self._has_async
        self._interrupt = SigintGuard(self._control) if slow else None
        try:
            with self._interrupt or nullcontext():
                self._run(steps, progress)
        except KeyboardInterrupt:
            if self._control[PC] != 0 or self._tier.pump.live:
                self._abort(None)
            raise
        except Interrupted:
            self._abort(None)
        except BaseException as error:
            self._abort(error)
            raise
        finally:
            self._runner_id = 0
            self._is_running = False

    def _run(self, steps: int, progress) -> None:
        bar = open_progress(progress, None if steps >= sys.maxsize else steps)
        if self._has_async:
            self._tier.start_asynchronous(
                steps, lambda: self._stop_asked, lambda: self._pause_asked
            )
        remaining = steps if self._steps_matter else 0
        try:
            while remaining > 0:
                done = self._run_chunk(min(remaining, self._chunk))
                remaining -= done
                if bar is not None:
                    bar(steps - remaining)
                if self._should_end():
                    break
        finally:
            if bar is not None:
                bar.close()
        if self._has_async:
            self._end_asynchronous()
        self._tier.flush_writes()

    def _should_end(self) -> bool:
        """At a step boundary: serve requests; True to end the run."""
        if self._interrupt is not None and self._interrupt.count:
            raise KeyboardInterrupt
        control = self._control
        if self._pause_asked or self._stop_asked or control[PAUSE] or control[STOP]:
            return True
        while self._waiters:
            time.sleep(0)
        control[INTERRUPT] = 0
        return False

    def _run_chunk(self, n: int) -> int:
        """Run up to n steps; returns how many were finished."""
        control = self._control
        control[STEPS_LEFT] = n
        start = time.perf_counter()
        with self._lock:
            while self._loop(*self._addresses) == HOST_CALL:
                self._host_row(int(control[PC]))
        done = n - int(control[STEPS_LEFT])
        seconds = time.perf_counter() - start
        if done == n:
            # At most 8 times longer, so that one quick chunk does not make the next one endless.
            fitting = int(n * min(8.0, CHUNK_SECONDS / max(seconds, 1e-9)))
            self._chunk = max(1, fitting) if n >= self._chunk or fitting < n else self._chunk
        return done

    def _host_row(self, row: int) -> None:
        answer = self._hosts[row]()
        if self._table[row, OPERATION] == HOST_GUARD:
            self._control[flag_word(self._network.bound, row)] = bool(answer)
        self._control[PC] = row + 1

    def _end_asynchronous(self) -> None:
        self._tier.finish_asynchronous()
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
        self._wait_flag = True

    # -- failing -------------------------------------------------------------------------------------

    def _abort(self, error: BaseException | None) -> None:
        """Leave a failed run: say where, and stop cleanly."""
        if error is not None and hasattr(error, "add_note"):
            error.add_note(self._where())
        reason = f"a model raised {type(error).__name__}" if error else "it was interrupted inside a step"
        self._is_running = False
        self._close(reason)

    def _where(self) -> str:
        row = int(self._control[PC])
        work = self._network.program.instructions[row].work
        label = work.label if work is not None else "the step loop"
        if self._tier.pump.failed:
            label = self._tier.pump.failed
        tier = "Python" if row in self._hosts else "native"
        return f"in {label} ({tier}), time step {self.time_step}"

    def _close(self, reason: str) -> None:
        if self._stopped:
            return
        self._stopped, self._ended_because = True, reason
        self._is_initialized = self._is_started = self._is_running = False
        self._tier.pump.kill()

    # -- wait, pause, stop ---------------------------------------------------------------------------

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

    # -- Vars ----------------------------------------------------------------------------------------

    def get_var(self, var_id: int, idx=None):
        """A copy of a Var's value (or of ``value[idx]``), at a step boundary."""
        with self._at_boundary("read"):
            return self._vars.get(var_id, idx)

    def set_var(self, var_id: int, value, idx=None) -> None:
        """Set a Var (or ``var[idx]``), at a step boundary; checked before anything changes."""
        with self._at_boundary("set"):
            self._vars.set(var_id, value, idx)

    @contextmanager
    def _at_boundary(self, verb: str) -> Iterator[None]:
        if self._stopped or not self._is_started:
            why = self._ended_because or "it was not run yet; call run() first"
            raise RuntimeError(f"Runtime has not started: a Var cannot be {verb} because {why}")
        if not self._is_running:
            yield
            return
        if self._runner_id == threading.get_ident():
            raise RuntimeError(f"a Var cannot be {verb} from inside a time step; use a RefPort")
        self._waiters += 1
        try:
            self._wait_flag = False
            while not self._lock.acquire(timeout=0.02):
                self._control[INTERRUPT] = 1
                if self._wait_flag:
                    raise RuntimeError(
                        f"a Var cannot be {verb} now: the network waits inside a step for data in a pipe"
                    )
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._waiters -= 1


def _steps_of(condition: AbstractRunCondition) -> tuple[int, bool]:
    if isinstance(condition, RunSteps):
        return condition.num_steps, condition.blocking
    if isinstance(condition, RunContinuous):
        return sys.maxsize, False
    raise ValueError(f"run() takes RunSteps or RunContinuous, got {condition!r}")
