"""Ctrl-C, progress reports and external pipes."""

import os
import signal
import threading
import time

import numpy as np
import pytest
from small_networks import Clock, Ramp, Store, run, wait_until

from lavajit import Loihi2SimCfg, RunContinuous, RunSteps

pytestmark = [pytest.mark.timeout(30), pytest.mark.usefixtures("ctrl_c_raises")]


# --- progress and Ctrl-C --------------------------------------------------------------


def test_progress_callable():
    seen = []
    clock = Clock()
    run(clock, 0)
    clock.run(RunSteps(2000), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2000, 2000)
    assert seen == sorted(seen)


def test_exception_of_progress_callable_ends_the_run():
    clock = Clock()
    run(clock, 0)

    def fail(done, total):
        raise LookupError("no terminal")

    with pytest.raises(LookupError, match="no terminal") as caught:
        clock.run(RunSteps(2000), progress=fail)
    assert not hasattr(caught.value, "__notes__")  # no model is to blame
    ticks = clock.ticks.get(0)
    assert ticks == clock.runtime.time_step > 0
    run(clock, 1)
    assert clock.ticks.get(0) == ticks + 1


def interrupt_when(condition) -> threading.Thread:
    def act():
        wait_until(condition)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=act)
    thread.start()
    return thread


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_ctrl_c_in_a_blocking_run(native):
    clock = Clock()
    run(clock, 0, native)
    thread = interrupt_when(lambda: clock.runtime.time_step > 5)
    with pytest.raises(KeyboardInterrupt):
        clock.run(RunSteps(10**12))
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ticks = clock.ticks.get()
    assert ticks[0] == ticks[1] == clock.runtime.time_step
    run(clock, 3)
    assert clock.ticks.get(0) == ticks[0] + 3


def test_ctrl_c_while_waiting_for_a_background_run():
    clock = Clock()
    run(clock, RunContinuous())
    ready = threading.Event()
    thread = interrupt_when(ready.is_set)
    with pytest.raises(KeyboardInterrupt):
        ready.set()
        clock.wait()
    thread.join()
    assert clock.runtime._is_running
    clock.pause()
    assert clock.ticks.get(0) > 5


# --- external pipes -------------------------------------------------------------------


@pytest.fixture
def piped():
    """A Ramp and a Store whose ports belong to user code, each a network of its own."""
    ramp, store = Ramp(slope=2), Store(steps=100)
    ramp.out.flag_external_pipe(buffer_size=4)
    store.inp.flag_external_pipe(buffer_size=4)
    for p in (ramp, store):
        p.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
    yield ramp, store
    ramp.stop()
    store.stop()


def test_pipe_into_the_network(piped):
    _, store = piped
    send = store.inp.external_pipe_csp_send_port
    store.run(RunSteps(50, blocking=False))
    for k in range(50):
        send.send(np.array([k, -k]))
    store.wait()
    assert store.received(50) == list(range(50))
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        send.send(np.zeros(3))


def test_pipe_out_of_the_network(piped):
    ramp, _ = piped
    receive = ramp.out.external_pipe_csp_recv_port
    ramp.run(RunSteps(50, blocking=False))
    assert [int(receive.recv()[0]) for _ in range(50)] == list(range(2, 102, 2))
    ramp.wait()
    assert not receive.probe()
    with pytest.raises(RuntimeError, match="empty, and the network is not running"):
        receive.recv()


def test_full_pipe_without_a_running_network(piped):
    _, store = piped
    send = store.inp.external_pipe_csp_send_port
    for _ in range(4):
        send.send(np.zeros(2))
    with pytest.raises(RuntimeError, match="full, and the network is not running"):
        send.send(np.zeros(2))


def test_stop_while_waiting_for_a_pipe(piped):
    for p in piped:
        p.run(RunSteps(1000, blocking=False))
    time.sleep(0.05)
    for p in piped:
        p.stop()
        assert not p.runtime._is_running
        with pytest.raises(RuntimeError, match="has been stopped"):
            p.run(RunSteps(1))


def test_get_while_waiting_for_a_pipe(piped):
    _, store = piped
    store.run(RunSteps(10, blocking=False))
    with pytest.raises(RuntimeError, match="waits inside a step for data in a pipe"):
        store.data.get()


def test_ctrl_c_while_waiting_for_a_pipe(piped):
    _, store = piped
    thread = interrupt_when(lambda: store.runtime.time_step == 1)
    with pytest.raises(KeyboardInterrupt):
        store.run(RunSteps(10))
    thread.join()
    with pytest.raises(RuntimeError, match="has been stopped|interrupted"):
        store.run(RunSteps(1))
