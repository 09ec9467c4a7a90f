"""Words of many rows at once are those of one row at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neurocore_nets import connect, convolve, lif, true_convolution

from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.errors import NcValueError
from lavajit.neurocore.memory.row_sharing import interleaved, shared_words
from lavajit.neurocore.memory.synapse_memory import (
    Compression,
    SynapseBits,
    best_compression,
    loihi2_row_words,
    row_bits,
    row_words,
)
from lavajit.neurocore.memory.synapse_rows import (
    cut_rows,
    entry_bits,
    loihi2_words_of_rows,
    store_rows,
    words_of_rows,
)
from lavajit.neurocore.plan.fans import fans_of, rows_of
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.splits import blocks, consecutive
from lavajit.neurocore.plan.usage import Tally

ROWS = st.lists(st.sets(st.integers(0, 1023), min_size=1, max_size=200), min_size=1, max_size=5)
#: Rows with runs, so that entries fill up.
RUNS = st.lists(
    st.tuples(st.integers(0, 700), st.integers(1, 300), st.integers(1, 40)), min_size=1, max_size=5
).map(lambda runs: [set(range(a, min(a + n, 1024))) | {a // 2, 1023 - s} for a, n, s in runs])
BITS = st.builds(
    SynapseBits, st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8]), st.integers(0, 6), st.integers(0, 3)
)


def listed(rows):
    rows = [sorted(row) for row in rows]
    return (
        rows,
        np.repeat(np.arange(len(rows)), list(map(len, rows))),
        np.array([target for row in rows for target in row]),
    )


@settings(deadline=None)
@given(ROWS | RUNS, BITS, st.sampled_from(list(Compression)))
def test_bits_and_words_are_those_of_single_rows(rows, bits, kind):
    rows, row, target = listed(rows)
    entries = cut_rows(row, target, kind)
    taken = np.bincount(entries.row, entry_bits(entries, kind, bits)).astype(np.int64)
    assert taken.tolist() == [row_bits(each, kind, bits) for each in rows]
    assert words_of_rows(taken).tolist() == [row_words(each, kind, bits) for each in rows]


@settings(deadline=None, max_examples=30)
@given(ROWS | RUNS, BITS)
def test_the_best_compression_is_that_of_single_rows(rows, bits):
    rows, row, target = listed(rows)
    # With room for every format none is merged.
    stored = store_rows(row, target, np.zeros(len(rows), int), 1, bits, formats=64)
    assert (stored.compression, stored.words.sum()) == best_compression(rows, bits)


@given(st.lists(st.integers(1, 4000), min_size=1), st.integers(1, 8), st.integers(0, 6))
def test_rows_of_loihi_2(lengths, weight, delay):
    words = loihi2_words_of_rows(np.array(lengths), SynapseBits(weight, delay))
    assert words.tolist() == [loihi2_row_words(n, weight, delay) for n in lengths]


def test_fewer_formats_take_more_words():
    rows = [[0, 64, 128, 256, 512]]
    _, row, target = listed(rows * 8 + [[k] for k in (1, 65, 129, 257, 513)])
    parts = np.zeros(13, int)
    few, many = (store_rows(row, target, parts, 1, SynapseBits(8), limit) for limit in (1, 15))
    assert few.formats.tolist() == [1]
    assert many.formats[0] > 1 and few.words.sum() >= many.words.sum()


def test_no_rows_and_indices_that_are_too_large():
    nothing = np.zeros(0, int)
    assert cut_rows(nothing, nothing, Compression.DENSE2).row.size == 0
    with pytest.raises(NcValueError, match="index 1024 does not fit 10 bits"):
        cut_rows(np.array([0]), np.array([1024]), Compression.SPARSE)


@pytest.mark.parametrize("kind", Compression)
def test_a_target_that_is_named_twice_begins_a_new_entry(kind):
    # Delays tell the two synapses apart.
    entries = cut_rows(np.zeros(3, int), np.array([4, 4, 5]), kind)
    assert entries.count.tolist() == ([1, 2])


def test_rows_follow_the_parts_of_their_targets():
    net = NcNet()
    group = lif(net, "target", (4, 4))
    connect(net, 2, group, ([0, 0, 0, 1], [1, 2, 9, 15]))
    (fan,) = fans_of(net, group)
    rows = rows_of(fan, consecutive(16, 2))
    assert (rows.input.tolist(), rows.part.tolist()) == ([0, 0, 1], [0, 1, 1])
    assert (rows.target.tolist(), rows.length.tolist()) == ([1, 2, 1, 7], [2, 1, 1])
    rows = rows_of(fan, blocks(group, (4, 2)))
    assert (rows.input.tolist(), rows.part.tolist()) == ([0, 0, 1], [0, 1, 1])
    assert rows.target.tolist() == [1, 5, 0, 7]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 200), st.integers(1, 6))
def test_words_of_parts_are_those_of_their_rows(seed, n_in, n, parts):
    rng = np.random.default_rng(seed)
    matrix = rng.random((n_in, n)) < rng.choice([0.05, 0.5, 1.0])
    net = NcNet()
    group = lif(net, "target", n)
    inputs, targets = np.nonzero(matrix)
    # Rows need not be sorted.
    mixed = rng.permutation(inputs.size)
    connect(net, n_in, group, (inputs[mixed], targets[mixed]))
    split = consecutive(n, min(parts, n))
    amounts, _ = Tally(group, fans_of(net, group), LOIHI1).amounts(split)
    ends = np.cumsum(split.sizes)
    blocks_of = np.split(matrix, ends[:-1], axis=1)
    rows = [[np.flatnonzero(row) for row in block if row.any()] for block in blocks_of]
    kind, total = best_compression([row for part in rows for row in part])
    assert amounts["synapse_words"].tolist() == [
        sum(row_words(row, kind) for row in part) for part in rows
    ]
    assert amounts["synapse_words"].sum() == total
    assert amounts["axons_in"].tolist() == [len(part) for part in rows]


def shared(fan, convolution, split):
    rows = rows_of(fan, split, interleaved(convolution, split))
    return rows, shared_words(fan, rows, split.parts, 15, 16)


def test_a_core_of_loihi_1_stores_equal_rows_of_a_convolution_once():
    net = NcNet()
    pairs, weights, shape = true_convolution((10, 1, 2), 4, 1)
    group = lif(net, "target", shape)
    link = convolve(net, 20, group, (1, 1, 2), inputs=(10, 1, 2), pairs=pairs, weights=weights)
    (fan,) = fans_of(net, group)
    rows, (words, longest, _, bases) = shared(fan, link.synapses.convolution, consecutive(40, 1))
    # Each of the 2 input channels has one row, used at ten places; its targets are alike.
    assert rows.length.tolist() == [4] * 20
    row = [0, 10, 20, 30]
    assert longest.tolist() == [row_words(row, Compression.RUNLENGTH)]
    assert (words.tolist(), bases.tolist()) == ([2 * longest[0]], [1])


def test_rows_at_the_border_are_groups_of_their_own_and_at_most_16():
    net = NcNet()
    pairs, weights, shape = true_convolution((12, 12, 1), 2, 5)
    group = lif(net, "target", shape)
    order = np.lexsort((pairs[1], pairs[0]))
    pairs = tuple(each[order] for each in pairs)
    link = convolve(
        net, 144, group, (5, 5, 1), inputs=(12, 12, 1), pairs=pairs, weights=weights[order]
    )
    (fan,) = fans_of(net, group)
    rows, (words, _, _, bases) = shared(fan, link.synapses.convolution, consecutive(128, 1))
    plain = store_rows(rows.row, rows.target, rows.part, 1, SynapseBits(), 15).words.sum()
    assert 1 <= bases[0] <= 16
    assert words[0] < plain
