"""Networks of layers, described as models describe them to neurocores."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.plan.groups import Convolution, HostInput, Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet


def lif(net, name, shape, *, vth=640, core=None, per_neuron=1, **registers):
    """A group of LIF compartments; `shape` may be a number."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    n = int(np.prod(shape))
    extra = {} if core is None else {"core": core}
    compartments = Compartments(n, vth, **registers)
    group = NeuronGroup(name, "LIF", shape, compartments, per_neuron=per_neuron, **extra)
    net.groups.append(group)
    return group


def neurons(net, name, shape, **described):
    """A group that runs a program of Loihi 2."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    group = NeuronGroup(name, "Sigma", shape, program=object(), **described)
    net.groups.append(group)
    return group


def connect(net, source, target, pairs=None, *, name="dense", kind="Dense", n_in=None, **described):
    """Synapses from a group, or from that many host inputs; `pairs` (input, target), or all."""
    if isinstance(source, int):
        source = HostInput("host", "Host", source)
    n_in = n_in or source.n
    if pairs is None:
        inputs = np.repeat(np.arange(n_in), target.n)
        targets = np.tile(np.arange(target.n), n_in)
    else:
        inputs, targets = (np.asarray(each) for each in pairs)
        order = np.argsort(inputs, kind="stable")
        inputs, targets = inputs[order], targets[order]
    described.setdefault("weights", np.ones(targets.size, np.int32))
    synapses = Synapses(
        name,
        kind,
        n_in,
        target.n,
        np.searchsorted(inputs, np.arange(n_in + 1)),
        targets.astype(np.int32),
        **described,
    )
    net.connections.append(synapses)
    link = Link(source, synapses, target, np.arange(n_in) % source.n, np.arange(target.n))
    net.links.append(link)
    return link


def dense_net(n_in, n, **described):
    """One dense layer behind host inputs, its spikes read by the host."""
    net = NcNet()
    group = lif(net, "fc1", n)
    connect(net, n_in, group, **described)
    net.host_outputs.append((group, "sink"))
    return net


def convolve(net, source, target, kernel, *, name="conv", inputs=None, pairs=None, **described):
    """A convolution that is listed by one synapse for each target; its words need its shape only.

    `inputs` is the (X, Y, C) of the source, default its shape.
    """
    shape = tuple(inputs or source.shape)
    n_in = int(np.prod(shape))
    if pairs is None:
        pairs = (np.arange(target.n) * n_in // target.n, np.arange(target.n))
    convolution = Convolution(kernel, shape, target.shape)
    return connect(
        net,
        source,
        target,
        pairs,
        name=name,
        kind="Conv",
        n_in=n_in,
        convolution=convolution,
        **described,
    )


def true_convolution(shape, channels, size, seed=0):
    """(input, target) pairs and weights of a convolution without padding, (X, Y, C) arrays."""
    x_in, y_in, c_in = shape
    x_out, y_out = x_in - size + 1, y_in - size + 1
    kernel = np.random.default_rng(seed).integers(1, 100, (channels, size, size, c_in))
    grid = np.meshgrid(*map(np.arange, (x_out, y_out, channels, size, size, c_in)), indexing="ij")
    x, y, c, i, j, k = (each.ravel() for each in grid)
    inputs = np.ravel_multi_index((x + i, y + j, k), shape)
    targets = np.ravel_multi_index((x, y, c), (x_out, y_out, channels))
    return (inputs, targets), kernel[c, i, j, k], (x_out, y_out, channels)
