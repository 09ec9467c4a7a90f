"""Descriptions of networks on cores are checked when they are made."""

import numpy as np
import pytest

from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import (
    Compartments,
    CoreRegisters,
    vmax_of_register,
    vmin_of_register,
)
from lavajit.neurocore.cores.synapses import SynapseGroup


@pytest.mark.parametrize(
    "registers, error, message",
    [
        (dict(n=0, vth=1), ValueError, r"n\[0\]: 0 is not in 1"),
        (dict(n=2, vth=[1, 2, 3]), ValueError, r"vth: expected one dimension of length 2"),
        (dict(n=2, vth=1.5), TypeError, "vth: whole numbers expected, got float64"),
        (dict(n=2, vth=True), TypeError, "vth: whole numbers expected, got bool"),
        (dict(n=2, vth=2**31), ValueError, "vth"),
        (dict(n=2, vth=1, decay_u=[0, 4097]), ValueError, r"decay_u\[1\]: 4097 is not in 0..4096"),
        (dict(n=2, vth=1, decay_v=-1), ValueError, r"decay_v\[0\]: -1"),
        (dict(n=2, vth=1, refract=0), ValueError, r"refract\[0\]: 0 is not in 1"),
    ],
)
def test_compartments(registers, error, message):
    with pytest.raises(error, match=message):
        Compartments(**registers)


@pytest.mark.parametrize(
    "registers, message",
    [
        (dict(vmin=1), "vmin"),
        (dict(vmax=-1), "vmax"),
        (dict(noise_exponent=24), "24 is not in 0..23"),
        (dict(input_bits=32), "32 is not in 1..31"),
    ],
)
def test_core_registers(registers, message):
    with pytest.raises(ValueError, match=message):
        CoreRegisters(**registers)


def test_limit_registers_have_a_range():
    with pytest.raises(ValueError, match="posVmLimit.*8 is not in 0..7"):
        vmax_of_register(8)
    with pytest.raises(ValueError, match="negVmLimit.*32 is not in 0..31"):
        vmin_of_register(32)


@pytest.mark.parametrize(
    "tables, message",
    [
        (dict(pointers=[0, 1]), "pointers: expected to begin with 0 and end with 2"),
        (dict(pointers=[]), "pointers: expected to begin with 0 and end with 2, got nothing"),
        (dict(pointers=[0, 2, 1, 2]), "pointers: falls at row 1"),
        (dict(targets=[0, -1]), r"targets\[1\]: -1"),
        (dict(weights=[64]), "weights: expected one dimension of length 2"),
        (dict(weights=[64, 2**21]), r"weights\[1\]: 2097152 is not in -2097088..2097088"),
        (dict(delays=[0, 1]), r"delays\[1\]: 1 is not in 0..0"),
        (dict(delay_bits=7), "7 is not in 0..6"),
        (dict(axon_bits=8), "axon_bits: expected 0, 16 or 32, got 8"),
        (dict(n_atoms=2), "n_atoms.*2 is not in 1..1"),
        (dict(n_atoms=2, axon_bits=32, pointers=[0, 1, 1, 2]), "3 lists are no multiple of 2"),
        (dict(axon_rows=[0, 2]), r"axon_rows\[1\]: 2 is not in 0..1"),
        (dict(bases=[0, 0, 0]), "bases: expected one dimension of length 2"),
        (dict(exponent=8), "exponent.*8 is not in -8..7"),
        (dict(pointers=[0, 2, 2], targets=[1, 1]), "list 0 names compartment 1 twice"),
    ],
)
def test_synapse_groups(tables, message):
    good = dict(pointers=[0, 1, 2], targets=[0, 1], weights=[64, -64])
    SynapseGroup(**good)
    with pytest.raises(ValueError, match=message):
        SynapseGroup(**good | tables)


def test_reach_counts_used_axons_only():
    tables = dict(pointers=[0, 1, 2], targets=[0, 5], weights=[64, 64])
    assert SynapseGroup(**tables).reach == 6
    assert SynapseGroup(**tables, axon_rows=[0, 1, 0], bases=[3, -1, 1]).reach == 4
    assert SynapseGroup([0, 0], [], []).reach == 0


def network(group=None, axons=None, **source):
    group = group or SynapseGroup([0, 1, 2], [0, 1], [64, 64])
    spikes = dict(n=2, times=[1], indices=[1]) | source
    cells = Population("cells", Compartments(2, vth=1), synapses=[group])
    return CoreNetwork([cells], [SpikeSource(**spikes, axons=[axons or OutputAxons(0)])])


@pytest.mark.parametrize(
    "parts, message",
    [
        (dict(axons=OutputAxons(1)), "spike source 0, output axons 0: population.*1 is not in"),
        (dict(axons=OutputAxons(0, 1)), "output axons 0: group"),
        (dict(axons=OutputAxons(0, axons=[0, 2])), r"axons\[1\]: 2 is not in -1..1"),
        (dict(axons=OutputAxons(0, axons=[0])), "axons: expected one dimension of length 2"),
        (dict(axons=OutputAxons(0, atoms=[0, 1])), r"atoms\[1\]: 1 is not in 0..0"),
        (dict(n=3), r"axons\[2\]: 2 is not in -1..1"),
        (dict(indices=[2]), r"indices\[0\]: 2 is not in 0..1"),
        (dict(times=[-1]), r"times\[0\]: -1"),
        (dict(payloads=[3]), "graded spikes, but group 0 of population 'cells' expects binary"),
        (
            dict(group=SynapseGroup([0, 1, 1], [0], [3], exponent=0)),
            "binary spikes, but group 0 of population 'cells' expects graded",
        ),
        (
            dict(group=SynapseGroup([0, 1, 1], [1], [64], bases=[1, 0])),
            "population 'cells', synapse group 0: a synapse reaches compartment 2 of 2",
        ),
    ],
)
def test_networks(parts, message):
    network()
    with pytest.raises(ValueError, match=message):
        network(**parts)


def test_a_decay_with_its_offset_is_at_most_one():
    cells = Population("cells", Compartments(1, vth=1, decay_u=4096))
    with pytest.raises(ValueError, match="'cells': decay_u and its offset are 4097"):
        CoreNetwork([cells])


def test_spikes_are_sorted_by_date():
    source = SpikeSource(4, [5, 1, 5], [0, 1, 3], payloads=[7, 8, 9])
    np.testing.assert_array_equal(source.times, [1, 5, 5])
    np.testing.assert_array_equal(source.indices, [1, 0, 3])
    np.testing.assert_array_equal(source.payloads, [8, 7, 9])
