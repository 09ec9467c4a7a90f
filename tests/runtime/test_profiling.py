"""Profiles: exact counts, shares that add up, and not a number of the simulation changed."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from small_networks import Clock, Ramp, Relay, Store, chain

from lavajit import (
    CPU,
    LIF,
    AbstractProcess,
    Dense,
    FixedIndegree,
    InPort,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    Projection,
    PyInPort,
    PyLoihiProcessModel,
    RunContinuous,
    RunSteps,
    Sparse,
    Var,
    implements,
    requires,
)
from lavajit.compiler.work import CALL, END
from lavajit.runtime.profiling.profile import Profile, ProfileRow
from lavajit.runtime.profiling.run import Profiler
from lavajit.runtime.profiling.script import profile_script
from lavajit.runtime.profiling.walks import Walks
from lavajit.runtime.table import OPERATION, new_table

FLOAT = Loihi2SimCfg(select_tag="floating_pt", threads=1)


def pair(threads: int = 1, n: int = 30) -> tuple[LIF, Dense, LIF]:
    """Two layers that spike, the second one with feedback onto the first."""
    rng = np.random.default_rng(3)
    first = LIF(shape=(n,), bias_mant=rng.uniform(0, 0.5, n), vth=1.0, name="first")
    there = Dense(weights=rng.normal(size=(20, n)), name="there")
    second = LIF(shape=(20,), vth=2.0, dv=0.1, name="second")
    back = Dense(weights=rng.normal(size=(n, 20)), name="back")
    first.s_out.connect(there.s_in)
    there.a_out.connect(second.a_in)
    second.s_out.connect(back.s_in)
    back.a_out.connect(first.a_in)
    first.create_runtime(Loihi2SimCfg(select_tag="floating_pt", threads=threads))
    return first, there, second


@pytest.mark.parametrize("threads", [1, 3])
def test_a_profile_changes_no_number(threads):
    records, states = [], []
    for profile in (False, True):
        first, there, second = pair(threads)
        one = first.run(RunSteps(700), record=[second.s_out, first.v], profile=profile)
        first.run(RunSteps(60), profile=profile)
        records.append((one.spikes(second).dense(), one[first.v].values))
        states.append([v.get() for v in (first.u, first.v, second.v, there.a_buff)])
        assert (one.profile is None) != profile
        first.stop()
    assert records[0][0].any()
    for a, b in zip(records[0] + tuple(states[0]), records[1] + tuple(states[1]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_counts_are_exact_and_shares_add_up():
    first, _, _ = pair()
    profile = first.run(RunSteps(3000), profile=True).profile
    assert profile.steps == 3000
    assert sum(row.share for row in profile.rows) == pytest.approx(1)
    assert sum(one.share for one in profile.processes) == pytest.approx(1)
    assert sum(row.seconds for row in profile.rows) == pytest.approx(profile.seconds)
    assert profile.rows == sorted(profile.rows, key=lambda row: -row.seconds)
    kernels = [row for row in profile.rows if row.model]
    assert {row.process for row in kernels} == {"first", "there", "second", "back"}
    assert all(row.calls == 3000 and row.tier == "native" for row in kernels)
    assert all(row.phase == "spiking" and row.seconds >= 0 for row in kernels)
    assert profile["second", "run_spk"].neurons == 20
    assert profile["second", "run_spk"].ns_per_neuron > 0
    assert profile.memory["there"] > 8 * 20 * 30
    assert profile.crossings == []
    first.stop()


def test_a_result_of_a_profile_alone_has_no_records():
    first, _, _ = pair()
    result = first.run(RunSteps(10), profile=True)
    assert len(result) == 0 and (result.first, result.last) == (1, 10)
    assert first.run(RunSteps(10)) is None
    assert first.run(RunSteps(0), profile=True).profile.steps == 0
    with pytest.raises(ValueError, match="profile is True or False"):
        first.run(RunSteps(1), profile=1)
    first.stop()


def test_records_are_rows_of_the_profile():
    first, _, _ = pair()
    profile = first.run(RunSteps(50), record=[first.v], profile=True).profile
    assert profile["(recording)", "first.v"].calls == 50
    first.stop()


def test_more_work_takes_a_larger_share():
    small, large = LIF(shape=(1,), name="small"), LIF(shape=(40_000,), name="large")
    dense = Dense(weights=np.ones((40_000, 1)), name="dense")
    small.s_out.connect(dense.s_in)
    dense.a_out.connect(large.a_in)
    profile = small.run(RunSteps(300), FLOAT, profile=True).profile
    assert profile["large", "run_spk"].seconds > 5 * profile["small", "run_spk"].seconds
    small.stop()


@pytest.mark.parametrize("connection", ["dense", "sparse"])
def test_synaptic_events(connection):
    """All neurons spike in every step; the first burst, of one step, is not counted."""
    weights = np.arange(1.0, 13.0).reshape(3, 4)
    weights[0] = 0
    is_dense = connection == "dense"
    chosen = Dense(weights=weights) if is_dense else Sparse(weights=csr_matrix(weights))
    source = LIF(shape=(4,), bias_mant=2.0, vth=1.0)
    source.s_out.connect(chosen.s_in)
    profile = source.run(RunSteps(2000), FLOAT, profile=True).profile
    synapses = weights.size if is_dense else np.count_nonzero(weights)
    assert profile[chosen.name, "run_spk"].events == pytest.approx(synapses * 1999, rel=2e-3)
    (one,) = [one for one in profile.processes if one.process == chosen.name]
    assert one.ns_per_event > 0 and one.neurons is None
    source.stop()


@pytest.mark.slow  # kernels of Projection
def test_projections_count_their_synapses_per_source():
    projection = Projection((6, 5), FixedIndegree(2), weight=1.0, seed=1)
    source = LIF(shape=(5,), bias_mant=2.0, vth=1.0)
    source.s_out.connect(projection.s_in)
    source.run(RunSteps(2), FLOAT)
    network = projection.runtime.executable.network
    node = network.graph.by_process[id(projection)]
    found = network.instances[node.index].model.count_synapses()["s_in"]
    assert found.shape == (5,) and found.sum() == 12
    source.stop()


class Fan(AbstractProcess):
    """A connection that does not ask for a list of spikes."""

    def __init__(self, **params):
        super().__init__(**params)
        self.inp = InPort((4,))


@implements(proc=Fan, protocol=LoihiProtocol)
@requires(CPU)
class FanModel(PyLoihiProcessModel):
    inp: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int64)

    def count_synapses(self):
        return {"inp": np.array([1, 10, 100, 1000])}

    def run_spk(self):
        self.inp.recv()


def test_events_of_a_model_of_ones_own():
    ramp, fan = Ramp((4,), np.array([0, 1, 0, -1]), name="ramp"), Fan(name="fan")
    ramp.out.connect(fan.inp)
    ramp.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
    profile = ramp.run(RunSteps(500), profile=True).profile
    assert profile["fan", "run_spk"].events == pytest.approx(1010 * 499, rel=5e-3)
    ramp.stop()


def test_divided_rows_have_a_balance():
    first, _, _ = pair(threads=3)
    profile = first.run(RunSteps(300), profile=True).profile
    row = profile["first", "run_spk"]
    assert row.threads == 3 and 0 < row.balance <= 1 and row.calls == 300
    assert "3 threads" in profile.to_text()
    first.stop()


def test_python_rows_are_crossings_with_a_reason():
    last = chain(Ramp(name="ramp"), Relay(name="relay"), Store(name="store"))
    last.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
    profile = last.run(RunSteps(40), profile=True).profile
    assert [row.calls for row in profile.crossings] == [40, 40, 40]
    assert all(row.tier == "Python" and row.because for row in profile.crossings)
    assert "Left the step loop for Python" in profile.to_text()
    assert sum(one.crossings for one in profile.processes) == 120
    last.stop()


class Learner(AbstractProcess):
    """Learns in every fourth step."""

    def __init__(self, **params):
        super().__init__(**params)
        self.learned = Var((1,), init=0)


@implements(proc=Learner, protocol=LoihiProtocol)
@requires(CPU)
class LearnerModel(PyLoihiProcessModel):
    learned: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def lrn_guard(self):
        return self.time_step % 4 == 0

    def run_lrn(self):
        self.learned += 1


@pytest.mark.parametrize("native", [False, True])
def test_phases_are_counted_where_they_are_entered(native):
    learner = Learner(name="learner")
    learner.create_runtime(Loihi2SimCfg(), compile_config={"native": native})
    for steps, calls in ((90, 22), (10, 3)):
        profile = learner.run(RunSteps(steps), profile=True).profile
        row = profile["learner", "run_lrn"]
        assert (row.calls, row.phase) == (calls, "learning")
        assert row.tier == ("native" if native else "Python")
    assert learner.learned.get() == 25
    learner.stop()


class Broken(AbstractProcess):
    """Fails in step 5."""


@implements(proc=Broken, protocol=LoihiProtocol)
@requires(CPU)
class BrokenModel(PyLoihiProcessModel):
    def run_spk(self):
        if self.time_step == 5:
            raise RuntimeError("on purpose")


def test_errors_name_the_same_place():
    notes = []
    for profile in (False, True):
        broken = Broken(name="broken")
        broken.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
        with pytest.raises(RuntimeError) as caught:
            broken.run(RunSteps(9), profile=profile)
        notes.append(caught.value.__notes__)
    assert notes[0] == notes[1]
    assert "'broken'.run_spk" in notes[0][0]


def test_a_run_in_a_thread_has_its_profile_at_the_end():
    clock = Clock(name="clock")
    clock.create_runtime(Loihi2SimCfg(), compile_config={"native": False})
    result = clock.run(RunContinuous(), profile=True)
    while not clock.ticks.get()[0]:
        pass
    clock.pause()
    assert result.profile["clock", "run_spk"].calls == clock.ticks.get()[0]
    clock.stop()


# --- the object -----------------------------------------------------------------------


def row(process: str = "lif", kernel: str = "run_spk", **options) -> ProfileRow:
    fields = {"model": "M", "phase": "spiking", "tier": "native", "calls": 10, "seconds": 1.0}
    return ProfileRow(process, kernel=kernel, **fields | options)


def test_runs_are_put_together():
    first = Profile([row(events=4.0), row("dense", seconds=3.0)], {"lif": 10}, steps=10)
    second = Profile([row(calls=20)], {"lif": 10}, steps=20)
    both = Profile.combined([first, second])
    assert (both.steps, both.seconds, both.memory) == (30, 5.0, {"lif": 10})
    assert [(one.process, one.calls, one.share) for one in both.rows] == [
        ("dense", 10, 0.6),
        ("lif", 30, 0.4),
    ]
    assert both["lif", "run_spk"].events == 4.0
    with pytest.raises(KeyError, match="no .process, kernel. of this profile"):
        both["lif", "run_lrn"]


def test_a_profile_can_be_sent_to_another_process():
    first, _, _ = pair()
    profile = first.run(RunSteps(10), profile=True).profile
    again = pickle.loads(pickle.dumps(profile))
    assert again.rows == profile.rows and again.to_text() == profile.to_text()
    first.stop()


def test_calls_interrupted_by_the_system_are_left_out():
    table = new_table(3)
    table[:, OPERATION] = CALL, CALL, END
    walks = Walks(table)
    profiler = Profiler(None, walks, 1, SimpleNamespace(totals={}))
    profiler._cycles_per_second = lambda: 1e9
    raw = np.zeros((len(walks.slots), 3), np.int64)
    first, second = walks.slots_of[0][0], walks.slots_of[1][0]
    kept = []
    for _ in range(9):
        raw[first] = 31 * 100 + 50_000, 32, 50_000
        raw[second] = 32 * 100, 32, 150
        changed = raw.copy()
        profiler._bursts += 1
        profiler._leave_out_pauses(changed)
        assert changed[second].tolist() == raw[second].tolist()
        kept.append(int(changed[first, 0]))
    assert kept[0] == 3200 and kept[-1] == raw[first, 0]  # in every burst: it belongs to the kernel


def test_what_is_not_known_stays_empty():
    plain = row()
    assert (plain.ns_per_neuron, plain.ns_per_event) == (None, None)
    assert row(calls=0).ns_per_call is None
    assert row(kernel="run_spk[0:1]", events=5.0).ns_per_event is None
    assert row(neurons=100).ns_per_neuron == 1e6


def test_text_is_cut_and_leaves_out_empty_columns():
    profile = Profile([row(f"lif{k}") for k in range(9)], {}, steps=10)
    text = profile.to_text(rows=4)
    assert "... and 5 more" in text and "ns/event" not in text
    assert repr(profile) == profile.to_text()
    assert text.splitlines()[0].startswith("Profile of 10 steps: 9 s, 900 ms per step")


def test_data_frame():
    pytest.importorskip("pandas")
    frame = Profile([row(neurons=2)], {}, steps=10).to_pandas()
    assert frame.loc[0, "ns_per_neuron"] == 5e7 and frame.loc[0, "process"] == "lif"


def test_picture():
    figure = pytest.importorskip("matplotlib.figure").Figure()
    ax = figure.add_subplot()
    rows = [row(neurons=3), row("dense", events=1.0), row("py", tier="Python"), row("x" * 90)]
    profile = Profile([*rows, row("(step loop)", model="")], {}, steps=10)
    assert profile.plot(ax, rows=3) is ax
    assert len(ax.get_yticklabels()) == 4
    with pytest.raises(ValueError, match="no time to show"):
        Profile([], {}, steps=0).plot(ax)


SCRIPT = """
from small_networks import Clock
from lavajit import Loihi2SimCfg, RunSteps

clock = Clock(name="clock")
for _ in range(40):
    assert clock.run(RunSteps(2), Loihi2SimCfg(), {"native": False}) is None
result = clock.run(RunSteps(1), record=[clock.ticks])
assert len(result) == 1
clock.stop()
"""


def test_a_script(tmp_path, capsys):
    path, picture = tmp_path / "program.py", tmp_path / "profile.png"
    path.write_text(SCRIPT)
    profile_script(str(path), [], output=str(picture))
    text = capsys.readouterr().out
    assert "Network 1 of 1, of clock; runs: 41" in text
    assert "Profile of 81 steps" in text
    assert picture.stat().st_size > 0
    path.write_text("")
    profile_script(str(path), [])
    assert capsys.readouterr().out == "program.py does not run a network.\n"
