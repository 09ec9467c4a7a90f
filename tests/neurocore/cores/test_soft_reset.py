"""Neurons that subtract their threshold, made of two compartments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lavajit.neurocore.arithmetic.arrays import decay
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.learning import ErrorLearning
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.cores.soft_reset import reset_weights, soft_reset
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.errors import NcCompileError, NcValueError

ERRORS = ErrorLearning(tau=4, impulse=1.0, trace_epoch=1, weight_epoch=1, rate=1, rate_exponent=0)


def test_the_threshold_is_subtracted_a_step_after_the_spike():
    rng = np.random.default_rng(8)
    vth = np.array([640, 64 * 255, 64 * 300, 64 * 1000])  # exponents 0, 0, 1 and 2
    weights = rng.integers(-30, 60, (6, 4)) * [1, 40, 40, 64]
    cells = Compartments(4, vth=vth, decay_u=700, decay_v=[0, 50, 100, 0], bias=[90, 400, 500, 900])
    core = CoreRegisters(voltage_offset=1, vmin=-(2**23) + 1)
    group = SynapseGroup(np.arange(7) * 4, np.tile(np.arange(4), 6), weights.ravel())
    population = soft_reset(Population("cells", cells, core, [group]), 0)
    fired = rng.random((200, 6)) < 0.3
    times, sent = np.nonzero(fired)
    source = SpikeSource(6, times, sent, [OutputAxons(0)])
    trace = CoreRunner(CoreNetwork([population], [source])).run(200)
    subtracted = 64 * np.array([10, 255, 300, 1000])
    u = v = np.zeros(4, np.int64)
    spikes = np.zeros(4, bool)
    for t in range(200):
        u = decay(u, cells.decay_u, 1) + fired[t] @ weights
        v = decay(v, cells.decay_v, 1) + u + cells.bias - subtracted * spikes
        spikes = v > vth
        assert_array_equal(trace.v[t, 1::2], v)
        assert_array_equal(trace.spikes[t, 1::2], spikes)
    assert (trace.spikes[:, 1::2].sum(0) > 5).all()
    assert not trace.spikes[:, ::2].any()


def test_the_rate_is_proportional_to_the_bias():
    biases = np.array([50, 100, 317, 500])
    cells = Compartments(4, vth=640, decay_u=4095, bias=biases)
    hard = CoreRunner(CoreNetwork([Population("hard", cells)])).run(6400)
    soft = CoreRunner(CoreNetwork([soft_reset(Population("soft", cells), 0)])).run(6400)
    counts = soft.spikes[:, 1::2].sum(0)
    assert (np.abs(counts - 10 * biases) <= 2).all()
    assert hard.spikes[:, 3].sum() < counts[3]  # what is above the threshold is lost


def test_what_it_costs():
    cells = Compartments(3, vth=[640, 640, 64 * 1000])
    group = SynapseGroup([0, 2], [0, 2], [64, 64], bases=[1], axon_bits=16, n_atoms=1)
    before = Population("cells", Compartments(4, vth=640), synapses=[group])
    assert_array_equal(soft_reset(before, 0).synapses[0].targets + 2, [3, 7])
    after = soft_reset(Population("cells", cells, axons=[OutputAxons(0, 0, [1, 0, -1])]), 1)
    assert after.n == 6
    assert [g.weights.tolist() for g in after.synapses] == [[-640, -640], [-64000]]
    assert [g.n_axons for g in after.synapses] == [2, 1]
    assert_array_equal(after.axons[0].axons, [-1, 1, -1, 0, -1, -1])
    assert_array_equal(after.axons[1].axons, [-1, 0, -1, 1, -1, -1])
    assert [(a.population, a.group) for a in after.axons] == [(0, 0), (1, 0), (1, 1)]


@given(st.integers(1, 2**15))
def test_weights_are_near_their_thresholds(mantissa):
    (stored,), (exponent,) = reset_weights(np.array([mantissa << 6]))
    assert 1 <= stored <= 255 and 0 <= exponent <= 7
    assert abs((stored << exponent) - mantissa) <= mantissa / 256
    assert exponent == 0 or mantissa > 128 << exponent


@pytest.mark.parametrize(
    "registers, tables, error, message",
    [
        (dict(refract=2), {}, NcCompileError, "'cells', soft reset: refractory registers up to 2"),
        (dict(parents=[1, -1]), {}, NcCompileError, "trees already"),
        (dict(vth=2**22), {}, NcValueError, "vth.*1..32768, got 65536"),
        (dict(vth=1), {}, NcValueError, "vth"),
        ({}, dict(core=CoreRegisters(vmin=0)), NcCompileError, "vmin = 0 would cut off.*-640"),
        (
            {},
            dict(synapses=[SynapseGroup([0, 1], [0], [64], learning=ERRORS)]),
            NcCompileError,
            "sign of an error",
        ),
    ],
)
def test_what_has_no_soft_reset(registers, tables, error, message):
    cells = Compartments(2, **dict(vth=640) | registers)
    with pytest.raises(error, match=message):
        soft_reset(Population("cells", cells, **tables), 0)
