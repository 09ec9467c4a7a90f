# %% [markdown]
"""
Reward-modulated STDP with a neuron of one's own: three factors, and a reward that comes late.

Two inputs take turns: 50 steps each, then 50 of rest. Every input spike is followed by a
post-synaptic one, 3 steps later. Both synapses thus earn an eligibility, the tag t, which fades.
Reward comes 20 steps after each turn of the first input only, and turns tags into weights.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import lavajit as lj
from lavajit.proc.learning_neuron import LearningNeuronModelFloat
from lavajit.proc.lif.lif import AbstractPyThresholdModelFloat

STEPS, TURN, DELAY = 1000, 50, 20  # two turns and two rests are a cycle


class RewardedLIF(lj.LearningLIF):  # passes on its reward, smoothed, as y2
    pass


@lj.implements(proc=RewardedLIF, protocol=lj.LoihiProtocol)
@lj.requires(lj.CPU)
class PyRewardedLifModel(LearningNeuronModelFloat, AbstractPyThresholdModelFloat):
    def run_spk(self):
        AbstractPyThresholdModelFloat.run_spk(self)
        self.send_traces(self.s_out.buffer())

    def update_traces(self, spikes, third_factor):
        for i in range(third_factor.size):
            self.y2[i] = 0.8 * self.y2[i] + 0.2 * third_factor[i]


# %%
quarter = np.arange(STEPS) // TURN % 4
chosen = np.random.default_rng(5).random(STEPS) < 0.15
times = 1 + np.flatnonzero(chosen & (quarter % 2 == 0))
rewarded = np.arange(TURN, STEPS, 4 * TURN) + DELAY
pre = lj.EventSource((2,), times, quarter[times - 1] // 2)
teacher = lj.EventSource((1,), times + 3, 0 * times, values=2)
reward = lj.EventSource((1,), rewarded, 0 * rewarded)

# A post-synaptic spike tags, tags fade in each step; reward, y2, turns them into weights.
terms = {"dt": "2^-2*y0*x1 - 2^-4*u0*t", "dw": "2^-4*u0*t*y2"}
rule = lj.Loihi3FLearningRule(**terms, x1_impulse=1, x1_tau=5)
plastic = lj.LearningDense(weights=np.full((1, 2), 0.1), learning_rule=rule)
post = RewardedLIF(shape=(1,), du=1, dv=1, vth=1, learning_rule=rule)
pre.s_out.connect(plastic.s_in)
plastic.a_out.connect(post.a_in)
teacher.s_out.connect(post.a_in)
reward.s_out.connect(post.a_third_factor_in)
post.s_out_bap.connect(plastic.s_in_bap)
post.s_out_y2.connect(plastic.s_in_y2)
with plastic:
    record = [plastic.tag_1, plastic.y2, plastic.weights]
    result = plastic.run(lj.RunSteps(STEPS), lj.Loihi2SimCfg(), record=record)

# %%
with lj.plots.style():
    figure, rows = plt.subplots(3, 1, figsize=(6.4, 4.5), sharex=True)
    for ax, var, label in zip(rows, record, ("tag t", "reward $y_2$", "weight"), strict=True):
        values = result[var].values.reshape(STEPS, -1)
        lj.plots.trace(values, ax, label=label, legend=False)
    ax.legend(("rewarded input", "other input"), loc="upper left")
figure.savefig("rstdp.png", dpi=150)
print("weight of the rewarded input: {:.3f} -> {:.3f}".format(*values[[0, -1], 0]))
print("weight of the other input: {:.3f} -> {:.3f}".format(*values[[0, -1], 1]))
