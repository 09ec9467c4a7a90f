"""Ctrl-C at a step boundary."""

from __future__ import annotations

import signal
import threading

from lavajit.compiler.arena import INTERRUPT


class SigintGuard:
    """While active, the first Ctrl-C ends the run after the current step, the second one at once.

    Only in the main thread, and only where Python's own handler is in place.
    """

    def __init__(self, control):
        self.control = control
        self.count = 0
        self._active = False

    def _handle(self, number, frame) -> None:
        self.count += 1
        self.control[INTERRUPT] = 1
        if self.count > 1:
            raise KeyboardInterrupt

    def __enter__(self) -> SigintGuard:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._active = True
        return self

    def __exit__(self, *exc_info) -> None:
        if self._active:
            signal.signal(signal.SIGINT, signal.default_int_handler)
