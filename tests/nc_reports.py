"""Reports of a small network on cores, without an engine."""

import numpy as np

from lavajit.neurocore.chips import chip
from lavajit.neurocore.costs import preset
from lavajit.neurocore.costs.counters import CORE_COUNTERS, NETWORK_COUNTERS
from lavajit.neurocore.metering.activity import Activity
from lavajit.neurocore.metering.meters import STEP_NUMBERS
from lavajit.neurocore.plan.board import Core, NcBoard, Part
from lavajit.neurocore.plan.groups import Convolution, Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.report.report import NcReport

#: What each part of `second` takes, by chip, and numbers of their cores.
USAGE = {
    "loihi1": {"AxonIn": 4, "Profiles": 1, "Comps": 3, "SynWords": 8, "AxonOut": 3, "Formats": 1},
    "loihi2": {"AxonIn": 4, "NeuronGr": 1, "Neurons": 3, "Synapses": 160, "AxonMap": 3},
}
CORES = (0, 1, 9)


def board(name="loihi2", chips=1, convolution=None):
    """4 neurons on a core, all to all to 6 on two cores; the last core is on the last chip."""
    first, second = NeuronGroup("first", "LIF", (4,)), NeuronGroup("second", "LIF", (2, 3))
    synapses = Synapses(
        "dense",
        "Dense",
        4,
        6,
        pointers=np.arange(0, 25, 6),
        targets=np.tile(np.arange(6, dtype=np.int32), 4),
        weights=np.ones(24, np.int32),
        convolution=convolution,
    )
    net = NcNet()
    net.groups, net.connections = [first, second], [synapses]
    net.links = [Link(first, synapses, second, np.arange(4), np.arange(6))]
    source = {"AxonMap" if name == "loihi2" else "AxonOut": 4}
    usages = (source, USAGE[name], USAGE[name])
    places = (0, 0, chips - 1)
    cores = [Core(c, k, u) for c, k, u in zip(places, CORES, usages, strict=True)]
    neurons = (np.arange(4), np.arange(3), np.arange(3, 6))
    groups = (first, second, second)
    parts = [
        Part(g, n, k, cores[k].usage) for k, (g, n) in enumerate(zip(groups, neurons, strict=True))
    ]
    return NcBoard(chip(name), net, cores, parts)


def activity(steps=10, per_step=False):
    """The same in every step: 4 spikes of core 0 reach the two others."""
    counted = Activity(3, per_step)
    now = np.zeros((3, len(CORE_COUNTERS)), np.int64)
    now[0] = (0, 4, 0, 0, 4, 0, 8, 0)
    now[1:] = (12, 2, 1, 0, 1, 4, 0, 0)
    mesh = np.zeros(len(NETWORK_COUNTERS), np.int64)
    mesh[:] = (4, 0, 4, 0)
    row = np.zeros(STEP_NUMBERS)
    row[:] = (200.0, 80.0, 20.0, 100.0, 300.0, 50.0, 0.0, 46_400.0, 2)
    counted.counts += steps * now
    counted.mesh += steps * mesh
    counted.add(np.tile(row, (steps, 1)), np.tile(now, (steps, 1, 1)))
    return counted


def report(name="loihi2", steps=10, per_step=False, chips=1, convolution=None, **costs):
    """Of `board`, after `steps` steps of `activity`."""
    done = activity(steps, per_step) if steps else None
    return NcReport(board(name, chips, convolution), preset(name, **costs), done)


CONVOLUTION = Convolution((2, 1, 1), (4, 1, 1), (2, 1, 3))
