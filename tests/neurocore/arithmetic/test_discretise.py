"""Integers of a core, and registers made from floats, against recorded tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.arithmetic import discretise as d
from lavajit.neurocore.arithmetic.arrays import decay, shifted, wrap
from lavajit.neurocore.cores.registers import vmax_of_register, vmin_of_register
from lavajit.neurocore.errors import NcCompileError, NcValueError


def table(data, name):
    with np.load(data / f"{name}.npz") as stored:
        return dict(stored)


def test_recorded_decays(neurocore_data):
    stored = table(neurocore_data, "tab_decay")
    for offset in (0, 1):
        result = decay(stored["x"], stored["d"], offset)
        np.testing.assert_array_equal(result, stored[f"out_off{offset}"])


def test_recorded_wraps(neurocore_data):
    stored = table(neurocore_data, "tab_wrap")
    for bits in (21, 23, 7):
        np.testing.assert_array_equal(wrap(stored["x"], bits), stored[f"out{bits}"])
    for bits in (21, 23):
        np.testing.assert_array_equal(wrap(stored["x"], bits) != stored["x"], stored[f"flag{bits}"])


@given(st.integers(-(2**40), 2**40), st.integers(1, 31))
def test_wrap_keeps_the_residue(x, bits):
    result = int(wrap(x, bits))
    assert -(2**bits) <= result < 2**bits
    assert (result - x) % 2 ** (bits + 1) == 0


@given(st.integers(-(2**23), 2**23), st.integers(0, 4095), st.integers(0, 1))
def test_decay_never_grows_or_changes_sign(x, register, offset):
    result = int(decay(x, register, offset))
    assert abs(result) <= abs(x) and result * x >= 0
    assert result == -int(decay(-x, register, offset))


def test_recorded_sums_of_decays(neurocore_data):
    stored = table(neurocore_data, "tab_decay_sum")
    for offset in (0, 1):
        result = d.decay_sum(stored["d"], offset)
        # The last bit of log and power depends on the mathematical library.
        np.testing.assert_allclose(result, stored[f"off{offset}"], rtol=1e-14)


def test_sum_of_what_is_gone_at_once():
    assert d.decay_sum(4095, 1) == 1.0
    with pytest.raises(NcValueError, match="the sum of a decay needs 0 < register"):
        d.decay_sum(0)


def test_recorded_bias_and_threshold(neurocore_data):
    stored = table(neurocore_data, "tab_manexp")
    mantissa, exponent = d.bias_registers(stored["bias"])
    np.testing.assert_array_equal(mantissa, stored["bias_mant"])
    np.testing.assert_array_equal(exponent, stored["bias_exp"])
    np.testing.assert_array_equal(d.threshold_mantissa(stored["vth"]), stored["vth_mant"])
    assert set(stored["vth_exp"]) == {d.VTH_SHIFT}


@given(st.floats(-524160, 524160))
def test_bias_is_off_by_half_a_step_at_most(bias):
    mantissa, exponent = map(int, d.bias_registers(bias))
    assert abs(mantissa) <= d.BIAS_MANT_MAX and 0 <= exponent <= d.BIAS_EXP_MAX
    assert abs(shifted(mantissa, exponent) - bias) <= 2.0**exponent / 2


def test_values_that_do_not_fit():
    with pytest.raises(NcValueError, match=r"bias: magnitudes up to 524300 .* at most 524160"):
        d.bias_registers([1, -524300])
    with pytest.raises(NcValueError, match="bias"):
        d.bias_registers(np.nan)
    for vth in (31, 131072 * 64):
        with pytest.raises(NcValueError, match=r"vth: mantissas .* 1\.\.131071"):
            d.threshold_mantissa(vth)


def test_refractory_times():
    assert d.refractory_register([0, 0.001, 0.062], 0.001).tolist() == [1, 2, 63]
    for tau in (-0.001, 0.063):
        with pytest.raises(NcValueError, match=r"tau_ref: .* not all 0\.\.62 steps"):
            d.refractory_register(tau, 0.001)


def test_recorded_groups(neurocore_data):
    stored = table(neurocore_data, "tab_discretise")
    for inputs, outputs in zip(stored["inputs"], stored["outputs"], strict=True):
        tau_rc, tau_ref, tau_s = inputs[:3]
        group = d.discretise(
            [inputs[8:].reshape(4, 5)],
            tau_s=tau_s,
            tau_rc=tau_rc,
            tau_ref=tau_ref,
            bias=inputs[3:8],
        )
        result = [
            *np.broadcast_to(group.decay_u, 5),
            *np.broadcast_to(group.decay_v, 5),
            *np.broadcast_to(group.refract, 5),
            *np.broadcast_to(group.vth_mant << d.VTH_SHIFT, 5),
            *(group.bias_mant << group.bias_exp),
            vmin_of_register(group.vmin_exp),
            vmax_of_register(group.vmax_exp),
            *group.weight_exp,
            *group.weights[0].ravel(),
        ]
        np.testing.assert_array_equal(result, outputs)


def test_a_group_of_smaller_weights_uses_its_bits():
    strong = np.array([[1.0, -0.5]])
    both = d.discretise([strong, strong / 8], tau_s=0.005, tau_rc=0.02)
    alone = d.discretise([strong], tau_s=0.005, tau_rc=0.02)
    assert both.v_scale == alone.v_scale
    assert both.weight_exp == (alone.weight_exp[0], alone.weight_exp[0] - 3)
    np.testing.assert_array_equal(both.weights[0], alone.weights[0])
    # The same mantissas, three bits lower; what acts are multiples of 64, rounded toward zero.
    assert (both.weights[0].tolist(), both.weights[1].tolist()) == (
        [[16256, -8192]],
        [[1984, -1024]],
    )


def test_limits_of_the_voltage_are_powers_of_two():
    group = d.discretise([[[1.0]]], tau_s=0.005, tau_rc=0.02, vmin=-1.0, vmax=1.0)
    assert -vmin_of_register(group.vmin_exp) == pytest.approx(group.v_scale, rel=0.5)
    assert 0.5 <= vmax_of_register(group.vmax_exp) / group.v_scale <= 2
    free = d.discretise([[[1.0]]], tau_s=0.005, tau_rc=0.02, vmin=-np.inf)
    assert (free.vmin_exp, free.vmax_exp) == (d.VMIN_EXP_MAX, d.VMAX_EXP_MAX)
    with pytest.raises(NcValueError, match="the limits of v are vmin <= 0 <= vmax, got 1"):
        d.discretise([[[1.0]]], tau_s=0.005, tau_rc=0.02, vmin=1.0, vmax=-1.0)


def test_groups_that_cannot_be_discretised():
    with pytest.raises(NcValueError, match="the largest magnitude is 0.0"):
        d.discretise([np.zeros((2, 2))], tau_s=0.005, tau_rc=0.02)
    with pytest.raises(NcCompileError, match="could not find a weight exponent"):
        d.discretise([[[1e-4]]], tau_s=0.005, tau_rc=0.02)
    with pytest.raises(NcCompileError, match="could not find a weight exponent"):
        d.discretise([[[1.0]]], tau_s=0.005, tau_rc=0.02, bias=1e6)
