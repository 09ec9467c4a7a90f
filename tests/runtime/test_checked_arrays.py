"""Arrays of debug runs: native arithmetic, and reports of what is lost."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit import (
    CPU,
    AbstractProcess,
    DebugWarning,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    Var,
    first_difference,
    implements,
    requires,
)
from lavajit.runtime.checked_arrays import CheckedArray, Place, Reporter, checked
from lavajit.runtime.debug import no_denormals


def array_of(shape, dtype="float64") -> CheckedArray:
    place = Place("a", "Model", Reporter(np.zeros(8, np.int64)))
    return checked(np.zeros(shape, dtype), place)


def test_memory_is_shared_and_parts_keep_the_name():
    plain = np.zeros((3, 2), np.int32)
    array = checked(plain, Place("a", "Model", Reporter(np.zeros(8, np.int64))))
    array[1:, 0] = 7
    array.flat[1] = 5
    assert plain.tolist() == [[0, 5], [7, 0], [7, 0]]
    assert array[1:].place is array.T.place is (array + 1).place is array.place
    assert repr(array[0]) == "array([0, 5], dtype=int32)"


def test_narrow_integers_count_in_64_bits():
    array = array_of(3, "int32")
    array += 2**30
    assert type(array[0]) is type(array.max()) is type(array.flat[0]) is np.int64
    assert (array * 8).dtype == np.int64 and (array - array[:1]).dtype == np.int32
    assert (array * 8).tolist() == [2**33] * 3
    assert type(array_of((), "float64").item()) is np.float64
    assert type(array_of(2, "float32")[0]) is np.float32


def test_index_of_a_tuple():
    with pytest.raises(IndexError, match=r"a \(model Model\).*got index \(1, 3\)"):
        array_of((2, 3))[1, np.int64(3)]
    with pytest.raises(IndexError, match=r"an array has shape \(2,\), got index 2"):
        CheckedArray((2,))[2]


@given(
    value=st.integers(-(2**70), 2**70) | st.integers(-300, 300),
    dtype=st.sampled_from(["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"]),
)
def test_stored_integers_keep_their_low_bits(value, dtype):
    array = array_of(2, dtype)
    fits = np.iinfo(dtype).min <= value <= np.iinfo(dtype).max
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        array[1] = value
    assert (int(array[1]) - value) % 2 ** (8 * array.itemsize) == 0 and array[0] == 0
    assert len(caught) == (not fits)


class Idioms(AbstractProcess):
    """Arithmetic in which NumPy and native code could differ."""

    def __init__(self, **params):
        super().__init__(**params)
        shape = (4,)
        for name in "abcdefg":
            setattr(self, name, Var(shape, init=1))
        self.x = Var(shape, init=1.5)
        self.y = Var(shape, init=1e-300)
        self.n = Var((1,), init=3)
        self.r = Var((1,), init=0.0)


@implements(proc=Idioms, protocol=LoihiProtocol)
@requires(CPU)
class IdiomsModel(PyLoihiProcessModel):
    a: np.ndarray = LavaPyType(np.ndarray, np.int32)
    b: np.ndarray = LavaPyType(np.ndarray, np.int32)
    c: np.ndarray = LavaPyType(np.ndarray, np.int32)
    d: np.ndarray = LavaPyType(np.ndarray, np.int32)
    e: np.ndarray = LavaPyType(np.ndarray, np.int16)
    f: np.ndarray = LavaPyType(np.ndarray, np.int8)
    g: np.ndarray = LavaPyType(np.ndarray, np.int32)
    x: np.ndarray = LavaPyType(np.ndarray, float)
    y: np.ndarray = LavaPyType(np.ndarray, float)
    n: int = LavaPyType(int, np.int32)
    r: float = LavaPyType(float, float)

    def run_spk(self):
        for i in range(4):
            self.a[i] = (self.a[i] * 4096 * 4096 * 4096 + 7 * i) // 4099
        self.b[:] = (self.b * 2**12 * 2**12) // (4095 - self.n) + self.n
        self.c = self.c * self.c + self.c + 70_000
        self.d *= 70_001
        self.d -= self.d // 3
        self.e[:] = (self.e << 9) + (self.e >> 3) + 11
        self.f += 100
        widened = self.g * 65_536
        for i in range(4):
            self.g[i] = widened[i] * 65_537 + self.n * widened[i] + i
            self.x[i] = self.x[i] / self.r if i < 2 else self.x[i] * 1.25
            self.y[i] = self.y[i] * 1e-5
        self.r = self.r + self.y[0] + 0.5
        self.n = self.n + self.g.sum() % 1000


@pytest.mark.slow
def test_numbers_are_those_of_native_code():
    debug = Loihi2SimCfg(debug=True)
    build = lambda: Idioms(name="idioms")  # noqa: E731
    with pytest.warns(DebugWarning):
        assert first_difference(build, Loihi2SimCfg(), debug, steps=20) is None


def test_denormal_numbers_are_zero_as_in_native_code():
    small = np.array([1e-310])
    with no_denormals():
        flushed = small * 1.0
    assert flushed[0] in (0.0, 1e-310)  # where it is not known how, they stay
    assert (small * 1.0)[0] == 1e-310
    if sys.platform == "linux":
        assert flushed[0] == 0.0
