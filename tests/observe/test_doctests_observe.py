"""The examples in the docstrings of lavajit.observe."""

import doctest
import importlib
import pkgutil

import pytest

import lavajit.observe

MODULES = [
    module.name for module in pkgutil.walk_packages(lavajit.observe.__path__, "lavajit.observe.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
