"""What hangs, crashes or silently loses data in Lava; each case has a hard time limit here."""

import subprocess
import sys

import numpy as np
import pytest
from hurt_models import (
    AsyncOwner,
    Deaf,
    Noise,
    NoProtocol,
    NoRunAsync,
    Occasional,
    Passive,
    Refuser,
    Scalars,
    Selective,
    SpikeReader,
)
from small_networks import Clock, Ramp, Relay, Store, chain, run
from trace_models import Phases

from lavajit import Loihi2SimCfg, RunContinuous, RunSteps
from lavajit.compiler.exceptions import DeadlockError

pytestmark = pytest.mark.timeout(20)


# --- get and set ----------------------------------------------------------------------


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_scalar_vars_keep_their_type(native):
    p = Scalars()
    run(p, 2, native)
    assert p.real.get().tolist() == [2.5]
    assert p.whole.get().tolist() == [5]
    p.real.set(4)
    p.whole.set(np.array([7]))
    run(p, 1, native)
    assert (p.real.get().dtype, p.real.get().tolist()) == (np.float64, [4.5])
    assert (p.whole.get().dtype, p.whole.get().tolist()) == (np.int64, [8])


@pytest.mark.parametrize(
    "value, message",
    [
        ([1, 2], r"got shape \(2,\), expected \(3,\)"),
        ([1, 2, 3, 4], r"got shape \(4,\), expected \(3,\)"),
        ("abc", "holds numbers, got str"),
        (None, "holds numbers, got NoneType"),
        ([1, [2, 3]], "cannot make an array"),
    ],
)
def test_bad_set_changes_nothing(value, message):
    p = Scalars()
    run(p, 1)
    with pytest.raises(ValueError, match=f"'array' of Scalars.*{message}"):
        p.array.set(value)
    assert p.array.get().tolist() == [7, 7, 7]
    p.array.set([1, 2, 3])
    p.array.set(4, 0)
    assert p.array.get().tolist() == [4, 2, 3]
    run(p, 1)


def test_strings_of_any_length():
    p = Scalars()
    run(p, 1)
    for text in ("a", "longer than before", ""):
        p.text.set(text)
        assert p.text.get() == text
    with pytest.raises(ValueError, match="holds a string"):
        p.text.set(5)


def test_index_is_numpy_indexing():
    p = Scalars()
    run(p, 1)
    p.array.set([50, 60, 70], [2, 1, 0])
    assert p.array.get().tolist() == [70, 60, 50]
    assert p.array.get(0) == 70
    assert p.array.get(np.array([1, 2])).tolist() == [60, 50]
    p.array.set([1, 2], slice(1, None))
    assert p.array.get().tolist() == [70, 1, 2]
    with pytest.raises(IndexError, match="shape"):
        p.array.set(1, 3)
    with pytest.raises(ValueError, match="expected"):
        p.array.set([1, 2, 3], slice(0, 2))


def test_exception_in_on_var_update_arrives_in_set():
    p = Refuser()
    run(p, 1)
    with pytest.raises(LookupError, match="must not be negative"):
        p.v.set([-1, 2])
    p.v.set([3, 4])
    assert p.v.get().tolist() == [3, 4]
    p.stop()


def test_get_and_set_while_running():
    p = Clock()
    run(p, RunContinuous())
    try:
        a, b = p.ticks.get()
        assert a == b
        p.ticks.set([-(10**9), -(10**9)])
        assert p.ticks.get(0) < 0
    finally:
        p.stop()


# --- models ---------------------------------------------------------------------------


def test_loihi_model_without_protocol_runs():
    p = NoProtocol()
    run(p, 3)
    assert p.proc_params["steps"] == 3


def test_missing_run_async():
    with pytest.raises(NotImplementedError, match="NoRunAsyncModel .*run_async"):
        run(NoRunAsync(), 1)


def test_interpreter_ends_after_build_error(tmp_path):
    script = tmp_path / "bad.py"
    script.write_text(
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from small_networks import Clock, run\n"
        "run(Clock(ticks=[1, 2, 3]), 1)\n"
    )
    tests = __file__.rpartition("/runtime/")[0]
    done = subprocess.run(
        [sys.executable, script, tests], capture_output=True, text=True, timeout=15
    )
    assert done.returncode == 1
    assert "does not broadcast" in done.stderr


def test_chain_of_thousand_processes():
    ramp, store = Ramp(), Store()
    chain(ramp, *(Relay(gain=1) for _ in range(1100)), store)
    run(ramp, 2)
    assert store.received(2) == [1101, 1102]


def test_independent_random_streams():
    a, b, c = Noise(), Noise(), Noise()
    for p in (a, b):
        p.run(RunSteps(1), Loihi2SimCfg(seed=3), {"native": False})
    c.run(RunSteps(1), Loihi2SimCfg(seed=4), {"native": False})
    assert a.v.get().tolist() == b.v.get().tolist()
    assert not np.isclose(a.v.get(), c.v.get()).any()
    assert len(set(a.v.get())) == 8


# --- run control ----------------------------------------------------------------------


def test_blocking_run_after_user_pause():
    p = Clock()
    run(p, RunContinuous())
    p.pause()
    p.pause()
    before = int(p.ticks.get(0))
    run(p, 5)
    assert p.ticks.get(0) == before + 5


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_pause_request_in_the_last_step(native):
    p = Phases(pause_at=3)
    run(p, 3, native)
    run(p, 2, native)
    assert p.last.get(0) == 5


def test_run_after_stop():
    p = Clock()
    run(p, 1)
    p.stop()
    p.stop()
    with pytest.raises(RuntimeError, match="has been stopped"):
        run(p, 1)


@pytest.mark.parametrize("steps", [-1, 1.5, "3", True, None])
def test_bad_number_of_steps(steps):
    with pytest.raises(ValueError, match="num_steps must be an int >= 0"):
        RunSteps(steps)


def test_not_a_run_condition():
    p = Clock()
    run(p, 1)
    with pytest.raises(ValueError, match="must be RunSteps or RunContinuous"):
        p.run(5)
    with pytest.raises(ValueError, match="takes RunSteps or RunContinuous"):
        p.runtime.start(5)
    run(p, 1)
    assert p.ticks.get(0) == 2


# --- deadlocks ------------------------------------------------------------------------


def test_ring_in_which_everyone_receives_first():
    a, b = Relay(name="a"), Relay(name="b")
    chain(a, b, a)
    with pytest.raises(DeadlockError, match=r"(?s)'a'.out -> Relay 'b'.inp.*sends before"):
        run(a, 1)


def test_port_that_is_never_received():
    ramp, deaf = Ramp(name="ramp"), Deaf(name="deaf")
    chain(ramp, deaf)
    with pytest.raises(DeadlockError, match=r"Deaf 'deaf' never receives .*'inp' .*'ramp'.out"):
        run(ramp, 100)


def test_conditional_sender_reports_who_waits():
    sender, store = Occasional(), Store(name="store")
    chain(sender, store)
    with pytest.raises(
        DeadlockError, match=r"(?s)waits for a message on .*Occasional.*'store'.inp"
    ):
        run(sender, 1)
    assert not sender.runtime._is_running


def test_selective_receiver_reports_full_buffer():
    ramp, sink = Ramp(), Selective(every=1000)
    chain(ramp, sink)
    with pytest.raises(DeadlockError, match="64 messages wait on Ramp"):
        run(ramp, 100)
    assert ramp.runtime.time_step == 65


def test_bursts_are_legal_if_balanced():
    sender, sink = Occasional(every=2, burst=1), Selective(every=2)
    chain(sender, sink)
    run(sender, 6)
    assert sink.proc_params["seen"] == [(200, 200), (400, 400), (600, 600)]


# --- remote memory --------------------------------------------------------------------


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
def test_ref_port_in_run_spk(native):
    reader, clock = SpikeReader(), Clock(ticks=10)
    reader.ref.connect_var(clock.ticks)
    run(reader, 3, native)
    # A read sees what the target has done in this step, and the own writes before it: these are
    # kept until then, since no phase asks for management.
    assert reader.seen.get()[:3].tolist() == [11, 11 + 39, 11 + 2 * 39]
    assert clock.ticks.get(0) == 11 + 3 * 39


def test_ref_port_to_async_process():
    reader, owner = SpikeReader(), AsyncOwner()
    reader.ref.connect_var(owner.n)
    run(reader, 3)
    assert reader.seen.get()[:3].min() >= 0


def test_ref_port_to_scalar_var_and_in_place_writes():
    one, two, target = SpikeReader((1,)), SpikeReader(), Passive()
    one.ref.connect_var(target.number)
    two.ref.connect(target.port)
    run(one, 1)
    assert one.seen.get(0) == 5
    assert target.number.get().tolist() == [5 + 39]
    run(one, 1)
    assert target.proc_params.get("same")
    assert target.proc_params.get("dtype") == np.int32


def test_two_ref_ports_on_one_var_port():
    one, two, target = SpikeReader(), SpikeReader(), Passive()
    one.ref.connect(target.port)
    two.ref.connect(target.port)
    run(one, 2)
    assert one.seen.get()[:2].tolist() == two.seen.get()[:2].tolist() == [5, 44]


def test_implicit_var_ports_stay_with_their_process():
    run(Clock(), 1)
    reader, clock = SpikeReader(), Clock()
    reader.ref.connect_var(clock.ticks)
    run(reader, 1)
    assert not [name for name in dir(Clock) if "implicit" in name]
    other = Clock()
    assert other.var_ports.is_empty()
