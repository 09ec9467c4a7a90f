"""Networks recorded with other emulators of Loihi, bit for bit."""

import re
from pathlib import Path

import pytest
from neurocore_recordings import (
    BRIAN2LOIHI,
    DATA,
    LEARNING,
    NENGO_LOIHI,
    brian2loihi_network,
    load,
    network_of,
)
from numpy.testing import assert_array_equal

from lavajit.neurocore.cores.step import CoreRunner


@pytest.mark.parametrize("name", NENGO_LOIHI)
def test_networks_of_nengo_loihi(name):
    data = load(name)
    trace = CoreRunner(network_of(data), data.get("noise_raw")).run(int(data["T"]))
    for key, array in (("q", trace.q), ("u", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array, data[f"out_{key}"])


@pytest.mark.parametrize("name", LEARNING)
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


@pytest.mark.parametrize("name", BRIAN2LOIHI)
def test_networks_of_brian2loihi(name):
    data = load(name)
    trace = CoreRunner(brian2loihi_network(data)).run(int(data["T"]))
    for key, array in (("i", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array, data[f"out_{key}"])


def test_several_runs_are_one():
    data = load("chain")
    runner = CoreRunner(network_of(data))
    runner.run(40)
    assert_array_equal(runner.run(60).v, data["out_v"][40:100])
    assert runner.step == 100


def test_every_recording_is_read():
    tests = (
        test_networks_of_nengo_loihi,
        test_learning_of_nengo_loihi,
        test_networks_of_brian2loihi,
    )
    networks = {name for test in tests for mark in test.pytestmark for name in mark.args[1]}
    sources = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    tables = set(re.findall(r'"(tab_\w+)(?:\.npz)?"\)', sources))
    assert networks | tables == {path.stem for path in DATA.glob("*.npz")}
