"""Integers as a neurocore computes with them: decay toward zero, wrap, shift.

Every result is int64 and exact: a product of a 24-bit state and a 13-bit share needs 37 bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.arithmetic.scalars import DECAY_BITS

#: A decay register counts in 2^-12: 4096 forgets everything.
DECAY_ONE = 1 << DECAY_BITS
DECAY_MAX = DECAY_ONE - 1
#: What is added to the decay register of the current and of the voltage.
U_DECAY_OFFSET = 1
V_DECAY_OFFSET = 0
#: Magnitude bits of the drained input, and of current and voltage.
Q_BITS = 21
STATE_BITS = 23


def decay(x: ArrayLike, register: ArrayLike, offset: int = 0) -> NDArray[np.int64]:
    """Decayed integers: sign(x) * ((|x| * (4096 - offset - register)) >> 12), toward zero.

    Parameters
    ----------
    x : array_like of int
        Currents or voltages.
    register : array_like of int
        Decay register; with `offset`, 0 keeps x and 4096 forgets it.
    offset : int
        What the core adds to the register: 1 for the current, 0 for the voltage.

    Returns
    -------
    ndarray of int64

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.arrays import decay
    >>> decay([1000, -1000, 1], [409, 409, 1]).tolist()
    [900, -900, 0]
    """
    x = np.asarray(x, np.int64)
    kept = DECAY_ONE - offset - np.asarray(register, np.int64)
    return np.sign(x) * ((np.abs(x) * kept) >> DECAY_BITS)


def wrap(x: ArrayLike, bits: int) -> NDArray[np.int64]:
    """Integers in two's complement with `bits` bits of magnitude and a sign.

    Parameters
    ----------
    x : array_like of int
    bits : int
        Bits of the magnitude: the result is in -2^bits .. 2^bits - 1.

    Returns
    -------
    ndarray of int64

    Examples
    --------
    >>> from lavajit.neurocore.arithmetic.arrays import wrap
    >>> wrap([2097151, 2097152, -2097153], 21).tolist()
    [2097151, -2097152, 2097151]
    """
    half = 1 << bits
    return ((np.asarray(x, np.int64) + half) & (2 * half - 1)) - half


def shifted(x: ArrayLike, exponent: int) -> NDArray[np.int64]:
    """Integers times 2^exponent; a negative exponent rounds down, as an arithmetic shift does."""
    x = np.asarray(x, np.int64)
    return x << exponent if exponent >= 0 else x >> -exponent
