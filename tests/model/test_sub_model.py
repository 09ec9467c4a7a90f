"""SubProcessModels: which sub processes are found."""

from dataclasses import dataclass

import pytest

from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.process.process import AbstractProcess


@dataclass
class Pair:
    left: AbstractProcess
    right: AbstractProcess
    gain: int = 1


class Network(AbstractSubProcessModel):
    def __init__(self, proc):
        self.zeta = AbstractProcess()
        self.proc = proc
        self.layers = [AbstractProcess(), (AbstractProcess(), 3), [self.zeta]]
        self.parts = {"a": AbstractProcess(), 7: "text"}
        self.alpha = AbstractProcess()
        self.pair = Pair(AbstractProcess(), AbstractProcess())
        self.layers_0 = AbstractProcess()
        self.again = self.layers
        self.layers.append(self.layers)


def test_sub_processes_are_found_in_definition_order():
    network = Network(AbstractProcess())
    found = network.find_sub_procs()
    assert list(found) == [
        "zeta", "layers_0", "layers_1_0", "parts_a", "alpha", "pair_left", "pair_right",
        "layers_0_",
    ]  # fmt: skip
    assert found["layers_0"] is network.layers[0] and found["layers_0_"] is network.layers_0
    assert network.proc not in found.values()


def test_the_base_class_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        AbstractSubProcessModel(AbstractProcess())
