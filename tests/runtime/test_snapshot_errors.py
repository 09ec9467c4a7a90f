"""Snapshots that do not fit a network are refused, with what differs, and change nothing."""

import numpy as np
import pytest
from helpers.saved import assert_equal_snapshots

from lavajit import (
    LIF,
    AbstractProcess,
    AsyncProtocol,
    Dense,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    Monitor,
    OutPort,
    PyAsyncProcessModel,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    SinkRingBuffer,
    Snapshot,
    StateFileError,
    Var,
    implements,
)

FLOAT = "floating_pt"
#: Nothing has to be compiled here.
PYTHON = {"native": False}


def network(shape=2, names=(None, None), tag=FLOAT, more=False, back=False, swapped=False) -> LIF:
    """Two populations; the options change what a Snapshot depends on."""
    one = LIF(shape=(shape,), bias_mant=3, vth=5, name=names[0])
    links = None if swapped else Dense(weights=np.eye(shape))
    two = LIF(shape=(shape,), name=names[1])
    links = Dense(weights=np.eye(shape)) if links is None else links
    one.s_out.connect(links.s_in)
    links.a_out.connect(two.a_in)
    if back:
        two.s_out.connect(one.a_in)
    if more:
        two.s_out.connect(SinkRingBuffer(shape=(shape,), buffer=9).a_in)
    two.run(RunSteps(2), Loihi2SimCfg(select_tag=tag), PYTHON)
    return one


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"more": True}, r"it has 3 Processes, the network 4; only in the network: 1 RingBuffer"),
        ({"names": ("one", None)}, "Process 0 is LIF 'in' in the snapshot and LIF 'one' here"),
        ({"names": (None, "in")}, None),
        ({"swapped": True}, "Process 1 is Dense in the snapshot and LIF here"),
        ({"back": True}, "connections differ; only in the network: LIF .*s_out -> LIF 'in'.a_in"),
        ({"shape": 3}, r"'u' is float64 of shape \(2,\) in the snapshot, float64 of shape \(3,\)"),
        ({"tag": "fixed_pt"}, "saved with PyLifModelFloat, here it has PyLifModelBitAcc"),
        ({"tag": "float32"}, "is float64 of .* in the snapshot, float32 of .* same model and prec"),
    ],
)
def test_other_networks(change, text):
    one = network(names=("in", None))
    other = network(**({"names": ("in", None)} | change))
    before = other.snapshot()
    if text is None:  # only one of the two names was given
        other.restore(one.snapshot())
    else:
        with pytest.raises(StateFileError, match=text):
            other.restore(one.snapshot())
        assert_equal_snapshots(other.snapshot(), before)
    one.stop(), other.stop()


def test_networks_without_a_state():
    lif = LIF(shape=(1,))
    with pytest.raises(RuntimeError, match="has no state yet: run it"):
        lif.snapshot()
    lif.run(RunSteps(1), Loihi2SimCfg(), PYTHON)
    state = lif.snapshot()
    with pytest.raises(TypeError, match="seed of restore"):
        lif.restore(state, seed=True)
    lif.stop()
    for wanted in (lif.snapshot, lambda: lif.restore(state)):
        with pytest.raises(RuntimeError, match="it was stopped"):
            wanted()


def test_the_two_kinds_of_files(tmp_path):
    one, path = network(), tmp_path / "file"
    one.save(path)
    with pytest.raises(StateFileError, match=r"state of one Process: use process.load\(path\)"):
        one.restore(path)
    one.snapshot().save(path)
    with pytest.raises(StateFileError, match=r"of a network: use process.restore\(path\)"):
        one.load(path)
    with pytest.raises(FileNotFoundError):
        one.restore(tmp_path / "none")
    one.stop()


def test_two_states_before_the_first_run(tmp_path):
    one = network()
    one.save(tmp_path / "process"), one.snapshot().save(tmp_path / "network")
    one.stop()
    lif, links = LIF(shape=(2,)), Dense(weights=np.eye(2))
    lif.s_out.connect(links.s_in)
    lif.load(tmp_path / "process"), links.restore(tmp_path / "network")
    with pytest.raises(StateFileError, match="given a state, too, before the first run"):
        lif.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT), PYTHON)


def test_content_that_is_not_what_it_says():
    one = network()
    state, before = one.snapshot(), one.snapshot()
    process = {**state.header["processes"][0], "fields": {"v": ["array", 99]}}
    for change in (
        {"processes": [process, *state.header["processes"][1:]]},
        {"fifos": [3]},
        {"writes": [{"node": 0, "port": "none", "data": ["array", 0]}]},
        {"processes": [{**p, "key": 2**70} for p in state.header["processes"]]},
    ):
        strange = Snapshot({**state.header, **change}, state.arrays)
        with pytest.raises(StateFileError, match="is damaged|has other attributes"):
            one.restore(strange)
        assert_equal_snapshots(one.snapshot(), before)
    one.stop()


# --- models ---------------------------------------------------------------------------


class Holder(AbstractProcess):
    """Its model holds an object."""


class Helper:
    """No plain data."""

    def __init__(self):
        self.seen = 0


@implements(proc=Holder, protocol=LoihiProtocol)
class PyHolderModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.helper = Helper()

    def run_spk(self):
        self.helper.seen += 1


def test_objects_that_have_changed():
    holder = Holder()
    holder.run(RunSteps(0), Loihi2SimCfg())
    state = holder.snapshot()
    holder.restore(state)
    holder.run(RunSteps(1))
    with pytest.raises(StateFileError, match="saved: attribute 'helper' .* has changed"):
        holder.snapshot()
    # It is not in the Snapshot: the run would not go on from there.
    with pytest.raises(StateFileError, match="restored: attribute 'helper' .* has changed"):
        holder.restore(state)
    holder.stop()


class Source(AbstractProcess):
    """Sends more than is taken."""

    def __init__(self):
        super().__init__()
        self.s_out = OutPort((1,))


@implements(proc=Source, protocol=LoihiProtocol)
class PySourceModel(PyLoihiProcessModel):
    host_methods = ("run_spk",)

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def run_spk(self):
        for _ in range(2):
            self.s_out.send(np.ones(1))


def test_less_room_for_messages():
    def made(room: int, steps: int) -> Source:
        source, sink = Source(), SinkRingBuffer(shape=(1,), buffer=1)
        source.s_out.connect(sink.a_in)
        config = Loihi2SimCfg(select_tag=FLOAT)
        source.run(RunSteps(steps), config, {"pypy_channel_size": room})
        return source

    one, other = made(9, 4), made(3, 0)
    with pytest.raises(StateFileError, match=r"4 message\(s\) wait from Source .* room for 3"):
        other.restore(one.snapshot())
    one.stop(), other.stop()


class Async(AbstractProcess):
    """Counts as long as nobody stops it."""

    def __init__(self):
        super().__init__()
        self.count = Var((1,), init=0)


@implements(proc=Async, protocol=AsyncProtocol)
class PyAsyncModel(PyAsyncProcessModel):
    count: np.ndarray = LavaPyType(np.ndarray, int)

    def run_async(self):
        while not (self.check_for_stop_cmd() or self.check_for_pause_cmd()):
            self.count[0] += 1


def test_asynchronous_processes_between_runs_only():
    process = Async()
    process.run(RunSteps(10, blocking=False), Loihi2SimCfg())
    with pytest.raises((StateFileError, RuntimeError), match="cannot be saved"):
        process.snapshot()
    process.pause()
    state, count = process.snapshot(), process.count.get()[0]
    process.run(RunSteps(10, blocking=False))
    process.pause()
    process.restore(state)
    assert process.count.get()[0] == count
    process.stop()


def test_kept_writes_are_part_of_it():
    lif, monitor = LIF(shape=(2,)), Monitor()
    monitor.probe(lif.v, 5)
    lif.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT), PYTHON)
    ((data, flag),) = lif.runtime.executable.network.layout.pending.values()
    without = lif.snapshot()
    data[...], flag[...] = [1, 2], 1  # as in the middle of a run
    state = lif.snapshot()
    lif.restore(without)
    assert not flag
    data[...] = 0
    lif.restore(state)
    assert flag and data.tolist() == [1, 2]
    lif.stop()
