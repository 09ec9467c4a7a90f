"""``self.rng`` in native code; see :mod:`lavajit.kernels.random` for the algorithm and meaning."""

from __future__ import annotations

import math

import numpy as np
from numba import njit, types
from numba.extending import intrinsic, overload_method

from lavajit.kernels.random import _M0, _M1, _ROUNDS, _UNIT53, _W0, _W1
from lavajit.kernels.self_type import INT64, RandomType, load_word

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MUL0, _MUL1 = np.uint64(_M0), np.uint64(_M1)
_WEYL0, _WEYL1 = np.uint64(_W0), np.uint64(_W1)
_DROP = np.uint64(11)


@intrinsic
def _key(typing, rng):
    def codegen(context, builder, sig, args):
        return load_word(builder, args[0], 0)

    return types.uint64(rng), codegen


@intrinsic
def _time_step(typing, rng):
    def codegen(context, builder, sig, args):
        address = load_word(builder, args[0], 1)
        return builder.load(builder.inttoptr(address, INT64.as_pointer()))

    return types.uint64(rng), codegen


@intrinsic
def _first_element(typing, rng):
    """Number of the element that this block calls 0: not 0 where a network is divided."""

    def codegen(context, builder, sig, args):
        return load_word(builder, args[0], 2)

    return types.uint64(rng), codegen


@njit(inline="never")
def native_philox(c0, c1, c2, c3, k0, k1):
    """Four 32-bit words (kept in uint64) from a counter and a key."""
    for _ in range(_ROUNDS):
        p0, p1 = _MUL0 * c0, _MUL1 * c2
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ k0,
            p1 & _MASK,
            (p0 >> _HALF) ^ c3 ^ k1,
            p0 & _MASK,
        )
        k0, k1 = (k0 + _WEYL0) & _MASK, (k1 + _WEYL1) & _MASK
    return c0, c1, c2, c3


@njit
def _words(rng, element, draw):
    key, step = _key(rng), _time_step(rng)
    return native_philox(
        (np.uint64(element) + _first_element(rng)) & _MASK,
        np.uint64(draw) & _MASK,
        step & _MASK,
        step >> _HALF,
        key & _MASK,
        key >> _HALF,
    )


@njit
def _bits(rng, element, draw):
    w = _words(rng, element, draw)
    return (w[0] << _HALF) | w[1]


@overload_method(RandomType, "bits")
def random_bits(rng, element, draw=0):
    return lambda rng, element, draw=0: _bits(rng, element, draw)


@overload_method(RandomType, "uniform")
def random_uniform(rng, element, draw=0):
    return lambda rng, element, draw=0: np.float64(_bits(rng, element, draw) >> _DROP) * _UNIT53


@overload_method(RandomType, "normal")
def random_normal(rng, element, draw=0):
    def normal(rng, element, draw=0):
        w = _words(rng, element, draw)
        high = ((w[0] << _HALF) | w[1]) >> _DROP
        low = ((w[2] << _HALF) | w[3]) >> _DROP
        u1 = np.float64(high + np.uint64(1)) * _UNIT53
        u2 = np.float64(low) * _UNIT53
        return math.sqrt(-2.0 * math.log(u1)) * math.cos(2.0 * math.pi * u2)

    return normal


@overload_method(RandomType, "integers")
def random_integers(rng, element, n, draw=0):
    def integers(rng, element, n, draw=0):
        return np.int64(((_bits(rng, element, draw) >> _HALF) * np.uint64(n)) >> _HALF)

    return integers
