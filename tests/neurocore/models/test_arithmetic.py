"""Small networks on cores, worked out by hand."""

import numpy as np
import pytest
from helpers.flat_route import run_steps

from lavajit import (
    LIF,
    DelayDense,
    Dense,
    GradedVec,
    LearningDense,
    LIFRefractory,
    LIFReset,
    Loihi1HwCfg,
    Loihi2FLearningRule,
    Loihi2HwCfg,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    TernaryLIF,
)
from lavajit.utils.weightutils import SignMode


def drive(connection, target, data):
    source = SourceRingBuffer(data=np.array(data))
    source.s_out.connect(connection.s_in)
    connection.a_out.connect(target.a_in)
    return target


def silent(n=1, **options):
    """Neurons that keep what they receive as their current for one step."""
    return LIF(shape=(n,), du=4095, vth=131071, **options)


@pytest.mark.slow
@pytest.mark.parametrize(("arith", "expected"), [("loihi", 0), ("lava", 64)])
def test_each_plastic_and_delayed_weight_is_shifted(arith, expected):
    """Two weights of 1, each of which vanishes."""
    options = dict(weights=np.ones((1, 2)), weight_exp=-1, sign_mode=SignMode.EXCITATORY)
    delayed = DelayDense(delays=1, **options)
    plastic = LearningDense(learning_rule=Loihi2FLearningRule(dw="x0 * w"), **options)
    for connection, at in ((delayed, 3), (plastic, 2)):
        target = drive(connection, silent(), [[1, 0, 0], [1, 0, 0]])
        found = run_steps(target, Loihi1HwCfg(arith=arith), at, "u", native=False)
        assert found["u"].ravel().tolist() == [0] * (at - 1) + [expected]


@pytest.mark.slow
def test_effective_weights_have_a_largest_one():
    dense = Dense(weights=np.array([[-256, 254]]).T, weight_exp=7)
    target = drive(dense, silent(2), [[1]])
    found = run_steps(target, Loihi1HwCfg(), 2, "u")
    assert found["u"][1].tolist() == [-(2**21 - 64), 254 << 13]


@pytest.mark.parametrize(("config", "bits"), [(Loihi1HwCfg, 21), (Loihi2HwCfg, 23)])
def test_input_wraps(config, bits):
    dense = Dense(weights=np.full((1, 5), 255), weight_exp=7, sign_mode=SignMode.EXCITATORY)
    target = drive(dense, silent(), np.ones((5, 1), int))
    found = run_steps(target, config(), 2, "u")
    total = 5 * (255 << 13)
    assert found["u"][1, 0] == (total + (1 << bits)) % (1 << (bits + 1)) - (1 << bits)


def test_two_layers():
    """Columns: v of the first layer; u and v of the second one."""
    first = LIF(shape=(2,), bias_mant=np.array([70, 50]), du=4095, vth=2)
    second = LIF(shape=(2,), du=2047, vth=10)
    # Shifted, which mixed signs need for the odd ones: 4, 2 and -1, 5.
    dense = Dense(weights=np.array([[8, 4], [-2, 10]]), weight_exp=-1)
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    found = run_steps([first, second], Loihi1HwCfg(), 10, "uv")
    np.testing.assert_array_equal(
        np.hstack([found["v"][:, :2], found["u"][:, 2:], found["v"][:, 2:]]),
        [
            [70, 50, 0, 0, 0, 0],
            [0, 100, 0, 0, 0, 0],
            [70, 0, 256, -64, 256, -64],
            [0, 50, 256, 288, 512, 224],
            [70, 100, 384, 80, 0, 304],
            [0, 0, 192, 40, 192, 344],
            [70, 50, 480, 276, 0, 620],
            [0, 100, 240, 138, 240, 0],
            [70, 0, 376, 5, 616, 5],
            [0, 50, 316, 322, 0, 327],
        ],
    )


@pytest.mark.slow
@pytest.mark.parametrize("arith", ["loihi", "lava"])
def test_refractory_period(arith):
    """Three silent steps after each spike: a refractory register of 4."""
    neuron = LIFRefractory(shape=(1,), bias_mant=300, du=4095, vth=10, refractory_period=3)
    found = run_steps(neuron, Loihi1HwCfg(arith=arith), 14, "v")
    expected = [300, 600, 0, 0, 0, 0, 300, 600, 0, 0, 0, 0, 300, 600]
    assert found["v"].ravel().tolist() == expected


@pytest.mark.slow
def test_currents_filter_during_a_refractory_period():
    neuron = LIFRefractory(shape=(1,), du=2047, u=6400, vth=10, refractory_period=2)
    found = run_steps(neuron, Loihi2HwCfg(), 4, "uv")
    assert found["u"].ravel().tolist() == [3200, 1600, 800, 400]
    assert found["v"].ravel().tolist() == [0, 0, 0, 400]


@pytest.mark.slow
def test_other_kinds_of_lif_wrap():
    """Current and bias together exceed 2^23: Lava's voltage stops there, a core's is negative."""
    u, bias = (2**23 - 1) * 4095 >> 12, 4095 << 7
    for arith, expected in (("loihi", u + bias - 2**24), ("lava", 2**23 - 1)):
        options = dict(shape=(1,), u=2**23 - 1, bias_mant=4095, bias_exp=7)
        for neuron in (
            LIFReset(reset_interval=9, vth=131071, **options),
            TernaryLIF(vth_hi=131071, vth_lo=-131072, **options),
        ):
            found = run_steps(neuron, Loihi2HwCfg(arith=arith), 1, "uv")
            spikes = arith == "lava" and expected > 131071 << 6
            assert found["u"].tolist() == [[u]]
            assert found["v"].tolist() == [[0 if spikes else expected]]


@pytest.mark.parametrize(
    ("weight", "payload", "exponent", "expected"),
    [
        (10, 5, 0, 50),
        (-10, 5, 0, -50),
        (126, 32767, 0, 4128642),
        (4, -7, -3, -4),
        (100, 8388607, 0, -100),
    ],
)
def test_graded_spikes(weight, payload, exponent, expected):
    dense = Dense(
        weights=np.array([[weight, 0], [0, -2]]), num_message_bits=24, weight_exp=exponent
    )
    source = SourceRingBuffer(data=np.array([[payload, 0, 0], [0, 0, 0]]))
    vector, sink = GradedVec(shape=(2,), vth=0), SinkRingBuffer(shape=(2,), buffer=3)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(vector.a_in)
    vector.s_out.connect(sink.a_in)
    source.run(RunSteps(3), Loihi2HwCfg())
    assert sink.data.get()[0].tolist() == [0, expected, 0]
    source.stop()


@pytest.mark.slow
def test_products_of_graded_spikes_are_shifted_each():
    """3 * 1 twice, halved: 1 + 1 on a core, 3 in Lava's arithmetic."""
    for arith, expected in (("loihi", 2), ("lava", 3)):
        options = dict(num_message_bits=8, weight_exp=-1, sign_mode=SignMode.EXCITATORY)
        dense = Dense(weights=np.array([[3, 3]]), **options)
        vector, sink = GradedVec(shape=(1,), vth=0), SinkRingBuffer(shape=(1,), buffer=2)
        drive(dense, vector, [[1, 0], [1, 0]])
        vector.s_out.connect(sink.a_in)
        vector.run(RunSteps(2), Loihi2HwCfg(arith=arith))
        assert sink.data.get().tolist() == [[0, expected]]
        vector.stop()


def test_payloads_have_the_bits_of_their_type():
    """8 bits for `num_message_bits` of up to 8, then 16."""
    for bits, expected in ((5, -56), (8, -56), (9, 200)):
        dense = Dense(weights=np.array([[2]]), num_message_bits=bits)
        vector, sink = GradedVec(shape=(1,), vth=0), SinkRingBuffer(shape=(1,), buffer=2)
        drive(dense, vector, [[200, 0]])
        vector.s_out.connect(sink.a_in)
        vector.run(RunSteps(2), Loihi2HwCfg())
        assert sink.data.get().tolist() == [[0, 2 * expected]]
        vector.stop()
