"""Networks that were trained elsewhere do on cores what the reference simulator computed."""

from pathlib import Path

import numpy as np
import pytest

from lavajit import (
    LIF,
    Conv,
    Dense,
    Loihi1HwCfg,
    Loihi2HwCfg,
    Loihi2SimCfg,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)

ROOT = Path(__file__).parents[2]
EXAMPLE, DATA = ROOT / "examples/data", ROOT / "tests/data/netx"
CONFIGS = {
    "cpu": lambda: Loihi2SimCfg(select_tag="fixed_pt"),
    "loihi1": lambda: Loihi1HwCfg(arith="lava"),
    "loihi2": lambda: Loihi2HwCfg(arith="lava"),
}
SHAPE = (784, 128, 64, 10)
#: Neurons of the first layer on a core, in the published table.
PUBLISHED_PART = 50


def layers_of(path):
    """Layers of a file: type, shape with x first, parameters of neurons, weights, bias."""
    h5py = pytest.importorskip("h5py", reason="extra 'h5py'")
    layers = []
    with h5py.File(path) as file:
        for _, layer in sorted(file["layer"].items(), key=lambda item: int(item[0])):
            found = {name: value[()] for name, value in layer.items() if name != "neuron"}
            neuron = {name: layer["neuron"][name][()] for name in ("iDecay", "vDecay", "vThMant")}
            found["neuron"] = {
                "du": int(neuron["iDecay"]) - 1,  # LIF adds 1
                "dv": int(neuron["vDecay"]),
                "vth": int(neuron["vThMant"]),
            }
            found["shape"] = tuple(int(n) for n in found["shape"][::-1])
            layers.append(found)
    return layers


def perceptron(weights, layers, image):
    """Processes of fully connected layers that see an image of spikes, (neurons, steps)."""
    out, neurons = SourceRingBuffer(data=image.astype(int)).s_out, []
    for matrix, layer in zip(weights, layers, strict=True):
        dense, lif = Dense(weights=matrix), LIF(shape=layer["shape"], **layer["neuron"])
        out.connect(dense.s_in)
        dense.a_out.connect(lif.a_in)
        neurons.append(lif)
        out = lif.s_out
    return neurons


def trained_perceptron(fill=0):
    """The network of the example; weights of 0 are replaced by `fill`."""
    layers = layers_of(EXAMPLE / "trained_mnist_network.net")
    weights = [layer["weight"].astype(int) for layer in layers]
    assert (*(matrix.shape[1] for matrix in weights), len(weights[-1])) == SHAPE
    with np.load(DATA / "trained_mnist_reference.npz") as reference:
        reference = dict(reference)
    weights = [np.where(matrix, matrix, fill) for matrix in weights]
    return perceptron(weights, layers, reference["input"]), reference


def trained_convolutions(biases):
    """Processes of three layers: inputs driven by `biases`, and two convolutions."""
    neurons = []
    for layer in layers_of(DATA / "tiny.net"):
        shape = layer["shape"]
        bias = layer["bias"].astype(int) if neurons else biases.astype(int)
        bias = np.broadcast_to(bias, shape).copy()
        lif = LIF(shape=shape, bias_mant=bias, bias_exp=6, **layer["neuron"])
        if neurons:
            # Of channels, rows and columns the file makes channels last; kernels are mirrored.
            kernel = layer["weight"][:, :, ::-1, ::-1, 0].transpose(0, 3, 2, 1).astype(int)
            stride = tuple(layer["stride"][::-1])
            conv = Conv(weight=kernel, input_shape=neurons[-1].s_out.shape, stride=stride)
            neurons[-1].s_out.connect(conv.s_in)
            conv.a_out.connect(lif.a_in)
        neurons.append(lif)
    return neurons


def rows_of(report):
    """Rows of the printed table, without the number of cores; from the last layer backwards."""
    cells = [line.split("|")[1:-2] for line in report.table(counts=True).splitlines()]
    return [tuple(map(int, row)) for row in cells if len(row) > 1 and row[0].strip().isdigit()]


# --- fully connected ------------------------------------------------------------------


@pytest.mark.parametrize("config", CONFIGS)
def test_perceptron_equals_the_reference(config):
    neurons, reference = trained_perceptron()
    steps = reference["input"].shape[1]
    with neurons[-1] as last:
        record = [lif.s_out for lif in neurons]
        result = last.run(RunSteps(steps), CONFIGS[config](), record=record)
        for number, lif in enumerate(neurons):
            np.testing.assert_array_equal(result[lif.s_out].dense().T, reference[f"spikes{number}"])
            np.testing.assert_array_equal(lif.u.get(), reference[f"u{number}"])
            np.testing.assert_array_equal(lif.v.get(), reference[f"v{number}"])
    totals = [int(reference[f"spikes{number}"].sum()) for number in range(3)]
    assert totals == [1179, 1638, 92]


def placed_as_published(fill):
    """Report of the network whose first layer is cut as in the table, and whose output is read."""
    neurons, _ = trained_perceptron(fill)
    sink = SinkRingBuffer(shape=(SHAPE[-1],), buffer=1)
    neurons[-1].s_out.connect(sink.a_in)
    config = Loihi2HwCfg(arith="lava", block_shapes={neurons[0]: (PUBLISHED_PART,)})
    with neurons[-1] as last:
        last.run(RunSteps(1), config)
        return last.runtime.nc_report


def test_perceptron_without_zeros_takes_what_was_published():
    """Lines of an MNIST classifier's table, to both decimals, from the network itself.

    The published counts are those of full matrices: 256 words are 64 rows of 10 weights, and one
    weight less in a row takes a word less. So no weight of that network was zero; zeros of the
    trained file are made small here. A part of 50 neurons is the table's; our compiler would fill
    cores with up to 61 of such rows. The last line is what 50 leave of 128.
    """
    report = placed_as_published(fill=2)
    printed = [line for line in report.table().splitlines() if "%" in line]
    assert [line.replace("|", " ").replace("%", "").split() for line in printed] == [
        "0.40 12.50 0.24 1.60 0.06 0.00 1.71 1".split(),
        "0.80 12.50 1.56 16.80 0.40 0.00 14.72 1".split(),
        "4.90 12.50 1.22 78.40 0.31 0.00 67.14 2".split(),
        "4.90 12.50 0.68 44.10 0.17 0.00 39.48 1".split(),
    ]


def test_zero_weights_of_the_perceptron_take_no_memory():
    """With its own weights, 10, 4 and 10 percent of which are 0, words are fewer; all else stays.

    A row of n weights takes 20 n bits and 8 for its header, in words of 64 bits.
    """
    full, own = (rows_of(placed_as_published(fill)) for fill in (2, 0))
    synapses = 3
    for row, with_zeros in zip(full, own, strict=True):
        others = np.delete(np.subtract(row, with_zeros), [synapses, len(row) - 1])
        assert not others.any()
    assert [row[synapses] for row in full] == [256, 2688, 12544, 7056]
    assert [row[synapses] for row in own] == [221, 2535, 11555, 6552]


# --- convolutions ---------------------------------------------------------------------

#: By chip: counts of the table's columns, without the Total that Loihi 2 has.
CONVOLUTIONS = {
    "loihi1": [(600, 1, 36, 2548, 0, 3), (675, 1, 864, 6750, 600, 15), (0, 1, 768, 0, 675, 0)],
    "loihi2": [(1, 1, 36, 3000, 0, 0), (1, 1, 864, 300, 25, 0), (0, 1, 768, 0, 225, 0)],
}


@pytest.mark.slow
@pytest.mark.parametrize("config", CONFIGS)
def test_convolutions_equal_what_they_were_trained_as(config):
    """Spikes of all layers in 15 steps, as training software computed them.

    There, all layers start at once; here each starts a step later than the one before, and its
    states are set to 0 until then.
    """
    with np.load(DATA / "tinynet.npz") as reference:
        reference = dict(reference)
    neurons, found = trained_convolutions(reference["input_bias"]), []
    with neurons[-1] as last:
        for steps, waiting in ((1, neurons[1:]), (1, neurons[2:]), (16, ())):
            record = [lif.s_out for lif in neurons]
            result = last.run(RunSteps(steps), CONFIGS[config](), record=record)
            found.append([each.dense().reshape(steps, -1) for each in result.values()])
            for state in (state for lif in waiting for state in (lif.u, lif.v)):
                state.set(np.zeros(state.shape, int))
        report = last.runtime.nc_report
    names = ("input", "layer1", "output")
    for start, name, parts in zip(range(3), names, zip(*found, strict=True), strict=True):
        expected = reference[name][0].transpose(3, 2, 1, 0)[1:]
        spikes = np.vstack(parts)[start : start + len(expected)]
        assert expected.any()
        np.testing.assert_array_equal(spikes, expected.reshape(spikes.shape))
    if config in CONVOLUTIONS:
        columns = len(CONVOLUTIONS[config][0])
        assert [row[:columns] for row in rows_of(report)] == CONVOLUTIONS[config]
