"""Other threads at a step boundary of a running network."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from lavajit.compiler.arena import INTERRUPT

#: Seconds after which a thread that waits asks for a boundary again.
ASK_SECONDS = 0.02


class BoundaryGate:
    """Lets other threads in between two chunks of steps.

    Parameters
    ----------
    control : ndarray of int64
        Control words of the loop.

    Attributes
    ----------
    lock : RLock
        Held by the runner during a chunk. Saving and loading hold it over several accesses.
    is_stuck : bool
        The runner has waited for user code inside a step since somebody came to the gate.
    """

    def __init__(self, control: np.ndarray):
        self._control = control
        self._waiters = 0
        self.lock = threading.RLock()
        self.is_stuck = False

    def let_in(self) -> None:
        """Between two chunks: wait for those who have come."""
        while self._waiters:
            time.sleep(0)

    @contextmanager
    def closed(self, verb: str) -> Iterator[None]:
        """Keep the network between two steps; `verb` says in errors what a Var cannot be.

        Raises
        ------
        RuntimeError
            The network waits inside a step.
        """
        self._waiters += 1
        try:
            self.is_stuck = False
            while not self.lock.acquire(timeout=ASK_SECONDS):
                self._control[INTERRUPT] = 1
                if self.is_stuck:
                    raise RuntimeError(
                        f"a Var cannot be {verb} now: the network waits inside a step for data in "
                        "a pipe"
                    )
            try:
                yield
            finally:
                self.lock.release()
        finally:
            self._waiters -= 1
