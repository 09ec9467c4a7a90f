"""The examples in the docstrings of lavajit.process."""

import doctest
import importlib
import pkgutil

import pytest

import lavajit.process

MODULES = [module.name for module in pkgutil.iter_modules(lavajit.process.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"lavajit.process.{name}")
    assert doctest.testmod(module).failed == 0
