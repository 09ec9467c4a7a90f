"""Preparation of fixed-point weights inside kernels: clip to 8 bits and sign, then truncate.

The same as :func:`~lavajit.utils.weightutils.clip_weights` and
:func:`~lavajit.utils.weightutils.truncate_weights`, in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.proc.parameters import one_integer
from lavajit.utils.weightutils import WEIGHT_BITS, SignMode

#: Sign modes as numbers for kernels.
_MIXED, _EXCITATORY, _INHIBITORY = (
    SignMode.MIXED.value,
    SignMode.EXCITATORY.value,
    SignMode.INHIBITORY.value,
)
#: The mode follows from the weights.
DETERMINE = -1
_CONNECTION = "fixed-point connection"


def weight_options(proc_params: Any) -> tuple[int, int, int]:
    """Exponent, number of weight bits and number of the sign mode that a Process was given.

    Raises
    ------
    ValueError
        The exponent is no integer, the number of bits is not from 0 to 8, or the mode is no
        SignMode.
    """
    mode = proc_params.get("sign_mode", None)
    number = DETERMINE if mode is None else getattr(mode, "value", mode)
    if number != DETERMINE and number not in [known.value for known in SignMode]:
        raise ValueError(
            f"{_CONNECTION}: sign_mode must be one of {', '.join(map(str, SignMode))} or None, got "
            f"{mode!r}"
        )
    return (
        one_integer(_CONNECTION, "weight_exp", proc_params.get("weight_exp", 0)),
        one_integer(
            _CONNECTION,
            "num_weight_bits",
            proc_params.get("num_weight_bits", WEIGHT_BITS),
            0,
            WEIGHT_BITS,
        ),
        int(number),
    )


def mode_for(least, most):
    """The sign mode of weights from `least` to `most`."""
    if least >= 0:
        return _EXCITATORY
    return _INHIBITORY if most <= 0 else _MIXED


def prepared(weight, mode, bits):
    """One weight, clipped and truncated."""
    mixed = 1 if mode == _MIXED else 0
    sign = -1 if mode == _INHIBITORY else 1
    low, high = -(1 << WEIGHT_BITS) * mixed, (1 << WEIGHT_BITS) - 1
    drop = WEIGHT_BITS - bits + mixed
    magnitude = min(max(sign * np.int64(weight), low), high)
    return sign * ((magnitude >> drop) << drop) if drop >= 0 else 0


def prepare_columns(weights, mode, bits):
    """Prepare a matrix."""
    if mode == DETERMINE:
        least, most = 0, 0
        for j in range(weights.shape[1]):
            for i in range(weights.shape[0]):
                least = min(least, np.int64(weights[i, j]))
                most = max(most, np.int64(weights[i, j]))
        mode = mode_for(least, most)
    for j in range(weights.shape[1]):
        for i in range(weights.shape[0]):
            weights[i, j] = prepared(weights[i, j], mode, bits)


def prepare_entries(data, mode, bits):
    """Prepare the stored weights of a sparse matrix.

    Elements that are not stored are zeros and make no difference: a sign mode allows zero.
    """
    if mode == DETERMINE:
        least, most = 0, 0
        for k in range(data.size):
            least = min(least, np.int64(data[k]))
            most = max(most, np.int64(data[k]))
        mode = mode_for(least, most)
    for k in range(data.size):
        data[k] = prepared(data[k], mode, bits)


# --- plastic weights ------------------------------------------------------------------


def truncated(weight, mode, bits):
    """One weight without the bits it has no room for; towards minus infinity, or inhibitory: plus.

    Unlike :func:`prepared` it is not clipped.
    """
    drop = max(WEIGHT_BITS - bits + (1 if mode == _MIXED else 0), 0)
    if mode == _INHIBITORY:
        return -((-np.int64(weight) >> drop) << drop)
    return (np.int64(weight) >> drop) << drop


def truncate_columns(weights, mode, bits):
    """Truncate a matrix."""
    for j in range(weights.shape[1]):
        for i in range(weights.shape[0]):
            weights[i, j] = truncated(weights[i, j], mode, bits)


def truncate_entries(data, mode, bits):
    """Truncate the stored weights of a sparse matrix; none is dropped."""
    for k in range(data.size):
        data[k] = truncated(data[k], mode, bits)
