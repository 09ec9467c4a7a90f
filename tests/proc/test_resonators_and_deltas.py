"""Errors and corners of resonators, delta neurons and state spaces."""

import warnings

import numpy as np
import pytest
from helpers.driven import FIXED, FLOAT
from helpers.neurons import respond

from lavajit import (
    RF,
    RF_IZ,
    ActivationMode,
    Delta,
    RFZero,
    S4d,
    SigmaDelta,
    SigmaS4dDelta,
    SigmaS4dDeltaLayer,
)
from lavajit.proc.sdn import PySigmaDeltaModelFixedCorrected, ReLU

ZEROS = {"a_real_in": np.zeros((1, 1), int), "a_imag_in": np.zeros((1, 1), int)}


# --- resonators -----------------------------------------------------------------------------------


@pytest.mark.parametrize("process", [RF, RF_IZ])
def test_wrong_resonators(process):
    with pytest.raises(ZeroDivisionError, match="period must not be 0"):
        process((2,), period=[3, 0], alpha=0.1)
    with pytest.raises(ValueError, match=r"period or alpha has shape \(3,\)"):
        process((2,), period=[3, 4, 5], alpha=0.1)
    with pytest.raises(TypeError, match="decay_bits=0: the fixed-point resonator"):
        respond(process((1,), period=5, alpha=0.1), ZEROS, FIXED)
    with pytest.raises(ValueError, match="state_exp must not be negative, got -1"):
        respond(process((1,), period=5, alpha=0.1, state_exp=-1, decay_bits=3), ZEROS, FIXED)


def test_thresholds_are_scaled_and_truncated():
    rf = RF((1,), period=5, alpha=0.1, state_exp=3, vth=1.3)
    assert rf.vth.get() == 10
    assert RF((1,), period=4, alpha=0.5, decay_bits=4).sin_decay.get() == 8


def test_zero_time_constant():
    with pytest.raises(ValueError, match="decay_tau must not be 0"):
        RFZero((1,), freqs=1, decay_tau=0)


def test_a_kick_rings_once_per_period():
    messages = {name: np.zeros((80, 1)) for name in ZEROS}
    messages["a_real_in"][0] = 10
    spikes = respond(RF((1,), period=16, alpha=0.001, vth=5), messages, FLOAT)["s_out"]
    assert np.diff(np.flatnonzero(spikes)).tolist() == [16, 16, 16]


# --- delta ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("process", [Delta, SigmaDelta])
def test_wrong_exponents(process):
    with pytest.raises(ValueError, match="negative shift count"):
        process(shape=(1,), vth=1, spike_exp=1, state_exp=-2)
    with pytest.raises(ValueError, match="state_exp=-1: fixed-point messages"):
        neuron = process(shape=(1,), vth=1, spike_exp=1, state_exp=-1)
        respond(neuron, {"a_in": np.zeros((1, 1), int)}, FIXED)


def test_unknown_activation():
    with pytest.raises(
        NotImplementedError, match="act_mode must be ActivationMode.UNIT or .* got 7"
    ):
        SigmaDelta(shape=(1,), vth=1, act_mode=7)
    SigmaDelta(shape=(1,), vth=1, act_mode=0, anything=1)


def test_rectification():
    assert ReLU(np.array([-1, 2])).tolist() == [0, 2]
    messages = {"a_in": np.array([[-5], [9]])}
    unit, relu = (
        respond(SigmaDelta(shape=(1,), vth=1, act_mode=mode), messages, FIXED)["s_out"].ravel()
        for mode in ActivationMode
    )
    assert unit.tolist() == [-5, 9]
    assert relu.tolist() == [0, 4]


@pytest.mark.parametrize("model", [None, PySigmaDeltaModelFixedCorrected])
def test_the_corrected_model_keeps_what_messages_drop(model):
    changes = np.random.default_rng(5).integers(-40, 41, (200, 1))
    neuron = SigmaDelta(shape=(1,), vth=1, act_mode=ActivationMode.UNIT, state_exp=3)
    sent = respond(neuron, {"a_in": changes}, FIXED, model=model)["s_out"]
    error = abs((int(sent.sum()) << 3) - int(changes.sum()))
    assert error < 16 if model else error > 100


# --- state spaces ---------------------------------------------------------------------------------


def test_complex_state_spaces():
    a, b, c = np.array([0.5 + 0.4j, -0.3j]), np.array([1 + 1j, 2]), np.array([1j, 0.5 - 1j])
    x = np.random.default_rng(6).normal(size=(20, 2))
    state, expected = np.zeros(2, complex), []
    for row in np.cumsum(x, axis=0):
        state = state * a + row * b
        expected.append((c * state * 2).real)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = respond(SigmaS4dDelta((2,), vth=0, a=a, b=b, c=c), {"a_in": x})
        plain = respond(S4d((2,), a, b, c), {"a_in": np.cumsum(x, axis=0)})
    np.testing.assert_allclose(np.cumsum(got["s_out"], axis=0), expected)
    np.testing.assert_allclose(plain["s_out"], expected)
    np.testing.assert_allclose(got["s4_state"], state)


def test_layer_adds_up_its_states():
    x = np.random.default_rng(6).normal(size=(12, 2))
    a = np.array([0.5, 0.1, -0.3, 0.2])
    layer = respond(SigmaS4dDeltaLayer((2,), 0, a, 1, 1, d_states=2), {"s_in": x})["a_out"]
    single = respond(SigmaS4dDelta((4,), 0, a, 1, 1), {"a_in": np.repeat(x, 2, axis=1)})["s_out"]
    np.testing.assert_allclose(layer[2:], single.reshape(-1, 2, 2).sum(axis=2)[:-2])


def test_layer_of_several_axes():
    with pytest.raises(ValueError, match=r"one axis, got \(2, 3\)"):
        SigmaS4dDeltaLayer((2, 3), 1, 1, 1, 1)
