# %% [markdown]
"""
Pair STDP between two neurons: a pre-synaptic spike before a post-synaptic one strengthens.

Both neurons repeat random spikes that reach them through strong static synapses; the plastic
synapse between them is too weak to make spikes of its own. x1 and y1 are the traces of the pre- and
the post-synaptic neuron. Each spike reads the other's trace.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import lavajit as lj

STEPS = 200
rng = np.random.default_rng(123)


def driven_neuron(name):
    """A LIF neuron that repeats the spikes of its source."""
    source = lj.SourceRingBuffer(data=rng.random((1, STEPS)) < 0.03)
    dense = lj.Dense(weights=250 * np.eye(1))
    neuron = lj.LIF(shape=(1,), du=1, dv=1, vth=240, name=name)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(neuron.a_in)
    return neuron


# %%
pre, post = driven_neuron("pre"), driven_neuron("post")
rule = lj.STDPLoihi(learning_rate=1, A_plus=1, A_minus=-1, tau_plus=10, tau_minus=10)
plastic = lj.LearningDense(weights=np.array([[50.0]]), learning_rule=rule)
pre.s_out.connect(plastic.s_in)
plastic.a_out.connect(post.a_in)
post.s_out.connect(plastic.s_in_bap)
with plastic:
    record = [plastic.x1, plastic.y1, plastic.weights, pre.s_out, post.s_out]
    result = plastic.run(lj.RunSteps(STEPS), lj.Loihi2SimCfg(), record=record)

# %%
traces = {"pre": result[plastic.x1], "post": result[plastic.y1]}
spikes = {"pre": result.spikes(pre), "post": result.spikes(post)}
weights = result[plastic.weights]
print(rule.dw)
print(f"{len(spikes['pre'])} pre- and {len(spikes['post'])} post-synaptic spikes")
print(f"weight from 50 to {weights.values[-1].item():.3f}")
with lj.plots.style():
    figure, rows = plt.subplots(3, 1, figsize=(6.4, 4.2), sharex=True, height_ratios=(1, 2, 2))
    lj.plots.raster(spikes, rows[0])
    lj.plots.trace(traces, rows[1], label="trace", legend=False)
    lj.plots.trace(weights, rows[2], label="weight", steps=True)
figure.savefig("stdp_pair.png", dpi=150)
