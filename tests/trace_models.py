"""Processes of the reference traces: what Lava was seen to do, step by step."""

import numpy as np

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
    Var,
    implements,
)


class Phases(AbstractProcess):
    """Counts its phases; `guards` = (pre, lrn, post, pause at, stop at, post every)."""

    def __init__(self, pre=0, lrn=0, post=0, pause_at=0, stop_at=0):
        super().__init__()
        self.guards = Var((5,), init=np.array([pre, lrn, post, pause_at, stop_at]))
        #: Last time step of run_spk, run_pre_mgmt, run_lrn, run_post_mgmt, and how often each ran.
        self.last = Var((4,))
        self.count = Var((4,))


@implements(proc=Phases, protocol=LoihiProtocol)
class PhasesModel(PyLoihiProcessModel):
    guards: np.ndarray = LavaPyType(np.ndarray, np.int64)
    last: np.ndarray = LavaPyType(np.ndarray, np.int64)
    count: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def note(self, phase):
        self.last[phase] = self.time_step
        self.count[phase] += 1

    def pre_guard(self):
        return self.guards[0] > 0 and self.time_step % self.guards[0] == 0

    def lrn_guard(self):
        return self.guards[1] > 0 and self.time_step % self.guards[1] == 0

    def post_guard(self):
        return self.guards[2] > 0 and self.time_step % self.guards[2] == 0

    def run_spk(self):
        self.note(0)
        if self.time_step == self.guards[3]:
            self._req_pause = True
        if self.time_step == self.guards[4]:
            self._req_stop = True

    def run_pre_mgmt(self):
        self.note(1)

    def run_lrn(self):
        self.note(2)

    def run_post_mgmt(self):
        self.note(3)


class PhasesLinked(Phases):
    """`Phases` with ports, to be part of a network."""

    def __init__(self, **guards):
        super().__init__(**guards)
        self.inp = InPort((1,))
        self.out = OutPort((1,))


@implements(proc=PhasesLinked, protocol=LoihiProtocol)
class PhasesLinkedModel(PyLoihiProcessModel):
    guards: np.ndarray = LavaPyType(np.ndarray, np.int64)
    last: np.ndarray = LavaPyType(np.ndarray, np.int64)
    count: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    note = PhasesModel.note
    pre_guard = PhasesModel.pre_guard
    lrn_guard = PhasesModel.lrn_guard
    post_guard = PhasesModel.post_guard
    run_pre_mgmt = PhasesModel.run_pre_mgmt
    run_lrn = PhasesModel.run_lrn
    run_post_mgmt = PhasesModel.run_post_mgmt

    def run_spk(self):
        self.note(0)
        self.out.send(self.inp.recv())
        if self.time_step == self.guards[3]:
            self._req_pause = True
        if self.time_step == self.guards[4]:
            self._req_stop = True


class Typed(AbstractProcess):
    """Vars of several declared types."""

    def __init__(self, **inits):
        super().__init__()
        inits = {"whole": 7, "flag": True, "small": [3, -3], "text": "hello"} | inits
        self.whole = Var((2,), init=inits["whole"])
        self.flag = Var((2,), init=inits["flag"])
        self.small = Var((2,), init=inits["small"])
        self.text = Var((1,), init=inits["text"])


@implements(proc=Typed, protocol=LoihiProtocol)
class TypedModel(PyLoihiProcessModel):
    whole: np.ndarray = LavaPyType(np.ndarray, np.int32)
    flag: np.ndarray = LavaPyType(np.ndarray, bool)
    small: np.ndarray = LavaPyType(np.ndarray, np.int8)
    text: str = LavaPyType(str, str)


class Inner(AbstractProcess):
    """v += 1, sends v."""

    def __init__(self, v=5):
        super().__init__()
        self.v = Var((1,), init=v)
        self.out = OutPort((1,))


@implements(proc=Inner, protocol=LoihiProtocol)
class InnerModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_spk(self):
        self.v += 1
        self.out.send(self.v)


class Outer(AbstractProcess):
    """A hierarchical Process around Inner."""

    def __init__(self):
        super().__init__()
        self.u = Var((1,), init=0)
        self.loose = Var((1,), init=8)
        self.out = OutPort((1,))


@implements(proc=Outer)
class OuterModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.inner = Inner()
        self.inner.out.connect(proc.out)
        proc.u.alias(self.inner.v)


class AsyncCounter(AbstractProcess):
    """Adds one `num_steps` times, sending 1..num_steps."""

    def __init__(self):
        super().__init__()
        self.n = Var((1,))
        self.out = OutPort((1,))


@implements(proc=AsyncCounter, protocol=AsyncProtocol)
class AsyncCounterModel(PyAsyncProcessModel):
    n: np.ndarray = LavaPyType(np.ndarray, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_async(self):
        for k in range(self.num_steps):
            self.n += 1
            self.out.send(np.array([k + 1]))
