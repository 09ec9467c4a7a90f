"""Counts -> time, energy and power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from neurocore_examples import step_of_one_core

from lavajit.neurocore.costs import preset
from lavajit.neurocore.costs.counters import (
    CORE_COUNTERS,
    SYN_OPS,
    UPDATES_ACTIVE,
    UPDATES_INACTIVE,
)
from lavajit.neurocore.costs.estimate import estimate
from lavajit.neurocore.costs.tables import MAX_UNITS, PRESETS

K = len(CORE_COUNTERS)
COUNTS = arrays(np.int64, (3, 2, K + 2), elements=st.integers(0, 10**6))
MODELS = [preset(name) for name in PRESETS if name != "loihi2_maxaffine"]
MODELS.append(preset("loihi2_maxaffine", **dict.fromkeys(MAX_UNITS, 2.0)))


def run(costs, counts, **given):
    """Counts of two cores; the last two columns make those of the mesh."""
    network = counts[..., K:].reshape(len(counts), 4)
    longest = network.sum(axis=1).astype(float)
    return estimate(costs, counts[..., :K], network, longest, **given)


def test_real_time():
    free, paced = step_of_one_core(), step_of_one_core(time_mode="real_time", dt_us=1000)
    assert paced.t_step[0] == 1e6 and paced.time_per_step == 1000
    assert paced.static_energy == pytest.approx(104.4e-6)
    assert paced.dynamic_energy == free.dynamic_energy
    slow = step_of_one_core(time_mode="real_time", dt_us=10)
    assert slow.t_step == free.t_step
    assert "us in real time  (compute" in str(paced)


def test_report():
    lines = str(step_of_one_core()).splitlines()
    assert lines[0] == "Total Power   : 0.111587 W      (modelled: loihi1_d18)"
    assert lines[1].startswith("Dynamic Power : 0.007187 W   Static Power : 0.104400 W   [quality")
    assert lines[2].startswith("Energy: synaptic 0.0002832 mJ, neuron 7.6448e-05 mJ, message")
    assert lines[3] == (
        "Time per step : 50.069 us  (compute 49.9072 / message 0.0147 / barrier 0.147065)"
    )
    assert "another operating point" in lines[4]


@pytest.mark.parametrize("costs", MODELS, ids=lambda costs: costs.name)
@given(COUNTS, COUNTS)
def test_more_counts_never_take_less(costs, counts, more):
    before, after = run(costs, counts), run(costs, counts + more)
    assert (after.t_step >= before.t_step).all()
    for name, part in before.energy.items():
        assert (after.energy[name] >= part).all()
    faster = run(costs, counts, chips=1)
    assert (run(costs, counts, chips=300).t_step >= faster.t_step).all()


@pytest.mark.parametrize("costs", MODELS, ids=lambda costs: costs.name)
@given(COUNTS)
def test_energy_adds_up(costs, counts):
    whole = run(costs, counts)
    steps = [run(costs, counts[step : step + 1]) for step in range(len(counts))]
    assert sum(each.total_energy for each in steps) == pytest.approx(whole.total_energy)
    assert sum(each.total_time for each in steps) == pytest.approx(whole.total_time)
    assert whole.power * whole.t_step * 1e-9 == pytest.approx(
        np.sum(list(whole.energy.values()), axis=0) * 1e-12
    )
    # Dynamic energy is that of the cores and of the mesh.
    mesh = counts[..., K:].reshape(len(counts), 4) @ costs.network_energy
    assert whole.core_energy.sum() + mesh.sum() == pytest.approx(whole.dynamic_energy * 1e12)
    alone = [run(costs, np.delete(counts, 1 - core, axis=1).repeat(2, 1)) for core in (0, 1)]
    assert whole.core_energy == pytest.approx(np.stack([r.core_energy[:, 0] for r in alone], 1))


@given(COUNTS)
def test_vector_gives_the_same(counts):
    """What a kernel does with the vector, in plain Python."""
    costs = preset("loihi1_nahuku", time_mode="real_time", dt_us=1500)
    result, vector = run(costs, counts, tiles=7), costs.vector(tiles=7)
    for step, cores in enumerate(counts):
        times = [sum(n * t for n, t in zip(core[:K], vector[:K], strict=True)) for core in cores]
        longest, (barrier, static, floor) = cores[:, K:].sum(), vector[-3:]
        t_step = max(max(times) + longest + barrier, floor)
        energy = cores[:, :K].sum(0) @ vector[K : 2 * K]
        energy += cores[:, K:].ravel() @ vector[2 * K + 4 : 2 * K + 8] + static * t_step
        assert t_step == pytest.approx(result.t_step[step])
        assert energy == pytest.approx(sum(part[step] for part in result.energy.values()))


def test_form_max():
    times = dict(zip(MAX_UNITS, (3.0, 2.0, 5.0, 4.0, 50.0), strict=True))
    costs = preset("loihi2_maxaffine", **times)
    core = np.zeros((4, 2, K), np.int64)
    core[0, 1, [UPDATES_ACTIVE, UPDATES_INACTIVE]] = 20, 30
    core[1, 0, SYN_OPS] = 90
    network = np.zeros((4, 4), np.int64)
    reads = [[0, 0], [0, 0], [40, 0], [0, 0]]
    result = estimate(costs, core, network, memory_reads=reads, link_bits=[0, 0, 0, 960])
    assert result.t_step.tolist() == [150.0, 180.0, 200.0, 240.0] and not result.left_out
    assert result.bottleneck.tolist() == [1, 0, 0, 0]
    result = estimate(costs, core, network)
    assert result.t_step.tolist() == [150.0, 180.0, 50.0, 50.0]
    assert str(result).endswith("Time is a lower bound, without memory_reads, link_bits")


def test_no_steps():
    result = estimate(preset("loihi1"), np.zeros((0, 3, K), int), np.zeros((0, 4), int))
    assert result.total_energy == 0 and result.time_per_step == 0
    assert str(result).startswith("Total Power   : 0.000000 W")


def test_wrong_counts():
    costs, core, network = preset("loihi1"), np.zeros((2, 3, K), int), np.zeros((2, 4), int)
    with pytest.raises(ValueError, match=r"core: expected shape \(any, any, 8\), got \(2, 3, 7\)"):
        estimate(costs, core[..., 1:], network)
    with pytest.raises(ValueError, match=r"network: expected shape \(2, 4\), got \(1, 4\)"):
        estimate(costs, core, network[1:])
    with pytest.raises(ValueError, match="core: -1 is not a count or time from 0"):
        estimate(costs, core - 1, network)
    with pytest.raises(ValueError, match="longest: nan is not a count or time from 0"):
        estimate(costs, core, network, [0, np.nan])
    with pytest.raises(TypeError, match="network: whole numbers expected, got float64"):
        estimate(costs, core, network.astype(float))
    with pytest.raises(ValueError, match="longest: messages were sent"):
        estimate(costs, core, network + 1)
