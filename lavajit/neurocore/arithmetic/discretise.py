"""Registers of a neurocore made from floating-point parameters.

They are chosen as NengoLoihi chooses them, rounded half to even, so a network has the same here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.arithmetic.arrays import (
    DECAY_MAX,
    DECAY_ONE,
    Q_BITS,
    U_DECAY_OFFSET,
    V_DECAY_OFFSET,
)
from lavajit.neurocore.arithmetic.weights import WEIGHT_MAX, SignMode, effective_from_float
from lavajit.neurocore.errors import NcValueError

#: Threshold = mantissa * 2^6, mantissa of 17 bits.
VTH_SHIFT = 6
VTH_MANT_MAX = (1 << 17) - 1
#: Bias = mantissa * 2^exponent, mantissa of 13 bits with its sign.
BIAS_MANT_MAX = (1 << 12) - 1
BIAS_EXP_MAX = 7
REFRACT_MAX = 63
#: Register exponents of the limits of the voltage.
VMIN_EXP_MAX = 31
VMAX_EXP_MAX = 7
#: Smallest exponent of all weights, and of a group whose weights are smaller than others.
DISCRETISED_EXP_MIN = -7
GROUP_EXP_MIN = -6
#: Where a decaying integer starts, and what it loses per step on average by truncation.
DECAY_SUM_START = float(1 << Q_BITS)
DECAY_SUM_LOSS = 0.494


def current_decay(tau: ArrayLike, dt: float) -> NDArray[np.int64]:
    """Register of the current's decay for time constants `tau` (in the unit of `dt`)."""
    register = _decayed_share(tau, dt) * np.float32(DECAY_MAX) - np.float32(U_DECAY_OFFSET)
    return np.round(np.clip(register, 0, DECAY_MAX)).astype(np.int64)


def voltage_decay(tau: ArrayLike, dt: float) -> NDArray[np.int64]:
    """Register of the voltage's decay for time constants `tau` (in the unit of `dt`)."""
    return np.round(_decayed_share(tau, dt) * np.float32(DECAY_MAX)).astype(np.int64)


def refractory_register(tau_ref: ArrayLike, dt: float) -> NDArray[np.int64]:
    """Register of the refractory time, 1..63: 1 is none, r forces r - 1 steps to zero."""
    register = np.round(np.asarray(tau_ref, np.float64) / dt) + 1
    if not np.all((register >= 1) & (register <= REFRACT_MAX)):
        raise NcValueError(f"tau_ref: {tau_ref} are not all 0..{REFRACT_MAX - 1} steps of {dt}")
    return register.astype(np.int64)


def _decayed_share(tau: ArrayLike, dt: float) -> NDArray[np.float32]:
    # Single precision, as NengoLoihi has it: rounding to the register depends on it.
    return (-np.expm1(-dt / np.asarray(tau, np.float64))).astype(np.float32)


def decay_sum(register: ArrayLike, offset: int = 0) -> NDArray[np.float64]:
    """Sum over all steps of an integer that decays from 2^21, as a multiple of its start.

    Truncation takes `q` = 0.494 per step on average, so that with r the kept share and n the steps
    until nothing is left the sum is shorter than the geometric 1 / (1 - r)::

        r = (4096 - offset - register) / 4096        x0 = 2^21
        n = -ln(1 + x0 (1 - r) / q) / ln r           g = (1 - r^(n+1)) / (1 - r)
        sum = g - q (n + 1 - g) / ((1 - r) x0)

    Parameters
    ----------
    register, offset : array_like of int, int
        Decay register, and what the core adds to it.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    NcValueError
        Nothing decays, so that the sum is infinite.
    """
    taken = np.asarray(register, np.float64) + offset
    if not np.all((taken > 0) & (taken <= DECAY_ONE)):
        raise NcValueError(
            f"the sum of a decay needs 0 < register + {offset} <= {DECAY_ONE}, got registers from "
            f"{np.min(register)} to {np.max(register)}"
        )
    # With r = 0 only the start counts: 1 is the formula's limit, but log(0) is none.
    r = np.where(taken < DECAY_ONE, (DECAY_ONE - taken) / DECAY_ONE, 0.5)
    n = -np.log1p(DECAY_SUM_START * (1 - r) / DECAY_SUM_LOSS) / np.log(r)
    g = (1 - r ** (n + 1)) / (1 - r)
    total = g - DECAY_SUM_LOSS / ((1 - r) * DECAY_SUM_START) * (n + 1 - g)
    return np.where(taken < DECAY_ONE, total, 1.0)


def bias_registers(bias: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Mantissas and exponents of biases, with the smallest exponent that fits.

    Parameters
    ----------
    bias : array_like of float
        Biases in units of the voltage.

    Returns
    -------
    mantissa, exponent : ndarray of int64
        The bias that acts is ``mantissa << exponent``.

    Raises
    ------
    NcValueError
        A magnitude is above 4095 * 2^7.

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.discretise import bias_registers
    >>> [x.tolist() for x in bias_registers([4095, 4096, -70001])]
    [[4095, 2048, -2188], [0, 1, 5]]
    """
    bias = np.asarray(bias, np.float64)
    exponent = np.ceil(np.log2(np.maximum(np.abs(bias) / BIAS_MANT_MAX, 1)))
    if not np.all(exponent <= BIAS_EXP_MAX):
        largest = BIAS_MANT_MAX << BIAS_EXP_MAX
        raise NcValueError(
            f"bias: magnitudes up to {np.max(np.abs(bias)):g} do not fit, at most {largest} does"
        )
    mantissa = np.round(bias / 2**exponent)
    return mantissa.astype(np.int64), exponent.astype(np.int64)


def threshold_mantissa(vth: ArrayLike) -> NDArray[np.int64]:
    """Mantissas of thresholds; the threshold that acts is ``mantissa << 6``.

    Raises
    ------
    NcValueError
        A mantissa is not in 1..131071.
    """
    mantissa = np.round(np.asarray(vth, np.float64) / (1 << VTH_SHIFT))
    if not np.all((mantissa >= 1) & (mantissa <= VTH_MANT_MAX)):
        raise NcValueError(
            f"vth: mantissas from {np.min(mantissa):g} to {np.max(mantissa):g} are not all in "
            f"1..{VTH_MANT_MAX}"
        )
    return mantissa.astype(np.int64)


@dataclass(frozen=True)
class GroupRegisters:
    """Registers of a group of neurons, and what a unit of the float model is on the core."""

    #: Decay registers and refractory times, () or (n,).
    decay_u: NDArray[np.int64]
    decay_v: NDArray[np.int64]
    refract: NDArray[np.int64]
    #: Threshold = vth_mant << 6; bias = bias_mant << bias_exp.
    vth_mant: NDArray[np.int64]
    bias_mant: NDArray[np.int64]
    bias_exp: NDArray[np.int64]
    #: Register exponents of the voltage's limits, one per core.
    vmin_exp: int
    vmax_exp: int
    #: Effective weights and the exponent of each synapse group.
    weights: tuple[NDArray[np.int64], ...]
    weight_exp: tuple[int, ...]
    #: Voltage on the core / voltage of the float model.
    v_scale: float


def discretise(
    weights: Sequence[ArrayLike],
    *,
    tau_s: float,
    tau_rc: float,
    tau_ref: float = 0.0,
    bias: ArrayLike = 0.0,
    dt: float = 0.001,
    vmin: float = 0.0,
    vmax: float = np.inf,
    num_weight_bits: int = 8,
) -> GroupRegisters:
    """Registers of LIF neurons with threshold 1, chosen as NengoLoihi does.

    The greatest weight uses all its bits; the exponent is the largest with which the rest fits.

    Parameters
    ----------
    weights : sequence of array_like of float
        Weights of each synapse group onto the neurons, signs mixed.
    tau_s, tau_rc, tau_ref : float
        Time constants of current and voltage, refractory time, in the unit of `dt`.
    bias : array_like of float
        Bias of the neurons, () or (n,).
    dt : float
    vmin, vmax : float
        Limits of the voltage; the core has powers of two only.
    num_weight_bits : int

    Returns
    -------
    GroupRegisters

    Raises
    ------
    NcValueError
        All weights are zero, or no weight exponent lets threshold and biases fit.

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.discretise import discretise
    >>> discretise([[[0.5, -0.25]]], tau_s=0.005, tau_rc=0.02).weight_exp
    (0,)
    """
    groups = [np.asarray(group, np.float64) for group in weights]
    peaks = [float(np.max(np.abs(group), initial=0.0)) for group in groups]
    peak = max(peaks, default=0.0)
    if not 0 < peak < np.inf:
        raise NcValueError(f"weights: the largest magnitude is {peak}; the scale follows from it")
    decay_u, decay_v = current_decay(tau_s, dt), voltage_decay(tau_rc, dt)
    bias = np.asarray(bias, np.float64)
    v_in = 1 / float(decay_sum(decay_v, V_DECAY_OFFSET))
    gain = WEIGHT_MAX / peak / (v_in / float(decay_sum(decay_u, U_DECAY_OFFSET)))
    exponent, v_scale = _weight_exponent(gain, np.max(np.abs(bias), initial=0.0) * v_in)
    exponents = [_group_exponent(exponent, peak, own) for own in peaks]
    bias_mant, bias_exp = bias_registers(np.round(bias * (v_scale * v_in)))
    limits = _limit_exponents(vmin * v_scale, vmax * v_scale)
    return GroupRegisters(
        decay_u,
        decay_v,
        refractory_register(tau_ref, dt),
        threshold_mantissa(np.round(v_scale)),
        bias_mant,
        bias_exp,
        *limits,
        tuple(
            effective_from_float(
                group * (WEIGHT_MAX / peak * 2.0 ** (exponent - own)),
                SignMode.MIXED,
                num_weight_bits,
                own,
            )
            for group, own in zip(groups, exponents, strict=True)
        ),
        tuple(exponents),
        v_scale,
    )


def _weight_exponent(gain: float, bias: float) -> tuple[int, float]:
    """First exponent, from 0 down, with which threshold and largest bias fit; its scale."""
    for exponent in range(0, DISCRETISED_EXP_MIN - 1, -1):
        v_scale = gain * 2.0 ** (VTH_SHIFT + exponent)
        if (
            np.round(v_scale) <= VTH_MANT_MAX << VTH_SHIFT
            and np.round(bias * v_scale) <= BIAS_MANT_MAX << BIAS_EXP_MAX
        ):
            return exponent, v_scale
    raise NcValueError(
        f"could not find a weight exponent: even with {DISCRETISED_EXP_MIN} the threshold is "
        f"{v_scale:.3g} (at most {VTH_MANT_MAX << VTH_SHIFT}) and the largest bias "
        f"{bias * v_scale:.3g} (at most {BIAS_MANT_MAX << BIAS_EXP_MAX}); use larger weights, "
        "smaller biases or shorter time constants"
    )


def _group_exponent(exponent: int, peak: float, own: float) -> int:
    """Exponent of a group with smaller weights: they are scaled up to use their bits."""
    if own in (0.0, peak):
        return exponent
    return max(exponent - int(np.floor(np.log2(peak / own))), GROUP_EXP_MIN)


def _limit_exponents(vmin: float, vmax: float) -> tuple[int, int]:
    if vmin > 0 or vmax < 0:
        raise NcValueError(f"the limits of v are vmin <= 0 <= vmax, got {vmin:g} and {vmax:g}")
    low = np.clip(np.round(np.log2(1 - vmin)), 0, VMIN_EXP_MAX)
    high = np.clip(np.round((np.log2(vmax + 1) - 9) / 2), 0, VMAX_EXP_MAX)
    return int(low), int(high)
