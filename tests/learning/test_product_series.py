"""Factors, products and series made by hand."""

import pytest

from lavajit.learning.product_series import Factor, Product, ProductSeries
from lavajit.learning.symbolic_equation import SymbolicEquation


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("x1",), "v+C"),
        (("d", 3), "v+C"),
        (("w",), "w+2C"),
        (("t", 1), "w+2C"),
        (("d", None, True), "sgn(v+C)"),
        (("w", 2, True), "sgn(w+2C)"),
        (("C", 5), "C"),
    ],
)
def test_kinds_of_factors(arguments, kind):
    factor = Factor(*arguments)
    assert factor.factor_type == kind
    assert factor.has_const() == (factor.const is not None)


def test_factors_are_checked():
    with pytest.raises(ValueError, match="state_var must be one of .*; got 'x3'"):
        Factor("x3")
    with pytest.raises(ValueError, match="takes w, d or t, got x1"):
        Factor("x1", is_sgn=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dx", "x0", 1, 7, []), "target must be one of dd, dt, dw; got 'dx'"),
        (("dw", "u3", 1, 7, []), "dependency must be one of u, x0, y0; got 'u3'"),
        (("dw", "u", 1, 7, []), "expected a number with the dependency u"),
        (("dw", "x0", 1, 7, [], 3), "None with others, got 3 with x0"),
    ],
)
def test_products_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        Product(*arguments)


def test_what_products_and_series_say():
    product = Product("dd", "u", -3, 4, [Factor("w", -2, True), Factor("x1", 0.5)], 2)
    assert str(product) == "dd += -3 * 2^-3 * u2 * sgn(w - 2) * (x1 + 0.5)"
    assert (product.target, product.dependency, product.decimate_exponent) == ("dd", "u", 2)
    series = ProductSeries(SymbolicEquation("dt", "x0*y1 + x0*x2 - u5"))
    assert (series.target, series.decimate_exponent) == ("dt", 5)
    assert [product.decimate_exponent for product in series.products] == [None, None, 5]
    assert series.active_traces_per_dependency == {"x0": {"y1", "x2"}, "u": set()}


FACTOR_NAMES = ("state_var", "const", "is_sgn", "factor_type")
PRODUCT_NAMES = ("target", "dependency", "s_mantissa", "s_exp", "factors", "decimate_exponent")


def test_they_are_read_only():
    factor, product = Factor("w"), Product("dw", "x0", 1, 7, [])
    names = [(factor, name) for name in FACTOR_NAMES] + [(product, name) for name in PRODUCT_NAMES]
    for owner, name in names:
        with pytest.raises(AttributeError):
            setattr(owner, name, getattr(owner, name))
