"""One Process reads and writes a Var of another through a RefPort.

RefPorts work in the management phase of a time step, which a model asks for in ``post_guard``. The
Reader adds the number of the time step to what it finds: 5, 5 + 1, 6 + 2, 8 + 3, ...
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
    RefPort,
    RunSteps,
    Var,
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
