"""Random networks of Processes whose states wrap on neurocores."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from lavajit import LIF, DelayDense, DelaySparse, Dense, Sparse

N_SOURCES, N_TARGETS = 8, 5


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
