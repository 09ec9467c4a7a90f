"""Functions and numbers of objects that a model holds are native, and follow what it holds."""

import numpy as np
import pytest
from helpers.tiers import python_rows

from lavajit import (
    CPU,
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    RunSteps,
    Var,
    implements,
    requires,
)

CONFIG = Loihi2SimCfg()


def double(x):
    return 2 * x


def square(x):
    return x * x


class Numbers:
    """Holds numbers as a learning rule does."""

    def __init__(self, gain):
        self.gain = gain

    def native_numbers(self):
        return {"gain": self.gain}


class Chooser(AbstractProcess):
    def __init__(self, function, gain):
        super().__init__(function=function, gain=gain)
        self.x = Var(shape=(3,), init=np.arange(3.0))
        self.which = Var(shape=(1,), init=0)


@implements(proc=Chooser, protocol=LoihiProtocol)
@requires(CPU)
class ChooserModel(PyLoihiProcessModel):
    x: np.ndarray = LavaPyType(np.ndarray, float)
    which: np.ndarray = LavaPyType(np.ndarray, int)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.change = proc_params["function"]
        self.numbers = Numbers(proc_params["gain"])

    def on_var_update(self):
        self.change = (double, square)[int(self.which[0])]

    def run_spk(self):
        numbers = self.numbers
        for i in range(self.x.size):
            self.x[i] = self.change(self.x[i]) + self.numbers.gain / 2 + numbers.gain / 2


@pytest.fixture(params=[True, False], ids=["native", "python"])
def make(request):
    made = []

    def start(function, gain):
        process = Chooser(function, gain)
        process.create_runtime(run_cfg=CONFIG, compile_config={"native": request.param})
        made.append(process)
        process.run(RunSteps(1), run_cfg=CONFIG)
        assert bool(python_rows(process)) != request.param
        return process

    yield start
    for process in made:
        process.stop()


def test_every_instance_has_its_own(make):
    assert make(double, 0.5).x.get().tolist() == [0.5, 2.5, 4.5]
    assert make(square, 3).x.get().tolist() == [3, 4, 7]


def test_a_function_that_is_replaced_between_runs(make):
    process = make(double, 0)
    process.which.set(1)
    process.run(RunSteps(1), run_cfg=CONFIG)
    assert process.x.get().tolist() == [0, 4, 16]
    process.which.set(0)
    process.run(RunSteps(2), run_cfg=CONFIG)
    assert process.x.get().tolist() == [0, 16, 64]
