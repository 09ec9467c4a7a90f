"""Small Processes shared by the engine's tests; few distinct kernels, to compile little."""

import time
from collections.abc import Callable

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Var,
    implements,
    requires,
)
from lavajit.process.run_conditions import AbstractRunCondition

PYTHON = {"native": False}


def run(process: AbstractProcess, steps: int | AbstractRunCondition, native: bool = False) -> None:
    """Run the network of `process`, everything in Python unless `native`."""
    condition = RunSteps(steps) if isinstance(steps, int) else steps
    process.run(condition, Loihi2SimCfg(), {"native": native})


class Ramp(AbstractProcess):
    """Sends ``slope * time_step``."""

    def __init__(self, shape: tuple[int, ...] = (2,), slope: int = 1, **params):
        super().__init__(**params)
        self.slope = Var(shape, init=slope)
        self.out = OutPort(shape)


@implements(proc=Ramp, protocol=LoihiProtocol)
@requires(CPU)
class RampModel(PyLoihiProcessModel):
    slope: np.ndarray = LavaPyType(np.ndarray, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.out.send(self.slope * self.time_step)


class Relay(AbstractProcess):
    """Receives, adds `gain`, sends in the same step."""

    def __init__(self, shape: tuple[int, ...] = (2,), gain: int = 0, **params):
        super().__init__(**params)
        self.gain = Var(shape, init=gain)
        self.inp = InPort(shape)
        self.out = OutPort(shape)


@implements(proc=Relay, protocol=LoihiProtocol)
@requires(CPU)
class RelayModel(PyLoihiProcessModel):
    gain: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.out.send(self.inp.recv() + self.gain)


class Delay(AbstractProcess):
    """Sends what it received in the step before, then receives; adds one on the way."""

    def __init__(self, shape: tuple[int, ...] = (2,), last: int = 0, **params):
        super().__init__(**params)
        self.last = Var(shape, init=last)
        self.inp = InPort(shape)
        self.out = OutPort(shape)


@implements(proc=Delay, protocol=LoihiProtocol)
@requires(CPU)
class DelayModel(PyLoihiProcessModel):
    last: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.out.send(self.last)
        self.last = self.inp.recv() + 1


class Store(AbstractProcess):
    """Keeps what it receives: ``data[t - 1]`` is the message of step t."""

    def __init__(self, shape: tuple[int, ...] = (2,), steps: int = 10, **params):
        super().__init__(**params)
        self.data = Var((steps, *shape))
        self.inp = InPort(shape)

    def received(self, steps: int) -> list:
        """First element of every message of the first `steps` steps."""
        return self.data.get()[:steps].reshape(steps, -1)[:, 0].tolist()


@implements(proc=Store, protocol=LoihiProtocol)
@requires(CPU)
class StoreModel(PyLoihiProcessModel):
    data: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def run_spk(self):
        message = self.inp.recv()
        if self.time_step <= self.data.shape[0]:
            self.data[self.time_step - 1] = message


class Clock(AbstractProcess):
    """Adds one to `ticks` in every step."""

    def __init__(self, shape: tuple[int, ...] = (2,), ticks: int = 0, **params):
        super().__init__(**params)
        self.ticks = Var(shape, init=ticks)


@implements(proc=Clock, protocol=LoihiProtocol)
@requires(CPU)
class ClockModel(PyLoihiProcessModel):
    ticks: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        self.ticks += 1


def chain(*processes: AbstractProcess) -> AbstractProcess:
    """Connect `out` of each Process to `inp` of the next; returns the last one."""
    for before, after in zip(processes, processes[1:], strict=False):
        before.out.connect(after.inp)
    return processes[-1]


def wait_until(condition: Callable[[], bool]) -> None:
    """Give a run in another thread the time it needs."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.001)
