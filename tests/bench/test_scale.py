"""The comparison of simulators, with tiny networks; others are stood in for by lavajit."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_scale(run_bench, tmp_path, capsys):
    found = run_bench("scale")
    rows, total = found["rows"][:5], found["rows"][5:]
    assert [row["part"] for row in rows] == ["dense", "dense", "CUBA", "Brunel", "microcircuit"]
    assert [row["network"] for row in total] == ["dense", "CUBA", "Brunel", "microcircuit"]
    assert total[0]["lavajit float32"] == rows[1]["us / step"]
    assert [row["simulator"] for row in rows[:2]] == ["lavajit float64", "lavajit float32"]
    for row in rows:
        assert row["us / step"] > 0 and row["MB"] > 10
        assert row["x lavajit"] == 1 or row["simulator"] == "lavajit float32"
    assert (tmp_path / "scale.png").stat().st_size > 10_000
    assert "of limit" in capsys.readouterr().out


def test_family_as_markdown(run_bench, capsys):
    rows = run_bench("scale", "--only", "dense", "--markdown")["rows"]
    assert {row["part"] for row in rows} == {"dense", "all, us per step"}
    assert "\ndense\n\n| simulator | threads |" in capsys.readouterr().out


def test_threads(run_bench):
    found = run_bench("threads")
    (row,) = found["rows"]
    assert row["1 thread"] > 0 and row["2 threads"] > 0 and row["auto"] > 0
    assert not [note for note in found["notes"] if "differ" in note]


def test_start(run_bench):
    (row,) = run_bench("start")["rows"]
    assert row["simulator"] == "lavajit" and row["first"] > 0 and row["warm"] > 0


def test_curves(run_bench, tmp_path):
    found = run_bench("curves")
    assert {row["part"] for row in found["rows"]} == {"neurons", "CUBA", "events", "Processes"}
    assert any(note.startswith("slope of CUBA, float64: ") for note in found["notes"])
    assert (tmp_path / "curves.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("network", "scale"), [("cuba", 0.05), ("brunel", 0.02), ("microcircuit", 0.02)]
)
def test_descriptions_have_the_synapses_of_the_models(network, scale):
    descriptions = import_module("bench.scale.descriptions")
    job = getattr(descriptions, f"{network}_network")(scale)
    built = import_module(f"models.{network}").build(scale)
    by_source = descriptions.synapses_by_source(job)
    for name, (first, end) in job["populations"].items():
        found = built.out_degrees[first:end].mean()
        assert by_source[name] == pytest.approx(found, rel=0.05)
    assert max(end for _, end in job["populations"].values()) == built.out_degrees.size


def test_work_of_a_step():
    sizes = import_module("models.microcircuit").SIZES
    workloads = import_module("bench.scale.workloads")
    descriptions = import_module("bench.scale.descriptions")
    work = workloads.work_of(descriptions.cuba_network(1.0), {"E": 5.0, "I": 5.0})
    assert (work.neurons, work.model, work.row, work.synapses) == (4_000, "iaf", 80, 320_000)
    assert work.events == pytest.approx(4_000 * 5e-4 * 80) and not work.weights
    work = workloads.work_of(descriptions.microcircuit_network(0.1), dict.fromkeys(sizes, 5.0))
    assert work.weights and work.synapses == pytest.approx(0.01 * 299e6, rel=0.01)
    work = workloads.work_of(descriptions.brunel_network(1.0), {"E": 40.0, "I": 40.0})
    assert (work.model, work.row, work.draws) == ("lif", 1_250, 12_500)
    work = workloads.work_of(descriptions.dense(100), {"source": 30.0, "target": 30.0})
    assert (work.neurons, work.events, work.row, work.dense) == (200, 300.0, 100, True)


# --- other simulators -----------------------------------------------------------------


@pytest.fixture
def turns(monkeypatch):
    """The module; "NEST" is a second lavajit."""
    module = import_module("bench.scale.turns")
    monkeypatch.setitem(module.SCRIPTS, "NEST", "lavajit_worker.py")
    return module


def contest(turns, python: str, describe=None):
    """Rows and remarks of a tiny dense network in lavajit, "NEST" and Brian2, which is missing."""
    scale = import_module("bench.scale.workloads")
    descriptions = import_module("bench.scale.descriptions")
    workload = scale.Workload(
        "dense",
        "tiny",
        describe or (lambda: descriptions.dense(10)),
        {"lavajit": 50, "NEST": 20, "Brian2": 50},
        10,
        (scale.LAVAJITS[0], scale.BRIAN2S[0], scale.NESTS[0]),
    )
    peer = import_module("bench.peers.environments").Peer("NEST", python, "0")
    return turns.measure_workload(workload, {"NEST": peer}, quick=True)


def test_others_join(turns):
    rows, remarks = contest(turns, sys.executable)
    assert [row["simulator"] for row in rows] == ["lavajit float64", "NEST"]
    assert rows[1]["x lavajit"] == pytest.approx(rows[1]["us / step"] / rows[0]["us / step"])
    assert remarks[0] == "Brian2 is not there; python -m bench --setup-peers installs it"
    assert all(remark.startswith("lavajit") for remark in remarks[1:])


def test_who_fails_is_a_remark(turns, tmp_path):
    rows, remarks = contest(turns, str(tmp_path / "python"))
    assert [row["simulator"] for row in rows] == ["lavajit float64"]
    assert remarks[-1].startswith("tiny, NEST, 1 thread: NEST: cannot be started")


def test_other_rates_are_a_remark(turns):
    module = import_module("bench.scale.turns")
    workload = import_module("bench.scale.workloads").WORKLOADS[0]

    def turn(simulator, rate):
        found = object.__new__(module.Turns)
        contender = import_module("bench.scale.workloads").Contender(simulator, "float64", 1)
        found.contender = contender
        found.reports = [{"rates": {"E": rate}, "spikes": {"E": 5_000}}] * 2
        return found

    ours = turn("lavajit", 10.0)
    job = {"populations": {"E": [0, 10_000]}}
    assert module._compare(workload, job, turn("NEST", 10.5), ours) == []
    (remark,) = module._compare(workload, job, turn("NEST", 10.7), ours)
    assert remark.endswith("NEST, 1 thread: E fires at 10.70 Hz, in lavajit at 10.00 Hz")


def test_too_little_memory_is_a_remark(turns, monkeypatch):
    monkeypatch.setattr(turns, "free_memory", lambda: 1e6)
    rows, (remark,) = contest(turns, sys.executable)
    assert rows == [] and "left out, needs 1 GB" in remark


def test_lava_runs_dense(tmp_path, monkeypatch):
    for module, name in (
        ("lava.magma.core.run_conditions", "RunSteps"),
        ("lava.magma.core.run_configs", "Loihi2SimCfg"),
        ("lava.proc.lif.process", "LIF"),
        ("lava.proc.dense.process", "Dense"),
    ):
        path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"from lavajit import {name}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    descriptions = import_module("bench.scale.descriptions")
    worker = import_module("bench.peers.worker")
    with worker.start_lavajit(descriptions.dense(5) | {"simulator": "lava"}) as lava:
        assert lava.facts["synapses"] == 25 and lava.facts["versions"].startswith("lava-nc")
        assert lava.run(10)["seconds"] > 0
        assert lava.ask("report")["cv"] is None


def test_dense_is_the_same_network_every_time():
    arrays = import_module("bench.peers.protocol").dense_arrays
    one, other = arrays(20, 0.03, 0.4), arrays(20, 0.03, 0.4)
    for name in ("v", "weights"):
        assert np.array_equal(one[name], other[name])
    assert one["weights"].mean() == pytest.approx(0.4 / 20, rel=0.1)


def test_workers_need_nothing_of_lavajit():
    folder = Path(import_module("bench.peers.worker").FOLDER)
    for name in ("brian2_worker.py", "nest_worker.py", "protocol.py"):
        text = (folder / name).read_text()
        assert "import lavajit" not in text and "from bench" not in text
