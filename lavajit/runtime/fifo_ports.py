"""Ports of coroutines: they take from and put into FIFOs, and give way where they must wait."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import ChannelPlace
from lavajit.compiler.fields import VEC_DENSE, VEC_SPARSE
from lavajit.compiler.instances import PortSpec
from lavajit.runtime.coroutines import Fifo, Pump, Waiting
from lavajit.runtime.host_ports import HostPort, c_cast, message_of, write_message


class FifoInPort(HostPort):
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
        # One type for the whole sum, so that the order of connections does not matter.
        dtype = np.result_type(self.d_type, *(message.dtype for message in messages))
        total = np.zeros(self.shape, dtype)
        for message, (_, index) in zip(messages, self.sources, strict=True):
            total += mapped(message, index, self.shape)
        self.last = total
        return total


def mapped(message: np.ndarray, index: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """A message after the virtual ports of its path."""
    if index is None:
        return message.reshape(shape)
    flat = message.reshape(-1)
    return np.where(index >= 0, flat[index], flat.dtype.type(0)).reshape(shape)


class FifoOutPort(HostPort):
    """An OutPort that puts one message into each of its FIFOs."""

    def __init__(self, owner: str, spec: PortSpec, pump: Pump, targets: list, place: ChannelPlace):
        super().__init__(owner, spec)
        self.pump = pump
        self.targets = targets
        self.place = place

    def buffer(self) -> np.ndarray:
        return self.place.data

    def probe(self) -> bool:
        """True if `send` would not wait."""
        return not any(fifo.full for fifo, _ in self.targets)

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
