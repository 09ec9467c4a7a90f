"""CUBA and Brunel's network: connections, activity, reproducibility, figures."""

import numpy as np
import pytest
from helpers.pieces import run_in_pieces
from helpers.tiers import python_rows

from lavajit.observe.memory import SeriesStore
from lavajit.observe.result import Result
from lavajit.observe.series import Events
from models import brunel, cuba
from models.cortical import CorticalNetwork
from models.raster import raster_figure


def spikes_after(network, steps: int, chunk: int = 0, threads: int = 1) -> np.ndarray:
    pieces = [chunk or steps] * (steps // (chunk or steps))
    spikes = run_in_pieces(network, pieces, threads=threads).spikes()
    assert python_rows(network.neurons) == []
    found = np.array([spikes.steps, spikes.neurons])
    network.stop()
    return found


@pytest.mark.slow
def test_connections_of_cuba():
    network = cuba.build(0.5)
    network.run(1)
    found = {name: part.synapses() for name, part in network.projections.items()}
    network.stop()
    for name, (pre, post, weight, delay) in found.items():
        part = network.populations[name]
        assert set(pre) <= set(part) and not delay.any()
        assert np.allclose(weight, {"E": cuba.W_E, "I": cuba.W_I}[name], rtol=1e-6)
        assert len(np.unique(2000 * pre + post)) == len(pre)
        # Five standard deviations of a binomial number; the seed is fixed.
        expected = 80 * len(part)
        assert abs(len(pre) - expected) < 5 * np.sqrt(expected)


@pytest.mark.slow
def test_in_degrees_of_brunels_network():
    network = brunel.build(0.02)
    network.run(1)
    found = {name: part.synapses() for name, part in network.projections.items()}
    network.stop()
    for name, inputs, weight in (("E", 20, 0.1), ("I", 5, -0.5)):
        pre, post, weights, delay = found[name]
        assert (np.bincount(post) == inputs).all() and set(pre) <= set(network.populations[name])
        assert np.allclose(weights, weight) and (delay == 14).all()
        assert network.out_degrees[pre[0]] * len(network.populations[name]) == len(pre)


def recorded(trains: dict[int, list[int]]) -> Result:
    """A result with the time steps at which each of three neurons spikes."""
    dense = np.zeros((50, 3), bool)
    for neuron, steps in trains.items():
        dense[np.array(steps) - 1, neuron] = True
    return Result(SeriesStore({"s_out": Events.from_dense("s_out", dense)}), {}, {})


def test_variation_of_intervals():
    """Of neuron 1; neuron 0 spikes too rarely, neuron 2 regularly."""
    times = {0: [5, 8], 1: [1, 2, 4, 8, 16, 32, 48], 2: [*range(1, 50, 5)]}
    populations = {"E": range(2), "I": range(2, 3)}
    network = CorticalNetwork(None, populations, {}, np.zeros(3), 0.1)
    network.result = recorded(times)
    intervals = np.diff(times[1])
    assert network.variation("E") == pytest.approx(intervals.std() / intervals.mean())
    assert network.variation("I") == 0
    assert network.variation() == pytest.approx(network.variation("E") / 2)
    network.result = recorded({0: [1, 9]})
    assert np.isnan(network.variation())


@pytest.mark.parametrize("model", [cuba, brunel])
def test_same_seed_same_spikes(model):
    scale = 0.05
    first = spikes_after(model.build(scale, seed=3), 600)
    assert first.shape[1] > 10
    assert np.array_equal(spikes_after(model.build(scale, seed=3), 600, chunk=200), first)
    assert np.array_equal(spikes_after(model.build(scale, seed=3), 600, threads=2), first)
    assert not np.array_equal(spikes_after(model.build(scale, seed=4), 600), first)


def test_delay_of_brunels_network():
    """Without drive, one spike changes its targets, and only those, 15 steps later."""
    network = brunel.build(0.02, eta=0.0)
    neurons = network.neurons
    network.run(1)
    first = network.result
    v = np.zeros(neurons.v.shape)
    v[0] = 25.0
    neurons.v.set(v)
    network.run(15)
    assert len((first + network.result).spikes()) == 1
    assert not neurons.v.get()[1:].any()
    network.run(1)
    changed = np.flatnonzero(neurons.v.get()[1:])
    targets = {post for part in network.projections.values() for post in reached(part)}
    assert set(changed + 1) == targets - {0}
    network.stop()


def reached(projection) -> np.ndarray:
    """Targets of neuron 0."""
    pre, post, _, _ = projection.synapses()
    return post[pre == 0]


def test_statistics_are_of_the_last_run():
    network = cuba.build(0.05)
    with pytest.raises(RuntimeError, match=r"nothing has been recorded yet; call run\(\) first"):
        network.rates()
    network.run(300)
    network.run(1)
    assert network.rates() == {"E": 0.0, "I": 0.0}
    assert network.synaptic_events() == 0
    network.run(300)
    spikes = network.events()
    assert len(spikes) == spikes.per_neuron().sum() > 0 and spikes.steps.min() > 301
    assert network.synaptic_events() == 80 * len(spikes)
    counts = {name: len(network.spikes(name)[0]) for name in network.sizes()}
    assert sum(counts.values()) == len(spikes)
    hertz = {name: counts[name] / network.sizes()[name] / 30e-3 for name in counts}
    assert network.rates() == pytest.approx(hertz)
    network.stop()


def test_wrong_scales_say_so():
    with pytest.raises(ValueError, match=r"scale=0.01: 40 neurons, but each has 80 inputs"):
        cuba.build(0.01)
    with pytest.raises(ValueError, match=r"scale=0.01: 2 inhibitory inputs, 4 are needed"):
        brunel.build(0.01)


def test_figure_counts_milliseconds():
    network = cuba.build(0.05)
    network.run(400)
    figure = raster_figure(network, 300, network.dt)
    network.stop()
    raster, rates = figure.axes
    assert raster.get_xlim() == pytest.approx((10, 40.1))
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
    rates, variation = network.rates(), network.variation()
    network.stop()
    assert 4.6 < rates["E"] < 6.6 and 4.6 < rates["I"] < 6.6
    assert 0.45 < variation < 0.62


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.05, 0.2])
def test_brunels_network_has_the_mean_field_rate(scale):
    network = brunel.build(scale)
    network.run(5_000)
    rates = network.rates()
    network.stop()
    expected = brunel.predicted_rate(scale)
    assert rates == pytest.approx({"E": expected, "I": expected}, rel=0.03)


def test_mean_field_rate_of_the_paper():
    """N. Brunel (2000), figure 8C: about 38 Hz for g = 5 and a drive of twice the threshold."""
    assert brunel.predicted_rate() == pytest.approx(37.9, abs=0.5)
