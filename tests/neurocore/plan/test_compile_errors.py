"""What cannot be put on a chip, and what is said about it."""

import numpy as np
import pytest
from neurocore_nets import connect, dense_net, lif, neurons

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.cores.registers import CoreRegisters
from lavajit.neurocore.errors import NcCompileError, NcFeatureError, NcResourceError, NcValueError
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.plan.compile import compile_net
from lavajit.neurocore.plan.groups import LearningNeeds
from lavajit.neurocore.plan.net import NcNet


def refused(error, net, chip="loihi1", **options):
    """Lines of the error."""
    before = len(net.groups), len(net.links)
    with pytest.raises(error) as caught:
        compile_net(net, chip, **options)
    assert type(caught.value) is error
    assert (len(net.groups), len(net.links)) == before
    return str(caught.value).splitlines()


def lif_net(**registers):
    net = NcNet()
    lif(net, "lif2", registers.pop("n", 4), **registers)
    return net


# --- resources ----------------------------------------------------------------------------


def test_more_inputs_than_a_core_has_axons():
    assert refused(NcResourceError, dense_net(5000, 64)) == [
        "group 'fc1' (Dense 5000->64, Loihi1NeuroCore): input axons 5000 > 4096 per core.",
        "  Splitting by neurons cannot help (each part needs all 5000 inputs).",
        "  Use population axons (weight sharing), reduce the fan-in, or insert a relay layer.",
    ]
    # A single neuron is enough, and plastic inputs count twice.
    net = dense_net(3000, 2, pairs=(np.arange(3000), np.ones(3000, int)))
    compile_net(net, "loihi1")
    plastic = {"learning": LearningNeeds(1)}
    net = dense_net(3000, 2, pairs=(np.arange(3000), np.ones(3000, int)), **plastic)
    assert refused(NcResourceError, net)[1] == (
        "  Splitting by neurons cannot help (neuron 1 alone needs 6000 inputs)."
    )
    assert "Loihi2NeuroCore): input axons 16001 > 16000" in "".join(
        refused(NcResourceError, dense_net(16001, 1), "loihi2")
    )


def test_more_cores_than_the_board_has():
    net = NcNet()
    for name, cores in (("in", 15), ("conv2", 40), ("conv3", 56), ("fc", 20)):
        lif(net, name, cores * 1024)
    first = "network needs 131 cores, board has 128 (1 x Loihi1, 128 cores)."
    largest = "  Largest groups: 'conv3' 56, 'conv2' 40, 'fc' 20.  "
    assert refused(NcResourceError, net, n_chips=1) == [
        first,
        f"{largest}Set n_chips=2 or reduce num_weight_bits.",
    ]
    assert compile_net(net, "loihi1", board="kapohobay").chips == 2
    net = NcNet()
    neurons(net, "all", 121 * 4095)
    lines = refused(NcResourceError, net, "loihi2", board="OheoGulch")
    assert "Use a board of 2 chips or reduce num_weight_bits." in lines[1]


def test_blocks_that_are_too_large():
    net = dense_net(784, 1024)
    assert refused(NcResourceError, net, block_shapes={"fc1": (256,)}) == [
        "group 'fc1' part 0: synaptic memory 26656 words > 16384 (Loihi1).",
        "  words per axon 34, axons 784, exact count. Minimum parts that fit: 7.",
    ]
    assert "group 'lif2' part 0: compartments 2048 > 1024 (Loihi1)." in refused(
        NcResourceError, lif_net(n=2048), block_shapes={"lif2": (2048,)}
    )


def test_groups_that_no_split_makes_fit():
    # A neuron with axons to 4097 parts.
    net = NcNet()
    source, target = lif(net, "source", 1), lif(net, "target", 4097)
    connect(net, source, target)
    lines = refused(NcResourceError, net, block_shapes={"target": (1,)})
    assert lines[0] == "group 'source' part 0: output axon slots 4097 > 4096 (Loihi1)."
    assert "No number of parts fits" in lines[1]


def test_slots_that_other_chips_need():
    net = NcNet()
    source, target = lif(net, "source", 64), lif(net, "target", 64)
    connect(net, source, target)
    blocks = {"source": (64,), "target": (1,)}
    options = {"n_chips": 2, "allocator": "round_robin", "block_shapes": blocks}
    lines = refused(NcResourceError, net, **options)
    assert lines[0] == "group 'source' part 0: output axon slots 6144 > 4096 (Loihi1)."
    assert "Axons to other chips take two slots" in lines[1]
    # Left to itself, the compiler makes room.
    del blocks["source"]
    board = compile_net(net, "loihi1", **options)
    assert [part.neurons.size for part in board.parts_of(source)] == [32, 32]


def test_more_groups_than_a_core_has():
    net = NcNet()
    names = [f"g{i}" for i in range(9)]
    for name in names:
        neurons(net, name, 4)
    (line,) = refused(NcResourceError, net, "loihi2", packing=[names])
    assert line.startswith("core 0: 9 neuron groups > 8 (Loihi2). Groups: 'g0', 'g1'")
    assert len(compile_net(net, "loihi2", packing="first_fit").cores) == 2


def test_registers_that_groups_cannot_share():
    net = lif_net()
    lif(net, "other", 4, core=CoreRegisters(vmin=0))
    (line,) = refused(NcCompileError, net, packing=[["lif2", "other"]])
    assert "core 0: groups with unequal vmin" in line
    assert (
        "packing: 'nobody' is not a group" in refused(NcCompileError, net, packing=[["nobody"]])[0]
    )


# --- values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registers", "text"),
    [
        ({"vth": 140000 << 6}, "'lif2'.vth: mantissa 140000 > 131071."),
        ({"vth": 0}, "'lif2'.vth: mantissa 0 < 1."),
        ({"vth": 100}, "'lif2'.vth: 100 is no multiple of 64 (mantissa << 6)."),
        ({"bias": 4097}, "'lif2'.bias: 4097 is no mantissa -4096..4095 << exponent 0..7."),
        ({"decay_v": 4096}, "'lif2'.decay_v: 4096 > 4095."),
        ({"refract": [1, 1, 64, 1]}, "'lif2'.refract: 64 > 63. (1 of 4 values)"),
        ({"core": CoreRegisters(vmin=-500)}, "'lif2'.vmin: -500 is no -2^k + 1 with k in 0..31."),
        ({"core": CoreRegisters(vmax=7)}, "'lif2'.vmax: 7 is no 2^(9 + 2k) - 1 with k in 0..7."),
        (
            {"core": CoreRegisters(noise_exponent=0), "noise": True},
            "'lif2'.noise_exponent: 0 < 1.",
        ),
    ],
)
def test_registers_of_neurons(registers, text):
    assert refused(NcValueError, lif_net(**registers))[0] == text
    # Of the second generation these widths are not known.
    compile_net(lif_net(**registers), "loihi2")


@pytest.mark.parametrize("bias", [4095 << 7, -4096 << 7, 8190])
def test_biases_with_exponents(bias):
    assert compile_net(lif_net(bias=bias), "loihi1").parts


@pytest.mark.parametrize(
    ("described", "text"),
    [
        (
            {"bits": SynapseBits(8, 6), "delays": np.full(4, 70, np.int32)},
            "'dense1'.delays: 70 > 62 (Loihi1, delay_bits=6).",
        ),
        (
            {"bits": SynapseBits(8, 3), "delays": np.array([0, 1, 7, 7], np.int32)},
            "'dense1'.delays: 7 > 6 (Loihi1, delay_bits=3). (2 of 4 values)",
        ),
        (
            {"bits": SynapseBits(7)},
            "'dense1'.num_weight_bits: 7 is none of 0, 1, 2, 3, 4, 5, 6, 8.",
        ),
        ({"bits": SynapseBits(8, 0, 4)}, "'dense1'.tag_bits: 4 > 3."),
        ({"weight_exponent": 8}, "'dense1'.weight_exp: 8 > 7."),
        ({"weights": np.full(4, 300)}, "'dense1'.weights: 300 > 255."),
        ({"sign_mode": SignMode.INHIBITORY}, "'dense1'.weights: 1 > 0."),
        ({"learning": LearningNeeds(64)}, "'dense1'.epoch: 64 > 63."),
    ],
)
def test_values_of_synapses(described, text):
    net = dense_net(2, 2, name="dense1", **described)
    assert refused(NcValueError, net)[0] == text


def test_delays_of_loihi_2():
    delays = {"bits": SynapseBits(8, 6), "delays": np.full(4, 63, np.int32)}
    compile_net(dense_net(2, 2, **delays), "loihi2")
    delays["delays"] = np.full(4, 64, np.int32)
    (line,) = refused(NcValueError, dense_net(2, 2, name="slow", **delays), "loihi2")
    assert line == "'slow'.delays: 64 > 63 (Loihi2, delay_bits=6)."


def test_violations_of_a_group_are_told_together():
    lines = refused(NcValueError, lif_net(n=12, refract=np.arange(64, 76), decay_u=4096))
    assert lines[0] == "'lif2'.decay_u: 4096 > 4095."
    assert lines[1] == "'lif2'.refract: 64 > 63. (1 of 12 values)"
    assert len(lines) == 11 and lines[-1] == "and 3 more"


# --- features -----------------------------------------------------------------------------


def test_programs_and_graded_spikes_need_loihi_2():
    net = NcNet()
    neurons(net, "sdn1", 4)
    assert refused(NcFeatureError, net) == [
        "'sdn1' runs a neuron program (Sigma); Loihi1NeuroCore has LIF compartments only."
    ]
    net = NcNet()
    neurons(net, "sdn1", 4, message_bits=16)
    assert (
        "'sdn1' sends graded spikes (num_message_bits=16); Loihi1NeuroCore has binary spikes only."
        in refused(NcFeatureError, net)
    )
    compile_net(net, "loihi2")
    graded = dense_net(2, 2, name="dense1", message_bits=8)
    assert refused(NcFeatureError, graded)[0].startswith("'dense1' receives graded spikes")
    # What the CPU writes to accumulators itself is no spike.
    compile_net(dense_net(2, 2, kind="adapter", message_bits=16), "loihi1")


def test_learning_that_a_core_cannot_do():
    net = dense_net(2, 2, name="ld1", learning=LearningNeeds(2, pretraces=4))
    assert refused(NcFeatureError, net) == [
        "learning group 'ld1' needs 4 pre-trace configurations, core has 3."
    ]
    net = dense_net(2, 2, name="ld1", learning=LearningNeeds(2, pretraces=2))
    connect(net, 2, net.groups[0], name="ld2", learning=LearningNeeds(3, pretraces=2))
    assert refused(NcValueError, net) == [
        "learning epochs of a core must be equal: 'ld1' 2, 'ld2' 3.",
        "learning groups 'ld1', 'ld2' need 4 pre-trace configurations, core has 3.",
    ]


# --- options ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"board": "Desk"}, "board: 'Desk' is none of KapohoBay, Nahuku"),
        ({"allocator": "best"}, "allocator: 'best' is none of greedy"),
        ({"packing": "tight"}, "packing: 'tight' is none of one_per_core, first_fit"),
        ({"n_chips": 3, "board": "KapohoBay"}, "3 chips cannot be used, KapohoBay has 2"),
        ({"n_chips": 0}, "0 chips cannot be used, expected 1 or more"),
        ({"block_shapes": {"lif": (2,)}}, "no group is called 'lif'; there are 'lif2'"),
        ({"block_shapes": {"lif2": (2, 2)}}, r"block_shapes\['lif2'\]: \(2, 2\) does not tile"),
    ],
)
def test_options(options, text):
    with pytest.raises(ValueError, match=text):
        compile_net(lif_net(), "loihi1", **options)
