"""Processes for the tests of Monitor: Vars of several kinds, and a hierarchical Process."""

import numpy as np

from lavajit import (
    AbstractProcess,
    LavaPyType,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    Var,
    implements,
)
from lavajit.model.sub_model import AbstractSubProcessModel


class Mixed(AbstractProcess):
    """Vars of several dtypes and shapes, changed in the spiking phase; a bool message."""

    def __init__(self, **params):
        super().__init__(**params)
        self.total = Var((1,), init=0.5)
        self.plain = Var((1,), init=7)
        self.flags = Var((3,), init=False)
        self.block = Var((2, 3), init=np.arange(6).reshape(2, 3))
        self.turned = Var((2, 3), init=np.arange(6).reshape(2, 3))
        self.after = Var((2,), init=0)
        self.s_out = OutPort((2, 2))


@implements(proc=Mixed, protocol=LoihiProtocol)
class PyMixedModel(PyLoihiProcessModel):
    """`turned` is stored column by column; `after` changes in the post-management phase."""

    column_major = ("turned",)

    total: float = LavaPyType(float, float)
    plain: int = LavaPyType(int, int)
    flags: np.ndarray = LavaPyType(np.ndarray, bool)
    block: np.ndarray = LavaPyType(np.ndarray, np.int16)
    turned: np.ndarray = LavaPyType(np.ndarray, np.float32)
    after: np.ndarray = LavaPyType(np.ndarray, np.int64)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)

    def run_spk(self):
        self.total += 1.0
        self.plain += 1
        self.flags[self.time_step % 3] = True
        self.block += 1
        self.turned += 1
        out = self.s_out.buffer()
        for i in range(4):
            out[i // 2, i % 2] = i == self.time_step
        self.s_out.send(out)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.after += self.time_step


class Wrapper(AbstractProcess):
    """A hierarchical Process around Mixed."""

    def __init__(self, **params):
        super().__init__(**params)
        self.after = Var((2,), init=0)
        self.s_out = OutPort((2, 2))


@implements(proc=Wrapper, protocol=LoihiProtocol)
class WrapperModel(AbstractSubProcessModel):
    def __init__(self, proc):
        self.inner = Mixed()
        self.inner.s_out.connect(proc.s_out)
        proc.after.alias(self.inner.after)
