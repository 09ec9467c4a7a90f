"""Models that can run some Processes of their class only, and methods meant to run as Python."""

import warnings

import numpy as np
import pytest

from lavajit import (
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    RunSteps,
    Var,
    implements,
    tag,
)


class Sized(AbstractProcess):
    def __init__(self, size):
        super().__init__(size=size)
        self.seen = Var((size,), init=0)


class AbstractSizedModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    seen: np.ndarray = LavaPyType(np.ndarray, int)

    def run_spk(self):
        self.seen[:] += len(type(self).__name__)


@implements(proc=Sized, protocol=LoihiProtocol)
@tag("a")
class Small(AbstractSizedModel):
    @classmethod
    def accepts(cls, process):
        return process.proc_params["size"] < 3


@implements(proc=Sized, protocol=LoihiProtocol)
@tag("a", "b")
class LargeOne(AbstractSizedModel):
    @classmethod
    def accepts(cls, process):
        return process.proc_params["size"] >= 3


@pytest.mark.parametrize(
    ("size", "wanted", "model"),
    [
        (1, None, Small),
        (1, "a", Small),
        (3, "a", LargeOne),
        (3, "b", LargeOne),
        (1, "b", LargeOne),  # nobody else has the tag; the model may say what is wrong
    ],
)
def test_selection(size, wanted, model):
    models = [Small, LargeOne]
    assert Loihi2SimCfg(select_tag=wanted).select(Sized(size), models) is model


def test_host_methods_run_as_python_without_a_warning():
    process = Sized(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        process.run(RunSteps(2), Loihi2SimCfg(select_tag="a"))
    assert process.seen.get().tolist() == [16, 16, 16]
    assert "the model lists it in host_methods" in process.explain()
