"""Networks that are no longer used leave nothing behind."""

import gc
import os
import threading
import weakref
from pathlib import Path

import pytest
from hurt_models import Occasional, Selective
from small_networks import Delay, Ramp, Relay, Store, chain, run
from trace_models import AsyncCounter

from lavajit import RunContinuous, RunSteps
from lavajit.process.process import ProcessServer
from lavajit.process.variable import VarServer

pytestmark = pytest.mark.slow


def resident_kilobytes() -> int:
    """Memory of this interpreter that is in RAM now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def small_network(native: bool) -> Store:
    ramp, delay, store = Ramp((50,)), Delay((50,)), Store((50,), steps=3)
    chain(ramp, delay, store)
    run(ramp, 3, native)
    assert store.received(3) == [0, 2, 3]
    return store


def lively_network() -> None:
    sender, sink = Occasional(every=1), Selective(every=1)
    chain(sender, Relay(), sink)
    run(sender, 3)
    source, store = AsyncCounter(), Store((1,))
    chain(source, store)
    run(source, 3)


def threaded_network() -> None:
    ramp, store = Ramp(), Store()
    chain(ramp, store)
    run(ramp, RunContinuous())
    ramp.stop()


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
@pytest.mark.parametrize("stopped", [False, True])
def test_unused_network_is_freed(native, stopped):
    store = small_network(native)
    if stopped:
        store.stop()
    runtime = store.runtime
    alive = [weakref.ref(o) for o in (store, runtime, runtime.executable.network.layout.arena)]
    del store, runtime
    gc.collect()
    assert [ref() for ref in alive] == [None, None, None]


def test_failed_compile_is_freed():
    a, b = Relay(), Relay()
    chain(a, b, a)
    with pytest.raises(RuntimeError, match="deadlock"):
        run(a, 1)
    alive = weakref.ref(a)
    del a, b
    gc.collect()
    assert alive() is None


def growth(build, count: int) -> int:
    """Kilobytes that building `count` networks adds; threads, Processes and Vars add up to none."""
    gc.collect()
    threads, kilobytes = threading.active_count(), resident_kilobytes()
    processes, variables = ProcessServer().num_processes, VarServer().num_vars
    for _ in range(count):
        build()
    gc.collect()
    assert threading.active_count() == threads
    assert ProcessServer().num_processes <= processes
    assert VarServer().num_vars <= variables
    return resident_kilobytes() - kilobytes


def assert_no_growth(build, count: int, kilobytes: int) -> None:
    """A leak grows every time; filling caches and fragments of a large heap only now and then."""
    for _ in range(count // 10):
        build()
    grown = []
    while not grown or (grown[-1] >= kilobytes and len(grown) < 3):
        grown.append(growth(build, count))
    assert grown[-1] < kilobytes, grown


@pytest.mark.parametrize("build", [lively_network, threaded_network])
def test_coroutines_and_threads_leave_nothing(build):
    assert_no_growth(build, 100, kilobytes=2000)


def test_networks_leave_nothing():
    assert_no_growth(lambda: small_network(True), 300, kilobytes=2000)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_thousand_networks_leave_nothing():
    assert_no_growth(lambda: small_network(True), 10_000, kilobytes=2000)


def test_many_runs_leave_nothing():
    store = small_network(True)

    def continue_in_background():
        store.run(RunSteps(2, blocking=False))
        store.wait()

    assert_no_growth(continue_in_background, 300, kilobytes=1000)
