"""The examples in the docstrings of neurons."""

import doctest
import importlib

import pytest

MODULES = [
    "atrlif",
    "graded.inverse_root",
    "graded.norm",
    "graded.vectors",
    "iaf.process",
    "io.poisson_input",
    "lif.learning",
    "lif.lif",
    "lif.refractory",
    "lif.reset",
    "lif.ternary",
    "prodneuron",
    "resfire",
    "rf",
    "rf_iz",
    "s4d",
    "sdn.delta",
    "sdn.sigma",
    "sdn.sigma_delta",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    results = doctest.testmod(importlib.import_module(f"lavajit.proc.{name}"))
    assert results.attempted > 0
    assert results.failed == 0
