"""The examples in the docstrings of lavajit.model."""

import doctest
import importlib
import pkgutil

import pytest

import lavajit.model

MODULES = [module.name for module in pkgutil.iter_modules(lavajit.model.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"lavajit.model.{name}")
    assert doctest.testmod(module).failed == 0
