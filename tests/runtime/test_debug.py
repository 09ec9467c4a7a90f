"""Debug runs: everything in Python, the numbers of native code, and clear reports of trouble."""

from __future__ import annotations

import pdb
import warnings

import numpy as np
import pytest
from small_networks import Delay, Ramp, Relay, Store, chain

from lavajit import (
    CPU,
    LIF,
    AbstractProcess,
    DebugWarning,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    OutPort,
    PyLoihiProcessModel,
    PyOutPort,
    RunSteps,
    Var,
    implements,
    requires,
)
from lavajit.runtime.checked_arrays import CheckedArray

DEBUG = Loihi2SimCfg(debug=True)


class Numbers(AbstractProcess):
    """Whole and real numbers for models that make mistakes."""

    def __init__(self, mistake: str = "", shape: tuple[int, ...] = (4,), **params):
        super().__init__(shape=shape, mistake=mistake, **params)
        self.v = Var(shape, init=1)
        self.x = Var(shape, init=1.5)
        self.n = Var((1,), init=3)
        self.zero = Var((1,), init=0.0)
        self.out = OutPort(shape)


@implements(proc=Numbers, protocol=LoihiProtocol)
@requires(CPU)
class NumbersModel(PyLoihiProcessModel):
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)
    x: np.ndarray = LavaPyType(np.ndarray, float)
    n: int = LavaPyType(int, np.int32)
    zero: float = LavaPyType(float, float)
    out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def run_spk(self):
        MISTAKES[self.proc_params["mistake"]](self)
        self.out.send(self.v)


def index(self):
    self.v[self.n] = self.time_step
    self.n += 1


def below(self):
    return self.x[-5]


def part(self):
    second_half = self.v[2:]
    second_half[2] = 1


def sent(self):
    self.out.buffer()[4] = 1


def wrap(self):
    self.v[1] = 2**31 + self.time_step


def wrap_whole(self):
    self.v = self.v * self.v + 70_000


def wrap_in_place(self):
    self.v *= 70_000


def huge(self):
    self.v[0] = 10**30


def nan(self):
    self.x[2] = float("inf") - float("inf")


def invalid(self):
    self.x = self.x - self.x / self.zero


def divide(self):
    self.x[0] = 1.0 / self.zero


MISTAKES = {f.__name__: f for f in (index, below, part, sent, wrap, wrap_whole, wrap_in_place)}
MISTAKES |= {f.__name__: f for f in (huge, nan, invalid, divide)}


def run(mistake: str, steps: int = 3) -> Numbers:
    process = Numbers(mistake, name="numbers")
    process.run(RunSteps(steps), DEBUG)
    return process


# --- indices --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "field", "got", "step"),
    [
        ("index", r"v \(model NumbersModel\) has shape \(4,\)", "index 4", 2),
        ("below", r"x \(model NumbersModel\) has shape \(4,\)", "index -5", 1),
        ("part", r"v \(model NumbersModel\) has shape \(2,\)", "index 2", 1),
        ("sent", r"out \(model NumbersModel\) has shape \(4,\)", "index 4", 1),
    ],
)
def test_index_out_of_range(mistake, field, got, step):
    with pytest.raises(IndexError, match=f"Numbers 'numbers'.{field}, got {got}") as caught:
        run(mistake)
    note = f"in Numbers 'numbers'.run_spk (Python), time step {step}"
    assert note in caught.value.__notes__


# --- numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("wrap", "2147483649 is stored in Numbers 'numbers'.v, which holds int32"),
        ("wrap_whole", r"multiply of int32 arrays .* at index 0: 4900\d+ becomes \d+; make"),
        ("wrap_in_place", "multiply of int32 arrays .* 4900000000 becomes 605032704"),
        ("huge", "is stored in Numbers 'numbers'.v, which holds int32"),
        ("nan", "NaN is stored in Numbers 'numbers'.x"),
        ("divide", "divide by zero encountered; native code says nothing"),
    ],
)
def test_what_native_code_does_silently_is_a_warning(mistake, message):
    with pytest.warns(DebugWarning, match=message) as caught:
        run(mistake)
    assert len(caught) == 1  # in three steps
    assert caught[0].filename == __file__
    assert "in Numbers 'numbers'.run_spk, time step" in str(caught[0].message)


def test_each_kind_of_trouble_is_said_once_for_a_line():
    with pytest.warns(DebugWarning) as caught:
        run("invalid")
    kinds = [str(warning.message).split(": ")[1] for warning in caught]
    assert [kind.split(" encountered")[0] for kind in kinds[:2]] == [
        "divide by zero",
        "invalid value",
    ]


def test_warnings_as_errors_stop_in_the_line():
    with warnings.catch_warnings(), pytest.raises(DebugWarning, match="is stored in") as caught:
        warnings.simplefilter("error")
        run("wrap")
    assert "in Numbers 'numbers'.run_spk (Python), time step 1" in caught.value.__notes__


def test_wrapped_values_are_those_of_native_code():
    with pytest.warns(DebugWarning):
        assert run("wrap").v.get()[1] == -(2**31) + 3
    with pytest.warns(DebugWarning):
        assert run("wrap_in_place", 2).v.get()[0] == 605032704
    with pytest.warns(DebugWarning):
        assert run("huge").v.get()[0] == np.array(10**30 % 2**32, np.uint32).view(np.int32)
    with pytest.warns(DebugWarning):
        assert run("divide").x.get()[0] == np.inf


# --- methods run as Python ------------------------------------------------------------


@pytest.mark.parametrize("threads", [None, 2])
def test_everything_runs_as_python_in_one_thread_without_a_warning(threads):
    lif, store = LIF(shape=(600,), bias_mant=4, name="neurons"), Store((600,), name="store")
    lif.s_out.connect(store.inp)
    config = Loihi2SimCfg(select_tag="fixed_pt", debug=True, threads=threads)
    store.run(RunSteps(4), config)
    network = store.runtime.executable.network
    assert not network.tiers.kernels and network.division.shards == 1
    assert "debug run: all methods in Python" in store.explain()
    assert "Python (debug)" in store.explain()


def test_breakpoints_in_a_method_that_is_cut(monkeypatch):
    """A debugger stops at the line of the file, also where a method runs in two parts."""
    seen = []

    class Watching(pdb.Pdb):
        def user_line(self, frame):
            if frame.f_code.co_name == "run_spk":
                seen.append((frame.f_code.co_filename, frame.f_lineno, frame.f_locals["self"]))
            self.set_continue()

    first = relays_in_a_ring()
    first.create_runtime(DEBUG)
    debugger = Watching()
    file, line = Delay.__init__.__code__.co_filename, line_of_delay()
    assert debugger.set_break(file, line) is None
    debugger.runcall(first.run, RunSteps(2))
    debugger.clear_all_breaks()
    assert [(f, at) for f, at, _ in seen] == [(file, line)] * 2
    assert isinstance(seen[0][2].last, CheckedArray)


def relays_in_a_ring() -> Relay:
    relay, delay = Relay(name="relay"), Delay(name="delay")
    chain(relay, delay, relay)
    return relay


def line_of_delay() -> int:
    from small_networks import DelayModel

    return DelayModel.run_spk.__code__.co_firstlineno + 2


def test_settings_of_numpy_come_back():
    before = np.geterr()
    store = chain(Ramp(), Store())
    store.run(RunSteps(2), DEBUG)
    assert np.geterr() == before
    assert store.received(2) == [1, 2]
