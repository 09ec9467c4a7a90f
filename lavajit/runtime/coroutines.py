"""Coroutines over FIFO channels, for port use that no static schedule can order.

Every coroutine is a greenlet; it gives way when it waits for a message or for space. :meth:`Pump.until` resumes
whoever can go on until a condition holds. When nobody can, that is a deadlock, and it is reported with who waits
where. FIFOs whose other end is user code (external pipes) may make the whole network wait.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import greenlet
import numpy as np

from lavajit.compiler.channels import Queue, index_map
from lavajit.compiler.exceptions import DeadlockError
from lavajit.compiler.fields import VEC_DENSE, VEC_SPARSE
from lavajit.compiler.instances import Instance, PortSpec
from lavajit.compiler.layout import ChannelPlace
from lavajit.runtime.host import _HostPort, c_cast, message_of, write_message


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

    def until(
        self, condition: Callable[[], bool], what: str, external: Fifo | None = None
    ) -> None:
        """Turn until `condition` holds; `external` is the pipe the caller itself waits for.

        Raises
        ------
        DeadlockError
            Nobody can go on.
        """
        while not condition():
            if not self._turn() and not condition():
                self._wait_outside(what, external)

    def _turn(self) -> bool:
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

    def _wait_outside(self, what: str, external: Fifo | None) -> None:
        """Nobody can go on: wait for user code if someone waits for it, else it is a deadlock."""
        pipes = [c.waiting.external for c in self.live if c.waiting and c.waiting.external]
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
            "Every recv() needs exactly one send() at the other end, in the same or an earlier step."
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


# --- ports of coroutines ------------------------------------------------------------------------------


class FifoInPort(_HostPort):
    """An InPort that takes one message from each of its FIFOs."""

    def __init__(self, owner: str, spec: PortSpec, pump: Pump, sources: list[tuple]):
        super().__init__(owner, spec)
        self.pump = pump
        self.sources = sources
        self.last = np.zeros(spec.shape, spec.dtype)

    def probe(self) -> bool:
        return all(len(fifo) for fifo, _ in self.sources)

    def _await(self) -> None:
        for fifo, _ in self.sources:
            if not len(fifo):
                external = fifo if fifo.external else None
                what = f"in recv() of {self.name} for a message on {fifo.label}"
                self.pump.give_way(Waiting(lambda f=fifo: len(f) > 0, what, external))

    def recv(self):
        self._await()
        return self._combine([fifo.take() for fifo, _ in self.sources])

    def peek(self):
        self._await()
        return self._combine([fifo.messages[0] for fifo, _ in self.sources])

    def events(self) -> np.ndarray:
        return np.flatnonzero(self.last)

    def _combine(self, messages: list):
        if self.kind != VEC_DENSE:
            if not messages:
                empty = np.zeros(0, self.d_type), np.zeros(0, np.int64)
                return empty if self.kind == VEC_SPARSE else self.d_type.type(0)
            return messages[0]
        total = np.zeros(self.shape, self.d_type)
        for message, (_, index) in zip(messages, self.sources, strict=True):
            total = total + mapped(message, index, self.shape)
        self.last = total
        return total


def mapped(message: np.ndarray, index: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """A message after the virtual ports of its path."""
    if index is None:
        return message.reshape(shape)
    flat = message.reshape(-1)
    return np.where(index >= 0, flat[index], flat.dtype.type(0)).reshape(shape)


class FifoOutPort(_HostPort):
    """An OutPort that puts one message into each of its FIFOs."""

    def __init__(self, owner: str, spec: PortSpec, pump: Pump, targets: list, place: ChannelPlace):
        super().__init__(owner, spec)
        self.pump = pump
        self.targets = targets
        self.place = place

    def buffer(self) -> np.ndarray:
        return self.place.data

    def send(self, data, indices=None) -> None:
        if not self.targets:
            return
        write_message(self.place, self, data, indices)
        for fifo, dense in self.targets:
            if dense and self.kind == VEC_SPARSE:
                for vector in self._three_vectors():
                    self._put(fifo, vector)
            else:
                self._put(fifo, message_of(self.place, self.kind))

    def _three_vectors(self):
        """A sparse message as a dense receiver sees it: length, padded data, padded indices."""
        n = int(self.place.count)
        length = np.zeros(self.shape, self.d_type)
        length.reshape(-1)[0] = n
        data, where = np.zeros(self.shape, self.d_type), np.zeros(self.shape, self.d_type)
        data.reshape(-1)[:n] = self.place.data.reshape(-1)[:n]
        where.reshape(-1)[:n] = c_cast(self.place.events[:n], self.d_type)
        return length, data, where

    def _put(self, fifo: Fifo, message) -> None:
        if fifo.full:
            external = fifo if fifo.external else None
            what = f"in send() of {self.name}: {fifo.capacity} messages wait on {fifo.label}"
            self.pump.give_way(Waiting(lambda: not fifo.full, what, external))
        fifo.put(message)

    def flush(self) -> None:
        """Nothing is buffered."""

    def advance_to_time_step(self, ts: int) -> None:
        """Time advances with the loop."""


class PipeEnd:
    """User code's end of an external pipe."""

    def __init__(self, fifo: Fifo, spec: PortSpec, running: Callable[[], bool]):
        self.fifo = fifo
        self.spec = spec
        self.running = running
        self.size = fifo.capacity

    def probe(self) -> bool:
        """send(): True if it would not block; recv(): True if data are waiting."""
        raise NotImplementedError


class PipeSender(PipeEnd):
    """``in_port.external_pipe_csp_send_port``."""

    def probe(self) -> bool:
        """True if `send` would not block."""
        return not self.fifo.full

    def send(self, data) -> None:
        """Send one message; waits while the pipe is full and the network lives."""
        data = np.asarray(data)
        if data.shape != tuple(self.spec.shape):
            raise ValueError(
                f"pipe to {self.fifo.label}: got shape {data.shape}, the port has {self.spec.shape}"
            )
        message = c_cast(data, self.spec.dtype).copy()
        with self.fifo.changed:
            while self.fifo.full:
                if not self.running():
                    raise RuntimeError(f"pipe {self.fifo.label}: full, and the network is not running")
                self.fifo.changed.wait(0.05)
            self.fifo.messages.append(message)
            self.fifo.changed.notify_all()


class PipeReceiver(PipeEnd):
    """``out_port.external_pipe_csp_recv_port``."""

    def probe(self) -> bool:
        """True if data are waiting."""
        return len(self.fifo) > 0

    def peek(self):
        """The next message, left in the pipe."""
        self._await()
        return self.fifo.messages[0]

    def recv(self):
        """The next message; waits for it while the network lives."""
        self._await()
        return self.fifo.take()

    def _await(self) -> None:
        with self.fifo.changed:
            while not len(self.fifo):
                if not self.running():
                    raise RuntimeError(f"pipe {self.fifo.label}: empty, and the network is not running")
                self.fifo.changed.wait(0.05)


def queue_index(queue: Queue, instances: list[Instance]) -> np.ndarray | None:
    """Index map of a FIFO's virtual ports."""
    if queue.connection is None:
        return None
    c = queue.connection
    return index_map(c.source_port, c.path, c.target_port.shape)
