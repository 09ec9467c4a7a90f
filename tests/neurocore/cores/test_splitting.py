"""Populations split over cores give the same numbers."""

import numpy as np
import pytest
from neurocore_recordings import (
    BRIAN2LOIHI,
    LEARNING,
    NENGO_LOIHI,
    brian2loihi_network,
    load,
    network_of,
)
from numpy.testing import assert_array_equal

from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.splitting import split
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcCompileError

LEAVES = dict(parents=[2, 2, -1, 4, -1, -1], decay_u=4095)


def consecutive(rng, n, parts):
    return [part.size for part in np.array_split(np.arange(n), parts)]


def permuted(rng, n, parts):
    return np.array_split(rng.permutation(n), parts)


@pytest.mark.parametrize("cut", [consecutive, permuted])
@pytest.mark.parametrize("name", NENGO_LOIHI)
def test_recorded_networks(name, cut):
    data, rng = load(name), np.random.default_rng(4)
    network = network_of(data)
    sizes = [cut(rng, p.n, 2 + k % 2) for k, p in enumerate(network.populations)]
    parts, columns = split(network, sizes)
    assert len(parts.populations) >= 2 * len(network.populations)
    noise = data.get("noise_raw")
    if noise is not None:
        moved = np.empty_like(noise)
        moved[:, columns] = noise
        noise = moved
    trace = CoreRunner(parts, noise).run(int(data["T"]))
    for key, array in (("q", trace.q), ("u", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array[:, columns], data[f"out_{key}"])


@pytest.mark.parametrize("name", BRIAN2LOIHI)
def test_recorded_networks_without_wraps(name):
    data = load(name)
    network = brian2loihi_network(data)
    parts, columns = split(network, [permuted(np.random.default_rng(4), network.n, 3)])
    trace = CoreRunner(parts).run(int(data["T"]))
    for key, array in (("i", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array[:, columns], data[f"out_{key}"])


@pytest.mark.parametrize("name", LEARNING)
def test_plastic_populations_stay_whole(name):
    data = load(name)
    network = network_of(data)
    for sizes in ([3, 3], [[0, 3], [1, 2, 4, 5]]):
        with pytest.raises(NcCompileError, match="'b0', synapse group 0: it learns from errors"):
            split(network, [sizes])
    whole, columns = split(network, [None])
    runner = CoreRunner(whole, uniforms=data["rand"])
    steps = int(data["T"])
    assert_array_equal(runner.run(steps, {(0, 0): data["errors"]}).v[:, columns], data["out_v"])


def test_trees_with_delays_and_self_connection():
    rng = np.random.default_rng(6)
    group = SynapseGroup(
        np.arange(7) * 6,
        np.tile(np.arange(6), 6),
        64 * rng.integers(-20, 40, 36),
        delays=rng.integers(0, 7, 36),
        delay_bits=3,
    )
    cells = Compartments(
        6,
        vth=3000,
        decay_v=200,
        bias=rng.integers(300, 900, 6),
        join=rng.integers(1, 8, 6),
        on_threshold=[2, 1, 0, 3, 0, 2],
        **LEAVES,
    )
    network = CoreNetwork([Population("trees", cells, synapses=[group], axons=[OutputAxons(0)])])
    expected = CoreRunner(network).run(120)
    assert expected.spikes.sum() > 40
    for sizes in ([3, 2, 1], [[5, 0, 3, 1, 2, 4]], [[3, 4, 5], [0, 1, 2]]):
        parts, columns = split(network, [sizes])
        trace = CoreRunner(parts).run(120)
        assert_array_equal(trace.v[:, columns], expected.v)
        assert_array_equal(trace.spikes[:, columns], expected.spikes)


@pytest.mark.parametrize(
    "sizes, message",
    [
        ([2, 4], "'trees': parts 0 and 1 cut compartment 0 off from its parent 2"),
        ([[0, 2, 1], [3, 4, 5]], "part 0 changes the order of compartment 2 and its children"),
        ([[1, 0, 2], [3, 4, 5]], "part 0 changes the order of compartment 2"),
    ],
)
def test_trees_are_never_cut(sizes, message):
    network = CoreNetwork([Population("trees", Compartments(6, vth=1, **LEAVES))])
    with pytest.raises(NcCompileError, match=message):
        split(network, [sizes])


@pytest.mark.parametrize(
    "sizes, message",
    [
        ([], "0 entries for 1 populations"),
        ([[3, 2]], "'cells': sizes .* do not make up 6"),
        ([[6, 0]], "do not make up 6"),
        ([[3.0, 3.0]], "do not make up 6"),
        ([[[0, 1], [2, 3, 4]]], "do not have each of the 6 compartments once"),
        ([[[0, 1, 2], [2, 3, 4, 5]]], "do not have each"),
        ([[np.arange(6), []]], "an empty one"),
    ],
)
def test_parts_make_up_the_population(sizes, message):
    network = CoreNetwork([Population("cells", Compartments(6, vth=1))])
    with pytest.raises(NcCompileError, match=message):
        split(network, sizes)


def test_lists_are_shared_and_axons_that_reach_nothing_left_out():
    """Three axons with one list of two atoms, at compartments 0, 4 and 8; a fourth has none."""
    group = SynapseGroup(
        pointers=[0, 2, 3],
        targets=[0, 3, 1],
        weights=[64, 128, 192],
        n_atoms=2,
        axon_bits=16,
        axon_rows=[0, 0, 0, 0],
        bases=[0, 4, 8, -1],
    )
    sender = SpikeSource(4, [0], [0], [OutputAxons(0, axons=[0, 1, 2, 3], atoms=[0, 1, 0, 1])])
    cells = Population("cells", Compartments(12, vth=1), synapses=[group])
    parts, _ = split(CoreNetwork([cells], [sender]), [[8, 4]])
    first, second = (part.synapses[0] for part in parts.populations)
    assert_array_equal(first.bases, [0, 4])
    assert_array_equal(first.axon_rows, [0, 0])
    assert_array_equal(first.targets, [0, 3, 1])
    assert_array_equal(second.bases, [0])
    axons = parts.sources[0].axons
    assert [a.population for a in axons] == [0, 1]
    assert_array_equal(axons[0].axons, [0, 1, -1, -1])
    assert_array_equal(axons[1].axons, [-1, -1, 0, -1])
    assert_array_equal(axons[1].atoms, [0, 1, 0, 1])


def test_groups_without_synapses():
    """No axon in use, or none at all: the group keeps its number."""
    unused = SynapseGroup([0, 1], [0], [64], bases=[-1])
    none = SynapseGroup([0], [], [])
    cells = Population("cells", Compartments(2, vth=1), synapses=[unused, none])
    parts, columns = split(CoreNetwork([cells]), [[1, 1]])
    assert [[g.n_axons for g in p.synapses] for p in parts.populations] == [[0, 0], [0, 0]]
    assert_array_equal(columns, [0, 1])
