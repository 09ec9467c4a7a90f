"""An exception in a model arrives as itself, says where, and leaves a stopped network."""

import re
import threading
import traceback

import numpy as np
import pytest
from small_networks import Clock, Ramp, Relay, Store, chain, run
from trace_models import AsyncCounter

from lavajit import (
    AbstractProcess,
    AsyncProtocol,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyAsyncProcessModel,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunContinuous,
    RunSteps,
    Var,
    implements,
)

pytestmark = pytest.mark.timeout(60)

STEP = 7
DIRECT, HELPER, INDEX, POST, GUARD, SHAPE = range(6)


class BrokenError(Exception):
    """An exception class of the user's."""


class Broken(AbstractProcess):
    """Raises in step 7, in the way that `mode` says."""

    def __init__(self, mode: int, **params):
        super().__init__(**params)
        self.mode = Var((1,), init=mode)
        self.data = Var((5,))
        self.out = OutPort((2,))


def limited(value, limit):
    if value >= limit:
        raise BrokenError("value over limit")  # in the function
    return value


@implements(proc=Broken, protocol=LoihiProtocol)
class BrokenModel(PyLoihiProcessModel):
    mode: np.ndarray = LavaPyType(np.ndarray, np.int64)
    data: np.ndarray = LavaPyType(np.ndarray, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def check(self):
        if self.time_step == STEP:
            raise BrokenError("value over limit")  # in the helper

    def run_spk(self):
        mode = self.mode[0]
        if mode == DIRECT and self.time_step == STEP:
            raise BrokenError("value over limit")  # in run_spk
        if mode == HELPER:
            self.check()
        if mode == INDEX:
            self.data[self.time_step - 2] = 1  # out of bounds
        size = 2
        if mode == SHAPE and self.time_step == STEP:
            size = 3
        self.out.send(np.ones(size, np.int64))  # sent

    def post_guard(self):
        if self.mode[0] == GUARD:
            limited(self.time_step, STEP)
        return self.mode[0] == POST

    def run_post_mgmt(self):
        self.check()


CASES = {
    "direct": (DIRECT, BrokenError, "run_spk", "# in run_spk"),
    "helper": (HELPER, BrokenError, "run_spk", "# in the helper"),
    "index": (INDEX, IndexError, "run_spk", "# out of bounds"),
    "post": (POST, BrokenError, "run_post_mgmt", "# in the helper"),
    "guard": (GUARD, BrokenError, "post_guard", "# in the function"),
    "shape": (SHAPE, AssertionError, "run_spk", "# sent"),
}


def lines_of(error: BaseException) -> list[str]:
    """Source lines of this file in the traceback, with their comments."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.line or "" for frame in frames if frame.filename == __file__]


def assert_stopped(process: AbstractProcess) -> None:
    runtime = process.runtime
    assert (runtime._is_initialized, runtime._is_started, runtime._is_running) == (0, 0, 0)
    with pytest.raises(RuntimeError, match="has been stopped"):
        process.run(RunSteps(1))
    with pytest.raises(RuntimeError, match="Runtime has not started.*a model raised"):
        next(iter(process.vars)).get()
    process.wait()
    process.pause()
    process.stop()


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
@pytest.mark.parametrize("case", CASES)
def test_exception_in_a_model(case, native):
    mode, kind, method, line = CASES[case]
    broken, store = Broken(mode, name="culprit"), Store()
    chain(broken, store)
    with pytest.raises(kind) as caught:
        run(store, 100, native)
    assert type(caught.value) is kind
    tier = "native" if native else "Python"
    assert f"in Broken 'culprit'.{method} ({tier}), time step 7" in caught.value.__notes__
    if native and mode == SHAPE:
        # A port does not know the line it is used in; a note gives the method.
        assert re.match(
            r"raised by an operation in BrokenModel.run_spk, test_errors.py:\d+-\d+; run with "
            r"debug=True in the run config to see the line",
            caught.value.__notes__[-1],
        )
    else:
        assert any(line in text for text in lines_of(caught.value)), lines_of(caught.value)
        assert len(caught.value.__notes__) == 1
    for process in (broken, store):
        assert_stopped(process)


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_non_blocking_run_raises_in_wait(native):
    broken = Broken(DIRECT, name="culprit")
    run(broken, RunContinuous(), native)
    with pytest.raises(BrokenError, match="over limit") as caught:
        broken.wait()
    assert "time step 7" in caught.value.__notes__[-1]
    assert_stopped(broken)


@pytest.mark.parametrize("call", ["pause", "stop"])
def test_non_blocking_run_raises_in(call):
    broken = Broken(DIRECT)
    run(broken, RunContinuous())
    broken.runtime._thread.join()
    with pytest.raises(BrokenError):
        getattr(broken, call)()
    assert_stopped(broken)


def test_error_of_a_non_blocking_run_is_not_lost_in_the_next_run():
    broken = Broken(DIRECT)
    run(broken, RunContinuous())
    broken.runtime._thread.join()
    with pytest.raises(RuntimeError, match="has been stopped"):
        broken.run(RunSteps(1))
    with pytest.raises(BrokenError):
        broken.wait()


# --- coroutines and asynchronous models -----------------------------------------------


class Lively(AbstractProcess):
    """Receives in a loop, so that it is a coroutine; raises in step 7."""

    def __init__(self, **params):
        super().__init__(**params)
        self.seen = Var((1,))
        self.inp = InPort((2,))


@implements(proc=Lively, protocol=LoihiProtocol)
class LivelyModel(PyLoihiProcessModel):
    seen: np.ndarray = LavaPyType(np.ndarray, np.int64)
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def run_spk(self):
        for _ in range(1):
            self.seen[0] = self.inp.recv()[0]
        if self.time_step == STEP:
            raise BrokenError("lively")  # in the coroutine


class AsyncBroken(AbstractProcess):
    """Raises after having sent seven messages."""

    def __init__(self, **params):
        super().__init__(**params)
        self.n = Var((1,))
        self.out = OutPort((1,))


@implements(proc=AsyncBroken, protocol=AsyncProtocol)
class AsyncBrokenModel(PyAsyncProcessModel):
    n: np.ndarray = LavaPyType(np.ndarray, np.int64)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64)

    def run_async(self):
        for k in range(self.num_steps):
            if k == STEP:
                raise BrokenError("async")  # in run_async
            self.out.send(np.full(1, k))


def test_exception_in_a_coroutine():
    ramp, lively = Ramp(), Lively(name="culprit")
    chain(ramp, Relay(), lively)
    with pytest.raises(BrokenError, match="lively") as caught:
        run(ramp, 100)
    assert "in Lively 'culprit'.run_spk (Python), time step 7" in caught.value.__notes__
    assert any("# in the coroutine" in line for line in lines_of(caught.value))
    assert_stopped(lively)


@pytest.mark.parametrize("with_loihi", [False, True])
def test_exception_in_an_asynchronous_model(with_loihi):
    broken = AsyncBroken(name="culprit")
    if with_loihi:
        chain(broken, Store((1,)))
    with pytest.raises(BrokenError, match="async") as caught:
        run(broken, 100)
    note = caught.value.__notes__[-1]
    assert note.startswith("in AsyncBroken 'culprit'.run_async (Python)")
    assert any("# in run_async" in line for line in lines_of(caught.value))
    assert_stopped(broken)


def test_other_coroutines_are_ended():
    broken, counter = AsyncBroken(), AsyncCounter()
    lively = [Store((1,)), Store((1,))]
    chain(broken, lively[0])
    chain(counter, lively[1])
    counter.out.connect(lively[0].inp)
    before = threading.active_count()
    with pytest.raises(BrokenError):
        run(broken, 100)
    assert threading.active_count() == before
    assert broken.runtime.executable.network.hosts.pump.live == []


def test_network_works_after_another_has_failed():
    with pytest.raises(BrokenError):
        run(Broken(DIRECT), 10)
    clock = Clock()
    clock.run(RunSteps(3), Loihi2SimCfg())
    assert clock.ticks.get(0) == 3
