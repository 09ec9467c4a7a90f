"""Processes that use ports in unusual ways: casts, sparse messages, self-loops, RefPorts."""

import numpy as np

from lavajit import (
    AbstractProcess,
    InPort,
    LavaPyType,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    PyRefPort,
    RefPort,
    Var,
    implements,
    tag,
)


class Short(AbstractProcess):
    """Sends a float array through an int16 port."""

    def __init__(self):
        super().__init__()
        self.value = Var((2,), init=[2.9, 70000.0])
        self.out = OutPort((2,))


@implements(proc=Short, protocol=LoihiProtocol)
class ShortModel(PyLoihiProcessModel):
    value: np.ndarray = LavaPyType(np.ndarray, float)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int16)

    def run_spk(self):
        self.out.send(self.value)


class Casting(AbstractProcess):
    """Receives through a bool and a float port."""

    def __init__(self):
        super().__init__()
        self.flags = InPort((2,))
        self.numbers = InPort((2,))
        self.seen_flags = Var((2,))
        self.seen_numbers = Var((2,))


@implements(proc=Casting, protocol=LoihiProtocol)
class CastingModel(PyLoihiProcessModel):
    flags: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    numbers: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    seen_flags: np.ndarray = LavaPyType(np.ndarray, np.int64)
    seen_numbers: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        self.seen_flags[:] = self.flags.recv()
        self.seen_numbers[:] = self.numbers.recv()


class Loose(AbstractProcess):
    """Uses ports that are not connected."""

    def __init__(self):
        super().__init__()
        self.inp, self.out, self.ref = InPort((2,)), OutPort((2,)), RefPort((2,))


@implements(proc=Loose, protocol=LoihiProtocol)
class LooseModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int16)
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, np.int16)

    def run_spk(self):
        seen = [self.inp.probe(), self.inp.recv(), self.inp.peek(), self.ref.read()]
        self.out.send(np.zeros(2, np.int16))
        self.ref.write(np.ones(2, np.int16))
        self.ref.wait()
        self.proc_params["seen"] = [*seen, self.ref.read()]


class SparseSource(AbstractProcess):
    """Sends pairs of (data, indices), one per step."""

    def __init__(self, messages):
        super().__init__(messages=messages)
        self.out = OutPort((4,))


@implements(proc=SparseSource, protocol=LoihiProtocol)
class SparseSourceModel(PyLoihiProcessModel):
    out: PyOutPort = LavaPyType(PyOutPort.VEC_SPARSE, np.int64)

    def run_spk(self):
        data, indices = self.proc_params["messages"][self.time_step - 1]
        self.out.send(np.array(data, np.int64), np.array(indices, np.int64))


class SparseSink(AbstractProcess):
    """Appends what it receives to the list `seen`."""

    def __init__(self, receives=1):
        super().__init__(seen=[], receives=receives)
        self.inp = InPort((4,))


@implements(proc=SparseSink, protocol=LoihiProtocol)
@tag("sparse")
class SparseSinkModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_SPARSE, np.int64)

    def run_spk(self):
        data, indices = self.inp.recv()
        self.proc_params["seen"].append((data.tolist(), indices.tolist(), data.dtype))


@implements(proc=SparseSink, protocol=LoihiProtocol)
@tag("dense")
class DenseSinkModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def run_spk(self):
        for _ in range(self.proc_params["receives"]):
            self.proc_params["seen"].append(self.inp.recv().tolist())


class SelfLoop(AbstractProcess):
    """Sends, then receives what it sent."""

    def __init__(self):
        super().__init__()
        self.seen = Var((2,))
        self.inp, self.out = InPort((2,)), OutPort((2,))


@implements(proc=SelfLoop, protocol=LoihiProtocol)
class SelfLoopModel(PyLoihiProcessModel):
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.out.send(np.arange(1, 3) * self.time_step)
        self.seen[:] = self.inp.recv()


class WholeLoop(SelfLoop):
    """The same with a local name that is used on both sides."""


@implements(proc=WholeLoop, protocol=LoihiProtocol)
class WholeLoopModel(PyLoihiProcessModel):
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        seen = self.seen
        self.out.send(np.arange(1, 3) * self.time_step)
        seen[:] = self.inp.recv()


class SpikeWriter(AbstractProcess):
    """Writes [t, 2.7 t] through its RefPort in run_spk."""

    def __init__(self):
        super().__init__()
        self.ref = RefPort((2,))


@implements(proc=SpikeWriter, protocol=LoihiProtocol)
class SpikeWriterModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)

    def run_spk(self):
        self.ref.write(np.array([1.0, 2.7]) * self.time_step)


class Target(AbstractProcess):
    """Its Var is read and written by others; notes what it sees in run_spk."""

    def __init__(self, spk=0, post=0, shape=(2,)):
        super().__init__()
        self.v = Var(shape)
        self.steps = Var((2,), init=[spk, post])
        self.seen = Var((10,))


@implements(proc=Target, protocol=LoihiProtocol)
class TargetModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)
    steps: np.ndarray = LavaPyType(np.ndarray, np.int32)
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        self.seen[self.time_step - 1] = self.v.reshape(-1)[0]
        self.v += self.steps[0]

    def post_guard(self):
        return self.steps[1] > 0

    def run_post_mgmt(self):
        self.v += self.steps[1]


class PostUser(AbstractProcess):
    """In run_post_mgmt: a = read, write 10 a, b = read; in run_pre_mgmt: c = read."""

    def __init__(self, shape=(2,), pre=False):
        super().__init__()
        self.ref = RefPort(shape)
        self.seen = Var((3,))
        self.pre = Var((1,), init=int(pre))


@implements(proc=PostUser, protocol=LoihiProtocol)
class PostUserModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)
    pre: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def pre_guard(self):
        return self.pre[0] > 0

    def lrn_guard(self):
        return self.pre[0] > 0

    def post_guard(self):
        return self.pre[0] == 0

    def run_pre_mgmt(self):
        self.seen[2] = self.ref.read().reshape(-1)[0]

    def run_post_mgmt(self):
        old = self.ref.read()
        self.seen[0] = old.reshape(-1)[0]
        self.ref.write(old * 10)
        self.seen[1] = self.ref.read().reshape(-1)[0]
