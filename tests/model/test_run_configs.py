"""Which model a run config selects."""

import logging

import pytest

from lavajit.model.decorators import tag
from lavajit.model.model import AbstractProcessModel
from lavajit.model.py_model import PyAsyncProcessModel, PyLoihiProcessModel
from lavajit.model.registry import models_of
from lavajit.model.run_configs import (
    Loihi1SimCfg,
    Loihi2SimCfg,
    RunConfig,
)
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.model.sync_domain import SyncDomain
from lavajit.proc.lif import LIF, PyLifModelFloat
from lavajit.process.process import AbstractProcess


class Proc(AbstractProcess):
    pass


PROC = Proc(name="proc")


class Leaf(PyLoihiProcessModel):
    pass


class Sub(AbstractSubProcessModel):
    def __init__(self, proc):
        pass


class NotRunnable(AbstractProcessModel):
    pass


def tagged(base, *tags):
    return tag(*tags)(type(f"{base.__name__}_{'_'.join(tags)}", (base,), {}))


FLOAT, FIXED = tagged(Leaf, "floating_pt"), tagged(Leaf, "fixed_pt")
SUB_X, SUB_Y = tagged(Sub, "x"), tagged(Sub, "x", "y")


@pytest.mark.parametrize("models", [[Leaf], [Sub], [FIXED], [PyAsyncProcessModel]])
def test_single_model(models):
    assert Loihi2SimCfg().select(PROC, models) is models[0]
    assert Loihi2SimCfg(select_sub_proc_model=True).select(PROC, models) is models[0]


def test_single_model_and_tags():
    config = Loihi1SimCfg(select_tag="fixed_pt")
    assert config.select(PROC, [Leaf]) is Leaf  # has no tags at all
    assert config.select(PROC, [FIXED]) is FIXED
    with pytest.raises(AssertionError, match="No ProcessModels found with tag 'fixed_pt'"):
        config.select(PROC, [FLOAT])
    with pytest.raises(NotImplementedError, match="NotRunnable"):
        config.select(PROC, [NotRunnable])


def test_no_model():
    with pytest.raises(AssertionError, match="'proc'.*no model"):
        Loihi2SimCfg().select(PROC, [])


def test_leaf_models():
    models = [SUB_X, FLOAT, NotRunnable, FIXED]
    assert Loihi2SimCfg().select(PROC, models) is FLOAT
    assert Loihi2SimCfg(select_tag="fixed_pt").select(PROC, models) is FIXED
    with pytest.raises(AssertionError, match=r"tag 'z'.*Leaf_floating_pt \['floating_pt'\]"):
        Loihi2SimCfg(select_tag="z").select(PROC, models)
    with pytest.raises(AssertionError):  # untagged leaves do not match among several
        Loihi2SimCfg(select_tag="z").select(PROC, [Leaf, FLOAT])
    assert Loihi2SimCfg(select_sub_proc_model=True).select(PROC, [FLOAT, FIXED]) is FLOAT


def test_sub_process_models():
    with pytest.raises(AssertionError, match="set select_sub_proc_model=True"):
        Loihi2SimCfg().select(PROC, [SUB_X, SUB_Y])
    config = Loihi2SimCfg(select_sub_proc_model=True)
    assert config.select(PROC, [FLOAT, SUB_X]) is SUB_X
    assert config.select(PROC, [FLOAT, SUB_X, SUB_Y]) is SUB_X
    config = Loihi2SimCfg(select_sub_proc_model=True, select_tag="y")
    assert config.select(PROC, [FLOAT, SUB_X]) is SUB_X  # the only one, tag not looked at
    assert config.select(PROC, [FLOAT, SUB_X, SUB_Y]) is SUB_Y
    with pytest.raises(AssertionError, match="tag 'z'"):
        Loihi2SimCfg(select_sub_proc_model=True, select_tag="z").select(PROC, [SUB_X, SUB_Y])


def test_exceptions_come_first():
    config = Loihi2SimCfg(exception_proc_model_map={Proc: NotRunnable})
    assert config.select(PROC, [FLOAT, FIXED]) is NotRunnable
    other = Proc()
    config = Loihi2SimCfg(exception_proc_model_map={other: FIXED})
    assert config.select(other, [FLOAT]) is FIXED and config.select(PROC, [FLOAT]) is FLOAT


def test_arguments():
    domain = SyncDomain("d")
    config = Loihi2SimCfg(custom_sync_domains=[domain], loglevel=logging.INFO, seed=3)
    assert (config.custom_sync_domains, config.loglevel, config.seed) == ([domain], 20, 3)
    RunConfig()
    with pytest.raises(AssertionError, match="must be a list"):
        RunConfig(custom_sync_domains=domain)
    with pytest.raises(AssertionError, match="must hold SyncDomains"):
        RunConfig(custom_sync_domains=["d"])
    with pytest.raises(TypeError, match="loglevel"):
        RunConfig(loglevel=None)
    with pytest.raises(TypeError, match="seed"):
        RunConfig(seed=1.5)
    with pytest.raises(TypeError):
        Loihi2SimCfg(callback_fxs=[])


def test_user_defined_config():
    class First(RunConfig):
        def __init__(self):
            pass  # does not call super

        def select(self, process, proc_models):
            return proc_models[0]

    config = First()
    assert config.select(PROC, [Leaf]) is Leaf
    assert (config.seed, config.custom_sync_domains) == (0, [])
    assert RunConfig().select(PROC, [Leaf]) is None


CONFIGS = [Loihi1SimCfg, Loihi2SimCfg]


@pytest.mark.parametrize("config", CONFIGS)
def test_float_precision(config):
    assert config().float_precision == "float64"
    assert config(float_precision="float32").float_precision == "float32"
    assert config(select_tag="float32").float_precision == "float32"
    assert RunConfig(float_precision="float32").float_precision == "float32"
    for wrong in ("half", "float16", None, 32):
        with pytest.raises(ValueError, match=f"must be 'float64' or 'float32', got {wrong!r}"):
            config(float_precision=wrong)


@pytest.mark.parametrize("config", [*CONFIGS, RunConfig])
def test_debug_and_threads(config):
    assert (config().debug, config(debug=True).debug, config(threads=2).threads) == (False, True, 2)
    with pytest.raises(TypeError, match="debug must be True or False, got 1"):
        config(debug=1)


def test_float32_is_a_tag():
    """It stands for floating_pt, unless a model is tagged with it."""
    config = Loihi2SimCfg(select_tag="float32")
    assert config.select(LIF(shape=(1,)), models_of(LIF)) is PyLifModelFloat

    @tag("fixed_pt")
    class Fixed(Leaf):
        pass

    with pytest.raises(AssertionError, match="No ProcessModels found with tag 'float32'"):
        config.select(PROC, [Fixed])

    @tag("float32")
    class Own(PyLifModelFloat):
        pass

    assert config.select(LIF(shape=(1,)), [*models_of(LIF), Own]) is Own
