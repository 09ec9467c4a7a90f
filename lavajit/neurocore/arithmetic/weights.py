"""Weights as a synapse stores them, and what a spike through one adds to its compartment.

A stored weight has 9 bits with its sign; low bits are cut off where the format has fewer. What
arrives is the *effective* weight, (weight * 2^exponent) << 6, so that a weight of 1 counts as much
as one unit of a threshold's mantissa.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.arithmetic.arrays import shifted
from lavajit.neurocore.errors import NcValueError

#: Weight bits by code; 7 bits do not exist.
WEIGHT_BITS = (0, 1, 2, 3, 4, 5, 6, 8)
FULL_BITS = 8
WEIGHT_MAX = 255
WEIGHT_EXP_MIN = -8
WEIGHT_EXP_MAX = 7
#: Effective weights are multiples of 2^6, in 22 bits with their sign.
EFFECTIVE_SHIFT = 6
EFFECTIVE_MAX = (1 << 21) - (1 << EFFECTIVE_SHIFT)


class SignMode(IntEnum):
    """Signs that the weights of a synapse group may have."""

    #: No weight is used.
    NULL = 0
    #: Both signs; one bit of the weight is its sign.
    MIXED = 1
    #: All weights are positive or zero.
    EXCITATORY = 2
    #: All weights are negative or zero.
    INHIBITORY = 3


class WeightFormat(NamedTuple):
    """Bits and exponent that weights are stored with."""

    num_weight_bits: int
    weight_exp: int


def step_bits(num_weight_bits: int, sign_mode: SignMode) -> int:
    """Low bits of a weight that its format cannot hold; the sign of MIXED takes one.

    Raises
    ------
    NcValueError
        No synapse has that many weight bits.
    """
    if num_weight_bits not in WEIGHT_BITS:
        raise NcValueError(f"num_weight_bits: {num_weight_bits} is none of {WEIGHT_BITS}")
    return FULL_BITS - num_weight_bits + (sign_mode == SignMode.MIXED)


def stored_weights(
    weights: ArrayLike, sign_mode: SignMode, num_weight_bits: int = FULL_BITS
) -> NDArray[np.int64]:
    """Weights as they are stored: clipped to 8 bits and sign, low bits cut off.

    Parameters
    ----------
    weights : array_like of int
    sign_mode : SignMode
        MIXED stores -256..254 in steps of 2, EXCITATORY 0..255, INHIBITORY -255..0.
    num_weight_bits : int
        Each bit less than 8 doubles the step. MIXED weights are rounded down to the step,
        INHIBITORY ones toward zero.

    Returns
    -------
    ndarray of int64

    Raises
    ------
    NcValueError
        No synapse has that many weight bits, or `sign_mode` is NULL.

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.weights import SignMode, stored_weights
    >>> stored_weights([127, -127], SignMode.MIXED).tolist()
    [126, -128]
    """
    if sign_mode == SignMode.NULL:
        raise NcValueError("sign_mode: NULL stores no weights; use MIXED, EXCITATORY, INHIBITORY")
    step = step_bits(num_weight_bits, sign_mode)
    lowest = -WEIGHT_MAX - 1 if sign_mode == SignMode.MIXED else 0
    # Inhibitory weights are stored as magnitudes.
    sign = -1 if sign_mode == SignMode.INHIBITORY else 1
    magnitude = np.clip(sign * np.asarray(weights, np.int64), lowest, WEIGHT_MAX)
    return sign * ((magnitude >> step) << step)


def effective_weights(stored: ArrayLike, weight_exp: int = 0) -> NDArray[np.int64]:
    """What one spike adds to the input of a compartment.

    Parameters
    ----------
    stored : array_like of int
        Weights as `stored_weights` returns them.
    weight_exp : int
        -8..7. A negative exponent rounds down before the shift by 6, so small weights vanish.

    Returns
    -------
    ndarray of int64
        Multiples of 64, magnitude at most 2^21 - 64.

    Raises
    ------
    NcValueError
        The exponent is out of range.

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.weights import effective_weights
    >>> effective_weights([98, -100], -2).tolist()
    [1536, -1600]
    """
    if not WEIGHT_EXP_MIN <= weight_exp <= WEIGHT_EXP_MAX:
        raise NcValueError(f"weight_exp: {weight_exp} is not in {WEIGHT_EXP_MIN}..{WEIGHT_EXP_MAX}")
    effective = shifted(stored, weight_exp) << EFFECTIVE_SHIFT
    return np.clip(effective, -EFFECTIVE_MAX, EFFECTIVE_MAX)


def effective_from_float(
    weights: ArrayLike,
    sign_mode: SignMode,
    num_weight_bits: int = FULL_BITS,
    weight_exp: int = 0,
) -> NDArray[np.int64]:
    """Effective weights of floats that are scaled to -255..255, rounded as in NengoLoihi.

    Other than `stored_weights`, which cuts low bits off, this rounds to the nearest step, and with
    a small exponent to the nearest weight that leaves a non-zero effect.

    Parameters
    ----------
    weights : array_like of float
        Weights in units of the stored weight.
    sign_mode : SignMode
    num_weight_bits : int
    weight_exp : int

    Returns
    -------
    ndarray of int64
        Multiples of 64.
    """
    step = step_bits(num_weight_bits, sign_mode)
    largest = (1 << (FULL_BITS - step)) - 1 if step <= FULL_BITS else 0
    steps = np.round(np.asarray(weights, np.float64) / 2.0**step)
    steps = np.clip(steps, -largest, largest)
    exponent = step + weight_exp
    if exponent < 0:
        scale = 2.0**exponent
        steps = np.trunc(np.clip(np.round(steps * scale) / scale, -largest, largest))
    return shifted(steps.astype(np.int64), exponent) << EFFECTIVE_SHIFT


def optimise_weight_format(weights: ArrayLike, sign_mode: SignMode) -> WeightFormat:
    """Fewest bits that hold integer weights, stored as ``weights << -weight_exp``.

    Parameters
    ----------
    weights : array_like of int
        At least one is not zero, all have the signs of `sign_mode`.
    sign_mode : SignMode

    Returns
    -------
    WeightFormat
        As Lava chooses it. It may ask for more than 8 bits, or for 7, where the weights do not
        fit: `stored_weights` then refuses it.

    Raises
    ------
    NcValueError
        All weights are zero, or a sign does not fit the mode.

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.weights import SignMode, optimise_weight_format
    >>> optimise_weight_format([4, 8, 12], SignMode.EXCITATORY)
    WeightFormat(num_weight_bits=2, weight_exp=-4)
    """
    weights = np.asarray(weights, np.int64)
    mixed = int(sign_mode == SignMode.MIXED)
    low, high = int(weights.min(initial=0)), int(weights.max(initial=0))
    _check_signs(low, high, sign_mode)
    if mixed:
        # Whichever sign has less room decides: there is one more negative than positive weight.
        scale = 1 / max(high / 127, -low / 128)
    else:
        scale = WEIGHT_MAX / max(high, -low)
    weight_exp = -(int(np.floor(np.log2(scale))) + mixed)
    common = int(np.bitwise_or.reduce(np.abs(weights), axis=None))
    zeros = min((common & -common).bit_length() - 1, FULL_BITS)
    return WeightFormat(FULL_BITS + weight_exp - (zeros - mixed), weight_exp)


def _check_signs(low: int, high: int, sign_mode: SignMode) -> None:
    if low == high == 0:
        raise NcValueError("weights: all are zero; leave the connection out")
    allowed = {SignMode.MIXED: (True, True), SignMode.EXCITATORY: (False, True)}
    negative, positive = allowed.get(sign_mode, (sign_mode != SignMode.NULL, False))
    if (low < 0 and not negative) or (high > 0 and not positive):
        raise NcValueError(
            f"weights from {low} to {high} do not have the signs of {sign_mode.name}; use MIXED"
        )
