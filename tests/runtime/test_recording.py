"""Recording a run: which steps and elements, in memory and on disk, without changing a number."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
from helpers.monitored import Mixed
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from small_networks import Clock, Ramp, Relay, run, wait_until

from lavajit import (
    LIF,
    Dense,
    Loihi2SimCfg,
    PairwiseBernoulli,
    PoissonInput,
    Probe,
    Projection,
    Result,
    RunContinuous,
    RunSteps,
    SinkRingBuffer,
    Sparse,
)
from lavajit.runtime import recording, tracks
from lavajit.runtime.watch import RunEndedEarly

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("ctrl_c_raises")]


@pytest.fixture
def pair():
    """Two layers that spike, with graded messages between them."""
    rng = np.random.default_rng(3)
    first = LIF(shape=(30,), bias_mant=rng.integers(1, 90, 30), vth=3, du=4095, name="first")
    dense = Dense(weights=rng.integers(-9, 12, (20, 30)), name="dense")
    second = LIF(shape=(20,), vth=9, du=900, dv=300, name="second")
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    first.create_runtime(Loihi2SimCfg(select_tag="fixed_pt"))
    yield first, dense, second
    first.stop()


def rows_of(process, member, steps: int) -> np.ndarray:
    """What step-by-step reading gives."""
    rows = []
    for _ in range(steps):
        process.run(RunSteps(1))
        rows.append(member.get())
    return np.array(rows)


def test_records_of_vars_equal_reading_between_steps(pair):
    first, dense, second = pair
    first.run(RunSteps(4))
    state = first.snapshot()
    expected = rows_of(first, second.v, 50)
    first.restore(state)
    result = first.run(RunSteps(50), record=[second.v, second.u, first.s_out])
    np.testing.assert_array_equal(result[second.v].values, expected)
    assert result[second.v].values.dtype == np.int32
    assert result[second.v].steps.tolist() == list(range(5, 55))
    assert len(result.spikes(first)) > 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    every=st.integers(1, 9),
    start=st.integers(1, 40),
    length=st.none() | st.integers(0, 60),
    chunks=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_steps_that_are_recorded(every, start, length, chunks):
    stop = None if length is None else start + length
    clock = Clock(shape=(1,))
    run(clock, 0, native=True)
    found = []
    for steps in chunks:
        result = clock.run(RunSteps(steps), record=clock.ticks, every=every, start=start, stop=stop)
        assert result[clock.ticks].values[:, 0].tolist() == result[clock.ticks].steps.tolist()
        found += result[clock.ticks].steps.tolist()
    last = sum(chunks) if stop is None else min(sum(chunks), stop)
    assert found == list(range(start, last + 1, every))


def test_small_buffers_lose_nothing(pair, monkeypatch):
    first, _, second = pair
    whole = first.run(RunSteps(200), record=[first.s_out, second.v])
    monkeypatch.setattr(tracks, "BUFFER_BYTES", 1)
    monkeypatch.setattr(tracks, "MOST_STEPS", 3)
    ramp = Ramp(shape=(5,), slope=3)
    run(ramp, 0, native=True)
    result = ramp.run(RunSteps(100), record=[ramp.out, Probe(ramp.slope)])
    expected = 3 * np.arange(1, 101)[:, None] * np.ones((1, 5), int)
    np.testing.assert_array_equal(result[ramp.out].dense(), expected)
    assert result[ramp.slope].values.shape == (100, 5)
    assert len(whole[second.v]) == 200
    ramp.stop()


def test_chosen_elements_in_any_order(pair):
    first, _, _ = pair
    order = [7, 3, -1]
    result = first.run(
        RunSteps(60),
        record=[first.s_out, Probe(first.v, neurons=order), Probe(first.u, neurons=slice(2, 9, 3))],
    )
    assert result[first.v].chosen.tolist() == [7, 3, 29]
    assert result[first.u].values.shape == (60, 3)
    some = first.run(RunSteps(60), record=[Probe(first.s_out, neurons=order), first.v])
    dense = some[first.s_out].dense()
    assert dense.shape == (60, 3)
    assert some.spikes(first).per_neuron().sum() == dense.sum() > 0
    np.testing.assert_array_equal(some[first.v].values[:, order][dense != 0], 0)  # v is reset


def test_kinds_of_vars_and_messages():
    mixed = Mixed(name="mixed")
    sink = SinkRingBuffer(shape=(2, 2), buffer=5)
    mixed.s_out.connect(sink.a_in)
    mixed.create_runtime(Loihi2SimCfg())
    members = [mixed.total, mixed.plain, mixed.flags, mixed.block, mixed.turned, mixed.after]
    result = mixed.run(RunSteps(5), record=[*members, mixed.s_out])
    assert result["mixed.total"].values[:, 0].tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert result["mixed.plain"].values.dtype == np.int64
    for var in members:
        np.testing.assert_array_equal(result[var].values[-1], var.get(), err_msg=var.name)
        assert result[var].values.dtype == var.get().dtype
    np.testing.assert_array_equal(result[mixed.turned].values[0] + 4, mixed.turned.get())
    np.testing.assert_array_equal(
        result[mixed.s_out].dense(), np.moveaxis(sink.data.get(), -1, 0).astype(bool)
    )
    mixed.stop()


def noisy(threads: int) -> tuple[LIF, PoissonInput]:
    source = PoissonInput(shape=(300,), mean=0.5, name="source")
    projection = Projection((300, 300), PairwiseBernoulli(0.1), weight=2.0, seed=2)
    lif = LIF(shape=(300,), vth=8, du=0.5, dv=0.1, name="lif")
    source.a_out.connect(lif.a_in)
    lif.s_out.connect(projection.s_in)
    projection.a_out.connect(lif.a_in)
    lif.create_runtime(Loihi2SimCfg(seed=4, threads=threads))
    return lif, source


@pytest.mark.slow
def test_recording_changes_no_number_on_any_number_of_threads():
    plain, _ = noisy(1)
    plain.run(RunSteps(200))
    v = plain.v.get()
    plain.stop()
    found = []
    for threads in (1, 2, 4):
        lif, source = noisy(threads)
        result = lif.run(RunSteps(120), record=[lif.s_out, source.a_out, lif.v])
        lif.run(RunSteps(80), record=[Probe(lif.s_out, neurons=range(3))])
        np.testing.assert_array_equal(lif.v.get(), v)
        lif.stop()
        found.append(result)
    for other in found[1:]:
        for name, series in found[0].items():
            values = getattr(series, "neurons", None)
            if values is None:
                np.testing.assert_array_equal(other[name].values, series.values)
            else:
                np.testing.assert_array_equal(other[name].dense(), series.dense())
    assert len(found[0].spikes("lif")) > 100


def test_a_number_of_a_divided_model():
    lif = LIF(shape=(40,), bias_mant=3, vth=100)
    lif.create_runtime(Loihi2SimCfg(threads=2))
    result = lif.run(RunSteps(3), record=[lif.du, lif.bias_mant])
    assert result[lif.bias_mant].values.tolist() == [[3.0] * 40] * 3
    assert result[lif.du].values.shape[0] == 3
    lif.stop()


def test_stored_elements_of_a_sparse_matrix():
    weights = csr_matrix(np.array([[0, 2.0, 0], [1.0, 0, 3.0]]))
    source = LIF(shape=(3,), bias_mant=2.0, vth=3)
    sparse = Sparse(weights=weights, name="sparse")
    source.s_out.connect(sparse.s_in)
    record = source.run(RunSteps(2), Loihi2SimCfg(), record=[sparse.weights])["sparse.weights"]
    matrix = np.zeros(6)
    matrix[record.chosen] = record.values[-1]
    np.testing.assert_array_equal(matrix.reshape(2, 3), weights.toarray())
    with pytest.raises(ValueError, match=r"leave neurons= out"):
        source.run(RunSteps(1), record=sparse.weights, neurons=[0])
    source.stop()


# --- errors -----------------------------------------------------------------------------------


def test_what_cannot_be_recorded_is_said_before_the_first_step(pair):
    first, _, second = pair
    other = LIF(shape=(2,), name="other")
    cases = [
        (dict(record=[other.v]), ValueError, "other.v cannot be recorded: it is not part of"),
        (dict(record=[second.a_in]), TypeError, "record the OutPorts that it is connected to"),
        (dict(record=[first.v, first.v]), ValueError, "names first.v more than once"),
        (dict(record=3), TypeError, "takes Vars and OutPorts"),
        (dict(record=first.v, every=0), ValueError, "every is a number of time steps from 1"),
        (dict(record=first.v, neurons=[30]), ValueError, "go from 30 to 30, but there are 30"),
        (dict(record=first.v, neurons=[1, 1]), ValueError, "more than once"),
        (dict(record=first.v, start=9, stop=8), ValueError, "lies before start"),
        (dict(every=2), ValueError, "every without anything to record"),
        (dict(limit=0), ValueError, "limit is a number of seconds"),
        (dict(recrod=[first.v]), TypeError, "no option 'recrod'; options are record, every"),
    ]
    for options, kind, text in cases:
        with pytest.raises(kind, match=text):
            first.run(RunSteps(5), **options)
    assert first.runtime.time_step == 0


def test_records_that_do_not_fit_into_memory(pair, monkeypatch):
    first, _, _ = pair
    monkeypatch.setattr(recording, "free_memory", lambda: 10**6)
    with pytest.raises(MemoryError, match=r"first\.v alone 0\.1 GB.*every="):
        first.run(RunSteps(10**6), record=[first.v])
    with pytest.warns(UserWarning, match="memory are free"):
        first.run(RunSteps(5000), record=[first.v])


def test_a_disk_that_is_full_ends_the_run_and_closes_the_files(pair, tmp_path, monkeypatch):
    first, _, _ = pair

    def fail(self, chunks):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lavajit.observe.files.FileStore.add", fail)
    with pytest.raises(OSError, match="No space left"):
        first.run(RunSteps(5), record=first.v, to=tmp_path / "run")
    monkeypatch.undo()
    assert first.run(RunSteps(5), record=first.v, to=tmp_path / "other").facts["first"] == 6


def test_equal_networks_have_equal_hashes():
    def hash_of(weight: float) -> str:
        lif, dense = LIF(shape=(3,)), Dense(weights=np.full((3, 3), weight))
        lif.s_out.connect(dense.s_in)
        dense.a_out.connect(lif.a_in)
        result = lif.run(RunSteps(0), Loihi2SimCfg(), record=lif.v)
        lif.stop()
        return result.facts["network"]

    assert hash_of(1.0) == hash_of(1.0) != hash_of(2.0)


# --- ends of a run ----------------------------------------------------------------------------


def test_limit_of_wall_clock_time():
    clock = Clock(name="clock")
    run(clock, 0, native=True)
    result = clock.run(RunSteps(10**13), record=Probe(clock.ticks, every=10**6), limit=0.05)
    assert result.facts["ended"] == "time limit"
    assert result.last == clock.runtime.time_step == clock.ticks.get(0)
    assert clock.run(RunSteps(10**13), limit=0.01) is None
    assert clock.run(RunSteps(2), record=clock.ticks).facts["ended"] == "complete"
    clock.stop()


def test_ctrl_c_returns_what_was_recorded():
    clock = Clock(name="clock")
    run(clock, 0, native=True)

    def act():
        wait_until(lambda: clock.runtime.time_step > 10**6)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=act)
    thread.start()
    with pytest.warns(RunEndedEarly, match=r"interrupted after time step .* goes on from there"):
        result = clock.run(RunSteps(10**12), record=Probe(clock.ticks, every=10**5))
    thread.join()
    assert result.facts["ended"] == "interrupted"
    assert result.last - 10**5 < result[clock.ticks].steps[-1] <= result.last
    after = clock.run(RunSteps(5), record=clock.ticks)
    assert after.first == result.last + 1
    both = result + after
    assert (both.first, both.last, both.facts["ended"]) == (1, after.last, "complete")
    np.testing.assert_array_equal(both[clock.ticks].values[:, 0], both[clock.ticks].steps)
    clock.stop()


def test_a_run_in_the_background_fills_its_result():
    clock = Clock(name="clock")
    run(clock, 0, native=True)
    result = clock.run(RunContinuous(), record=Probe(clock.ticks, every=10**4))
    wait_until(lambda: clock.runtime.time_step > 10**5)
    clock.pause()
    assert result.facts["ended"] == "paused"
    steps = result[clock.ticks].steps
    np.testing.assert_array_equal(result[clock.ticks].values[:, 0], steps)
    assert steps[-1] + 10**4 > result.last >= steps[-1]
    assert clock.runtime.result is result
    clock.stop()


def test_a_failing_model_leaves_its_records():
    ramp, relay = Ramp(shape=(2,), name="ramp"), Relay(shape=(2,), name="relay")
    ramp.out.connect(relay.inp)

    def fail(done, total):
        raise LookupError("no terminal")

    ramp.create_runtime(Loihi2SimCfg())
    with pytest.raises(LookupError):
        ramp.run(RunSteps(10**6), record=relay.out, progress=fail)
    result = ramp.runtime.result
    assert result.facts["ended"] == "failed"
    assert result[relay.out].recorded[-1] == result.last == ramp.runtime.time_step
    ramp.stop()


# --- on disk ----------------------------------------------------------------------------------


def test_to_a_folder_and_on(pair, tmp_path):
    first, _, second = pair
    folder = tmp_path / "run"
    probes = [first.s_out, Probe(second.v, every=2), second.s_out]
    one = first.run(RunSteps(100), record=probes, to=folder)
    two = first.run(RunSteps(100), record=probes, to=folder)
    assert two.first == 1 and two.last == 200
    loaded = Result.load(folder)
    assert loaded.facts == two.facts
    assert [repr(s) for s in loaded.values()] == [repr(s) for s in two.values()]
    assert loaded["second.v"].steps.tolist() == list(range(1, 201, 2))
    np.testing.assert_array_equal(two.spikes(first).neurons, loaded.spikes("first").neurons)
    assert len(one) == 3
    with pytest.raises(FileExistsError, match="of other Vars"):
        first.run(RunSteps(5), record=first.v, to=folder)
    assert Result.load(folder).last == 200


KILLED = """
    import numpy as np
    from lavajit import LIF, Loihi2SimCfg, RunSteps
    lif = LIF(shape=(50,), bias_mant=np.arange(1, 51), vth=40, name="lif")
    print("begin", flush=True)
    lif.run(RunSteps(10**12), Loihi2SimCfg(), record=[lif.s_out], to={folder!r})
"""


@pytest.mark.slow
def test_kill_leaves_everything_up_to_the_last_chunk(tmp_path):
    folder = tmp_path / "killed"
    program = textwrap.dedent(KILLED).format(folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    process.stdout.readline()
    chunks = folder / "chunks"
    wait_until(lambda: chunks.is_file() and chunks.stat().st_size > 200)
    while_running = Result.load(folder)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    killed = Result.load(folder)
    assert killed.facts["ended"] == "running"
    spikes = killed.spikes("lif")
    assert len(spikes) >= len(while_running.spikes("lif")) > 0
    assert killed.last == spikes.recorded[-1]
    np.testing.assert_array_equal(spikes.recorded, np.arange(1, killed.last + 1))
    again = LIF(shape=(50,), bias_mant=np.arange(1, 51), vth=40, name="lif")
    steps = min(killed.last, 2000)
    expected = again.run(RunSteps(steps), Loihi2SimCfg(), record=again.s_out).spikes()
    np.testing.assert_array_equal(spikes.neurons[: len(expected)], expected.neurons)
    again.stop()
