"""Lava's random numbers for plastic connections, drawn natively.

Every connection has five PCG64 generators. Those for traces give one number at construction and
two per time step; the one for rounding gives one at construction and one per epoch:

=============  ========  =====================================  ==============================
row            seed      number                                 used at time step T, epoch E
=============  ========  =====================================  ==============================
X_DECAY        s         double in [0, 1)                       number 2 T, at the end of epochs
X_IMPULSE      s + 1     integer in [0, 128)                    number 2 T, at the end of epochs
Y_DECAY        s + 2     double in [0, 1)                       number 2 T, at the end of epochs
ROUNDING       2         double in [0, 1)                       number E
Y_IMPULSE      s + 3     integer in [0, 128)                    numbers 2 T - 1 and 2 T
=============  ========  =====================================  ==============================

One number serves all neurons, or all synapses. A double takes a 64-bit output of the generator, an
integer half of one, the lower half first. Only outputs that are used are computed: a generator
jumps over `stride` outputs with one multiplication, since n steps of a linear congruential
generator are one step of another one.

PCG64 (M. O'Neill, "PCG: A family of simple fast space-efficient statistically good algorithms for
random number generation", 2014): a 128-bit linear congruential generator; the output is the upper
half xor the lower half, rotated right by the upper six bits. Here 128-bit numbers are four limbs of
32 bits, lowest first, in uint64, so that no product overflows.
"""

from __future__ import annotations

import numpy as np

X_DECAY, X_IMPULSE, Y_DECAY, ROUNDING, Y_IMPULSE = range(5)
#: The generators that advance at the end of an epoch, not in every step.
FIRST_OF_EPOCH, LAST_OF_EPOCH = X_DECAY, ROUNDING
#: Seed of the rounding generator, in every connection.
ROUNDING_SEED = 2
#: Integers are the upper seven bits of 32.
IMPULSE_BITS = 7

_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_MASK128 = (1 << 128) - 1
_LIMBS = 4
#: Columns of a table: state, multiplier, increment.
_STATE, _TIMES, _PLUS = 0, _LIMBS, 2 * _LIMBS
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ROTATION = np.uint64(58)
_WORD = np.uint64(64)
_WORD_MASK = np.uint64(63)
_DROP53 = np.uint64(11)
_UNIT53 = 2.0**-53
_LOW_DROP = np.uint64(32 - IMPULSE_BITS)
_HIGH_DROP = np.uint64(64 - IMPULSE_BITS)
_IMPULSE_MASK = np.uint64((1 << IMPULSE_BITS) - 1)


def stream_table(seed: int, epoch: int, rounding_seed: int = ROUNDING_SEED) -> np.ndarray:
    """The five generators of a connection, each having given its first number.

    Parameters
    ----------
    seed : int
        Seed of the learning rule, >= 0.
    epoch : int
        Time steps per epoch.
    rounding_seed : int, optional
        Seed of the rounding generator; Lava has 2.

    Returns
    -------
    ndarray of uint64, shape (5, 12)
    """
    seeds = (seed, seed + 1, seed + 2, rounding_seed, seed + 3)
    strides = (2 * epoch, epoch, 2 * epoch, 1, 1)
    rows = []
    for one, stride in zip(seeds, strides, strict=True):
        inner = np.random.PCG64(one).state["state"]
        state = (inner["state"] * _MULTIPLIER + inner["inc"]) & _MASK128
        rows.append([*_limbs(state), *_jump(inner["inc"], stride)])
    return np.array(rows, np.uint64)


def _limbs(number: int) -> list[int]:
    return [(number >> 32 * k) & 0xFFFFFFFF for k in range(_LIMBS)]


def _jump(increment: int, steps: int) -> list[int]:
    """Multiplier and increment of `steps` steps at once."""
    times, plus = 1, 0
    square, sum_of = _MULTIPLIER, increment
    while steps:
        if steps & 1:
            times, plus = times * square & _MASK128, (plus * square + sum_of) & _MASK128
        square, sum_of = square * square & _MASK128, (square + 1) * sum_of & _MASK128
        steps >>= 1
    return _limbs(times) + _limbs(plus)


# --- kernel functions -----------------------------------------------------------------


def advance(table, first, last):
    """Let the generators `first` to `last` jump to the next output that is used."""
    for row in range(first, last + 1):
        # Highest limb first: it needs the lower limbs of the old state.
        for limb in range(_LIMBS - 1, -1, -1):
            total, carry = np.uint64(0), np.uint64(0)
            for at in range(limb + 1):
                total = carry + table[row, _PLUS + at]
                carry, total = total >> _HALF, total & _MASK
                for i in range(at + 1):
                    product = table[row, _STATE + i] * table[row, _TIMES + at - i]
                    total += product & _MASK
                    carry += (product >> _HALF) + (total >> _HALF)
                    total &= _MASK
            table[row, _STATE + limb] = total


def output(table, row):
    """The present output, 64 bits."""
    high = (table[row, _STATE + 3] << _HALF) | table[row, _STATE + 2]
    low = (table[row, _STATE + 1] << _HALF) | table[row, _STATE]
    mixed, turn = high ^ low, high >> _ROTATION
    return (mixed >> turn) | (mixed << ((_WORD - turn) & _WORD_MASK))


def as_double(bits):
    """A double in [0, 1) from an output."""
    return np.float64(bits >> _DROP53) * _UNIT53


def first_integer(bits):
    """An integer in [0, 128) from the lower half of an output."""
    return np.int64((bits >> _LOW_DROP) & _IMPULSE_MASK)


def second_integer(bits):
    """An integer in [0, 128) from the upper half of an output."""
    return np.int64(bits >> _HIGH_DROP)
