"""Plastic networks against values known from Lava: STDP and R-STDP, float and fixed point."""

import warnings

import numpy as np
import pytest
from helpers import learning_golden as golden
from helpers.tiers import python_rows
from learning_neurons import RewardLIF

from lavajit import (
    LIF,
    Dense,
    LearningDense,
    Loihi2SimCfg,
    RewardModulatedSTDP,
    RunSteps,
    SourceRingBuffer,
    STDPLoihi,
)
from lavajit.runtime.tiers import HostTierWarning

pytestmark = pytest.mark.slow  # about twenty kernels

FLOAT, FIXED = "floating_pt", "fixed_pt"
STEPS = 100
#: Columns of the raster of rewards that are not zero.
REWARDED = slice(STEPS // 3, STEPS // 2)


@pytest.fixture(autouse=True)
def everything_is_native():
    with warnings.catch_warnings():
        warnings.simplefilter("error", HostTierWarning)
        yield


def plastic_pair(pre: LIF, post: LIF, rule, weights) -> LearningDense:
    plastic = LearningDense(weights=np.array(weights), learning_rule=rule)
    pre.s_out.connect(plastic.s_in)
    plastic.a_out.connect(post.a_in)
    return plastic


def learned(plastic: LearningDense, tag: str) -> np.ndarray:
    plastic.run(RunSteps(STEPS), run_cfg=Loihi2SimCfg(select_tag=tag))
    assert not python_rows(plastic)
    weights = plastic.weights.get()
    plastic.stop()
    return weights


def neurons(neuron, bias, vth, **options):
    return neuron(shape=(len(bias),), vth=vth, bias_mant=np.array(bias), **options)


def stdp(rule, weights, vth, pre_bias, post_bias, tag) -> np.ndarray:
    """Weights after 100 steps of pair STDP between LIF neurons."""
    pre, post = neurons(LIF, pre_bias, vth), neurons(LIF, post_bias, vth)
    plastic = plastic_pair(pre, post, rule, weights)
    post.s_out.connect(plastic.s_in_bap)
    return learned(plastic, tag)


def rewarded_stdp(rule, weights, vth, pre_bias, post_bias, reward, tag) -> np.ndarray:
    """The same with reward through an identity Dense."""
    pre = neurons(LIF, pre_bias, vth)
    post = neurons(RewardLIF, post_bias, vth, learning_rule=rule)
    plastic = plastic_pair(pre, post, rule, weights)
    rewards = np.zeros((len(post_bias), STEPS))
    rewards[:, REWARDED] = reward
    source, dense = SourceRingBuffer(data=rewards), Dense(weights=np.eye(len(post_bias)))
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(post.a_third_factor_in)
    post.s_out_bap.connect(plastic.s_in_bap)
    post.s_out_y1.connect(plastic.s_in_y1)
    post.s_out_y2.connect(plastic.s_in_y2)
    return learned(plastic, tag)


def test_stdp_float():
    found = stdp(STDPLoihi(1, 1, -2, 10, 10), [[0.0]], 1, [0.1], [0.15], FLOAT)
    np.testing.assert_allclose(found, [[-79.35744962]], rtol=0, atol=1e-8)


def test_stdp_float_two_by_three():
    rule, bias = STDPLoihi(1, 1, -2, 10, 10), [0.08, 0.1, 0.11]
    found = stdp(rule, np.zeros((2, 3)), 1, bias, [0.12, 0.15], FLOAT)
    expected = [[-39.5354368, -63.4727323, -80.0561724], [-22.9046844, -41.8479607, -54.5550086]]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


def test_stdp_fixed():
    rule = STDPLoihi(1, 4, -2, 10, 10, t_epoch=2, rng_seed=0)
    assert stdp(rule, [[1]], 10_000, [25_000], [20_000], FIXED) == [[56]]


def test_stdp_fixed_two_by_three():
    rule = STDPLoihi(1, 1, -2, 10, 10, rng_seed=0)
    pre_bias, post_bias = [22_000, 25_000, 26_000], [20_000, 23_000]
    found = stdp(rule, np.zeros((2, 3), int), 10_000, pre_bias, post_bias, FIXED)
    np.testing.assert_array_equal(found, [[31, 2, -24], [-64, 30, 14]])


def test_reward_modulated_stdp_float():
    rule = RewardModulatedSTDP(1, 2, -2, 10, 10, 16, 16, 0.5, t_epoch=2)
    found = rewarded_stdp(rule, [[0.0]], 1, [0.1], [0.15], 1, FLOAT)
    np.testing.assert_allclose(found, [[33.4210359]], rtol=0, atol=1e-7)


def test_reward_modulated_stdp_float_two_by_three():
    rule = RewardModulatedSTDP(1, 2, -2, 10, 10, 16, 16, 0.5, t_epoch=2)
    pre_bias, post_bias = [0.08, 0.1, 0.11], [0.12, 0.15]
    found = rewarded_stdp(rule, np.zeros((2, 3)), 1, pre_bias, post_bias, 1, FLOAT)
    expected = [[191.7300724, 31.3616088, 255.5749675], [187.6922553, 17.4506295, 250.7446092]]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


def test_reward_modulated_stdp_fixed():
    rule = RewardModulatedSTDP(1, 4, -2, 10, 10, 16, 16, 0.5, rng_seed=0)
    assert rewarded_stdp(rule, [[1]], 100, [3600], [3700], 250, FIXED) == [[64]]


def test_reward_modulated_stdp_fixed_two_by_three():
    rule = RewardModulatedSTDP(1, 4, -2, 10, 10, 20, 20, 2.4, rng_seed=0)
    pre_bias, post_bias = [1900, 2500, 1200], [2400, 1600]
    found = rewarded_stdp(rule, np.zeros((2, 3), int), 90, pre_bias, post_bias, 16, FIXED)
    np.testing.assert_array_equal(found, [[2, 1, -1], [15, 20, 9]])


NETWORKS = pytest.mark.parametrize("case", golden.cases("network"), ids=lambda case: case["id"])


def test_there_are_golden_networks():
    assert len(golden.cases("network")) == 6


@NETWORKS
def test_golden_network_in_one_go(case):
    network = golden.make_network(case, golden.load(case), RewardLIF)
    found = golden.run_monitored(network, case)
    assert found.keys() >= {"weights", "x1", "y1", "pre_s_out", "post_s_out"}
    golden.assert_equal(case, found)


@NETWORKS
def test_golden_network_step_by_step(case):
    network = golden.make_network(case, golden.load(case), RewardLIF)
    golden.assert_equal(case, golden.record(network.connection, case, native=True))
