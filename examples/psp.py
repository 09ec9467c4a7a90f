# %% [markdown]
"""
Postsynaptic potentials: one spike through synapses of different speed, and the exact solution.

An exponential or an alpha-shaped current charges a membrane. The equations are linear, so a step is
a product with a matrix of exponentials: the dots, a coarse millisecond apart, lie on the curves.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import EventSource, IafPscAlpha, IafPscExp, Loihi2SimCfg, RunSteps, plots

DT, STEPS = 1.0, 50  # ms
TAU_M, C_M, E_L, WEIGHT = 10.0, 250.0, -70.0, 100.0  # ms, pF, mV, pA
TAU_SYN = np.array([0.5, 2.0, 5.0])  # ms


# %% [markdown]
# Every neuron gets a spike in the first time step. What arrives changes the current at the end of a
# step, so this is time 0, and a step later 1 ms have passed.


# %%
def simulate(kind):
    """Depolarisation in mV at times 0, DT, ...: shape (STEPS, 3)."""
    spike = EventSource((3,), [1, 1, 1], [0, 1, 2], values=WEIGHT)
    neurons = kind(shape=(3,), dt=DT, tau_m=TAU_M, c_m=C_M, tau_syn_ex=TAU_SYN, e_l=E_L)
    spike.s_out.connect(neurons.a_exc)
    with neurons:
        result = neurons.run(RunSteps(STEPS), Loihi2SimCfg(), record=neurons.v)
    return result[neurons.v].values - E_L


def exact(kind, t):
    """The same from the closed formula, for times of shape (n, 1)."""
    rate = 1 / TAU_SYN - 1 / TAU_M
    slow, fast = np.exp(-t / TAU_M), np.exp(-t / TAU_SYN)
    if kind is IafPscExp:
        return WEIGHT / C_M * (slow - fast) / rate
    return WEIGHT / C_M * np.e / TAU_SYN * (slow - (1 + rate * t) * fast) / rate**2


# %%
t, fine = DT * np.arange(STEPS)[:, None], np.linspace(0, 40, 801)[:, None]
with plots.style():
    figure, panels = plt.subplots(1, 2, figsize=(6.4, 3), sharey=True)
    for kind, ax in zip((IafPscExp, IafPscAlpha), panels, strict=True):
        simulated = simulate(kind)
        error = np.abs(simulated - exact(kind, t)).max()
        print(f"{kind.__name__}: errors below 1e-12 mV: {error < 1e-12}")
        for k, color in enumerate(plots.COLORS[:3]):
            label = rf"$\tau_{{syn}}$ = {TAU_SYN[k]:g} ms"
            ax.plot(fine, exact(kind, fine)[:, k], color=color, label=label)
            ax.plot(t[:41], simulated[:41, k], "o", ms=3, color=color)
        ax.set(title=kind.__name__, xlabel="time since the spike (ms)")
    panels[0].set(ylabel="depolarisation (mV)")
    panels[0].legend()
figure.savefig("psp.png", dpi=150)
