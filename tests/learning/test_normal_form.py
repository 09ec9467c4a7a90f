"""Products have the value of the expression they come from, exactly."""

import math
from fractions import Fraction
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from lavajit.learning.errors import LearningRuleError
from lavajit.learning.product_series import ProductSeries
from lavajit.learning.symbolic_equation import SymbolicEquation

FACTORS = ("x1", "x2", "y1", "y2", "y3", "w", "d", "t")

numbers = st.tuples(st.just("number"), st.integers(0, 6), st.integers(-2, 2))
names = st.tuples(st.just("name"), st.sampled_from(FACTORS))
shifted = st.tuples(st.just("sum"), st.tuples(names, numbers))
signs = st.tuples(
    st.just("sgn"),
    st.one_of(
        st.tuples(st.just("name"), st.sampled_from("wdt")),
        st.tuples(
            st.just("sum"),
            st.tuples(st.tuples(st.just("name"), st.sampled_from("wdt")), numbers),
        ),
    ),
)


def compounds(inner: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.tuples(st.just("sum"), several),
        st.tuples(st.just("product"), several),
        st.tuples(st.just("minus"), inner),
    )


factors = st.recursive(st.one_of(numbers, names, shifted, signs), compounds, max_leaves=5)
dependencies = st.tuples(st.just("name"), st.sampled_from(("x0", "y0", "u3")))
products = st.tuples(dependencies, st.lists(factors, max_size=3)).map(
    lambda parts: ("product", (parts[0], *parts[1]))
)
rules = st.lists(products, min_size=1, max_size=3).map(lambda terms: ("sum", tuple(terms)))
integers = st.integers(-300, 300).map(Fraction)
values = st.fixed_dictionaries(
    {name: integers for name in FACTORS} | {name: st.integers(0, 1) for name in ("x0", "y0", "u3")}
)


def text_of(tree: tuple, random: Random) -> str:
    """A string for an expression, one of many."""
    kind, *parts = tree
    if kind == "name":
        return parts[0]
    if kind == "number":
        mantissa, exponent = parts
        forms = [f"{mantissa} * 2 ^ {exponent}", f"2^({exponent})*{mantissa}"]
        forms.append(f"{mantissa * 2.0**exponent}")
        return random.choice(forms)
    if kind == "sgn":
        return f"sgn({text_of(parts[0], random)})"
    if kind == "minus":
        return f"(-{bracketed(parts[0], random)})"
    inner = [bracketed(part, random) for part in parts[0]]
    if kind == "sum":
        return random.choice(["+", " + ", "\n+\t"]).join(inner)
    text = inner[0]
    for factor in inner[1:]:
        can_touch = factor[0] in "(xywdts"
        text += random.choice(["*", " * ", "", " ", "**"] if can_touch else ["*", " *\n"]) + factor
    return text


def bracketed(tree: tuple, random: Random) -> str:
    text = text_of(tree, random)
    return f"({text})" if tree[0] in ("sum", "product") or random.random() < 0.1 else text


def value_of(tree: tuple, environment: dict) -> Fraction:
    """The value of an expression."""
    kind, *parts = tree
    if kind == "name":
        return Fraction(environment[parts[0]])
    if kind == "number":
        return parts[0] * Fraction(2) ** parts[1]
    if kind == "sgn":
        return sign(value_of(parts[0], environment))
    if kind == "minus":
        return -value_of(parts[0], environment)
    inner = [value_of(part, environment) for part in parts[0]]
    return sum(inner, Fraction(0)) if kind == "sum" else math.prod(inner, start=Fraction(1))


def sign(value: Fraction) -> Fraction:
    return Fraction((value > 0) - (value < 0))


def value_of_products(series: ProductSeries, environment: dict) -> Fraction:
    total = Fraction(0)
    for product in series.products:
        value = product.s_mantissa * Fraction(2) ** (product.s_exp - 7)
        value *= environment[product.dependency_name]
        for factor in product.factors:
            shifted_value = environment[factor.state_var] + Fraction(factor.const or 0)
            value *= sign(shifted_value) if factor.is_sgn else shifted_value
        total += value
    return total


@given(rules, values, st.integers(0, 2**32))
def test_products_have_the_value_of_the_expression(tree, environment, seed):
    rule = text_of(tree, Random(seed))
    try:
        series = ProductSeries(SymbolicEquation("dt", rule))
    except LearningRuleError as error:
        # The engine's limits; all else must be read.
        assume("the scale of this product is" not in error.found)
        assume("multiply out to more than" not in error.found)
        raise
    assert value_of_products(series, environment) == value_of(tree, environment)
