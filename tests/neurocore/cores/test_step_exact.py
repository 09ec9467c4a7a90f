"""Shortcuts of the time step give the numbers of its definition: 32-bit words, threads, records."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from lavajit.compiler.work import CALL, END, FORK
from lavajit.neurocore.arithmetic import scalars as arithmetic
from lavajit.neurocore.cores import kernels
from lavajit.neurocore.cores.delivery import synapses_of
from lavajit.neurocore.cores.description import CoreNetwork, OutputAxons, Population, SpikeSource
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.cores.rows import Row, StepTable
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.cores.synapses import MOST_WEIGHT, SynapseGroup
from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, TARGET

LEAST, MOST = -(2**31), 2**31 - 1
STEPS = 6


def extremes(rng, n, low=LEAST, high=MOST):
    """Values of all magnitudes, and both limits."""
    values = rng.integers(low, high, n, endpoint=True) >> rng.integers(0, 31, n)
    values[: n // 4] = rng.choice([low, high, 0], n // 4)
    return np.clip(rng.permutation(values), low, high)


def defined_step(state, sums, noise, cells, core, i):
    """q, u, v and spike of compartment `i` by the definition, in integers without a width."""
    u, v = state
    n = kernels.scale_noise(noise, core.noise_offset, core.noise_exponent)
    at_u, at_v = (0, n) if core.noise_at_membrane else (n, 0)
    q = arithmetic.wrap(sums + at_u, core.input_bits)
    keep_u = 4096 - core.current_offset - int(cells.decay_u[i])
    keep_v = 4096 - core.voltage_offset - int(cells.decay_v[i])
    u = arithmetic.wrap(arithmetic.decay(u, keep_u) + q, core.current_bits)
    x = arithmetic.wrap(u + int(cells.bias[i]) + at_v, core.current_bits)
    v = min(max(arithmetic.decay(v, keep_v) + x, core.vmin), core.vmax)
    fires = v > int(cells.vth[i])
    return q, u, 0 if fires else v, fires


@pytest.mark.parametrize("at_membrane", [False, True])
@pytest.mark.parametrize("input_bits, current_bits", [(21, 23), (31, 31), (3, 30)])
def test_words_of_32_bits_lose_nothing(input_bits, current_bits, at_membrane):
    rng, n = np.random.default_rng(input_bits), 200
    core = CoreRegisters(LEAST, MOST, 23, 2**15, at_membrane, 1, 0, input_bits, current_bits)
    state = {name: extremes(rng, n) for name in ("u", "v", "bias", "vth")}
    decays = {name: rng.integers(0, 4096, n) for name in ("decay_u", "decay_v")}
    cells = Compartments(n, noise=True, **state, **decays)
    weights = extremes(rng, n, -MOST_WEIGHT, MOST_WEIGHT)
    # Many spikes on one axon: sums of more than 32 bits.
    group = SynapseGroup([0, n], np.arange(n), weights)
    times = np.repeat(np.arange(STEPS), 3000)
    source = SpikeSource(1, times, np.zeros_like(times), [OutputAxons(0)])
    noise = rng.integers(-127, 128, (STEPS, n))
    network = CoreNetwork([Population("cells", cells, core, [group])], [source])
    trace = CoreRunner(network, noise).run(STEPS)
    for i in range(n):
        now = int(cells.u[i]), int(cells.v[i])
        for step in range(STEPS):
            sums = 3000 * int(weights[i])
            q, *now, fires = defined_step(now, sums, int(noise[step, i]), cells, core, i)
            found = trace.q[step, i], trace.u[step, i], trace.v[step, i], trace.spikes[step, i]
            assert found == (q, *now, fires)


def mixed_network(wide=False):
    """Five cores that project to each other, with delays, noise, refractory steps and a source.

    `wide`: one weight does not fit into a word beside its place, and does no harm.
    """
    rng, n = np.random.default_rng(1), 30
    populations = []
    for core in range(5):
        targets = np.array([rng.permutation(n)[:12] for _ in range(n)])
        weights = 64 * rng.integers(-60, 70, targets.shape)
        weights[0, 0] = 70_001 if wide else 0
        delays = rng.integers(0, 4, targets.size) if core % 2 else None
        pointers = 12 * np.arange(n + 1)
        bases = np.where(np.arange(n) == 0, -1, 0)
        group = SynapseGroup(
            pointers, targets.ravel(), weights.ravel(), delays, delay_bits=2, bases=bases
        )
        cells = Compartments(
            n,
            vth=6400,
            decay_u=700,
            decay_v=90,
            bias=rng.integers(200, 900, n),
            refract=1 + core % 3,
            noise=core == 2,
        )
        axons = [OutputAxons((core + 1) % 5), OutputAxons((core + 3) % 5)]
        populations.append(Population(f"{core}", cells, synapses=[group], axons=axons))
    source = SpikeSource(n, np.arange(100), rng.integers(0, n, 100), [OutputAxons(3)])
    return CoreNetwork(populations, [source])


@pytest.fixture(scope="module")
def mixed_trace():
    trace = CoreRunner(mixed_network()).run(120)
    assert 0.02 < trace.spikes.mean() < 0.5
    return trace


def assert_same(found, expected):
    for name in ("q", "u", "v", "spikes"):
        assert_array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize("threads", [2, 3, 9])
def test_threads_change_no_number(threads, mixed_trace):
    runner = CoreRunner(mixed_network(), threads=threads)
    assert runner.threads == min(threads, 5)
    assert_same(runner.run(120), mixed_trace)


def test_weights_that_do_not_fit_into_words(mixed_trace):
    assert_same(CoreRunner(mixed_network(wide=True)).run(120), mixed_trace)


def test_what_is_not_recorded_happens(mixed_trace):
    runner = CoreRunner(mixed_network())
    assert_array_equal(runner.run(100, record=False).v, mixed_trace.v[99])
    assert runner.step == 100
    assert_array_equal(runner.run(20).v, mixed_trace.v[100:])


def test_threads_are_checked():
    with pytest.raises(ValueError, match="threads must be a whole number from 1 to 64, got 0"):
        CoreRunner(mixed_network(), threads=0)


@pytest.mark.parametrize(
    "weights, n, names",
    [
        ([64 * 32767, -64 * 32767], 1024, {"synapses", "low"}),
        ([32767, -3], 2**16, {"synapses", "low"}),
        ([32768, 1], 1024, {"places", "weights"}),
        ([64, 64], 2**16 + 1, {"places", "weights"}),
        ([0, 0], 8, {"synapses", "low"}),
    ],
)
def test_weights_share_a_word_with_their_places(weights, n, names):
    group = SynapseGroup([0, 2], [1, 7], weights)
    arrays = synapses_of(group, n, 1)
    assert set(arrays) == names
    if "low" in arrays:
        words = arrays["synapses"].astype(np.int64)
        assert_array_equal(words & 0xFFFF, [1, 7])
        assert_array_equal((words >> 16) << arrays["low"][0], weights)


def test_rows_that_have_no_partner_stand_alone():
    table = StepTable(2, 3)
    # Kernel 2 on all cores, before it kernel 1 on cores 0 and 2, kernel 3 on none.
    rows = [(2, 21, 1), (1, 10, 0), (2, 20, 0), (1, 12, 2), (2, 22, 2), (3, 30)]
    table.add([Row(*row) for row in rows])
    found = table.finish()
    assert found[:, OPERATION].tolist() == [FORK, CALL, CALL, CALL, CALL, END]
    assert found[:, ADDRESS].tolist() == [0, 1, 2, 2, 3, 0]
    assert found[0, TARGET] == 3
    assert [blocks.tolist() for blocks in table.keep] == [[10, 12], [20, 21]]
    assert found[3:5, BLOCK].tolist() == [22, 30]
