"""Output axons that compartments share."""

import pytest

from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population
from lavajit.neurocore.cores.population_axons import check_population_axons, count_axons
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.splitting import split
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcCompileError


def network(*axons, bits=(0, 16, 32)):
    """Four compartments that send to groups of discrete axons, pop16 and pop32."""
    groups = [
        SynapseGroup([0] * 17, [], [], n_atoms=4 if kind else 1, axon_bits=kind) for kind in bits
    ]
    cells = Compartments(4, vth=64)
    return CoreNetwork([Population("cells", cells, synapses=groups, axons=axons)])


def test_counts_by_kind():
    net = network(
        OutputAxons(0, 0, [0, 0, 1, -1]),
        OutputAxons(0, 1, [0, 0, 1, 1], [0, 1, 0, 1]),
        OutputAxons(0, 2, [2, 2, 3, 3], [0, 1, 0, 1]),
    )
    check_population_axons(net)
    assert count_axons(net, 0) == {"discrete": 3, "pop16": 2, "pop32": 2}


@pytest.mark.parametrize(
    "axons, message",
    [
        (
            [OutputAxons(0, 1, [0, 0, 0, 1], [0, 1, 1, 0])],
            "output axons 0: 3 compartments reach input axon 0 with 2 atoms",
        ),
        (
            [OutputAxons(0, 1, [0, 0, 1, 1], [0, 1, 0, 1]), OutputAxons(0, 2, [0] * 4, range(4))],
            "'cells', output axons 1: compartment 0 shares input axon 0 with other",
        ),
        (
            [
                OutputAxons(0, 1, [0, 0, -1, -1], [0, 1, 0, 0]),
                OutputAxons(0, 2, [0, 0, -1, -1], [1, 0, 0, 0]),
            ],
            "by other atoms",
        ),
    ],
)
def test_a_compartment_belongs_to_one_population(axons, message):
    with pytest.raises(NcCompileError, match=message):
        check_population_axons(network(*axons))


def test_parts_of_a_population_have_axons_of_their_own():
    group = SynapseGroup([0, 1, 2, 3, 4], [0, 1, 2, 3], [64] * 4, n_atoms=4, axon_bits=32)
    shared = OutputAxons(0, axons=[0] * 4, atoms=range(4))
    cells = Population("cells", Compartments(4, vth=64), synapses=[group], axons=[shared])
    net, _ = split(CoreNetwork([cells]), [[2, 2]])
    check_population_axons(net)
    assert [count_axons(net, k)["pop32"] for k in range(2)] == [2, 2]
