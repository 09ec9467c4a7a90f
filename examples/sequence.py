# %% [markdown]
"""
A sequence is learned: STDP makes a path of strong synapses, and a cue replays all of it.

A teacher makes forty neurons fire one after the other, 20 times, not quite in time. Synapses in the
direction of the sequence grow. Afterwards the first three neurons are enough to start the others,
and the replay is faster than the lesson. Weights as they were before give no replay.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import lavajit as lj

N, LAG, ROUNDS, ROUND, CUE = 40, 4, 20, 220, 3  # a round: 160 steps and a rest
GAIN, INHIBITION = 0.9, 0.2  # in recall; inhibition is common to all neurons
CELLS = {"shape": (N,), "du": 0.2, "dv": 0.1, "refractory_period": 60}
TRACES = {"x1_impulse": 1, "x1_tau": 10, "y1_impulse": 1, "y1_tau": 10}

# %% [markdown]
# While the neurons learn, the teacher is so strong that synapses among them make no spikes.

# %%
rng = np.random.default_rng(1)
before = rng.uniform(0, 0.2, (N, N))
times = LAG * np.arange(N) + ROUND * np.arange(ROUNDS)[:, None] + rng.integers(1, 8, (ROUNDS, N))
teacher = lj.EventSource((N,), times.ravel(), np.tile(np.arange(N), ROUNDS), values=1000)
pupils = lj.LIFRefractory(vth=500, **CELLS)
rule = lj.Loihi2FLearningRule(dw="2^-4*y0*x1*(1 - w) - 2^-4*x0*y1*w", **TRACES)
plastic = lj.LearningDense(weights=before, learning_rule=rule)
teacher.s_out.connect(pupils.a_in)
pupils.s_out.connect([plastic.s_in, plastic.s_in_bap])
plastic.a_out.connect(pupils.a_in)
with pupils:
    pupils.run(lj.RunSteps(ROUNDS * ROUND), lj.Loihi2SimCfg())
    after = plastic.weights.get()


# %%
def recall(weights):
    """Spikes of a network with fixed weights whose first neurons are made to fire."""
    cue = lj.EventSource((N,), 5 + LAG * np.arange(CUE), np.arange(CUE), values=10)
    neurons = lj.LIFRefractory(vth=1, name="neurons", **CELLS)
    synapses = lj.Dense(weights=GAIN * (weights - INHIBITION))
    cue.s_out.connect(neurons.a_in)
    neurons.s_out.connect(synapses.s_in)
    synapses.a_out.connect(neurons.a_in)
    with neurons:
        return neurons.run(lj.RunSteps(100), lj.Loihi2SimCfg(), record=neurons.s_out).spikes()


# %%
layout = [["weights", "before"], ["distribution", "after"]]
with lj.plots.style():
    figure = plt.figure(figsize=(6.4, 4.6))
    axes = figure.subplot_mosaic(layout, width_ratios=(1.2, 1))
    lj.plots.weights(after, axes["weights"], before=before, histogram=axes["distribution"])
    for name, weights in (("before", before), ("after", after)):
        spikes = recall(weights)
        lj.plots.raster(spikes, axes[name])
        axes[name].set_title(f"cue {name} learning")
        print(f"{name}: {(spikes.per_neuron() > 0).sum()} of {N} neurons fire")
figure.savefig("sequence.png", dpi=150)
forward = np.diff(spikes.steps[np.argsort(spikes.neurons)]) > 0
print(f"in the order of the sequence: {forward.mean():.0%} of all neighbours")
