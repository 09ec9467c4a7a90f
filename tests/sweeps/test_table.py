"""The table of a sweep: rows, columns, text, CSV, pandas."""

import csv
import json

import numpy as np
import pytest

from lavajit import sweep


def results(g, n):
    if (g, n) == (0.5, 2):
        raise RuntimeError("no\nspikes")
    return {"rate": g / 3, "count": n, "trace": np.full(2, n), "note": "fine", "list": [n, None]}


@pytest.fixture
def table():
    return sweep(results, {"g": [0.25, 0.5], "n": [1, 2]})


def test_columns(table):
    np.testing.assert_array_equal(table["rate"], [0.25 / 3, 0.25 / 3, 0.5 / 3, np.nan])
    np.testing.assert_array_equal(table["count"], [1, 2, 1, np.nan])
    assert table["trace"].shape == (4, 2) and np.isnan(table["trace"][3]).all()
    assert list(table["note"]) == ["fine", "fine", "fine", None]
    assert table["list"][1] == [2, None]
    assert table["n"].dtype == np.int64
    assert table.on_grid("trace").shape == (2, 2, 2)
    with pytest.raises(KeyError, match="no column 'rates'; there are g, n, rate, count"):
        table["rates"]
    with pytest.raises(KeyError, match="there are x, error; ZeroDivisionError: "):
        sweep(lambda x: {"y": 1 / x}, {"x": [0]})["y"]


def test_arrays_of_different_shapes_are_objects():
    column = sweep(lambda n: {"spikes": np.arange(n)}, {"n": [0, 2]})["spikes"]
    assert column.dtype == object and column[1].tolist() == [0, 1]


def test_rows(table):
    assert len(table) == 4
    assert table[-1] == {"g": 0.5, "n": 2, "error": "RuntimeError: no"}
    assert table.failed == [table[3]]


def test_text(table):
    assert repr(table).splitlines() == [
        "      g  n       rate  count     trace  note       list             error",
        "0  0.25  1  0.0833333      1  int64[2]  fine  [1, None]                 -",
        "1  0.25  2  0.0833333      2  int64[2]  fine  [2, None]                 -",
        "2   0.5  1   0.166667      1  int64[2]  fine  [1, None]                 -",
        "3   0.5  2          -      -         -     -          -  RuntimeError: no",
        "[4 points, 1 failed]",
    ]
    long = repr(sweep(lambda x: {"y": "a" * 100}, {"x": range(100)})).splitlines()
    assert len(long) == 19 and long[9].split() == ["...", "...", "..."]
    assert long[-1] == "[100 points]" and max(map(len, long)) < 50


def test_csv(table, tmp_path):
    table.to_csv(tmp_path / "table.csv")
    with open(tmp_path / "table.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["rate"]) for row in rows[:3]] == [0.25 / 3, 0.25 / 3, 0.5 / 3]
    assert json.loads(rows[1]["trace"]) == [2, 2] and json.loads(rows[1]["list"]) == [2, None]
    assert rows[3]["rate"] == "" and rows[3]["error"] == "RuntimeError: no"


def test_pandas(table):
    pytest.importorskip("pandas", reason="extra 'pandas'")
    frame = table.to_pandas()
    assert list(frame.columns) == table.columns
    assert frame["rate"].isna().tolist() == [False, False, False, True]
    assert frame.set_index(["g", "n"]).loc[(0.25, 2), "count"] == 2
