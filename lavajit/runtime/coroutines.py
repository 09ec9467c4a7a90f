"""Coroutines over FIFO channels, for port use that no static schedule can order.

Every coroutine is a greenlet; it gives way when it waits for a message or for space.
:meth:`Pump.until` resumes whoever can go on until a condition holds. When nobody can, that is a
deadlock, and it is reported with who waits where. FIFOs whose other end is user code (external
pipes) may make the whole network wait.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import greenlet

from lavajit.compiler.channels import Queue
from lavajit.compiler.exceptions import DeadlockError


class Fifo:
    """A bounded queue of messages; thread-safe, because user code may be at one end."""

    def __init__(self, queue: Queue):
        self.label = queue.label
        self.capacity = queue.capacity
        self.external = queue.connection is None
        self.messages: deque = deque()
        self.changed = threading.Condition()

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def full(self) -> bool:
        return len(self.messages) >= self.capacity

    def put(self, message) -> None:
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def take(self):
        with self.changed:
            message = self.messages.popleft()
            self.changed.notify_all()
            return message


@dataclass
class Waiting:
    """Why a coroutine gave way."""

    ready: Callable[[], bool]
    what: str
    external: Fifo | None = None


class Interrupted(BaseException):
    """Unwinds a coroutine when the network is stopped."""


class Coroutine:
    """One running method."""

    def __init__(self, pump: Pump, label: str, function: Callable[[], None]):
        self.label = label
        self.waiting: Waiting | None = None
        self.polling = False
        self.greenlet = greenlet.greenlet(function, parent=greenlet.getcurrent())
        self.pump = pump

    @property
    def finished(self) -> bool:
        return self.greenlet.dead

    def can_go_on(self) -> bool:
        return self.waiting is None or self.waiting.ready()


class Pump:
    """Resumes coroutines until a condition holds."""

    def __init__(self) -> None:
        self.live: list[Coroutine] = []
        self.current: Coroutine | None = None
        #: Raises where user code has asked the network to stop; called while waiting for user code.
        self.check_stop: Callable[[], None] = lambda: None
        self.failed: str = ""

    def start(self, label: str, function: Callable[[], None]) -> Coroutine:
        """Add a coroutine; it runs when the pump next turns."""
        coroutine = Coroutine(self, label, function)
        self.live.append(coroutine)
        return coroutine

    def give_way(self, waiting: Waiting | None, polling: bool = False) -> None:
        """Called inside a coroutine: let others run until `waiting.ready()`."""
        me = self.current
        if me is None:
            if waiting is not None:
                self.until(waiting.ready, waiting.what, waiting.external)
            return
        me.waiting, me.polling = waiting, polling
        me.greenlet.parent.switch()
        me.waiting, me.polling = None, False

    def until(self, condition: Callable[[], bool], what: str, external: Fifo | None = None) -> None:
        """Turn until `condition` holds; `external` is the pipe the caller itself waits for.

        Raises
        ------
        DeadlockError
            Nobody can go on.
        """
        while not condition():
            if not self.turn() and not condition():
                self.wait_outside(what, external)

    def turn(self) -> bool:
        """Resume everyone who can go on once; True if something happened besides polling."""
        progress = False
        for coroutine in list(self.live):
            if coroutine.finished or not coroutine.can_go_on():
                continue
            poll = coroutine.polling
            self.resume(coroutine)
            progress = progress or not poll or coroutine.finished
        self.live = [c for c in self.live if not c.finished]
        return progress

    def resume(self, coroutine: Coroutine) -> None:
        before, self.current = self.current, coroutine
        try:
            coroutine.greenlet.parent = greenlet.getcurrent()
            coroutine.greenlet.switch()
        except BaseException:
            self.failed = coroutine.label
            raise
        finally:
            self.current = before

    def wait_outside(self, what: str, external: Fifo | None) -> None:
        """Nobody can go on: wait for user code if someone waits for it, else it is a deadlock."""
        waits = [c.waiting for c in self.live if c.waiting]
        # An empty FIFO is false.
        pipes = [wait.external for wait in waits if wait.external is not None]
        if external is not None:
            pipes.append(external)
        if not pipes and not any(c.polling for c in self.live):
            raise DeadlockError(self.report(what))
        self.check_stop()
        if pipes:
            with pipes[0].changed:
                pipes[0].changed.wait(0.002)
        else:
            time.sleep(0.0005)

    def report(self, what: str) -> str:
        """Who waits for what."""
        lines = [f"    {c.label} waits {c.waiting.what}" for c in self.live if c.waiting]
        if what and not any(what in line for line in lines):
            lines.append(f"    the step waits {what}")
        return (
            "deadlock: nobody can go on.\n" + "\n".join(lines) + "\n"
            "Every recv() needs exactly one send() at the other end, in the same or an earlier "
            "step."
        )

    def kill(self) -> None:
        """End all coroutines."""
        for coroutine in self.live:
            if not coroutine.finished:
                coroutine.greenlet.parent = greenlet.getcurrent()
                try:
                    coroutine.greenlet.throw(Interrupted)
                except Interrupted:
                    continue
        self.live = []
