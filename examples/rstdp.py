"""Reward-modulated STDP with a neuron of one's own: three factors, and a reward that comes late.

Two inputs take turns: 50 steps each, then 50 of rest. Every input spike is followed by a
post-synaptic one, 3 steps later. Both synapses thus earn an eligibility trace, the tag t, which
fades. Reward comes 20 steps after each turn of the first input only, and turns tags into weights::

    dt = 2^-2 y0 x1 - 2^-4 t        at a post-synaptic spike; each step
    dw = 2^-4 t y2                  each step; y2 is the reward

A three-factor rule takes post-synaptic traces from the neuron. This one is put together from two
bases of the library, LIF dynamics and learning ports, and adds one method; all of it is native.
"""

import sys

import numpy as np
from matplotlib.figure import Figure

from lavajit import (
    CPU,
    EventSource,
    LearningDense,
    LearningLIF,
    Loihi2SimCfg,
    Loihi3FLearningRule,
    LoihiProtocol,
    Monitor,
    RunSteps,
    implements,
    plots,
    requires,
    tag,
)
from lavajit.proc.learning_neuron import LearningNeuronModelFloat
from lavajit.proc.lif.lif import AbstractPyThresholdModelFloat

STEPS, TURN, DELAY = 1000, 50, 20  # two turns and two rests are a cycle


class RewardedLIF(LearningLIF):
    """LIF neurons that pass on their reward, smoothed, as y2."""


@implements(proc=RewardedLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRewardedLifModel(LearningNeuronModelFloat, AbstractPyThresholdModelFloat):
    def run_spk(self):
        AbstractPyThresholdModelFloat.run_spk(self)
        self.send_traces(self.s_out.buffer())

    def update_traces(self, spikes, third_factor):
        for i in range(third_factor.size):
            self.y2[i] = 0.8 * self.y2[i] + 0.2 * third_factor[i]


def picture(tags, rewards, weights, path):
    """Tags, reward and weights over time."""
    with plots.style():
        figure = Figure(figsize=(7, 4.5))
        rows = figure.subplots(3, 1, sharex=True)
        plots.trace(tags, rows[0], label="eligibility t", legend=False)
        plots.trace(rewards, rows[1], label="reward $y_2$", legend=False)
        plots.trace(weights, rows[2], label="weight", legend=False)
    rows[2].legend(("rewarded input", "other input"), frameon=False, loc="upper left")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    quarter = np.arange(STEPS) // TURN % 4
    times = 1 + np.flatnonzero((rng.random(STEPS) < 0.15) & (quarter % 2 == 0))
    inputs = quarter[times - 1] // 2
    ends = np.arange(TURN, STEPS, 4 * TURN) + DELAY
    pre = EventSource((2,), times, inputs)
    teacher = EventSource((1,), times + 3, 0 * times, values=2)
    reward = EventSource((1,), ends, 0 * ends)

    products = {"dt": "2^-2*y0*x1 - 2^-4*u0*t", "dw": "2^-4*u0*t*y2"}
    rule = Loihi3FLearningRule(**products, x1_impulse=1, x1_tau=5)
    plastic = LearningDense(weights=np.full((1, 2), 0.1), learning_rule=rule)
    post = RewardedLIF(shape=(1,), du=1, dv=1, vth=1, learning_rule=rule)
    pre.s_out.connect(plastic.s_in)
    plastic.a_out.connect(post.a_in)
    teacher.s_out.connect(post.a_in)
    reward.s_out.connect(post.a_third_factor_in)
    post.s_out_bap.connect(plastic.s_in_bap)
    post.s_out_y2.connect(plastic.s_in_y2)

    monitor = Monitor()
    for var in (plastic.tag_1, plastic.y2, plastic.weights):
        monitor.probe(var, STEPS)
    plastic.run(RunSteps(num_steps=STEPS), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    found = monitor.get_data()[plastic.name]
    tags, weights = (found[name].reshape(STEPS, 2) for name in ("tag_1", "weights"))
    plastic.stop()

    for name, first, last in zip(("rewarded", "other"), weights[0], weights[-1], strict=True):
        print(f"{name:8s} input: weight {first:.3f} -> {last:.3f}")
    picture(tags, found["y2"], weights, sys.argv[1] if len(sys.argv) > 1 else "rstdp.png")
