"""examples/remote_memory.py as it is written for Lava."""

import numpy as np
from lava.magma.core.decorator import implements, requires
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyRefPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import RefPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi1SimCfg
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol


class Reader(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.memory = RefPort(shape=(1,))


class Owner(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.value = Var(shape=(1,), init=5)


@implements(proc=Reader, protocol=LoihiProtocol)
@requires(CPU)
class PyReaderModel(PyLoihiProcessModel):
    memory: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, int)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        value = self.memory.read()
        print(f"time step {self.time_step}: read {value}")
        self.memory.write(value + self.time_step)


@implements(proc=Owner, protocol=LoihiProtocol)
@requires(CPU)
class PyOwnerModel(PyLoihiProcessModel):
    value: np.ndarray = LavaPyType(np.ndarray, np.int32)


if __name__ == "__main__":
    reader, owner = Reader(), Owner()
    reader.memory.connect_var(owner.value)
    reader.run(condition=RunSteps(num_steps=5), run_cfg=Loihi1SimCfg())
    print(f"left in the Var: {owner.value.get()}")
    reader.stop()
