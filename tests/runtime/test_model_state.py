"""What models hold besides Vars, in Process.save and Process.load."""

import json
from collections import deque

import numpy as np
import pytest

from lavajit import (
    LIF,
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    SinkRingBuffer,
    Var,
    implements,
)
from lavajit.process.archive import HEADER, write_archive
from lavajit.process.state_values import StateFileError


class Keeper(AbstractProcess):
    """Keeps all kinds of data in attributes of its model."""

    def __init__(self, extra=None, **params):
        super().__init__(extra=extra, **params)
        self.total = Var((1,), init=0)


class Helper:
    """An object of a user."""

    def __init__(self):
        self.seen = []


@implements(proc=Keeper, protocol=LoihiProtocol)
class PyKeeperModel(PyLoihiProcessModel):
    """Runs in Python."""

    host_methods = ("run_spk",)
    transient = ("scratch",)

    total: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.count = 0
        self.sums = np.zeros(2)
        self.name = "begin"
        self.history = []
        self.table = {1: "one", ("a", 2.5): None}
        self.rng_own = np.random.default_rng(1)
        self.old_rng = np.random.RandomState(1)
        self.helper = Helper()
        self.parameter = proc_params["extra"]
        self.scratch = iter("abc")

    def run_spk(self):
        self.count += 1
        self.sums += 0.5
        self.name = f"step {self.time_step}"
        self.history.append((self.time_step, np.arange(self.time_step), 1j))
        self.table[self.time_step] = np.float32(0.1)
        self.last = np.int8(self.time_step)
        self.total += int(self.rng_own.integers(1000)) + self.old_rng.randint(1000)
        if self.parameter == "change":
            self.helper.seen.append(1)
        if self.parameter == "new":
            self.fresh = deque()


def run(keeper: Keeper, steps: int) -> Keeper:
    keeper.run(RunSteps(steps), Loihi2SimCfg())
    return keeper


def model_of(process):
    (instance,) = process.runtime.executable.network.instances
    return instance.model


def test_plain_data_of_a_python_model_survives(tmp_path):
    path = tmp_path / "state.npz"
    first, second = run(Keeper(), 3), run(Keeper(), 0)
    first.save(path)
    history = model_of(second).history
    second.load(path)
    assert run(first, 2).total.get() == run(second, 2).total.get()
    one, two = vars(model_of(first)), vars(model_of(second))
    assert two["history"] is history
    for name in ("name", "table", "last"):
        assert one[name] == two[name] and type(one[name]) is type(two[name])
    assert repr(one["history"]) == repr(two["history"]) and len(history) == 5
    assert model_of(second).count == 5 and second.runtime.time_step == 5
    np.testing.assert_array_equal(model_of(second).sums, [2.5, 2.5])
    first.stop(), second.stop()


def test_what_came_into_being_later_goes_away(tmp_path):
    keeper = run(Keeper(), 0)
    keeper.save(tmp_path / "state.npz")
    run(keeper, 3).load(tmp_path / "state.npz")
    assert not hasattr(model_of(keeper), "last") and keeper.runtime.time_step == 0
    keeper.stop()


def test_a_state_loaded_before_there_is_a_runtime(tmp_path):
    path = tmp_path / "state.npz"
    first, second = run(Keeper(), 3), Keeper()
    first.save(path)
    second.load(path)
    assert run(first, 2).total.get() == run(second, 2).total.get()
    assert second.runtime.time_step == 5
    first.stop(), second.stop()


def test_the_time_may_go_on(tmp_path):
    keeper = run(Keeper(), 3)
    keeper.save(tmp_path / "state.npz")
    run(keeper, 4).load(tmp_path / "state.npz", time_step=False)
    assert keeper.runtime.time_step == 7 and model_of(keeper).count == 3
    keeper.stop()


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ("change", "attribute 'helper' of its model PyKeeperModel, a Helper, has changed"),
        ("new", "attribute 'fresh' of its model PyKeeperModel, a deque, may have changed"),
    ],
)
def test_what_cannot_be_saved_is_named(tmp_path, extra, text):
    keeper = run(Keeper(extra), 0)
    keeper.save(tmp_path / "state.npz")
    run(keeper, 1)
    with pytest.raises(StateFileError, match=text):
        keeper.save(tmp_path / "state.npz")
    keeper.stop()


def test_parameters_belong_to_the_constructor(tmp_path):
    keeper = run(Keeper(open(tmp_path / "file", "w")), 2)
    keeper.save(tmp_path / "state.npz")
    keeper.proc_params["extra"].close()
    keeper.stop()


class Silent(AbstractProcess):
    """Sends in some steps only: its messages go through a FIFO."""

    def __init__(self):
        super().__init__()
        self.s_out = OutPort((1,))


@implements(proc=Silent, protocol=LoihiProtocol)
class PySilentModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_spk(self):
        for _ in range(2):
            self.s_out.send(np.ones(1))


def test_messages_on_their_way_are_an_error(tmp_path):
    silent, sink = Silent(), SinkRingBuffer(shape=(1,), buffer=1)
    silent.s_out.connect(sink.a_in)
    silent.run(RunSteps(3), Loihi2SimCfg(select_tag="floating_pt"))
    for process in (silent, sink):
        with pytest.raises(StateFileError, match=r"3 message\(s\) wait on .*s_out"):
            process.save(tmp_path / "state.npz")
    silent.stop()


def saved(path, tag="floating_pt", **params) -> LIF:
    lif = LIF(shape=(2,), bias_mant=3, **params)
    lif.run(RunSteps(2), Loihi2SimCfg(select_tag=tag))
    lif.save(path)
    lif.stop()


def test_files_that_do_not_fit_change_nothing(tmp_path):
    saved(tmp_path / "float"), saved(tmp_path / "fixed", "fixed_pt")
    lif = LIF(shape=(2,))
    lif.load(tmp_path / "fixed")
    with pytest.raises(
        StateFileError, match="saved with PyLifModelBitAcc, here it has PyLifModelF"
    ):
        lif.run(RunSteps(0), Loihi2SimCfg(select_tag="floating_pt"))
    lif = LIF(shape=(2,))
    lif.run(RunSteps(0), Loihi2SimCfg(select_tag="floating_pt"))
    content = dict(np.load(tmp_path / "float"))
    header = json.loads(bytes(content[HEADER]))
    header["models"][""]["attributes"] = ["dict", 3]
    del content[HEADER]
    write_archive(tmp_path / "damaged.npz", header, content)
    with pytest.raises(StateFileError, match="says about models"):
        lif.load(tmp_path / "damaged.npz")
    assert lif.runtime.time_step == 0 and not lif.v.get().any()
    lif.stop()


def test_files_of_version_1_have_vars_only(tmp_path):
    saved(tmp_path / "new")
    content = dict(np.load(tmp_path / "new"))
    header = json.loads(bytes(content[HEADER]))
    header = {name: header[name] for name in ("format", "class", "vars")} | {"version": 1}
    content = {name: value for name, value in content.items() if not name.startswith("__")}
    content[HEADER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(tmp_path / "old.npz", **content)
    lif = LIF(shape=(2,))
    lif.load(tmp_path / "old.npz")
    lif.run(RunSteps(0), Loihi2SimCfg(select_tag="floating_pt"))
    assert lif.v.get().tolist() == [6.0, 6.0] and lif.runtime.time_step == 0
    lif.stop()


def test_states_of_different_times_are_an_error(tmp_path):
    one, two = LIF(shape=(2,)), SinkRingBuffer(shape=(2,), buffer=1)
    for steps, process in ((1, LIF(shape=(2,))), (2, SinkRingBuffer(shape=(2,), buffer=1))):
        process.run(RunSteps(steps), Loihi2SimCfg(select_tag="floating_pt"))
        process.save(tmp_path / f"{steps}.npz")
        process.stop()
    one.load(tmp_path / "1.npz"), two.load(tmp_path / "2.npz")
    one.s_out.connect(two.a_in)
    with pytest.raises(StateFileError, match="different time steps, 1 .* and 2 "):
        one.run(RunSteps(1), Loihi2SimCfg(select_tag="floating_pt"))
