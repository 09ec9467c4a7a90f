"""The loops in C compute what they say, and limits are sums of what they take."""

import math
from importlib import import_module

import numpy as np
import pytest


@pytest.fixture
def loops():
    found = import_module("bench.c_loops")
    if not import_module("bench.common").gcc_is_there():
        pytest.skip("no gcc")
    return found


@pytest.fixture
def limits(loops):
    return import_module("bench.limits")


@pytest.mark.parametrize("index", ["uint16", "int32"])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_scatter(loops, index, precision):
    rng = np.random.default_rng(1)
    row, targets = 50, 30
    places = rng.integers(0, targets, 10 * row).astype(index)
    weights = rng.integers(-5, 6, places.size).astype(np.float32)
    spiking = np.array([7, 2, 2], np.int32)
    found = np.zeros(targets, precision)
    loops.call(f"scatter_{index}_{precision}", 3, row, spiking, places, weights, found)
    wanted = np.zeros(targets)
    for source in spiking:
        here = slice(source * row, (source + 1) * row)
        np.add.at(wanted, places[here], weights[here])
    np.testing.assert_array_equal(found, wanted)
    found[:] = 0
    loops.call(f"count_{index}_{precision}", 3, row, spiking, places, found)
    here = np.concatenate([places[source * row : (source + 1) * row] for source in spiking])
    np.testing.assert_array_equal(found, 0.5 * np.bincount(here, minlength=targets))


def test_stream(loops):
    weights = np.arange(12.0).reshape(4, 3)
    found = np.zeros(3)
    loops.call("stream_float64", 2, 3, np.array([1, 3], np.int32), weights, found)
    np.testing.assert_array_equal(found, weights[1] + weights[3])


def test_updates(loops):
    n = 37
    arrays = np.random.default_rng(0).uniform(0, 1, (4, n))
    a_in, bias, u, v = arrays.copy()
    spikes = np.zeros(n, np.uint8)
    loops.call("lif_float64", n, 1, arrays, spikes)
    u = 0.8 * u + a_in
    v = 0.95 * v + u + bias
    assert np.array_equal(spikes, v > 1) and 0 < spikes.sum() < n
    np.testing.assert_allclose(arrays[3], np.where(v > 1, 0, v), rtol=1e-12)


def test_refractory_neurons_wait(loops):
    arrays = np.zeros((5, 1), np.float32)
    arrays[4] = 200.0
    wait, spikes = np.zeros(1, np.int32), np.zeros(1, np.uint8)
    loops.call("iaf_float32", 1, 1, arrays, wait, spikes)
    assert (spikes[0], arrays[4, 0], wait[0]) == (1, 0.0, 50)
    loops.call("iaf_float32", 1, 50, arrays, wait, spikes)
    assert (spikes[0], arrays[4, 0], wait[0]) == (0, 0.0, 0)
    loops.call("iaf_float32", 1, 1, arrays, wait, spikes)
    assert arrays[4, 0] == 1.0


def test_draws_have_the_mean_of_their_table(loops):
    n, mean = 64_000, 2.0
    counts = np.arange(loops.TABLE)
    chances = np.array([math.exp(-mean) * mean**k / math.factorial(k) for k in counts])
    table = np.minimum(2**32 - 1, chances.cumsum() * 2**32).astype(np.uint32)
    state = np.random.default_rng(0).integers(1, 1 << 32, loops.LANES, np.uint32)
    found = np.zeros(n, np.uint8)
    loops.call("poisson", n, 1, table, state, found)
    assert found.mean() == pytest.approx(mean, abs=5 * math.sqrt(mean / n))
    assert found.var() == pytest.approx(mean, rel=0.05)


def test_limit_is_the_sum_of_its_parts(limits):
    neurons = limits.limit(limits.Work(1_000, "lif"), quick=True)
    assert neurons == 1_000 * limits.update_seconds("lif", 1_000, "float64", 1, True) > 0
    work = limits.Work(1_000, "lif", events=50.0, row=10, targets=1_000, synapses=10_000)
    scatter = limits.scatter_seconds(10, 1_000, 10_000, True, "float64", 1, True)
    assert limits.limit(work, quick=True) == pytest.approx(neurons + 50 * scatter)
    dense = limits.Work(1_000, "lif", 50.0, 10, 10, 100, dense=True, draws=64.0)
    parts = 50 * limits.stream_seconds(10, 100, "float64", 1, True)
    parts += 64 * limits.draw_seconds(64, 1, True)
    assert limits.limit(dense, quick=True) == pytest.approx(neurons + parts)


def test_no_compiler_no_limit(monkeypatch):
    limits = import_module("bench.limits")
    monkeypatch.setattr(limits, "gcc_is_there", lambda: False)
    assert math.isnan(limits.limit(limits.Work(10, "lif")))
    assert limits.measure().notes == ["gcc is not there: nothing to measure"]


def test_table(limits, run_bench):
    rows = run_bench("limits")["rows"]
    assert {"1 thread", "2 threads"} < set(rows[0])
    assert all(row["1 thread"] > 0 and row["2 threads"] > 0 for row in rows)
    names = " ".join(row["what"] for row in rows)
    for word in ("memory, copy", "scatter-add, float32", "lif update", "Poisson", "streamed"):
        assert word in names
