"""Methods, helpers, inheritance: what the rewriter makes of them equals Python, natively."""

import enum

import kernel_helpers
import numpy as np
import pytest
from kernel_helpers import Physics, amplify, square
from kernel_networks import both_tiers

from lavajit import PyLoihiProcessModel

OFFSET = 10
TABLE = np.array([1.0, 2.0, 4.0])
LEVELS = (0.5, 1.5)


class Mode(enum.IntEnum):
    SLOW = 1
    FAST = 2


def clip_low(x, low=0.5):
    """A function of the same module."""
    if x < low:
        return low
    return x


class Base(PyLoihiProcessModel):
    def __init__(self, proc_params=None):
        super().__init__(proc_params)
        self.gain = 2.0

    def helper(self, x, times=3):
        """Multiply."""
        return x * times * self.gain

    def bump(self):
        self.n += 1

    @staticmethod
    def half(x):
        return x / 2

    @property
    def doubled(self):
        return self.k * 2

    def run_spk(self):
        self.k += 1
        self.bump()


class Louder(PyLoihiProcessModel):
    """A mixin."""

    def bump(self):
        self.n += 100
        super().bump()


class Middle(Base):
    def run_spk(self):
        super().run_spk()
        self.k *= 2

    def helper(self, x, times=3):
        return super().helper(x, times) + 1


class Mixed(Louder, Middle):
    pass


def values() -> dict:
    return {"k": 0.25, "n": 1, "v": np.array([0.5, 1.5, 2.5])}


def calls_methods(self):
    self.k = self.helper(self.k) + self.helper(self.k, times=1) + self.half(3.0)
    self.bump()
    for i in range(self.v.size):
        self.v[i] = self.helper(self.v[i], 1)


def reads_property(self):
    self.k = self.doubled + self.doubled


def calls_base_by_name(self):
    Base.run_spk(self)
    self.k = Base.helper(self, self.k, 2) + Base.half(1.0)


def calls_functions(self):
    self.k = clip_low(self.k) + amplify(self.k) + square(self.k)
    self.v[0] = clip_low(self.v[0], low=0.75)


def calls_through_module(self):
    self.k = kernel_helpers.amplify(self.k, 2) + kernel_helpers.GAIN
    self.k += Physics.scaled(self.k) + kernel_helpers.Physics.SCALE + Physics.scaled(2)


def uses_globals(self):
    self.v[:] = self.v + OFFSET * TABLE
    self.k = LEVELS[0] + LEVELS[1] + len(LEVELS)
    if self.n == Mode.SLOW:
        self.n = 7


@pytest.mark.parametrize(
    "kernel",
    [calls_methods, reads_property, calls_base_by_name, calls_functions, calls_through_module,
     uses_globals],
    ids=lambda k: k.__name__,
)  # fmt: skip
@pytest.mark.parametrize("base", [Base, Mixed])
def test_calls(kernel, base):
    both_tiers(kernel, values(), base=base)


@pytest.mark.parametrize(("base", "n"), [(Base, 3), (Middle, 3), (Mixed, 203)])
def test_inherited_run_spk_with_super_of_several_levels(base, n):
    assert both_tiers({}, values(), base=base)["n"] == n


def test_super_in_a_class_body():
    class Top(Mixed):
        def run_spk(self):
            super().run_spk()
            super(Middle, self).run_spk()
            self.k += self.helper(1.0)

    both_tiers({}, values(), base=Top)


def test_closures_and_their_functions():
    factor = 3.0
    weights = np.array([1.0, 2.0, 3.0])

    def inner(x):
        return x * factor

    def kernel(self):
        self.k = inner(self.k) + factor
        self.v += weights

    both_tiers(kernel, values())


def test_same_function_with_different_closures():
    def kernel(gain):
        def run_spk(self):
            self.k = self.k * gain

        return run_spk

    assert both_tiers(kernel(2.0), values(), 1)["k"] == 0.5
    assert both_tiers(kernel(4.0), values(), 1)["k"] == 1.0


def test_defaults_are_those_of_the_definition():
    def make(default):
        def helper(x, y=default):
            return x + y

        def kernel(self):
            self.k = helper(self.k)

        return kernel

    assert both_tiers(make(1.0), values(), 1)["k"] == 1.25
    assert both_tiers(make(2.0), values(), 1)["k"] == 2.25


def test_annotations_and_docstrings_do_not_matter():
    def kernel(self) -> None:
        """Text."""
        total: float = 0.0
        count: int  # noqa: F842
        for x in self.v:
            total += x
        self.k: float = total

    both_tiers(kernel, values())


def test_guard_answers_are_truth_values():
    def post_guard(self):
        if self.time_step == 1:
            return None
        return self.n % 2

    def run_spk(self):
        self.n = self.time_step

    def run_post_mgmt(self):
        self.k += 1

    methods = {"run_spk": run_spk, "post_guard": post_guard, "run_post_mgmt": run_post_mgmt}
    assert both_tiers(methods, values(), steps=5)["k"] == 2.25


def test_another_name_for_self():
    def kernel(me):
        me.k += 1
        me.v[:] = me.helper(me.k)

    both_tiers(kernel, values(), base=Base)


def test_local_names_hide_globals():
    def kernel(self):
        OFFSET = 1.0
        amplify = self.k
        self.k = OFFSET + amplify + sum([TABLE for TABLE in self.v])

    both_tiers(kernel, values())


def test_lambda_and_its_argument():
    def kernel(self):
        f = lambda TABLE: TABLE + 1  # noqa: E731
        self.k = f(self.k)

    both_tiers(kernel, values())


def test_a_decorator_without_wraps_is_compiled():
    def twice(function):
        def wrapper(self):
            function(self)
            function(self)

        return wrapper

    @twice
    def kernel(self):
        self.v[0] += 1

    assert both_tiers(kernel, values(), steps=1)["v"][0] == 2.5


def test_a_global_that_changes_is_seen_by_the_next_network(monkeypatch):
    def kernel(self):
        self.k = kernel_helpers.add_one(OFFSET) + TABLE[0]

    assert both_tiers(kernel, values(), 1)["k"] == 12
    monkeypatch.setitem(globals(), "OFFSET", 20)
    assert both_tiers(kernel, values(), 1)["k"] == 22
    monkeypatch.setattr(kernel_helpers, "add_one", lambda_like)
    assert both_tiers(kernel, values(), 1)["k"] == 121
    monkeypatch.setitem(globals(), "TABLE", TABLE.copy())
    TABLE[0] = 5
    assert both_tiers(kernel, values(), 1)["k"] == 125


def lambda_like(x):
    return x + 100
