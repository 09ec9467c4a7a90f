"""Mistakes are reported before the first step, and leave the Processes as they were."""

import numpy as np
import pytest
from small_networks import Clock, Ramp, Relay, Store, chain, run

from lavajit import (
    AbstractProcess,
    AsyncProtocol,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    NoProcessModelFound,
    OutPort,
    ProcessAlreadyCompiled,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    PyRefPort,
    RefPort,
    RunConfig,
    RunSteps,
    Var,
)
from lavajit.compiler.exceptions import ModelError, NumericLossError
from lavajit.process.port_exceptions import DuplicateConnectionError


class Victim(AbstractProcess):
    def __init__(self, init=0):
        super().__init__()
        self.v = Var((2,), init=init)
        self.inp, self.out, self.ref = InPort((2,)), OutPort((2,)), RefPort((2,))


GOOD = {
    "v": LavaPyType(np.ndarray, np.int32),
    "inp": LavaPyType(PyInPort.VEC_DENSE, np.int32),
    "out": LavaPyType(PyOutPort.VEC_DENSE, np.int32),
    "ref": LavaPyType(PyRefPort.VEC_DENSE, np.int32),
}


def model(base: type = PyLoihiProcessModel, protocol: type = LoihiProtocol, **changes) -> type:
    """A model of Victim with some attributes changed; None removes one."""
    members = {k: v for k, v in (GOOD | changes).items() if v is not None}
    made = type("VictimModel", (base,), members)
    made.implements_process, made.implements_protocol = Victim, protocol
    return made


def config(process: AbstractProcess, model_class: type) -> Loihi2SimCfg:
    return Loihi2SimCfg(exception_proc_model_map={process: model_class})


def assert_compilable(process: AbstractProcess) -> None:
    """The Process is as before the failed compile, and runs with a good model."""
    assert not process.is_compiled
    assert process.runtime is None
    process.run(RunSteps(1), config(process, model()), {"native": False})
    assert process.runtime.time_step == 1


def broken_init(self, proc_params):
    raise LookupError("no such file")


BAD_MODELS = {
    "var not declared": ({"v": None}, ModelError, r"Var 'v' of Victim .* no LavaPyType"),
    "port not declared": ({"inp": None}, ModelError, "InPort 'inp' .* no LavaPyType"),
    "unknown name": (
        {"w": LavaPyType(np.ndarray, int)},
        ModelError,
        r"'w' belongs into ProcModel 'VictimModel'.*'inp', 'out', 'ref', 'v'",
    ),
    "abstract port": ({"inp": LavaPyType(PyInPort, int)}, TypeError, "PyInPort.VEC_DENSE"),
    "wrong family": (
        {"inp": LavaPyType(PyOutPort.VEC_DENSE, int)},
        ModelError,
        r"inp .*is a InPort and needs LavaPyType\(PyInPort",
    ),
    "var as port": (
        {"out": LavaPyType(np.ndarray, int)},
        ModelError,
        r"out .*needs LavaPyType\(PyOutPort",
    ),
    "port as var": (
        {"v": LavaPyType(PyInPort.VEC_DENSE, int)},
        NotImplementedError,
        "type of Vars",
    ),
    "list as var": ({"v": LavaPyType(list, int)}, NotImplementedError, "'v'.*list"),
    "no dtype": ({"v": LavaPyType(np.ndarray, "whole")}, ModelError, "'whole' is not a numeric"),
    "text dtype": ({"inp": LavaPyType(PyInPort.VEC_DENSE, str)}, ModelError, "not a numeric type"),
    "exception in __init__": ({"__init__": broken_init}, LookupError, "no such file"),
    "argument missing": ({"__init__": lambda self: None}, TypeError, "positional argument"),
    "async protocol": ({"protocol": AsyncProtocol}, ModelError, "no PyAsyncProcessModel"),
}


@pytest.mark.parametrize("case", BAD_MODELS)
def test_bad_model(case):
    changes, error, message = BAD_MODELS[case]
    process = Victim()
    with pytest.raises(error, match=message):
        process.run(RunSteps(1), config(process, model(**changes)))
    assert_compilable(process)


@pytest.mark.parametrize(
    "init, error, message",
    [
        ([1, 2, 3], ValueError, r"shape \(3,\) does not broadcast to the shape \(2,\)"),
        (np.zeros((2, 2)), ValueError, "does not broadcast"),
        (float("nan"), NumericLossError, "NaN or infinity"),
        ([1, np.inf], NumericLossError, "NaN or infinity"),
        ("text", ValueError, "'text' is not numeric"),
        (None, ValueError, "not numeric"),
    ],
)
def test_bad_initial_value(init, error, message):
    process = Victim(init)
    with pytest.raises(error, match=f"Var 'v' of Victim.*{message}"):
        process.run(RunSteps(1), config(process, model()))
    process.v.init = 0
    assert_compilable(process)


# --- choosing models ------------------------------------------------------------------


class Modelless(AbstractProcess):
    pass


class SilentConfig(RunConfig):
    def select(self, process, proc_models):
        return None


def test_no_model():
    with pytest.raises(NoProcessModelFound, match="no ProcessModel implements Modelless"):
        run(Modelless(), 1)


def test_model_of_a_base_class_does_not_count():
    class Derived(Clock):
        pass

    with pytest.raises(NoProcessModelFound, match="Models of a base class do not apply"):
        run(Derived(), 1)


def test_config_that_selects_nothing():
    clock = Clock()
    with pytest.raises(AssertionError, match=r"SilentConfig.select\(\) must return .* got None"):
        clock.run(RunSteps(1), SilentConfig())
    run(clock, 1)


@pytest.mark.parametrize("bad", ["Loihi2SimCfg", object(), Loihi2SimCfg, 3])
def test_not_a_run_config(bad):
    clock = Clock()
    with pytest.raises(TypeError, match=r"run_cfg must be a RunConfig.*Loihi2SimCfg\(\)"):
        clock.run(RunSteps(1), bad)
    run(clock, 1)


def test_first_run_needs_a_config():
    clock = Clock()
    with pytest.raises(ValueError, match="needs a run config"):
        clock.run(RunSteps(1))
    with pytest.raises(ValueError, match="must be RunSteps or RunContinuous"):
        clock.run(Loihi2SimCfg(), RunSteps(1))
    run(clock, 1)


@pytest.mark.parametrize(
    "bad, error, message",
    [
        ({"pypy_channel_size": 0}, ValueError, "pypy_channel_size must be an int >= 1, got 0"),
        ({"pypy_channel_size": "x"}, ValueError, "pypy_channel_size must be an int >= 1, got 'x'"),
        ("native", TypeError, "compile_config must be a dict, got 'native'"),
    ],
)
def test_bad_compile_config(bad, error, message):
    clock = Clock()
    with pytest.raises(error, match=message):
        clock.run(RunSteps(1), Loihi2SimCfg(), bad)
    run(clock, 1)


def test_unknown_keys_of_compile_config_are_ignored():
    Clock().run(RunSteps(1), Loihi2SimCfg(), {"loihi_gen": "oheogulch", "native": False})


# --- connecting -----------------------------------------------------------------------


def test_connecting_wrong_shapes_changes_nothing():
    ramp, store = Ramp((2,)), Store((3,))
    with pytest.raises(AssertionError, match=r"shape \(2,\).*shape \(3,\)"):
        ramp.out.connect(store.inp)
    assert ramp.out.get_dst_ports() == []
    run(ramp, 1)
    run(store, 1)


def test_connecting_twice_changes_nothing():
    ramp, store = Ramp(), Store()
    ramp.out.connect(store.inp)
    with pytest.raises(DuplicateConnectionError):
        store.inp.connect_from(ramp.out)
    run(ramp, 1)
    assert store.received(1) == [1]


def test_process_of_a_running_network_cannot_join_another():
    ramp, store, late = Ramp(), Store(), Store()
    chain(ramp, store)
    run(ramp, 1)
    ramp.out.connect(late.inp)
    with pytest.raises(ProcessAlreadyCompiled, match="Ramp .* already part of a compiled network"):
        run(late, 1)
    run(ramp, 1)
    assert store.received(2) == [1, 2]


def test_failed_compile_of_a_deadlocked_ring_can_be_repaired():
    a, b = Relay(), Relay()
    chain(a, b, a)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="deadlock"):
            run(a, 1)
    assert not a.is_compiled and not b.is_compiled


# --- values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, message",
    [
        (np.nan, "NaN or infinity"),
        ([1.0, np.inf], "NaN or infinity"),
        (2.0**70, "got values from"),
        ([0, 2**63], "got values from"),
        (1j, "complex"),
        (np.zeros((2, 2)), r"got shape \(2, 2\), expected \(2,\)"),
        (np.array([{}, {}]), "holds numbers"),
    ],
)
def test_bad_value_changes_nothing(value, message):
    clock = Clock()
    run(clock, 3)
    with pytest.raises(ValueError, match=f"'ticks' of Clock.*{message}"):
        clock.ticks.set(value)
    assert clock.ticks.get().tolist() == [3, 3]
    run(clock, 1)
    assert clock.ticks.get().tolist() == [4, 4]
