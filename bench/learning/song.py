"""A plastic network in a loop: Brian2's standard example of STDP, with 100 neurons.

After Song, Miller and Abbott, "Competitive Hebbian learning through spike-timing-dependent synaptic
plasticity", 2000: Poisson inputs of 10 Hz drive leaky integrate-and-fire neurons (membrane 10 ms,
synapses 5 ms) through plastic synapses (traces 20 ms, depression 1.05 times potentiation). Weights
stay above 0. One step is 0.1 ms; all times below are in steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.learning.networks import AMPLITUDE, RULE
from lavajit import (
    LIF,
    AbstractProcess,
    LearningDense,
    Loihi2FLearningRule,
    PoissonSource,
)
from lavajit.utils.weightutils import SignMode


@dataclass(frozen=True)
class Song:
    """Parameters as Brian2 takes them.

    Attributes
    ----------
    rate : float
        Spikes of an input per step.
    tau, tau_u, tau_v : float
        Time constants of traces, synaptic currents and potentials.
    weight : float
        Mean initial weight; the mean input is then as strong as the threshold, 1.
    pre_impulse, post_impulse : float
        What a spike adds to its trace.
    w_max : float
        Far away: lavajit has no upper bound in float.
    """

    n_pre: int = 1_000
    n_post: int = 100
    rate: float = 0.001
    tau: float = 200.0
    tau_u: float = 50.0
    tau_v: float = 100.0
    weight: float = 0.02
    pre_impulse: float = 0.01 * 0.04
    post_impulse: float = 1.05 * 0.01 * 0.04
    w_max: float = 1e9

    @property
    def weights(self) -> np.ndarray:
        """Initial weights, shape (n_post, n_pre)."""
        shape = self.n_post, self.n_pre
        return np.random.default_rng(0).uniform(0, 2 * self.weight, shape)

    @property
    def gain(self) -> float:
        """What a unit of synaptic current adds to a potential in one step."""
        return -float(np.expm1(-1 / self.tau_v))

    def processes(self) -> tuple[AbstractProcess, LearningDense, LIF]:
        """Poisson source, LearningDense and LIF, connected in a loop; weights times `gain`."""
        scale = self.gain / AMPLITUDE
        rule = Loihi2FLearningRule(
            dw=RULE,
            x1_impulse=self.pre_impulse * scale,
            x1_tau=self.tau,
            y1_impulse=self.post_impulse * scale,
            y1_tau=self.tau,
        )
        source = PoissonSource(shape=(self.n_pre,), rates=self.rate)
        plastic = LearningDense(
            weights=self.weights * self.gain, learning_rule=rule, sign_mode=SignMode.EXCITATORY
        )
        du = -float(np.expm1(-1 / self.tau_u))
        neurons = LIF(shape=(self.n_post,), du=du, dv=self.gain, vth=1)
        source.s_out.connect(plastic.s_in)
        plastic.a_out.connect(neurons.a_in)
        neurons.s_out.connect(plastic.s_in_bap)
        return source, plastic, neurons
