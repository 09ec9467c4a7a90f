"""Plastic synapse groups: what is checked, and random numbers of our own."""

import signal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lavajit.neurocore.cores import running
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.learning import ErrorLearning, error_registers
from lavajit.neurocore.cores.registers import Compartments
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup

RULE = dict(tau=4, impulse=30.5, trace_epoch=2, weight_epoch=4, rate=1, rate_exponent=-5)


def network(n=4, **tables):
    table = dict(pointers=np.arange(3) * n, targets=np.tile(np.arange(n), 2))
    group = SynapseGroup(
        **table | dict(weights=np.full(2 * n, 640), learning=ErrorLearning(**RULE)) | tables
    )
    cells = Population("cells", Compartments(n, vth=5000), synapses=[group])
    times = np.arange(40)
    return CoreNetwork([cells], [SpikeSource(2, times, times % 2, [OutputAxons(0)])])


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
    with pytest.raises(
        ValueError, match="uniforms: 9 of the recorded ones are left, 12 are needed"
    ):
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


def test_recorded_errors(neurocore_data):
    with np.load(neurocore_data / "tab_pes_error.npz") as stored:
        assert_array_equal(error_registers(stored["e"], float(stored["scale"])), stored["out"])


def test_errors_are_rounded_half_to_even_and_finite():
    assert_array_equal(error_registers([0.5, 1.5, -2.5, -300.0], 1), [0, 2, -2, -127])
    with pytest.raises(ValueError, match="finite"):
        error_registers([np.nan], 1)


@pytest.mark.parametrize("recorded", [False, True])
def test_an_interrupted_run_goes_on_with_the_numbers_it_has_not_used(monkeypatch, recorded):
    uniforms = np.random.default_rng(1).random(60) if recorded else None
    errors = np.random.default_rng(2).integers(-100, 100, (20, 2))
    whole, cut = (CoreRunner(network(), seed=5, uniforms=uniforms) for _ in range(2))
    whole.run(20, {(0, 0): errors})
    interrupt_after(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        cut.run(20, {(0, 0): errors})
    monkeypatch.undo()
    done = cut.step
    assert 2 < done < 20
    cut.run(20 - done, {(0, 0): errors[done:]})
    assert_array_equal(whole.plastic[0, 0].weights, cut.plastic[0, 0].weights)
    assert_array_equal(whole.plastic[0, 0].trace, cut.plastic[0, 0].trace)


def interrupt_after(monkeypatch, calls):
    """Press Ctrl-C while the native loop runs for the time `calls`, in chunks of few steps."""
    loop, left = running.native_loop(), [calls]

    def interrupted(*addresses):
        left[0] -= 1
        if not left[0]:
            signal.raise_signal(signal.SIGINT)
        return loop(*addresses)

    monkeypatch.setattr(running, "native_loop", lambda: interrupted)
    monkeypatch.setattr(running, "CHUNK_GROWTH", 3.0)
