# %% [markdown]
"""
Onto disk while it runs: intervals between spikes, regular and irregular.

Neurons with random input, more from one to the next. Below threshold on average, they fire when
fluctuations take them there, irregularly; above, like clocks. The recording is written to a folder,
which this or any other program can read while it grows: a long run needs little memory.
"""

# %%
import tempfile

import matplotlib.pyplot as plt
import numpy as np

from lavajit import IafPscDelta, Loihi2SimCfg, PoissonInput, Result, RunSteps, plots

DT, SECONDS, THRESHOLD, TAU, WEIGHT = 0.1, 100, 20.0, 20.0, 1.0  # ms, s, mV, ms, mV
DRIVE = np.linspace(0.5, 1.7, 61)  # mean input, as a share of the threshold
SHOWN = {"below threshold": 15, "above threshold": 50}

# %%
mean = DRIVE * THRESHOLD / (WEIGHT * TAU) * DT  # spikes per step
drive = PoissonInput(DRIVE.shape, mean, WEIGHT)
neurons = IafPscDelta(
    shape=DRIVE.shape, dt=DT, tau_m=TAU, t_ref=2.0, e_l=0.0, v_th=THRESHOLD, v_reset=0.0
)
drive.a_out.connect(neurons.a_in)
with neurons, tempfile.TemporaryDirectory() as folder:
    steps = RunSteps(round(1000 * SECONDS / DT))
    neurons.run(steps, Loihi2SimCfg(seed=1), record=neurons.s_out, to=folder)
    spikes = Result.load(folder).spikes()  # mapped, not read: before the folder is deleted
    rates, cvs, intervals = spikes.rate(1e-3 * DT), spikes.cv(), spikes.isi(DT)

# %%
enough = np.array([len(train) > 50 for train in intervals])
with plots.style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3), width_ratios=(1.3, 1))
    right.plot(rates[enough], cvs[enough], "o", ms=4, color="0.6")
    for (name, k), color in zip(SHOWN.items(), plots.COLORS, strict=False):
        bins = np.arange(0, 1001, 4)
        left.hist(intervals[k], bins, density=True, histtype="step", color=color, label=name)
        right.plot(rates[k], cvs[k], "o", ms=7, color=color)
        print(f"{name}: mean input {DRIVE[k]:.2f}, {rates[k]:.1f} Hz, CV {cvs[k]:.2f}")
    left.set(
        xlabel="interval between spikes (ms)", ylabel="probability density (1/ms)", xlim=(0, 250)
    )
    left.legend(title="mean input")
    right.set(xlabel="rate (Hz)", ylabel="CV of intervals", ylim=(0, 1.05))
figure.savefig("streaming.png", dpi=150)
print(f"{enough.sum()} neurons, CV from {cvs[enough].max():.2f} to {cvs[enough].min():.2f}")
