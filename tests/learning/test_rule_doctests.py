"""The examples in the docstrings of learning rules."""

import doctest
import importlib

import pytest

MODULES = [
    "learning.product_series",
    "learning.rule",
    "learning.symbolic_equation",
    "learning.utils",
    "proc.learning_rules.r_stdp",
    "proc.learning_rules.stdp",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    results = doctest.testmod(importlib.import_module(f"lavajit.{name}"))
    assert results.attempted > 0
    assert results.failed == 0
