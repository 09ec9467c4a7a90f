"""Recorded networks described to the compiler, on several cores each: the same numbers.

Plastic networks are left out: on Loihi 1 a plastic population stays whole. Axons and rows that are
shared in a recording are written out, as the compiler shares rows itself.
"""

from dataclasses import replace

import numpy as np
import pytest
from neurocore_described import described, shifted_once
from neurocore_recordings import (
    BRIAN2LOIHI,
    NENGO_LOIHI,
    brian2loihi_network,
    load,
    network_of,
)
from numpy.testing import assert_array_equal

from lavajit.neurocore.arithmetic.weights import effective_weights
from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.plan.compile import compile_net
from lavajit.neurocore.plan.flatten import board_network, core_network

#: Biases, decays and limits of these are no registers of the chip.
NO_REGISTERS = ("bias_only", "refractory", *BRIAN2LOIHI)
#: Effective weights of these have bits below 2^6, which the chip does not store.
FINE_WEIGHTS = "dense_in feedback_map large recurrent two_inputs two_synapse_groups vclip".split()
#: Compartments that do not exceed the profiles of a core, where every one has its own.
MOST_BLOCK = 16

_UNCHECKED = "bias_mantissa bias_exponent decay refract vmax_exponent".split()
LOOSE = replace(LOIHI1, registers=replace(LOIHI1.registers, **dict.fromkeys(_UNCHECKED)))


def third(shape):
    """A block that is a third of a group, or less."""
    return (*shape[:-1], min(-(-shape[-1] // 3), MOST_BLOCK // len(shape)))


def on_cores(name, network, **options):
    """A network in blocks on cores, and the new number of each compartment."""
    net, spikes = described(network)
    blocks = {group.name: third(group.shape) for group in net.groups}
    board = compile_net(net, chip_for(name, net), block_shapes=blocks, **options)
    assert all(len(board.parts_of(group)) > 1 for group in net.groups)
    fine = any((group.weights % 64).any() for p in network.populations for group in p.synapses)
    assert fine == (name in FINE_WEIGHTS)
    return board_network(board, spikes, shifted_once if fine else effective_weights)


def chip_for(name, net):
    if name not in NO_REGISTERS:
        return LOIHI1
    with pytest.raises(NcValueError):
        compile_net(net, LOIHI1)
    return LOOSE


def in_order(values, columns):
    """Recorded columns where the compartments are now; None stays None."""
    if values is None:
        return None
    moved = np.empty_like(values)
    moved[:, columns] = values
    return moved


@pytest.mark.parametrize("packing", ["one_per_core", "first_fit"])
@pytest.mark.parametrize("name", NENGO_LOIHI)
def test_networks_of_nengo_loihi(name, packing):
    data = load(name)
    network, columns = on_cores(name, network_of(data), packing=packing)
    noise = in_order(data.get("noise_raw"), columns)
    trace = CoreRunner(network, noise).run(int(data["T"]))
    for key, array in (("q", trace.q), ("u", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array[:, columns], data[f"out_{key}"])


@pytest.mark.parametrize("name", BRIAN2LOIHI)
def test_networks_of_brian2loihi(name):
    data = load(name)
    network, columns = on_cores(name, brian2loihi_network(data))
    trace = CoreRunner(network).run(int(data["T"]))
    for key, array in (("i", trace.u), ("v", trace.v), ("s", trace.spikes)):
        assert_array_equal(array[:, columns], data[f"out_{key}"])


def ring():
    """Two populations that drive each other; the host drives the second."""
    rng = np.random.default_rng(2)

    def population(name, target):
        weights = 64 * rng.integers(-30, 60, 36)
        cells = Compartments(6, vth=12800, decay_v=100, bias=64 * rng.integers(10, 90, 6))
        groups = [SynapseGroup(np.arange(7) * 6, np.tile(np.arange(6), 6), weights)]
        return Population(name, cells, synapses=groups, axons=[OutputAxons(target)])

    host = SpikeSource(6, rng.integers(1, 60, 40), rng.integers(0, 6, 40), [OutputAxons(1)])
    return CoreNetwork([population("a", 1), population("b", 0)], [host])


def test_parts_are_in_the_order_of_cores():
    network = ring()
    net, spikes = described(network)
    board = compile_net(net, "loihi1", block_shapes={"a": (2, 2), "b": (1, 3)})
    parts = [replace(part, core=core) for part, core in zip(board.parts, (3, 0, 1, 2), strict=True)]
    flat, columns = board_network(replace(board, parts=parts), spikes)
    names = [part.name for part in flat.populations]
    assert names == ["a part 1", "b part 0", "b part 1", "a part 0"]
    assert_array_equal(columns, [8, 9, 0, 10, 11, 1, *range(2, 8)])
    expected = CoreRunner(network).run(80)
    assert expected.spikes.sum() > 40
    assert_array_equal(CoreRunner(flat).run(80).v[:, columns], expected.v)
    assert_array_equal(CoreRunner(core_network(net, spikes)).run(80).v, expected.v)
