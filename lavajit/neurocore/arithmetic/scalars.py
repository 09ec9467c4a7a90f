"""Integer arithmetic of a core on single numbers, for kernels.

:mod:`lavajit.neurocore.arithmetic.arrays` has the same for whole arrays.
"""

from __future__ import annotations

#: Decays are in units of 2**-12.
DECAY_BITS = 12


def wrap(value, bits):
    """`value` in two's complement of `bits` magnitude bits and a sign."""
    top = 1 << bits
    return ((value + top) & (2 * top - 1)) - top


def decay(value, keep):
    """`value` times ``keep / 4096``, toward zero."""
    magnitude = (abs(value) * keep) >> DECAY_BITS
    return -magnitude if value < 0 else magnitude


def shift(value, bits):
    """`value` times ``2**bits``, toward minus infinity."""
    return value << bits if bits >= 0 else value >> -bits
