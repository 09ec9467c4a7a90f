"""The cortical microcircuit: numbers of synapses, weights, delays, scaling, activity."""

import numpy as np
import pytest
from helpers.pieces import run_in_pieces
from helpers.tiers import python_rows

from models import microcircuit
from models.microcircuit_figure import microcircuit_figure

#: Rates in Hz and CV of intervals, means over 5 s, of NEST 3.10 with the same equations and a tenth
#: of neurons and inputs. The whole network has 0.9, 3.0, 4.4, 5.9, 7.6, 8.6, 1.1 and 7.8 Hz.
RATES_AT_A_TENTH = [0.485, 2.095, 3.94, 5.005, 6.522, 7.832, 0.854, 7.022]
VARIATION_AT_A_TENTH = 0.80
NAMES = list(microcircuit.SIZES)


def test_the_whole_network():
    """Numbers of the paper: 77,169 neurons, 0.3 billion synapses, a weight of 87.8 pA."""
    numbers = microcircuit.synapse_numbers()
    assert sum(microcircuit.SIZES.values()) == 77_169
    assert numbers.sum() == pytest.approx(298.9e6, rel=1e-3)
    assert microcircuit.weight() == pytest.approx(87.81, abs=0.01)
    means = microcircuit.weights() / microcircuit.weight()
    assert means[0, 2] == 2 and (means[:, 1::2] == -4).all()
    assert (np.delete(means[:, 0::2].ravel(), 1) == 1).all()
    # Of a connection with p close to 0, the number of synapses is p N_X N_Y.
    assert numbers[4, 3] == pytest.approx(0.0057 * 4850 * 5479, rel=0.003)


def test_nothing_replaces_what_is_not_lost():
    assert not microcircuit.constant_currents("poisson", 1.0).any()
    current = microcircuit.constant_currents("dc", 1.0)
    expected = 1600 * 8.0 * 1e-3 * 0.5 * microcircuit.weight()
    assert current[0] == pytest.approx(expected)


def test_mean_input_is_kept_when_scaled_down():
    """At the rates of the whole network: what synapses bring, and what replaces the rest."""
    whole = microcircuit.constant_currents("dc", 1.0) * 0
    sizes = np.array(list(microcircuit.SIZES.values()))
    per_neuron = microcircuit.synapse_numbers() / sizes[:, None]
    external = microcircuit.weight() * microcircuit.EXTERNAL_INPUTS * 8.0
    for k_scale in (1.0, 0.1):
        weights = microcircuit.weights() / np.sqrt(k_scale)
        charge = (weights * k_scale * per_neuron) @ microcircuit.RATES
        charge += k_scale * external / np.sqrt(k_scale)
        mean = 1e-3 * 0.5 * charge + microcircuit.constant_currents("poisson", k_scale)
        whole = mean if k_scale == 1 else whole
    np.testing.assert_allclose(mean, whole, rtol=1e-12)


@pytest.fixture(scope="module")
def small():
    """Synapses of a network of 771 neurons with a fiftieth of the inputs."""
    network = microcircuit.build(scale=0.01, k_scale=0.02, seed=3)
    network.run(30, "float32")
    assert python_rows(network.neurons) == []
    found = {name: part.synapses() for name, part in network.projections.items()}
    network.stop()
    return network, found


def pairs_of_populations(network, found) -> np.ndarray:
    """Number of synapses, shape (targets, sources)."""
    borders = [part.stop for part in network.populations.values()]
    pre, post = (np.concatenate([part[k] for part in found.values()]) for k in range(2))
    ends = [np.searchsorted(borders, index, side="right") for index in (post, pre)]
    return np.bincount(8 * ends[0] + ends[1], minlength=64).reshape(8, 8)


@pytest.mark.slow
def test_synapses_between_populations(small):
    network, found = small
    sizes, whole = (np.array(list(d.values())) for d in (network.sizes(), microcircuit.SIZES))
    expected = microcircuit.synapse_numbers() * 0.02 * (sizes / whole)[:, None]
    np.testing.assert_array_equal(pairs_of_populations(network, found), np.rint(expected))
    total = sum(part[0].size for part in found.values())
    assert network.out_degrees.sum() == pytest.approx(total)


@pytest.mark.slow
def test_weights_and_delays(small):
    network, found = small
    mean = microcircuit.weight() / np.sqrt(0.02)
    doubled = (np.isin(found["E"][0], network.populations["L4E"])) & (
        found["E"][1] < len(network.populations["L23E"])
    )
    for weight, times in (
        (found["E"][2][~doubled], 1),
        (found["E"][2][doubled], 2),
        (found["I"][2], -4),
    ):
        error = 5 * 0.1 / np.sqrt(weight.size)
        assert weight.mean() / mean == pytest.approx(times, rel=error)
        assert weight.std() / abs(mean * times) == pytest.approx(0.1, rel=20 * error)
        assert (np.sign(weight) == np.sign(times)).all()
    for name, most in (("E", 80), ("I", 40)):
        delay = found[name][3]
        # A normal distribution without what lies two standard deviations below its mean.
        expected = {"E": 14 + 0.41, "I": 6.5 + 0.21}[name]
        assert delay.min() == 0 and delay.max() < most
        assert delay.mean() == pytest.approx(expected, rel=0.02)


def test_same_seed_same_spikes_and_the_figure():
    def spikes(seed: int, chunk: int, threads: int = 1):
        network = microcircuit.build(scale=0.02, seed=seed)
        pieces = [chunk] * (2_000 // chunk)
        spikes = run_in_pieces(network, pieces, "float32", threads=threads).spikes()
        found = np.array([spikes.steps, spikes.neurons])
        figure = microcircuit_figure(network)
        network.stop()
        return found, figure

    first, figure = spikes(1, 2_000)
    assert first.shape[1] > 200
    np.testing.assert_array_equal(spikes(1, 500, threads=2)[0], first)
    assert not np.array_equal(spikes(2, 2_000)[0], first)
    raster, rates = figure.axes
    assert [label.get_text() for label in raster.get_yticklabels()] == NAMES
    assert rates.get_xlabel() == "rate (Hz)" and raster.get_xlabel() == "time (ms)"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"scale": 0.0}, "scale=0.0: choose one from 0.001 to 1"),
        ({"scale": 1.5}, "scale=1.5: choose"),
        ({"k_scale": 0.0}, "k_scale=0.0: choose one above 0"),
        ({"background": "ac"}, "background='ac': choose one of poisson, dc"),
    ],
)
def test_wrong_arguments_say_so(arguments, match):
    with pytest.raises(ValueError, match=match):
        microcircuit.build(**arguments)


@pytest.mark.slow
def test_main_saves_a_picture(tmp_path, capsys):
    path = tmp_path / "microcircuit.png"
    arguments = ["--scale", "0.01", "--time", "50", "--background", "dc", "--output", str(path)]
    assert microcircuit.main(arguments) == 0
    assert path.stat().st_size > 5_000
    assert "L23E: 207 neurons" in capsys.readouterr().out


@pytest.mark.slow
def test_rates_and_irregularity_at_a_tenth():
    """7,717 neurons for 3 s; short runs have few long intervals, hence a smaller CV."""
    network = microcircuit.build(scale=0.1, seed=1)
    network.run(5_000, "float32")
    network.run(30_000)
    rates = list(network.rates().values())
    variation = [network.variation(name) for name in NAMES]
    network.stop()
    for name, rate, expected in zip(NAMES, rates, RATES_AT_A_TENTH, strict=True):
        # Populations that vary slowly as a whole, or that hardly spike.
        tolerance = 0.12 if name in ("L23E", "L5E", "L6E") else 0.06
        assert rate == pytest.approx(expected, rel=tolerance), name
    assert variation == pytest.approx([VARIATION_AT_A_TENTH] * 8, abs=0.1)
