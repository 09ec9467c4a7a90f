"""Processes in the engine, and the board they were compiled to run without them: same numbers."""

import numpy as np
import pytest
from helpers.flat_route import run_steps, spikes_of
from helpers.nc_networks import (
    N_SOURCES,
    N_TARGETS,
    connected,
    delay_dense,
    dense,
    sparse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import Loihi1HwCfg, SourceRingBuffer
from lavajit.neurocore.cores.step import CoreRunner
from lavajit.neurocore.plan.flatten import board_network

STEPS = 24
seeds = st.integers(0, 2**32 - 1)


def driven_by_host(rng, connection):
    """Two layers, the second also driven by a source on the CPU; and what that sends."""
    layers = connected(rng, connection)
    rows = rng.random((STEPS, N_SOURCES)) < 0.3
    source = SourceRingBuffer(data=rows.T.astype(np.int32), name="source")
    extra = connection(rng, (N_TARGETS, N_SOURCES))
    source.s_out.connect(extra.s_in)
    extra.a_out.connect(layers[1].a_in)
    return layers, rows


def assert_board_agrees(connection, seed):
    """The engine knows groups, the runner only their parts on cores."""
    rng = np.random.default_rng(seed)
    layers, rows = driven_by_host(rng, connection)
    sizes = {layer: (int(rng.integers(1, 4)),) for layer in layers}
    packing = str(rng.choice(["one_per_core", "first_fit"]))
    config = Loihi1HwCfg(block_shapes=sizes, packing=packing, activity=None)
    layers[0].create_runtime(run_cfg=config)
    board = layers[0].runtime.nc_report.board
    found = run_steps(layers, config, STEPS, "uv")
    network, columns = board_network(board, {"source": spikes_of(rows)})
    assert len(network.populations) > len(layers)
    trace = CoreRunner(network).run(STEPS)
    np.testing.assert_array_equal(found["u"], trace.u[:, columns])
    np.testing.assert_array_equal(found["v"], trace.v[:, columns])


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_dense(seed):
    assert_board_agrees(dense, seed)


@pytest.mark.slow
@pytest.mark.parametrize("connection", [sparse, delay_dense])
@given(seeds)
@settings(max_examples=6, deadline=None)
def test_connections(connection, seed):
    assert_board_agrees(connection, seed)
