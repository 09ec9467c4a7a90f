"""From an expression tree to a sum of products.

Everything is multiplied out, but a bracket with one variable and constants, such as ``(x1 - 3)``,
stays one factor. Constants within a bracket are added up, those of a product multiplied into its
scale; signs move into the scale too: ``(2-w)`` is ``-(w-2)`` and ``sgn(-w)`` is ``-sgn(w)``.
The first x0, y0 or u_k of a product is its dependency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from lavajit.learning import string_symbols as symbols
from lavajit.learning.grammar import Divisor, Name, Negative, Node, Number, Plus, Sgn, Times
from lavajit.learning.scale import (
    ONE,
    Scale,
    as_text,
    described,
    nearest_factor,
    nearest_scale,
    scale_of,
)
from lavajit.learning.tokens import RuleText

#: A rule with more products than this is a mistake, such as a product of many sums.
_MOST_PRODUCTS = 64
#: Constants beyond this say nothing: variables have 9 bits.
_LARGEST_CONSTANT = 2**31 - 1
_SCALES = "A scale is m * 2^e with m = -8..7 and e = -7..8"


class FactorTerm(NamedTuple):
    """A variable, perhaps with a constant, or the sign of that."""

    state_var: str
    const: int | float | None = None
    is_sgn: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing but the variable."""
        return self.const is None and not self.is_sgn

    @property
    def is_clock(self) -> bool:
        """Whether the variable is a u_k."""
        return self.state_var.startswith(symbols.U)


@dataclass(frozen=True)
class ProductTerm:
    """A scale times factors, where it starts, and where its first number does.

    `dependency` is empty until the product is complete.
    """

    scale: Scale
    factors: tuple[FactorTerm, ...] = ()
    start: int = 0
    number_start: int | None = None
    dependency: str = ""


Terms = Sequence[ProductTerm]


def normal_form(tree: Node, rule: RuleText) -> tuple[ProductTerm, ...]:
    """Multiply out an expression.

    Parameters
    ----------
    tree : Node
        The expression.
    rule : RuleText
        Where it comes from, for errors.

    Returns
    -------
    tuple of ProductTerm
        Products whose sum is the expression, each with dependency and normalised scale.

    Raises
    ------
    LearningRuleError
        If a product has no dependency or two that exclude each other, if its scale is out of
        range, or if the engine has no such factor.
    """
    expansion = _Expansion(rule)
    summands = tree.terms if isinstance(tree, Plus) else (tree,)
    terms = [term for summand in summands for term in expansion.at(summand)]
    return tuple(_complete(term, rule) for term in terms)


class _Expansion:
    """Multiplies out, node by node; holds the rule for errors."""

    def __init__(self, rule: RuleText) -> None:
        self._rule = rule
        self._expand: dict[type, Callable[..., Terms]] = {
            Number: lambda node: [_number(node.scale, node.start)],
            Name: lambda node: [ProductTerm(ONE, (FactorTerm(node.name),), node.start)],
            Negative: lambda node: [_scaled(term, Scale(-1, 0)) for term in self.at(node.inner)],
            Times: self._times,
            Plus: self._plus,
            Sgn: self._sgn,
        }

    def at(self, node: Node) -> Terms:
        """The products of a node."""
        return self._expand[type(node)](node)

    def _check_number(self, terms: Terms, start: int) -> None:
        if len(terms) > _MOST_PRODUCTS:
            found = f"the brackets multiply out to more than {_MOST_PRODUCTS} products"
            raise self._rule.error(start, found, "Shorten the rule")

    def _times(self, node: Times) -> Terms:
        products: Terms = [ProductTerm(ONE, start=node.start)]
        for factor in node.factors:
            if isinstance(factor, Divisor):
                products = self._divided(products, factor)
            else:
                terms = self.at(factor)
                products = [_multiplied(left, right) for left in products for right in terms]
            self._check_number(products, node.start)
            if not all(product.scale.is_sane for product in products):
                raise self._rule.error(factor.start, "the scale is far out of range", _SCALES)
        return products

    def _divided(self, products: Terms, node: Divisor) -> Terms:
        divisors = self.at(node.inner)
        if len(divisors) != 1 or divisors[0].factors or not divisors[0].scale.mantissa:
            found = "found / before something that is no constant, or 0"
            raise self._rule.error(node.start, found, "Divide by a number, as in x1/4")
        divisor = divisors[0].scale
        quotients = [product.scale.over(divisor) for product in products]
        if None in quotients:
            index = quotients.index(None)
            exact = products[index].scale.value / divisor.value
            found = f"{as_text(exact)}, the result, is no m * 2^e with whole m and e"
            allowed = f"The nearest is {described(nearest_factor(exact))}"
            raise self._rule.error(node.start, found, allowed)
        return [replace(p, scale=q) for p, q in zip(products, quotients, strict=True)]

    def _plus(self, node: Plus) -> Terms:
        terms = [term for summand in node.terms for term in self.at(summand)]
        merged = self._one_factor(_split(terms), node) or self._one_factor(terms, node)
        if merged:
            return [merged]
        variable = [term for term in terms if term.factors]
        constant = _sum_of_constants(terms)
        if constant or not variable:
            variable.append(_number(_dyadic(constant), node.start))
        return variable

    def _one_factor(self, terms: Terms, node: Plus) -> ProductTerm | None:
        """The sum as a single factor v + C with a scale, if it has that form."""
        variable = [term for term in terms if term.factors]
        if len(variable) != 1 or len(terms) == 1:
            return None
        term = variable[0]
        factor = term.factors[0]
        if len(term.factors) > 1 or not factor.is_bare or not term.scale.mantissa:
            return None
        if factor.is_clock:
            found = f"{factor.state_var} with a constant is no factor"
            raise self._rule.error(node.start, found, "u_k stands alone: write u0*x1 + x0*x1")
        constant = _sum_of_constants(terms) / term.scale.value
        if abs(term.scale.value) != 1 and constant.denominator != 1:
            return None  # 2*w + 1 is not 2 * (w + 0.5) where constants are whole numbers
        bounded = FactorTerm(factor.state_var, self._constant(constant, node.start))
        return replace(term, factors=(bounded,))

    def _constant(self, value: Fraction, start: int) -> int | float:
        if abs(value) > _LARGEST_CONSTANT or Fraction(float(value)) != value:
            found = f"the constant {as_text(value)} is out of range"
            allowed = f"Constants are up to {_LARGEST_CONSTANT} and have up to 53 bits"
            raise self._rule.error(start, found, allowed)
        return int(value) if value.denominator == 1 else float(value)

    def _sgn(self, node: Sgn) -> Terms:
        terms = self.at(node.inner)
        factors = terms[0].factors
        if len(terms) != 1 or len(factors) != 1 or factors[0].is_sgn or not _is_synaptic(factors):
            allowed = "sgn takes one of w d t, with a constant or without, as in sgn(w) or sgn(t-3)"
            raise self._rule.error(node.start, "no such sign exists", allowed, len("sgn"))
        mantissa = terms[0].scale.mantissa
        sign = Scale((mantissa > 0) - (mantissa < 0), 0)
        return [ProductTerm(sign, (factors[0]._replace(is_sgn=True),), node.start)]


def _is_synaptic(factors: tuple[FactorTerm, ...]) -> bool:
    return factors[0].state_var in symbols.SYNAPTIC_VARIABLES


def _number(scale: Scale, start: int) -> ProductTerm:
    return ProductTerm(scale, (), start, start)


def _scaled(term: ProductTerm, scale: Scale) -> ProductTerm:
    return replace(term, scale=term.scale.times(scale))


def _multiplied(left: ProductTerm, right: ProductTerm) -> ProductTerm:
    scale = left.scale.times(right.scale)
    number = right.number_start if left.number_start is None else left.number_start
    return ProductTerm(scale, left.factors + right.factors, left.start, number)


def _split(terms: Terms) -> Terms:
    """Terms in which (v + C) has become v and C, so that brackets in brackets add up."""
    parts: list[ProductTerm] = []
    for term in terms:
        factor = term.factors[0] if len(term.factors) == 1 else None
        if factor is None or factor.const is None or factor.is_sgn:
            parts.append(term)
            continue
        parts.append(replace(term, factors=(FactorTerm(factor.state_var),)))
        constant = _dyadic(Fraction(factor.const)).times(term.scale)
        parts.append(_number(constant, term.start))
    return parts


def _sum_of_constants(terms: Terms) -> Fraction:
    return sum((term.scale.value for term in terms if not term.factors), Fraction(0))


def _dyadic(value: Fraction) -> Scale:
    scale = scale_of(value)
    assert scale is not None, "sums of m * 2^e are m * 2^e"
    return scale


def _complete(term: ProductTerm, rule: RuleText) -> ProductTerm:
    """Choose the dependency of a product and bring its scale into range."""
    bare = [factor for factor in term.factors if factor.is_bare]
    dependencies = [f for f in bare if f.is_clock or f.state_var in symbols.SPIKE_DEPENDENCIES]
    if not dependencies:
        allowed = (
            "Each product needs one of x0 y0 u0..u9, which says when it is evaluated: at a "
            "pre-synaptic spike, at a post-synaptic spike, in every 2^k-th epoch"
        )
        raise rule.error(term.start, "this product has no dependency", allowed)
    first = dependencies[0]
    if not first.is_clock and any(factor.is_clock for factor in dependencies):
        allowed = f"Put u_k before {first.state_var}, which is then a factor"
        found = f"this product depends on {first.state_var} and then on u_k"
        raise rule.error(term.start, found, allowed)
    factors = list(term.factors)
    factors.remove(first)
    factors = tuple(factor for factor in factors if not factor.is_clock)  # u * u = u
    dependency = symbols.U if first.is_clock else first.state_var
    scale = _in_range(term, rule)
    return replace(term, scale=scale, factors=factors, dependency=dependency)


def _in_range(term: ProductTerm, rule: RuleText) -> Scale:
    scale = term.scale.normalised()
    if scale.is_in_range:
        return scale
    near = nearest_scale(scale.value)
    same = near.value == scale.value
    allowed = f"{_SCALES}; {f'write it {near}' if same else f'the nearest is {described(near)}'}"
    start = term.start if term.number_start is None else term.number_start
    raise rule.error(start, f"the scale of this product is {described(scale)}", allowed)
