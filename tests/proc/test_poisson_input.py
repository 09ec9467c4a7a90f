"""Poisson counts: their distribution, their independence of tiers and chunks, errors."""

import numpy as np
import pytest
from scipy import stats

from lavajit import Loihi2SimCfg, PoissonInput, RunSteps, SinkRingBuffer
from lavajit.proc.io.poisson_input import DRAW_BITS, GUIDE_BITS, poisson_table


def sent(mean, neurons=4, steps=6, native=True, chunk=6, tag="floating_pt", **options):
    source = PoissonInput((neurons,), mean, name="drive", **options)
    sink = SinkRingBuffer(shape=(neurons,), buffer=steps)
    source.a_out.connect(sink.a_in)
    for _ in range(0, steps, chunk):
        source.run(RunSteps(chunk), Loihi2SimCfg(select_tag=tag), {"native": native})
    found = sink.data.get()
    source.stop()
    return found


@pytest.mark.parametrize("mean", [0.01, 2.0, 40.0])
def test_counts_are_poisson(mean):
    counts = sent(mean, neurons=5000, steps=10, chunk=10).astype(int).ravel()
    n = counts.size
    # Five standard errors of mean and variance; the seed is fixed, so this does not flicker.
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / n)
    assert abs(counts.var() - mean) < 5 * np.sqrt((mean + 2 * mean**2) / n)
    distance = stats.ks_1samp(counts + 0.5, lambda x: stats.poisson.cdf(np.floor(x), mean))
    assert distance.statistic < stats.poisson.pmf(int(mean), mean) + 5 / np.sqrt(n)


@pytest.mark.parametrize("mean", [0.0, 0.3, 7.0, 1000.0])
def test_the_guide_never_starts_behind_the_count(mean):
    last_draws, guide = poisson_table(mean)
    assert (np.diff(last_draws) >= 0).all() and last_draws[-1] == (1 << DRAW_BITS) - 1
    draws = np.random.default_rng(0).integers(0, 1 << DRAW_BITS, 10_000, dtype=np.int64)
    counts = np.searchsorted(last_draws, draws)
    assert (guide[draws >> (DRAW_BITS - GUIDE_BITS)] <= counts).all()


def test_tiers_chunks_and_weight():
    found = sent(2.0)
    np.testing.assert_array_equal(sent(2.0, native=False, chunk=2), found)
    np.testing.assert_array_equal(sent(2.0, weight=0.5), 0.5 * found)
    np.testing.assert_array_equal(sent(2.0, tag="float32"), found)
    assert len(np.unique(found)) > 2 and not sent(0.0).any()


@pytest.mark.parametrize("mean", [-0.1, 1001, [1.0, 2.0]])
def test_wrong_means_say_so(mean):
    with pytest.raises(ValueError, match="PoissonInput: mean is one number of spikes per time"):
        PoissonInput((2,), mean)
