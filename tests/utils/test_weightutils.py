"""Sign modes, clipping, truncation and scaling of weights."""

import doctest

import numpy as np
import pytest
import scipy.sparse
from helpers import golden

from lavajit.utils import weightutils
from lavajit.utils.weightutils import (
    OptimizedWeights,
    SignMode,
    clip_weights,
    determine_sign_mode,
    optimize_weight_bits,
    truncate_weights,
)

NULL, MIXED, EXCITATORY, INHIBITORY = SignMode

FUNCTION_CASES = [
    case
    for case in golden.cases("function")
    if case["function"].startswith("lava.utils.weightutils.")
]


def unpacked(result: object) -> list:
    """The values of a result in the order in which golden cases list them."""
    if isinstance(result, OptimizedWeights):
        return [result.weights, result.num_weight_bits, result.weight_exp]
    return [result.value if isinstance(result, SignMode) else result]


@pytest.mark.parametrize("case", FUNCTION_CASES, ids=golden.name_of)
@pytest.mark.parametrize("is_sparse", [False, True], ids=["dense", "sparse"])
def test_golden(case, is_sparse):
    function = case["function"].rpartition(".")[2]
    data, arguments = golden.load(case)
    if is_sparse:
        arguments["weights"] = scipy.sparse.csr_matrix(arguments["weights"])
    results = unpacked(getattr(weightutils, function)(**arguments))
    for got, key in zip(results, case["returns"], strict=True):
        got = got.toarray() if scipy.sparse.issparse(got) else got
        np.testing.assert_array_equal(got, data[key])


@pytest.mark.parametrize(
    ("weights", "mode"),
    [
        ([[0, 0]], EXCITATORY),
        ([[1, 0]], EXCITATORY),
        ([[-1, 0]], INHIBITORY),
        ([[-1, -2]], INHIBITORY),
        ([[-1, 1]], MIXED),
        (np.zeros((0, 3)), EXCITATORY),
    ],
)
def test_sign_mode(weights, mode):
    assert determine_sign_mode(np.array(weights)) is mode
    assert determine_sign_mode(scipy.sparse.csr_matrix(np.array(weights))) is mode


@pytest.mark.parametrize(
    ("mode", "learning", "limits"),
    [
        (MIXED, False, (-256, 255)),
        (MIXED, True, (-256, 254)),
        (EXCITATORY, True, (0, 255)),
        (NULL, False, (0, 255)),
        (INHIBITORY, True, (-255, 0)),
    ],
)
def test_clip_limits(mode, learning, limits):
    weights = np.array([-1000.9, 1000.9])
    clipped = clip_weights(weights, mode, 8, learning)
    assert clipped.tolist() == list(limits)
    assert clipped.dtype == np.int32


@pytest.mark.parametrize(
    ("mode", "bits", "weights", "expected"),
    [
        (MIXED, 8, [-5, 5], [-6, 4]),
        (MIXED, 9, [-5, 5], [-5, 5]),
        (MIXED, 10, [-5, 5], [0, 0]),
        (EXCITATORY, 8, [5, 255], [5, 255]),
        (EXCITATORY, 9, [5, 255], [0, 0]),
        (INHIBITORY, 7, [-5, -1], [-4, 0]),
        (NULL, 7, [-5, 5], [-6, 4]),
    ],
)
def test_truncation(mode, bits, weights, expected):
    assert truncate_weights(np.array(weights), mode, bits).tolist() == expected
    sparse = truncate_weights(scipy.sparse.csr_matrix([weights]), mode, bits)
    assert sparse.toarray().tolist() == [expected]
    assert sparse.nnz == np.count_nonzero(expected)


@pytest.mark.parametrize(
    ("weights", "mode", "expected"),
    [
        ([[1, 2]], EXCITATORY, ([[64, 128]], 2, -6)),
        ([[30, 4]], EXCITATORY, ([[240, 32]], 4, -3)),
        ([[1, -2]], MIXED, ([[128, -256]], 2, -7)),
        ([[-10, 4]], MIXED, ([[-160, 64]], 4, -4)),
        ([[-256, 3]], MIXED, ([[-256, 3]], 9, 0)),
        ([[0]], EXCITATORY, ([[0]], 0, 0)),
        ([[0]], NULL, ([[0]], 0, 0)),
    ],
)
def test_optimized_weights(weights, mode, expected):
    result = optimize_weight_bits(np.array(weights), mode)
    assert (result.weights.tolist(), result.num_weight_bits, result.weight_exp) == expected


def test_large_mixed_weights_stay_as_they_are():
    for largest in range(128, 256):
        weights = np.array([[largest, -1]])
        for loihi2 in (False, True):
            result = optimize_weight_bits(weights, MIXED, loihi2)
            np.testing.assert_array_equal(result.weights, weights)
            assert (result.num_weight_bits, result.weight_exp) == (9, 0)


@pytest.mark.parametrize(
    ("weight", "mode"), [(256, MIXED), (-257, MIXED), (-1, EXCITATORY), (1, INHIBITORY), (1, NULL)]
)
def test_weight_out_of_range(weight, mode):
    with pytest.raises(ValueError, match=f"{mode.name} must lie from .* got weights from .*clip_"):
        optimize_weight_bits(np.array([[0, weight]]), mode)


@pytest.mark.parametrize("make", [np.array, scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_argument_is_left_alone(make):
    weights = make([[3, -200], [0, 100]])
    before = weights.copy()
    clip_weights(weights, MIXED, 4)
    truncate_weights(weights, MIXED, 3)
    optimize_weight_bits(weights, MIXED, loihi2=True)
    assert abs(weights - before).max() == 0


def test_doctests():
    assert doctest.testmod(weightutils).failed == 0
