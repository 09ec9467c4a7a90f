"""Why a method stays in Python: one readable line, the right place, one warning."""

import linecache

import numpy as np
import pytest
from kernel_networks import cell_class, model_class, refusal, run_config

from lavajit import RunSteps
from lavajit.runtime.tiers import HostTierWarning

SETTINGS = {"gain": 1.0}


def unknown_attribute(self):
    if self.k < 0:
        self.k = self.missing


def new_attribute(self):
    self.fresh = self.k


def unsupported_function(self):
    self.v[:] = np.gradient(self.v)


def wrong_arguments(self):
    self.k = 1.0
    self.m.sum(axis=0, keepdims=True)


def global_dictionary(self):
    self.k = SETTINGS["gain"]


def mixed_dictionary(self):
    table = {"a": 1, 2: "b"}
    self.k = float(table["a"])


def two_kinds_of_text(self):
    if self.k > 1:
        x = 1
    else:
        x = "a"
    self.k = len(str(x)) * 1.0


def array_or_number(self):
    if self.k > 1:
        x = 1.0
    else:
        x = self.v
    self.v[:] = x


def unknown_method(self):
    if self.k < 0:
        self.v.nonsense()


def undefined_name(self):
    if self.k < 0:
        self.k = nowhere  # noqa: F821


CASES = [
    (unknown_attribute, 2, "no Var, port or numeric attribute 'missing'; set it in __init__"),
    (new_attribute, 1, "no Var, port or numeric attribute 'fresh'; set it in __init__"),
    (unsupported_function, 1, "numba does not support numpy.gradient"),
    (wrong_arguments, 2, "keepdims"),
    (global_dictionary, 1, "it uses the global SETTINGS, a dict"),
    (mixed_dictionary, 1, "cannot safely cast"),
    (two_kinds_of_text, 5, "variable x is sometimes 'a' and sometimes 1"),
    (array_or_number, 5, "variable x is sometimes array(float64, 1d, C) and sometimes float64"),
    (unknown_method, 2, "native code knows no .nonsense of array(float64, 1d, C)"),
    (undefined_name, 2, "name 'nowhere' is not defined"),
]


@pytest.mark.parametrize(("kernel", "line", "reason"), CASES, ids=[c[0].__name__ for c in CASES])
def test_reason_and_line(kernel, line, reason):
    values = {"k": 1.0, "v": np.array([1.0, 2.0]), "m": np.ones((2, 2))}
    found = refusal(kernel, values)
    assert reason in found.reason
    assert "\n" not in found.reason and "lavajit" not in found.reason
    assert len(found.reason) < 200
    assert found.filename == __file__
    assert found.line in (kernel.__code__.co_firstlineno + line, kernel.__code__.co_firstlineno + 2)


def test_the_warning_names_method_line_and_reason_and_comes_once_per_class():
    process = cell_class()
    values = {"v": np.array([1.0, 2.0])}

    def run_spk(self):
        self.v[:] = np.gradient(self.v) * 1.0

    model = model_class(process, {"run_spk": run_spk}, values)
    model.__qualname__ = model.__name__ = "Slope"
    with pytest.warns(HostTierWarning) as caught:
        for _ in range(3):
            cell = process(**values)
            cell.run(RunSteps(num_steps=1), run_config(model))
            cell.stop()
    (warning,) = caught
    text = str(warning.message)
    assert text.startswith("Slope.run_spk runs as Python, not natively, because ")
    assert warning.filename == __file__
    assert "np.gradient(self.v)" in linecache.getline(warning.filename, warning.lineno)
    assert text.endswith("because numba does not support numpy.gradient, or not in this form")
