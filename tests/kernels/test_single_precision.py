"""Python numbers in float32 kernels: they adapt as in NumPy, natively as in Python."""

import ast
import math

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    AbstractProcess,
    LavaPyType,
    Loihi2SimCfg,
    LoihiProtocol,
    PyLoihiProcessModel,
    RunSteps,
    Var,
    implements,
)
from lavajit.compiler.fields import ArrayField, ScalarField
from lavajit.kernels import compile as kernels
from lavajit.kernels import number_units
from lavajit.kernels.number_units import with_python_numbers
from lavajit.kernels.rewrite import collect

N = 6
GAIN, THIRDS = 0.1, 3


class Numbers(AbstractProcess):
    """A vector, a matrix, a parameter and integers."""

    def __init__(self, x=None):
        super().__init__()
        self.x = Var((N,), init=np.linspace(-1.3, 1.7, N) if x is None else x)
        self.out = Var((N,), init=0)
        self.w = Var((N, N), init=np.random.default_rng(0).normal(size=(N, N)))
        self.k = Var((1,), init=0.3)
        self.n = Var((N,), init=np.arange(N))


class NumbersModel(PyLoihiProcessModel):
    x: np.ndarray = LavaPyType(np.ndarray, float)
    out: np.ndarray = LavaPyType(np.ndarray, float)
    w: np.ndarray = LavaPyType(np.ndarray, float)
    k: float = LavaPyType(float, float)
    n: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.level, self.three, self.table = 0.1, 3, np.linspace(0, 1, 7)


class Elementwise(NumbersModel):
    """Literals, globals, scalar attributes, counters, comparisons, powers."""

    def run_spk(self):
        x, out = self.x, self.out
        for i in range(x.size):
            y = x[i] * (1 - self.k) + 0.1 * i + GAIN / THIRDS
            y += 0.1
            y *= self.three / 7
            y += self.n[i] * x[i] + self.time_step * x[i] / 7 + x.size * x[i] * 0.3
            if 0.1 < x[i] < 0.3 or x[i] == GAIN or x[i] * self.k > 0.1:
                y -= 0.7
            y += x[i] ** 2 * 0.3 + abs(x[i]) ** 0.5 + 1.0 * (x[i] > 0.2)
            out[i] = y


class Sums(NumbersModel):
    """Sums that start from a literal, here and in a function."""

    def run_spk(self):
        for i in range(N):
            total = 0.0
            for j in range(N):
                total += self.w[i, j] * self.x[j]
            self.out[i] = total * 0.3 + dot(self.w[i], self.x) / 7


def dot(a, b):
    """A sum that starts from the integer 0."""
    total = 0
    for j in range(a.size):
        total += a[j] * b[j]
    return total


class Choices(NumbersModel):
    """Branches of which one is a literal; helpers that are given literals, and return them."""

    def run_spk(self):
        for i in range(N):
            x = self.x[i]
            y = (x * 0.9 if x > 0.1 else 0.1) * 1.7 + (0.3 if self.n[i] > 2 else self.k) * x
            y += scaled(rectified(x * 1.1)) + scaled(x, 0.3) * self.gain() + scaled(x, self.k)
            self.out[i] = y * max(0.1, x * 0.3) + min(x, 0.1) / 3

    def gain(self):
        return 0.9


def rectified(x):
    return x if x > 0.1 else 0.0


def scaled(x, factor=0.7):
    return x * factor


class Functions(NumbersModel):
    """NumPy keeps float32, math works in float64. (np.exp is another one natively.)"""

    def run_spk(self):
        for i in range(N):
            x = self.x[i]
            y = 1 / (1 + np.sqrt(abs(x))) + np.maximum(x * 0.3, 0.1) * 0.7 + math.pi * x
            y += math.exp(-x) * x + float(x) * 0.1 + 0.3 * self.rng.normal(i)
            self.out[i] = y + (1 if self.rng.uniform(i) < 0.5 + x * 0.1 else 0)


class Arrays(NumbersModel):
    """Whole arrays."""

    def run_spk(self):
        x = self.x
        self.out[:] = x * (1 - self.k) + 0.1 * x + np.where(x > 0.1, x, 0.1) * 0.3
        self.out[1:] += 0.1
        self.out *= 0.3
        self.level = self.level * 0.9 + x[0] * 0.1
        self.k += 0.1
        self.out[0] += self.level * 3 + self.table[2] * 0.3


MODELS = [Elementwise, Sums, Choices, Functions, Arrays]
for model in MODELS:
    implements(proc=Numbers, protocol=LoihiProtocol)(model)


def started(model: type, native: bool, precision: str = "float32") -> Numbers:
    process = Numbers()
    config = Loihi2SimCfg(
        exception_proc_model_map={process: model}, float_precision=precision, seed=1
    )
    process.run(RunSteps(1), config, {"native": native})
    return process


@pytest.mark.parametrize("model", MODELS)
def test_native_equals_python(model):
    native, python = started(model, True), started(model, False)
    assert python_rows(native) == []

    # Beyond about 1e5 a voltage says nothing, and math.exp raises in Python. Powers of much smaller
    # numbers are denormal, which native loops take for zero.
    numbers = st.floats(-50, 50, width=32).filter(lambda x: x == 0 or abs(x) > 1e-9)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(numbers, min_size=N, max_size=N))
    def check(values):
        for process in (native, python):
            process.x.set(np.array(values))
            process.run(RunSteps(1))
        assert native.out.get().dtype == np.float32
        np.testing.assert_array_equal(native.out.get(), python.out.get())

    check()
    native.stop(), python.stop()


@pytest.mark.parametrize("model", MODELS)
def test_close_to_double(model):
    single, double = started(model, True), started(model, True, "float64")
    np.testing.assert_allclose(single.out.get(), double.out.get(), rtol=2e-6, atol=2e-6)
    single.stop(), double.stop()


FIELDS = {
    precision: (
        *(("x", "out", "w")[k : k + 1] + (ArrayField(precision, 1 + (k == 2)),) for k in range(3)),
        ("k", ScalarField(precision)),
        ("n", ArrayField("int64", 1)),
        ("three", ScalarField("int64")),
    )
    for precision in ("float32", "float64")
}


def text_of(unit) -> str:
    return ast.unparse(ast.fix_missing_locations(unit.tree))


def test_what_is_rewritten():
    unit = collect(Sums, FIELDS["float32"], Sums.run_spk, Sums)
    text = text_of(with_python_numbers(unit, FIELDS["float32"]))
    assert "total = _single_f(0.0)" in text
    assert "range(N)" in text and "_like(0.3, total)" in text
    assert "_left_" not in text and "_right_truediv(_native_dot" in text


def test_double_precision_is_compiled_as_before(monkeypatch):
    def not_called(*args):
        raise AssertionError("a float64 kernel was rewritten for float32")

    monkeypatch.setattr(number_units, "with_python_numbers", not_called)
    spec = kernels.KernelSpec(Sums, "run_spk", None, FIELDS["float64"], True)
    assert kernels._read(spec, Sums.run_spk, Sums).function is Sums.run_spk


def test_other_numbers_do_not_adapt():
    unit = collect(Elementwise, FIELDS["float32"], Elementwise.run_spk, Elementwise)
    text = text_of(with_python_numbers(unit, FIELDS["float32"]))
    assert "self.three / 7" in text and "GAIN / THIRDS" in text  # Python numbers among themselves
    assert "self.n[i] * x[i]" in text  # int64 and float32 are float64 in NumPy, too
