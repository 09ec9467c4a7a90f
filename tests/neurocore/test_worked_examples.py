"""Worked examples of compartments and weights, E01 to E10.

E15 and E17 to E21 are in ``test_worked_examples_spikes.py``; those of what a core holds, takes and
costs in ``test_worked_examples_resources.py``.
"""

import numpy as np
import pytest
from helpers.flat_route import run_steps
from neurocore_examples import LIF_CURRENTS, LIF_INPUTS, LIF_SPIKES, LIF_VOLTAGES
from numpy.testing import assert_array_equal

from lavajit import LIF, Dense, Loihi1HwCfg, SourceRingBuffer
from lavajit.neurocore.arithmetic import arrays as integers
from lavajit.neurocore.arithmetic import discretise
from lavajit.neurocore.arithmetic import scalars as arithmetic
from lavajit.neurocore.arithmetic.weights import SignMode, effective_weights, stored_weights
from lavajit.neurocore.chips import delay_compartments
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import (
    Compartments,
    CoreRegisters,
    vmax_of_register,
    vmin_of_register,
)
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.cores.trees import Join, OnThreshold
from lavajit.utils.weightutils import SignMode as DenseSignMode

MIXED, EXC, INH = SignMode.MIXED, SignMode.EXCITATORY, SignMode.INHIBITORY
#: A threshold that no voltage reaches.
FAR = 2**30


def driven(inputs, core=None, n=1, **registers):
    """Trace of compartments that receive `inputs`, shape (steps, n) or for one (steps,)."""
    inputs = np.reshape(inputs, (-1, n))
    steps = len(inputs)
    group = SynapseGroup(np.arange(steps + 1) * n, np.tile(np.arange(n), steps), inputs.ravel())
    source = SpikeSource(steps, np.arange(steps), np.arange(steps), [OutputAxons(0)])
    cells = Population("cells", Compartments(n, **registers), core or CoreRegisters(), [group])
    return CoreRunner(CoreNetwork([cells], [source])).run(steps)


@pytest.mark.parametrize(
    "value, register, offset, expected",
    [
        (1000, 0, 0, 1000),
        (1000, 0, 1, 999),
        (1000, 409, 0, 900),
        (-1000, 409, 0, -900),
        (1, 1, 0, 0),
        (-1, 1, 0, 0),
        (8388607, 128, 1, 8124415),
        (-8388607, 128, 1, -8124415),
        (5000, 4095, 0, 1),
        (5000, 4095, 1, 0),
        (100, 4096, 0, 0),
    ],
)
def test_e01_decay_rounds_toward_zero(value, register, offset, expected):
    assert integers.decay(value, register, offset) == expected
    assert arithmetic.decay(value, 4096 - offset - register) == expected


def test_e02_current_and_voltage_filter_the_input():
    trace = driven(LIF_INPUTS, decay_u=511, decay_v=127, vth=100 << 6)
    assert_array_equal(trace.q[:, 0], LIF_INPUTS)
    assert_array_equal(trace.u[:, 0], LIF_CURRENTS)
    assert_array_equal(trace.v[:, 0], LIF_VOLTAGES)
    assert_array_equal(trace.spikes[:, 0], LIF_SPIKES)


def test_e03_negative_values_decay_toward_zero():
    trace = driven([-640, 64, 0, 0, -64, 0, 0, 0], decay_u=1023, decay_v=255, vth=2**20)
    assert_array_equal(trace.u[:, 0], [-640, -416, -312, -234, -239, -179, -134, -100])
    assert_array_equal(trace.v[:, 0], [-640, -1016, -1264, -1419, -1569, -1650, -1681, -1676])


@pytest.mark.parametrize(
    "refract, voltages, steps",
    [
        (1, [300, 600, 0] * 4 + [300, 600], [3, 6, 9, 12]),
        (2, [300, 600, 0, 0] * 3 + [300, 600], [3, 7, 11]),
        (4, [300, 600, 0, 0, 0, 0] * 2 + [300, 600], [3, 9]),
    ],
)
def test_e04_refractory_periods(refract, voltages, steps):
    trace = driven([0] * 14, bias=300, decay_u=4095, vth=10 << 6, refract=refract)
    assert_array_equal(trace.v[:, 0], voltages)
    assert_array_equal(np.flatnonzero(trace.spikes) + 1, steps)


def test_e05_voltage_is_clipped():
    limits = CoreRegisters(vmin=vmin_of_register(9), vmax=vmax_of_register(0))
    assert (limits.vmin, limits.vmax) == (-511, 511)
    trace = driven([-1000, 300, 700, 700, -100, 0], limits, decay_u=4095, vth=FAR)
    assert_array_equal(trace.v[:, 0], [-511, -211, 489, 511, 411, 411])


@pytest.mark.parametrize(
    "value, bits, expected",
    [
        (2097151, 21, 2097151),
        (2097152, 21, -2097152),
        (2097153, 21, -2097151),
        (-2097152, 21, -2097152),
        (-2097153, 21, 2097151),
        (4194304, 21, 0),
        (8388607, 23, 8388607),
        (8388608, 23, -8388608),
        (-8388608, 23, -8388608),
        (-8388609, 23, 8388607),
        (16777215, 23, -1),
    ],
)
def test_e06_wrap(value, bits, expected):
    assert integers.wrap(value, bits) == expected
    assert arithmetic.wrap(value, bits) == expected


def test_e06_current_wraps():
    trace = driven([2000000] * 6, vth=FAR)
    expected = [2000000, 3999511, 5998534, 7997069, -6782100, -4780444]
    assert_array_equal(trace.u[:, 0], expected)


@pytest.mark.parametrize(
    "weight, mode, bits, exponent, stored, effective",
    [
        (127, MIXED, 8, 0, 126, 8064),
        (-127, MIXED, 8, 0, -128, -8192),
        (255, EXC, 8, 0, 255, 16320),
        (-255, INH, 8, 0, -255, -16320),
        (100, MIXED, 6, 0, 96, 6144),
        (-100, MIXED, 6, 0, -104, -6656),
        (100, EXC, 5, 2, 96, 24576),
        (-100, INH, 5, 2, -96, -24576),
        (99, MIXED, 8, -2, 98, 1536),
        (-99, MIXED, 8, -2, -100, -1600),
        (255, EXC, 8, 7, 255, 2088960),
        (255, EXC, 8, -8, 255, 0),
        (-256, MIXED, 8, 7, -256, -2097088),
        (255, MIXED, 1, 0, 0, 0),
        (3, EXC, 8, -6, 3, 0),
    ],
)
def test_e07_weights_that_are_formed(weight, mode, bits, exponent, stored, effective):
    assert stored_weights(weight, mode, bits) == stored
    assert effective_weights(stored, exponent) == effective


def test_e07_a_core_shifts_each_weight_by_itself():
    weights = effective_weights(stored_weights([3, 3, 3], EXC), -1)
    group = SynapseGroup([0, 1, 2, 3], [0, 0, 0], weights)
    source = SpikeSource(3, [0, 0, 0], [0, 1, 2], [OutputAxons(0)])
    cell = Population("cell", Compartments(1, vth=FAR), synapses=[group])
    assert CoreRunner(CoreNetwork([cell], [source])).run(1).q == 192


@pytest.mark.parametrize("arith, expected", [("loihi", 192), ("lava", 256)])
def test_e07_lava_shifts_the_sum_of_weights_instead(arith, expected):
    source = SourceRingBuffer(data=np.ones((3, 1), int))
    dense = Dense(weights=np.full((1, 3), 3), weight_exp=-1, sign_mode=DenseSignMode.EXCITATORY)
    target = LIF(shape=(1,), du=4095, vth=131071)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(target.a_in)
    found = run_steps(target, Loihi1HwCfg(arith=arith), 2, "u")
    assert found["u"].ravel().tolist() == [0, expected]


@pytest.mark.parametrize(
    "mantissa, exponent, value",
    [(4095, 7, 524160), (-4096, 7, -524288), (1, 6, 64), (-3, 0, -3), (-3, -1, -2)],
)
def test_e08_bias_that_acts(mantissa, exponent, value):
    assert integers.shifted(mantissa, exponent) == value


@pytest.mark.parametrize(
    "bias, mantissa, exponent",
    [
        (0, 0, 0),
        (4095, 4095, 0),
        (4096, 2048, 1),
        (-4096, -2048, 1),
        (10000, 2500, 2),
        (524160, 4095, 7),
        (123456, 3858, 5),
        (-70001, -2188, 5),
    ],
)
def test_e08_bias_registers(bias, mantissa, exponent):
    assert discretise.bias_registers(bias) == (mantissa, exponent)


@pytest.mark.parametrize("mantissa, vth", [(1, 64), (10, 640), (131071, 8388544)])
def test_e08_thresholds(mantissa, vth):
    assert integers.shifted(mantissa, discretise.VTH_SHIFT) == vth
    assert discretise.threshold_mantissa(vth) == mantissa


def test_e09_delays_fill_a_ring():
    group = SynapseGroup(
        pointers=[0, 2, 3, 4],
        targets=[0, 1, 0, 0],
        weights=[64, 128, 64, -192],
        delays=[0, 3, 1, 5],
        delay_bits=3,
    )
    source = SpikeSource(3, [1, 2, 3], [0, 1, 2], [OutputAxons(0)])
    cells = Population("cells", Compartments(2, vth=FAR), synapses=[group])
    trace = CoreRunner(CoreNetwork([cells], [source])).run(10)
    assert_array_equal(trace.q.sum(1), [0, 64, 0, 64, 128, 0, 0, 0, -192, 0])


def test_e09_compartments_that_delays_reach():
    reached = [delay_compartments(bits) for bits in range(7)]
    assert reached == [1024, 1024, 1024, 1024, 512, 256, 128]


def test_e10_a_dendrite_adds_to_its_soma():
    inputs = np.zeros((6, 2), int)
    inputs[0, 0], inputs[2, 1] = 6400, 640
    trace = driven(
        inputs,
        n=2,
        vth=[0, 300 << 6],
        decay_u=1023,
        decay_v=511,
        parents=[1, -1],
        join=Join.ADD,
        on_threshold=[OnThreshold.PASS, OnThreshold.SPIKE_AND_RESET],
    )
    assert_array_equal(trace.u[:, 0], [6400, 4800, 3600, 2700, 2025, 1518])
    assert_array_equal(trace.v[:, 0], [6400, 10401, 12703, 13818, 14119, 13875])
    assert_array_equal(trace.u[:, 1], [0, 0, 640, 480, 360, 270])
    assert_array_equal(trace.v[:, 1], [6400, 16002, 0, 14298, 0, 14145])
    assert_array_equal(trace.spikes[:, 1], [0, 0, 1, 0, 1, 0])
    assert not trace.spikes[:, 0].any()
