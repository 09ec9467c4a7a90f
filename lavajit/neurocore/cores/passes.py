"""Passes over the compartments of a core, in 32-bit words.

Each has few arrays: a loop with more of them is not compiled to vector instructions, because too
many pairs could overlap. Sums that wrap are formed modulo 2**32, of which any narrower register is
a part; sums that are clipped saturate. So 32 bits lose nothing, whatever the widths of registers.
"""

from __future__ import annotations

import numpy as np

from lavajit.proc.fixed_point import decay_vector

WORD_MAX = np.int32((1 << 31) - 1)


def filter_inputs(sums, q, input_bits, u, keep, top):
    """q = what has been summed up, which is cleared; u = the decayed current with it."""
    input_top = np.uint32(1 << input_bits)
    for i in range(u.size):
        total = wrap_word(sums[i], input_top)
        sums[i] = 0
        q[i] = total
        u[i] = wrap_word(add_words(decay_vector(u[i], keep[i]), total), top)


def integrate(v, keep, u, drive, top, vmin, vmax):
    """v = the decayed voltage with current and bias, within limits."""
    least, most = np.int32(vmin), np.int32(vmax)
    for i in range(v.size):
        change = wrap_word(add_words(u[i], drive[i]), top)
        v[i] = min(max(add_saturating(decay_vector(v[i], keep[i]), change), least), most)


def hold(v, refractory):
    """v = 0 in refractory compartments."""
    for i in range(v.size):
        v[i] = np.int32(0) if refractory[i] > 0 else v[i]


def fire(v, vth, spikes):
    """Spikes where the voltage is above the threshold, and v = 0 there."""
    for i in range(v.size):
        fires = v[i] > vth[i]
        spikes[i] = fires
        v[i] = np.int32(0) if fires else v[i]


def count_down(refractory, refract, spikes):
    """Steps for which compartments stay refractory."""
    for i in range(spikes.size):
        renewed, left = refract[i], refractory[i]
        left = renewed if spikes[i] else left
        refractory[i] = np.int32(max(left, np.int32(1)) - np.int32(1))


def wrap_word(value, top):
    """An int32 in two's complement of fewer bits, `top` being 2**bits as a uint32.

    All is modulo 2**32, of which what is kept is a part: no width is lost, and 32-bit additions
    fill vector registers.
    """
    mask = np.uint32(np.uint32(2 * top) - np.uint32(1))
    return np.int32(np.uint32(np.uint32(np.uint32(np.uint32(value) + top) & mask) - top))


def add_words(a, b):
    """a + b of int32, modulo 2**32."""
    return np.int32(np.uint32(np.uint32(a) + np.uint32(b)))


def add_saturating(a, b):
    """a + b of int32; beyond 32 bits the least or greatest int32."""
    total = add_words(a, b)
    if np.int32(np.int32(total ^ a) & np.int32(total ^ b)) < 0:
        return np.int32(np.int32(a >> 31) ^ WORD_MAX)
    return total
