"""Base classes of leaf models."""

import pytest

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import AsyncProtocol, LoihiProtocol
from lavajit.model.py_model import (
    PyAsyncProcessModel,
    PyLoihiModelToPyAsyncModel,
    PyLoihiProcessModel,
)
from lavajit.model.registry import models_of
from lavajit.model.resources import CPU
from lavajit.process.process import AbstractProcess


class Proc(AbstractProcess):
    pass


@implements(proc=Proc, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class Model(PyLoihiProcessModel):
    def __init__(self, proc_params=None):
        super().__init__(proc_params)
        self.calls = []

    def note(self, phase):
        self.calls.append((phase, self.time_step))

    def pre_guard(self):
        return self.time_step == 2

    def post_guard(self):
        return self.time_step == 3

    def run_pre_mgmt(self):
        self.note("pre")

    def run_spk(self):
        self.note("spk")

    def run_post_mgmt(self):
        self.note("post")


class ChildModel(Model):
    def run_spk(self):
        super().run_spk()
        self.note("child")


def test_loihi_defaults():
    model = PyLoihiProcessModel({"a": 1})
    assert model.proc_params == {"a": 1} and model.time_step == 0 and model.boundscheck
    assert not (model._req_pause or model._req_stop)
    assert not (model.pre_guard() or model.lrn_guard() or model.post_guard())
    for method in (model.run_spk, model.run_pre_mgmt, model.run_lrn, model.run_post_mgmt):
        assert method() is None
    assert model.on_var_update() is None
    phase = PyLoihiProcessModel.Phase
    assert [phase.SPK, phase.PRE_MGMT, phase.LRN, phase.POST_MGMT, phase.HOST] == [1, 2, 3, 4, 5]


def test_async_defaults():
    model = PyAsyncProcessModel()
    assert model.num_steps == 0
    assert not (model.check_for_stop_cmd() or model.check_for_pause_cmd())
    with pytest.raises(NotImplementedError, match="must implement run_async"):
        model.run_async()


def test_loihi_model_to_async_model():
    before = models_of(Proc)
    model_class = PyLoihiModelToPyAsyncModel(Model)
    assert model_class.__name__ == "ModelAsync" and issubclass(model_class, PyAsyncProcessModel)
    assert model_class.implements_process is Proc
    assert model_class.implements_protocol is AsyncProtocol
    assert Model.implements_protocol is LoihiProtocol
    assert model_class.tags == ["fixed_pt"] and model_class.required_resources == [CPU]
    assert models_of(Proc) == before
    with pytest.raises(TypeError, match="subclass of PyLoihiProcessModel"):
        PyLoihiModelToPyAsyncModel(PyAsyncProcessModel)


def test_async_loop_works_for_several_runs():
    model = PyLoihiModelToPyAsyncModel(Model)({})
    model.num_steps = 2
    model.run_async()
    model.num_steps = 1
    model.run_async()
    assert model.calls == [("spk", 1), ("pre", 2), ("spk", 2), ("spk", 3), ("post", 3)]


def test_async_loop_stops_on_request_and_super_works():
    model = PyLoihiModelToPyAsyncModel(ChildModel)()
    model.num_steps = 10
    model.check_for_stop_cmd = lambda: model.time_step >= 1
    model.run_async()
    assert model.calls == [("spk", 1), ("child", 1)]
