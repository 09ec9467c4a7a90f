"""Integer arithmetic of neuron programs, for kernels; everything takes and returns int64."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.arithmetic.scalars import shift, wrap
from lavajit.neurocore.cores.kernels import BYTE, BYTE_CENTRE, MOST_TRACE, next_noise_state

#: Counts of shifts have 6 bits.
SHIFT_MASK = 63
LOW_WORD = 0xFFFFFFFF
#: `clz` counts in the 24 bits of the input.
CLZ_BITS = 24


def word32(x):
    """x in two's complement of 32 bits."""
    return np.int64(np.int32(x))


def saturated(x, bits):
    """x kept within `bits` bits of magnitude, the same on both sides."""
    most = (np.int64(1) << np.int64(bits)) - 1
    return min(max(x, -most), most)


def shifted_left(x, count):
    """x << count in 32 bits."""
    return word32(x << (count & SHIFT_MASK))


def shifted_right(x, count):
    """x >> count, toward minus infinity, in 32 bits."""
    return word32(x >> (count & SHIFT_MASK))


def shifted_logically(x, count):
    """The low 32 bits of x, shifted right without their sign."""
    return word32((x & LOW_WORD) >> (count & SHIFT_MASK))


def mulsr(x, y, count):
    """(x * y) >> count toward zero, of a 64-bit product, in 32 bits."""
    product = x * y
    count = count & SHIFT_MASK
    return word32(-(-product >> count) if product < 0 else product >> count)


def sgn(x):
    """-1, 0 or 1."""
    return np.int64(x > 0) - np.int64(x < 0)


def clz(x):
    """Leading zeros of x in 24 bits; 0 of what does not fit, 24 of what is not positive."""
    rest = max(x, np.int64(0))
    bits = np.int64(0)
    for step in (16, 8, 4, 2, 1):
        if rest >> step > 0:
            bits += step
            rest = rest >> step
    return max(CLZ_BITS - (bits + min(rest, np.int64(1))), np.int64(0))


def entry(table, x):
    """Entry x of a table; the first or last one where x is outside."""
    return np.int64(table[min(max(x, np.int64(0)), np.int64(table.size - 1))])


def first_random_state(seed):
    """State of the generator for a seed; never 0, from which it would not move."""
    return (seed & LOW_WORD) or 1


def next_random(state):
    """State of the generator whose low byte is the next one that is not 0."""
    state = next_noise_state(state)
    while state & BYTE == 0:
        state = next_noise_state(state)
    return state


def drawn(state):
    """The number -127..127 that belongs to a state of the generator."""
    return np.int64(state & BYTE) - BYTE_CENTRE


def as_trace(x):
    """x as a trace holds it, 0..127."""
    return min(max(x, np.int64(0)), np.int64(MOST_TRACE))


#: Names that generated kernels use.
HELPERS = (
    word32,
    saturated,
    shifted_left,
    shifted_right,
    shifted_logically,
    mulsr,
    sgn,
    clz,
    entry,
    next_random,
    drawn,
    as_trace,
    shift,
    wrap,
)
