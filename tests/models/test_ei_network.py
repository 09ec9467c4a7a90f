"""The balanced E/I network: activity, scaling, arithmetic, recording."""

import warnings

import numpy as np
import pytest

from models import ei_network
from models.raster import raster_figure

pytestmark = pytest.mark.slow

STEPS = 1_500


def rates_and_irregularity(network: ei_network.EINetwork) -> tuple[float, float]:
    """Spikes per neuron and 1,000 steps, and mean CV of the inter-spike intervals."""
    rates, variations = [], []
    for name in network.sizes():
        spikes = network.events(name)
        rates.append(spikes.rate(dt=1e-3).mean())
        for intervals in spikes.isi():
            if len(intervals) >= 5:
                variations.append(intervals.std() / intervals.mean())
    assert max(rates) < 1.5 * min(rates)
    return float(np.mean(rates)), float(np.mean(variations))


@pytest.mark.parametrize("arith", ["float", "fixed"])
@pytest.mark.parametrize("neurons", [200, 1_000, 4_000])
def test_activity_is_moderate_and_irregular(neurons, arith):
    network = ei_network.build(neurons / 2000, arith=arith)
    network.run(STEPS)
    rate, variation = rates_and_irregularity(network)
    network.stop()
    assert 4 < rate < 25
    assert 0.5 < variation < (2.0 if neurons < 500 else 1.4)


def test_no_kernel_stays_in_python():
    network = ei_network.build(0.05)
    network.run(1)
    tiers = network.excitatory.runtime.executable.network.tiers
    network.stop()
    assert not tiers.refusals


def test_in_degrees_are_exact_and_free_of_self_connections():
    rng = np.random.default_rng(0)
    connected = ei_network.random_inputs(60, 60, 7, recurrent=True, rng=rng)
    assert (connected.sum(axis=1) == 7).all()
    assert not connected.diagonal().any()
    assert ei_network.random_inputs(5, 9, 9, recurrent=False, rng=rng).all()


def test_same_seed_same_spikes():
    first, again, other = (spikes_of_run(seed) for seed in (3, 3, 4))
    assert first.shape[1] > 100
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def spikes_of_run(seed: int) -> np.ndarray:
    network = ei_network.build(0.1, seed)
    network.run(300)
    spikes = np.array(network.spikes("E"))
    network.stop()
    return spikes


def test_synaptic_events_count_every_spike():
    network = ei_network.build(0.1)
    with pytest.raises(RuntimeError, match=r"nothing has been recorded yet; call run\(\) first"):
        network.spikes("E")
    network.run(300)
    when, who = network.spikes("E")
    assert (np.diff(when) >= 0).all() and 1 <= when[0] <= when[-1] <= 300
    assert 0 <= who.min() <= who.max() < 160
    assert network.events("E").per_neuron().sum() == len(when) == len(who) > 100
    # 200 neurons receive 16 of 160 and 4 of 40: each neuron reaches a tenth of all, on average.
    spikes = sum(len(network.events(name)) for name in network.sizes())
    assert network.synaptic_events() == pytest.approx(20 * spikes, rel=0.1)
    network.stop()


def test_wrong_arguments_say_so():
    with pytest.raises(ValueError, match="scale=0.02: 40 neurons, the network needs 50 or more"):
        ei_network.build(0.02)
    with pytest.raises(ValueError, match="arith='double': choose one of 'float', 'fixed'"):
        ei_network.build(0.05, arith="double")


def test_figure_shows_the_window_asked_for():
    network = ei_network.build(0.1)
    network.run(200)
    figure = raster_figure(network, 100)
    network.stop()
    raster, rates = figure.axes
    assert raster.get_xlim() == (100, 201)
    for line in raster.lines:
        steps = line.get_xdata()
        assert len(steps) > 10 and 100 < min(steps) and max(steps) <= 200
    assert rates.get_xlabel() == "time step"


def test_main_saves_a_picture(tmp_path, capsys):
    path = tmp_path / "spikes.png"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code = ei_network.main(["--scale", "0.05", "--steps", "300", "--output", str(path)])
    assert code == 0
    assert path.stat().st_size > 5_000
    assert "E: 80 neurons, " in capsys.readouterr().out
