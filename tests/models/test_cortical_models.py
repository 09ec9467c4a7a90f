"""CUBA and Brunel's network: connections, activity, reproducibility, figures."""

import numpy as np
import pytest
from helpers.tiers import python_rows

from models import brunel, cuba
from models.cortical import bernoulli_pairs, fixed_in_degree
from models.raster import raster_figure


def spikes_after(network, steps: int, chunk: int = 0, precision: str = "float64") -> np.ndarray:
    for _ in range(0, steps, chunk or steps):
        network.run(chunk or steps, precision)
    assert python_rows(network.neurons) == []
    found = np.array(network.recorder.spikes())
    network.stop()
    return found


def test_bernoulli_pairs_are_independent():
    n_in, n_out, p = 300, 200, 0.1
    pre, post = bernoulli_pairs(n_in, n_out, p, np.random.default_rng(1))
    assert len(np.unique(n_out * pre.astype(int) + post)) == len(pre)
    assert pre.max() < n_in and post.max() < n_out
    # Five standard deviations of binomial numbers; the seed is fixed.
    assert abs(len(pre) - p * n_in * n_out) < 5 * np.sqrt(p * (1 - p) * n_in * n_out)
    assert np.bincount(pre, minlength=n_in).var() == pytest.approx(n_out * p * (1 - p), rel=0.4)
    every = bernoulli_pairs(3, 2, 1.0, np.random.default_rng(1))
    assert np.array(every).tolist() == [[0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1]]


def test_in_degrees_are_fixed():
    pre, post = fixed_in_degree(30, 20, 7, np.random.default_rng(1))
    assert (np.bincount(post) == 7).all() and 0 <= pre.min() <= pre.max() < 30


@pytest.mark.parametrize("model", [cuba, brunel])
def test_same_seed_same_spikes(model):
    scale = 0.05
    first = spikes_after(model.build(scale, seed=3), 600)
    assert first.shape[1] > 10
    assert np.array_equal(spikes_after(model.build(scale, seed=3), 600, chunk=200), first)
    assert not np.array_equal(spikes_after(model.build(scale, seed=4), 600), first)


def test_delay_of_brunels_network():
    """Without drive, one spike changes its targets, and only those, 15 steps later."""
    network = brunel.build(0.02, eta=0.0)
    neurons = network.neurons
    network.run(1)
    v = np.zeros(neurons.v.shape)
    v[0] = 25.0
    neurons.v.set(v)
    network.run(15)
    assert network.recorder.n_spikes.get()[0] == 1
    assert not neurons.v.get()[1:].any()
    network.run(1)
    changed = np.flatnonzero(neurons.v.get()[1:])
    assert 0 < len(changed) <= network.synaptic_events() == network.out_degrees[0]
    network.stop()


def test_wrong_scales_say_so():
    with pytest.raises(ValueError, match=r"scale=0.01: 40 neurons, but each has 80 inputs"):
        cuba.build(0.01)
    with pytest.raises(ValueError, match=r"scale=0.01: 2 inhibitory inputs, 4 are needed"):
        brunel.build(0.01)


def test_figure_counts_milliseconds():
    network = cuba.build(0.05)
    network.run(400)
    figure = raster_figure(network, 100, 400, network.dt)
    network.stop()
    raster, rates = figure.axes
    assert raster.get_xlim() == (10, 40)
    for line in raster.lines:
        assert 10 < line.get_xdata().min() <= line.get_xdata().max() <= 40
    assert (rates.get_xlabel(), rates.get_ylabel()) == ("time (ms)", "rate (Hz)")


@pytest.mark.slow
@pytest.mark.parametrize("model", [cuba, brunel])
def test_main_saves_a_picture(model, tmp_path, capsys):
    path = tmp_path / "spikes.png"
    assert model.main(["--scale", "0.05", "--time", "50", "--output", str(path)]) == 0
    assert path.stat().st_size > 5_000
    assert "E: " in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_statistics_of_cuba(precision):
    """Brian2 with the same equations: 5.5 to 5.7 Hz, CV 0.53 to 0.54 in two runs of 1 s.

    The slow fluctuations of the whole network, which has little inhibition, set the range.
    """
    network = cuba.build(seed=1)
    network.run(10_000, precision)
    rates, variation = network.rates(10_000), network.variation()
    network.stop()
    assert 4.6 < rates["E"] < 6.6 and 4.6 < rates["I"] < 6.6
    assert 0.45 < variation < 0.62


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.05, 0.2])
def test_brunels_network_has_the_mean_field_rate(scale):
    network = brunel.build(scale)
    network.run(5_000)
    rates = network.rates(5_000)
    network.stop()
    expected = brunel.predicted_rate(scale)
    assert rates == pytest.approx({"E": expected, "I": expected}, rel=0.03)


def test_mean_field_rate_of_the_paper():
    """N. Brunel (2000), figure 8C: about 38 Hz for g = 5 and a drive of twice the threshold."""
    assert brunel.predicted_rate() == pytest.approx(37.9, abs=0.5)
