# %% [markdown]
"""
Where does a fixed-point network part from its float version, and why?

The same recurrent network twice: in real numbers, and in the integers of a neuromorphic chip, whose
voltages are 2^6 times as large and whose decays have 12 bits.
"""

# %%
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps, first_difference, plots

STEPS, VTH = 200, 100


def build(du, dv, bias_exp):
    biases = {"bias_mant": np.array([3, 4, 5, 6, 7]), "bias_exp": bias_exp}
    neurons = LIF(shape=(5,), du=du, dv=dv, vth=VTH, name="neurons", **biases)
    loop = Dense(weights=4 * np.roll(np.eye(5, dtype=int), 1, axis=0), name="loop")
    neurons.s_out.connect(loop.s_in)
    loop.a_out.connect(neurons.a_in)
    return neurons


in_float = partial(build, du=0.1, dv=0.03, bias_exp=0)
in_integers = partial(build, du=round(0.1 * 2**12), dv=round(0.03 * 2**12), bias_exp=6)
real, fixed = Loihi2SimCfg(select_tag="floating_pt"), Loihi2SimCfg(select_tag="fixed_pt")

# %%
compare = partial(first_difference, (in_float, in_integers), real, fixed, steps=STEPS)
voltages = compare(watch=["v"], scale={"v": 2**6}, atol=0.01 * VTH * 2**6)
spikes = compare(watch=["s_out"])
print(f"Voltages that differ by more than 1% of the threshold:\n{voltages or 'none'}")
print(f"\nSpikes that differ:\n{spikes or 'none'}")
print("\nThe integer model in native code and the same model in Python:")
debug = Loihi2SimCfg(select_tag="fixed_pt", debug=True)
found = first_difference(in_integers, fixed, debug, steps=STEPS)
print(found or f"no difference in {STEPS} steps")

# %% [markdown]
# The neuron whose spikes part first, in both runs.

# %%
(neuron,) = spikes.index
traces = {}
for name, network, config in (("float", in_float, real), ("fixed point", in_integers, fixed)):
    with network() as neurons:
        v = neurons.run(RunSteps(STEPS), config, record=neurons.v)[neurons.v].values[:, neuron]
        traces[name] = v if name == "float" else v / 2**6
with plots.style():
    figure, ax = plt.subplots(figsize=(6.4, 2.8))
    plots.trace(traces, ax, label=f"v of neuron {neuron}", stop=120)
    ax.axvline(spikes.step, color="0.5", lw=0.8, ls="--")
    ax.text(spikes.step + 1, 112, "first spike that differs", color="0.4")
    ax.set(ylim=(-5, 125))
figure.savefig("find_the_difference.png", dpi=150)
