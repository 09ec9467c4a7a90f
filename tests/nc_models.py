"""Two Processes with models for the CPU and for neurocores, which are not of the library."""

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    Var,
    implements,
    requires,
    tag,
)
from lavajit.model.nc_model import NcProcessModel
from lavajit.model.resources import NeuroCore


class Pulse(AbstractProcess):
    """Adds up `bias` and what arrives; spikes from `vth` on, and starts again."""

    def __init__(self, n: int, bias: int = 0, vth: int = 10, **params):
        super().__init__(n=n, **params)
        self.u, self.v, self.bias = Var((n,)), Var((n,)), Var((n,), init=bias)
        self.vth = Var((1,), init=vth)
        self.a_in, self.s_out = InPort((n,)), OutPort((n,))


@implements(proc=Pulse, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "floating_pt")
class PyPulse(PyLoihiProcessModel):
    u: np.ndarray = LavaPyType(np.ndarray, np.int32)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)
    bias: np.ndarray = LavaPyType(np.ndarray, np.int32)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32)
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)

    def run_spk(self):
        self.v[:] = self.v + self.bias + self.a_in.recv()
        spikes = self.v >= self.vth[0]
        self.v[:] = np.where(spikes, 0, self.v)
        self.s_out.send(spikes)


@implements(proc=Pulse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("fixed_pt")
class NcPulse(NcProcessModel, PyPulse):
    def allocate(self, net):
        net.compartments(vth=net.value("vth") * 64, bias=net.value("bias"), state=("v", "bias"))


class AllToAll(AbstractProcess):
    """Sends the number of spikes that it receives, times `weight`, to all."""

    def __init__(self, n_in: int, n_out: int, weight: int = 2, **params):
        super().__init__(n_in=n_in, n_out=n_out, **params)
        self.weight = Var((1,), init=weight)
        self.s_in, self.a_out = InPort((n_in,)), OutPort((n_out,))


@implements(proc=AllToAll, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt", "floating_pt")
class PyAllToAll(PyLoihiProcessModel):
    weight: np.ndarray = LavaPyType(np.ndarray, np.int32)
    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.n_in, self.n_out = proc_params["n_in"], proc_params["n_out"]
        self.sums = np.zeros(self.n_out, np.int32)

    def run_spk(self):
        self.sums[:] = self.weight[0] * np.sum(self.s_in.recv())
        self.a_out.send(self.sums)


@implements(proc=AllToAll, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("fixed_pt")
class NcAllToAll(NcProcessModel, PyAllToAll):
    def allocate(self, net):
        n, m = self.n_in, self.n_out
        net.synapses(
            pointers=np.arange(0, n * m + 1, m),
            targets=np.tile(np.arange(m, dtype=np.int32), n),
            weights=np.full(n * m, net.value("weight")[0], np.int32),
        )


def pair(n: int = 3, m: int = 2) -> tuple[Pulse, Pulse]:
    """`n` neurons that all reach `m` others."""
    first, fan, second = Pulse(n, 4, name="first"), AllToAll(n, m), Pulse(m, name="second")
    first.s_out.connect(fan.s_in)
    fan.a_out.connect(second.a_in)
    return first, second
