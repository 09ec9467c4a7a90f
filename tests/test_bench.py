"""Benchmarks run, with tiny sizes; Lava is stood in for by a fake package."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def bench_is_importable(monkeypatch):
    """The folder ``bench`` is not installed; the checkout goes to the end of the path."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(CHECKOUT)])


@pytest.fixture
def fake_lava(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package ``lava`` with the few names the benchmark asks Lava for."""
    for module, name in (
        ("lava.proc.conv.process", "Conv"),
        ("lava.proc.sdn.process", "SigmaDelta"),
        ("lava.proc.io.source", "SourceRingBuffer as RingBuffer"),
        ("lava.magma.core.run_conditions", "RunSteps"),
        ("lava.magma.core.run_configs", "Loihi2SimCfg"),
        ("lava.proc.lif.process", "LIF"),
        ("lava.proc.dense.process", "Dense, LearningDense"),
        ("lava.magma.core.learning.learning_rule", "Loihi2FLearningRule"),
    ):
        path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"from lavajit import {name}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    return tmp_path


def run_bench(tmp_path: Path, *names: str) -> dict:
    main = import_module("bench.__main__").main
    assert main(["--quick", "--results", str(tmp_path), *names]) == 0
    return json.loads((tmp_path / f"{names[0]}.json").read_text())


def test_lif_dense_lif(tmp_path, capsys):
    result = run_bench(tmp_path, "lif_dense_lif")
    assert [(row["arithmetic"], row["n"]) for row in result["rows"]] == [
        *((arith, n) for arith in ("float", "fixed", "float32") for n in (1, 10))
    ]
    assert all(row["NumPy / lavajit"] > 1 for row in result["rows"])
    assert result["machine"]["cpu"] and result["machine"]["numba"]
    assert "NumPy / lavajit" in capsys.readouterr().out


def test_startup(tmp_path):
    cold, second = run_bench(tmp_path, "startup")["rows"]
    assert (cold["start"], second["start"]) == ("empty cache", "second start")
    assert second["kernels s"] < cold["kernels s"]


def test_memory(tmp_path):
    rows = run_bench(tmp_path, "memory")["rows"]
    expected = [(name, way) for name in ("Sparse", "DelaySparse") for way in ("csr", "arrays")]
    assert [(row["Process"], row["from"]) for row in rows] == expected
    assert all(row["given"] < row["state"] + 16 for row in rows)


def test_cuba(tmp_path):
    rows = run_bench(tmp_path, "cuba")["rows"]
    assert [row["precision"] for row in rows] == ["float64", "float32"]
    assert all(row["us per step"] > 0 and row["events per step"] > 0 for row in rows)


def test_profile(tmp_path):
    rows = run_bench(tmp_path, "profile")["rows"]
    assert len(rows) == 4 and all(row["with profile"] > 0 for row in rows)


def test_projection(tmp_path):
    (row,) = run_bench(tmp_path, "projection")["rows"]
    assert {"make", "B", "float64", "float32", "DelaySparse"} <= set(row)


def test_planning(tmp_path):
    rows = run_bench(tmp_path, "planning")["rows"]
    assert [row["processes"] for row in rows] == [10, 20]


def test_crossings(tmp_path):
    rows = run_bench(tmp_path, "crossings")["rows"]
    assert len(rows) == 4 and all(row["us"] > 0 for row in rows)


def test_library(tmp_path, capsys):
    rows = run_bench(tmp_path, "library", "--only", "s4d,io")["rows"]
    assert {row["family"] for row in rows} == {"s4d", "io"}
    assert all(row["lavajit ns"] > 0 and row["other ns"] > 0 for row in rows)
    assert "other / lavajit" in capsys.readouterr().out


@pytest.mark.slow
def test_library_stack(tmp_path):
    rows = run_bench(tmp_path, "library", "--only", "stack")["rows"]
    assert [row["arithmetic"] for row in rows] == ["float", "fixed"]
    assert rows[0]["steps / s"] == pytest.approx(1e9 / rows[0]["lavajit ns"])


@pytest.mark.parametrize("arith", ["float", "fixed", "float32"])
def test_library_against_c(arith):
    c_loop = import_module("bench.library.c_loop")
    if not import_module("bench.common").gcc_is_there():
        pytest.skip("no gcc")
    c_loop.CLoopReference(17, arith).check()


def all_references() -> list[tuple[str, str]]:
    names = []
    for module in ("neurons", "graded", "connections"):
        path = CHECKOUT / "bench" / "library" / f"{module}.py"
        listed = path.read_text().split("REFERENCES = (")[1]
        names += [(module, line.strip(" ,")) for line in listed.splitlines() if "Reference" in line]
    return names


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name"), all_references())
def test_library_opponents_compute_the_same(module, name):
    reference = getattr(import_module(f"bench.library.{module}"), name)
    n = 6 if name == "ConvReference" else 60
    for arith in reference.arithmetics:
        reference(n, arith).check()


def test_library_notices_a_wrong_opponent():
    make = import_module("bench.library.neurons").LIFReference
    for arith in ("float", "fixed"):
        reference = make(10, arith)
        reference.bias = reference.bias + (5 if reference.fixed else 1e-3)
        with pytest.raises(AssertionError, match=r"(?s)LIF \(\w+\), .* NumPy has"):
            reference.check()


def test_library_does_not_time_python(monkeypatch):
    library = import_module("bench.library")
    reference = import_module("bench.library.graded").GradedVecReference(5, "fixed")
    messages = import_module("bench.library.reference").AbstractPyMessagesModel

    def run_spk(self):
        print("now and then")
        self.s_out.send(self.rows[0])

    monkeypatch.setattr(messages, "run_spk", run_spk)
    with pytest.raises(AssertionError, match="is not native"):
        library.compiled(reference)


def test_library_stack_in_lava(fake_lava):
    found = import_module("bench.common").in_fresh_interpreter(
        "bench.library.stack_peer", 8, "fixed", 3
    )
    assert found["step"] > 0


@pytest.mark.parametrize("arith", ["float", "fixed"])
def test_learning_in_lava(fake_lava, arith):
    found = import_module("bench.common").in_fresh_interpreter(
        "bench.learning.lava_peer", 8, 2, arith, 4
    )
    assert found["step"] > 0


def test_library_family_that_is_not_there(capsys):
    main = import_module("bench.__main__").main
    assert main(["library", "--only", "lif,speed"]) == 2
    assert "no family speed; there are lif, " in capsys.readouterr().out


def test_growth():
    growth = import_module("bench.planning").growth
    assert growth([1, 10, 100], [2, 20, 200]) == pytest.approx(1)


def test_batch(tmp_path):
    one, four = run_bench(tmp_path, "batch")["rows"]
    assert (one["copies"], four["copies"]) == (1, 4)
    if four["KB per copy"] is not None:
        assert 0 < four["KB per copy"] < four["KB network"]


def test_medians_are_interleaved():
    calls = []

    def measure(name, values):
        return lambda: (calls.append(name), next(values))[1]

    interleaved = import_module("bench.common").interleaved
    found = interleaved(
        {"a": measure("a", iter([1.0, 9.0, 2.0])), "b": measure("b", iter([4.0, 4.0, 5.0]))}, 3
    )
    assert found == {"a": 2.0, "b": 4.0}
    assert calls == ["a", "b"] * 3


def test_disagreeing_contenders_are_not_timed():
    bench = import_module("bench.lif_dense_lif")
    network, _ = bench.compiled_network(3, "float")
    other = bench.NumPyNetwork(bench.PARAMETERS["float"](3))
    other.v1 += 0.25
    with pytest.raises(AssertionError, match="source.v after 50 steps"):
        bench.check_equal(network, other, "float")
    network.target.stop()


def test_lava_runs_in_an_interpreter_of_its_own(fake_lava):
    peer = import_module("bench.common").in_fresh_interpreter
    found = peer("bench.lava_peer", 3, "fixed", 5)
    assert found["step"] > 0 and found["first"] > 0


def test_lava_joins_the_table_when_installed(tmp_path, monkeypatch):
    bench = import_module("bench.lif_dense_lif")
    monkeypatch.setattr(bench, "lava_is_installed", lambda: True)
    monkeypatch.setattr(bench, "in_fresh_interpreter", lambda *args: {"step": 1e-3})
    monkeypatch.setattr(bench, "RUN_TAGS", {"float": "floating_pt"})
    row = bench.measure(quick=True).rows[0]
    assert row["Lava ns"] == pytest.approx(1e6)
    assert row["Lava / lavajit"] == pytest.approx(1e6 / row["lavajit ns"])


def test_stand_in_is_not_taken_for_lava(use_table, monkeypatch, tmp_path):
    is_installed = import_module("bench.lava_peer").lava_is_installed
    assert not is_installed()
    table = import_module("lavajit.as_lava.table").load_table()
    use_table(table)
    assert not is_installed()


def test_real_package_is_taken_for_lava(fake_lava, monkeypatch):
    monkeypatch.syspath_prepend(str(fake_lava))
    try:
        assert import_module("bench.lava_peer").lava_is_installed()
    finally:
        sys.modules.pop("lava", None)  # looking for lava.magma imports its package


def test_neurocore(tmp_path, monkeypatch):
    bench = import_module("bench.neurocore")
    monkeypatch.setattr(bench, "find_peers", dict)
    result = run_bench(tmp_path, "neurocore")  # compares spikes of cores and Processes
    emulated, core, on_cores = result["rows"]
    assert emulated["cores"] == 1 and emulated["steps / s"] > 0
    assert 0.1 < core["activity"] < 0.3 and core["core / Sparse"] > 0
    assert 0.1 < on_cores["activity"] < 0.3 and on_cores["x counted"] > 0
    with pytest.raises(RuntimeError, match="not equal: 3 spikes, Toy has 2 in step 2"):
        bench.check_equal([[1, 5], [3, 7]], [[1, 5], [2, 7]], "Toy")


def test_unknown_name(capsys):
    main = import_module("bench.__main__").main
    assert main(["speed"]) == 2
    assert "no benchmark speed; there are lif_dense_lif, " in capsys.readouterr().out
    assert main(["--list"]) == 0
    assert "startup " in capsys.readouterr().out
