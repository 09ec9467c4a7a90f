"""Sweeps that go on where they ended."""

import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from helpers import sweep_points as functions
from hypothesis import given
from hypothesis import strategies as st

from lavajit import sweep
from lavajit.sweeps.points import json_of, key_of
from lavajit.sweeps.store import SweepStore


def counted(function):
    """The function, and the list of points at which it has been called."""
    calls = []

    def build(**point):
        calls.append(point)
        return function(**point)

    return build, calls


def same(first, second):
    assert [row.keys() for row in first] == [row.keys() for row in second]
    for a, b in zip(first, second, strict=True):
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])
            assert type(a[name]) is type(b[name])


def test_finished_points_are_not_computed_again(tmp_path):
    build, calls = counted(functions.square)
    first = sweep(build, {"x": [0.1, 2]}, resume=tmp_path / "kept")
    same(first, sweep(build, {"x": [0.1, 2]}, resume=tmp_path / "kept"))
    assert len(calls) == 2
    more = sweep(build, {"x": [7, 2.0, 2, 0.1]}, resume=tmp_path / "kept")
    assert [call["x"] for call in calls[2:]] == [7, 2.0]
    same([more[2], more[3]], [first[1], first[0]])


def test_failed_points_are_computed_again(tmp_path):
    build, calls = counted(functions.picky)
    for _ in range(2):
        assert len(sweep(build, {"x": [1, 2, 3]}, resume=tmp_path).failed) == 1
    assert [call["x"] for call in calls] == [1, 2, 3, 2]
    with pytest.raises(ValueError, match="two is too much"):
        sweep(build, {"x": [4, 2, 5]}, resume=tmp_path, errors="raise")
    sweep(build, {"x": [4]}, resume=tmp_path)
    assert [call["x"] for call in calls[4:]] == [4, 2]


def test_a_truncated_last_line_is_one_point_less(tmp_path):
    build, calls = counted(functions.square)
    sweep(build, {"x": [1, 2, 3]}, resume=tmp_path)
    path = tmp_path / "points.jsonl"
    os.truncate(path, path.stat().st_size - 5)
    sweep(build, {"x": [1, 2, 3]}, resume=tmp_path)
    assert [call["x"] for call in calls] == [1, 2, 3, 3]
    lines = path.read_text().splitlines()
    assert [json.loads(line)["point"]["x"] for line in lines[1:]] == [1, 2, 3]


def test_missing_arrays_are_computed_again(tmp_path):
    build, calls = counted(functions.square)
    sweep(build, {"x": [1, 2]}, resume=tmp_path)
    next((tmp_path / "arrays").iterdir()).unlink()
    sweep(build, {"x": [1, 2]}, resume=tmp_path)
    assert len(calls) == 3


def test_killed_in_the_middle(tmp_path):
    program = """
        import os, sys
        from lavajit import sweep
        def build(x):
            if x == 3:
                os._exit(9)
            return {"y": x / 3}
        sweep(build, {"x": range(5)}, resume=sys.argv[1])
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    assert subprocess.run(command, timeout=60).returncode == 9

    def build(x):
        assert x >= 3
        return {"y": x / 3}

    build.__qualname__ = "build"
    table = sweep(build, {"x": range(5)}, resume=tmp_path)
    assert list(table["y"]) == [x / 3 for x in range(5)]


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), plain_values, max_size=3), st.floats())
def test_results_are_read_back_exactly(tmp_path_factory, result, x):
    folder = tmp_path_factory.mktemp("sweep")
    SweepStore(folder, "f").add({"x": x}, result)
    found = SweepStore(folder, "f").find({"x": x})
    assert repr(found) == repr(result)  # NaN is NaN there


@pytest.mark.parametrize("value", [np.arange(6.0).reshape(2, 3), np.zeros(0, "int8"), 1 + 2j])
def test_arrays_are_read_back_exactly(tmp_path, value):
    SweepStore(tmp_path, "f").add({}, {"value": value})
    found = SweepStore(tmp_path, "f").find({})["value"]
    np.testing.assert_array_equal(found, value, strict=True)


def test_values_of_points():
    point = {"b": np.float32(0.1), "a": (1, np.arange(2)), "c": None}
    kept = json_of(point)
    assert kept == {"b": float(np.float32(0.1)), "a": [1, [0, 1]], "c": None}
    assert key_of(kept) == key_of(dict(reversed(kept.items())))


def test_what_cannot_be_kept(tmp_path):
    table = sweep(lambda x: {"y": object()}, {"x": [1]}, resume=tmp_path / "a")
    assert table[0]["error"].startswith("TypeError: result 'y' cannot be kept for resume")
    with pytest.raises(TypeError, match="with resume, values of 'x' must be numbers"):
        sweep(functions.square, {"x": [object()]}, resume=tmp_path / "b")
    with pytest.raises(ValueError, match=r"points 0 and 2 are the same \(x=1\), so resume cannot"):
        sweep(functions.square, {"x": [1, 2, 1]}, resume=tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a,b\n1,2\n", "line 1, is damaged"),
        ("[]\n", "line 1, is no JSON object"),
        ('{"format": "other"}\n', "begins with format 'other', expected 'lavajit sweep 1'"),
        ('{"format": "lavajit sweep 1", "build": "f"}\n', "has results of 'f', but this is"),
        ('{"format": "lavajit sweep 1", "build": "square"}\n{}\n', "line 2, is no point"),
    ],
)
def test_folders_of_something_else(tmp_path, content, text):
    (tmp_path / "points.jsonl").write_text(content)
    with pytest.raises(ValueError, match=text):
        sweep(functions.square, {"x": [1]}, resume=tmp_path)
    assert (tmp_path / "points.jsonl").read_text() == content
