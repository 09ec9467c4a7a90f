"""State of models in Python: attributes widen as in Lava where nobody else sees them."""

import numpy as np
import pytest
from small_networks import run

from lavajit import (
    AbstractProcess,
    LavaPyType,
    LoihiProtocol,
    PyLoihiProcessModel,
    PyRefPort,
    RefPort,
    Var,
    implements,
)


class Halver(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.v = Var((2,), init=[3, 5])


@implements(proc=Halver, protocol=LoihiProtocol)
class HalverModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.total = 0

    def run_spk(self):
        self.v = self.v * 0.5
        self.total += 0.25
        if self.total > 0.6:
            self.v += self.total


class Looker(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.ref = RefPort((2,))


@implements(proc=Looker, protocol=LoihiProtocol)
class LookerModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_an_attribute_takes_the_kind_of_what_it_is_assigned(native):
    halver = Halver()
    run(halver, 3, native=native)
    np.testing.assert_array_equal(halver.v.get(), [3 / 8 + 0.75, 5 / 8 + 0.75])
    assert halver.v.get().dtype == np.float64
    halver.v.set(np.array([1.5, 2.5]))
    np.testing.assert_array_equal(halver.v.get(), [1.5, 2.5])
    halver.stop()


def test_a_var_that_others_see_keeps_its_type():
    halver, looker = Halver(), Looker()
    looker.ref.connect_var(halver.v)
    with pytest.raises(TypeError, match="HalverModel.v holds int32, a float64 value would lose"):
        run(halver, 1, native=False)
