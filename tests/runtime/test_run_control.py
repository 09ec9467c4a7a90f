"""Starting, waiting, pausing and stopping runs; Vars between steps."""

import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import Clock, Delay, Ramp, Store, chain, run, wait_until
from trace_models import AsyncCounter, Phases

from lavajit import (
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    RunContinuous,
    RunSteps,
    Var,
    implements,
)

pytestmark = pytest.mark.timeout(30)


def started_clock(condition=None) -> Clock:
    clock = Clock()
    run(clock, condition or RunContinuous())
    return clock


@pytest.fixture(params=[False, True], ids=["python", "native"])
def native(request) -> bool:
    return request.param


# --- starting and waiting -------------------------------------------------------------


def test_blocking_run(native):
    clock = Clock()
    run(clock, 1000, native)
    assert clock.ticks.get(0) == 1000
    runtime = clock.runtime
    assert (runtime._is_initialized, runtime._is_started, runtime._is_running) == (1, 1, 0)
    assert runtime.num_steps == 1000


def test_create_runtime_does_not_run():
    clock = Clock()
    clock.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
    runtime = clock.runtime
    assert (runtime._is_initialized, runtime._is_started, runtime._is_running) == (1, 0, 0)
    for access in (clock.ticks.get, lambda: clock.ticks.set(1)):
        with pytest.raises(RuntimeError, match="Runtime has not started"):
            access()
    clock.run(RunSteps(2))
    assert clock.ticks.get(0) == 2


def test_zero_steps_start_but_do_not_run():
    clock = Clock()
    run(clock, 0)
    assert clock.ticks.get(0) == 0
    assert clock.runtime._is_started


def test_non_blocking_run(native):
    clock = Clock()
    run(clock, RunSteps(5000, blocking=False), native)
    clock.wait()
    clock.wait()
    assert clock.ticks.get(0) == 5000
    assert not clock.runtime._is_running


def test_run_can_follow_a_finished_non_blocking_run():
    clock = started_clock(RunSteps(3, blocking=False))
    wait_until(lambda: not clock.runtime._is_running)
    run(clock, 2)
    assert clock.ticks.get(0) == 5


def test_wait_without_run_returns():
    clock = Clock()
    clock.wait()
    clock.pause()
    clock.stop()
    run(clock, 1)
    clock.wait()
    clock.pause()
    assert clock.ticks.get(0) == 1


def test_second_run_while_running():
    clock = started_clock()
    try:
        for condition in (RunSteps(1), RunContinuous()):
            with pytest.raises(RuntimeError, match=r"is running; call wait\(\) or pause\(\)"):
                clock.run(condition)
        assert clock.runtime._is_running
    finally:
        clock.stop()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_chunked_runs_equal_one_run(chunks):
    def result(steps: list[int]) -> tuple:
        ramp, delay, store = Ramp(), Delay(last=3), Store(steps=10)
        chain(ramp, delay, store)
        for n in steps:
            run(ramp, n, native=True)
        return store.data.get().tolist(), delay.last.get().tolist(), ramp.runtime.time_step

    assert result(chunks) == result([sum(chunks)])


def test_loop_of_single_steps(native):
    ramp, store = Ramp(), Store()
    chain(ramp, store)
    for t in range(1, 11):
        run(ramp, 1, native)
        assert store.data.get((t - 1, 0)) == t
        assert ramp.runtime.time_step == t


# --- pausing and stopping -------------------------------------------------------------


def test_pause_and_continue(native):
    clock = Clock()
    run(clock, RunContinuous(), native)
    wait_until(lambda: clock.runtime.time_step > 10)
    clock.pause()
    reached = clock.ticks.get(0)
    assert reached == clock.runtime.time_step > 10
    run(clock, 7)
    assert clock.ticks.get(0) == reached + 7
    run(clock, RunContinuous())
    clock.stop()
    with pytest.raises(RuntimeError, match="Runtime has not started"):
        clock.ticks.get()


def test_stop_from_another_thread_ends_a_blocking_run():
    clock = Clock()
    run(clock, 0)
    stopper = threading.Thread(
        target=lambda: (wait_until(lambda: clock.runtime.time_step > 5), clock.stop())
    )
    stopper.start()
    clock.run(RunSteps(10**12))
    stopper.join()
    assert not clock.runtime._is_initialized


def test_pause_from_another_thread_ends_a_blocking_run():
    clock = Clock()
    run(clock, 0)
    helper = threading.Thread(
        target=lambda: (wait_until(lambda: clock.runtime.time_step > 5), clock.pause())
    )
    helper.start()
    clock.run(RunSteps(10**12))
    helper.join()
    assert clock.ticks.get(0) > 5
    run(clock, 1)


def test_model_pauses_a_non_blocking_run(native):
    p = Phases(pause_at=3)
    run(p, RunContinuous(), native)
    p.wait()
    assert p.last.get(0) == 3
    run(p, 1)
    assert p.last.get(0) == 4


def test_model_stops_a_non_blocking_run():
    p = Phases(stop_at=3)
    run(p, RunContinuous())
    wait_until(lambda: not p.runtime._is_initialized)  # nobody has to call wait()
    p.wait()
    with pytest.raises(RuntimeError, match="Runtime has not started"):
        p.last.get()


def test_stop_while_an_async_model_works():
    """The model does not ask for stop; it is ended where it waits for space."""
    source, store = AsyncCounter(), Store((1,))
    source.out.connect(store.inp)
    run(source, RunContinuous())
    wait_until(lambda: source.runtime.time_step > 3)
    source.stop()
    assert not source.runtime._is_running


def test_pause_while_an_async_model_waits_for_space():
    source, store = AsyncCounter(), Store((1,))
    source.out.connect(store.inp)
    run(source, RunContinuous())
    wait_until(lambda: source.runtime.time_step > 3)
    source.pause()
    reached = source.runtime.time_step
    assert store.received(3) == [1, 2, 3]
    run(source, 2)
    assert source.runtime.time_step == reached + 2


class Meddler(AbstractProcess):
    """Its model calls a method of its own Process in step 3."""

    def __init__(self, method: str):
        super().__init__()
        self.proc_params["call"] = lambda: getattr(self, method)()
        self.ticks = Var((1,))


@implements(proc=Meddler, protocol=LoihiProtocol)
class MeddlerModel(PyLoihiProcessModel):
    ticks: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def run_spk(self):
        self.ticks += 1
        if self.time_step == 3:
            self.proc_params["call"]()


@pytest.mark.parametrize("blocking", [True, False])
def test_model_that_calls_its_process(blocking):
    for method, last in (("pause", 3), ("wait", 5)):
        p = Meddler(method)
        run(p, RunSteps(5, blocking=blocking))
        p.wait()
        assert p.ticks.get() == [last]
    p = Meddler("stop")
    run(p, RunSteps(5, blocking=blocking))
    p.wait()
    assert (p.runtime.time_step, p.runtime._is_initialized) == (3, False)


def test_model_that_runs_or_reads_its_process():
    p = Meddler("run_again")
    p.run_again = lambda: p.run(RunSteps(1))
    with pytest.raises(RuntimeError, match="the network is running"):
        run(p, 5)
    p = Meddler("read")
    p.read = lambda: p.ticks.get()
    with pytest.raises(RuntimeError, match="from inside a time step; use a RefPort"):
        run(p, 5)


# --- Vars while running ---------------------------------------------------------------


def test_get_while_running_is_consistent(native):
    clock = Clock(shape=(1000,))
    run(clock, RunContinuous(), native)
    try:
        values = []
        for _ in range(50):
            ticks = clock.ticks.get()
            assert (ticks == ticks[0]).all()
            values.append(ticks[0])
        assert values == sorted(values)
    finally:
        clock.stop()


def test_set_while_running(native):
    ramp, store = Ramp(), Store()
    chain(ramp, store)
    run(ramp, RunContinuous(), native)
    try:
        ramp.slope.set([1000, 2000])
        assert ramp.slope.get().tolist() == [1000, 2000]
        with pytest.raises(ValueError, match="expected"):
            ramp.slope.set([1, 2, 3])
        assert ramp.runtime._is_running
    finally:
        ramp.stop()


def test_interpreter_exits_while_a_run_goes_on(tmp_path):
    """A script may end without stop(); the thread of the run must not outlive the memory."""
    script = tmp_path / "script.py"
    script.write_text(
        "from lavajit import LIF, Loihi2SimCfg, RunContinuous\n"
        "lif = LIF(shape=(10,), bias_mant=1)\n"
        "lif.run(RunContinuous(), run_cfg=Loihi2SimCfg())\n"
        "print('end')\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")
