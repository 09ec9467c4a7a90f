"""A plastic network with spikes on both sides, from the classes of lavajit or of Lava.

Pair STDP, ``dw = -2^-4 * x0 * y1 + 2^-4 * y0 * x1``, all time constants 10 steps. In every step 5%
of the neurons of each side spike, at random, in a raster that is sent over and over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RULE = "-2^-4*x0*y1 + 2^-4*y0*x1"
RATE, AMPLITUDE, TAU, IMPULSE = 0.05, 2.0**-4, 10, 16
#: Steps until the rasters begin again.
PERIOD = 200
SEED = 1


@dataclass(frozen=True)
class Parameters:
    """What defines a network of n pre- and n post-synaptic neurons.

    Attributes
    ----------
    n : int
        Neurons on each side.
    epoch : int
        Steps per learning epoch.
    arith : {"float", "fixed"}
    rng : {"lava", "counter"}
        Random numbers of the rule, in fixed point.
    """

    n: int
    epoch: int = 1
    arith: str = "float"
    rng: str = "lava"

    @property
    def weights(self) -> np.ndarray:
        """Initial weights, even integers, which fixed point keeps; shape (n, n)."""
        return 2.0 * np.random.default_rng(self.n).integers(-25, 26, (self.n, self.n))

    @property
    def rasters(self) -> tuple[np.ndarray, np.ndarray]:
        """Pre- and post-synaptic spikes, bool, each of shape (n, PERIOD)."""
        rng = np.random.default_rng(self.n + 1)
        return rng.random((self.n, PERIOD)) < RATE, rng.random((self.n, PERIOD)) < RATE

    def updates(self) -> float:
        """Synapses per step on which a product of the rule may differ from zero.

        A synapse whose neurons both spiked in an epoch counts once.
        """
        n_epochs = PERIOD // self.epoch
        spiked = [
            side.reshape(self.n, n_epochs, self.epoch).any(axis=2).sum(axis=0)
            for side in self.rasters
        ]
        pre, post = spiked
        return float(np.mean(self.n * (pre + post) - pre * post)) / self.epoch


def pair_rule(make: type, p: Parameters):
    """The learning rule, of lavajit's class or Lava's, which knows no `rng`."""
    options = {} if p.rng == "lava" else {"rng": p.rng}
    for trace in ("x1", "y1"):
        options |= {f"{trace}_impulse": IMPULSE, f"{trace}_tau": TAU}
    for trace in ("x2", "y2", "y3"):
        options |= {f"{trace}_impulse": 0, f"{trace}_tau": TAU}
    return make(dw=RULE, t_epoch=p.epoch, rng_seed=SEED, **options)


def plastic_dense(p: Parameters, source: type, dense: type, rule: type):
    """Ring buffers at both sides of a LearningDense; returns the latter."""
    plastic = dense(weights=p.weights, learning_rule=pair_rule(rule, p))
    for spikes, port in zip(p.rasters, (plastic.s_in, plastic.s_in_bap), strict=True):
        source(data=spikes.astype(int)).s_out.connect(port)
    return plastic
