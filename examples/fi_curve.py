# %% [markdown]
"""
f-I curves: how fast leaky integrate-and-fire neurons fire for a constant current, and theory.

One Process holds all neurons: a row for each time constant of the membrane, a column for each
current. A neuron that starts at rest needs the time `t_ref + tau_m ln((V - E_L) / (V - V_th))` from
spike to spike, where `V = E_L + tau_m I / C_m` is where its potential would end without threshold.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import IafPscExp, Loihi2SimCfg, RunSteps, plots

DT, SECONDS = 0.1, 2.0  # ms, s
C_M, T_REF, E_L, V_TH = 250.0, 2.0, -70.0, -55.0  # pF, ms, mV, mV
TAU_M = np.array([5.0, 10.0, 20.0])[:, None]  # ms
CURRENT = np.linspace(0, 1500, 76)  # pA

# %%
neurons = IafPscExp(
    shape=(TAU_M.size, CURRENT.size),
    dt=DT,
    tau_m=TAU_M,
    c_m=C_M,
    t_ref=T_REF,
    e_l=E_L,
    v_reset=E_L,
    v_th=V_TH,
    i_e=CURRENT,
)
with neurons:
    steps = RunSteps(round(1000 * SECONDS / DT))
    result = neurons.run(steps, Loihi2SimCfg(), record=neurons.s_out)
intervals = [train.mean() if train.size else np.inf for train in result.spikes(neurons).isi(DT)]
rates = 1000 / np.reshape(intervals, neurons.v.shape)  # Hz


# %%
def theory(current):
    """Rates in Hz for currents of shape (n,): shape (3, n)."""
    share = (V_TH - E_L) / np.maximum(TAU_M * current / C_M, V_TH - E_L)
    with np.errstate(divide="ignore"):  # infinite intervals below threshold
        return 1000 / (T_REF - TAU_M * np.log(1 - share))


# %%
fine = np.linspace(CURRENT[0], CURRENT[-1], 1501)
with plots.style():
    figure, ax = plt.subplots(figsize=(5.5, 3.5))
    for k, color in enumerate(plots.COLORS[:3]):
        ax.plot(fine, theory(fine)[k], color=color)
        label = rf"$\tau_m$ = {TAU_M[k, 0]:g} ms"
        ax.plot(CURRENT[::3], rates[k, ::3], "o", ms=4, color=color, label=label)
    ax.set(xlabel="current (pA)", ylabel="rate (Hz)")
    ax.legend(title="simulated; lines: theory")
figure.savefig("fi_curve.png", dpi=150)

# Spikes are on the grid of time steps, so intervals are up to DT longer than in theory.
fires = theory(CURRENT) > 0
late = 1000 / rates[fires] - 1000 / theory(CURRENT)[fires]
print(f"silent below threshold: {(rates[~fires] == 0).all()}")
print(f"intervals are {late.min():.3f} to {late.max():.3f} ms longer than in theory")
