"""Groups split over cores, cores placed on chips."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.memory.synapse_memory import SynapseBits, quick_bits
from lavajit.neurocore.plan.placement import (
    ALLOCATORS,
    part_count,
    part_sizes,
    place,
    split_dense,
)

LIMITS = {"compartments": 1024, "in_axons": 4096, "bits": 16384 * 64}


def test_recorded_splits(neurocore_data):
    with np.load(neurocore_data / "tab_split.npz") as stored:
        columns = stored["columns"].tolist()
        cases = [stored[name].tolist() for name in ("rows", "sizes", "bits")]
    for row, sizes, bits in zip(*cases, strict=True):
        case = dict(zip(columns, row, strict=True))
        assert case["bits"] == case["n_in"] * quick_bits(case["n"])
        parts = part_count({name: case[name] for name in LIMITS}, LIMITS)
        assert parts == case["n_parts"]
        result = part_sizes(case["n"], parts)
        assert result == sizes[:parts] and set(sizes[parts:]) <= {-1}
        # Of a group that is split, one row of each part was recorded.
        rows = case["n_in"] if parts == 1 else 1
        assert [rows * quick_bits(size) for size in result] == bits[:parts]


def test_dense_layers_with_delays_reach_fewer_compartments():
    assert split_dense(1, 512).sizes == [512]
    assert split_dense(1, 512, SynapseBits(delay=5)).sizes == [256, 256]


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_parts_hold_all_neurons(n, parts):
    if parts > n:
        with pytest.raises(NcResourceError, match="cannot be split"):
            part_sizes(n, parts)
        return
    sizes = part_sizes(n, parts)
    assert sum(sizes) == n and len(sizes) <= parts
    assert set(sizes[:-1]) <= {sizes[0]} and 0 < sizes[-1] <= sizes[0]


@pytest.mark.parametrize("allocator", ALLOCATORS)
def test_recorded_allocations(neurocore_data, allocator):
    with np.load(neurocore_data / "tab_alloc.npz") as stored:
        result = place(stored["conn"], 3, 3, allocator)
        np.testing.assert_array_equal(result, stored[allocator])


@given(st.integers(0, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_every_part_has_a_core_of_its_own(n, per_chip, seed):
    axons = np.random.default_rng(seed).integers(0, 4, (n, n))
    chips = max(-(-n // per_chip), 1)
    for allocator in ALLOCATORS:
        placed = place(axons, per_chip, chips, allocator).tolist()
        assert len(set(map(tuple, placed))) == n
        assert all(0 <= c < chips and 0 <= core < per_chip for c, core in placed)


def test_networks_that_cannot_be_placed():
    with pytest.raises(NcResourceError, match="needs 5 cores, the board has 4"):
        place(np.zeros((5, 5)), 2, 2)
    with pytest.raises(ValueError, match="allocator: 'best' is none of greedy, round_robin"):
        place(np.zeros((1, 1)), 2, 2, "best")
