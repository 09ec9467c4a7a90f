"""Sweeps in this process: points, failures, progress."""

import doctest
import re

import numpy as np
import pytest
from helpers import sweep_points as functions

from lavajit import sweep
from lavajit.sweeps import sweep as module


def test_rows_are_in_the_order_of_the_grid():
    def point(a, b):
        return {"text": f"{a}{b}"}

    table = sweep(point, {"a": [2, 1], "b": "x y".split()})
    assert [row["text"] for row in table] == ["2x", "2y", "1x", "1y"]
    assert table.columns == ["a", "b", "text", "error"]
    assert table.axes == {"a": [2, 1], "b": ["x", "y"]}


def test_networks():
    table = sweep(functions.voltage, {"bias": [0.5, 2], "seed": range(2)})
    np.testing.assert_array_equal(table.on_grid("v")[:, 0], [[2.5] * 3, [10.0] * 3])
    np.testing.assert_array_equal(table.on_grid("total"), [[7.5, 8.5], [30, 31]])


def test_a_list_of_points_may_have_holes():
    def point(a, b=5):
        return {"sum": a + b}

    table = sweep(point, [{"a": 1}, {"a": 2, "b": 0}])
    assert list(table["sum"]) == [6, 2]
    assert table.columns == ["a", "b", "sum", "error"]
    with pytest.raises(ValueError, match="it has no axes"):
        table.on_grid("sum")


def test_numbers_of_numpy_become_pythons():
    (row,) = sweep(functions.square, {"x": np.array([1.5])})
    assert type(row["x"]) is float and type(row["square"]) is float


def test_a_failure_is_reported_in_its_row():
    table = sweep(functions.picky, {"x": [1, 2, 3]})
    assert [row["error"] for row in table] == [None, "ValueError: two is too much", None]
    assert table.failed == [{"x": 2, "error": "ValueError: two is too much"}]
    assert "and more about it" in table.tracebacks[1]
    np.testing.assert_array_equal(table["y"], [1, np.nan, 3])


def test_a_failure_is_raised_on_request():
    with pytest.raises(ValueError, match="two is too much") as raised:
        sweep(functions.picky, {"x": [1, 2, 3]}, errors="raise")
    assert raised.value.__notes__ == ["at point 1 of the sweep: x=2"]
    with pytest.raises(functions.StrangeError):
        sweep(functions.strange, {"x": [1]}, errors="raise")


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (7, "TypeError: .* must return a dict of results by name, got int"),
        ({"x": 1}, "ValueError: .* returns a result called 'x'; use a str that is neither"),
        ({"error": 1}, "ValueError: .* returns a result called 'error'"),
        ({3: 1}, "ValueError: .* returns a result called 3"),
    ],
)
def test_results_that_make_no_row(result, error):
    (row,) = sweep(lambda x: result, {"x": [0]})
    assert re.match(error, row["error"])


def test_progress():
    seen = []
    sweep(functions.picky, {"x": [1, 2, 3]}, progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_progress_bar(capsys):
    sweep(functions.picky, {"x": [1, 2, 3]}, progress=True)
    bar = capsys.readouterr().err
    assert "3/3" in bar and "failed=1" in bar


@pytest.mark.parametrize(
    ("grid", "error", "text"),
    [
        ({"x": 3}, TypeError, r"grid\['x'\] must be a list of values, got 3; write \[value\]"),
        ({"x": "abc"}, TypeError, "must be a list of values, got 'abc'"),
        ({"x": np.zeros((2, 2))}, ValueError, r"got shape \(2, 2\)"),
        ({"x": []}, ValueError, r"grid\['x'\] is empty"),
        ({"x": [1], "y": [2]}, TypeError, r"picky\(x\) cannot be called with x=1, y=2: got an un"),
        ([{}], TypeError, "cannot be called with no parameters: missing a required argument: 'x'"),
        ([3], TypeError, "item 0 is 3"),
        ({"error": [1]}, ValueError, "a parameter is called 'error'"),
        ({1: [1]}, ValueError, "a parameter is called 1"),
    ],
)
def test_grids_that_do_not_fit(grid, error, text):
    with pytest.raises(error, match=text):
        sweep(functions.picky, grid)


def test_options_that_do_not_fit():
    class Client:
        def get_executor(self):
            """As dask's client has it."""

    with pytest.raises(TypeError, match="executor must be .*; give its get_executor()"):
        sweep(functions.picky, {"x": [1]}, Client())
    with pytest.raises(TypeError, match="executor must be .*, got 4; e.g. ProcessPoolExecutor"):
        sweep(functions.picky, {"x": [1]}, 4)
    with pytest.raises(ValueError, match="errors must be 'report' or 'raise', got 'ignore'"):
        sweep(functions.picky, {"x": [1]}, errors="ignore")
    with pytest.raises(TypeError, match="build must be a function"):
        sweep(3, {"x": [1]})


def test_example_of_the_docstring():
    import lavajit

    names = {name: getattr(lavajit, name) for name in ("LIF", "Loihi2SimCfg", "RunSteps")}
    results = doctest.testmod(module, extraglobs=names)
    assert results.attempted > 0 and results.failed == 0
