"""examples/integer_lif.py as it is written for Lava."""

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
from lava.proc.dense.process import Dense


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
