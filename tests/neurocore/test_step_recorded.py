"""Networks recorded with other emulators of Loihi, bit for bit."""

import pytest
from neurocore_recordings import NENGO_LOIHI, brian2loihi_network, load, network_of
from numpy.testing import assert_array_equal

from lavajit.neurocore.step import CoreRunner


@pytest.mark.parametrize("name", NENGO_LOIHI)
def test_networks_of_nengo_loihi(name):
    data = load(name)
    trace = CoreRunner(network_of(data), data.get("noise_raw")).run(int(data["T"]))
    for key, array in (("q", trace.q), ("u", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array, data[f"out_{key}"])


@pytest.mark.parametrize("name", ["learn_1", "learn_2"])
def test_learning_of_nengo_loihi(name):
    data = load(name)
    runner = CoreRunner(network_of(data), uniforms=data["rand"])
    group = runner.plastic[0, 0]
    for t, errors in enumerate(data["errors"]):
        trace = runner.run(1, {(0, 0): errors[None]})
        for key, array in (("q", trace.q), ("u", trace.u), ("v", trace.v), ("s", trace.spikes)):
            assert_array_equal(array[0], data[f"out_{key}"][t])
        assert_array_equal(group.trace, data["out_trace"][t])
        assert_array_equal(group.weights, data["out_w"][t])


def test_learning_in_one_run():
    data = load("learn_1")
    runner = CoreRunner(network_of(data), uniforms=data["rand"])
    runner.run(int(data["T"]), {(0, 0): data["errors"]})
    assert_array_equal(runner.plastic[0, 0].weights, data["out_w"][-1])


@pytest.mark.parametrize("case", range(6))
def test_networks_of_brian2loihi(case):
    data = load(f"b2l_{case}")
    trace = CoreRunner(brian2loihi_network(data)).run(int(data["T"]))
    for key, array in (("i", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array, data[f"out_{key}"])


def test_several_runs_are_one():
    data = load("chain")
    runner = CoreRunner(network_of(data))
    runner.run(40)
    assert_array_equal(runner.run(60).v, data["out_v"][40:100])
    assert runner.step == 100
