"""Networks compiled to cores: published and recorded counts come out of networks."""

import dataclasses
import logging

import numpy as np
import pytest
from neurocore_nets import connect, convolve, dense_net, lif, neurons, true_convolution

from lavajit.neurocore.chips import LOIHI1, LOIHI2, utilisation
from lavajit.neurocore.cores.registers import CoreRegisters
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.plan.board_table import table
from lavajit.neurocore.plan.compile import compile_net
from lavajit.neurocore.plan.groups import LearningNeeds
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.placement import split_dense


def printed(board, group):
    (used,) = {tuple(part.usage.items()) for part in board.parts_of(group)}
    return " ".join(f"{each:.2f}" for each in utilisation("loihi2", dict(used)).values())


# --- published tables of Loihi 2 ----------------------------------------------------------


def test_published_dense_layers_of_loihi_2():
    net = NcNet()
    hidden, output, first = (
        neurons(net, name, n) for name, n in zip("abc", (64, 10, 50), strict=True)
    )
    connect(net, 128, hidden)
    connect(net, hidden, output)
    connect(net, 784, first)
    net.host_outputs += [(output, "sink"), (first, "sink")]
    board = compile_net(net, "loihi2")
    assert printed(board, output) == "0.40 12.50 0.24 1.60 0.06 0.00 1.71"
    assert printed(board, hidden) == "0.80 12.50 1.56 16.80 0.40 0.00 14.72"
    assert printed(board, first) == "4.90 12.50 1.22 78.40 0.31 0.00 67.14"


#: Kernel, width of the row, channels, weight bits, cores that each place reaches, what is printed.
CONVOLUTIONS = [
    ((3, 3, 256), 56, 64, 5, [2] * 28 + [1] * 28, "0.01 12.50 87.52 86.40 0.35 0.17 87.47"),
    ((1, 1, 512), 14, 256, 5, [5] * 14, "0.01 12.50 87.52 67.20 0.09 0.35 72.04"),
    ((3, 3, 32), 56, 64, 5, [2] * 28 + [1] * 28, "0.01 12.50 87.52 10.80 0.35 0.17 26.99"),
    ((3, 3, 3), 224, 16, 6, [2, 1] * 112, "0.01 12.50 87.52 0.34 1.40 0.70 19.88"),
]


@pytest.mark.parametrize(
    ("kernel", "width", "channels", "bits", "reached", "expected"), CONVOLUTIONS
)
def test_published_convolutions_of_loihi_2(kernel, width, channels, bits, reached, expected):
    net = NcNet()
    group = neurons(net, "conv", (1, width, channels))
    following = neurons(net, "next", (max(reached), 1, 1))
    n_in = width * kernel[2]
    convolve(net, n_in, group, kernel, inputs=(1, width, kernel[2]), bits=SynapseBits(bits))
    place = np.repeat(np.arange(width), reached)
    part = np.concatenate([np.arange(count) for count in reached])
    convolve(net, group, following, (1, 1, channels), pairs=(place * channels, part))
    board = compile_net(net, "loihi2", block_shapes={"next": (1, 1, 1)})
    assert printed(board, group) == expected


def test_two_published_groups_on_a_core_of_loihi_2():
    net = NcNet()
    for name in "ab":
        group = neurons(net, name, (56, 1, 24))
        convolve(
            net, 512, group, (1, 1, 512), name=f"to_{name}", inputs=(1, 1, 512), bits=SynapseBits(7)
        )
        net.host_outputs.append((group, "sink"))
    board = compile_net(net, "loihi2", packing="first_fit")
    (core,) = board.cores
    used = " ".join(f"{each:.2f}" for each in utilisation("loihi2", core.usage).values())
    assert used == "0.01 25.00 65.64 19.20 16.80 0.00 42.26"


def test_convolutions_are_split_by_channels_until_the_kernel_fits_and_then_by_rows():
    net = NcNet()
    group = neurons(net, "conv", (56, 56, 64))
    large = neurons(net, "large", (6, 4, 512))
    convolve(net, 56 * 56 * 256, group, (3, 3, 256), inputs=(56, 56, 256), bits=SynapseBits(5))
    convolve(net, 24 * 512, large, (3, 3, 512), name="wide", inputs=(6, 4, 512))
    board = compile_net(net, "loihi2")
    assert [part.neurons.size for part in board.parts_of(group)] == [56 * 64] * 56
    # 4608 * 3 words are one kernel of 16 channels.
    parts = board.parts_of(large)
    assert [part.neurons.size for part in parts] == [24 * 16] * 32
    assert {part.usage["Synapses"] for part in parts} == {13824}
    assert "Conv(1, 56, 64)" in table(board) and "Conv(6, 4, 16)" in table(board)


# --- Loihi 1 ------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_in", "n"), [(784, 100), (784, 1024), (784, 1500), (4096, 100)])
def test_dense_layers_of_loihi_1(n_in, n):
    board = compile_net(dense_net(n_in, n), "loihi1")
    expected = split_dense(n_in, n)
    assert [part.neurons.size for part in board.parts] == expected.sizes
    assert max(part.usage["SynWords"] for part in board.parts) == expected.words
    assert {part.usage["AxonIn"] for part in board.parts} == {n_in}
    assert all(part.usage["AxonOut"] == part.usage["Comps"] for part in board.parts)


def test_delays_and_helpers_leave_room_for_fewer_neurons():
    net = NcNet()
    group = lif(net, "delayed", 512)
    connect(net, 1, group, bits=SynapseBits(8, 5), delays=np.full(512, 30, np.int32))
    lif(net, "helped", 1024, per_neuron=2)
    board = compile_net(net, "loihi1")
    assert [part.usage["Comps"] for part in board.parts] == [256, 256, 1024, 1024]


def test_plastic_axons_take_two_slots():
    board = compile_net(dense_net(100, 8, learning=LearningNeeds(epoch=2)), "loihi1")
    assert board.parts[0].usage["AxonIn"] == 200


def test_registers_need_profiles():
    net = NcNet()
    lif(net, "mixed", 64, decay_u=np.arange(64), vth=64 * (1 + np.arange(64) // 32))
    board = compile_net(net, "loihi1")
    assert [part.usage["Profiles"] for part in board.parts] == [32, 32]


def test_sources_share_the_rows_of_the_synapses_they_send_through():
    net = dense_net(16, 8)
    link = net.links[0]
    words = compile_net(net, "loihi1").parts[0].usage["SynWords"]
    net.links.append(dataclasses.replace(link))
    both = compile_net(net, "loihi1").parts[0].usage
    assert (both["AxonIn"], both["SynWords"]) == (32, words)


def test_convolutions_take_fewer_words_than_the_same_weights_without():
    pairs, weights, shape = true_convolution((10, 10, 4), 8, 3)
    used = []
    for join in (convolve, lambda *args, inputs, **rest: connect(*args[:3], n_in=400, **rest)):
        net = NcNet()
        group = lif(net, "conv", shape)
        order = np.lexsort((pairs[1], pairs[0]))
        pairs, weights = tuple(each[order] for each in pairs), weights[order]
        join(net, 400, group, (3, 3, 4), inputs=(10, 10, 4), pairs=pairs, weights=weights)
        used.append(compile_net(net, "loihi1").parts[0].usage)
    assert used[0]["AxonIn"] == used[1]["AxonIn"] == 400
    assert used[0]["SynWords"] < used[1]["SynWords"] / 3


def fan_out(n, parts):
    net = NcNet()
    source, target = lif(net, "source", n), lif(net, "target", 64 * parts)
    connect(net, source, target)
    return net


def test_groups_with_too_many_output_axons_are_split_further(caplog):
    net = fan_out(1024, 8)
    with caplog.at_level(logging.INFO, "lavajit.neurocore"):
        board = compile_net(net, "loihi1", block_shapes={"target": (64,)})
    source = board.parts_of(net.groups[0])
    assert [part.usage["AxonOut"] for part in source] == [4096, 4096]
    assert board.iterations == 2
    assert "Partitioning converged after iteration=2" in caplog.text


def test_axons_to_other_chips_take_two_slots():
    net = fan_out(256, 8)
    shapes = {"target": (64,)}
    near = compile_net(net, "loihi1", block_shapes=shapes)
    far = compile_net(
        net, "loihi1", block_shapes=shapes, n_chips=2, board="KapohoBay", allocator="round_robin"
    )
    assert (near.chips, far.chips) == (1, 2)
    assert [each.parts[0].usage["AxonOut"] for each in (near, far)] == [2048, 2048 + 4 * 256]


# --- packing and placement ----------------------------------------------------------------


def test_packing_fills_cores_with_what_may_share_them():
    net = NcNet()
    noisy = CoreRegisters(noise_exponent=9)
    for name, core, noise in (("a", None, False), ("b", noisy, True), ("c", None, False)):
        lif(net, name, 400, core=core, noise=noise)
    lif(net, "d", 400, core=CoreRegisters(vmin=-511))
    assert len(compile_net(net, "loihi1").cores) == 4
    board = compile_net(net, "loihi1", packing="first_fit")
    assert [part.core for part in board.parts] == [0, 1, 0, 2]
    assert board.cores[0].usage["Comps"] == 800
    assert table(board, counts=True).count("Profiles") == 1


def test_groups_that_shall_share_a_core():
    net = NcNet()
    for name in "abc":
        lif(net, name, 10)
    board = compile_net(net, "loihi1", packing=[["c", "a"]])
    assert [part.core for part in board.parts] == [0, 1, 0]


def test_neighbours_come_to_one_chip_and_the_board_says_where_all_neurons_are():
    net = NcNet()
    groups = [lif(net, f"g{i}", 2048) for i in range(3)]
    connect(net, groups[2], groups[0], (np.arange(2048), np.arange(2048)))
    chip = dataclasses.replace(
        LOIHI1,
        chip=dataclasses.replace(
            LOIHI1.chip, usable_cores=dataclasses.replace(LOIHI1.chip.usable_cores, value=4)
        ),
    )
    board = compile_net(net, chip)
    assert [(core.chip, core.number) for core in board.cores] == [
        (0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1),
    ]  # fmt: skip
    for group in groups:
        home = board.home(group)
        for part in board.parts_of(group):
            assert set(home[part.neurons]) == {part.core} and (np.diff(part.neurons) > 0).all()
    again = compile_net(net, chip)
    assert [part.core for part in again.parts] == [part.core for part in board.parts]


@pytest.mark.parametrize("packing", ["one_per_core", "first_fit"])
def test_axons_are_the_destinations_of_the_board(packing):
    rng = np.random.default_rng(3)
    net = NcNet()
    first, second = lif(net, "first", 60), lif(net, "second", 90)
    for source, target in ((first, second), (second, second), (second, first)):
        pairs = np.nonzero(rng.random((source.n, target.n)) < 0.1)
        connect(net, source, target, pairs)
    board = compile_net(
        net, "loihi1", packing=packing, block_shapes={"first": (13,), "second": (29,)}
    )
    for group in (first, second):
        sent = sum(part.usage["AxonOut"] for part in board.parts_of(group))
        links = [link for link in net.links if link.source is group]
        messages = sum(board.destinations(link).pointers[-1] for link in links)
        # Parts of a group on one core are reached by one message, but have axons of their own.
        assert sent == messages if packing == "one_per_core" else sent >= messages
    assert sum(core.usage["AxonIn"] for core in board.cores) == sum(
        core.usage["AxonOut"] for core in board.cores
    )


def test_nothing_to_compile():
    board = compile_net(NcNet(), "loihi2")
    assert (board.cores, board.parts, board.chips) == ([], [], 0)
    assert "| Total" in table(board)


# --- table --------------------------------------------------------------------------------

TABLE = """\
Per core utilization:
-------------------------------------------------------------------------
| AxonIn |NeuronGr| Neurons|Synapses| AxonMap| AxonMem|  Total |  Cores |
|-----------------------------------------------------------------------|
|   0.40%|  12.50%|   0.24%|   1.60%|   0.06%|   0.00%|   1.71%|       1|
|-----------------------------------------------------------------------|
| Total                                                        |       1|
-------------------------------------------------------------------------"""

COUNTS = """\
Per core distribution:
----------------------------------------------------------------
| AxonIn |Profiles|  Comps |SynWords| AxonOut| Formats|  Cores |
|--------------------------------------------------------------|
|     784|       1|     147|   15680|     147|       2|       6|
|     784|       1|     142|   14896|     142|       2|       1|
|--------------------------------------------------------------|
| Total                                               |       7|
----------------------------------------------------------------"""


def test_tables():
    assert table(compile_net(dense_net(64, 10), "loihi2")) == TABLE
    assert table(compile_net(dense_net(784, 1024), "loihi1"), counts=True) == COUNTS


# --- assumptions --------------------------------------------------------------------------


def test_limits_that_are_assumed_are_noted_or_refused():
    words = dataclasses.replace(LOIHI2.core.synapse_words, value=2000, quality="assumed")
    chip = dataclasses.replace(LOIHI2, core=dataclasses.replace(LOIHI2.core, synapse_words=words))
    net = dense_net(128, 64)
    board = compile_net(net, chip)
    assert len(board.cores) == 2
    (note,) = board.notes
    assert note.startswith("group 'fc1' is in 2 parts because of synapse_words = 2000 words")
    with pytest.raises(ValueError, match="strict=True allows no such limit"):
        compile_net(net, chip, strict=True)
    assert compile_net(net, "loihi2", strict=True).notes == ()
    plastic = dense_net(4, 4, learning=LearningNeeds(2, words=129))
    (note,) = compile_net(plastic, "loihi1").notes
    assert "129 words of learning rules > 128" in note
    state = NcNet()
    neurons(state, "large", 4, words=513)
    (note,) = compile_net(state, "loihi2").notes
    assert "4104 bytes of state per neuron > 4096" in note and "unverified" in note
