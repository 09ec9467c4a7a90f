"""Worked examples of noise, learning, graded spikes, limits and two groups: E15, E17 to E21."""

import numpy as np
import pytest
from neurocore_examples import (
    SOFT_RESET_INPUTS,
    SOFT_RESET_PAR,
    SOFT_RESET_PAYLOADS,
    SOFT_RESET_VOLTAGES,
)
from numpy.testing import assert_array_equal

from lavajit.neurocore.arithmetic import scalars as arithmetic
from lavajit.neurocore.cores import kernels
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.learning import ErrorLearning
from lavajit.neurocore.cores.registers import (
    Compartments,
    CoreRegisters,
    vmax_of_register,
    vmin_of_register,
)
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.programs import NeuronProgram, ProgramGroup

#: A threshold that no voltage reaches.
FAR = 2**30


def test_e15_generated_noise_is_that_of_its_seed():
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
def test_e15_noise_is_scaled_toward_zero(raw, offset, exponent, expected):
    assert kernels.scale_noise(raw, offset, exponent) == expected


def plastic(rule, **given):
    """Runner of one synapse of weight 1280 whose axon has a spike in step 1."""
    group = SynapseGroup([0, 1], [0], [1280], learning=rule)
    cells = Population("cells", Compartments(2, vth=5000), synapses=[group])
    source = SpikeSource(1, [0], [0], [OutputAxons(0)])
    return CoreRunner(CoreNetwork([cells], [source]), **given)


@pytest.mark.parametrize(
    "value, uniform, expected",
    [(3.25, 0.1, 4), (3.25, 0.25, 3), (3.25, 0.9, 3), (-3.25, 0.1, -4), (0.0, 0.0, 0)],
)
def test_e17_rounding_by_chance(value, uniform, expected):
    assert kernels.round_by_chance(value, uniform) == expected


def test_e17_traces_end_at_127():
    rule = ErrorLearning(1.0, 130.0, trace_epoch=1, weight_epoch=63, rate=1, rate_exponent=-7)
    runner = plastic(rule, uniforms=[0.5])
    runner.run(1, {(0, 0): np.zeros((1, 1), int)})
    assert_array_equal(runner.plastic[0, 0].trace, [127])


@pytest.mark.parametrize(
    "uniform, stored, weight", [(0.0, 9, 1152), (0.8, 9, 1152), (0.9, 8, 1024)]
)
def test_e17_weight_update(uniform, stored, weight):
    """The compartment is of the first half, so an error of 30 counts as -30."""
    rule = ErrorLearning(1e9, 40.0, trace_epoch=1, weight_epoch=1, rate=1, rate_exponent=-7)
    assert (rule.weight_exponent, rule.unused_bits) == (6, 1)
    change = arithmetic.shift(40 * -30, kernels.FRACTION_BITS - 7 - 2)
    fine = arithmetic.shift(1280, kernels.FRACTION_BITS - 6) + change
    assert (change, fine) == (-300, 2260)
    assert kernels.round_by_chance(fine / 2**8, uniform) == stored
    runner = plastic(rule, uniforms=[0.5, uniform])
    runner.run(1, {(0, 0): np.array([[30]])})
    assert_array_equal(runner.plastic[0, 0].trace, [40])
    assert_array_equal(runner.plastic[0, 0].weights, [weight])
    assert weight == stored << 7


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
def test_e18_graded_spikes_multiply(weight, payload, exponent, expected, delay):
    delays = None if delay is None else [delay]
    group = SynapseGroup([0, 1], [0], [weight], delays, delay_bits=1, exponent=exponent)
    source = SpikeSource(1, [2, 0], [0, 0], [OutputAxons(0)], payloads=[payload, 0])
    core = CoreRegisters(input_bits=23)
    cell = Population("cell", Compartments(1, vth=FAR), core, [group])
    q = CoreRunner(CoreNetwork([cell], [source])).run(4).q
    assert_array_equal(np.flatnonzero(q), [2 + (delay or 0)])
    assert q.sum() == expected


def test_e19_two_groups():
    drives = Compartments(2, vth=2 << 6, decay_u=4095, bias=[70, 50])
    driven_cells = Compartments(2, vth=10 << 6, decay_u=2047)
    synapses = SynapseGroup([0, 2, 4], [0, 1, 0, 1], [256, -64, 128, 320])
    first = Population("first", drives, axons=[OutputAxons(1)])
    second = Population("second", driven_cells, synapses=[synapses])
    trace = CoreRunner(CoreNetwork([first, second])).run(10)
    assert_array_equal(trace.v[:, 0], [70, 0, 70, 0, 70, 0, 70, 0, 70, 0])
    assert_array_equal(trace.v[:, 1], [50, 100, 0, 50, 100, 0, 50, 100, 0, 50])
    assert_array_equal(trace.spikes[:, 0], [0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    assert_array_equal(trace.spikes[:, 1], [0, 0, 1, 0, 0, 1, 0, 0, 1, 0])
    assert_array_equal(trace.q[:, 2], [0, 0, 256, 128, 256, 0, 384, 0, 256, 128])
    assert_array_equal(trace.q[:, 3], [0, 0, -64, 320, -64, 0, 256, 0, -64, 320])
    assert_array_equal(trace.u[:, 2], [0, 0, 256, 256, 384, 192, 480, 240, 376, 316])
    assert_array_equal(trace.u[:, 3], [0, 0, -64, 288, 80, 40, 276, 138, 5, 322])
    assert_array_equal(trace.v[:, 2], [0, 0, 256, 512, 0, 192, 0, 240, 616, 0])
    assert_array_equal(trace.v[:, 3], [0, 0, -64, 224, 304, 344, 620, 0, 5, 327])
    assert_array_equal(trace.spikes[:, 2], [0, 0, 0, 0, 1, 0, 1, 0, 0, 1])
    assert_array_equal(trace.spikes[:, 3], [0, 0, 0, 0, 0, 0, 0, 1, 0, 0])


def test_e20_registers_of_the_lower_limit():
    expected = [0, -1, -511, -8388607, -2147483647]
    assert [vmin_of_register(exponent) for exponent in (0, 1, 9, 23, 31)] == expected


def test_e20_registers_of_the_upper_limit():
    expected = [511, 2047, 8191, 32767, 131071, 524287, 2097151, 8388607]
    assert [vmax_of_register(exponent) for exponent in range(8)] == expected


def test_e21_graded_output_with_subtractive_reset():
    text = """
    ld r0,v ; add r0,q
    cmp r0,vth ; jlt END
    ld r1,r0 ; mulsr r1,reciprocal,bits
    spike r1
    mul r1,vth ; sub r0,r1
    END: st r0,v
    """
    program = NeuronProgram("soft", text, {"v": 24}, list(SOFT_RESET_PAR))
    group = ProgramGroup(program, 1, SOFT_RESET_PAR)
    rows = [(group.step(q)[0], group.state["v"][0]) for q in SOFT_RESET_INPUTS]
    assert_array_equal(rows, np.transpose([SOFT_RESET_PAYLOADS, SOFT_RESET_VOLTAGES]))
    group.state["v"][:] = 0
    assert group.step(2**23 - 1) == (2**23 - 1) // SOFT_RESET_PAR["vth"]
