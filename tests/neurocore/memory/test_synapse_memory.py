"""Words of synaptic memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.arithmetic.weights import WEIGHT_BITS
from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.memory.synapse_memory import (
    Compression,
    SynapseBits,
    best_compression,
    loihi2_row_words,
    population_words,
    quick_bits,
    row_bits,
    row_words,
    split_signs,
    words,
)

SPARSE, RUNLENGTH, DENSE1, DENSE2 = Compression


def test_recorded_counts(neurocore_data):
    with np.load(neurocore_data / "tab_synmem.npz") as stored:
        rows = stored["rows"].tolist()
    index_bits = LOIHI1.registers.index_bits.value
    for weight, delay, tag, index, compression, n, expected in rows:
        bits = SynapseBits(WEIGHT_BITS[weight], delay, tag)
        sparse = compression == SPARSE.encoding
        assert quick_bits(n, bits, index_bits[index] if sparse else 0) == expected


def test_rows_without_synapses_take_nothing():
    assert quick_bits(0) == 0


def test_a_nearly_full_last_word_takes_another():
    assert [words(bits) for bits in (0, 1, 58, 59, 63, 64, 65)] == [0, 1, 1, 2, 2, 2, 2]


def test_gaps():
    # A gap begins a new entry in a dense row, is filled with zeros, or skipped.
    row = [0, 1, 5]
    assert row_bits(row, DENSE1) == 2 * 16 + 3 * 8
    assert row_bits(row, DENSE2) == 16 + 6 * 8
    assert row_bits(row, RUNLENGTH) == 16 + 3 * (8 + 2)
    assert row_bits(row, SPARSE) == 10 + 3 * (8 + 6)
    # Skips have at most 5 bits.
    assert row_bits([0, 32], RUNLENGTH) == 16 + 2 * (8 + 5)
    assert row_bits([0, 33], RUNLENGTH) == 2 * (16 + 8 + 2)
    # A dense entry spans 60 indices.
    assert row_bits([0, 59], DENSE2) == 16 + 60 * 8
    assert row_bits([0, 60], DENSE2) == 2 * (16 + 8)


def test_index_widths_follow_the_entry():
    assert row_bits([63], SPARSE) == 10 + 8 + 6
    assert row_bits([64], SPARSE) == 10 + 8 + 7
    assert row_bits([1023], DENSE1) == 10 + 10 + 8
    # Of 61 targets from 10 on, the second entry begins at 70.
    assert row_bits(range(10, 71), DENSE1) == (16 + 480) + (10 + 7 + 8)


def test_delays_and_tags_are_counted():
    assert row_bits([0], DENSE1, SynapseBits(8, 3, 2)) == 16 + 13


@given(st.sets(st.integers(0, 1023), min_size=1), st.sampled_from(list(Compression)))
def test_no_row_is_smaller_than_its_weights(targets, kind):
    row = sorted(targets)
    bits = row_bits(row, kind)
    assert bits >= 8 * len(row) + 10
    assert row_words(row, kind) >= -(-bits // 64)


@given(st.sets(st.integers(0, 1023)))
def test_without_gaps_dense_forms_are_equal(targets):
    n = len(targets)
    assert row_bits(range(n), DENSE1) == row_bits(range(n), DENSE2)


def test_the_smallest_compression():
    assert best_compression([range(100)] * 784) == (DENSE1, 784 * 14)
    assert best_compression([[0, 200, 400, 600]])[0] is SPARSE
    assert best_compression([range(0, 180, 3)])[0] is RUNLENGTH
    assert best_compression([[k for k in range(60) if k % 8]])[0] is DENSE2
    # Of equals the first.
    assert best_compression([[0]]) == (SPARSE, 1)
    assert best_compression([]) == (SPARSE, 0)


def test_atoms_are_as_long_as_the_longest():
    assert population_words([range(100), range(10), []], DENSE1) == 3 * 14
    assert population_words([], DENSE1) == 0


def test_rows_of_one_sign():
    positive, negative = split_signs([0, 1, 2, 3], [5, -1, 0, 7])
    assert (positive.tolist(), negative.tolist()) == ([0, 3], [1])


@pytest.mark.parametrize(
    ("n_in", "n", "expected"), [(64, 10, 256), (128, 64, 2688), (784, 50, 12544)]
)
def test_published_dense_layers_of_loihi_2(n_in, n, expected):
    assert n_in * loihi2_row_words(n) == expected


def test_rows_that_cannot_be_stored():
    for targets in ([1, 1], [2, 1], [-1]):
        with pytest.raises(NcValueError, match="strictly ascending"):
            row_bits(targets, SPARSE)
    with pytest.raises(NcValueError, match=r"index 1024 .* index_bits=11; 6..10 bits"):
        row_bits([1024], SPARSE)
    with pytest.raises(NcValueError, match="index 99 does not fit index_bits=6"):
        row_bits([99], DENSE1, index_bits=6)
    with pytest.raises(NcValueError, match="skip 9 does not fit skip_bits=2"):
        row_bits([0, 10], RUNLENGTH, skip_bits=2)
