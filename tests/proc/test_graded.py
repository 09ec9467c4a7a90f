"""Graded vectors: float and fixed point agree, inverse square roots, delay of NormVecDelay."""

import numpy as np
import pytest
from helpers import golden
from helpers.driven import FIXED, FLOAT
from helpers.neurons import respond
from hypothesis import given
from hypothesis import strategies as st

from lavajit import (
    Dense,
    GradedReluVec,
    GradedVec,
    InvSqrt,
    Loihi2SimCfg,
    NormVecDelay,
    ProdNeuron,
    RFZero,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)
from lavajit.proc import graded
from lavajit.proc.graded import clz, inv_sqrt, loihi2round, make_fpinv_table
from lavajit.proc.graded.inverse_root import leading_zeros

FUNCTIONS = [c for c in golden.cases("function") if c["function"].startswith("lava.proc.graded.")]


@pytest.mark.parametrize("case", FUNCTIONS, ids=golden.name_of)
def test_golden_functions(case):
    data, arguments = golden.load(case)
    function = getattr(graded, case["function"].rpartition(".")[2])
    if function is inv_sqrt:
        values = [inv_sqrt(s, arguments["n_iters"]) for s in arguments["s_fp"].tolist()]
    else:
        values = function(**arguments)
    np.testing.assert_array_equal(values, data[case["returns"][0]])


def test_leading_zeros():
    assert [clz(1), clz(2**12 - 1), clz(2**12), clz(2**24 - 1)] == [23, 12, 11, 0]


def test_rounding_of_one_number():
    assert [loihi2round(x) for x in (2.4, 2.5, 0.0, -2.4, -2.5)] == [2, 3, 0, -2, -3]


@given(x=st.integers(1, 2**24 - 1), fraction=st.integers(12, 20))
def test_inverse_square_root_is_close(x, fraction):
    exact = 2.0**fraction / np.sqrt(x / 2.0**fraction)
    assert abs(inv_sqrt(x, 5, fraction) - exact) <= 4 + 0.01 * exact


# --- InvSqrt --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fp_base", [6, 8, 12, 16])
def test_inv_sqrt_uses_its_fp_base_in_any_shape(fp_base):
    # Lava computes with 12 fraction bits whatever fp_base is, and only in the shape (1,).
    x = np.random.default_rng(1).integers(0, 2**24, (4, 2, 3))
    x[0, 0, 0] = 0
    got = respond(InvSqrt(shape=(2, 3), fp_base=fp_base), {"a_in": x}, FIXED)["s_out"]
    expected = [inv_sqrt(value, 5, fp_base) if value else 0 for value in x.ravel().tolist()]
    np.testing.assert_array_equal(got.ravel(), expected)


def test_recorded_values_of_another_fp_base_are_those_of_12():
    # What Lava computed for fp_base=8; the right values are those of the test above.
    path = golden.FOLDER / "invsqrt_fixed_fpbase_ignored_00.npz"
    with np.load(path) as data:
        x, recorded = data["in/0/inv.a_in"], data["out/inv.s_out"]
    assert (respond(InvSqrt((1,), 12), {"a_in": x}, FIXED)["s_out"] == recorded).all()
    assert (respond(InvSqrt((1,), 8), {"a_in": x}, FIXED)["s_out"] != recorded).all()


def test_fp_base_can_be_set():
    source, inverse = SourceRingBuffer(data=np.array([[5000]])), InvSqrt((1,), 12)
    sink = SinkRingBuffer(shape=(1,), buffer=2)
    source.s_out.connect(inverse.a_in)
    inverse.s_out.connect(sink.a_in)
    inverse.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED))
    inverse.fp_base.set(10)
    inverse.run(RunSteps(1))
    assert sink.data.get().tolist() == [[inv_sqrt(5000, 5, 12), inv_sqrt(5000, 5, 10)]]
    inverse.stop()


@pytest.mark.parametrize("native", [True, False])
def test_special_values(native):
    x = np.array([[0.0, 4.0, -1.0]])
    got = respond(InvSqrt((3,)), {"a_in": x}, FLOAT, native)["s_out"]
    np.testing.assert_array_equal(got, [[np.inf, 0.5, np.nan]])
    with pytest.raises(ValueError, match="negative number"):
        respond(InvSqrt((1,)), {"a_in": np.array([[-1]])}, FIXED, native)


@pytest.mark.parametrize("fp_base", [-1, 31])
def test_wrong_fp_base(fp_base):
    with pytest.raises(ValueError, match=f"from 0 to 30, got {fp_base}"):
        InvSqrt((1,), fp_base)


# --- NormVecDelay ---------------------------------------------------------------------------------


def normalised(delay: int, vectors: np.ndarray) -> np.ndarray:
    """A vector times the inverse of its norm, through Dense, InvSqrt and Dense."""
    size = vectors.shape[1]
    norm = NormVecDelay((size,), vth=0, delay=delay)
    total = Dense(weights=np.ones((1, size), int), num_message_bits=24)
    spread = Dense(weights=np.ones((size, 1), int), num_message_bits=24)
    inverse, sink = InvSqrt((1,), 12), SinkRingBuffer(shape=(size,), buffer=len(vectors))
    SourceRingBuffer(data=vectors.T).s_out.connect(norm.a_in1)
    norm.s2_out.connect(total.s_in)
    total.a_out.connect(inverse.a_in)
    inverse.s_out.connect(spread.s_in)
    spread.a_out.connect(norm.a_in2)
    norm.s_out.connect(sink.a_in)
    norm.run(RunSteps(len(vectors)), Loihi2SimCfg(select_tag=FLOAT))
    got = sink.data.get().T
    norm.stop()
    return got


def test_a_delay_of_two_matches_the_loop():
    vectors = np.random.default_rng(2).integers(1, 90, (12, 3))
    expected = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(normalised(2, vectors)[2:], expected[:-2])
    # Lava's delay of one multiplies with the vector that came a step later.
    assert not np.allclose(normalised(1, vectors)[2:], expected[:-2])


def test_wrong_delay():
    with pytest.raises(ValueError, match="delay must be one integer from 1 to 2, got 3"):
        NormVecDelay((1,), delay=3)


# --- float models ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("process", "ports"),
    [
        (lambda: GradedVec((3,), vth=9), ["a_in"]),
        (lambda: GradedReluVec((3,), vth=9), ["a_in"]),
        (lambda: NormVecDelay((3,), vth=9), ["a_in1", "a_in2"]),
        (lambda: ProdNeuron((3,), vth=9), ["a_in1", "a_in2"]),
    ],
)
def test_float_models_agree_with_integers(process, ports):
    rng = np.random.default_rng(4)
    messages = {port: rng.integers(-20, 21, (15, 3)) for port in ports}
    fixed, floating = (respond(process(), messages, tag) for tag in (FIXED, FLOAT))
    assert fixed["s_out"].any()
    np.testing.assert_array_equal(fixed["s_out"], floating["s_out"])


def test_float_resonators_agree_with_integers_up_to_rounding():
    messages = {"u_in": np.zeros((60, 1), int), "v_in": np.zeros((60, 1), int)}
    messages["u_in"][0] = 20000
    fixed, floating = (
        respond(RFZero((1,), freqs=60, decay_tau=0.1, uth=100), messages, tag)["s_out"]
        for tag in (FIXED, FLOAT)
    )
    assert np.count_nonzero(floating) >= 2
    np.testing.assert_allclose(fixed, floating, atol=60)


def test_wrong_exponent():
    with pytest.raises(ValueError, match="exp must be one integer >= 0"):
        ProdNeuron((1,), exp=-1)


def test_table_has_24_entries():
    assert make_fpinv_table(8).shape == (24,)


def test_leading_zeros_of_every_bit_length():
    for bits in range(33):
        for x in {(1 << bits) - 1, 1 << max(bits - 1, 0), (1 << bits) // 3} - {0}:
            assert leading_zeros(x) == max(24 - x.bit_length(), 0)
    assert leading_zeros(0) == 24
