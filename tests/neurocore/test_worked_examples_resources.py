"""Worked examples of what a core holds, takes and costs, E11 to E14 and E16."""

import pytest
from neurocore_examples import step_of_one_core

from lavajit.neurocore import chips
from lavajit.neurocore.chips.spikes import source_slots
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population
from lavajit.neurocore.cores.population_axons import check_population_axons, count_axons
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.memory.synapse_memory import (
    Compression,
    loihi2_kernel_words,
    loihi2_row_words,
    quick_bits,
    row_bits,
    row_words,
)
from lavajit.neurocore.plan.placement import split_dense

SPARSE, RUNLENGTH, DENSE = Compression.SPARSE, Compression.RUNLENGTH, Compression.DENSE1
COLUMNS = "AxonIn NeuronGr Neurons Synapses AxonMap AxonMem".split()


@pytest.mark.parametrize(
    "n, index_bits, bits",
    [
        (1, 0, 64),
        (10, 0, 128),
        (64, 0, 576),
        (65, 0, 640),
        (1024, 0, 9216),
        (10, 10, 192),
        (64, 10, 1216),
        (200, 10, 3840),
    ],
)
def test_e11_quick_count(n, index_bits, bits):
    assert quick_bits(n, index_bits=index_bits) == bits


@pytest.mark.parametrize(
    "n, kind, index_bits, skip_bits, bits, words",
    [
        (10, SPARSE, 6, None, 150, 3),
        (60, SPARSE, 6, None, 850, 14),
        (60, DENSE, 6, None, 496, 8),
        (61, DENSE, 6, None, 520, 9),
        (60, RUNLENGTH, 6, 2, 616, 10),
        (256, DENSE, 8, None, 2138, 34),
        (47, DENSE, 6, None, 392, 7),
    ],
)
def test_e11_exact_count(n, kind, index_bits, skip_bits, bits, words):
    form = {"index_bits": index_bits, "skip_bits": skip_bits}
    assert row_bits(range(n), kind, **form) == bits
    assert row_words(range(n), kind, **form) == words


@pytest.mark.parametrize(
    "n, words", [(1, 1), (10, 4), (50, 16), (64, 21), (85, 27), (256, 81), (4000, 1259)]
)
def test_e11_rows_of_loihi_2(n, words):
    assert loihi2_row_words(n) == words


@pytest.mark.parametrize(
    "taps, channels, bits, words",
    [
        (2304, 64, 5, 13824),
        (512, 256, 5, 10752),
        (2304, 64, 4, 11520),
        (1152, 128, 5, 12672),
        (288, 64, 5, 1728),
        (144, 32, 6, 576),
        (27, 16, 6, 54),
        (512, 48, 7, 3072),
    ],
)
def test_e11_convolutions_of_loihi_2(taps, channels, bits, words):
    assert loihi2_kernel_words(taps, channels, bits) == words


# Counts that match the shapes of published layers, and what was printed for them.
@pytest.mark.parametrize(
    "counts, printed",
    [
        ((64, 1, 10, 256, 10, 0), "0.40 12.50 0.24 1.60 0.06 0.00 1.71"),
        ((128, 1, 64, 2688, 64, 0), "0.80 12.50 1.56 16.80 0.40 0.00 14.72"),
        ((784, 1, 50, 12544, 50, 0), "4.90 12.50 1.22 78.40 0.31 0.00 67.14"),
        ((1, 2, 2688, 3072, 2688, 0), "0.01 25.00 65.64 19.20 16.80 0.00 42.26"),
        ((1, 1, 3584, 13824, 56, 28), "0.01 12.50 87.52 86.40 0.35 0.17 87.47"),
        ((1, 1, 3584, 10752, 14, 56), "0.01 12.50 87.52 67.20 0.09 0.35 72.04"),
        ((1, 1, 3584, 1728, 56, 28), "0.01 12.50 87.52 10.80 0.35 0.17 26.99"),
        ((1, 1, 3584, 54, 224, 112), "0.01 12.50 87.52 0.34 1.40 0.70 19.88"),
    ],
)
def test_e12_printed_utilisation_of_loihi_2(counts, printed):
    used = chips.utilisation("loihi2", dict(zip(COLUMNS, counts, strict=True)))
    assert list(used) == [*COLUMNS, "Total"]
    assert " ".join(f"{percent:.2f}" for percent in used.values()) == printed


@pytest.mark.parametrize(
    "n_in, n, sizes, per_axon, words",
    [
        (784, 100, [100], 14, 10976),
        (784, 1024, [147] * 6 + [142], 20, 15680),
        (784, 1500, [150] * 10, 20, 15680),
        (4096, 100, [25] * 4, 4, 16384),
    ],
)
def test_e13_dense_layers_are_split(n_in, n, sizes, per_axon, words):
    assert split_dense(n_in, n) == (sizes, per_axon, words)


def test_e13_dense_layers_of_too_many_inputs():
    with pytest.raises(NcResourceError) as caught:
        split_dense(5000, 64, name="fc1")
    assert str(caught.value).splitlines() == [
        "group 'fc1' (Dense 5000->64, Loihi1NeuroCore): input axons 5000 > 4096 per core.",
        "  Splitting by neurons cannot help (each part needs all 5000 inputs).",
        "  Use population axons (weight sharing), reduce the fan-in, or insert a relay layer.",
    ]


def test_e14_time_and_energy_of_a_step():
    result = step_of_one_core()
    assert sum(part[0] for name, part in result.energy.items() if name != "static") == (
        pytest.approx(359865, abs=1e-6)
    )
    assert result.t_core[0, 0] == pytest.approx(49907.2, abs=1e-9)
    assert result.barrier == pytest.approx(147.065, abs=5e-4)
    assert result.message[0] == pytest.approx(14.7, abs=1e-12)
    assert result.t_step[0] == pytest.approx(50068.965, abs=5e-4)
    assert result.static_energy * 1e6 == pytest.approx(5.2272, abs=5e-5)
    assert result.dynamic_energy == pytest.approx(359865e-12)
    assert {name: round(float(part[0]), 6) for name, part in result.energy.items()} == {
        "synaptic": 283200.0,
        "neuron": 76448.0,
        "message": 217.0,
        "learning": 0.0,
        "static": round(104.4 * result.t_step[0], 6),
    }
    assert result.core_energy[0, 0] == pytest.approx(359865 - 217)


@pytest.mark.parametrize(
    "kind, axon_bits, same_chip, other_chip",
    [("discrete", 0, 1, 2), ("pop16", 16, 1, 2), ("pop32", 32, 2, 3)],
)
def test_e16_output_slots(kind, axon_bits, same_chip, other_chip):
    """Four compartments share a population axon, or have discrete ones of their own."""
    count, n_atoms = (1, 4) if axon_bits else (4, 1)
    group = SynapseGroup([0] * 5, [], [], n_atoms=n_atoms, axon_bits=axon_bits)
    axons = OutputAxons(0, axons=[0] * 4, atoms=range(4)) if axon_bits else OutputAxons(0)
    cells = Population("cells", Compartments(4, vth=64), synapses=[group], axons=[axons])
    network = CoreNetwork([cells])
    check_population_axons(network)
    taken = count_axons(network, 0)
    assert taken[kind] == sum(taken.values()) == count
    assert source_slots(kind, taken[kind]) == count * same_chip
    assert source_slots(kind, taken[kind], other_chip=True) == count * other_chip
