"""Networks written as formulas, against the same formulas in NumPy."""

import doctest

import numpy as np
import pytest
from helpers.tiers import python_rows
from scipy.sparse import csr_array

from lavajit.frameworks import loihi2
from lavajit.frameworks.loihi2 import (
    GradedDense,
    GradedSparse,
    GradedVec,
    InputVec,
    LIFVec,
    Loihi2SimCfg,
    NormalizeNet,
    OutputVec,
    ProductVec,
    ResFireVec,
    RunSteps,
)
from lavajit.networks import gradedvecnetwork, network, normalize, resfire
from lavajit.networks.network import AlgebraicMatrix, Network, NetworkList

pytestmark = pytest.mark.slow

CFG = Loihi2SimCfg(select_tag="fixed_pt")
RNG = np.random.default_rng(4)
X, Y = RNG.integers(20, 99, (3, 8)), RNG.integers(20, 99, (3, 8))
# Whole multiples of 2**-6, as the lowest of 8 bits is lost where signs are mixed.
W, U = RNG.integers(-32, 32, (2, 3)) / 64, RNG.integers(-32, 32, (2, 3)) / 64


def later(messages: np.ndarray, steps: int) -> np.ndarray:
    """What is sent where `messages` arrive `steps` time steps later."""
    return np.concatenate([np.zeros_like(messages[:, :steps]), messages], 1)[:, : messages.shape[1]]


def times(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A product as connections with 7 fraction bits compute it, one step later."""
    return later((weights * 128).astype(int) @ x >> 7, 1)


def output(source: Network, shape=(2,), steps=8) -> np.ndarray:
    """Run a network and return what `source` has sent."""
    out = OutputVec(shape=shape, buffer=steps)
    out << source
    out.run(RunSteps(steps), run_cfg=CFG)
    assert python_rows(out.main) == []
    data = out.get_data()
    out.stop()
    return data


@pytest.mark.parametrize("weights", [GradedDense(W), GradedSparse(W), GradedSparse(csr_array(W))])
def test_matrix_times_vector(weights):
    np.testing.assert_array_equal(output(weights @ InputVec(X)), times(W, X))


def test_sum_of_products_into_a_vector():
    vec = GradedVec(shape=(2,), vth=0)
    assert (vec << GradedDense(W) @ InputVec(X) + GradedSparse(U) @ InputVec(Y)) is vec
    np.testing.assert_array_equal(output(vec), times(W, X) + times(U, Y))


def test_sum_of_three_terms():
    terms = (
        GradedDense(W) @ InputVec(X) + GradedDense(U) @ InputVec(Y) + GradedDense(W) @ InputVec(Y)
    )
    assert isinstance(terms, NetworkList)
    assert len(terms) == 3
    vec = GradedVec(shape=(2,), vth=0)
    vec << terms
    np.testing.assert_array_equal(output(vec), times(W, X) + times(U, Y) + times(W, Y))


def test_lists_of_terms():
    a, b, c = (GradedVec(shape=(1,)) for _ in range(3))
    assert a + (b + c) == [b, c, a]  # the order of Lava
    assert (a + b) + (b + c) == [a, b, b, c]


def test_vector_into_vector_is_exact_and_one_step_later():
    big = np.array([[2**23 - 1, -(2**23), 5, 0]])
    vec = GradedVec(shape=(1,), vth=0) << InputVec(big)
    np.testing.assert_array_equal(output(vec, (1,), 4), later(big, 1))


def test_lif_vector_after_a_vector():
    lif = LIFVec(shape=(3,), vth=1, du=4095, dv=4095)
    lif << InputVec(np.array([[3, 0], [0, 3], [0, 0]]))
    np.testing.assert_array_equal(output(lif, (3,), 3), [[0, 1, 0], [0, 0, 1], [0, 0, 0]])


def test_arrangements_are_connected_in_c_order():
    vec = GradedVec(shape=(2, 3), vth=0)
    vec << InputVec(np.arange(1, 7)[:, np.newaxis])
    np.testing.assert_array_equal(output(vec, (2, 3), 2)[..., 1], [[1, 2, 3], [4, 5, 6]])


def test_product_of_matrices():
    product = (GradedDense(W) @ InputVec(X)) * (GradedSparse(U) @ InputVec(Y))
    assert isinstance(product, ProductVec)
    expected = times(W, X) * times(U, Y)
    np.testing.assert_array_equal(output(product), np.where(abs(expected) > 1, expected, 0))


def test_product_of_vectors():
    one, two = GradedVec(shape=(3,), exp=4), GradedVec(shape=(3,), exp=4)
    one << GradedDense(np.eye(3) / 2) @ InputVec(X)
    two << GradedDense(np.eye(3) / 2) @ InputVec(Y)
    product = one * two
    assert isinstance(product, AlgebraicMatrix)
    expected = (X // 2) * (Y // 2) >> 4
    np.testing.assert_array_equal(output(product, (3,)), later(expected, 3))


def test_vector_is_divided_by_its_own_norm():
    net = NormalizeNet(shape=(3,))
    net << GradedSparse(np.eye(3) / 2) @ InputVec(2 * X)
    got = output(net, (3,)) / 2.0**18
    expected = later(X / np.linalg.norm(X, axis=0), 3)
    np.testing.assert_allclose(got, expected, atol=0.03)
    assert abs(got[:, 3:]).max() > 0.1


def test_resonators_take_one_or_two_inputs():
    pulse, none = InputVec([[500, 0, 0, 0, 0, 0, 0, 0]]), InputVec([[0]])
    both = ResFireVec(shape=(1,), freqs=[200], uth=10)
    assert (both << (none, pulse)) is both
    one = ResFireVec(freqs=[200])
    assert (one << pulse) is one
    assert one.in_port.get_src_ports() == [pulse.out_port]
    assert output(both, (1,)).any()


def test_input_leaves_the_array_alone():
    vec = np.array([[4, 8, 12]])
    assert InputVec(vec, exp=2).main.data.init.tolist() == [[16, 32, 48]]
    assert InputVec(vec, exp=-2).main.data.init.tolist() == [[1, 2, 3]]
    assert InputVec([1, 2, 3]).shape == (1, 3)
    assert vec.tolist() == [[4, 8, 12]]


def test_output_has_24_bits():
    data = np.array([[2**23, -(2**23) - 1, 2**24 + 3]])
    assert output(InputVec(data), (1,), 3).tolist() == [[-(2**23), 2**23 - 1, 3]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: InputVec(X) << GradedVec(shape=(3,)),
        lambda: GradedVec(shape=(3,)) << 3,
        lambda: GradedVec(shape=(3,)) + 3,
        lambda: GradedVec(shape=(3,)) * 3,
        lambda: GradedDense(W) @ GradedDense(W),
        lambda: GradedDense(W) * GradedVec(shape=(2,)),
        lambda: ProductVec(shape=(3,)) << GradedVec(shape=(3,)),
    ],
)
def test_what_is_not_defined(wrong):
    with pytest.raises(TypeError, match="unsupported operand"):
        wrong()


def test_wrong_sizes():
    with pytest.raises(AssertionError, match="shape"):
        GradedDense(W) @ GradedVec(shape=(5,))


@pytest.mark.parametrize("module", [network, gradedvecnetwork, normalize, resfire, loihi2])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
