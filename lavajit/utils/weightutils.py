"""Synaptic weights as Loihi stores them: a mantissa of few bits, a sign mode, a shared exponent.

Everything here takes and returns whole matrices, dense or scipy sparse, and leaves its argument
as it is. The fixed-point models of the connection Processes clip and truncate their weights with
it once, before the first time step.

>>> import numpy as np
>>> weights = np.array([[300, -7], [5, 0]])
>>> mode = determine_sign_mode(weights)
>>> mode
<SignMode.MIXED: 1>
>>> truncate_weights(clip_weights(weights, mode, num_bits=8), mode, num_weight_bits=8)
array([[254,  -8],
       [  4,   0]], dtype=int32)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lavajit.process.sparse_values import is_sparse

if TYPE_CHECKING:
    from scipy.sparse import sparray, spmatrix

Weights: TypeAlias = "np.ndarray | spmatrix | sparray"

WEIGHT_BITS = 8
"""Magnitude bits of a weight; the sign of mixed weights takes one of their lowest bits."""


class SignMode(Enum):
    """Which signs the weights of one matrix may have."""

    NULL = 0
    MIXED = 1
    EXCITATORY = 2
    INHIBITORY = 3


# Smallest and largest weight of each mode.
_RANGES = {
    SignMode.NULL: (0, 0),
    SignMode.MIXED: (-256, 255),
    SignMode.EXCITATORY: (0, 255),
    SignMode.INHIBITORY: (-255, 0),
}


@dataclass
class OptimizedWeights:
    """Result of `optimize_weight_bits`.

    Attributes
    ----------
    weights : ndarray or sparse matrix of int32
        The weights, shifted up by ``-weight_exp`` bits.
    num_weight_bits : int
        Number of bits with which they are stored without loss.
    weight_exp : int
        Exponent that undoes the shift, never positive.
    """

    weights: Weights
    num_weight_bits: int
    weight_exp: int


def determine_sign_mode(weights: Weights) -> SignMode:
    """Return the sign mode that fits the signs of `weights`; EXCITATORY if all are zero.

    Parameters
    ----------
    weights : ndarray or sparse matrix
        Elements that a sparse matrix does not store are zeros.
    """
    low, high = _extremes(_as_matrix(weights))
    if low >= 0:
        return SignMode.EXCITATORY
    return SignMode.INHIBITORY if high <= 0 else SignMode.MIXED


def clip_weights(
    weights: Weights, sign_mode: SignMode, num_bits: int, learning_simulation: bool = False
) -> Weights:
    """Limit weights to the range of their sign mode.

    Parameters
    ----------
    weights : ndarray or sparse matrix
        Cast to int32 first, toward zero.
    sign_mode : SignMode
        MIXED weights are limited to -2^num_bits and 2^num_bits - 1, EXCITATORY and NULL ones to
        0 and 2^num_bits - 1, INHIBITORY ones to -(2^num_bits - 1) and 0.
    num_bits : int
        Bits of the magnitude.
    learning_simulation : bool, optional
        Lower the upper limit of MIXED weights by one.

    Returns
    -------
    ndarray or sparse matrix of int32, shape of `weights`
        A new one. Zeros that clipping makes stay stored in a sparse matrix.
    """
    is_mixed = sign_mode is SignMode.MIXED
    upper = 2**num_bits - (2 if learning_simulation and is_mixed else 1)
    lower = -(2**num_bits) if is_mixed else 0
    if sign_mode is SignMode.INHIBITORY:
        lower, upper = -upper, -lower
    return _mapped(_as_int32(weights), lambda values: np.clip(values, lower, upper))


def truncate_weights(
    weights: Weights,
    sign_mode: SignMode,
    num_weight_bits: int,
    max_num_weight_bits: int = WEIGHT_BITS,
) -> Weights:
    """Clear the low bits that `num_weight_bits` leave no room for.

    MIXED and EXCITATORY weights are rounded toward minus infinity, INHIBITORY ones toward zero.

    Parameters
    ----------
    weights : ndarray or sparse matrix
        Cast to int32 first, toward zero.
    sign_mode : SignMode
        MIXED weights lose one bit more, which holds their sign.
    num_weight_bits : int
        Bits to keep. More than there are turn every weight into zero, as in Lava.
    max_num_weight_bits : int, optional
        Bits that there are.

    Returns
    -------
    ndarray or sparse matrix of int32, shape of `weights`
        A new one; a sparse matrix does not store the zeros.
    """
    shift = max_num_weight_bits - num_weight_bits + (sign_mode is SignMode.MIXED)
    sign = -1 if sign_mode is SignMode.INHIBITORY else 1

    def truncated(values: np.ndarray) -> np.ndarray:
        if shift < 0:
            return np.zeros_like(values)
        return sign * (((sign * values) >> shift) << shift)

    result = _mapped(_as_int32(weights), truncated)
    if is_sparse(result):
        result.eliminate_zeros()
    return result


def optimize_weight_bits(
    weights: Weights, sign_mode: SignMode, loihi2: bool = False
) -> OptimizedWeights:
    """Scale weights up to the full range; find how few bits and which exponent hold them.

    Parameters
    ----------
    weights : ndarray or sparse matrix
        Within the range of `sign_mode`; cast to int32, toward zero.
    sign_mode : SignMode
        MIXED: -256 to 255, EXCITATORY: 0 to 255, INHIBITORY: -255 to 0, NULL: only zeros.
    loihi2 : bool, optional
        Return the weights without the bits that are not stored.

    Returns
    -------
    OptimizedWeights

    Raises
    ------
    ValueError
        If a weight is outside that range.

    Examples
    --------
    >>> optimize_weight_bits(np.array([[30, 4]]), SignMode.EXCITATORY)
    OptimizedWeights(weights=array([[240,  32]], dtype=int32), num_weight_bits=4, weight_exp=-3)
    """
    _check_range(*_extremes(_as_matrix(weights)), sign_mode)
    integers = _as_int32(weights)
    is_mixed = sign_mode is SignMode.MIXED
    shift = _spare_bits(*_extremes(integers), sign_mode)
    num_weight_bits = WEIGHT_BITS - shift - _common_zero_bits(integers) + is_mixed
    shifted = _mapped(integers, lambda values: values << shift)
    if loihi2:
        unused_bits = WEIGHT_BITS - num_weight_bits + is_mixed
        shifted = _mapped(
            shifted, lambda values: np.trunc(values / 2.0**unused_bits).astype(np.int32)
        )
    return OptimizedWeights(shifted, num_weight_bits, -shift)


def _check_range(low: float, high: float, sign_mode: SignMode) -> None:
    smallest, largest = _RANGES[sign_mode]
    if low < smallest or high > largest:
        raise ValueError(
            f"weights of sign mode {sign_mode.name} must lie from {smallest} to {largest}, got "
            f"weights from {low} to {high}; use clip_weights(weights, sign_mode, num_bits=8) or "
            f"another sign mode."
        )


def _spare_bits(low: float, high: float, sign_mode: SignMode) -> int:
    """Number of bits by which all weights can be shifted up."""
    if low == high == 0:
        return 0
    if sign_mode is not SignMode.MIXED:
        return math.floor(math.log2(255 / max(high, -low)))
    scale = min(127 / high if high > 0 else math.inf, -128 / low if low < 0 else math.inf)
    # A maximum of 255 would give -1, although all mixed weights in range are stored as they are.
    return max(0, math.floor(math.log2(scale)) + 1)


def _common_zero_bits(weights: Weights) -> int:
    """Number of low bits, up to 8, that are zero in all weights."""
    values = weights.data if is_sparse(weights) else weights
    used = int(np.bitwise_or.reduce(values, axis=None)) if values.size else 0
    return next(bit for bit in range(WEIGHT_BITS + 1) if used >> bit & 1 or bit == WEIGHT_BITS)


def _extremes(weights: Weights) -> tuple[float, float]:
    """Smallest and largest weight, implicit zeros included; (0, 0) if there is none."""
    if 0 in weights.shape:
        return 0, 0
    return weights.min(), weights.max()


def _as_matrix(weights: Weights) -> Weights:
    """An array, or a sparse matrix whose `data` is the array of its stored elements."""
    if not is_sparse(weights):
        return np.asarray(weights)
    return weights if weights.format in ("csr", "csc") else weights.tocsr()


def _as_int32(weights: Weights) -> Weights:
    return _as_matrix(weights).astype(np.int32)


def _mapped(weights: Weights, change: Callable[[np.ndarray], np.ndarray]) -> Weights:
    """A matrix of the same pattern whose stored values are ``change(stored values)``."""
    if not is_sparse(weights):
        return change(weights)
    result = weights.copy()
    result.data = change(result.data)
    return result
