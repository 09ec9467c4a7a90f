"""Loihi's integer arithmetic, as functions for kernels.

States have 24 bits, decay factors 12; inputs and thresholds are shifted left by 6. All functions
take any integer type, compute in 64 bits where 32 would overflow, and return int32. ``tz(x, n) =
sign(x) * (|x| >> n)`` rounds towards zero.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.elements import element

#: Bits of Loihi's compartment state and decay factors; inputs and thresholds are shifted by 6.
STATE_BITS = 24
DECAY_BITS = 12
INPUT_SHIFT = 6

#: A factor of 1: no decay.
DECAY_ONE = 1 << DECAY_BITS
#: Largest magnitude of a saturating 24-bit state.
STATE_MAX = np.int32((1 << (STATE_BITS - 1)) - 1)

_HALF = np.int32(1 << (STATE_BITS - 1))
_RANGE = np.int32(1 << STATE_BITS)
_DECAY_MASK = np.uint32(DECAY_ONE - 1)
_DECAY_SHIFT = np.uint32(DECAY_BITS)
_INT32_MAX = (1 << 31) - 1


def shift_towards_zero(x, bits):
    """tz(x, bits) of an int64."""
    return -(-x >> bits) if x < 0 else x >> bits


def decay_exact(x, factor):
    """tz(x * factor, 12) for any integers, in 64 bits."""
    product = np.int64(x) * np.int64(factor)
    return np.int32(-(-product >> DECAY_BITS)) if product < 0 else np.int32(product >> DECAY_BITS)


def decay_vector(x, factor):
    """tz(x * factor, 12) for a uint32 factor of at most 4096, exact for every int32 x.

    |x| * factor is formed from its upper 20 and lower 12 bits, so that both products fit in 32
    bits: a 32-bit multiplication fills vector registers, a 64-bit one does not.
    """
    magnitude = np.uint32(abs(np.int64(x)))
    high = np.uint32(np.uint32(magnitude >> _DECAY_SHIFT) * factor)
    low = np.uint32(np.uint32(magnitude & _DECAY_MASK) * factor)
    result = np.int64(np.uint32(high + np.uint32(low >> _DECAY_SHIFT)))
    return np.int32(-result) if x < 0 else np.int32(result)


def shifted_input(a):
    """a << 6 in 32 bits, as the chip's input register holds it."""
    return np.int32(np.int64(a) << INPUT_SHIFT)


def wrap24(x):
    """Loihi's single correction of a 32-bit sum to 24 bits; x is an int64 that holds an int32."""
    if x > _HALF:
        return np.int32(x - np.int64(_RANGE))
    if x <= -_HALF:
        return np.int32(x + np.int64(_RANGE))
    return np.int32(x)


def saturated(x):
    """x, an int32, kept within +-(2^23 - 1)."""
    return min(max(x, -STATE_MAX), STATE_MAX)


def within_int32(x):
    """The int32 nearest to x; what x exceeds in 32 bits, it exceeds as well."""
    return np.int32(min(max(np.int64(x), np.int64(-_INT32_MAX)), np.int64(_INT32_MAX)))


def scale_thresholds(effective, vth):
    """effective = vth << 6 of every neuron, in 32 bits; `vth` is one number or one per neuron."""
    for i in range(effective.size):
        effective[i] = within_int32(np.int64(element(vth, i)) << INPUT_SHIFT)


def scaled_bias(mantissa, exponent):
    """mantissa * 2**exponent in 32 bits, floor for a negative exponent."""
    bias = np.int64(mantissa)
    if exponent >= 0:
        return np.int32(bias << np.int64(exponent & 31)) if exponent < 32 else np.int32(0)
    return np.int32(bias >> np.int64(min(-np.int64(exponent), 31)))


def next_current(u, factor, a):
    """wrap24(tz(u * factor, 12) + (a << 6)), for any integer factor."""
    total = np.int32(np.int64(decay_exact(u, factor)) + shifted_input(a))
    return wrap24(np.int64(total))


def next_voltage(v, factor, current, bias):
    """tz(v * factor, 12) + current + bias, saturated, for any integer factor."""
    return saturated(np.int32(np.int64(decay_exact(v, factor)) + current + bias))
