"""Digits learned without labels, and the neurons that compete for them."""

import sys
import warnings

import numpy as np
import pytest

from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.runtime.tiers import HostTierWarning
from models import digits
from models.competition import Competition

pytestmark = pytest.mark.slow

STEPS, NEURONS = 300, 5
ARITHS = pytest.mark.parametrize("arith", ["float", "fixed"])


@pytest.fixture(autouse=True)
def everything_is_native():
    with warnings.catch_warnings():
        warnings.simplefilter("error", HostTierWarning)
        yield


# --- learning -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def images():
    pytest.importorskip("sklearn", reason="the images come with scikit-learn, extra 'examples'")
    return digits.load_images()


@ARITHS
def test_held_out_digits_are_recognised(images, arith):
    result = digits.experiment(seed=1, neurons=50, epochs=3, arith=arith)
    assert result.accuracy > 0.8
    assert result.confusion.sum() == len(images[0]) - digits.TRAINING
    assert set(result.labels) == set(range(digits.CLASSES))
    assert result.memory.weights.shape == (50, digits.PIXELS)
    assert result.memory.weights.min() >= 0
    # Everybody wins about equally often.
    wins = result.memory.wins
    assert 0.5 * wins.mean() < wins.min() and wins.max() < 2 * wins.mean()


def test_that_is_learned(images):
    naive = digits.experiment(seed=1, neurons=50, epochs=0)
    assert naive.accuracy < 0.6


def test_same_seed_same_result(images):
    first, again = (digits.experiment(seed=2, neurons=20, epochs=1) for _ in range(2))
    np.testing.assert_array_equal(first.memory.weights, again.memory.weights)
    np.testing.assert_array_equal(first.confusion, again.confusion)


@ARITHS
def test_frozen_means_frozen(images, arith):
    rng = np.random.default_rng(0)
    weights = rng.integers(1, 120, (20, digits.PIXELS)) * (1 if arith == "fixed" else 1 / 120)
    memory = digits.Memory(weights, rng.integers(0, 9, 20))
    responses, after = digits.present(images[0][:30], memory, rng, arith)
    assert responses.shape == (30, 20) and responses.sum() > 30
    np.testing.assert_array_equal(after.weights, memory.weights)
    np.testing.assert_array_equal(after.wins, memory.wins)


def test_main_says_mean_and_spread(images, capsys):
    assert digits.main(["--seeds", "2", "--neurons", "20", "--epochs", "1"]) == 0
    printed = capsys.readouterr().out
    assert "mean " in printed and "standard deviation " in printed and " time steps" in printed


def test_without_scikit_learn_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'lavajit\[examples\]'"):
        digits.load_images()


# --- competition ----------------------------------------------------------------------


def competition_by_numpy(inputs, dv, vth, adapt, quiet, fixed):
    """Spikes and wins, from the equations."""
    v = np.zeros(NEURONS, int if fixed else float)
    wins, silence, spikes = np.zeros(NEURONS, int), 0, np.zeros_like(inputs)
    for t, arriving in enumerate(inputs.T):
        v = (v * round((1 - dv) * 4096) >> 12 if fixed else (1 - dv) * v) + arriving
        mean = wins.sum() // NEURONS if fixed else wins.sum() / NEURONS
        excess = v - vth - adapt * (wins - mean)
        if silence:
            v, silence = 0 * v, silence - 1
        elif excess.max() > 0:
            winner = excess.argmax()
            spikes[winner, t], wins[winner], silence, v = 1, wins[winner] + 1, quiet, 0 * v
    return spikes, wins


@ARITHS
@pytest.mark.parametrize("native", [True, False])
def test_competition_follows_its_equations(arith, native):
    fixed = arith == "fixed"
    scale = 100 if fixed else 1
    options = {"dv": 0.1, "vth": 3 * scale, "adapt": 10 if fixed else 0.1, "quiet": 2}
    # Unequal inputs: the last neuron wins at first, and the others catch up.
    inputs = np.random.default_rng(3).random((NEURONS, STEPS)) + np.arange(NEURONS)[:, None] / 10
    inputs = (inputs * scale).astype(int) if fixed else inputs
    source, sink = SourceRingBuffer(data=inputs), SinkRingBuffer(shape=(NEURONS,), buffer=STEPS)
    neurons = Competition(shape=(NEURONS,), **options)
    source.s_out.connect(neurons.a_in)
    neurons.s_out.connect(sink.a_in)
    config = Loihi2SimCfg(select_tag=digits.TAGS[arith])
    neurons.create_runtime(run_cfg=config, compile_config={"native": native})
    neurons.run(RunSteps(STEPS), run_cfg=config)
    spikes, wins = sink.data.get(), neurons.wins.get()
    neurons.stop()

    expected = competition_by_numpy(inputs, fixed=fixed, **options)
    np.testing.assert_array_equal(spikes, expected[0])
    np.testing.assert_array_equal(wins, expected[1])
    assert wins.min() > 1 and spikes.sum(axis=0).max() == 1


def test_wins_may_be_given_and_need_not_count():
    # The first neuron has won more often, so the second one is easier to excite.
    neurons = Competition(
        shape=(2,), dv=0, vth=1.0, adapt=0.5, quiet=0, wins=[3, 1], counting=False
    )
    source, sink = SourceRingBuffer(data=[[0.8], [0.8]]), SinkRingBuffer(shape=(2,), buffer=1)
    source.s_out.connect(neurons.a_in)
    neurons.s_out.connect(sink.a_in)
    neurons.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    assert sink.data.get().ravel().tolist() == [0, 1]
    assert neurons.wins.get().tolist() == [3, 1]
    neurons.stop()
