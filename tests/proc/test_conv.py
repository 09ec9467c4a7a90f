"""Conv against its unrolled Sparse, ConvInTime against NumPy, and the utilities."""

import numpy as np
import pytest
from helpers import golden
from helpers.driven import FIXED, FLOAT, output
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from lavajit import Conv, ConvInTime, Sparse
from lavajit.proc.conv import utils

few = settings(max_examples=12, deadline=None)

UTILITY_CASES = [
    case
    for case in golden.cases("function")
    if case["function"].startswith("lava.proc.conv.utils.")
]


@pytest.mark.parametrize("case", UTILITY_CASES, ids=golden.name_of)
def test_golden(case):
    data, arguments = golden.load(case)
    result = getattr(utils, case["function"].rpartition(".")[2])(**arguments)
    results = result if len(case["returns"]) > 1 else [result]
    for got, key in zip(results, case["returns"], strict=True):
        np.testing.assert_array_equal(got, data[key])


@st.composite
def images(draw):
    """Arguments of a Conv, and messages."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))

    def pair(low, high):
        return draw(st.integers(low, high)), draw(st.integers(low, high))

    groups = draw(st.sampled_from([1, 2, 3]))
    c_in, c_out = groups * draw(st.sampled_from([1, 2, 5])), groups * draw(st.integers(1, 3))
    kernel, dilation = pair(1, 3), pair(1, 2)
    size = [
        d * (k - 1) + 1 + draw(st.integers(0, 3)) for k, d in zip(kernel, dilation, strict=True)
    ]
    weight = rng.integers(-300, 300, (c_out, *kernel, c_in // groups))
    messages = rng.integers(-40, 40, (3, *size, c_in))
    messages[rng.random(messages.shape) < draw(st.sampled_from([0, 0.3, 0.9, 1]))] = 0
    arguments = {
        "weight": weight,
        "input_shape": (*size, c_in),
        "padding": pair(0, 2),
        "stride": pair(1, 3),
        "dilation": dilation,
        "groups": groups,
        "num_message_bits": draw(st.sampled_from([0, 8])),
    }
    return arguments, messages


def unrolled(arguments, weight):
    """The convolution as a Sparse."""
    names = ("stride", "padding", "dilation")
    grid = {name: arguments[name] for name in names}
    shape = arguments["input_shape"]
    out = utils.output_shape(shape, weight.shape[0], weight.shape[1:3], **grid)
    target, source, value = utils.conv_to_sparse(
        shape, out, weight, **grid, group=arguments["groups"]
    )
    size = int(np.prod(out)), int(np.prod(shape))
    matrix = csr_matrix((value, (target, source)), shape=size)
    return Sparse(weights=matrix, num_message_bits=arguments["num_message_bits"])


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@given(image=images(), native=st.booleans())
@few
def test_equals_its_unrolled_sparse(tag, image, native):
    """Both ways to convolve, with many and few events, agree with Sparse to the last bit."""
    arguments, messages = image
    # Fractions whose sums round; Sparse in fixed point would clip, so there it is float, too.
    weight = arguments["weight"] * (0.1 if tag == FLOAT else 1)
    got = output(Conv(**{**arguments, "weight": weight}), messages, tag, native)
    flat = messages.reshape(len(messages), -1)
    expected = output(unrolled(arguments, weight), flat, FLOAT)
    np.testing.assert_array_equal(got.reshape(len(got), -1), expected)


@given(image=images())
@few
def test_reference(image):
    arguments, messages = image
    x = messages if arguments["num_message_bits"] else messages != 0
    names = ("stride", "padding", "dilation", "groups")
    weight = arguments["weight"]
    expected = utils.conv(
        x[0].astype(int), weight, weight.shape[1:3], **{n: arguments[n] for n in names}
    )
    got = output(Conv(**arguments), messages, FIXED)[1]
    np.testing.assert_array_equal(got, utils.signed_clamp(expected, 24))
    assert expected.dtype == weight.dtype


def test_wraps_at_24_bits():
    conv = Conv(weight=np.full((1, 1, 1, 1), 1 << 20), num_message_bits=24)
    messages = np.array([7, 8, -8, -9, 1 << 20]).reshape(5, 1, 1, 1)
    got = output(conv, np.concatenate([messages, messages[:1]]), FIXED).ravel()
    assert got.tolist() == [0, 7 << 20, -1 << 23, -1 << 23, 7 << 20, 0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"weight": np.ones((1, 1, 1))}, r"\(C_out, Kx, Ky, C_in / groups\)"),
        ({"input_shape": (3, 3)}, "input_shape"),
        ({"groups": (1, 1)}, "groups must be an int"),
        ({"groups": 2}, "divided into 2 groups"),
        ({"input_shape": (3, 3, 2)}, "takes 1 input channels"),
        ({"input_shape": (2, 3, 1)}, "does not fit along x: it covers 3 pixels.* 2;"),
        ({"padding": (1, 1, 1)}, "Conv: padding: .*pair"),
        ({"stride": (1, 2, 3)}, "Conv: stride"),
        ({"dilation": (1, 2, 3)}, "Conv: dilation"),
        ({"stride": 0}, "stride must be at least 1"),
        ({"padding": -1}, "padding must be at least 0"),
    ],
)
def test_constructor_errors(arguments, text):
    defaults = {"weight": np.ones((3, 3, 3, 1)), "input_shape": (3, 3, 1)}
    with pytest.raises(ValueError, match=text):
        Conv(**{**defaults, **arguments})


# --- utilities ------------------------------------------------------------------------


@pytest.mark.parametrize("order", utils.TensorOrder)
def test_conv_to_sparse_in_any_order(order):
    """Axes in another order: the same synapses, numbered accordingly."""
    image, out, weight = (4, 5, 2), (4, 3, 6), np.arange(6 * 3 * 3 * 2).reshape(6, 3, 3, 2)
    grid = {"stride": (1, 2), "padding": (1, 1), "dilation": (1, 1), "group": 1}
    axes = order.name.replace("N", "")

    def turned(array, names):
        return np.transpose(array, [names.index(a) for a in (order.name if "N" in names else axes)])

    target, source, value = utils.conv_to_sparse(image, out, weight, **grid)
    numbers = [turned(np.arange(np.prod(s)).reshape(s), "WHC") for s in (out, image)]
    other = utils.conv_to_sparse(
        numbers[1].shape, numbers[0].shape, turned(weight, "NWHC"), **grid, order=order
    )
    np.testing.assert_array_equal(numbers[0].ravel()[other[0]], target)
    np.testing.assert_array_equal(numbers[1].ravel()[other[1]], source)
    np.testing.assert_array_equal(other[2], value)


def test_conv_to_sparse_errors():
    arguments = ((2, 2, 3), (2, 2, 2), np.ones((2, 1, 1, 1)), (1, 1), (0, 0), (1, 1))
    with pytest.raises(AssertionError, match="not divisible into 2 groups"):
        utils.conv_to_sparse(*arguments, 2)
    with pytest.raises(ValueError, match="TensorOrder.NCHW"):
        utils.conv_to_sparse(*arguments, 1, order=7)


def test_make_tuple_errors():
    with pytest.raises(ValueError, match="pair"):
        utils.make_tuple((1, 2, 3))


# --- ConvInTime -----------------------------------------------------------------------


@pytest.mark.parametrize("tag", [FLOAT, FIXED])
@given(seed=st.integers(0, 10**6), bits=st.sampled_from([0, 8]), native=st.booleans())
@few
def test_conv_in_time(tag, seed, bits, native):
    rng = np.random.default_rng(seed)
    n_steps, n_out, n_in = rng.integers(1, 5, 3)
    weights = rng.integers(-9, 9, (n_steps, n_out, n_in))
    messages = rng.integers(-2, 3, (8, n_in))
    x = messages if bits else (messages != 0).astype(int)
    expected = np.zeros((8 + n_steps, n_out), int)
    for t in range(8):
        for k in range(n_steps):
            expected[t + 1 + k] += weights[n_steps - 1 - k] @ x[t]
    got = output(ConvInTime(weights=weights, num_message_bits=bits), messages, tag, native, 3)
    np.testing.assert_array_equal(got, expected[:8])


def test_fixed_conv_in_time_feeds_fixed_neurons():
    from lavajit import LIF, Loihi2SimCfg, RunSteps

    source, target = LIF(shape=(2,), bias_mant=100, vth=1), LIF(shape=(3,), vth=1)
    connection = ConvInTime(weights=np.full((2, 3, 2), 5))
    source.s_out.connect(connection.s_in)
    connection.a_out.connect(target.a_in)
    source.run(RunSteps(2), Loihi2SimCfg(select_tag=FIXED))
    assert target.u.get().tolist() == [10 << 6] * 3
    source.stop()


def test_conv_in_time_errors():
    with pytest.raises(ValueError, match=r"time steps, n_out, n_in.*shape \(2, 2\)"):
        ConvInTime(weights=np.eye(2))
