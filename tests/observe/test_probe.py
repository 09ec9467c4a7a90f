"""What can be recorded, and the errors about what cannot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.observe.probe import Probe, as_probes
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Sheet(AbstractProcess):
    """Neurons in two dimensions."""

    def __init__(self, shape=(2, 3), **params):
        super().__init__(**params)
        self.v = Var(shape, init=0)
        self.a_in = InPort(shape)
        self.s_out = OutPort(shape)


@pytest.fixture
def sheet():
    return Sheet(name="sheet")


def test_vars_are_dense_and_messages_events(sheet):
    assert not Probe(sheet.v).as_events
    assert Probe(sheet.s_out).as_events
    assert Probe(sheet.v, dense=False).as_events
    assert not Probe(sheet.s_out, dense=True).as_events
    assert (Probe(sheet.v).chosen, Probe(sheet.v).size) == (None, 6)


@pytest.mark.parametrize(
    "neurons, chosen",
    [
        (slice(1, None, 2), [1, 3, 5]),
        (range(4), [0, 1, 2, 3]),
        ([5, 0], [5, 0]),
        ([-1, 0], [5, 0]),
        (np.array([2], np.uint8), [2]),
        (np.array([[0, 1, 0], [0, 0, 1]], bool), [1, 5]),
        ([], []),
        (slice(6, None), []),
    ],
)
def test_chosen_elements(sheet, neurons, chosen):
    probe = Probe(sheet.v, neurons=neurons)
    assert probe.chosen.tolist() == chosen
    assert probe.chosen.dtype == np.int64
    assert probe.size == len(chosen)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"every": 0}, r"record of sheet\.v: every is a number of time steps from 1, got 0"),
        ({"every": 1.5}, "every is a number of time steps from 1, got 1.5"),
        ({"every": True}, "every is a number of time steps from 1, got True"),
        ({"every": None}, "every is a number of time steps from 1, got None"),
        ({"start": 0}, "start is a number of time steps from 1, got 0"),
        ({"stop": -3}, "stop is a number of time steps from 1, got -3"),
        ({"start": 5, "stop": 4}, "stop=4 lies before start=5"),
        ({"neurons": 3}, r"whole numbers, a slice, a range or a mask of shape \(2, 3\), got 3"),
        ({"neurons": [0.5]}, "neurons are whole numbers"),
        ({"neurons": ["a"]}, "neurons are whole numbers"),
        ({"neurons": [[0, 1]]}, "neurons are whole numbers"),
        ({"neurons": [True, False]}, "neurons are whole numbers"),
        ({"neurons": np.ones((3, 2), bool)}, "neurons are whole numbers"),
        ({"neurons": [0, 6]}, "neurons go from 0 to 6, but there are 6"),
        ({"neurons": [-7]}, "neurons go from -7 to -7, but there are 6"),
        ({"neurons": [2**63]}, "but there are 6"),
        ({"neurons": [1, 1]}, "neurons name an element more than once"),
        ({"neurons": [0, -6]}, "neurons name an element more than once"),
    ],
)
def test_errors(sheet, options, message):
    with pytest.raises(ValueError, match=message):
        Probe(sheet.v, **options)


@pytest.mark.parametrize("target", ["a_in", "name"])
def test_what_is_no_source(sheet, target):
    with pytest.raises(
        TypeError, match="only Vars and OutPorts can be recorded, got .* record the"
    ):
        Probe(getattr(sheet, target))


def test_options_are_for_what_is_no_probe_yet(sheet):
    mine = Probe(sheet.v, every=7)
    first, second = as_probes([mine, sheet.s_out], every=2, neurons=[0], dense=True)
    assert first is mine
    assert (second.every, second.size, second.as_events) == (2, 1, False)
    assert as_probes(sheet.v)[0].target is sheet.v
    assert as_probes(mine) == [mine]
    assert as_probes(one for one in (sheet.v,))[0].target is sheet.v


@pytest.mark.parametrize(
    "record, error, message",
    [
        (lambda sheet: 5, TypeError, r"takes Vars and OutPorts, as in \[lif\.v, lif\.s_out\]"),
        (lambda sheet: sheet, TypeError, "takes Vars and OutPorts"),
        (lambda sheet: "sheet.v", TypeError, "only Vars and OutPorts can be recorded, got 's'"),
        (lambda sheet: [sheet.a_in], TypeError, "what an InPort receives"),
        (lambda sheet: [sheet.v, Probe(sheet.v)], ValueError, r"names sheet\.v more than once"),
    ],
)
def test_errors_of_lists(sheet, record, error, message):
    with pytest.raises(error, match=message):
        as_probes(record(sheet))


small = st.integers(1, 30)


@given(every=small, start=small, length=st.none() | st.integers(0, 30), first=small, steps=small)
def test_number_of_recorded_steps(every, start, length, first, steps):
    stop = None if length is None else start + length
    probe = Probe(Sheet().v, every=every, start=start, stop=stop)
    wanted = range(start, 1000 if stop is None else stop + 1, every)
    last = first + steps - 1
    assert probe.steps_in(first, last) == sum(first <= step <= last for step in wanted)
