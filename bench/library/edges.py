"""Sources, sinks and the small Processes, against NumPy."""

from __future__ import annotations

import numpy as np

from bench.library.reference import FIXED, ROWS, Messages, Reference
from lavajit import (
    BitCheck,
    EventSource,
    IdBroadcast,
    Read,
    Readout,
    Receiver,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)


class SourceReference(Reference):
    """Sends columns of a matrix."""

    family, make, states = "io", SourceRingBuffer, ()
    ports, name = (), "SourceRingBuffer"

    def parameters(self):
        return {"data": np.ascontiguousarray(self.messages("data").T)}

    def process(self):
        return SourceRingBuffer(data=self.data)

    def step(self):
        return self.data[:, (self.t - 1) % ROWS].copy()


class EventSourceReference(Reference):
    """Sends 2% events, over and over."""

    family, make, states = "io", EventSource, ()
    ports = ()

    def prepare(self):
        times, indices = np.nonzero(self.rng.random((ROWS, self.n)) < 0.02)
        self.events = {"times": times + 1, "indices": indices, "period": ROWS}
        self.by_step = [indices[times == row] for row in range(ROWS)]

    def process(self):
        return EventSource((self.n,), **self.events)

    def step(self):
        message = np.zeros(self.n, np.int32 if self.fixed else float)
        message[self.by_step[(self.t - 1) % ROWS]] = 1
        return message


class IdBroadcastReference(Reference):
    family, make, states = "clp", IdBroadcast, ("val",)
    arithmetics = (FIXED,)

    def step(self, a_in):
        self.val = a_in.astype(np.int64)
        return self.val


class ReadoutReference(Reference):
    """Finds one winner among many prototypes, all of which have labels."""

    family, make, states = "clp", Readout, ()
    arithmetics, ports, out = (FIXED,), ("inference_in",), "user_output"

    def prepare(self):
        self.labels = self.rng.integers(1, 9, self.n)

    def process(self):
        return Readout(n_protos=self.n, proto_labels=self.labels)

    def messages(self, port):
        rows = np.zeros((ROWS, self.n), np.int32)
        rows[np.arange(ROWS), self.rng.integers(self.n // 2, self.n, ROWS)] = 1
        return rows

    def step(self, inference):
        winners = np.flatnonzero(inference)
        return self.labels[winners[:1]]


class SinkReference(Reference):
    """Keeps messages; what is compared is what it keeps."""

    family, make, states = "io", SinkRingBuffer, ()
    name = "SinkRingBuffer"

    def prepare(self):
        self.kept = np.zeros((self.n, ROWS), np.int32 if self.fixed else float)

    def process(self):
        return SinkRingBuffer(shape=(self.n,), buffer=ROWS)

    def step(self, a_in):
        self.kept[:, (self.t - 1) % ROWS] = a_in
        return a_in

    def found(self, process):
        """What the Process keeps."""
        return process.data.get()

    def check(self, steps: int = 2 * ROWS) -> None:
        """Raise AssertionError unless the same is kept."""
        process = self.network()
        process.run(RunSteps(steps), run_cfg=self.config())
        self.run(steps)
        try:
            self._compare("what it keeps", self.found(process), self.kept)
        finally:
            process.stop()


class ReceiverReference(SinkReference):
    make, arithmetics, name = Receiver, (FIXED,), "Receiver"

    def prepare(self):
        self.kept = np.zeros(self.n, np.int32)

    def process(self):
        return Receiver(shape=(self.n,))

    def step(self, a_in):
        self.kept[:] = a_in
        return a_in

    def found(self, process):
        return process.payload.get()


class ReadReference(SinkReference):
    """Reads the Var of a connected Process in every step."""

    make, ports, name = Read, (), "Read"
    arithmetics = (FIXED,)

    def prepare(self):
        self.values = self.messages("rows").reshape(1, -1)
        self.kept = np.zeros(self.values.shape, np.int32)

    def network(self):
        watched, read = Messages(self.values), self.watcher()
        read.connect_var(watched.rows)
        return read

    def watcher(self):
        return Read(buffer=1)

    def step(self):
        np.copyto(self.kept, self.values)
        return self.kept

    def work(self):
        return self.n * ROWS

    def found(self, process):
        return process.data.get()[..., 0]


class BitCheckReference(ReadReference):
    make, name = BitCheck, "BitCheck"

    def watcher(self):
        return BitCheck(bits=24)

    def step(self):
        values = self.values
        self.kept = np.array([bool(np.any((values < -(1 << 23)) | (values >= 1 << 23)))])
        return self.kept

    def found(self, process):
        return process.overflowed


REFERENCES = (
    SourceReference,
    EventSourceReference,
    SinkReference,
    ReceiverReference,
    ReadReference,
    BitCheckReference,
    IdBroadcastReference,
    ReadoutReference,
)
