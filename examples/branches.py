# %% [markdown]
"""
Twenty branches: how a network answers to stimuli, each from the same state.

A recurrent network settles once, and its state is kept. Every branch starts there and differs in
nothing but the current that a fifth of the neurons gets for 20 ms; even the random input is the
same. So whatever differs from the branch without stimulus is an effect of the stimulus.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import Dense, IafPscExp, Loihi2SimCfg, PoissonInput, RunSteps, plots

DT, N, EXCITATORY = 0.5, 1000, 800  # ms
CURRENTS = np.linspace(0, 760, 20)  # pA
BEFORE, STIMULUS, AFTER, STIMULATED = 20, 20, 40, np.arange(N) < 200  # ms

# %%
rng = np.random.default_rng(1)
neurons = IafPscExp(shape=(N,), dt=DT, tau_m=20.0, i_e=np.zeros(N), name="neurons")
PoissonInput((N,), mean=1.0 * DT, weight=120.0).a_out.connect(neurons.a_exc)
weights = (rng.random((N, N)) < 0.05) * np.where(np.arange(N) < EXCITATORY, 25.0, -150.0)  # pA
for part, port in ((weights.clip(min=0), neurons.a_exc), (weights.clip(max=0), neurons.a_inh)):
    synapses = Dense(weights=part)
    neurons.s_out.connect(synapses.s_in)
    synapses.a_out.connect(port)


# %%
def run(ms, current):
    """Go on for some time; spikes as (steps, neurons)."""
    neurons.i_e.set(current * STIMULATED)
    return neurons.run(RunSteps(round(ms / DT)), record=neurons.s_out).spikes().dense()


neurons.run(RunSteps(1000), Loihi2SimCfg(seed=1))
settled = neurons.snapshot()
branches = []
for strength in CURRENTS:
    neurons.restore(settled)
    branches.append(np.concatenate([run(BEFORE, 0), run(STIMULUS, strength), run(AFTER, 0)]))
neurons.stop()
spikes = np.array(branches)  # (branches, steps, neurons)

# %%
until = round(BEFORE / DT)
print(f"equal before the stimulus: {(spikes[:, :until] == spikes[0, :until]).all()}")
per_neuron = spikes[:, until:].sum(axis=1)
evoked = per_neuron - per_neuron[0]
direct, indirect = evoked[:, STIMULATED].mean(axis=1), evoked[:, ~STIMULATED].mean(axis=1)
print(
    f"{CURRENTS[-1]:.0f} pA evoke {direct[-1]:.2f} spikes per neuron, {indirect[-1]:.2f} in others"
)

rates = 1000 / DT * spikes[:, :, STIMULATED].mean(axis=2).T  # Hz, (steps, branches)
bins = rates.reshape(-1, round(4 / DT), CURRENTS.size).mean(axis=1)  # of 4 ms
with plots.style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3), width_ratios=(1.4, 1))
    colors = plt.cm.viridis(np.linspace(0, 0.9, CURRENTS.size))
    left.set_prop_cycle(color=colors)
    left.plot(4 * np.arange(len(bins)) + 2 - BEFORE, bins, lw=1)
    left.axvspan(0, STIMULUS, color="0.93", zorder=0)
    left.set(xlabel="time from the stimulus (ms)", ylabel="rate of stimulated neurons (Hz)")
    right.scatter(CURRENTS, direct, c=colors, s=16, label="stimulated")
    right.plot(CURRENTS, indirect, "s", ms=4, color="0.5", label="others")
    right.legend(loc="upper left")
    right.set(xlabel="current (pA)", ylabel="evoked spikes per neuron")
figure.savefig("branches.png", dpi=150)
