"""The statements of a learning rule for one synapse, in float64 or in the chip's integers.

Names in the statements: ``w``, ``d``, ``t`` are the old weight, delay and tag, ``new_w`` the new
weight; ``i`` and ``j`` count post- and pre-synaptic neurons; ``s`` is the step of j's spike in this
epoch, ``last`` its last step; ``x1_x0`` is the trace x1 of neuron j where products of ``x0`` sample
it, ``x1_y0`` and ``x1_u`` where those of ``y0`` and ``uk`` do; ``y_own`` holds the post-synaptic
traces at the neurons' own spikes.
"""

from __future__ import annotations

import math

from lavajit.learning import arithmetic
from lavajit.learning.constants import (
    FACTOR_TO_WIDTH_DICT,
    S_EXP_BIAS,
    TRACE_TO_IDX_DICT,
    W_ACCUMULATOR_U,
    W_S_MANT,
)
from lavajit.learning.product_series import Factor, Product
from lavajit.learning.string_symbols import PRE_TRACES

#: Without wraps, numbers of this many bits fit in 32.
_SAFE_BITS = 30


def _sample(product: Product, factor: Factor) -> str:
    """The value of a factor's variable at the product's time."""
    name, dependency = factor.state_var, product.dependency
    if name not in TRACE_TO_IDX_DICT:
        return name  # x0, y0, w, d, t
    if name in PRE_TRACES:
        return f"{name}_{dependency}"
    number = TRACE_TO_IDX_DICT[name]
    if dependency == "y0":
        return f"y_own[{number}, i]"
    return f"y_history[{number}, {'s' if dependency == 'x0' else 'last'}, i]"


def _mask(product: Product) -> str:
    return "fires" if product.dependency == "u" else product.dependency


class FloatStatements:
    """new = old + (p_1 + p_2 + ...), p = m 2^e dependency f_1 f_2 ..., in float64."""

    unstable = False
    #: Share of spiking neurons from which a loop over all rows beats one over theirs: 1 / many.
    many = 8

    def bounds(self, variable: str, at: int) -> list[str]:
        if variable == "tag_1":
            return []
        return [f"low_{at}, high_{at} = bounds[{at}, 0], bounds[{at}, 1]"]

    def load(self, place: str) -> str:
        return place

    def update(self, variable: str, letter: str, at: int, products) -> list[str]:
        terms = [self._product(p) for p in products if p is not None]
        total = f"{letter} + ({' + '.join(terms)})" if terms else letter
        if variable == "tag_1":
            return [f"new_{letter} = {total}"]
        return [f"new_{letter} = min(max({total}, low_{at}), high_{at})"]

    def _product(self, product: Product) -> str:
        scale = math.ldexp(product.s_mantissa, product.s_exp - S_EXP_BIAS)
        factors = [self._factor(product, f) for f in product.factors]
        return " * ".join([repr(scale), _mask(product), *factors])

    def _factor(self, product: Product, factor: Factor) -> str:
        value = _sample(product, factor)
        if factor.has_const():
            value = f"({value} + {float(factor.const)!r})"
        return f"sign({value})" if factor.is_sgn else value


class FixedStatements:
    """The chip's arithmetic, see :mod:`lavajit.learning.arithmetic`.

    Parameters
    ----------
    own_numbers : bool
        Synapses round with random numbers of their own.
    """

    unstable = True
    many = 16

    def __init__(self, own_numbers: bool):
        self.own_numbers = own_numbers

    def bounds(self, variable: str, at: int) -> list[str]:
        return [
            f"low_{at}, high_{at} = bounds[{at}, 0], bounds[{at}, 1]",
            f"least_{at}, most_{at} = bounds[{at}, 2], bounds[{at}, 3]",
        ]

    def load(self, place: str) -> str:
        return f"np.int32({place})"

    def update(self, variable: str, letter: str, at: int, products) -> list[str]:
        lines = [f"total = opened({letter})"]
        for number, product in enumerate(products):
            if product is not None:
                lines += self._product(product)
                lines.append("total = accumulate(total, change)")
            elif number == 0:
                lines.append("total = accumulate(total, np.int32(0))")  # zero, but it saturates
        lines.append(f"total = clip(total, low_{at}, high_{at})")
        fraction = f"total & {arithmetic.FINER - 1}"
        if self.own_numbers:
            lines.append(f"up = rounded_up({fraction}, rng, i + n_post * j, {at})")
        else:
            lines.append(f"up = 1 if rounding < ({fraction}) else 0")
        lines.append(f"new_{letter} = clip(closed(total, up), least_{at}, most_{at})")
        return lines

    def _product(self, product: Product) -> list[str]:
        sizes = [FACTOR_TO_WIDTH_DICT[factor.state_var] for factor in product.factors]
        wide = sum(sizes) + W_S_MANT - 1 > _SAFE_BITS
        multiply = "product_wrapped" if wide else "product"
        lines = [f"change = np.int32({_mask(product)})"]
        for factor, size in zip(product.factors, sizes, strict=True):
            lines.append(f"change = {multiply}(change, {self._factor(product, factor, size)})")
        lines.append(f"change = {multiply}(change, np.int32({product.s_mantissa}))")
        shift = max(0, W_S_MANT + sum(sizes) - W_ACCUMULATOR_U)
        scaled = "scaled_wrapped" if wide else "scaled"
        lines.append(f"change = {scaled}(change, {shift}, {product.s_exp})")
        return lines

    def _factor(self, product: Product, factor: Factor, size: int) -> str:
        value = f"np.int32({_sample(product, factor)})"
        if factor.has_const():
            constant = float(factor.const)
            if not constant.is_integer():
                return self._fractional(value, constant, factor.is_sgn, size)
            value = f"plus({value}, {int(constant)})"
        if factor.is_sgn:
            value = f"sign({value})"
        return f"within({value}, {-(1 << size)}, {(1 << size) - 1})"

    def _fractional(self, value: str, constant: float, is_sgn: bool, size: int) -> str:
        if is_sgn:
            return f"sign({value} + {constant!r})"
        return f"truncated({value} + {constant!r}, {-(1 << size)}, {(1 << size) - 1})"
