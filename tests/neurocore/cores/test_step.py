"""The time step of a core: properties of its arithmetic, state, recorded noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lavajit.neurocore.arithmetic import scalars as arithmetic
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup

FAR = 2**30


@given(st.integers(-(2**40), 2**40), st.integers(1, 31))
def test_wrap_keeps_the_value_modulo_its_range(value, bits):
    wrapped = arithmetic.wrap(value, bits)
    assert -(2**bits) <= wrapped < 2**bits
    assert (wrapped - value) % 2 ** (bits + 1) == 0


def test_two_spikes_on_one_axon_add_twice():
    group = SynapseGroup([0, 1], [0], [64])
    source = SpikeSource(2, [1, 1, 1], [0, 0, 1], [OutputAxons(0, axons=[0, 0])])
    cell = Population("cell", Compartments(1, vth=FAR), synapses=[group])
    q = CoreRunner(CoreNetwork([cell], [source])).run(3).q
    assert_array_equal(q[:, 0], [0, 192, 0])


def test_state_before_the_first_step():
    cells = Compartments(1, vth=FAR, decay_u=1023, u=4000, v=100)
    trace = CoreRunner(CoreNetwork([Population("cells", cells)])).run(2)
    assert_array_equal(trace.u[:, 0], [3000, 2250])
    assert_array_equal(trace.v[:, 0], [3100, 5350])


def test_results_do_not_depend_on_how_a_group_is_divided():
    rng = np.random.default_rng(3)
    weights, bias = 64 * rng.integers(-60, 60, (6, 6)), rng.integers(100, 900, 6)

    def network(parts):
        axons = [OutputAxons(k) for k in range(len(parts))]
        populations = []
        for part in parts:
            n = len(part)
            group = SynapseGroup(
                np.arange(7) * n, np.tile(np.arange(n), 6), weights[:, part].ravel()
            )
            cells = Compartments(n, vth=4000, decay_u=800, decay_v=90, bias=bias[part])
            own = [OutputAxons(a.population, axons=part) for a in axons]
            populations.append(Population("part", cells, synapses=[group], axons=own))
        return CoreNetwork(populations)

    whole = CoreRunner(network([np.arange(6)])).run(200)
    parts = CoreRunner(network([np.arange(2), np.array([2]), np.arange(3, 6)])).run(200)
    assert whole.spikes.sum() > 50
    assert_array_equal(whole.v, parts.v)
    assert_array_equal(whole.u, parts.u)


@pytest.mark.parametrize(
    "noise, message",
    [
        (np.zeros((3, 2), int), r"shape \(steps, 1\), got int64 of shape \(3, 2\)"),
        (np.zeros((3, 1)), "whole numbers"),
        (np.full((3, 1), 128), "128..128 is not in -127..127"),
    ],
)
def test_recorded_noise_is_checked(noise, message):
    network = CoreNetwork([Population("cell", Compartments(1, vth=1))])
    with pytest.raises(ValueError, match=message):
        CoreRunner(network, noise)


def test_recorded_noise_ends():
    network = CoreNetwork([Population("cell", Compartments(1, vth=1, noise=True))])
    runner = CoreRunner(network, np.zeros((3, 1), int))
    runner.run(2)
    with pytest.raises(ValueError, match="3 steps are recorded, 4 are needed"):
        runner.run(2)
    assert runner.step == 2
