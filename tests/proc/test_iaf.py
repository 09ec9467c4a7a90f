"""Neurons in physical units: closed formulas, refractory time, tiers, chunks, shapes, errors."""

import numpy as np
import pytest
from helpers.neurons import assert_same, respond
from scipy.linalg import expm

from lavajit import IafPscAlpha, IafPscDelta, IafPscExp

DT = 0.1
#: Two excitatory time constants, the second one that of the membrane.
SYNAPSES = {"tau_syn_ex": [2.0, 10.0], "tau_syn_in": [5.0, 8.0]}
SILENT = {"v_th": 1000.0}


def no_input(steps: int, shape=(2,)) -> dict[str, np.ndarray]:
    return {name: np.zeros((steps, *shape)) for name in ("a_exc", "a_inh")}


def random_input(steps: int, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    exc, inh = (rng.poisson(0.3, (steps, *shape)) for _ in range(2))
    return {"a_exc": 150.0 * exc, "a_inh": -60.0 * inh}


def potential_of_a_current(t, amplitude, tau_syn, tau_m=10.0, c_m=250.0):
    """Response at time t after a jump of the synaptic current, by hand."""
    if tau_syn == tau_m:
        return amplitude / c_m * t * np.exp(-t / tau_m)
    factor = tau_syn * tau_m / (tau_m - tau_syn)
    return amplitude / c_m * factor * (np.exp(-t / tau_m) - np.exp(-t / tau_syn))


@pytest.mark.parametrize("steps", [1, 37, 400])
def test_subthreshold_solution_is_exact(steps):
    start = {"v": [-60.0, -65.0], "i_exc": 80.0, "i_inh": -30.0, "i_e": [100.0, 0.0]}
    got = respond(IafPscExp(shape=(2,), **SYNAPSES, **start, **SILENT), no_input(steps))
    t = steps * DT
    decay = np.exp(-t / 10.0)
    expected = -70.0 + np.array([10.0, 5.0]) * decay + np.array([4.0, 0.0]) * (1 - decay)
    for i in range(2):
        expected[i] += potential_of_a_current(t, 80.0, SYNAPSES["tau_syn_ex"][i])
        expected[i] += potential_of_a_current(t, -30.0, SYNAPSES["tau_syn_in"][i])
    np.testing.assert_allclose(got["v"], expected, rtol=0, atol=1e-12 * 70)
    np.testing.assert_allclose(got["i_exc"], 80 * np.exp(-t / np.array([2.0, 10.0])), rtol=1e-12)


def test_an_input_moves_the_potential_from_the_next_step_on():
    messages = no_input(12)
    messages["a_exc"][1] = 500.0
    got = respond(IafPscExp(shape=(2,), **SYNAPSES, **SILENT), messages)
    expected = [-70 + potential_of_a_current(10 * DT, 500.0, tau) for tau in (2.0, 10.0)]
    np.testing.assert_allclose(got["v"], expected, rtol=0, atol=1e-10)


def test_nearly_equal_time_constants_are_no_special_case():
    tau = [10.0, 10.0 * (1 + 1e-13), 10.0 * (1 + 1e-6)]
    neurons = IafPscExp(shape=(3,), tau_syn_ex=tau, i_exc=100.0, **SILENT)
    v = respond(neurons, no_input(50, (3,)))["v"]
    np.testing.assert_allclose(v, v[0], rtol=0, atol=1e-6)
    assert v[0] == pytest.approx(-70 + potential_of_a_current(5.0, 100.0, 10.0), abs=1e-12 * 70)


def test_very_short_synapses_are_exact():
    """Their charge arrives at once: a jump by tau_syn / c_m times the current."""
    tau = [1e-6, 1e-4]
    neurons = IafPscExp(shape=(2,), tau_syn_ex=tau, c_m=[250.0, 100.0], i_exc=1e6, **SILENT)
    v = respond(neurons, no_input(1))["v"]
    jump = 1e6 * np.array([1e-6 / 250, 1e-4 / 100]) / (1 - np.array(tau) / 10)
    np.testing.assert_allclose(v, -70 + jump * np.exp(-DT / 10), rtol=0, atol=1e-12 * 70)


def alpha_reference(tau_syn, tau_m, steps, a_in, i_e=100.0, c_m=250.0, e_l=-70.0):
    """v, i, di after some steps with inputs `a_in`, by the matrix exponential of the equations."""
    equations = np.zeros((4, 4))  # d/dt of v - e_l, i, di, 1
    equations[0] = [-1 / tau_m, 1 / c_m, 0, i_e / c_m]
    equations[1, 1:3] = [-1 / tau_syn, 1]
    equations[2, 2] = -1 / tau_syn
    step, state = expm(equations * DT), np.array([0.0, 0, 0, 1])
    for amount in a_in[:steps]:
        state = step @ state
        state[2] += np.e / tau_syn * amount
    return state[:3] + [e_l, 0, 0]


@pytest.mark.parametrize("steps", [1, 4, 300])
def test_alpha_currents_are_exact(steps):
    """Time constants below, nearly at, at and above that of the membrane, and very small ones."""
    tau = np.array([0.5, 2.0, 9.99, 10.0, 10.0 * (1 + 1e-9), 11.0, 300.0, 0.01])
    tau_m = np.array([10.0] * 6 + [0.02, 10.0])
    inputs = np.random.default_rng(1).poisson(0.5, (steps, 2, 8)) * np.array([[[90.0], [-70.0]]])
    messages = {"a_exc": inputs[:, 0], "a_inh": inputs[:, 1]}
    given = {"tau_syn_ex": tau, "tau_syn_in": tau[::-1], "tau_m": tau_m, "i_e": 100.0}
    got = respond(IafPscAlpha(shape=(8,), **given, **SILENT), messages)
    for i in range(8):
        exc = alpha_reference(tau[i], tau_m[i], steps, inputs[:, 0, i])
        inh = alpha_reference(tau[::-1][i], tau_m[i], steps, inputs[:, 1, i], i_e=0.0, e_l=0.0)
        np.testing.assert_allclose(got["v"][i], exc[0] + inh[0], rtol=0, atol=1e-10)
        np.testing.assert_allclose(got["i_exc"][i], exc[1], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(got["di_inh"][i], inh[2], rtol=1e-9, atol=1e-9)


def test_an_alpha_current_peaks_at_the_weight_after_tau_syn():
    neurons = IafPscAlpha(shape=(1,), tau_syn_ex=2.0, **SILENT)
    messages = no_input(21, (1,))
    messages["a_exc"][0] = 87.8
    assert respond(neurons, messages)["i_exc"] == pytest.approx(87.8, rel=1e-12)


@pytest.mark.parametrize("tag", ["floating_pt", "float32"])
def test_alpha_neurons_agree_in_both_tiers(tag):
    options = {"tau_syn_ex": [[0.5], [2.0]], "t_ref": [0.3, 0.0, 1.0], "i_e": 500.0}
    messages = random_input(120, (2, 3))
    got = respond(IafPscAlpha(shape=(2, 3), **options), messages, tag)
    assert got["s_out"].sum() > 6
    again = respond(IafPscAlpha(shape=(2, 3), **options), messages, tag, native=False, chunk=50)
    assert_same(again, got)


def test_alpha_currents_go_on_while_refractory():
    messages = no_input(3, (1,))
    messages["a_exc"][1] = 10.0
    got = respond(IafPscAlpha(shape=(1,), v=-50.0, i_exc=100.0), messages)
    decay, rise = np.exp(-DT / 2.0), 10.0 * np.e / 2.0
    assert got["v"] == -70.0 and got["refractory_steps"] == 18
    np.testing.assert_allclose(got["di_exc"], rise * decay, rtol=1e-12)
    np.testing.assert_allclose(got["i_exc"], 100 * decay**3 + DT * rise * decay, rtol=1e-12)


@pytest.mark.parametrize("process", [IafPscExp, IafPscAlpha, IafPscDelta])
def test_intervals_of_a_constant_current(process):
    """From reset: the step that reaches v_th, after the refractory steps."""
    i_e, t_ref = np.array([400.0, 700.0, 5000.0]), np.array([0.0, 2.0, 0.3])
    neurons = process(shape=(3,), i_e=i_e, t_ref=t_ref)
    ports = ("a_in",) if process is IafPscDelta else ("a_exc", "a_inh")
    spikes = respond(neurons, {name: np.zeros((1500, 3)) for name in ports})["s_out"]
    final = i_e * 10.0 / 250.0
    climb = np.ceil(10.0 / DT * np.log(final / (final - 15.0)))
    expected = climb + np.array([0, 20, 3])
    for i in range(3):
        steps = np.flatnonzero(spikes[:, i])
        assert steps[0] + 1 == climb[i]
        assert (np.diff(steps) == expected[i]).all() and len(steps) > 4


def test_delta_inputs_jump_and_are_lost_while_refractory():
    messages = {"a_in": np.zeros((8, 2))}
    messages["a_in"][1] = [4.0, 20.0]  # the second one spikes, for 3 steps
    messages["a_in"][2] = 1.0
    messages["a_in"][4] = 1.0
    messages["a_in"][5] = 1.0
    got = respond(IafPscDelta(shape=(2,), t_ref=0.3), messages)
    assert np.argwhere(got["s_out"]).tolist() == [[1, 1]]
    decay = np.exp(-DT / 10.0)
    first = 4 * decay**6 + decay**5 + decay**3 + decay**2
    np.testing.assert_allclose(got["v"], [-70 + first, -70 + decay**2], rtol=0, atol=1e-10)


def test_currents_decay_and_add_up_while_refractory():
    messages = no_input(3, (1,))
    messages["a_exc"][1:] = 10.0
    neurons = IafPscExp(shape=(1,), v=-50.0, i_exc=100.0)
    got = respond(neurons, messages)
    decay = np.exp(-DT / 2.0)
    assert got["v"] == -70.0 and got["refractory_steps"] == 18
    np.testing.assert_allclose(got["i_exc"], 100 * decay**3 + 10 * decay + 10, rtol=1e-12)


@pytest.mark.parametrize("tag", ["floating_pt", "float32"])
def test_native_python_chunks_and_shapes_agree(tag):
    shape = (2, 3)
    options = {"tau_m": [9.0, 10.0, 11.0], "t_ref": [[0.0], [0.5]], "i_e": 600.0}
    messages = random_input(120, shape)
    got = respond(IafPscExp(shape=shape, **options), messages, tag)
    assert got["s_out"].sum() > 6
    again = respond(IafPscExp(shape=shape, **options), messages, tag, native=False, chunk=50)
    assert_same(again, got)
    flat = {name: message.reshape(-1, 6) for name, message in messages.items()}
    options["tau_m"], options["t_ref"] = options["tau_m"] * 2, [0.0] * 3 + [0.5] * 3
    one = respond(IafPscExp(shape=(6,), **options), flat, tag)
    np.testing.assert_array_equal(one["s_out"], got["s_out"].reshape(-1, 6))
    np.testing.assert_array_equal(one["v"], got["v"].ravel())


def test_float32_is_close_to_float64():
    messages = random_input(200, (5,))
    wide = respond(IafPscExp(shape=(5,), **SILENT), messages)
    narrow = respond(IafPscExp(shape=(5,), **SILENT), messages, "float32")
    assert narrow["v"].dtype == narrow["i_exc"].dtype == np.float32
    # 200 roundings of 70 mV, half of 2**-17 mV each at most.
    np.testing.assert_allclose(narrow["v"], wide["v"], rtol=0, atol=200 * 2.0**-17)


@pytest.mark.parametrize(
    ("match", "parameters"),
    [
        ("tau_m must be above 0", {"tau_m": 0}),
        ("tau_syn_ex must be above 0", {"tau_syn_ex": [1.0, -1.0]}),
        ("dt must be one number", {"dt": [0.1, 0.2]}),
        ("t_ref must be a multiple of dt .*t_ref=0.25 ms, dt=0.1", {"t_ref": 0.25}),
        ("t_ref must be a multiple of dt and not negative", {"t_ref": -1.0}),
        ("v_reset must be below v_th", {"v_reset": -55.0}),
        (r"v_th has shape \(3,\), the neurons have \(2,\)", {"v_th": [1.0, 2.0, 3.0]}),
        (r"e_l has shape \(3,\), the neurons have \(2,\)", {"e_l": [1.0, 2.0, 3.0]}),
    ],
)
def test_wrong_parameters_say_so(match, parameters):
    with pytest.raises(ValueError, match=f"IafPscExp: {match}"):
        IafPscExp(shape=(2,), **parameters)
