"""Processes on cores and flat descriptions of cores give the same numbers, wraps included."""

import numpy as np
import pytest
from helpers.flat_route import run_flat, run_steps
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from lavajit import (
    LIF,
    DelayDense,
    DelaySparse,
    Dense,
    LIFRefractory,
    Loihi1HwCfg,
    Loihi1SimCfg,
    Loihi2HwCfg,
    Sparse,
)

STEPS = 24
N_SOURCES, N_TARGETS = 8, 5
seeds = st.integers(0, 2**32 - 1)


def strong_lif(rng, n, kind=LIF, **more):
    """Neurons with slow decays, strong biases and high thresholds, whose states wrap."""
    return kind(
        shape=(n,),
        du=int(rng.choice([0, 5, 2047, 4095])),
        dv=rng.integers(0, 300, n),
        bias_mant=rng.integers(-4095, 4096, n),
        bias_exp=rng.integers(0, 8, n),
        vth=rng.integers(1, 131072, n),
        **more,
    )


def driven(rng, n):
    """Neurons of the first layer, which fire often."""
    return LIF(shape=(n,), du=4095, bias_mant=rng.integers(100, 600, n), vth=10)


def connected(rng, connection, kind=LIF, **more):
    """Two layers with `connection` between them, and back to the second one."""
    first, second = driven(rng, N_SOURCES), strong_lif(rng, N_TARGETS, kind, **more)
    forward = connection(rng, (N_TARGETS, N_SOURCES))
    back = connection(rng, (N_TARGETS, N_TARGETS))
    first.s_out.connect(forward.s_in)
    forward.a_out.connect(second.a_in)
    second.s_out.connect(back.s_in)
    back.a_out.connect(second.a_in)
    return [first, second]


def weights_of(rng, shape):
    return rng.integers(-256, 256, shape) * (rng.random(shape) < 0.8)


def dense(rng, shape):
    return Dense(weights=weights_of(rng, shape), weight_exp=int(rng.integers(-8, 8)))


def sparse(rng, shape):
    bits = int(rng.choice([4, 5, 6, 8]))
    weights = csr_matrix(weights_of(rng, shape))
    return Sparse(weights=weights, weight_exp=int(rng.integers(-2, 8)), num_weight_bits=bits)


def delay_dense(rng, shape):
    delays = rng.integers(0, int(rng.choice([1, 4, 63])), shape)
    return DelayDense(
        weights=weights_of(rng, shape), delays=delays, weight_exp=int(rng.integers(-2, 8))
    )


def delay_sparse(rng, shape):
    weights = csr_matrix(weights_of(rng, shape))
    delays = weights.astype(np.int64)
    delays.data = rng.integers(0, 5, delays.nnz)
    return DelaySparse(weights=weights, delays=delays, weight_exp=int(rng.integers(-2, 8)))


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
@pytest.mark.parametrize("connection", [dense, sparse, delay_dense, delay_sparse])
@pytest.mark.parametrize("config", [Loihi1HwCfg, Loihi2HwCfg])
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


# --- Lava's arithmetic ----------------------------------------------------------------


def assert_equals_simulation(make, seed):
    layers = [make(np.random.default_rng(seed)) for _ in range(2)]
    on_cores = run_steps(layers[0], Loihi1HwCfg(arith="lava"), STEPS, "uv")
    on_cpu = run_steps(layers[1], Loihi1SimCfg(select_tag="fixed_pt"), STEPS, "uv")
    np.testing.assert_array_equal(on_cores["u"], on_cpu["u"])
    np.testing.assert_array_equal(on_cores["v"], on_cpu["v"])


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_lava_arithmetic_is_that_of_the_simulation(seed):
    assert_equals_simulation(lambda rng: connected(rng, dense), seed)


@pytest.mark.slow
@pytest.mark.parametrize("connection", [sparse, delay_dense, delay_sparse])
@given(seeds)
@settings(max_examples=5, deadline=None)
def test_lava_arithmetic_of_connections(connection, seed):
    assert_equals_simulation(lambda rng: connected(rng, connection), seed)
