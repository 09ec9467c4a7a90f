"""Remote memory with an explicit VarPort.

The owner of a Var offers it as a VarPort; whoever has a RefPort connects to it without knowing the
Var.
"""

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    LavaPyType,
    Loihi1SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    PyRefPort,
    PyVarPort,
    RefPort,
    RunSteps,
    Var,
    VarPort,
    implements,
    requires,
)


class Reader(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.memory = RefPort(shape=(1,))


class Owner(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.value = Var(shape=(1,), init=5)
        self.value_port = VarPort(self.value)


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
    value_port: PyVarPort = LavaPyType(PyVarPort.VEC_DENSE, int)


if __name__ == "__main__":
    reader, owner = Reader(), Owner()
    reader.memory.connect(owner.value_port)
    reader.run(condition=RunSteps(num_steps=5), run_cfg=Loihi1SimCfg())
    print(f"left in the Var: {owner.value.get()}")
    reader.stop()
