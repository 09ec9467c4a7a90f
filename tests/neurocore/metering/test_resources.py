"""Counting on cores: what is counted equals a count of records, whatever the network is split into.

The count is made anew here from recorded spikes, inputs and state, with loops over synapses.
"""

import numpy as np
import pytest

from lavajit import LIF, Dense, Loihi1HwCfg, Loihi2HwCfg, RunSteps, Sparse, run_batch
from lavajit.neurocore.costs import preset
from lavajit.neurocore.costs.counters import (
    AXON_OUT,
    CORE_COUNTERS,
    HOP_EW,
    HOP_NS,
    MSG_LOCAL,
    SPIKES,
    SPIKES_IN,
    SYN_OPS,
    UPDATES_ACTIVE,
    UPDATES_INACTIVE,
)
from lavajit.neurocore.metering import activity as activity_module
from lavajit.neurocore.metering import meters
from lavajit.neurocore.metering.activity import Activity
from lavajit.runtime.assemble import builtin_kernel

STEPS = 40


def build(seed=0, n=(6, 8)):
    """Two groups with quiet neurons, a loop and a sparse connection."""
    rng = np.random.default_rng(seed)
    bias = np.where(rng.random(n[0]) < 0.6, rng.integers(20, 90, n[0]), 0)
    first = LIF(shape=(n[0],), bias_mant=bias, vth=2, du=2000, dv=500, name="first")
    second = LIF(shape=(n[1],), vth=3, du=1000, dv=1000, name="second")
    weights = rng.integers(-40, 60, (n[1], n[0])) * (rng.random((n[1], n[0])) < 0.5) * 2
    dense = Dense(weights=weights, name="dense")
    back = Sparse(weights=_sparse(rng, n[0], n[1]), name="back")
    first.s_out.connect(dense.s_in)
    dense.a_out.connect(second.a_in)
    second.s_out.connect(back.s_in)
    back.a_out.connect(first.a_in)
    return first, second, dense, back


def _sparse(rng, rows, columns):
    from scipy.sparse import csr_matrix

    return csr_matrix(rng.integers(1, 20, (rows, columns)) * (rng.random((rows, columns)) < 0.3))


def recount(network, result, board):
    """Counts of each core from what was recorded."""
    first, second, dense, back = network
    counts = np.zeros((STEPS, len(board.cores), len(CORE_COUNTERS)), np.int64)
    homes = {g.name: board.home(g) for g in board.net.groups}
    pairs = {(first, dense, second), (second, back, first)}
    for group in (first, second):
        u, v, s = (result[member].values for member in (group.u, group.v, group.s_out))
        rest = np.asarray(group.bias_mant.get()) == 0
        arrived = result[(back if group is first else dense).a_out].values
        for t in range(STEPS):
            before = rest if t == 0 else rest & (u[t - 1] == 0) & (v[t - 1] == 0)
            quiet = before & (arrived[t] == 0) & (s[t] == 0)
            for i, core in enumerate(homes[group.name]):
                counts[t, core, SPIKES] += s[t, i] != 0
                counts[t, core, UPDATES_INACTIVE if quiet[i] else UPDATES_ACTIVE] += 1
    for source, connection, target in pairs:
        weights = np.asarray(getattr(w := connection.weights.get(), "todense", lambda w=w: w)())
        spikes = result[source.s_out].values
        for t, i in zip(*np.nonzero(spikes), strict=True):
            targets = np.flatnonzero(weights[:, i])
            for core in np.unique(homes[target.name][targets]):
                counts[t, core, SPIKES_IN] += 1
                counts[t, core, SYN_OPS] += (homes[target.name][targets] == core).sum()
                counts[t, homes[source.name][i], AXON_OUT] += 1
    return counts


def run(network, config):
    """Records of everything, densely."""
    first, second, dense, back = network
    members = [m for g in (first, second) for m in (g.u, g.v, g.s_out)]
    return first.run(
        RunSteps(STEPS), config, record=[*members, dense.a_out, back.a_out], dense=True
    )


IN_BLOCKS = {"first": (3,), "second": (3,)}
CASES = [
    pytest.param(config, arith, blocks, marks=[] if quick else pytest.mark.slow)
    for config in (Loihi1HwCfg, Loihi2HwCfg)
    for arith in ("loihi", "lava")
    for blocks in ({}, IN_BLOCKS)
    for quick in [config is Loihi1HwCfg and arith == "loihi"]
    if quick or (arith == "lava") == (config is Loihi1HwCfg)
]


@pytest.mark.parametrize("config, arith, blocks", CASES)
def test_counts_equal_a_recount(config, arith, blocks):
    network = build()
    result = run(network, config(arith=arith, activity="per_step", block_shapes=blocks))
    report = network[0].runtime.nc_report
    assert len(report.board.cores) == (5 if blocks else 2)
    expected = recount(network, result, report.board)
    assert expected[..., SPIKES].sum() > 20 and expected[..., UPDATES_INACTIVE].sum() > 20
    history = report.activity.history
    np.testing.assert_array_equal(history[..., : SPIKES_IN + 2], expected[..., : SPIKES_IN + 2])
    np.testing.assert_array_equal(report.activity.sums, history.sum(axis=0))
    network[0].stop()


def test_a_core_more_changes_no_spike():
    records = []
    for blocks in ({}, {"first": (2,), "second": (1,)}):
        network = build()
        result = run(network, Loihi1HwCfg(block_shapes=blocks))
        records.append([series.values.tolist() for series in result.values()])
        network[0].stop()
    assert records[0] == records[1]


def test_runs_add_up_and_state_may_change_between_them():
    network = build()
    network[0].run(RunSteps(3), Loihi1HwCfg(activity="per_step"))
    network[1].v.set(np.ones(8, int))
    network[0].run(RunSteps(1))
    activity = network[0].runtime.nc_report.activity
    assert activity.steps == 4
    assert activity.history[3, 1, UPDATES_ACTIVE] == 8
    network[0].stop()


def test_nothing_is_counted_where_nobody_asks():
    network = build()
    network[0].run(RunSteps(3), Loihi1HwCfg(activity=None))
    report = network[0].runtime.nc_report
    assert report.activity.steps == 0 and not report.activity.sums.any()
    assert "activity of" not in str(network[0].explain())
    network[0].stop()


def test_copies_of_a_network_count_nothing():
    first, second, *_ = build()
    final = run_batch(
        first, RunSteps(3 * meters.STEP_NUMBERS), Loihi1HwCfg(), points=[{}, {}], record=[second.v]
    )
    assert (final[second.v][0] == final[second.v][1]).all()
    assert first.runtime.nc_report.activity.steps == 0
    first.stop()


def test_time_and_energy_of_the_worked_example():
    """12,000 synaptic operations, 800 active and 224 inactive updates on one core of 4 tiles."""
    now = np.zeros((1, meters.CORE), np.int64)
    now[0, [SYN_OPS, UPDATES_ACTIVE, UPDATES_INACTIVE]] = 12_000, 800, 224
    mesh = np.zeros(meters.MESH, np.int64)
    mesh[[MSG_LOCAL, HOP_EW, HOP_NS]] = 10, 40, 20
    steps = np.zeros((2, meters.STEP_NUMBERS))
    costs = preset("loihi1_d18")
    longest = np.zeros(meters.MESH)
    longest[[HOP_EW, HOP_NS]] = 2, 1
    arrays = {
        "now": now,
        "mesh": mesh,
        "longest": np.array([longest @ costs.network_time]),
        "coefficients": costs.vector(tiles=4),
        "parts": meters.PARTS,
        "totals": np.zeros_like(now),
        "mesh_totals": np.zeros_like(mesh),
        "steps": steps,
        "history": np.zeros(0, np.int64),
        "used": np.zeros(1, np.int64),
        "control": np.zeros(64, np.int64),
    }
    kernel, block = builtin_kernel(meters.Close, arrays)
    from lavajit.compiler.arena import CONTROL_WORDS, STEPS_LEFT
    from lavajit.compiler.work import CALL, END
    from lavajit.runtime.loop import native_loop
    from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, new_table

    table, control = new_table(2), np.zeros(CONTROL_WORDS + 1, np.int64)
    table[0, [OPERATION, ADDRESS, BLOCK]] = CALL, kernel.address, block.ctypes.data
    table[1, OPERATION], control[STEPS_LEFT] = END, 1
    native_loop()(control.ctypes.data, table.ctypes.data)
    row = steps[0]
    assert row[meters.STEP_TIME] == pytest.approx(50_068.965, abs=1e-3)
    assert row[meters.COMPUTE_TIME] == pytest.approx(49_907.2)
    assert row[meters.SYNAPTIC : meters.LEARNING + 1].sum() == pytest.approx(359_865)
    assert row[meters.STATIC_ENERGY] == pytest.approx(5.2272e6, rel=1e-4)
    assert not now.any() and not mesh.any()


def test_long_runs_keep_few_rows(monkeypatch):
    monkeypatch.setattr(activity_module, "MOST_ROWS", 4)
    activity, rng = Activity(1), np.random.default_rng(0)
    rows = rng.random((37, meters.STEP_NUMBERS))
    for part in np.array_split(rows, 6):
        activity.add(part, np.zeros((0, 1, 8), np.int64))
    assert activity.steps == 37 and activity.resolution == 8
    np.testing.assert_allclose(activity.rows[0], rows[:8].sum(axis=0))
    np.testing.assert_allclose(activity.rows.sum(axis=0), rows.sum(axis=0))


@pytest.mark.slow
@pytest.mark.parametrize("bits, packets", [(8, 1), (24, 1), (32, 2)])
def test_long_payloads_take_two_messages(bits, packets):
    source = LIF(shape=(1,), bias_mant=300, du=4095, vth=1, name="source")
    dense = Dense(weights=np.array([[2]]), num_message_bits=bits, name="dense")
    target = LIF(shape=(1,), vth=100, name="target")
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(target.a_in)
    source.run(RunSteps(4), Loihi2HwCfg())
    activity = source.runtime.nc_report.activity
    assert activity.total("spikes") == activity.total("syn_ops") == 4
    assert activity.total("spikes_in") == activity.total("axon_out") == 4 * packets
    source.stop()
