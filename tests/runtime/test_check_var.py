"""Models may refuse what a Var is set to, before anything changes."""

import numpy as np
import pytest

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


class Ascending(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.levels, self.other = Var((3,), init=np.array([1, 2, 3])), Var((1,), init=4)


@implements(proc=Ascending, protocol=LoihiProtocol)
@requires(CPU)
class AscendingModel(PyLoihiProcessModel):
    levels: np.ndarray = LavaPyType(np.ndarray, np.int32)
    other: int = LavaPyType(int, np.int32)

    def check_var(self, name, value):
        if name == "levels" and (np.diff(value) <= 0).any():
            raise ValueError(f"levels must ascend, got {value}")


def test_models_refuse_values():
    process = Ascending()
    process.run(RunSteps(1), Loihi2SimCfg())
    process.levels.set(7, 2)
    process.levels.set([4, 5, 6.0])
    process.other.set(3)
    for value, index in (([3, 2, 1], None), (9, 0), (5, slice(1, 3))):
        with pytest.raises(ValueError, match="levels must ascend"):
            process.levels.set(value, index)
    assert (process.levels.get().tolist(), process.other.get()) == ([4, 5, 6], 3)
    with pytest.raises(ValueError, match="got shape"):
        process.levels.set([1, 2])
    process.stop()
