"""Literals, rounding, bits."""

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.learning.product_series import ProductSeries
from lavajit.learning.scale import nearest_scale
from lavajit.learning.symbolic_equation import SymbolicEquation
from lavajit.learning.utils import (
    apply_mask,
    float_to_literal,
    nearest_literal,
    stochastic_round,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "data/learning/grammar.json").read_text())


@pytest.mark.parametrize(("value", "text"), GOLDEN["float_to_literal"])
def test_literals_of_lava(value, text):
    assert float_to_literal(value) == text
    assert float_to_literal(np.float64(value)) == text


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_have_no_literal(value):
    for function in (float_to_literal, nearest_literal):
        with pytest.raises(ValueError, match="only finite numbers"):
            function(value)


NEAREST = {0: "0", 1: "1", -1: "-1", 0.75: "3*2^-2", 10: "5*2^1", 0.3: "5*2^-4", 100: "6*2^4"}


@pytest.mark.parametrize("value", NEAREST)
def test_nearest_literals(value):
    assert nearest_literal(value) == NEAREST[value]


@given(st.floats(-1e9, 1e9).filter(lambda value: abs(value) > 1e-9))
def test_nearest_literal_is_within_a_ninth(value):
    text = nearest_literal(value).replace("^", "**")
    assert abs(eval(text) - value) <= abs(value) / 9 * (1 + 1e-12)


@given(st.integers(-(2**13), 2**13).map(lambda number: Fraction(number, 4)))
def test_nearest_scale_is_the_best_in_range(value):
    scales = [m * Fraction(2) ** e for m in range(-7, 8) if m for e in range(-7, 9)]
    near = nearest_scale(value)
    smallest = min(abs(scale - value) for scale in scales) if value else 0
    assert abs(near.value - value) == smallest
    if value:
        rule = f"({near})*x0"
        assert ProductSeries(SymbolicEquation("dw", rule)).products[0].scale.value == near.value


def test_stochastic_round():
    values = np.array([-2, 5, 5])
    assert stochastic_round(values, np.array([0.1, 0.1, 0.5]), 0.5).tolist() == [-1, 6, 5]
    assert stochastic_round(values, 0.3, np.array([0, 0.31, 1])).tolist() == [-2, 6, 6]


def test_apply_mask():
    assert apply_mask(np.array([-1, 256, 7]), 8).tolist() == [255, 0, 7]
    assert apply_mask(0x1234, 4) == 4
