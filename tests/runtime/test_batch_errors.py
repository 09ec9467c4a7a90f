"""Batches that cannot run, and copies that end before their time."""

import os
import signal
import threading

import numpy as np
import pytest
from hurt_models import Refuser
from trace_models import AsyncCounter

from lavajit import (
    LIF,
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    RunContinuous,
    RunSteps,
    Var,
    implements,
    run_batch,
)

FLOAT = Loihi2SimCfg(select_tag="floating_pt")


class Limited(AbstractProcess):
    """Ends: with an error, or at its own request."""

    def __init__(self):
        super().__init__()
        self.raises = Var((1,), init=100)
        self.stops = Var((1,), init=100)
        self.steps = Var((1,))


@implements(proc=Limited, protocol=LoihiProtocol)
class LimitedModel(PyLoihiProcessModel):
    raises: np.ndarray = LavaPyType(np.ndarray, np.int64)
    stops: np.ndarray = LavaPyType(np.ndarray, np.int64)
    steps: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        self.steps[0] = self.time_step
        if self.time_step >= self.raises[0]:
            raise OverflowError("over the limit")
        if self.time_step >= self.stops[0]:
            self._req_stop = True


def test_an_error_in_one_copy_names_the_point():
    process = Limited()
    points = {process.raises: [20, 7, 9]}
    with pytest.raises(OverflowError, match="over the limit") as caught:
        run_batch(process, RunSteps(15), FLOAT, points=points, record=[], threads=1)
    where, step = caught.value.__notes__[:2]
    assert where == f"at point 1 of the batch: {process.name}.raises=7"
    assert f"Limited '{process.name}'.run_spk (native), time step 7" in step
    process.run(RunSteps(5))  # it is none of the copies
    process.stop()


def test_a_model_may_stop_its_copy():
    process = Limited()
    points = {process.stops: [4, 100, 9]}
    found = run_batch(process, RunSteps(15), FLOAT, points=points, record=[process.steps])
    assert found[process.steps].tolist() == [[4], [15], [9]]
    process.stop()


def test_a_pause_of_the_network_is_none_of_its_copies():
    process = Limited()
    process.run(RunSteps(0), FLOAT)
    process.raises.set(1 << 62)
    process.stops.set(1 << 62)
    process.run(RunContinuous())
    process.pause()
    found = run_batch(process, RunSteps(10), points=[{}], record=[process.steps])
    assert found[process.steps][0] == process.steps.get() + 10
    process.stop()


@pytest.mark.usefixtures("ctrl_c_raises")
def test_ctrl_c_ends_all_copies():
    process = Limited()
    never = {process.raises: 1 << 62, process.stops: 1 << 62}
    run_batch(process, RunSteps(1), FLOAT, points=[never], record=[])
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_batch(process, RunSteps(1 << 31), points=[never] * 3, record=[], threads=2)
    timer.join()
    assert not [t for t in threading.enumerate() if t.name.startswith("lavajit batch")]
    process.run(RunSteps(1))
    process.stop()


@pytest.mark.parametrize(
    ("key", "value", "error", "text"),
    [
        ("v", np.zeros(3), ValueError, r"Var 'v' of .*: got shape \(3,\), expected \(4,\)"),
        ("v", "high", ValueError, "holds numbers"),
        ("du", [1, 2], ValueError, "du"),
    ],
)
def test_values_that_do_not_fit(key, value, error, text):
    lif = LIF(shape=(4,))
    good = {lif.v: 1}
    points = [good, {lif.u: 5, getattr(lif, key): value}]
    with pytest.raises(error, match=text) as caught:
        run_batch(lif, RunSteps(5), FLOAT, points=points, record=[])
    assert caught.value.__notes__[0].startswith("at point 1 of the batch: ")
    lif.run(RunSteps(0))
    assert not lif.u.get().any() and not lif.v.get().any()
    lif.stop()


def test_a_model_may_refuse_a_value():
    refuser = Refuser()
    points = {refuser.v: [3, -1]}
    with pytest.raises(LookupError, match="v must not be negative") as caught:
        run_batch(refuser, RunSteps(1), FLOAT, points=points, record=[refuser.v])
    assert "at point 1 of the batch" in caught.value.__notes__[0]
    found = run_batch(refuser, RunSteps(1), points={refuser.v: [3, 4]}, record=[refuser.v])
    assert found[refuser.v].tolist() == [[3, 3], [4, 4]]
    refuser.stop()


def test_points_and_records_that_make_no_sense():
    lif, other = LIF(shape=(4,)), LIF(shape=(1,))
    config = FLOAT
    cases = [
        ([], ValueError, "there are no points; give one dict for each copy"),
        ([3], TypeError, "item 0 is 3"),
        ([{"v": 1}], TypeError, "keys of points are Vars or 'seed', got 'v'"),
        ([{"seed": 0.5}], TypeError, "seed must be an int, got 0.5 at point 0"),
        ({lif.v: 1}, TypeError, r"values of .*\.v must be one for each copy, got 1"),
        ({lif.v: [1], lif.u: [1, 2]}, ValueError, r"\.v: 1, .*\.u: 2"),
        ([{other.v: 1}], ValueError, r"\.v is no Var of a leaf Process of this net"),
    ]
    for points, error, text in cases:
        with pytest.raises(error, match=text):
            run_batch(lif, RunSteps(1), config, points=points, record=[])
    for record in (lif.v, ["v"]):
        with pytest.raises(TypeError, match="record must be a list of Vars"):
            run_batch(lif, RunSteps(1), config, points=[{}], record=record)
    with pytest.raises(ValueError, match="is no Var of a leaf Process"):
        run_batch(lif, RunSteps(1), config, points=[{}], record=[other.v])
    with pytest.raises(ValueError, match="condition of run_batch must be RunSteps"):
        run_batch(lif, RunContinuous(), config, points=[{}], record=[])
    with pytest.raises(ValueError, match="threads must be a whole number"):
        run_batch(lif, RunSteps(1), config, points=[{}], record=[], threads=0)
    with pytest.raises(ValueError, match="run_batch needs a run config"):
        run_batch(other, RunSteps(1), points=[{}], record=[])
    lif.stop()
    with pytest.raises(RuntimeError, match="was stopped"):
        run_batch(lif, RunSteps(1), config, points=[{}], record=[])


def test_networks_that_need_python():
    lif = LIF(shape=(4,))
    with pytest.raises(RuntimeError, match=r"cannot copy LIF .*, which runs as Python.*sweep\(\)"):
        options = {"points": [{}], "record": [], "compile_config": {"native": False}}
        run_batch(lif, RunSteps(1), FLOAT, **options)
    lif.stop()
    clock = AsyncCounter()
    with pytest.raises(RuntimeError, match="AsyncCounter '.*', which is asynchronous; sweep"):
        run_batch(clock, RunSteps(1), FLOAT, points=[{}], record=[])
    clock.stop()


def test_a_network_that_is_divided():
    lif = LIF(shape=(64,))
    lif.run(RunSteps(1), Loihi2SimCfg(threads=2))
    with pytest.raises(RuntimeError, match="divided among threads; .* threads=1"):
        run_batch(lif, RunSteps(1), points=[{}], record=[])
    lif.stop()
