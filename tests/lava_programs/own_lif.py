"""examples/own_lif.py as it is written for Lava."""

import numpy as np
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi1SimCfg
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol


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
