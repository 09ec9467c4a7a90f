# %% [markdown]
"""
Resonance: how strongly resonate-and-fire neurons respond to oscillations of different frequency.

A neuron is a damped oscillator, `z = (1 - alpha) exp(2 pi i / period) z + input` in each step. It
spikes once per turn, if its turns are wide enough: it answers to frequencies near its own and
ignores others. The smaller alpha, the sharper the resonance, and the smaller the band.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import RF, Loihi2SimCfg, RunSteps, SourceRingBuffer, plots

DT, STEPS, SETTLED = 1e-3, 3000, 1000  # s
OWN, ALPHA, THRESHOLD = 20.0, np.array([0.01, 0.02, 0.04]), 0.5  # Hz
FREQUENCIES = np.linspace(5, 40, 71)  # Hz

# %% [markdown]
# A row of neurons for each alpha, a column for each frequency. Inputs are so weak that the
# amplitude is 1 at resonance.

# %%
t = DT * np.arange(STEPS)
wave = np.cos(2 * np.pi * FREQUENCIES[:, None] * t)
source = SourceRingBuffer(data=2 * ALPHA[:, None, None] * wave)
shape = (ALPHA.size, FREQUENCIES.size)
neurons = RF(shape=shape, period=1 / (OWN * DT), alpha=ALPHA[:, None], vth=THRESHOLD)
source.s_out.connect(neurons.a_real_in)
with neurons:
    record = [neurons.real, neurons.s_out]
    result = neurons.run(RunSteps(STEPS), Loihi2SimCfg(), record=record, start=SETTLED + 1)
amplitude = np.sqrt(2) * result[neurons.real].values.std(axis=0)
rate = result.spikes(neurons).rate(dt=DT).reshape(neurons.shape)


# %%
def theory(frequencies):
    """Amplitude of the real part, from the transfer function of the oscillator."""
    turn = ((1 - ALPHA) * np.exp(2j * np.pi * OWN * DT))[:, None]
    back = np.exp(-2j * np.pi * frequencies * DT)
    return ALPHA[:, None] * np.abs(1 / (1 - turn * back) + 1 / (1 - turn.conj() * back))


# %%
fine = np.linspace(FREQUENCIES[0], FREQUENCIES[-1], 1001)
with plots.style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3))
    for k, color in enumerate(plots.COLORS[:3]):
        left.plot(fine, theory(fine)[k], color=color)
        label = rf"$\alpha$ = {ALPHA[k]:g}"
        left.plot(FREQUENCIES[::2], amplitude[k, ::2], "o", ms=3, color=color, label=label)
        right.plot(FREQUENCIES, rate[k], ".-", color=color)
    left.axhline(THRESHOLD, color="0.6", lw=0.8, ls="--")
    left.set(xlabel="frequency of the input (Hz)", ylabel="amplitude of the real part")
    left.legend(loc="upper right")
    right.set(xlabel="frequency of the input (Hz)", ylabel="rate of spikes (Hz)")
figure.savefig("resonate.png", dpi=150)

error = np.abs(amplitude / theory(FREQUENCIES) - 1).max()
print(f"largest relative error of an amplitude: {error:.1e}")
for alpha, of_alpha in zip(ALPHA, rate, strict=True):
    answered = FREQUENCIES[of_alpha > 1]
    print(f"alpha {alpha}: answers to {answered.min():.1f} ... {answered.max():.1f} Hz")
