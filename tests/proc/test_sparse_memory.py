"""Sparse connections are built and run in a small multiple of the size of what they are given."""

import tracemalloc

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from lavajit import DelaySparse, Loihi2SimCfg, RunSteps, Sparse
from lavajit.utils.sparse import from_synapses

MOST = 4.0
N, PER_NEURON = 3000, 100


def synapses(dtype: type) -> tuple[np.ndarray, ...]:
    pre = np.repeat(np.arange(N, dtype=np.int32), PER_NEURON)
    post = (pre + np.tile(np.arange(PER_NEURON, dtype=np.int32), N)) % np.int32(N)
    weight, delay = np.full(pre.size, 3, dtype), (post % 7).astype(np.int8)
    return pre, post, weight, delay


def run(connection, tag: str) -> None:
    connection.run(RunSteps(2), Loihi2SimCfg(select_tag=tag))
    connection.stop()


def times_its_size(given, make, tag: str) -> float:
    """(given + peak) / given, in bytes."""
    run(make(), tag)  # compiles, and imports what it needs
    tracemalloc.start()
    try:
        run(make(), tag)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = sum(part.nbytes for part in given)
    return (size + peak) / size


@pytest.mark.parametrize(("tag", "dtype"), [("floating_pt", float), ("fixed_pt", np.int8)])
def test_peak(tag, dtype):
    arrays = synapses(dtype)
    weights, delays = from_synapses(*arrays, shape=(N, N))
    rows = weights.tocsr()
    parts = rows.data, rows.indices, rows.indptr

    def delayed():
        weights, delays = from_synapses(*arrays, shape=(N, N))
        return DelaySparse(weights=weights, delays=delays)

    assert times_its_size(arrays, delayed, tag) < MOST
    assert times_its_size(parts, lambda: Sparse(weights=rows), tag) < MOST


def test_compressed_columns_are_not_copied():
    weights, delays = from_synapses(*synapses(float), shape=(N, N))
    connection = DelaySparse(weights=weights, delays=delays)
    assert connection.weights.init is weights and connection.delays.init is delays
    rows = csr_matrix(weights)
    assert np.shares_memory(Sparse(weights=rows).weights.init.data, rows.data)
