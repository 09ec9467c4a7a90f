"""User code's ends of external pipes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lavajit.compiler.instances import PortSpec
from lavajit.runtime.coroutines import Fifo
from lavajit.runtime.host_ports import c_cast


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
                    raise RuntimeError(
                        f"pipe {self.fifo.label}: full, and the network is not running"
                    )
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
                    raise RuntimeError(
                        f"pipe {self.fifo.label}: empty, and the network is not running"
                    )
                self.fifo.changed.wait(0.05)
