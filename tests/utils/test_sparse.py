"""Sparse matrices and lists of synapses."""

import numpy as np
import pytest
import scipy.sparse

from lavajit.utils.sparse import find, from_synapses


@pytest.mark.parametrize("format", ["csr", "csc", "coo"])
def test_find(format):
    dense = np.array([[0, 3, 0], [4, 0, 5]])
    matrix = scipy.sparse.csr_matrix(dense).asformat(format)
    expected = [[0, 1, 1], [1, 0, 2], [3, 4, 5]]
    assert [part.tolist() for part in find(matrix)] == expected
    assert [part.tolist() for part in find(dense)] == expected


def test_find_zeros_and_duplicates():
    matrix = scipy.sparse.coo_matrix(([1, 2, 0, -3, 3], ([0, 0, 1, 1, 1], [1, 1, 0, 2, 2])))
    assert find(matrix)[2].tolist() == [3]
    assert find(matrix, explicit_zeros=True)[2].tolist() == [3, 0, 0]
    assert matrix.nnz == 5


def test_from_synapses():
    weights, delays = from_synapses([0, 1, 1], [2, 0, 2], 0.5, [3, 0, 1], shape=(3, 2))
    np.testing.assert_array_equal(weights.toarray(), [[0, 0.5], [0, 0], [0.5, 0.5]])
    np.testing.assert_array_equal(delays.toarray(), [[0, 0], [0, 0], [3, 1]])
    assert delays.dtype == np.uint8 and np.shares_memory(delays.indices, weights.indices)
    for longest, dtype in ((255, np.uint8), (256, np.uint16), (65536, np.int64)):
        assert from_synapses([0], [0], 1, longest, shape=(1, 1))[1].dtype == dtype
    assert [part.nnz for part in from_synapses([], [], 1, 1, shape=(1, 1))] == [0, 0]
    assert delays.nnz == weights.nnz == 3
    assert from_synapses([0, 0], [1, 1], [1, 2], shape=(2, 1)).toarray().tolist() == [[0], [3]]


@pytest.mark.parametrize(
    ("pre", "post", "weight", "delay", "text"),
    [
        ([0, 1], [0], 1, None, "one entry per synapse"),
        ([2], [0], 1, None, r"pre has neurons from 2 to 2, shape=\(3, 2\) has room for 0 to 1"),
        ([0], [-1], 1, None, "post has neurons from -1"),
        ([0, 1], [0, 1], [1, 2, 3], None, "weight has shape"),
        ([0, 1], [0, 1], 1, [1], "delay has shape"),
        ([0, 1], [0, 1], 1, [0, -1], "from 0, got -1"),
        ([0, 0], [1, 1], 1, [1, 2], "1 synapses connect the same two neurons"),
    ],
)
def test_from_synapses_errors(pre, post, weight, delay, text):
    with pytest.raises(ValueError, match=text):
        from_synapses(pre, post, weight, delay, shape=(3, 2))
