"""Results as objects of other libraries."""

import importlib

import numpy as np
import pytest
from recorded_chunks import FACTS

from lavajit.observe.exports import common
from lavajit.observe.memory import SeriesStore
from lavajit.observe.result import Result
from lavajit.observe.series import Events, Samples

SPIKES = np.array([[0, 1, 0], [0, 0, 0], [1, 1, 0], [0, 1, 0]], bool)
GRADED = np.array([[0, -2, 0, 5], [0, 0, 0, 0]], np.int8)
V = Samples("lif.v", np.arange(1, 5), np.arange(12.0).reshape(4, 3))
U = Samples("lif.u", np.arange(1, 5), np.arange(8, dtype=np.int32).reshape(4, 2), np.array([0, 2]))
WEIGHTS = Samples("dense.weights", np.array([2, 4]), np.arange(12.0).reshape(2, 2, 3))
S_OUT = Events.from_dense("lif.s_out", SPIKES)
SOME = Events(
    "relu.s_out",
    (2,),
    np.dtype("i1"),
    np.array([3, 6]),
    np.array([2, 1], np.int32),
    np.array([0, 1, 1], np.int32),
    np.array([-2, 5, 7], np.int8),
    np.array([1, 3]),
)
SILENT = Events.from_dense("quiet.s_out", np.zeros((4, 2), bool))


def result_of(*records):
    facts = FACTS | {"last": 6, "ended": "complete"}
    return Result(SeriesStore({one.name: one for one in records}), facts, {})


RESULT = result_of(V, U, WEIGHTS, S_OUT, SOME, SILENT)


# --- pandas ---------------------------------------------------------------------------


@pytest.fixture
def pandas():
    return pytest.importorskip("pandas", reason="extra 'pandas'")


def test_samples_are_wide_tables(pandas):
    frame = U.to_pandas()
    assert (frame.index.name, frame.columns.name) == ("step", "neuron")
    assert frame.index.tolist() == [1, 2, 3, 4]
    assert frame.columns.tolist() == [0, 2]
    assert frame[2].tolist() == [1, 3, 5, 7]
    assert set(frame.dtypes) == {np.dtype(np.int32)}
    frame.iloc[0, 0] = 99
    assert U.values[0, 0] == 0


def test_matrices_have_flat_columns(pandas):
    frame = WEIGHTS.to_pandas(dt=0.5)
    assert frame.index.name == "time"
    assert frame.index.tolist() == [1, 2]
    for element in frame.columns:
        row, column = np.unravel_index(element, (2, 3))
        assert frame[element].tolist() == WEIGHTS[:, row, column].tolist()


def test_events_are_tidy_tables(pandas):
    frame = S_OUT.to_pandas()
    assert frame.columns.tolist() == ["step", "neuron", "value"]
    assert frame["step"].tolist() == [1, 3, 3, 4]
    assert frame["neuron"].tolist() == [1, 0, 1, 1]
    assert frame["value"].tolist() == [True] * 4
    frame = SOME.to_pandas(dt=0.1)
    assert frame["time"].tolist() == [3 * 0.1, 3 * 0.1, 6 * 0.1]
    assert frame["neuron"].tolist() == [1, 3, 3]
    assert frame["value"].tolist() == [-2, 5, 7]
    assert frame["value"].dtype == np.int8


def test_a_result_is_a_dict_of_tables(pandas):
    tables = RESULT.to_pandas()
    assert list(tables) == list(RESULT)
    assert len(tables["quiet.s_out"]) == 0
    events = {name: tables[name] for name in ("lif.s_out", "relu.s_out")}
    one = pandas.concat(events, names=["record"])
    assert one.loc["lif.s_out"].equals(tables["lif.s_out"].astype(one.dtypes))


# --- xarray ---------------------------------------------------------------------------


@pytest.fixture
def xarray():
    return pytest.importorskip("xarray", reason="extra 'xarray'")


def test_samples_have_labels(xarray):
    array = U.to_xarray()
    assert array.dims == ("step", "neuron")
    assert array.sel(step=3, neuron=2) == 5
    assert array.name == "lif.u"
    timed = WEIGHTS.to_xarray(dt=0.5)
    assert timed.dims == ("time", "axis_0", "axis_1")
    assert timed.sel(time=2.0)[1, 2] == 11
    number = Samples("p.gain", np.array([1, 2]), np.array([0.5, 0.25]))
    assert number.to_xarray().sel(step=2) == 0.25


def test_events_have_labels(xarray):
    array = SOME.to_xarray()
    assert array.dims == ("event",)
    assert array.values.tolist() == [-2, 5, 7]
    assert array.step.values.tolist() == [3, 3, 6]
    assert array.neuron.values.tolist() == [1, 3, 3]
    assert array.attrs == {"elements": 2, "recorded_steps": 2, "first_step": 3, "last_step": 6}
    dense = SOME.samples().to_xarray()
    assert dense.sel(step=3, neuron=[1, 3]).values.tolist() == [-2, 5]


def test_a_result_is_one_dataset(xarray):
    data = result_of(WEIGHTS, U, V, S_OUT, SOME, SILENT).to_xarray()
    assert set(data) == set(RESULT)
    assert data["lif.v"].dims == ("step", "neuron")
    assert data["lif.u"].dims == ("step", "neuron_2")
    assert data["dense.weights"].dims == ("step_2", "axis_0", "axis_1")
    assert data["relu.s_out"].dims == ("relu.s_out.event",)
    assert data["relu.s_out.neuron"].values.tolist() == [1, 3, 3]
    for one in (V, U, WEIGHTS):
        np.testing.assert_array_equal(data[one.name], one)
        assert data[one.name].dtype == one.values.dtype
    assert (data.attrs["first"], data.attrs["last"], data.attrs["seed"]) == (1, 6, 3)
    assert "Loihi2SimCfg" in data.attrs["run_config"]
    timed = RESULT.to_xarray(dt=0.25)
    assert timed["time"].values.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert timed["relu.s_out.time"].values.tolist() == [0.75, 0.75, 1.5]
    assert timed.attrs["dt"] == 0.25


def test_matrices_of_other_shapes_have_axes_of_their_own(xarray):
    other = Samples("dense_2.weights", np.array([2, 4]), np.zeros((2, 4, 3)))
    data = result_of(WEIGHTS, other).to_xarray()
    assert data["dense_2.weights"].dims == ("step", "axis_0", "axis_1")
    assert data["dense.weights"].dims == ("step", "axis_0_2", "axis_1")
    assert data["dense.weights"].sel(axis_0_2=1, axis_1=2).values.tolist() == [5, 11]


def test_a_dataset_becomes_netcdf(xarray):
    pytest.importorskip("scipy")
    data = result_of(V, WEIGHTS, S_OUT).to_xarray()
    again = xarray.load_dataset(bytes(data.to_netcdf(engine="scipy")), engine="scipy")
    np.testing.assert_array_equal(again["lif.v"], V)
    np.testing.assert_array_equal(again["lif.s_out.step"], S_OUT.steps)


# --- neo ------------------------------------------------------------------------------


@pytest.fixture
def neo():
    return pytest.importorskip("neo", reason="extra 'neo'")


def test_spike_trains(neo):
    segment = RESULT.to_neo(dt=0.1).segments[0]
    trains = [train for train in segment.spiketrains if train.annotations["source"] == "lif.s_out"]
    assert [train.annotations["neuron"] for train in trains] == [0, 1, 2]
    for train, column in zip(trains, SPIKES.T, strict=True):
        assert str(train.units.dimensionality) == "ms"
        np.testing.assert_array_equal(train.magnitude, (np.flatnonzero(column) + 1) * 0.1)
        assert (float(train.t_start), float(train.t_stop)) == (0, 0.4)
    some = [train for train in segment.spiketrains if train.annotations["source"] == "relu.s_out"]
    assert [train.name for train in some] == ["relu.s_out[1]", "relu.s_out[3]"]
    assert some[1].array_annotations["value"].tolist() == [5, 7]
    assert float(some[0].t_start) == pytest.approx(0.2)
    assert len(segment.spiketrains) == 3 + 2 + 2


def test_signals(neo):
    segment = RESULT.to_neo(dt=0.1).segments[0]
    v, u, weights = segment.analogsignals
    np.testing.assert_array_equal(v.magnitude, V)
    np.testing.assert_allclose(v.times.rescale("ms").magnitude, [0.1, 0.2, 0.3, 0.4])
    np.testing.assert_array_equal(u.magnitude, U)
    assert u.dtype == np.float64
    assert u.array_annotations["neuron"].tolist() == [0, 2]
    assert weights.shape == (2, 6)
    assert float(weights.sampling_period.rescale("ms")) == pytest.approx(0.2)


def test_uneven_steps_have_times(neo):
    uneven = Samples("lif.v", np.array([1, 2, 5]), np.eye(3))
    signal = result_of(uneven).to_neo(dt=2).segments[0].irregularlysampledsignals[0]
    assert signal.times.rescale("ms").magnitude.tolist() == [2, 4, 10]


def test_groups_and_empty_records(neo):
    nothing = Samples("lif.u", np.zeros(0, np.int64), np.zeros((0, 3), bool))
    never = Events.from_dense("lif.s_out", np.zeros((0, 2), bool))
    block = result_of(nothing, never, V).to_neo(dt=1)
    assert [group.name for group in block.groups] == ["lif.u", "lif.s_out", "lif.v"]
    assert len(block.groups[1].spiketrains) == 2
    assert block.segments[0].analogsignals[0].shape == (0, 3)
    assert block.annotations["seed"] == 3


# --- SONATA ---------------------------------------------------------------------------


@pytest.fixture
def h5py():
    return pytest.importorskip("h5py", reason="extra 'h5py'")


def test_spike_file(h5py, tmp_path):
    path = tmp_path / "spikes.h5"
    RESULT.to_sonata(path, dt=0.5)
    with h5py.File(path) as file:
        assert file.attrs["magic"] == 0x0A7A
        assert set(file["spikes"]) == {"lif", "relu", "quiet"}
        lif, relu = file["spikes/lif"], file["spikes/relu"]
        assert set(lif) == {"timestamps", "node_ids"}
        assert lif["timestamps"].dtype == np.float64
        assert lif["timestamps"].attrs["units"] == "ms"
        assert lif["timestamps"][:].tolist() == [0.5, 1.5, 1.5, 2.0]
        assert lif["node_ids"].dtype == np.uint64
        assert lif["node_ids"][:].tolist() == [1, 0, 1, 1]
        order = h5py.check_enum_dtype(lif.attrs.get_id("sorting").dtype)
        assert order == {"none": 0, "by_id": 1, "by_time": 2}
        assert lif.attrs["sorting"] == 2
        assert relu["node_ids"][:].tolist() == [1, 3, 3]
        assert relu["values"][:].tolist() == [-2, 5, 7]
        assert len(file["spikes/quiet/timestamps"]) == 0


def test_populations_of_one_process_are_told_apart(h5py, tmp_path):
    more = Events.from_dense("lif.b_out", SPIKES)
    deep = Events.from_dense("net/a.s_out", SPIKES)
    result_of(S_OUT, more, deep).to_sonata(tmp_path / "spikes.h5", dt=1)
    with h5py.File(tmp_path / "spikes.h5") as file:
        assert set(file["spikes"]) == {"lif.s_out", "lif.b_out", "net_a"}


def test_spike_files_are_not_overwritten(h5py, tmp_path):
    (tmp_path / "spikes.h5").write_text("mine")
    with pytest.raises(FileExistsError):
        RESULT.to_sonata(tmp_path / "spikes.h5", dt=1)
    with pytest.raises(ValueError, match=r"none were recorded; record an OutPort"):
        result_of(V).to_sonata(tmp_path / "none.h5", dt=1)
    assert (tmp_path / "spikes.h5").read_text() == "mine"


# --- errors ---------------------------------------------------------------------------


@pytest.mark.parametrize("dt", [True, "1", None, np.array(0.1), 1j])
def test_dt_is_a_plain_number(dt):
    with pytest.raises(TypeError, match="dt is a plain number, the duration of a time step; got"):
        common.duration(dt)


@pytest.mark.parametrize("dt", [0, -1.0, np.inf, np.nan])
def test_dt_is_above_zero(dt):
    with pytest.raises(ValueError, match="dt is the duration of a time step, above 0"):
        common.duration(dt)


def test_numbers_with_units_are_refused():
    pq = pytest.importorskip("quantities", reason="extra 'neo'")
    with pytest.raises(TypeError, match="dt is a plain number"):
        common.duration(0.1 * pq.s)


@pytest.mark.parametrize(
    "export, module, extra",
    [
        (lambda path: RESULT.to_pandas(), "pandas", "pandas"),
        (lambda path: S_OUT.to_xarray(), "xarray", "xarray"),
        (lambda path: RESULT.to_xarray(), "xarray", "xarray"),
        (lambda path: RESULT.to_neo(1), "neo", "neo"),
        (lambda path: RESULT.to_sonata(path, 1), "h5py", "h5py"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(monkeypatch, tmp_path, export, module, extra):
    def missing(name):
        if name == module:
            raise ModuleNotFoundError(f"No module named '{name}'")
        return importlib.import_module(name)

    monkeypatch.setattr(common, "import_module", missing)
    with pytest.raises(ImportError, match=rf"needs {module}.*pip install 'lavajit\[{extra}\]'"):
        export(tmp_path / "file")
