"""Scales of products: whole mantissa * 2^exponent, exact.

The engine has four bits for the mantissa and four for the exponent::

    scale = m * 2^e        m = -8..7, e = -7..8
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from lavajit.learning.constants import S_EXP_MAX, S_EXP_MIN, S_MANT_MAX, S_MANT_MIN, W_S_MANT

#: What intermediate results may reach; keeps absurd strings from costing memory.
_MANTISSA_BITS = 256
_LARGEST_EXPONENT = 9999


class Scale(NamedTuple):
    """The number mantissa * 2^exponent."""

    mantissa: int
    exponent: int

    @property
    def value(self) -> Fraction:
        """The number itself."""
        return self.mantissa * Fraction(2) ** self.exponent

    @property
    def is_sane(self) -> bool:
        """Whether the number is small enough to go on computing with it."""
        bits = self.mantissa.bit_length()
        return bits <= _MANTISSA_BITS and abs(self.exponent) <= _LARGEST_EXPONENT

    def times(self, other: Scale) -> Scale:
        """Product: mantissas multiply, exponents add up."""
        return Scale(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def over(self, divisor: Scale) -> Scale | None:
        """Quotient, or None if it is no m * 2^e; `divisor` must not be 0."""
        odd = odd_scale(divisor)
        quotient, rest = divmod(self.mantissa, odd.mantissa)
        return None if rest else Scale(quotient, self.exponent - odd.exponent)

    def to_power(self, exponent: int) -> Scale | None:
        """Power, or None if it is no m * 2^e or very large."""
        odd = odd_scale(self)
        if odd.mantissa == 1:
            return Scale(1, odd.exponent * exponent)
        if exponent < 0 or odd.mantissa.bit_length() * exponent > _MANTISSA_BITS:
            return None
        return Scale(odd.mantissa**exponent, odd.exponent * exponent)

    def normalised(self) -> Scale:
        """The same number with a mantissa and an exponent in range, if there are such."""
        mantissa, exponent = self
        while abs(mantissa) > S_MANT_MAX and mantissa % 2 == 0 and exponent < S_EXP_MAX:
            mantissa, exponent = mantissa // 2, exponent + 1
        while mantissa and mantissa % 2 == 0 and exponent < S_EXP_MIN:
            mantissa, exponent = mantissa // 2, exponent + 1
        return Scale(mantissa, exponent)

    @property
    def is_in_range(self) -> bool:
        """Whether four bits each hold mantissa and exponent."""
        in_range = S_MANT_MIN <= self.mantissa <= S_MANT_MAX
        return in_range and S_EXP_MIN <= self.exponent <= S_EXP_MAX

    def __str__(self) -> str:
        if self.exponent == 0:
            return str(self.mantissa)
        sign = "-" if self.mantissa == -1 else ""
        head = sign if abs(self.mantissa) == 1 else f"{self.mantissa}*"
        return f"{head}2^{self.exponent}"


ONE = Scale(1, 0)


def odd_scale(scale: Scale) -> Scale:
    """The same number with an odd mantissa (or 0)."""
    mantissa, exponent = scale
    while mantissa and mantissa % 2 == 0:
        mantissa, exponent = mantissa // 2, exponent + 1
    return Scale(mantissa, exponent)


def scale_of(value: Fraction) -> Scale | None:
    """A number as whole mantissa * 2^exponent, or None if it is none, such as 1/3."""
    twos = value.denominator.bit_length() - 1
    return Scale(value.numerator, -twos) if value.denominator == 1 << twos else None


def nearest_scale(value: Fraction) -> Scale:
    """The scale in range that is closest to a number; not 0 unless the number is."""
    return _nearest(value, range(S_EXP_MIN, S_EXP_MAX + 1))


def nearest_factor(value: Fraction) -> Scale:
    """As `nearest_scale`, with any exponent: the exponents of a product's factors add up."""
    power = abs(value.numerator).bit_length() - value.denominator.bit_length()
    return _nearest(value, (0, *range(power - W_S_MANT, power + 2)))


def _nearest(value: Fraction, exponents: Iterable[int]) -> Scale:
    """The closest m * 2^e with m = -7..7; of several the one whose exponent is closest to 0."""
    sign = -1 if value < 0 else 1
    best = Scale(0, 0)
    for exponent in sorted(exponents, key=abs) if value else ():
        mantissa = round(abs(value) / Fraction(2) ** exponent)
        scale = Scale(sign * min(max(mantissa, 1), S_MANT_MAX), exponent)
        if not best.mantissa or abs(scale.value - value) < abs(best.value - value):
            best = scale
    return best


def described(scale: Scale) -> str:
    """A scale and its value, for a message."""
    text = as_text(scale.value)
    return text if scale.exponent == 0 else f"{scale} = {text}"


def as_text(value: Fraction) -> str:
    """A number for a message, however large or small it is."""
    if value and not Fraction(1, 10**9) < abs(value) < 10**15:
        power = abs(value.numerator).bit_length() - value.denominator.bit_length()
        return f"about {'-' if value < 0 else ''}2^{power}"
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.10g}"
