"""What a measured Process is compared with: a NumPy model of the same equations.

A :class:`Reference` knows how to make the Process, what it receives, and how NumPy computes its
step. Both are fed from the same table of messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from bench.networks import RUN_TAGS
from lavajit import (
    CPU,
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    SinkRingBuffer,
    Var,
    implements,
    requires,
    tag,
)

#: Rows of the tables of messages, sent over and over.
ROWS = 16
FLOAT, FIXED, SINGLE = RUN_TAGS


class Messages(AbstractProcess):
    """Sends the rows of a table, over and over; a row lies in one piece, unlike a ring buffer's."""

    def __init__(self, rows: np.ndarray) -> None:
        super().__init__()
        self.s_out = OutPort(shape=rows.shape[1:])
        self.rows = Var(shape=rows.shape, init=rows)


class AbstractPyMessagesModel(PyLoihiProcessModel):
    """Sends one row per step."""

    boundscheck = False

    def run_spk(self):
        self.s_out.send(self.rows[(self.time_step - 1) % self.rows.shape[0]])


@implements(proc=Messages, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyMessagesModelFloat(AbstractPyMessagesModel):
    """Sends float64."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    rows: np.ndarray = LavaPyType(np.ndarray, float)


@implements(proc=Messages, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyMessagesModelFixed(AbstractPyMessagesModel):
    """Sends int32."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    rows: np.ndarray = LavaPyType(np.ndarray, np.int32)


class Reference:
    """A Process and its NumPy model; a subclass supplies parameters and ``step``.

    Parameters
    ----------
    n : int
        Neurons, or inputs of a connection.
    arith : {"float", "fixed", "float32"}
    """

    family: ClassVar[str]
    make: ClassVar[Callable[..., AbstractProcess]]
    arithmetics: ClassVar[tuple[str, ...]] = (FLOAT, FIXED)
    sizes: ClassVar[tuple[int, ...]] = (10_000,)
    #: Ports it receives from, and the one it sends to.
    ports: ClassVar[tuple[str, ...]] = ("a_in",)
    out: ClassVar[str] = "s_out"
    #: Vars that begin at 0, compared after some steps.
    states: ClassVar[tuple[str, ...]] = ("u", "v")
    unit: ClassVar[str] = "neuron"
    against: ClassVar[str] = "NumPy"
    #: Module that measures the same in Lava.
    peer: ClassVar[str | None] = None

    def __init__(self, n: int, arith: str) -> None:
        self.n, self.arith, self.fixed = n, arith, arith == FIXED
        self.real_type = np.float32 if arith == SINGLE else np.float64
        self.rng = np.random.default_rng(n)
        self.t = 0
        self.params = self.parameters()
        vars(self).update(self.params)
        for name in self.states:
            setattr(self, name, np.zeros(n, np.int64 if self.fixed else float))
        self.rows = [self.messages(port) for port in self.ports]
        self.prepare()

    # --- supplied by subclasses -------------------------------------------------------

    def parameters(self) -> dict[str, Any]:
        """Arguments of the Process, attributes here."""
        return {}

    def prepare(self) -> None:
        """What NumPy computes once."""

    def step(self, *inputs: np.ndarray) -> np.ndarray:
        """One time step; what is sent."""
        raise NotImplementedError

    def messages(self, port: str) -> np.ndarray:
        """Rows that `port` receives."""
        if self.fixed:
            return self.rng.integers(-100, 200, (ROWS, self.n)).astype(np.int32)
        return self.rng.normal(0.02, 0.1, (ROWS, self.n)).astype(self.real_type)

    def process(self) -> AbstractProcess:
        """The Process, not connected yet."""
        return type(self).make(shape=(self.n,), **self.params)

    def work(self) -> float:
        """Neurons or synaptic events per step, on average."""
        return self.n

    # --- used by the benchmark --------------------------------------------------------

    @property
    def name(self) -> str:
        """Class of the Process."""
        return type(self).make.__name__

    def run(self, steps: int) -> list[np.ndarray]:
        """Advance by `steps` time steps; the last 2 messages."""
        sent: list[np.ndarray] = []
        for _ in range(steps):
            row = self.t % ROWS
            self.t += 1
            sent = [*sent[-1:], self.step(*[rows[row] for rows in self.rows])]
        return sent

    def network(self) -> AbstractProcess:
        """The Process, fed by its messages."""
        process = self.process()
        for port, rows in zip(self.ports, self.rows, strict=True):
            Messages(rows).s_out.connect(getattr(process, port))
        return process

    def config(self) -> Loihi2SimCfg:
        """How to run it."""
        return Loihi2SimCfg(select_tag=RUN_TAGS[self.arith])

    def check(self, steps: int = 2 * ROWS) -> None:
        """Raise AssertionError unless every message and the final states are the same."""
        process = self.network()
        port = getattr(process, self.out)
        sink = SinkRingBuffer(shape=port.shape, buffer=steps)
        port.connect(sink.a_in)
        process.run(RunSteps(steps), run_cfg=self.config())
        try:
            sent = np.moveaxis(sink.data.get(), -1, 0)
            for t in range(steps):
                self._compare(f"message of step {t + 1}", sent[t], self.run(1)[-1])
            for name in self.states:
                self._compare(name, getattr(process, name).get(), getattr(self, name))
        finally:
            process.stop()
        if not np.any(sent):
            raise AssertionError(f"{self.name} ({self.arith}) sent nothing in {steps} steps")

    def _compare(self, what: str, found: np.ndarray, wanted: np.ndarray) -> None:
        wanted = np.reshape(wanted, found.shape)
        digits = 1e-9 if self.real_type is np.float64 else 1e-5
        tolerance = 0 if self.fixed else digits * max(1, np.max(np.abs(wanted), initial=0))
        if not np.all(np.abs(found - wanted) <= tolerance):
            raise AssertionError(
                f"{self.name} ({self.arith}), {what}: got {found}, NumPy has {wanted}"
            )
