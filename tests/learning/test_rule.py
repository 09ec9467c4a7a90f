"""Rule objects: arguments, attributes, setters, copies."""

import copy
import json
import math
from pathlib import Path

import numpy as np
import pytest

from lavajit.learning.errors import LearningRuleError
from lavajit.learning.rule import Loihi2FLearningRule, Loihi3FLearningRule, LoihiLearningRule

GOLDEN = json.loads((Path(__file__).parents[1] / "data/learning/grammar.json").read_text())
NUMBERS = [f"{t}_{kind}" for t in ("x1", "x2", "y1", "y2", "y3") for kind in ("impulse", "tau")]
WRONG_NUMBERS = [-1, -0.5, math.nan, math.inf, 10**400, "3", None, True, [1.0], 1j]


@pytest.mark.parametrize(("arguments", "error"), GOLDEN["constructor_errors"])
def test_what_lava_rejects_is_rejected(arguments, error):
    assert error == "ValueError"
    with pytest.raises(ValueError):
        Loihi2FLearningRule(**arguments)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", WRONG_NUMBERS, ids=lambda value: str(value)[:5])
def test_impulses_and_taus_are_finite_and_not_negative(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a finite number, at least 0"):
        Loihi2FLearningRule(dw="x0", **{name: value})


@pytest.mark.parametrize("value", [0, -3, 1.5, 2.0, True, "2", None])
def test_t_epoch_is_a_positive_integer(value):
    with pytest.raises(ValueError, match="t_epoch must be an integer, at least 1"):
        Loihi3FLearningRule(dw="x0", t_epoch=value)


@pytest.mark.parametrize("value", [-1, 1.5, False, "2"])
def test_seeds_are_integers_from_0(value):
    with pytest.raises(ValueError, match="rng_seed must be an integer, at least 0, or None"):
        LoihiLearningRule(dw="x0", rng_seed=value)


def test_kinds_of_random_numbers():
    assert Loihi2FLearningRule(dw="x0").rng == "lava"
    assert Loihi3FLearningRule(dw="x0", rng="counter").rng == "counter"
    with pytest.raises(ValueError, match="rng must be 'lava' .* or 'counter' .* got 'mine'"):
        Loihi2FLearningRule(dw="x0", rng="mine")


def test_attributes_are_the_arguments():
    arguments = {name: float(i) for i, name in enumerate(NUMBERS)}
    rule = Loihi2FLearningRule("x0*y1", "y0", "u4*x2", t_epoch=np.int64(3), rng_seed=7, **arguments)
    assert {name: getattr(rule, name) for name in NUMBERS} == arguments
    assert (rule.dw_str, rule.dd_str, rule.dt_str) == ("x0*y1", "y0", "u4*x2")
    assert (rule.t_epoch, rule.rng_seed, rule.decimate_exponent) == (3, 7, 4)
    assert [rule.dw, rule.dd, rule.dt] == list(rule.active_product_series.values())
    assert list(rule.active_product_series) == ["dw", "dd", "dt"]
    assert rule.active_traces == {"x2", "y1"}
    assert rule.active_traces_per_dependency == {"x0": {"y1"}, "y0": set(), "u": {"x2"}}


def test_positional_arguments_are_in_the_order_of_lava():
    rule = Loihi2FLearningRule("x0", None, None, *range(1, 13))
    assert [getattr(rule, name) for name in NUMBERS] == list(range(1, 11))
    assert (rule.t_epoch, rule.rng_seed) == (11, 12)
    rule = Loihi3FLearningRule("x0", None, None, *range(1, 7))
    assert [getattr(rule, name) for name in NUMBERS[:4]] == [1, 2, 3, 4]
    assert (rule.t_epoch, rule.rng_seed) == (5, 6)


def test_targets_without_a_string_are_none():
    rule = Loihi2FLearningRule(dt="x0")
    assert (rule.dw, rule.dd, rule.dw_str, rule.decimate_exponent) == (None, None, None, None)
    assert list(rule.active_product_series) == ["dt"]


def test_the_number_of_factors():
    assert not LoihiLearningRule(dw="x0").three_factor
    assert not Loihi2FLearningRule(dw="x0").three_factor
    rule = Loihi3FLearningRule(dw="x0")
    assert rule.three_factor
    assert [rule.y1_tau, rule.y2_tau, rule.y3_tau] == [65535] * 3
    assert [rule.y1_impulse, rule.y2_impulse, rule.y3_impulse] == [0] * 3
    with pytest.raises(TypeError):
        Loihi3FLearningRule(dw="x0", y1_impulse=3)


def test_one_seed_is_drawn_from_the_global_generator():
    np.random.seed(5)
    seed = Loihi2FLearningRule(dw="x0").rng_seed
    np.random.seed(5)
    assert seed == np.random.randint(1, 2**31 - 1)
    np.random.seed(5)
    Loihi2FLearningRule(dw="x0", rng_seed=0)
    assert np.random.randint(1, 2**31 - 1) == seed


def test_setters_check():
    rule = Loihi2FLearningRule(dw="x0")
    rule.x1_tau = 4
    rule.t_epoch = 2
    assert (rule.x1_tau, rule.t_epoch) == (4.0, 2)
    with pytest.raises(ValueError, match="x1_tau"):
        rule.x1_tau = -1
    with pytest.raises(ValueError, match="t_epoch"):
        rule.t_epoch = 0
    assert (rule.x1_tau, rule.t_epoch) == (4.0, 2)
    with pytest.raises(AttributeError, match="set dw_str"):
        rule.dw = "x0"


def test_setting_a_string_reads_all_of_them():
    rule = Loihi2FLearningRule(dw="u1*x1", dt="u1*w")
    with pytest.raises(LearningRuleError, match="dt = u1[*]w") as caught:
        rule.dw_str = "u2*x1"
    assert caught.value.column == 1
    assert (rule.dw_str, rule.decimate_exponent) == ("u1*x1", 1)
    rule.dt_str = None
    rule.dw_str = "u2*x1"
    assert (rule.dt, rule.decimate_exponent) == (None, 2)
    with pytest.raises(ValueError, match="at least one of dw, dd and dt"):
        rule.dw_str = None
    rule.dd_str = "y0"
    assert str(rule.dd) == "dd += 1 * 2^0 * y0"


def test_copies_are_independent():
    rule = Loihi2FLearningRule(dw="x0*y1", x1_impulse=16)
    other = copy.copy(rule)
    other.x1_impulse = 0
    other.dw_str = "y0*x2"
    rule.active_product_series.clear()
    rule.active_traces.clear()
    assert (rule.x1_impulse, rule.dw_str, rule.active_traces) == (16, "x0*y1", {"y1"})
    assert (other.x1_impulse, other.active_traces) == (0, {"x2"})
    assert other.rng_seed == rule.rng_seed


def test_repr_shows_what_was_given():
    rule = Loihi2FLearningRule(dw="x0*y1", x1_impulse=16, y1_tau=2.5, rng_seed=3)
    text = (
        "<Loihi2FLearningRule dw='x0*y1' x1_impulse=16 y1_tau=2.5 t_epoch=1 rng_seed=3 rng='lava'>"
    )
    assert repr(rule) == text
