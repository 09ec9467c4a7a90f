"""Plastic synapse groups: what is checked, and random numbers of our own."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lavajit.neurocore import kernels
from lavajit.neurocore.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.learning import ErrorLearning
from lavajit.neurocore.registers import Compartments
from lavajit.neurocore.step import CoreRunner
from lavajit.neurocore.synapses import SynapseGroup

RULE = dict(tau=4, impulse=30.5, trace_epoch=2, weight_epoch=4, rate=1, rate_exponent=-5)


def network(n=4, **tables):
    table = dict(pointers=np.arange(3) * n, targets=np.tile(np.arange(n), 2))
    group = SynapseGroup(
        **table | dict(weights=np.full(2 * n, 640), learning=ErrorLearning(**RULE)) | tables
    )
    cells = Population("cells", Compartments(n, vth=5000), synapses=[group])
    times = np.arange(40)
    return CoreNetwork([cells], [SpikeSource(2, times, times % 2, [OutputAxons(0)])])


@pytest.mark.parametrize(
    "value, uniform, expected",
    [
        (3.25, 0.1, 4),
        (3.25, 0.25, 3),
        (3.25, 0.9, 3),
        (-3.25, 0.1, -4),
        (0.0, 0.0, 0),
    ],
)
def test_rounding_by_chance(value, uniform, expected):
    assert kernels.round_by_chance(value, uniform) == expected


@pytest.mark.parametrize("uniform, expected", [(0.0, 1152), (0.8, 1152), (0.9, 1024)])
def test_weight_update(uniform, expected):
    """Weight 1280, trace 40, error 30 of the first half: change -300, 8.83 stored units."""
    rule = ErrorLearning(1e9, 40.0, 1, 1, 1, -7)
    group = SynapseGroup([0, 1], [0], [1280], learning=rule)
    cells = Population("cells", Compartments(2, vth=5000), synapses=[group])
    source = SpikeSource(1, [0], [0], [OutputAxons(0)])
    runner = CoreRunner(CoreNetwork([cells], [source]), uniforms=[0.5, uniform])
    runner.run(1, {(0, 0): np.array([[30]])})
    assert_array_equal(runner.plastic[0, 0].trace, [40])
    assert_array_equal(runner.plastic[0, 0].weights, [expected])


def test_traces_end_at_127():
    rule = ErrorLearning(1.0, 130.0, 1, 63, 1, -7)
    group = SynapseGroup([0, 1], [0], [1280], learning=rule)
    cells = Population("cells", Compartments(2, vth=5000), synapses=[group])
    source = SpikeSource(1, [0], [0], [OutputAxons(0)])
    runner = CoreRunner(CoreNetwork([cells], [source]), uniforms=[0.5])
    runner.run(1, {(0, 0): np.zeros((1, 1), int)})
    assert_array_equal(runner.plastic[0, 0].trace, [127])


def test_own_random_numbers_do_not_depend_on_how_a_run_is_cut():
    errors = np.random.default_rng(2).integers(-100, 100, (24, 2))
    whole, parts, other = (CoreRunner(network(), seed=seed) for seed in (5, 5, 6))
    whole.run(24, {(0, 0): errors})
    other.run(24, {(0, 0): errors})
    for start, end in ((0, 3), (3, 4), (4, 17), (17, 24)):
        parts.run(end - start, {(0, 0): errors[start:end]})
    weights = whole.plastic[0, 0].weights
    assert_array_equal(weights, parts.plastic[0, 0].weights)
    assert (weights != 640).any() and (weights != other.plastic[0, 0].weights).any()
    assert (weights % 128 == 0).all()


@pytest.mark.parametrize(
    "errors, message",
    [
        (None, r"errors: expected for groups \[\(0, 0\)\].*got \[\]"),
        ({(0, 0): np.zeros((4, 4), int)}, r"shape \(4, 2\), got int64 of shape \(4, 4\)"),
        ({(0, 0): np.zeros((4, 2))}, "expected whole numbers"),
        ({(0, 0): np.full((4, 2), 128)}, "not in -127..127"),
    ],
)
def test_errors_are_checked(errors, message):
    runner = CoreRunner(network())
    with pytest.raises(ValueError, match=message):
        runner.run(4, errors)
    assert runner.step == 0


def test_recorded_numbers_end():
    runner = CoreRunner(network(), uniforms=np.zeros(9))
    with pytest.raises(ValueError, match="uniforms: 9 are recorded, 12 are needed"):
        runner.run(4, {(0, 0): np.zeros((4, 2), int)})


@pytest.mark.parametrize(
    "tables, message",
    [
        (dict(n=3), "'cells', synapse group 0.*even number of compartments, got 3"),
        (dict(axon_rows=[1, 0]), "each axon has a list of its own"),
        (dict(bases=[0, -1]), "each axon has a list of its own"),
        (dict(exponent=0), "a plastic group receives binary spikes"),
    ],
)
def test_plastic_groups_are_checked(tables, message):
    with pytest.raises(ValueError, match=message):
        network(**tables)


@pytest.mark.parametrize(
    "values, message",
    [
        (dict(tau=0), "tau and impulse"),
        (dict(impulse=np.inf), "tau and impulse"),
        (dict(trace_epoch=0), "trace_epoch.*0 is not in 1..63"),
        (dict(rate=200), "rate.*200"),
        (dict(unused_bits=9), "unused_bits"),
    ],
)
def test_rules_are_checked(values, message):
    with pytest.raises(ValueError, match=message):
        ErrorLearning(**RULE | values)
