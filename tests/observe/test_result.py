"""Results: access by Var, port, Process and name."""

import pickle

import numpy as np
import pytest
from recorded_chunks import FACTS

from lavajit.observe.memory import SeriesStore
from lavajit.observe.result import Result
from lavajit.observe.series import Events, Samples
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Cell(AbstractProcess):
    """A neuron with spikes and graded messages."""

    def __init__(self, **params):
        super().__init__(**params)
        self.v = Var((3,), init=0)
        self.u = Var((3,), init=0)
        self.s_out = OutPort((3,))
        self.y_out = OutPort((3,))


def samples(name, offset=0):
    return Samples(name, np.arange(1, 5), np.arange(12.0).reshape(4, 3) + offset)


def events(name, row):
    return Events.from_dense(name, np.array([row] * 4, bool))


def result_of(records, names=None):
    series = {one.name: one for one in records}
    return Result(SeriesStore(series), FACTS | {"last": 4, "ended": "complete"}, names or {})


@pytest.fixture
def cell():
    return Cell(name="cell")


@pytest.fixture
def result(cell):
    names = {cell.v: "cell.v", cell.s_out: "cell.s_out"}
    return result_of([samples("cell.v"), events("cell.s_out", [1, 0, 1])], names)


def test_access(result, cell):
    assert list(result) == ["cell.v", "cell.s_out"]
    assert len(result) == 2
    assert result[cell.v] is result["cell.v"]
    assert cell.v in result
    assert cell.u not in result
    assert "cell.u" not in result
    assert result.get("cell.u") is None
    assert (result.first, result.last) == (1, 4)
    assert result.nbytes == sum(one.nbytes for one in result.values())


@pytest.mark.parametrize(
    "key",
    [lambda c: c, lambda c: c.s_out, lambda c: "cell.s_out", lambda c: "cell", lambda c: None],
)
def test_spikes(result, cell, key):
    assert result.spikes(key(cell)) is result["cell.s_out"]
    assert result.rate(key(cell)).tolist() == [1, 0, 1]
    assert [len(one) for one in result.isi(key(cell), dt=0.5)] == [3, 0, 3]
    assert result.cv(key(cell))[0] == 0


def test_errors_of_access(result, cell):
    with pytest.raises(KeyError, match=r"cell\.u was not recorded; recorded: cell\.v, cell\.s_out"):
        result[cell.u]
    with pytest.raises(KeyError, match=r"v was not recorded"):
        result["v"]
    with pytest.raises(KeyError, match="named by a Var, a port or a str, not by 3"):
        result[3]
    with pytest.raises(KeyError, match=r"cell\.v was recorded as samples, not as events"):
        result.spikes(cell.v)
    with pytest.raises(
        KeyError, match=r"there are 0 records of events of other, name one of: cell"
    ):
        result.spikes("other")


def test_several_records_of_events(cell):
    result = result_of([events("cell.s_out", [1, 0, 0]), events("cell.y_out", [0, 1, 1])])
    for key in (cell, "cell", None):
        with pytest.raises(KeyError, match=r"there are 2 records.*: cell\.s_out, cell\.y_out"):
            result.spikes(key)
    assert result.spikes(cell.y_out).per_neuron().tolist() == [0, 4, 4]


def test_processes_of_one_name_are_told_apart():
    """What belongs to another Process of the same name is never returned."""
    first, second, third = Cell(name="cell"), Cell(name="cell"), Cell(name="cell")
    names = {first.s_out: "cell.s_out", second.s_out: "cell_2.s_out", second.v: "cell.v"}
    records = [
        events("cell.s_out", [1, 0, 0]),
        events("cell_2.s_out", [0, 1, 1]),
        samples("cell.v"),
    ]
    result = result_of(records, names)
    assert result.spikes(first).per_neuron().tolist() == [4, 0, 0]
    assert result.spikes(second).per_neuron().tolist() == [0, 4, 4]
    assert result[second.v] is result["cell.v"]
    for key in (first.v, third.s_out):
        with pytest.raises(KeyError, match="was not recorded"):
            result[key]
    with pytest.raises(KeyError, match="there are 0 records of events of cell"):
        result.spikes(third)


def test_a_loaded_result_knows_names(result, cell, tmp_path):
    result.save(tmp_path / "saved")
    loaded = Result.load(tmp_path / "saved")
    assert loaded.spikes(cell).per_neuron().tolist() == [4, 0, 4]
    np.testing.assert_array_equal(loaded[cell.v], result[cell.v])
    with pytest.raises(KeyError, match=r"cell\.u was not recorded"):
        loaded[cell.u]
    with pytest.raises(FileExistsError, match="give another folder"):
        result.save(tmp_path / "saved")


def test_a_result_without_a_step_is_saved(tmp_path):
    nothing = np.zeros(0, np.int64)
    records = [
        Samples("cell.v", nothing, np.zeros((0, 2, 3), np.float32)),
        Events.from_dense("cell.s_out", np.zeros((0, 2), bool)),
    ]
    result_of(records).save(tmp_path / "saved")
    loaded = Result.load(tmp_path / "saved")
    assert loaded["cell.v"].values.shape == (0, 2, 3)
    assert loaded["cell.s_out"].dense().shape == (0, 2)


def test_pickle_holds_records_without_processes(result, cell):
    again = pickle.loads(pickle.dumps(result))
    assert again.facts == result.facts
    assert again.spikes(cell).dense().tolist() == result.spikes(cell).dense().tolist()
    np.testing.assert_array_equal(again[cell.v], result[cell.v])


def test_repr(result):
    lines = repr(result).splitlines()
    assert lines[0] == "Result of steps 1 to 4 (complete), seed 3, 0.5 s"
    assert lines[1:] == [
        "  <Samples cell.v: 4 x 3 float64, steps 1 to 4>",
        "  <Events cell.s_out: 8 events of 3, steps 1 to 4>",
    ]
