"""Poisson counts: exact tables, their distribution, independence of tiers and chunks, errors."""

import numpy as np
import pytest
from scipy import stats

from lavajit import Loihi2SimCfg, PoissonInput, RunSteps, SinkRingBuffer
from lavajit.proc.io.poisson_input import DRAW_BITS, alias_table, poisson_masses, table_bits

WHOLE = 1 << DRAW_BITS


def sent(mean, shape=(4,), steps=6, native=True, chunk=6, tag="floating_pt", threads=1, **options):
    source = PoissonInput(shape, mean, name="drive", **options)
    sink = SinkRingBuffer(shape=shape, buffer=steps)
    source.a_out.connect(sink.a_in)
    for _ in range(0, steps, chunk):
        config = Loihi2SimCfg(select_tag=tag, threads=threads)
        source.run(RunSteps(chunk), config, {"native": native})
    found = sink.data.get()
    source.stop()
    return found


@pytest.mark.parametrize("mean", [0.0, 1e-10, 0.3, 7.0, 1000.0])
def test_tables_hold_the_distribution_exactly(mean):
    """Every random number belongs to one count, and each count has its share of the numbers."""
    first, masses = poisson_masses(mean)
    expected = stats.poisson.pmf(first + np.arange(masses.size), mean)
    # The most frequent count also takes what rounding leaves, half a unit per count at most.
    np.testing.assert_allclose(masses, WHOLE * expected, rtol=1e-11, atol=masses.size)
    bits = table_bits(mean)
    limits, counts = alias_table((first, masses), bits)
    share = WHOLE >> bits
    found = np.zeros(1 << bits, np.int64)
    np.add.at(found, counts[:, 0] - first, limits.astype(np.int64))
    np.add.at(found, counts[:, 1] - first, share - limits.astype(np.int64))
    np.testing.assert_array_equal(found[: masses.size], masses)
    assert not found[masses.size :].any() and masses.sum() == WHOLE


def test_counts_are_poisson_whatever_the_mean():
    """Chi-square with a fixed seed: this does not flicker."""
    means, n, steps = [0.01, 2.0, 40.0], 2_000, 20
    counts = sent(np.repeat(means, n), shape=(3 * n,), steps=steps, chunk=steps).astype(int)
    for k, mean in enumerate(means):
        part = counts[k * n : (k + 1) * n].ravel()
        expected = part.size * stats.poisson.pmf(np.arange(part.max() + 40), mean)
        kept = np.flatnonzero(expected >= 5)
        first, last = kept[0], kept[-1]
        edges = [expected[:first].sum(), *expected[first : last + 1], expected[last + 1 :].sum()]
        found = np.bincount(np.clip(part, first - 1, last + 1) - first + 1, minlength=len(edges))
        # Ends that expect less than 5 counts are left out of the sum.
        used = np.array(edges) >= 5
        square = ((found - edges) ** 2 / np.maximum(edges, 1e-300))[used].sum()
        assert stats.chi2.sf(square, used.sum() - 1) > 1e-3


def test_neurons_and_steps_are_independent():
    counts = sent(2.0, shape=(500,), steps=200, chunk=200)
    for shift in (1, 16, 64):
        neighbours = np.corrcoef(counts[:-shift].ravel(), counts[shift:].ravel())[0, 1]
        assert abs(neighbours) < 5 / np.sqrt(counts[:-shift].size)
    times = np.corrcoef(counts[:, :-1].ravel(), counts[:, 1:].ravel())[0, 1]
    assert abs(times) < 5 / np.sqrt(counts.size)


def test_tiers_chunks_and_weight():
    found = sent(2.0)
    np.testing.assert_array_equal(sent(2.0, native=False, chunk=2), found)
    np.testing.assert_array_equal(sent(2.0, weight=0.5), 0.5 * found)
    np.testing.assert_array_equal(sent(2.0, tag="float32"), found)
    assert len(np.unique(found)) > 2 and not sent(0.0).any()


@pytest.mark.parametrize("tag", ["floating_pt", "float32"])
def test_means_per_neuron(tag):
    """A neuron's numbers do not depend on the other means, if tables have the same size."""
    means = np.array([[0.0, 3.0, 0.5], [2.0, 2.0, 0.5]])
    found = sent(means, shape=(2, 3), tag=tag)
    np.testing.assert_array_equal(sent(means, shape=(2, 3), tag=tag, native=False), found)
    for mean in np.unique(means):
        alone = sent(mean, shape=(2, 3), tag=tag)
        np.testing.assert_array_equal(found[means == mean], alone[means == mean])
    rows = sent([[1.0], [2.0]], shape=(2, 3), tag=tag)
    np.testing.assert_array_equal(rows[1], sent(2.0, shape=(2, 3), tag=tag)[1])


@pytest.mark.parametrize("shape", [(200,), (3, 50)])
def test_any_number_of_threads_draws_the_same(shape):
    """Parts begin and end anywhere in the tiles of 64 neurons."""
    means = np.resize([0.5, 2.0], shape)
    one = sent(means, shape=shape)
    for threads in (2, 3):
        np.testing.assert_array_equal(sent(means, shape=shape, threads=threads), one)


@pytest.mark.parametrize(
    ("mean", "match"),
    [
        (-0.1, "mean is a number of spikes per time step from 0 to 1000, got -0.1"),
        ([1.0, 1001.0], "mean is a number of spikes per time step"),
        (float("nan"), "mean is a number of spikes per time step"),
        ([1.0, 2.0, 3.0], r"mean has shape \(3,\), the neurons have \(2,\)"),
    ],
)
def test_wrong_means_say_so(mean, match):
    with pytest.raises(ValueError, match=f"PoissonInput: {match}"):
        PoissonInput((2,), mean)


def test_too_many_distinct_means_say_so():
    with pytest.raises(ValueError, match="3000 distinct means up to 2 need tables of 96,000 ent"):
        PoissonInput((3000,), np.linspace(1, 2, 3000))
