"""Numbers of learning rules: literals of rule strings, rounding, bits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from lavajit.learning.scale import nearest_factor


def float_to_literal(learning_parameter: float) -> str:
    """Write a number as a literal of rule strings, rounded as Lava rounds.

    The mantissa is the integer part, at least 1, and the rest is rounded to a power of two: 0.75
    becomes 1, 3.7 becomes 3. See :func:`nearest_literal` for a closer one.

    Parameters
    ----------
    learning_parameter : float
        A finite number.

    Returns
    -------
    str
        "0", "(m)" or "(m) * 2 ^ e".

    Examples
    --------
    >>> float_to_literal(10), float_to_literal(-0.3)
    ('(10)', '(-1) * 2 ^ -2')
    """
    _check_finite(learning_parameter)
    magnitude = abs(learning_parameter)
    if magnitude == 0:
        return "0"
    mantissa = max(int(magnitude), 1)
    signed = -mantissa if learning_parameter < 0 else mantissa
    rest = magnitude / mantissa
    return f"({signed})" if rest == 1 else f"({signed}) * 2 ^ {round(math.log2(rest))}"


def nearest_literal(value: float) -> str:
    """Write a number as the closest m * 2^e with m = -7..7; the error is at most a ninth.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        A literal of rule strings.

    Examples
    --------
    >>> nearest_literal(0.75), nearest_literal(-0.3)
    ('3*2^-2', '-5*2^-4')
    """
    _check_finite(value)
    return str(nearest_factor(Fraction(float(value))))


def _check_finite(value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"only finite numbers can be written as m * 2^e, got {value}.")


def stochastic_round(
    values: np.ndarray, random_numbers: np.ndarray | float, probabilities: np.ndarray | float
) -> np.ndarray:
    """Add one where a random number is below a probability.

    Parameters
    ----------
    values : ndarray
        Numbers already rounded down.
    random_numbers, probabilities : ndarray or float
        What is compared, broadcast against `values`.

    Returns
    -------
    ndarray
        ``values + 1`` or ``values``, each with its probability.

    Examples
    --------
    >>> stochastic_round(np.array([3, 3]), np.array([0.2, 0.7]), 0.5).tolist()
    [4, 3]
    """
    return np.where(np.less(random_numbers, probabilities), np.add(values, 1), values)


def apply_mask(item: int | np.ndarray, nb_bits: int) -> int | np.ndarray:
    """Keep the lowest bits of integers.

    Parameters
    ----------
    item : int or ndarray of int
        In two's complement.
    nb_bits : int
        How many bits to keep.

    Returns
    -------
    int or ndarray of int
        Values in [0, 2^nb_bits).

    Examples
    --------
    >>> apply_mask(0b1011, 3), apply_mask(-1, 4)
    (3, 15)
    """
    return item & ((1 << nb_bits) - 1)
