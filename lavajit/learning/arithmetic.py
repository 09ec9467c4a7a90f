"""Integer arithmetic of learning rules on the chip; functions that generated kernels call.

All in 32 bits, so that loops fill vector registers. A product of factors of b bits in all fits if
b + 3 (mantissa) is at most 30; rules with more factors wrap at 32 bits, as in Lava.
"""

from __future__ import annotations

import numpy as np

from lavajit.learning.constants import W_ACCUMULATOR_S, W_ACCUMULATOR_U, W_TAG_1_U, W_WEIGHTS_S

#: Bounds of an accumulator as Lava has them; 16 bits would end at -32,768.
ACCUMULATOR_MIN = -(1 << W_ACCUMULATOR_U) - 1
ACCUMULATOR_MAX = (1 << W_ACCUMULATOR_U) - 1
#: Bits by which an accumulator is finer than a weight or tag.
FINER_BITS = W_ACCUMULATOR_S - W_WEIGHTS_S
FINER = 1 << FINER_BITS
#: Initial values beyond this saturate whatever is added; they are cut here, to fit in 32 bits.
_OPEN_MAX = 1 << (W_WEIGHTS_S + 1)
#: Constants beyond this saturate every factor.
_CONSTANT_MAX = 1 << 24
#: A tag of this value, just outside 9 bits, moves even where its rule adds nothing.
UNSTABLE_TAG = -(1 << W_TAG_1_U) - 1
#: Bounds of accumulator and result; of weights by number of the sign mode.
_FREE = (1 << 31) - 1
WEIGHT_BOUNDS = {
    1: (-_FREE, _FREE, -256, 255),
    2: (0, _FREE, 0, 255),
    3: (-_FREE, 0, -255, 0),
}
DELAY_BOUNDS = (0, _FREE, 0, 255)
TAG_BOUNDS = (-_FREE, _FREE, UNSTABLE_TAG, 255)


def clip(value, low, high):
    """`value` within `low` and `high`, all of one type."""
    return min(max(value, low), high)


def within(value, low, high):
    """`value` within two constants."""
    return min(max(value, np.int32(low)), np.int32(high))


def plus(value, constant):
    """`value` + a whole constant."""
    return np.int32(value + np.int32(min(max(constant, -_CONSTANT_MAX), _CONSTANT_MAX)))


def truncated(value, low, high):
    """A fractional value within two constants, towards zero."""
    return np.int32(min(max(value, float(low)), float(high)))


def sign(value):
    """-1, 0 or 1."""
    return np.int32((1 if value > 0 else 0) - (1 if value < 0 else 0))


def product(a, b):
    """a * b that fits."""
    return np.int32(a * b)


def product_wrapped(a, b):
    """The low 32 bits of a * b, signed."""
    return np.int32(np.int64(a) * np.int64(b))


def scaled(change, right, left):
    """A product in the units of an accumulator, which saturates."""
    scaled_change = np.int32(np.int32(change >> right) << left)
    return within(scaled_change, ACCUMULATOR_MIN, ACCUMULATOR_MAX)


def scaled_wrapped(change, right, left):
    """The same where the shift may leave 32 bits."""
    scaled_change = np.int32((np.int64(change) >> right) << left)
    return within(scaled_change, ACCUMULATOR_MIN, ACCUMULATOR_MAX)


def opened(value):
    """A weight or tag in the units of an accumulator."""
    return np.int32(within(value, -_OPEN_MAX, _OPEN_MAX - 1) << FINER_BITS)


def closed(total, up):
    """A rounded accumulator in the units of weights and tags."""
    return np.int32(np.int32(total >> FINER_BITS) + up)


def accumulate(total, change):
    """Add to an accumulator, which saturates."""
    return within(np.int32(total + change), ACCUMULATOR_MIN, ACCUMULATOR_MAX)


def rounded_up(fraction, rng, synapse, draw):
    """1 with probability fraction / 128, with a number of the synapse's own."""
    # Also drawn for a fraction of 0, where it does not matter: without a branch it vectorises.
    return 1 if rng.integers(synapse, FINER, draw) < fraction else 0


#: Functions that generated kernels call by name.
HELPERS = (
    accumulate,
    clip,
    closed,
    opened,
    plus,
    product,
    product_wrapped,
    rounded_up,
    scaled,
    scaled_wrapped,
    sign,
    truncated,
    within,
)
