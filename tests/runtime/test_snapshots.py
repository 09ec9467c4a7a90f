"""Process.snapshot and Process.restore: the run goes on to the last bit."""

import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from helpers.saved import SavedNetwork, assert_equal_snapshots, assert_equal_states
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    AbstractProcess,
    DelaySparse,
    Dense,
    InPort,
    LavaPyType,
    LearningDense,
    Loihi2FLearningRule,
    Loihi2SimCfg,
    LoihiProtocol,
    Monitor,
    OutPort,
    PoissonInput,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Snapshot,
    Var,
    implements,
)

STEPS = 12
FLOAT, FIXED = "floating_pt", "fixed_pt"


# --- networks -------------------------------------------------------------------------


def recurrent(connection: Callable[[np.ndarray], AbstractProcess], du=2048, dv=400, vth=9) -> LIF:
    """Neurons that excite and inhibit each other."""
    weights = np.random.default_rng(0).integers(-20, 40, (8, 8))
    lif = LIF(shape=(8,), bias_mant=100 * np.arange(8), du=du, dv=dv, vth=vth)
    links = connection(weights)
    lif.s_out.connect(links.s_in)
    links.a_out.connect(lif.a_in)
    return lif


def delayed(weights: np.ndarray) -> DelaySparse:
    return DelaySparse(weights=weights, delays=np.arange(64).reshape(8, 8) % 5)


def driven() -> LIF:
    """Random input, and a Monitor of what comes of it."""
    lif, monitor = LIF(shape=(6,), du=0.3, dv=0.1, vth=5), Monitor()
    PoissonInput(shape=(6,), mean=2.0).a_out.connect(lif.a_in)
    monitor.probe(lif.v, STEPS)
    monitor.probe(lif.s_out, STEPS)
    return lif


def plastic() -> LearningDense:
    """Weights that change at random."""
    rule = Loihi2FLearningRule(
        dw="2^-2*y0*x1 - 2^-2*x0*y1",
        x1_impulse=16,
        x1_tau=4,
        y1_impulse=16,
        y1_tau=4,
        t_epoch=2,
        rng_seed=3,
    )
    pre, post = (LIF(shape=(n,), bias_mant=np.arange(n) + 2, vth=5) for n in (4, 3))
    connection = LearningDense(weights=np.full((3, 4), 20), learning_rule=rule)
    pre.s_out.connect(connection.s_in)
    connection.a_out.connect(post.a_in)
    post.s_out.connect(connection.s_in_bap)
    return connection


class Last(NamedTuple):
    """What was sent last."""

    number: int
    message: np.ndarray


class Burst(AbstractProcess):
    """Sends in every other step, two messages."""

    def __init__(self) -> None:
        super().__init__()
        self.s_out = OutPort((2,))


@implements(proc=Burst, protocol=LoihiProtocol)
class PyBurstModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.own = np.random.default_rng(1)
        self.sent = []
        self.last = Last(0, np.zeros(2))

    def run_spk(self):
        if self.time_step % 2:
            for _ in range(2):
                message = self.own.integers(0, 9, 2) + self.rng.uniform(0)
                self.sent.append((self.time_step, message))
                self.last = Last(self.last.number + 1, message)
                self.s_out.send(message)


class Taker(AbstractProcess):
    """Takes one message a step, and keeps the last one."""

    def __init__(self) -> None:
        super().__init__()
        self.a_in = InPort((2,))
        self.total = Var((2,), init=0)


@implements(proc=Taker, protocol=LoihiProtocol)
class PyTakerModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    total: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.last = None

    def run_spk(self):
        if self.time_step > 1:
            self.last = self.a_in.recv()
            self.total += self.last * self.time_step


def over_fifos() -> Taker:
    burst, taker = Burst(), Taker()
    burst.s_out.connect(taker.a_in)
    return taker


NETWORKS = {
    "recurrent": (lambda: recurrent(lambda w: Dense(weights=w)), FIXED),
    "recurrent, float": (lambda: recurrent(lambda w: Dense(weights=w / 7), 0.5, 0.1, 500), FLOAT),
    "delays": (lambda: recurrent(delayed), FIXED),
    "random input": (driven, FLOAT),
    "plastic": (plastic, FIXED),
    "messages in FIFOs": (over_fifos, None),
}
SLOW = {"recurrent, float", "delays", "plastic"}
NAMES = [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in NETWORKS]


def network(name: str, threads: int = 1) -> SavedNetwork:
    make, tag = NETWORKS[name]
    return SavedNetwork(make, tag, STEPS, threads)


# --- the run goes on ------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_going_back_and_going_on_elsewhere(name, tmp_path):
    first = network(name).run(STEPS)
    expected, at_end = first.var_values(), first.process.snapshot()
    for step in (0, 1, 5, STEPS):
        one = network(name).run(step)
        state = one.process.snapshot()
        one.run(STEPS - step).restore(state)
        assert_equal_snapshots(one.process.snapshot(), state)
        assert_equal_snapshots(one.run(STEPS - step).process.snapshot(), at_end)
        assert_equal_states(one.var_values(), expected)
        state.save(tmp_path / "state.npz")
        # Before the first run; and in a network that has gone elsewhere.
        other = network(name).restore(tmp_path / "state.npz").run(STEPS - step)
        assert_equal_snapshots(other.process.snapshot(), at_end)
        first.restore(state).run(STEPS - step)
        assert_equal_snapshots(first.process.snapshot(), at_end)
        one.process.stop(), other.process.stop()
    first.process.stop()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(steps=st.lists(st.integers(0, 5), min_size=1, max_size=5), data=st.data())
def test_any_sequence_of_going_on_and_back(steps, data):
    one = network("random input").run(0)
    states = {0: one.process.snapshot()}
    for n in steps:
        one.run(n if one.process.runtime.time_step + n <= STEPS else 0)
        state, now = one.process.snapshot(), one.process.runtime.time_step
        assert_equal_snapshots(state, states.setdefault(now, state))
        one.restore(states[data.draw(st.sampled_from(sorted(states)))])
    one.process.stop()


@pytest.mark.parametrize("name", ["recurrent", "random input"])
def test_threads_and_tiers(name):
    def at_end(states: list, native: bool = True, threads: int = 1) -> Snapshot:
        made = network(name, threads)
        if states:
            made.restore(states[-1])
        steps = STEPS // 3
        made.process.run(RunSteps(steps), made.config, {"native": native})
        state = made.process.snapshot()
        made.process.stop()
        return state

    expected = network(name).run(STEPS)
    states: list[Snapshot] = []
    for options in ({"threads": 1}, {"native": False}, {"threads": 2}):
        states.append(at_end(states, **options))
    assert_equal_snapshots(states[-1], expected.process.snapshot())
    expected.process.stop()


def test_twenty_branches():
    branches = range(20)

    def lif() -> LIF:
        return recurrent(lambda w: Dense(weights=w))

    def final(neurons: LIF, bias: int) -> list:
        neurons.bias_mant.set(50 * bias)
        neurons.run(RunSteps(7))
        return [neurons.v.get().tolist(), neurons.runtime.time_step]

    neurons = lif()
    neurons.run(RunSteps(5), Loihi2SimCfg(select_tag=FIXED))
    state = neurons.snapshot()
    found = []
    for bias in branches:
        neurons.restore(state)
        found.append(final(neurons, bias))
    neurons.stop()
    for bias in (0, 7, 19):
        alone = lif()
        alone.run(RunSteps(5), Loihi2SimCfg(select_tag=FIXED))
        assert final(alone, bias) == found[bias]
        alone.stop()
    assert len({str(one) for one in found}) > 10


@pytest.mark.slow
def test_rules_that_were_set_in_between():
    connection = network("plastic").run(5).process
    state = connection.snapshot()
    connection.run(RunSteps(4))
    expected = connection.weights.get()
    connection.dw.set("2^-1*y0*x1")
    connection.run(RunSteps(4))
    connection.restore(state)
    assert connection.dw.get() != "2^-1*y0*x1"
    connection.run(RunSteps(4))
    np.testing.assert_array_equal(connection.weights.get(), expected)
    connection.stop()


def test_random_numbers_go_on_with_the_seed_of_the_state_or_with_another_one():
    def made(seed: int) -> LIF:
        lif = driven()
        lif.run(RunSteps(0), Loihi2SimCfg(select_tag=FLOAT, seed=seed))
        return lif

    def final(lif: LIF) -> list:
        lif.run(RunSteps(4))
        return lif.v.get().tolist()

    one, two = made(1), made(2)
    one.run(RunSteps(3))
    state = one.snapshot()
    expected = final(one)
    two.restore(state)
    assert final(two) == expected
    one.restore(state, seed=2)
    two.restore(state, seed=2)
    assert final(one) == final(two) != expected
    one.restore(state)
    assert final(one) == expected
    one.stop(), two.stop()


def test_a_snapshot_of_a_run_that_goes_on():
    lif = LIF(shape=(1,), bias_mant=1, vth=1e9)
    lif.run(RunSteps(10**9, blocking=False), Loihi2SimCfg(select_tag=FLOAT))
    state = lif.snapshot()
    with pytest.raises(RuntimeError, match="is running; pause"):
        lif.restore(state)
    lif.pause()
    assert lif.runtime.time_step >= state.time_step
    lif.restore(state)
    assert lif.v.get()[0] == lif.runtime.time_step == state.time_step
    lif.stop()


def test_messages_for_user_code_are_part_of_it():
    class Piped(AbstractProcess):
        def __init__(self) -> None:
            super().__init__()
            self.s_out = OutPort((1,))
            self.s_out.flag_external_pipe()

    @implements(proc=Piped, protocol=LoihiProtocol)
    class PyPipedModel(PyLoihiProcessModel):
        host_methods = ("run_spk",)
        s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

        def run_spk(self):
            self.s_out.send(np.full(1, float(self.time_step)))

    piped = Piped()
    piped.run(RunSteps(3), Loihi2SimCfg())
    state = piped.snapshot()
    received = piped.s_out.external_pipe_csp_recv_port
    for _ in range(2):
        piped.restore(state)
        piped.run(RunSteps(1))
        assert [received.recv()[0] for _ in range(4)] == [1, 2, 3, 4]
        assert not received.probe()
    piped.stop()


SCRIPT = """
import sys
import numpy as np
from lavajit import LIF, DelaySparse, Loihi2SimCfg, PoissonInput, RunSteps

verb, path, steps, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
lif = LIF(shape=(9,), du=0.5, dv=0.1, vth=10)
weights = np.arange(81).reshape(9, 9) % 7
links = DelaySparse(weights=weights, delays=weights % 4)
lif.s_out.connect(links.s_in)
links.a_out.connect(lif.a_in)
PoissonInput(shape=(9,), mean=3.0).a_out.connect(lif.a_in)
if verb == "restore":
    lif.restore(path)
lif.run(RunSteps(steps), Loihi2SimCfg(select_tag="floating_pt", threads=threads))
lif.snapshot().save(path)
lif.stop()
"""


@pytest.mark.slow
def test_in_other_processes_with_other_numbers_of_threads(tmp_path):
    def run(*arguments: object) -> None:
        command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
        subprocess.run(command, check=True, timeout=60)

    run("run", tmp_path / "whole", 30, 1)
    run("run", tmp_path / "parts", 10, 1)
    run("restore", tmp_path / "parts", 11, 2)
    run("restore", tmp_path / "parts", 9, 1)
    # Equal states give equal files.
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
