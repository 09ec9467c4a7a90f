"""The examples in the docstrings of lavajit.plots, and which modules they need."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import lavajit.plots

MODULES = [module.name for module in pkgutil.iter_modules(lavajit.plots.__path__)]


@pytest.mark.parametrize("name", ["__init__", *MODULES])
def test_examples(name):
    module = importlib.import_module("lavajit.plots" + (f".{name}" if name in MODULES else ""))
    assert doctest.testmod(module).failed == 0


def test_import_draws_nothing(tmp_path):
    code = (
        "from lavajit import plots; import sys; "
        "print(sorted({'matplotlib', 'numba'} & sys.modules.keys()), *plots.__all__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("[] COLORS graph"), done.stderr
