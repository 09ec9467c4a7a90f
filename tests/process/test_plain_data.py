"""Plain data as JSON, and fingerprints of objects."""

import json
import math
from collections import OrderedDict, deque
from enum import Enum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.process.fingerprint import fingerprint
from lavajit.process.plain_data import NotPlainError, pack, unpack

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.complex_numbers()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.integers() | st.text(), inner)
    ),
)


def through_json(value):
    arrays = []
    return unpack(json.loads(json.dumps(pack(value, arrays))), arrays)


@given(VALUES)
def test_round_trip(value):
    assert repr(through_json(value)) == repr(value)


def test_arrays_and_numpy_scalars_keep_their_dtype():
    value = {"a": np.arange(6, dtype=np.int8).reshape(2, 3), "b": [np.float32(0.1), np.uint64(7)]}
    back = through_json(value)
    assert back["a"].dtype == np.int8 and back["a"].tolist() == value["a"].tolist()
    assert back["b"] == value["b"] and type(back["b"][0]) is np.float32
    assert math.isnan(through_json(float("nan")))


def test_generators_go_on():
    for rng in (np.random.Generator(np.random.MT19937(3)), np.random.default_rng(3)):
        rng.normal(size=3)
        assert through_json(rng).normal() == rng.normal()


def test_what_is_not_plain():
    loop = []
    loop.append(loop)
    values = [object(), {1, 2}, OrderedDict(), np.array([None]), np.array(["a"]), loop, b"bytes"]
    for value in values:
        with pytest.raises(NotPlainError):
            pack([value], [])


@pytest.mark.parametrize(
    "tree", [["list"], ["array", 3], ["nothing", 1], [], ["generator", "x", 1]]
)
def test_trees_of_others(tree):
    with pytest.raises((ValueError, IndexError, TypeError)):
        unpack(tree, [])


class Colour(Enum):
    RED = 1


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (deque([1]), lambda d: d.append(2)),
        ({1, 2}, lambda s: s.add(3)),
        (Slotted([1]), lambda s: s.x.append(2)),
        ({"a": [np.zeros(2)]}, lambda d: d["a"][0].__setitem__(0, 1)),
        (np.random.default_rng(1), lambda r: r.normal()),
    ],
)
def test_a_change_shows(value, change):
    before = fingerprint(value)
    assert before is not None and fingerprint(value) == before
    change(value)
    assert fingerprint(value) != before


def test_what_stays_and_what_cannot_be_known():
    loop = [len, int, np.float32, Colour.RED, {}]
    loop.append(loop)
    assert fingerprint(loop) == fingerprint(loop) is not None
    assert fingerprint(k for k in range(3)) is None
