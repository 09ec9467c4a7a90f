"""Sums of messages of different types: the same in every tier, in any order of connections."""

import itertools

import numpy as np
import pytest

from lavajit import (
    AbstractProcess,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Var,
    implements,
)


class Typed(AbstractProcess):
    """Sends its value; `sender` makes a model for each dtype."""

    def __init__(self, value):
        super().__init__()
        self.value = Var((2,), init=value)
        self.out = OutPort((2,))


@implements(proc=Typed, protocol=LoihiProtocol)
class TypedModel(PyLoihiProcessModel):
    value: np.ndarray = LavaPyType(np.ndarray, float)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_spk(self):
        self.out.send(self.value)


class Sum(AbstractProcess):
    def __init__(self):
        super().__init__()
        self.inp = InPort((2,))
        self.total = Var((2,))


@implements(proc=Sum, protocol=LoihiProtocol)
class SumModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int8)
    total: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        self.total[:] = self.inp.recv()


class LivelySumModel(SumModel):
    def run_spk(self):
        for _ in range(1):
            self.total[:] = self.inp.recv()


def sender(dtype: str) -> type:
    """TypedModel with an OutPort of `dtype`."""
    port = LavaPyType(PyOutPort.VEC_DENSE, np.dtype(dtype))
    return type(f"Typed_{dtype}", (TypedModel,), {"out": port})


def total(sources: list[tuple[str, float]], model: type, native: bool) -> list:
    sink = Sum()
    models = {sink: model}
    for dtype, value in sources:
        source = Typed(value)
        models[source] = sender(dtype)
        source.out.connect(sink.inp)
    config = Loihi2SimCfg(exception_proc_model_map=models)
    sink.run(RunSteps(1), config, {"native": native})
    return sink.total.get().tolist()


@pytest.mark.parametrize(
    "sources, expected",
    [
        ([("int8", 100), ("int8", 100), ("int16", 1)], 201),
        ([("int8", 100), ("int8", 100)], -56),
        ([("int8", -1), ("uint8", 255)], 254),
        ([("bool", 1), ("bool", 1)], 2),
        ([("float32", 0.5), ("int8", 2), ("int64", 2**40)], 2**40 + 2.5),
    ],
)
def test_sum_is_the_same_in_every_tier_and_order(sources, expected):
    ways = [(SumModel, False), (LivelySumModel, False)]
    for order in itertools.permutations(sources):
        for model, native in ways:
            assert total(list(order), model, native) == [expected, expected]


def test_native_sum():
    sources = [("int8", 100), ("int8", 100), ("int16", 1)]
    assert total(sources, SumModel, True) == [201, 201]
