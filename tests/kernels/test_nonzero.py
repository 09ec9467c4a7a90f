"""The list of non-zero elements, 64 at a time, against NumPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from lavajit.kernels.nonzero import nonzero as native
from lavajit.model.elements import nonzero as python

DTYPES = [np.bool_, np.int8, np.uint16, np.int32, np.int64, np.float32, np.float64, np.complex128]


@njit
def shifted(values, first, indices):
    """Of an array that begins anywhere in memory."""
    return native(values[first:], indices)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_equals_numpy(dtype, data):
    size = data.draw(st.integers(0, 300))
    share = data.draw(st.sampled_from([0.0, 0.01, 0.3, 1.0]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    values = ((rng.random(size) < share) * rng.choice([1, 3], size)).astype(dtype)
    first = data.draw(st.integers(0, size))
    expected = np.flatnonzero(values[first:])
    for function in (lambda v, i: shifted(v, first, i), lambda v, i: python(v[first:], i)):
        indices = np.full(size + 1, -1)
        count = function(values, indices)
        assert count == expected.size
        np.testing.assert_array_equal(indices[:count], expected)
        assert indices[size - first] == -1  # nothing is written behind


def test_nan_and_negative_zero():
    values = np.zeros(70)
    values[[3, 66]], values[[4, 67]], values[[5, 68]] = np.nan, -0.0, -np.inf
    indices = np.zeros(70, np.int64)
    for function in (native, python):
        assert function(values, indices) == 4
        np.testing.assert_array_equal(indices[:4], [3, 5, 66, 68])
