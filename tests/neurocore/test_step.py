"""The time step of a core: worked examples and properties of its arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from lavajit.neurocore import arithmetic, kernels
from lavajit.neurocore.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.registers import (
    Compartments,
    CoreRegisters,
    vmax_of_register,
    vmin_of_register,
)
from lavajit.neurocore.step import CoreRunner
from lavajit.neurocore.synapses import SynapseGroup

FAR = 2**30


def driven(inputs, core=None, **registers):
    """Trace of one compartment that receives `inputs`, one a step."""
    n = len(inputs)
    group = SynapseGroup(np.arange(n + 1), np.zeros(n, int), inputs)
    source = SpikeSource(n, np.arange(n), np.arange(n), [OutputAxons(0)])
    cell = Population("cell", Compartments(1, **registers), core or CoreRegisters(), [group])
    return CoreRunner(CoreNetwork([cell], [source])).run(n)


@pytest.mark.parametrize(
    "value, decay, offset, expected",
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
def test_decay_rounds_toward_zero(value, decay, offset, expected):
    assert arithmetic.decay(value, 4096 - offset - decay) == expected


def test_current_and_voltage_filter_the_input():
    q = [3200, 0, 3200, -1280, 0, 0, 0, 0]
    trace = driven(q, decay_u=511, decay_v=127, vth=6400)
    assert_array_equal(trace.q[:, 0], q)
    assert_array_equal(trace.u[:, 0], [3200, 2800, 5650, 3663, 3205, 2804, 2453, 2146])
    assert_array_equal(trace.v[:, 0], [3200, 5900, 0, 3663, 0, 2804, 5170, 0])
    assert_array_equal(trace.spikes[:, 0], [0, 0, 1, 0, 1, 0, 0, 1])


def test_negative_values_decay_toward_zero():
    trace = driven([-640, 64, 0, 0, -64, 0, 0, 0], decay_u=1023, decay_v=255, vth=2**20)
    assert_array_equal(trace.u[:, 0], [-640, -416, -312, -234, -239, -179, -134, -100])
    assert_array_equal(trace.v[:, 0], [-640, -1016, -1264, -1419, -1569, -1650, -1681, -1676])


@pytest.mark.parametrize(
    "refract, expected",
    [
        (1, [300, 600, 0] * 4 + [300, 600]),
        (2, [300, 600, 0, 0] * 3 + [300, 600]),
        (4, [300, 600, 0, 0, 0, 0] * 2 + [300, 600]),
    ],
)
def test_refractory_steps_follow_a_spike(refract, expected):
    trace = driven([0] * 14, bias=300, decay_u=4095, vth=640, refract=refract)
    assert_array_equal(trace.v[:, 0], expected)
    assert_array_equal(np.flatnonzero(trace.spikes), np.arange(2, 14, refract + 2))


def test_voltage_is_clipped():
    limits = CoreRegisters(vmin=-511, vmax=511)
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
def test_wrap(value, bits, expected):
    assert arithmetic.wrap(value, bits) == expected


@given(st.integers(-(2**40), 2**40), st.integers(1, 31))
def test_wrap_keeps_the_value_modulo_its_range(value, bits):
    wrapped = arithmetic.wrap(value, bits)
    assert -(2**bits) <= wrapped < 2**bits
    assert (wrapped - value) % 2 ** (bits + 1) == 0


def test_current_wraps():
    trace = driven([2000000] * 6, vth=FAR)
    expected = [2000000, 3999511, 5998534, 7997069, -6782100, -4780444]
    assert_array_equal(trace.u[:, 0], expected)


def test_delays_fill_a_ring():
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


def test_generated_noise_is_that_of_its_seed():
    state, raw = 0x12345678, []
    for _ in range(12):
        state = kernels.next_noise_state(state)
        while state & 0xFF == 0:
            state = kernels.next_noise_state(state)
        raw.append((state & 0xFF) - 128)
    assert raw == [-44, -76, -93, 79, -16, 127, -86, 93, 1, 11, 105, 73]
    assert state == 0x233D96C9
    cells = Compartments(3, vth=FAR, decay_u=4095, noise=[True, False, True])
    runner = CoreRunner(CoreNetwork([Population("cells", cells)]), seed=0x12345678)
    assert_array_equal(runner.run(6).q, np.insert(np.reshape(raw, (6, 2)), 1, 0, axis=1))


@pytest.mark.parametrize(
    "raw, offset, exponent, expected",
    [
        (127, 0, 7, 127),
        (-127, 0, 7, -127),
        (100, 0, 3, 6),
        (-100, 0, 3, -6),
        (5, 2, 10, 1064),
        (-127, -1, 1, -2),
        (127, 0, 23, 8323072),
    ],
)
def test_noise_is_scaled_toward_zero(raw, offset, exponent, expected):
    assert kernels.scale_noise(raw, offset, exponent) == expected


@pytest.mark.parametrize(
    "weight, payload, exponent, expected",
    [
        (10, 5, 0, 50),
        (-10, 5, 0, -50),
        (127, 32767, 0, 4161409),
        (3, -7, -1, -11),
        (100, 8388607, 0, -100),
    ],
)
@pytest.mark.parametrize("delay", [None, 1])
def test_graded_spikes_multiply(weight, payload, exponent, expected, delay):
    delays = None if delay is None else [delay]
    group = SynapseGroup([0, 1], [0], [weight], delays, delay_bits=1, exponent=exponent)
    source = SpikeSource(1, [2, 0], [0, 0], [OutputAxons(0)], payloads=[payload, 0])
    core = CoreRegisters(input_bits=23)
    cell = Population("cell", Compartments(1, vth=FAR), core, [group])
    q = CoreRunner(CoreNetwork([cell], [source])).run(4).q
    assert_array_equal(np.flatnonzero(q), [2 + (delay or 0)])
    assert q.sum() == expected


def test_two_groups():
    drives = Compartments(2, vth=128, decay_u=4095, bias=[70, 50])
    driven_cells = Compartments(2, vth=640, decay_u=2047)
    synapses = SynapseGroup([0, 2, 4], [0, 1, 0, 1], [256, -64, 128, 320])
    first = Population("first", drives, axons=[OutputAxons(1)])
    second = Population("second", driven_cells, synapses=[synapses])
    trace = CoreRunner(CoreNetwork([first, second])).run(10)
    assert_array_equal(trace.v[:, 0], [70, 0, 70, 0, 70, 0, 70, 0, 70, 0])
    assert_array_equal(trace.v[:, 1], [50, 100, 0, 50, 100, 0, 50, 100, 0, 50])
    assert_array_equal(trace.q[:, 2], [0, 0, 256, 128, 256, 0, 384, 0, 256, 128])
    assert_array_equal(trace.q[:, 3], [0, 0, -64, 320, -64, 0, 256, 0, -64, 320])
    assert_array_equal(trace.u[:, 2], [0, 0, 256, 256, 384, 192, 480, 240, 376, 316])
    assert_array_equal(trace.u[:, 3], [0, 0, -64, 288, 80, 40, 276, 138, 5, 322])
    assert_array_equal(trace.v[:, 2], [0, 0, 256, 512, 0, 192, 0, 240, 616, 0])
    assert_array_equal(trace.v[:, 3], [0, 0, -64, 224, 304, 344, 620, 0, 5, 327])
    assert_array_equal(np.flatnonzero(trace.spikes[:, 2]), [4, 6, 9])
    assert_array_equal(np.flatnonzero(trace.spikes[:, 3]), [7])


def test_limit_registers():
    expected = [0, -1, -511, -8388607, -2147483647]
    assert [vmin_of_register(k) for k in (0, 1, 9, 23, 31)] == expected
    expected = [511, 2047, 8191, 32767, 131071, 524287, 2097151, 8388607]
    assert [vmax_of_register(k) for k in range(8)] == expected


def test_two_spikes_on_one_axon_add_twice():
    group = SynapseGroup([0, 1], [0], [64])
    source = SpikeSource(2, [1, 1, 1], [0, 0, 1], [OutputAxons(0, axons=[0, 0])])
    cell = Population("cell", Compartments(1, vth=FAR), synapses=[group])
    q = CoreRunner(CoreNetwork([cell], [source])).run(3).q
    assert_array_equal(q[:, 0], [0, 192, 0])


def test_state_before_the_first_step():
    cells = Compartments(1, vth=FAR, decay_u=1023, u=4000, v=100)
    trace = CoreRunner(CoreNetwork([Population("cells", cells)])).run(2)
    assert_array_equal(trace.u[:, 0], [3000, 2250])
    assert_array_equal(trace.v[:, 0], [3100, 5350])


def test_results_do_not_depend_on_how_a_group_is_divided():
    rng = np.random.default_rng(3)
    weights, bias = 64 * rng.integers(-60, 60, (6, 6)), rng.integers(100, 900, 6)

    def network(parts):
        axons = [OutputAxons(k) for k in range(len(parts))]
        populations = []
        for part in parts:
            n = len(part)
            group = SynapseGroup(
                np.arange(7) * n, np.tile(np.arange(n), 6), weights[:, part].ravel()
            )
            cells = Compartments(n, vth=4000, decay_u=800, decay_v=90, bias=bias[part])
            own = [OutputAxons(a.population, axons=part) for a in axons]
            populations.append(Population("part", cells, synapses=[group], axons=own))
        return CoreNetwork(populations)

    whole = CoreRunner(network([np.arange(6)])).run(200)
    parts = CoreRunner(network([np.arange(2), np.array([2]), np.arange(3, 6)])).run(200)
    assert whole.spikes.sum() > 50
    assert_array_equal(whole.v, parts.v)
    assert_array_equal(whole.u, parts.u)


@pytest.mark.parametrize(
    "noise, message",
    [
        (np.zeros((3, 2), int), r"shape \(steps, 1\), got int64 of shape \(3, 2\)"),
        (np.zeros((3, 1)), "whole numbers"),
        (np.full((3, 1), 128), "128..128 is not in -127..127"),
    ],
)
def test_recorded_noise_is_checked(noise, message):
    network = CoreNetwork([Population("cell", Compartments(1, vth=1))])
    with pytest.raises(ValueError, match=message):
        CoreRunner(network, noise)


def test_recorded_noise_ends():
    network = CoreNetwork([Population("cell", Compartments(1, vth=1, noise=True))])
    runner = CoreRunner(network, np.zeros((3, 1), int))
    runner.run(2)
    with pytest.raises(ValueError, match="3 steps are recorded, 4 are needed"):
        runner.run(2)
    assert runner.step == 2
