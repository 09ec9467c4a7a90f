"""Rules known by name: their strings are Lava's."""

import pytest

from lavajit.learning.errors import LearningRuleError
from lavajit.proc.learning_rules import RewardModulatedSTDP, STDPLoihi


def test_stdp():
    rule = STDPLoihi(0.5, 2, -1, 8, 12, t_epoch=2, rng_seed=77, rng="counter")
    dw = "(1) * 2 ^ -1 * (-1) * x0 * y1 +(1) * 2 ^ -1 * (2) * y0 * x1"
    assert rule.dw_str == dw
    assert (rule.learning_rate, rule.A_plus, rule.A_minus) == ("(1) * 2 ^ -1", "(2)", "(-1)")
    assert (rule.tau_plus, rule.tau_minus, rule.x1_tau, rule.y1_tau) == (8, 12, 8, 12)
    assert (rule.x1_impulse, rule.y1_impulse, rule.t_epoch, rule.rng_seed) == (16, 16, 2, 77)
    assert not rule.three_factor
    assert rule.rng == "counter"
    assert str(rule.dw) == "dw += -1 * 2^-1 * x0 * y1\ndw += 2 * 2^-1 * y0 * x1"
    assert eval(rule.A_minus.replace("^", "**")) == -1


def test_stdp_takes_other_impulses():
    rule = STDPLoihi(1, 1, -1, 10, 10, x1_impulse=3, y1_impulse=4, x2_tau=5)
    assert (rule.x1_impulse, rule.y1_impulse, rule.x2_tau) == (3, 4, 5)


def test_stdp_out_of_range():
    with pytest.raises(LearningRuleError, match=r"2\^-12 = 0.000244.*\n.*\n.*\n.*nearest is 2\^-7"):
        STDPLoihi(0.01, 1, 0.04, 10, 10)


def test_reward_modulated_stdp():
    rule = RewardModulatedSTDP(1, 2, -2, 10, 11, 16, 17, 0.5, t_epoch=1, rng_seed=77)
    assert rule.dw_str == " u0 * t * y2 "
    dt = "(1) * (-2) * x0 * y1 + (1) * (2) * y0 * x1 - u0 * t * (1) * 2 ^ -1"
    assert rule.dt_str == dt
    assert (rule.x1_impulse, rule.x1_tau, rule.decimate_exponent) == (16, 10, 0)
    assert (rule.post_trace_decay_tau, rule.post_trace_kernel_magnitude) == (11, 17)
    assert (rule.pre_trace_decay_tau, rule.pre_trace_kernel_magnitude) == (10, 16)
    assert rule.three_factor
