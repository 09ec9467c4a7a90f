"""``self.rng.fill(words)`` in native code: random numbers for a whole array at vector speed.

Elements are taken in tiles of 64, for which 16 counters give four words each, one behind the other.
Loops over the counters of a tile fill vector registers: about 0.25 ns per word with AVX-512, where
one call of ``self.rng.bits`` takes 6 ns. A number depends on the element's own number only, so an
array may begin and end anywhere in a tile.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numba.core.errors import TypingError
from numba.extending import overload_method

from lavajit.kernels.arrays import UNCHECKED
from lavajit.kernels.random import _FILLS, _LANES, _ROUNDS, _TILE
from lavajit.kernels.random_types import (
    _HALF,
    _MASK,
    _MUL0,
    _MUL1,
    _WEYL0,
    _WEYL1,
    _first_element,
    _key,
    _time_step,
    native_philox,
)
from lavajit.kernels.self_type import RandomType

_FILL_BIT = np.uint64(_FILLS)
_QUARTER = np.uint64(_LANES)


@njit(**UNCHECKED)
def _whole_tile(words, start, counter, draw, step, key):
    """64 words from 16 counters; the rounds are written here so that the loop over lanes is one."""
    # Unsigned, or the check for a negative index keeps the loop from filling vector registers.
    at = np.uint64(start)
    for lane in range(_LANES):
        c0, c1 = (counter + np.uint64(lane)) & _MASK, draw
        c2, c3 = step & _MASK, step >> _HALF
        k0, k1 = key & _MASK, key >> _HALF
        for _ in range(_ROUNDS):
            p0, p1 = _MUL0 * c0, _MUL1 * c2
            c0, c1, c2, c3 = (
                (p1 >> _HALF) ^ c1 ^ k0,
                p1 & _MASK,
                (p0 >> _HALF) ^ c3 ^ k1,
                p0 & _MASK,
            )
            k0, k1 = (k0 + _WEYL0) & _MASK, (k1 + _WEYL1) & _MASK
        words[at] = np.uint32(c0)
        words[at + _QUARTER] = np.uint32(c1)
        words[at + np.uint64(2) * _QUARTER] = np.uint32(c2)
        words[at + np.uint64(3) * _QUARTER] = np.uint32(c3)
        at += np.uint64(1)


@njit(**UNCHECKED)
def _part_of_a_tile(words, start, counter, draw, step, key):
    """The words of a tile that begins before the array or ends behind it."""
    for lane in range(_LANES):
        quarters = native_philox(
            (counter + np.uint64(lane)) & _MASK,
            draw,
            step & _MASK,
            step >> _HALF,
            key & _MASK,
            key >> _HALF,
        )
        at = start + lane
        for word in quarters:
            if 0 <= at < words.size:
                words[at] = np.uint32(word)
            at += _LANES


@njit(**UNCHECKED)
def _fill(rng, words, draw):
    first, key, step = _first_element(rng), _key(rng), _time_step(rng)
    which = (np.uint64(draw) & _MASK) | _FILL_BIT
    tile = first // np.uint64(_TILE)
    start, counter = np.int64(tile * np.uint64(_TILE)) - np.int64(first), tile * np.uint64(_LANES)
    while start < words.size:
        if 0 <= start and start + _TILE <= words.size:
            _whole_tile(words, start, counter, which, step, key)
        else:
            _part_of_a_tile(words, start, counter, which, step, key)
        start += _TILE
        counter += np.uint64(_LANES)


@overload_method(RandomType, "fill")
def random_fill(rng, words, draw=0):
    fits = isinstance(words, types.Array) and words.ndim == 1 and words.dtype == types.uint32
    if not fits or words.layout != "C" or not words.mutable:
        raise TypingError(f"rng.fill needs a one-dimensional array of uint32, got {words}")
    return lambda rng, words, draw=0: _fill(rng, words, draw)
