"""A neuron of one's own: a Process, and a model in whole-array NumPy.

The model's ``run_spk`` is compiled as it stands. With a bias of 3 and a threshold of 10 a neuron
fires in every fourth time step; after ten steps it is half way to its next spike.
"""

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi1SimCfg,
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


class MyLIF(AbstractProcess):
    def __init__(self, shape, du=0.0, dv=0.0, bias=0.0, vth=10.0):
        super().__init__(shape=shape)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.u = Var(shape=shape, init=0)
        self.v = Var(shape=shape, init=0)
        self.du = Var(shape=(1,), init=du)
        self.dv = Var(shape=(1,), init=dv)
        self.bias = Var(shape=shape, init=bias)
        self.vth = Var(shape=(1,), init=vth)


@implements(proc=MyLIF, protocol=LoihiProtocol)
@requires(CPU)
class PyMyLIFModel(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)
    u: np.ndarray = LavaPyType(np.ndarray, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    du: float = LavaPyType(float, float)
    dv: float = LavaPyType(float, float)
    bias: np.ndarray = LavaPyType(np.ndarray, float)
    vth: float = LavaPyType(float, float)

    def run_spk(self):
        a_in = self.a_in.recv()
        self.u[:] = self.u * (1 - self.du)
        self.u[:] += a_in
        self.v[:] = self.v * (1 - self.dv) + self.u + self.bias
        s_out = self.v > self.vth
        self.v[s_out] = 0
        self.s_out.send(s_out)


if __name__ == "__main__":
    lif = MyLIF(shape=(3,), bias=3.0, vth=10.0)
    lif.run(condition=RunSteps(num_steps=10), run_cfg=Loihi1SimCfg())
    print(lif.v.get())
    lif.stop()
