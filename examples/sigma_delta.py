# %% [markdown]
"""
Sigma-delta coding: send changes only, and read the signal back.

Delta sends how much its input has changed since its last message, once that reaches a threshold;
Sigma adds up what it receives. What is between them, a network of any size, has work to do only
where something changes. Each of 40 neurons codes the same signal with a threshold of its own.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import Delta, Loihi2SimCfg, RunSteps, Sigma, SourceRingBuffer, plots

DT, STEPS = 1.0, 1000  # ms
THRESHOLDS = np.geomspace(0.002, 0.5, 40)
SHOWN = 29

# %%
t = DT * np.arange(1, STEPS + 1)
bursts = np.exp(-(((t - 300) / 80) ** 2)) - 0.6 * np.exp(-(((t - 700) / 50) ** 2))
signal = bursts * (1 + 0.3 * np.sin(2 * np.pi * t / 60))
source = SourceRingBuffer(data=np.tile(signal, (THRESHOLDS.size, 1)))
delta = Delta(shape=THRESHOLDS.shape, vth=THRESHOLDS)
sigma = Sigma(shape=THRESHOLDS.shape)
source.s_out.connect(delta.a_in)
delta.s_out.connect(sigma.a_in)
with sigma:
    result = sigma.run(RunSteps(STEPS), Loihi2SimCfg(), record=[delta.s_out, sigma.sigma])

decoded = result[sigma.sigma].values
messages = result[delta.s_out].per_neuron()
errors = np.abs(decoded - signal[:, None]).max(axis=0)
print(f"no error exceeds its threshold: {(errors <= THRESHOLDS).all()}")
print(f"threshold {THRESHOLDS[SHOWN]:.2f}: {messages[SHOWN]} messages instead of {STEPS}")

# %%
with plots.style():
    figure = plt.figure(figsize=(6.4, 3.6))
    axes = figure.subplot_mosaic(
        [["signal", "cost"], ["messages", "cost"]], width_ratios=(1.6, 1), height_ratios=(2, 1)
    )
    axes["signal"].plot(t, signal, color="0.7", lw=3, label="signal")
    axes["signal"].step(t, decoded[:, SHOWN], where="post", lw=1, label="decoded")
    axes["signal"].set(ylabel="value", xticklabels=[])
    axes["signal"].legend()
    sent = result[delta.s_out].dense()[:, SHOWN]
    axes["messages"].vlines(t[sent != 0], 0, sent[sent != 0], lw=1)
    axes["messages"].set(xlabel="time (ms)", ylabel="message", xlim=axes["signal"].get_xlim())
    axes["cost"].loglog(THRESHOLDS, 100 * messages / STEPS, "o", ms=4, label="messages (%)")
    axes["cost"].loglog(THRESHOLDS, 100 * errors, "s", ms=4, label="largest error (%)")
    axes["cost"].axvline(THRESHOLDS[SHOWN], color="0.6", lw=0.8, ls="--")
    axes["cost"].set(xlabel="threshold")
    axes["cost"].legend(loc="lower center", bbox_to_anchor=(0.5, 1))
figure.savefig("sigma_delta.png", dpi=150)
