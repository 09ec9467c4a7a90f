"""Handwritten digits, learned without labels: STDP and competition.

The images are scikit-learn's bundled ones, 8 x 8 pixels, 10 classes. A pixel of intensity p in 0..1
spikes with probability p per step for `SHOW` steps; a rest follows. Plastic synapses from the
pixels to N neurons learn at each post-synaptic spike::

    dw = 2^-5 y0 (x1 - w)            x1: trace of the pixel's spikes, about p

so that a neuron's weights become the mean of the images it answers; w bounds itself softly. The
neurons inhibit each other, and their thresholds see to it that all win equally often
(:mod:`models.competition`).

Labels are used after learning only: with weights and thresholds frozen, each neuron's answers to
the images of training say for which digits it votes.

    python -m models.digits --seeds 10              # needs scikit-learn

P. U. Diehl and M. Cook, Unsupervised learning of digit recognition using spike-timing-dependent
plasticity, Front. Comput. Neurosci. 9 (2015): competition, and labels after learning.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lavajit import (
    Dense,
    EventSink,
    EventSource,
    LearningDense,
    Loihi2FLearningRule,
    Loihi2SimCfg,
    RunSteps,
)
from lavajit.utils.weightutils import SignMode
from models.competition import Competition

PIXELS, CLASSES, WHITE = 64, 10, 16
TRAINING = 1200
SHOW, REST = 30, 15
TAU = 10.0
TAGS = {"float": "floating_pt", "fixed": "fixed_pt"}
#: What a weight of 1 is in each arithmetic; x1 of a white pixel settles near it, in 7 bits.
UNIT = {"float": 1.0, "fixed": 120}


class Memory(NamedTuple):
    """What is learned: weights of shape (N, 64) and wins of shape (N,)."""

    weights: np.ndarray
    wins: np.ndarray


@dataclass
class Result:
    """Outcome of one experiment.

    Attributes
    ----------
    memory : Memory
    labels : ndarray of int, shape (N,)
        The digit each neuron votes for most.
    confusion : ndarray of int, shape (10, 10)
        Held-out images by digit and answer.
    steps, seconds : int, float
        Simulated time steps, and the time all of it took.
    """

    memory: Memory
    labels: np.ndarray
    confusion: np.ndarray
    steps: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """Share of held-out images answered correctly."""
        return float(np.trace(self.confusion) / self.confusion.sum())


def rule(arith: str, seed: int = 1) -> Loihi2FLearningRule:
    """Weights follow x1 at post-synaptic spikes."""
    impulse = UNIT[arith] / TAU
    dw = "2^-5*y0*x1 - 2^-5*y0*w"
    return Loihi2FLearningRule(dw=dw, x1_impulse=impulse, x1_tau=TAU, rng_seed=seed, rng="counter")


def spike_events(images: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Time steps and pixels of the spikes for images of shape (n, 64), 0..16, one after another."""
    spikes = rng.random((len(images), SHOW, PIXELS)) < (images / WHITE)[:, None, :]
    image, step, pixel = np.nonzero(spikes)
    return image * (SHOW + REST) + step + 1, pixel


def present(
    images: np.ndarray, memory: Memory, rng: np.random.Generator, arith: str, epochs: int = 0
) -> tuple[np.ndarray, Memory]:
    """Show images: `epochs` times with learning, or once with everything frozen.

    Returns
    -------
    responses : ndarray, shape (n, N)
        Spikes of each neuron for each image (of the last epoch).
    memory : Memory
        As it is afterwards.
    """
    unit, steps = UNIT[arith], len(images) * (SHOW + REST)
    source = EventSource((PIXELS,), *spike_events(images, rng), period=steps)
    if epochs:
        excitatory = {"sign_mode": SignMode.EXCITATORY, "learning_rule": rule(arith)}
        synapses = LearningDense(weights=memory.weights, **excitatory)
    else:
        synapses = Dense(weights=memory.weights)
    shape, sink = memory.wins.shape, EventSink(memory.wins.shape)
    limits = {"dv": 0.1, "vth": 20 * unit, "adapt": unit / 10, "quiet": 4}
    if arith == "fixed":
        limits["adapt"] = round(limits["adapt"])
    neurons = Competition(shape=shape, wins=memory.wins, counting=epochs > 0, **limits)
    source.s_out.connect(synapses.s_in)
    synapses.a_out.connect(neurons.a_in)
    if epochs:
        neurons.s_out.connect(synapses.s_in_bap)
    neurons.s_out.connect(sink.a_in)
    config = Loihi2SimCfg(select_tag=TAGS[arith])
    neurons.run(RunSteps(steps * max(epochs, 1)), run_cfg=config)
    after = Memory(synapses.weights.get(), neurons.wins.get())
    when, who, _ = sink.get_data()
    neurons.stop()
    # The connection takes one step: an image's last spikes fall into its rest.
    responses = np.zeros((len(images) * max(epochs, 1), *shape), int)
    np.add.at(responses, ((when - 1) // (SHOW + REST), who), 1)
    return responses[-len(images) :], after


def experiment(
    seed: int = 0,
    neurons: int = 100,
    epochs: int = 5,
    arith: str = "float",
    training: int = TRAINING,
) -> Result:
    """Learn, take labels, answer held-out images.

    Parameters
    ----------
    seed : int
        Of split, initial weights and spikes.
    neurons, epochs, training : int
        Neurons, presentations of each image, and images to learn from; the others of 1797 are held
        out.
    arith : {"float", "fixed"}
        float64 or the chip's integers.
    """
    start, rng = time.perf_counter(), np.random.default_rng(seed)
    images, digits = load_images()
    order = rng.permutation(len(images))
    known, held_out = order[:training], order[training:]
    weights = rng.uniform(0.3, 0.8, (neurons, PIXELS)) * UNIT[arith]
    naive = Memory(weights.astype(float if arith == "float" else int), np.zeros(neurons, int))
    _, memory = present(images[known], naive, rng, arith, epochs)
    responses, _ = present(images[known], memory, rng, arith)
    per_class = np.stack([responses[digits[known] == c].mean(axis=0) for c in range(CLASSES)])
    votes = per_class / np.maximum(per_class.sum(axis=0), 1e-9)
    answers, _ = present(images[held_out], memory, rng, arith)
    confusion = np.zeros((CLASSES, CLASSES), int)
    np.add.at(confusion, (digits[held_out], (answers @ votes.T).argmax(axis=1)), 1)
    steps = (len(images) + epochs * training) * (SHOW + REST)
    seconds = time.perf_counter() - start
    return Result(memory, votes.argmax(axis=0), confusion, steps, seconds)


def load_images() -> tuple[np.ndarray, np.ndarray]:
    """Images (1797, 64), 0..16, and digits; ImportError without scikit-learn."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ImportError(
            "the images come with scikit-learn: pip install 'lavajit[examples]'"
        ) from None
    return load_digits(return_X_y=True)


def main(argv: list[str] | None = None) -> int:
    """Measure accuracy over seeds."""
    parser = argparse.ArgumentParser(description="Digits learned without labels.")
    parser.add_argument("--seeds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--first-seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--neurons", type=int, default=100, help="default: %(default)s")
    parser.add_argument("--epochs", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--arith", choices=list(TAGS), default="float")
    args = parser.parse_args(argv)

    seeds = range(args.first_seed, args.first_seed + args.seeds)
    results = [experiment(seed, args.neurons, args.epochs, args.arith) for seed in seeds]
    accuracies = 100 * np.array([result.accuracy for result in results])
    print("accuracy on held-out images, percent:", *(f"{a:.1f}" for a in accuracies))
    print(f"mean {accuracies.mean():.1f}, standard deviation {accuracies.std():.1f}")
    seconds = sorted(result.seconds for result in results)
    print(f"{results[0].steps:,} time steps a seed, median {seconds[len(seconds) // 2]:.2f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
