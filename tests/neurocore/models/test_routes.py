"""Processes on cores and flat descriptions of cores give the same numbers, wraps included."""

import numpy as np
import pytest
from helpers.flat_route import run_flat, run_steps
from helpers.nc_networks import (
    N_TARGETS,
    connected,
    delay_dense,
    delay_sparse,
    dense,
    sparse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import LIFRefractory, Loihi1HwCfg, Loihi1SimCfg, Loihi2HwCfg, RunSteps
from lavajit.neurocore.cores.registers import CoreRegisters
from lavajit.neurocore.models.lif import current_decays

STEPS = 24
seeds = st.integers(0, 2**32 - 1)


def assert_routes_agree(layers, config):
    trace = run_flat(layers[0], config, STEPS)
    found = run_steps(layers, config, STEPS, "uv")
    np.testing.assert_array_equal(found["u"], trace.u)
    np.testing.assert_array_equal(found["v"], trace.v)


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_dense(seed):
    assert_routes_agree(connected(np.random.default_rng(seed), dense), Loihi1HwCfg())


@pytest.mark.slow
@pytest.mark.parametrize(
    "config, connection",
    [(Loihi1HwCfg, each) for each in (dense, sparse, delay_dense, delay_sparse)]
    + [(Loihi2HwCfg, delay_sparse)],
)
@given(seeds)
@settings(max_examples=12, deadline=None)
def test_connections(config, connection, seed):
    assert_routes_agree(connected(np.random.default_rng(seed), connection), config())


@pytest.mark.slow
@given(seeds)
@settings(max_examples=12, deadline=None)
def test_refractory_neurons(seed):
    rng = np.random.default_rng(seed)
    period = rng.integers(1, 6, N_TARGETS)
    layers = connected(rng, dense, LIFRefractory, refractory_period=period)
    assert_routes_agree(layers, Loihi1HwCfg())


def test_states_wrap():
    """The random networks above do provoke what they are for."""
    wraps = clipped = 0
    for seed in range(20):
        layers = connected(np.random.default_rng(seed), dense)
        trace = run_flat(layers[0], Loihi1HwCfg(), STEPS)
        layers[0].stop()
        wraps += int((np.abs(np.diff(trace.u.astype(np.int64), axis=0)) > 2**23).sum())
        clipped += int((np.abs(trace.v) == 2**23 - 1).sum())
    assert wraps > 0
    assert clipped > 0


def lasting(rng):
    """As `connected`; currents of the second layer stay for ever."""
    layers = connected(rng, dense)
    layers[1].du.init = -1
    return layers


@pytest.mark.slow
def test_currents_that_stay():
    """A du of -1, which no register holds: the core's offset of decays is 0 instead of 1."""
    layers = lasting(np.random.default_rng(3))
    assert_routes_agree(layers, Loihi1HwCfg())
    assert_equals_simulation(lasting, 3)
    decays, core = current_decays(np.array([-1, 0, 4094]), CoreRegisters())
    assert (decays.tolist(), core.current_offset) == ([0, 1, 4095], 0)


def test_cores_whose_decays_have_other_offsets_are_not_shared():
    cores = {}
    for make in (lasting, lambda rng: connected(rng, dense)):
        layers = make(np.random.default_rng(3))
        layers[0].run(RunSteps(1), Loihi1HwCfg(packing="first_fit"))
        cores[make is lasting] = layers[0].runtime.nc_report.cores_used
        layers[0].stop()
    assert cores == {True: 2, False: 1}


# --- Lava's arithmetic ----------------------------------------------------------------


def assert_equals_simulation(make, seed):
    layers = [make(np.random.default_rng(seed)) for _ in range(2)]
    on_cores = run_steps(layers[0], Loihi1HwCfg(arith="lava"), STEPS, "uv")
    on_cpu = run_steps(layers[1], Loihi1SimCfg(select_tag="fixed_pt"), STEPS, "uv")
    np.testing.assert_array_equal(on_cores["u"], on_cpu["u"])
    np.testing.assert_array_equal(on_cores["v"], on_cpu["v"])


@pytest.mark.slow
@given(seeds)
@settings(max_examples=5, deadline=None)
def test_lava_arithmetic_is_that_of_the_simulation(seed):
    assert_equals_simulation(lambda rng: connected(rng, dense), seed)


@pytest.mark.slow
@pytest.mark.parametrize("connection", [sparse, delay_dense])
@given(seeds)
@settings(max_examples=5, deadline=None)
def test_lava_arithmetic_of_connections(connection, seed):
    assert_equals_simulation(lambda rng: connected(rng, connection), seed)
