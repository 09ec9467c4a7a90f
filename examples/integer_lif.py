"""A LIF neuron in integers, as a neuromorphic chip computes it.

State has 24 bits and decay factors have 12: du = 1024 takes a quarter of the current per time step.
Two neurons: the first has a bias alone, the second also excites itself.
"""

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    Dense,
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


class IntegerLIF(AbstractProcess):
    def __init__(self, shape, du=0, dv=0, bias=0, vth=10):
        super().__init__(shape=shape)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.u = Var(shape=shape, init=0)
        self.v = Var(shape=shape, init=0)
        self.du = Var(shape=(1,), init=du)
        self.dv = Var(shape=(1,), init=dv)
        self.bias = Var(shape=shape, init=bias)
        self.vth = Var(shape=(1,), init=vth)


@implements(proc=IntegerLIF, protocol=LoihiProtocol)
@requires(CPU)
class PyIntegerLIFModel(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16, precision=16)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool, precision=1)
    u: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    bias: np.ndarray = LavaPyType(np.ndarray, np.int16, precision=12)
    du: int = LavaPyType(int, np.uint16, precision=12)
    dv: int = LavaPyType(int, np.uint16, precision=12)
    vth: int = LavaPyType(int, np.uint16, precision=12)

    def run_spk(self):
        a_in = self.a_in.recv()
        self.u[:] = (self.u * (2**12 - self.du)) // 2**12 + a_in
        self.v[:] = (self.v * (2**12 - self.dv)) // 2**12 + self.u + self.bias
        s_out = self.v > self.vth
        self.v[s_out] = 0
        self.s_out.send(s_out)


if __name__ == "__main__":
    lif = IntegerLIF(shape=(2,), du=1024, dv=256, bias=300, vth=1000)
    loop = Dense(weights=np.array([[0, 0], [0, 200]]))
    lif.s_out.connect(loop.s_in)
    loop.a_out.connect(lif.a_in)

    for _ in range(3):
        lif.run(condition=RunSteps(num_steps=5), run_cfg=Loihi1SimCfg(select_tag="fixed_pt"))
        print("current", lif.u.get(), "voltage", lif.v.get())
    lif.stop()
