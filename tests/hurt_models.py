"""Processes that hang, crash or lose data in Lava."""

import numpy as np
from small_networks import Relay

from lavajit import (
    AbstractProcess,
    AbstractSubProcessModel,
    AsyncProtocol,
    InPort,
    LavaPyType,
    LoihiProtocol,
    OutPort,
    PyAsyncProcessModel,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    PyRefPort,
    PyVarPort,
    RefPort,
    Var,
    VarPort,
    implements,
)


class Scalars(AbstractProcess):
    """Vars declared as Python numbers."""

    def __init__(self):
        super().__init__()
        self.real = Var((1,), init=1.5)
        self.whole = Var((1,), init=np.int64(3))
        self.array = Var((3,), init=7)
        self.text = Var((1,), init="abc")


@implements(proc=Scalars, protocol=LoihiProtocol)
class ScalarsModel(PyLoihiProcessModel):
    real: float = LavaPyType(float, float)
    whole: int = LavaPyType(int, int)
    array: np.ndarray = LavaPyType(np.ndarray, np.int32)
    text: str = LavaPyType(str, str)

    def run_spk(self):
        self.real += 0.5
        self.whole += 1


class Refuser(AbstractProcess):
    """Refuses negative values of `v`."""

    def __init__(self):
        super().__init__()
        self.v = Var((2,), init=1)


@implements(proc=Refuser, protocol=LoihiProtocol)
class RefuserModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def on_var_update(self):
        if self.v.min() < 0:
            raise LookupError("v must not be negative")


class NoProtocol(AbstractProcess):
    pass


@implements(proc=NoProtocol)
class NoProtocolModel(PyLoihiProcessModel):
    def run_spk(self):
        self.proc_params.overwrite("steps", self.time_step)


class NoRunAsync(AbstractProcess):
    pass


@implements(proc=NoRunAsync, protocol=AsyncProtocol)
class NoRunAsyncModel(PyAsyncProcessModel):
    pass


class Deaf(AbstractProcess):
    """Never receives."""

    def __init__(self, **params):
        super().__init__(**params)
        self.inp = InPort((2,))


@implements(proc=Deaf, protocol=LoihiProtocol)
class DeafModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def run_spk(self):
        pass


class Occasional(AbstractProcess):
    """Sends `burst` messages in every `every`-th step."""

    def __init__(self, every=2, burst=1, **params):
        super().__init__(every=every, burst=burst, **params)
        self.out = OutPort((2,))


@implements(proc=Occasional, protocol=LoihiProtocol)
class OccasionalModel(PyLoihiProcessModel):
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        if self.time_step % self.proc_params["every"] == 0:
            for k in range(self.proc_params["burst"]):
                self.out.send(np.full(2, 100 * self.time_step + k))


class Selective(AbstractProcess):
    """Receives in every `every`-th step; peeks first."""

    def __init__(self, every=2):
        super().__init__(every=every, seen=[])
        self.inp = InPort((2,))


@implements(proc=Selective, protocol=LoihiProtocol)
class SelectiveModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def run_spk(self):
        if self.time_step % self.proc_params["every"] == 0:
            peeked = self.inp.peek()
            self.proc_params["seen"].append((int(peeked[0]), int(self.inp.recv()[0])))


class SpikeReader(AbstractProcess):
    """Reads in run_spk, then writes 40 times."""

    def __init__(self, shape=(2,), steps=10):
        super().__init__()
        self.ref = RefPort(shape)
        self.seen = Var((steps,))


@implements(proc=SpikeReader, protocol=LoihiProtocol)
class SpikeReaderModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, np.int64)
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        old = self.ref.read()
        self.seen[self.time_step - 1] = old[0]
        for k in range(40):
            self.ref.write(old + k)


class Passive(AbstractProcess):
    """An array, a scalar and an explicit VarPort, under LoihiProtocol."""

    def __init__(self):
        super().__init__()
        self.array = Var((2,), init=5)
        self.number = Var((1,), init=5)
        self.port = VarPort(self.array)


@implements(proc=Passive, protocol=LoihiProtocol)
class PassiveModel(PyLoihiProcessModel):
    array: np.ndarray = LavaPyType(np.ndarray, np.int32)
    number: int = LavaPyType(int, int)
    port: PyVarPort = LavaPyType(PyVarPort.VEC_DENSE, np.int32)

    def run_spk(self):
        if self.time_step == 1:
            self.held = self.array
        self.proc_params.overwrite(
            "same", self.held is self.array or np.shares_memory(self.held, self.array)
        )
        self.proc_params.overwrite("dtype", self.array.dtype)


class AsyncOwner(AbstractProcess):
    """An asynchronous Process whose Var is read by others."""

    def __init__(self):
        super().__init__()
        self.n = Var((2,))


@implements(proc=AsyncOwner, protocol=AsyncProtocol)
class AsyncOwnerModel(PyAsyncProcessModel):
    n: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_async(self):
        for _ in range(self.num_steps):
            self.n += 1


class Valued(AbstractProcess):
    """Sends a number through a scalar port."""

    def __init__(self):
        super().__init__()
        self.out = OutPort((1,))


@implements(proc=Valued, protocol=LoihiProtocol)
class ValuedModel(PyLoihiProcessModel):
    out: PyOutPort = LavaPyType(PyOutPort.SCALAR_DENSE, np.int64)

    def run_spk(self):
        self.out.send(3 * self.time_step)


class ValueSink(AbstractProcess):
    """Receives numbers."""

    def __init__(self):
        super().__init__(seen=[])
        self.inp = InPort((1,))


@implements(proc=ValueSink, protocol=LoihiProtocol)
class ValueSinkModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.SCALAR_DENSE, np.int64)

    def run_spk(self):
        self.proc_params["seen"].append(int(self.inp.recv()))


class Noise(AbstractProcess):
    def __init__(self, n=8):
        super().__init__()
        self.v = Var((n,))


@implements(proc=Noise, protocol=LoihiProtocol)
class NoiseModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        for i in range(self.v.shape[0]):
            self.v[i] = self.rng.uniform(i)


class Listed(AbstractProcess):
    """A hierarchical Process whose relays are in a list."""

    def __init__(self, depth=3):
        super().__init__(depth=depth)
        self.inp, self.out = InPort((2,)), OutPort((2,))


@implements(proc=Listed)
class ListedModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.proc = proc
        self.relays = [Relay(gain=1) for _ in range(proc.proc_params["depth"])]
        proc.inp.connect(self.relays[0].inp)
        for a, b in zip(self.relays, self.relays[1:], strict=False):
            a.out.connect(b.inp)
        self.relays[-1].out.connect(proc.out)
