"""What the function of a rule visits."""

import linecache

import pytest

from lavajit import Loihi2FLearningRule
from lavajit.learning.generate import depends_on, rule_function


def text_of(rule, sparse):
    function = rule_function(rule, fixed=True, sparse=sparse)
    return "".join(linecache.getlines(function.__code__.co_filename))


@pytest.mark.parametrize("sparse", [True, False])
def test_equal_rules_have_one_function(sparse):
    first, second = (Loihi2FLearningRule(dw="x0*y1", rng_seed=seed) for seed in (1, 2))
    assert rule_function(first, True, sparse) is rule_function(second, True, sparse)
    assert rule_function(first, False, sparse) is not rule_function(first, True, sparse)


def test_a_factor_y0_needs_no_index_of_rows():
    """Columns of spiking neurons are all there is to visit, and their entries know y0."""
    rule = Loihi2FLearningRule(dw="x0*y0")
    assert not depends_on(rule, "y0")
    assert "row_starts[" not in text_of(rule, sparse=True)
    assert "scan = everything\n" in text_of(rule, sparse=True)
    assert "post[k]" in text_of(rule, sparse=False)
