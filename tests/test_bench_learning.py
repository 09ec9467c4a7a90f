"""The benchmark of plastic connections, with tiny sizes; Lava and Brian2 are stood in for."""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def bench_is_importable(monkeypatch):
    """The folder ``bench`` is not installed; the checkout goes to the end of the path."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(CHECKOUT)])


def run_bench(tmp_path: Path, *options: str) -> dict:
    main = import_module("bench.__main__").main
    assert main(["learning", "--quick", "--results", str(tmp_path), *options]) == 0
    return json.loads((tmp_path / "learning.json").read_text())


def parameters(*args):
    return import_module("bench.learning.networks").Parameters(*args)


def test_every_part_but_brian2(tmp_path, capsys):
    result = run_bench(tmp_path)
    parts = [row["part"] for row in result["rows"]]
    assert {part: parts.count(part) for part in parts} == {
        **{"dense": 2, "rng": 1, "kernels": 3, "sparse": 4}
    }
    dense = [row for row in result["rows"] if row["part"] == "dense"]
    assert all(row["lavajit us"] > 0 and row["NumPy, active us"] > 0 for row in dense)
    printed = capsys.readouterr().out
    assert "NumPy / lavajit" in printed and "arena bytes / synapse" in printed
    assert "--brian2-python names an interpreter" in printed


def test_updates_are_counted():
    p = parameters(7, 8)
    pre, post = (raster.reshape(7, -1, 8).any(axis=2) for raster in p.rasters)
    touched = pre[None, :, :] | post[:, None, :]
    assert p.updates() == pytest.approx(touched.sum() / 200)


@pytest.mark.parametrize("arith", ["float", "fixed"])
def test_wrong_opponent_is_noticed(arith):
    dense = import_module("bench.learning.dense")
    p = parameters(10, 2, arith)
    opponent = dense.NumPyPlastic(p, active=True)
    opponent.weights[3, 4] += 1
    process, _ = dense.started(p)
    with pytest.raises(AssertionError, match=r"(?s)weights \(Parameters\(n=10, .* NumPy has"):
        dense.check_equal(process, opponent)
    process.stop()


def test_walking_the_program_is_running_it():
    dense = import_module("bench.learning.dense")
    kernels = import_module("bench.learning.kernels")
    p = parameters(15, 4, "fixed")
    run, walked = dense.started(p)[0], dense.started(p)[0]
    dense.advance(run, 60)
    found = kernels.seconds_per_kernel(walked, 60)
    np.testing.assert_array_equal(walked.weights.get(), run.weights.get())
    parts = kernels.by_method(walked, found)
    assert set(parts) == {"deliver", "traces", "learn", "others"}
    assert sum(parts.values()) == pytest.approx(sum(found.values())) and parts["learn"] > 0
    run.stop(), walked.stop()


def test_sparse_synapses_are_distinct():
    sparse = import_module("bench.learning.sparse")
    weights = sparse.weights(50, 300)
    assert weights.has_canonical_format
    assert np.all(np.bincount(weights.indices, minlength=50) == sparse.PER_PRE)


# --- Brian2 ---------------------------------------------------------------------------


def coincidences(p, steps: int) -> np.ndarray:
    """Pairs of spikes in one step, counted one by one."""
    pre, post = p.rasters
    count = np.zeros((p.n, p.n))
    for t in range(steps):
        count += np.outer(post[:, t % 200], pre[:, t % 200])
    return count


@pytest.fixture
def fake_brian2(monkeypatch):
    """Answers as Brian2's interpreter does; its weights are those of lavajit, and the impulses."""
    against = import_module("bench.learning.against_brian2")

    def run_peer(python, wanted):
        folder, steps = Path(wanted["folder"]), wanted["steps"]
        folder.mkdir(exist_ok=True)
        p = parameters(10)
        process, _ = import_module("bench.learning.dense").started(p)
        process.run(against.RunSteps(num_steps=steps))
        np.save(folder / "weights.npy", process.weights.get() + coincidences(p, steps))
        process.stop()
        facts = {"build": 1.0, "step": 1e-3, "steps": steps, "code": "no runtime", "spikes": 3}
        return facts | {"versions": "Brian2 none"}

    monkeypatch.setattr(against, "run_peer", run_peer)
    monkeypatch.setattr(against.shutil, "which", lambda name: None)
    return against


def test_brian2_joins_when_its_python_is_named(tmp_path, fake_brian2, capsys):
    rows = run_bench(tmp_path, "--only", "brian2", "--brian2-python", "python")["rows"]
    assert [row["network"] for row in rows] == ["pair", "song"]
    assert rows[0]["Brian2 us"] == pytest.approx(1e3)
    assert rows[1]["Brian2 spikes / step"] == pytest.approx(3 / 200)
    assert "peer of part brian2: Brian2 none" in capsys.readouterr().out


def test_brian2_with_other_weights_is_not_timed(tmp_path, fake_brian2, monkeypatch):
    monkeypatch.setattr(fake_brian2, "IMPULSE", 17)
    with pytest.raises(AssertionError, match="Brian2 has"):
        fake_brian2.measure_brian2(True, "python")


def test_brian2_that_fails_says_why(tmp_path):
    against = import_module("bench.learning.against_brian2")
    with pytest.raises(RuntimeError, match="(?s)brian2_peer.py failed:.*brian2"):
        against.run_peer(sys.executable, {})
