"""Trees of compartments: random ones against a plain model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lavajit.neurocore.cores import tree_kernels
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.cores.trees import Join, OnThreshold

STEPS = 12


def run(cells, inputs, core=None):
    """Trace of compartments that receive `inputs`, shape (steps, n)."""
    steps, n = inputs.shape
    group = SynapseGroup(np.arange(steps + 1) * n, np.tile(np.arange(n), steps), inputs.ravel())
    source = SpikeSource(steps, np.arange(steps), np.arange(steps), [OutputAxons(0)])
    tree = Population("tree", cells, core or CoreRegisters(), [group])
    return CoreRunner(CoreNetwork([tree], [source])).run(steps)


def test_codes_of_kernels_are_those_of_the_enumerations():
    assert [getattr(tree_kernels, f"JOIN_{join.name}") for join in Join] == list(Join)
    names = ("SPIKE_AND_RESET", "NEVER_SPIKE", "SPIKE_AND_PASS", "SATURATE")
    assert [getattr(tree_kernels, name) for name in names] == list(OnThreshold)


def decayed(value, keep):
    return int(np.sign(value)) * (abs(value) * keep >> 12)


def reference(cells, inputs, core):
    """Voltages and spikes, compartment by compartment, in Python's integers."""
    n = cells.n
    u, v, wait = [int(x) for x in cells.u], [int(x) for x in cells.v], [0] * n
    vth, bias = [int(x) for x in cells.vth], [int(x) for x in cells.bias]
    voltages, spikes = [], []
    for row in inputs:
        passed, flags = [0] * n, [False] * n
        for i in range(n):
            u[i] = decayed(u[i], 4095 - int(cells.decay_u[i])) + int(row[i])
            children = [k for k in range(n) if cells.parents[k] == i]
            x = u[i] + bias[i]
            if children:
                x = join(cells.join[i], x, [(passed[k], flags[k]) for k in children])
            value = decayed(v[i], 4096 - int(cells.decay_v[i])) + x
            value = min(max(value, core.vmin), core.vmax)
            mode = cells.on_threshold[i]
            if mode == OnThreshold.SATURATE:
                value = min(value, vth[i])
            passed[i] = value
            if wait[i]:
                value = 0
            silent = mode in (OnThreshold.PASS, OnThreshold.SATURATE)
            flags[i] = value > vth[i] and not silent
            if flags[i]:
                wait[i] = int(cells.refract[i])
            wait[i] = max(wait[i] - 1, 0)
            v[i] = 0 if flags[i] and mode == OnThreshold.SPIKE_AND_RESET else value
        voltages.append(list(v))
        spikes.append(flags)
    return voltages, spikes


def join(operation, x, children):
    values, flags = [s for s, _ in children], [flag for _, flag in children]
    return {
        Join.SKIP: x,
        Join.ADD: x + sum(values),
        Join.MAX: max([x, *values]),
        Join.MIN: min([x, *values]),
        Join.PASS: values[-1] if flags[0] else 0,
        Join.BLOCK: 0 if any(flags) else x,
        Join.OR: x if any(flags) else 0,
        Join.AND: x if all(flags) else 0,
    }[Join(operation)]


@st.composite
def trees(draw):
    n = draw(st.integers(1, 8))
    parents, room = [-1] * n, [2] * n
    for child in range(n - 1):
        parent = draw(st.sampled_from([-1, *range(child + 1, n)]))
        if parent >= 0 and room[parent]:
            parents[child] = parent
            room[parent] -= 1

    def each(low, high):
        return draw(st.lists(st.integers(low, high), min_size=n, max_size=n))

    return Compartments(
        n,
        vth=each(0, 5000),
        decay_u=each(0, 4095),
        decay_v=each(0, 4095),
        bias=each(-3000, 3000),
        refract=each(1, 3),
        u=each(-9000, 9000),
        v=each(-9000, 9000),
        parents=parents,
        join=each(0, max(Join)),
        on_threshold=each(0, max(OnThreshold)),
    )


@settings(max_examples=60, deadline=None)
@given(trees(), st.integers(0, 2**32))
def test_random_trees(cells, seed):
    inputs = 64 * np.random.default_rng(seed).integers(-90, 90, (STEPS, cells.n))
    core = CoreRegisters(vmin=-8191, vmax=32767)
    trace = run(cells, inputs, core)
    voltages, spikes = reference(cells, inputs, core)
    assert_array_equal(trace.v, voltages)
    assert_array_equal(trace.spikes, spikes)


@pytest.mark.parametrize(
    "registers, message",
    [
        (dict(parents=[0, -1, -1, -1]), r"parents\[0\]: 0 does not come after 0"),
        (dict(parents=[-1, 0, -1, -1]), r"parents\[1\]: 0 does not come after 1"),
        (dict(parents=[3, 3, 3, -1]), "compartment 3 has 3 children, at most 2"),
        (dict(parents=[4, -1, -1, -1]), r"parents\[0\]: 4 is not in -1..3"),
        (dict(join=8), r"join\[0\]: 8 is not in 0..7"),
        (dict(on_threshold=[0, 0, 0, 4]), r"on_threshold\[3\]: 4"),
    ],
)
def test_trees_are_checked(registers, message):
    with pytest.raises(ValueError, match=message):
        Compartments(4, vth=1, **registers)


@pytest.mark.parametrize(
    "operation, expected",
    [(Join.OR, [0, 1, 1, 1]), (Join.AND, [0, 0, 0, 1]), (Join.BLOCK, [1, 0, 0, 0])],
)
def test_spikes_of_children_make_a_logical_function(operation, expected):
    inputs = np.zeros((4, 3), int)
    inputs[:, :2] = 640 * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    cells = Compartments(
        3,
        vth=64,
        decay_u=4095,
        decay_v=4096,
        bias=[0, 0, 128],
        parents=[2, 2, -1],
        join=operation,
    )
    assert_array_equal(run(cells, inputs).spikes[:, 2], expected)
