"""What sets the LIF neurons apart: refractory periods, resets, thresholds, learning ports."""

import numpy as np
import pytest
from helpers.driven import FIXED, FLOAT
from helpers.neurons import assert_same, respond

from lavajit import (
    LIF,
    LearningLIF,
    LIFRefractory,
    LIFReset,
    TernaryLIF,
)
from lavajit.proc.lif import (
    PyLearningLifModelFloat,
    PyLifModelBitAcc,
    PyLifModelFloat,
    PyLifRefractoryModelFloat,
    PyLifResetModelFloat,
)

TAGS = pytest.mark.parametrize("select_tag", [FLOAT, FIXED])


def drive(size: int, low: int = -20, high: int = 60, steps: int = 40) -> dict[str, np.ndarray]:
    return {"a_in": np.random.default_rng(3).integers(low, high, (steps, size))}


def towards_zero(x, factor):
    return np.sign(x * factor) * (np.abs(x * factor) >> 12)


def test_fixed_refractory_neurons_follow_the_equations():
    du, dv, vth, period = 700, 300, 60, np.array([1, 2, 5, 9])
    messages = drive(4)
    u, v, end = np.zeros((3, 4), np.int64)
    spikes = []
    for t, a_in in enumerate(messages["a_in"], start=1):
        u = towards_zero(u, 4095 - du) + (a_in << 6)
        v = np.where(end < t, towards_zero(v, 4096 - dv) + u + (5 << 2), v)
        s = v > vth << 6
        end = np.where(s, t + period, end)
        v = np.where(s, 0, v)
        spikes.append(s)
    parameters = {"du": du, "dv": dv, "vth": vth, "bias_mant": 5, "bias_exp": 2}
    lif = LIFRefractory(shape=(4,), refractory_period=period, **parameters)
    got = respond(lif, messages, FIXED)
    assert np.sum(spikes) > 10
    np.testing.assert_array_equal(got["s_out"], spikes)
    for name, expected in {"u": u, "v": v, "refractory_period_end": end}.items():
        np.testing.assert_array_equal(got[name], expected)


@TAGS
def test_spikes_keep_their_distance(select_tag):
    lif = LIFRefractory(shape=(3,), refractory_period=[1, 2, 6], vth=1, bias_mant=100)
    spikes = respond(lif, drive(3, 0, 1), select_tag)["s_out"]
    for neuron, distance in enumerate([2, 3, 7]):
        steps = np.flatnonzero(spikes[:, neuron])
        assert (np.diff(steps) == distance).all()


@TAGS
def test_reset_in_every_step_forgets_everything(select_tag):
    lif = LIFReset(shape=(2,), reset_interval=[1, 3], reset_offset=[0, 5], vth=10**4)
    got = respond(lif, {"a_in": np.ones((8, 2), int)}, select_tag)
    one = 64 if select_tag == FIXED else 1
    assert got["u"][0] == one  # 8 % 3 == 5 % 3: the second one starts anew as well
    assert got["u"][1] == one


@TAGS
def test_ternary_spikes(select_tag):
    lif = TernaryLIF(shape=(3,), bias_mant=[-3, 0, 3], vth_hi=1, vth_lo=-1, bias_exp=6)
    got = respond(lif, drive(3, 0, 1, steps=2), select_tag)["s_out"]
    np.testing.assert_array_equal(got, [[-1, 0, 1], [-1, 0, 1]])


def test_fractional_thresholds_of_fixed_ternary_neurons_are_truncated():
    lif = TernaryLIF(shape=(1,), bias_mant=80, vth_hi=1.9, vth_lo=-2.0)
    assert respond(lif, drive(1, 0, 1, steps=1), FIXED)["s_out"] == 1


# --- learning ports -------------------------------------------------------------------------------


@TAGS
def test_learning_ports_send_spikes_and_traces(select_tag):
    lif = LearningLIF(shape=(2, 2), bias_mant=[[0, 200], [300, 0]], vth=3)
    lif.y2.init = [[1, 2], [3, 4]]
    messages = {"a_in": np.zeros((3, 2, 2), int), "a_third_factor_in": np.ones((3, 4), int)}
    got = respond(lif, messages, select_tag)
    assert got["s_out"].any()
    np.testing.assert_array_equal(got["s_out_bap"], got["s_out"].reshape(3, 4))
    np.testing.assert_array_equal(got["s_out_y1"], np.zeros((3, 4)))
    np.testing.assert_array_equal(got["s_out_y2"], [[1, 2, 3, 4]] * 3)


@TAGS
def test_learning_neurons_behave_like_lif(select_tag):
    parameters = {"du": 0, "dv": 1, "vth": 30}
    plain = respond(LIF(shape=(3,), **parameters), drive(3), select_tag)
    learning = respond(LearningLIF(shape=(3,), **parameters), drive(3), select_tag)
    assert_same({name: learning[name] for name in plain}, plain)


class RewardedModel(PyLearningLifModelFloat):
    """y1 counts spikes and decays, y2 keeps the rewards."""

    def update_traces(self, spikes, third_factor):
        for i in range(self.y1.size):
            self.y1[i] = 0.5 * self.y1[i] + spikes[i]
            self.y2[i] = third_factor[i]


def test_models_compute_their_own_traces():
    rewards = np.arange(6.0).reshape(3, 2)
    messages = {"a_in": np.zeros((3, 2)), "a_third_factor_in": rewards}
    lif = LearningLIF(shape=(2,), bias_mant=[0, 11])
    got = respond(lif, messages, model=RewardedModel)
    np.testing.assert_array_equal(got["s_out_y2"], rewards)
    np.testing.assert_array_equal(got["s_out_y1"][:, 1], [1, 1.5, 1.75])


# --- models in pieces -----------------------------------------------------------------------------


def inclusive(model: type) -> type:
    """A model that spikes at v >= vth, made by replacing one piece."""

    class Inclusive(model):
        def spiking_activation(self):
            return self.v >= self.vth

    return Inclusive


@pytest.mark.parametrize(
    ("model", "process", "parameters"),
    [
        (PyLifModelFloat, LIF, {}),
        pytest.param(PyLifResetModelFloat, LIFReset, {"reset_interval": 3}, marks=pytest.mark.slow),
        pytest.param(
            PyLifRefractoryModelFloat,
            LIFRefractory,
            {"refractory_period": 2},
            marks=pytest.mark.slow,
        ),
        (PyLearningLifModelFloat, LearningLIF, {}),
    ],
)
def test_a_replaced_piece_is_used_with_all_others(model, process, parameters):
    messages = drive(3, 0, 4)
    got = respond(process(shape=(3,), vth=5, **parameters), messages, model=inclusive(model))
    # All sums are integers, so v >= 5 means v > 4.5.
    expected = respond(process(shape=(3,), vth=4.5, **parameters), messages)
    assert_same({**got, "vth": 0}, {**expected, "vth": 0})
    assert got["s_out"].any()


class LazyModel(PyLifModelBitAcc):
    """Ignores its input."""

    def subthr_dynamics(self, activation_in):
        self.v[:] = self.v + 1


def test_a_replaced_piece_in_fixed_point():
    lif = LIF(shape=(2,), vth=[0, 1], v=[0, 60])
    got = respond(lif, drive(2, steps=5), FIXED, model=LazyModel)
    np.testing.assert_array_equal(got["s_out"], [[1, 0], [1, 0], [1, 0], [1, 0], [1, 1]])


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TernaryLIF(shape=(1,), vth_lo=3, vth_hi=2), "vth_lo must not exceed vth_hi"),
        (lambda: TernaryLIF(shape=(2,), vth_lo=[0, 3], vth_hi=2), r"got vth_lo=\[0, 3\]"),
        (lambda: LIFReset(shape=(1,), reset_interval=0), "reset_interval must be .* >= 1, got 0"),
        (lambda: LIFReset(shape=(1,), reset_offset=-1), "reset_offset must be .* >= 0, got -1"),
        (lambda: LIFReset(shape=(2,), reset_interval=1.5), "reset_interval must be an integer"),
        (lambda: LIFRefractory(shape=(1,), refractory_period=0), "refractory_period must be"),
        (lambda: LIF(shape=(2,), du=[1, 2, 3]), r"LIF: du has shape \(3,\), the neurons have \(2,"),
        (lambda: LIFReset(shape=(2,), reset_interval=[1, 2, 3]), "give one number for all or one"),
    ],
)
def test_wrong_parameters(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("process", [TernaryLIF, LIFReset, LIFRefractory])
def test_unknown_keywords(process):
    with pytest.raises(TypeError, match="unknown"):
        process(shape=(1,), unknown=1)


def test_equal_thresholds_are_allowed():
    TernaryLIF(shape=(1,), vth_lo=2, vth_hi=2)


@pytest.mark.parametrize("name", ["du", "dv", "vth"])
@pytest.mark.parametrize("process", [LIF, LIFReset, LIFRefractory, LearningLIF])
def test_fractions_in_fixed_point(process, name):
    with pytest.raises(TypeError, match=f"{name}=.*floating_pt for fractions"):
        respond(process(shape=(2,), **{name: [0.5, 1]}), drive(2, steps=1), FIXED)
