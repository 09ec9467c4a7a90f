"""Process.save and Process.load."""

import json
import zipfile
from contextlib import nullcontext

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from lavajit.process.archive import HEADER, VERSION
from lavajit.process.process import AbstractProcess
from lavajit.process.state_values import StateFileError
from lavajit.process.variable import Var


class Neuron(AbstractProcess):
    def __init__(self, shape=(3,), v=0.0, text="abc", **kwargs):
        super().__init__(**kwargs)
        self.v = Var(shape, init=v)
        self.text = Var((1,), init=text)
        self.weights = Var((2, 2), init=csr_matrix([[0, v], [0, 0]]))


class Other(Neuron):
    pass


class ArrayRuntime:
    """Holds values like a Runtime, in the dtype of the model; there are no models."""

    _is_initialized = _is_started = True
    time_step = 5

    def __init__(self, values):
        self.values = values
        self.states = self

    def at_boundary(self, verb):
        return nullcontext()

    def get(self, process, arrays):
        return None

    def get_var(self, var_id, idx=None):
        return self.values[var_id]

    def set_var(self, var_id, value, idx=None):
        self.values[var_id] = value


def run(neuron, v):
    neuron.runtime = ArrayRuntime(
        {neuron.v.id: v, neuron.text.id: "run", neuron.weights.id: neuron.weights.init}
    )
    return neuron


def test_round_trip_without_runtime(tmp_path):
    path = tmp_path / "state"  # the name is used as it is
    Neuron(v=1.5, text="wörd").save(path)
    loaded = Neuron()
    loaded.load(str(path))
    np.testing.assert_array_equal(loaded.v.init, [1.5, 1.5, 1.5])
    assert loaded.text.init == "wörd"
    np.testing.assert_array_equal(loaded.weights.init.toarray(), [[0, 1.5], [0, 0]])
    assert list(tmp_path.iterdir()) == [path]


def test_round_trip_with_runtime_and_from_one_to_the_other(tmp_path):
    path = tmp_path / "state.npz"
    run(Neuron(), np.array([1, 2, 3], np.int32)).save(path)
    running, fresh = run(Neuron(), np.zeros(3, np.int32)), Neuron()
    running.load(path), fresh.load(path)
    for neuron in (running, fresh):
        value = neuron.v.get()
        np.testing.assert_array_equal(value, [1, 2, 3])
        assert value.dtype == np.int32
    assert running.text.get() == "run"
    Neuron(v=2.5).save(path)
    running = run(Neuron(), np.zeros(3, np.float32))
    running.load(path)
    assert running.v.get().dtype == np.float32


def test_sub_processes_and_aliases(tmp_path):
    def network(v):
        outer, inner = Neuron(), Neuron(v=v)
        outer.register_sub_procs({"sub": inner})
        outer.v.alias(inner.v)
        return outer

    path = tmp_path / "state.npz"
    network(4).save(path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert "sub.v.npy" in names and "v.npy" not in names and "text.npy" in names
    loaded = network(0)
    loaded.load(path)
    np.testing.assert_array_equal(loaded.v.get(), [4, 4, 4])
    with pytest.raises(StateFileError, match="create_runtime"):
        Neuron().load(path)


def test_rings_of_references_are_saved_once(tmp_path):
    first, second = Neuron(), Neuron()
    first.procs.add_members({"other": second})
    second.procs.add_members({"other": first})
    first.save(tmp_path / "state.npz")


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Neuron(shape=(4,)), r"Var 'v' has shape \(3,\) in the file and \(4,\)"),
        (run(Neuron(), np.zeros(3, np.int32)), "has dtype float64 in the file and int32"),
        (Other(), "state of a Neuron, .* is a Other"),
        (Neuron(text=3), "Var 'text' is of kind str in the file, array here"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(tmp_path, target, text):
    path = tmp_path / "state.npz"
    run(Neuron(), np.ones(3)).save(path)
    before = [target.v.get(), target.text.get()]
    with pytest.raises(StateFileError, match=text):
        target.load(path)
    assert target.v.get() is before[0] and target.text.get() is before[1]


def test_missing_and_unknown_vars(tmp_path):
    path = tmp_path / "state.npz"
    Neuron().save(path)
    target = Neuron()
    target.extra = Var((1,))
    target._post_init()
    with pytest.raises(StateFileError, match=r"Vars \['extra'\] are not in the file"):
        target.load(path)


def test_foreign_files(tmp_path):
    path = tmp_path / "state.npz"
    neuron = Neuron()
    for data in (b"", b"not a state file", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(data)
        with pytest.raises(StateFileError, match="is not a state file"):
            neuron.load(path)
    np.savez(path, v=np.zeros(3))
    with pytest.raises(StateFileError, match="is not a state file"):
        neuron.load(path)
    np.save(tmp_path / "one.npy", np.zeros(3))
    with pytest.raises(StateFileError, match="is not a state file"):
        neuron.load(tmp_path / "one.npy")
    with pytest.raises(FileNotFoundError):
        neuron.load(tmp_path / "none.npz")
    assert neuron.v.init == 0


def write_state(path, header, **arrays):
    arrays[HEADER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **arrays)


def test_headers(tmp_path):
    path = tmp_path / "state.npz"
    newer = VERSION + 1
    header = {"format": "lavajit-state", "version": newer, "class": "Neuron", "vars": []}
    write_state(path, header)
    with pytest.raises(StateFileError, match=f"version {newer}, this lavajit reads up to"):
        Neuron().load(path)
    write_state(path, header | {"version": VERSION})
    with pytest.raises(StateFileError, match="checksum at its end is missing"):
        Neuron().load(path)
    write_state(path, header | {"version": 2, "vars": [1]})
    with pytest.raises(StateFileError, match="not a state file"):
        Neuron().load(path)
    write_state(path, header | {"format": "other"})
    with pytest.raises(StateFileError, match="not a state file"):
        Neuron().load(path)
    write_state(path, [1])
    with pytest.raises(StateFileError, match="not a state file"):
        Neuron().load(path)


def test_what_cannot_be_saved(tmp_path):
    path = tmp_path / "state.npz"
    path.write_text("old")
    neuron = Neuron()
    neuron.v.init = [1, 2]
    with pytest.raises(StateFileError, match="v cannot be saved"):
        neuron.save(path)
    neuron.v.init = [None] * 3
    with pytest.raises(StateFileError, match="dtype object"):
        neuron.save(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
