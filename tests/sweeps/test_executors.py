"""Sweeps in threads, in other processes, and in a dask cluster."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from helpers import sweep_points as functions

from lavajit import sweep

BIASES = {"bias": [0.5, 1.0, 1.5, 2.0]}
EXPECTED = np.repeat([[2.5], [5.0], [7.5], [10.0]], 3, axis=1)


@pytest.fixture
def pool():
    """Two processes that share nothing with this one; ended even if they hang."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        yield executor
        for process in list((executor._processes or {}).values()):
            process.terminate()


def test_threads():
    with ThreadPoolExecutor(4) as executor:
        table = sweep(functions.voltage, {**BIASES, "seed": range(8)}, executor)
    np.testing.assert_array_equal(table.on_grid("v")[:, 5], EXPECTED)
    assert not table.failed


def test_processes(pool):
    table = sweep(functions.voltage, BIASES, pool)
    np.testing.assert_array_equal(table["v"], EXPECTED)
    assert os.getpid() not in table["pid"]
    failing = sweep(functions.picky, {"x": [1, 2, 3]}, pool)
    assert [row["error"] for row in failing] == [None, "ValueError: two is too much", None]
    assert "in picky" in failing.tracebacks[1]
    with pytest.raises(ValueError, match="two is too much") as raised:
        sweep(functions.picky, {"x": [1, 2, 3]}, pool, errors="raise")
    assert raised.value.__notes__[0] == "at point 1 of the sweep: x=2"
    assert "in picky" in raised.value.__notes__[1]
    assert sweep(functions.strange, {"x": [1]}, pool)[0]["error"].endswith("1 is strange")
    assert sweep(functions.square, {"x": [3]}, pool)[0]["square"] == 9, "the pool is whole"
    with pytest.raises(TypeError, match="lambda.*cannot be sent to other processes"):
        sweep(lambda x: {}, {"x": [1]}, pool)


def test_processes_that_die(pool, tmp_path):
    sweep(functions.square, {"x": [1]}, pool)
    table = sweep(functions.dying, {"x": [1, 2, 3]}, pool, resume=tmp_path / "dying")
    assert all("BrokenProcessPool" in row["error"] for row in table)
    again = sweep(functions.square, {"x": [1]}, pool)
    assert "BrokenProcessPool" in again[0]["error"]


@pytest.mark.slow
def test_dask():
    distributed = pytest.importorskip("distributed", reason="extra 'dask'")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(host="127.0.0.1", **options) as cluster,
        distributed.Client(cluster, timeout="30s") as client,
        client.get_executor() as executor,
    ):
        table = sweep(functions.voltage, BIASES, executor)
        np.testing.assert_array_equal(table["v"], EXPECTED)
        assert os.getpid() not in table["pid"]
        failing = sweep(functions.picky, {"x": [1, 2, 3]}, executor)
        assert [row["error"] for row in failing] == [None, "ValueError: two is too much", None]
        with pytest.raises(TypeError, match="executor must be .*; give its get_executor()"):
            sweep(functions.picky, {"x": [1]}, client)
