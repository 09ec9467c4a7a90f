"""A network divided among threads: the same numbers, errors as ever, never stuck."""

import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    AbstractProcess,
    Dense,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    PyRefPort,
    RefPort,
    RunContinuous,
    RunSteps,
    Var,
    implements,
)
from lavajit.model.threads import shard_bounds
from lavajit.runtime.explain import dump_program

pytestmark = pytest.mark.timeout(60)

LIMIT = 1e6


class Walkers(AbstractProcess):
    """Random walks; a walker spikes and starts again where it gets too far."""

    def __init__(self, shape: tuple[int, ...] = (40,), limit: float = 2.0, **params):
        super().__init__(**params)
        self.a_in = InPort(shape)
        self.s_out = OutPort(shape)
        self.place = Var(shape, init=0)
        self.drift = Var((1,), init=0)
        self.steps = Var((1,), init=0)
        self.limit = Var(shape, init=limit)


class AbstractWalkersModel(PyLoihiProcessModel):
    elementwise = True

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)
    place: np.ndarray = LavaPyType(np.ndarray, float)
    drift: float = LavaPyType(float, float)
    steps: int = LavaPyType(int, int)
    limit: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        self.steps += 1
        a_in, spikes = self.a_in.recv().ravel(), self.s_out.buffer().ravel()
        place, limit = self.place.ravel(), self.limit.ravel()
        for i in range(place.size):
            place[i] += self.rng.normal(i) + self.drift + a_in[i]
            if place[i] > LIMIT:
                raise ValueError("a walker fell off the edge of the world")
            spikes[i] = abs(place[i]) > limit[i]
            if spikes[i]:
                place[i] = 0.0
        self.s_out.send(self.s_out.buffer())


@implements(proc=Walkers, protocol=LoihiProtocol)
class WalkersModel(AbstractWalkersModel):
    elementwise = True


class Mixer(AbstractProcess):
    """Every output is the sum of weights of all inputs that spike: reads all, divides outputs."""

    def __init__(self, shape: tuple[int, int], **params):
        super().__init__(shape=shape, **params)
        self.s_in = InPort((shape[1],))
        self.a_out = OutPort((shape[0],))
        self.sums = Var((shape[0],), init=0)


@implements(proc=Mixer, protocol=LoihiProtocol)
class MixerModel(PyLoihiProcessModel):
    divided = ("a_out", "sums", "parts", "weights", "received")

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    sums: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.weights = np.random.default_rng(3).normal(size=proc_params["shape"])

    def on_divide(self, shards):
        self.parts = np.arange(shards)
        self.received = np.zeros((shards, 2), int)

    def run_spk(self):
        self.a_out.send(self.sums)
        self.s_in.recv()
        events = self.s_in.events()
        self.received[0, 0] += events.size
        for i in range(self.sums.size):
            self.sums[i] *= 0.8
            for j in events:
                self.sums[i] += self.weights[i, j]


def config(threads: int | None, seed: int = 5) -> Loihi2SimCfg:
    return Loihi2SimCfg(seed=seed, threads=threads)


def loop(shape: tuple[int, ...] = (40,), sources: int = 1) -> tuple[Walkers, Mixer]:
    """Walkers that push each other; a second Mixer makes their input a sum."""
    walkers = Walkers(shape)
    size = int(np.prod(shape))
    mixers = [Mixer((size, size)) for _ in range(sources)]
    for mixer in mixers:
        walkers.s_out.reshape((size,)).connect(mixer.s_in)
        mixer.a_out.reshape(shape).connect(walkers.a_in)
    return walkers, mixers[0]


def result(threads: int | None, chunks: tuple[int, ...] = (50,), **options) -> list[np.ndarray]:
    walkers, mixer = loop(**options)
    for steps in chunks:
        walkers.run(RunSteps(steps), config(threads))
    found = [var.get() for var in (walkers.place, walkers.steps, mixer.sums)]
    walkers.stop()
    return found


def assert_same(got: list, expected: list) -> None:
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    threads=st.integers(2, 7),
    rows=st.integers(2, 30),
    columns=st.sampled_from([None, 1, 3]),
    sources=st.integers(1, 2),
    chunks=st.sampled_from([(50,), (1, 49), (20, 3, 27)]),
)
def test_threads_do_not_change_a_number(threads, rows, columns, sources, chunks):
    shape = (rows,) if columns is None else (rows, columns)
    expected = result(1, shape=shape, sources=sources)
    assert expected[0].any() or expected[2].any()
    assert_same(result(threads, chunks, shape=shape, sources=sources), expected)


def test_more_threads_than_cores_finish():
    assert_same(result(16), result(1))


def test_parts_that_follow_each_other_directly_share_a_fork():
    walkers, mixer = loop(sources=2)
    walkers.run(RunSteps(1), config(2))
    network = walkers.runtime.executable.network
    lines = [line.split(maxsplit=1)[1] for line in dump_program(network).splitlines()]
    kinds = [line.split()[0] for line in lines]
    # Mixers send, sums and walkers follow; then the spikes are gathered, then mixers receive.
    assert kinds.count("fork") == 2
    assert kinds[0] == "fork" and "gather" in lines[kinds.index("fork", 1) - 1]
    walkers.stop()


def test_var_access_between_runs_sees_and_changes_the_divided_state():
    def run(threads):
        walkers, _ = loop()
        walkers.run(RunSteps(10), config(threads))
        walkers.drift.set(np.array([0.5]))
        walkers.place.set(np.arange(40.0), slice(None))
        walkers.run(RunSteps(10), config(threads))
        found = [walkers.place.get(), walkers.steps.get(), walkers.drift.get()]
        walkers.stop()
        return found

    assert_same(run(3), run(1))


class Watcher(AbstractProcess):
    """Adds up what it reads of the walkers' places, in every step."""

    def __init__(self, n: int):
        super().__init__()
        self.ref = RefPort((n,))
        self.sum = Var((n,), init=0)


@implements(proc=Watcher, protocol=LoihiProtocol)
class WatcherModel(PyLoihiProcessModel):
    ref: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, float)
    sum: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        self.sum[:] += self.ref.read()


def test_ref_ports_read_the_state_of_this_step():
    def run(threads):
        walkers, _ = loop()
        watcher = Watcher(40)
        watcher.ref.connect_var(walkers.place)
        walkers.run(RunSteps(20), config(threads))
        found = [watcher.sum.get()]
        walkers.stop()
        return found

    assert_same(run(2), run(1))


# --- errors ---------------------------------------------------------------------------


@pytest.mark.parametrize("element", [0, 39], ids=["own part", "a helper's part"])
def test_an_error_in_any_thread_arrives(element):
    walkers, _ = loop()
    walkers.run(RunSteps(2), config(2))
    place = walkers.place.get()
    place[element] = 2 * LIMIT
    walkers.place.set(place)
    with pytest.raises(ValueError, match="edge of the world") as caught:
        walkers.run(RunSteps(5), config(2))
    notes = "\n".join(caught.value.__notes__)
    assert walkers.name in notes and "run_spk" in notes and "time step 3" in notes
    with pytest.raises(RuntimeError, match="cannot be run again"):
        walkers.run(RunSteps(1), config(2))


class Summing(Walkers):
    """Assigns a number that depends on the elements of a thread."""


@implements(proc=Summing, protocol=LoihiProtocol)
class SummingModel(AbstractWalkersModel):
    elementwise = True

    def run_spk(self):
        self.a_in.recv()
        for i in range(self.place.size):
            self.place[i] += self.rng.uniform(i)
            self.drift += self.place[i]
        self.s_out.send(self.s_out.buffer())


def test_a_broken_promise_is_an_error():
    summing = Summing()
    with pytest.raises(RuntimeError, match=r"SummingModel says.*self\.drift"):
        summing.run(RunSteps(3), config(2))


class Heir(Walkers):
    """Its model inherits from one that can be divided, but makes no promise itself."""


@implements(proc=Heir, protocol=LoihiProtocol)
class HeirModel(AbstractWalkersModel):
    pass


class Pausing(Walkers):
    """Pauses from inside."""


@implements(proc=Pausing, protocol=LoihiProtocol)
class PausingModel(AbstractWalkersModel):
    elementwise = True

    def run_spk(self):
        self.a_in.recv()
        self.s_out.send(self.s_out.buffer())
        if self.time_step == 3:
            self._req_pause = True


class Managing(Walkers):
    """Acts in another phase, too."""


@implements(proc=Managing, protocol=LoihiProtocol)
class ManagingModel(AbstractWalkersModel):
    elementwise = True

    def post_guard(self):
        return self.time_step % 2 == 0

    def run_post_mgmt(self):
        self.drift += 0.25


@pytest.mark.parametrize(
    ("process", "reason"),
    [(Pausing, "pause or a stop"), (Managing, "other phases"), (Walkers, "one element")],
)
def test_what_cannot_be_divided_runs_undivided_and_says_why(process, reason):
    def run(threads):
        one = process((1,) if process is Walkers else (40,))
        one.run(RunSteps(9), config(threads))
        network, found = one.runtime.executable.network, [one.place.get(), one.drift.get()]
        if threads > 1:
            assert not network.division.names
            assert reason in str(one.explain())
        one.stop()
        return found

    assert_same(run(2), run(1))


def test_a_promise_is_not_inherited():
    heir = Heir()
    heir.run(RunSteps(3), config(2))
    division = heir.runtime.executable.network.division
    assert not division.names and not division.reasons
    heir.stop()


@pytest.mark.parametrize("threads", [0, -1, 65, 1.5, "2", True])
def test_a_number_of_threads_that_cannot_be(threads):
    with pytest.raises(ValueError, match=r"threads must be a whole number from 1 to 64, got"):
        Loihi2SimCfg(threads=threads)


def test_the_environment_chooses_the_number_of_threads(monkeypatch):
    monkeypatch.setenv("LAVAJIT_THREADS", "3")
    walkers, _ = loop()
    walkers.run(RunSteps(1), config(None))
    assert walkers.runtime.executable.network.division.shards == 3
    walkers.stop()
    monkeypatch.setenv("LAVAJIT_THREADS", "many")
    with pytest.raises(ValueError, match="LAVAJIT_THREADS must be a whole number"):
        loop()[0].run(RunSteps(1), config(None))


# --- run control ----------------------------------------------------------------------


def test_pause_and_stop_of_a_background_run():
    walkers, _ = loop()
    walkers.run(RunContinuous(), config(2))
    walkers.pause()
    first = walkers.runtime.time_step
    assert first > 0
    walkers.run(RunSteps(7), config(2))
    assert walkers.runtime.time_step == first + 7
    assert walkers.steps.get()[0] == first + 7
    walkers.run(RunContinuous(), config(2))
    walkers.stop()


def test_threads_end_with_their_network():
    def helpers():
        return [t for t in threading.enumerate() if t.name.startswith("lavajit shard")]

    import gc
    import time

    before = len(helpers())
    result(4)
    for _ in range(200):
        gc.collect()
        if len(helpers()) <= before:
            return
        time.sleep(0.01)
    raise AssertionError(f"{len(helpers())} threads, {before} before")


def test_a_forked_process_makes_threads_of_its_own():
    code = """
        import os, sys
        import numpy as np
        from lavajit import LIF, Loihi2SimCfg, RunSteps
        lif = LIF(shape=(50,), bias_mant=1, vth=1e9)
        cfg = Loihi2SimCfg(select_tag="floating_pt", threads=2)
        lif.run(RunSteps(10), cfg)
        child = os.fork()
        lif.run(RunSteps(10), cfg)
        value = lif.v.get().sum()
        if child == 0:
            os._exit(int(value == 0))
        _, status = os.waitpid(child, 0)
        print(status, value)
    """
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == "0", done.stdout


def test_small_networks_stay_on_one_thread_and_large_ones_do_not(monkeypatch):
    monkeypatch.delenv("LAVAJIT_THREADS", raising=False)
    monkeypatch.setattr("lavajit.compiler.division.usable_cores", lambda: 4)
    for size, expected in ((100, 1), (100_000, 4)):
        lif = LIF(shape=(size,))
        lif.run(RunSteps(1), Loihi2SimCfg(select_tag="floating_pt"))
        assert lif.runtime.executable.network.division.shards == expected
        lif.stop()


@settings(max_examples=200, derandomize=True)
@given(length=st.integers(0, 10_000), shards=st.integers(1, 64))
def test_shards_cover_everything_evenly(length, shards):
    bounds = shard_bounds(length, shards)
    sizes = np.diff(bounds)
    assert bounds[0] == 0 and bounds[-1] == length
    assert sizes.max() - sizes.min() <= 1


def test_undivided_neighbours_see_whole_messages():
    def run(threads):
        rng = np.random.default_rng(1)
        lif = LIF(shape=(30,), bias_mant=rng.uniform(0, 0.5, 30), vth=1.0)
        dense = Dense(weights=rng.normal(size=(20, 30)))
        after = LIF(shape=(20,), vth=2.0)
        lif.s_out.connect(dense.s_in)
        dense.a_out.connect(after.a_in)
        lif.run(RunSteps(60), Loihi2SimCfg(select_tag="floating_pt", threads=threads))
        found = [after.v.get(), after.u.get(), lif.v.get()]
        lif.stop()
        return found

    assert_same(run(4), run(1))
