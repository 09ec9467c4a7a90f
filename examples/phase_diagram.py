# %% [markdown]
"""
A sweep: how fast a random network fires, over the strengths of its inhibition and its drive.

Each neuron has inputs from 40 of 400 excitatory neurons and from 10 of 100 inhibitory ones that are
g times stronger, and Poisson input from outside, which alone would bring the mean potential to eta
times the threshold (Brunel 2000, a part of it). Below g = 4 excitation wins, and neurons fire
almost as fast as their refractory time allows; above, inhibition holds the drive in balance.
`firing` builds a network for each point and runs it in one of two threads. Points are kept in a
folder: interrupt the script, and it goes on where it was.
"""

# %%
from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt
import numpy as np

import lavajit as lj

EXCITATORY, ALL = 400, 500
WEIGHT, THRESHOLD, TAU, DT = 1.0, 20.0, 20.0, 0.1  # mV, mV, ms, ms
STEPS, SETTLING = 2000, 500
GRID = {"g": [3, 3.5, 4, 5, 6, 8], "eta": [1, 1.5, 2, 4]}


# %%
def firing(g, eta):
    """Mean rate in Hz, and the rate in each millisecond, once the network has settled."""
    start = np.random.default_rng(1).uniform(0, THRESHOLD, ALL)
    membrane = {"tau_m": TAU, "t_ref": 2, "e_l": 0, "v_th": THRESHOLD, "v_reset": 10, "v": start}
    neurons = lj.IafPscDelta(shape=(ALL,), dt=DT, **membrane)
    drive = lj.PoissonInput((ALL,), eta * THRESHOLD / (WEIGHT * TAU) * DT, WEIGHT)
    excitation = lj.Group(lj.FixedIndegree(40), WEIGHT, 14, pre=range(EXCITATORY))
    inhibition = lj.Group(lj.FixedIndegree(10), -g * WEIGHT, 14, pre=range(EXCITATORY, ALL))
    synapses = lj.Projection((ALL, ALL), [excitation, inhibition])
    drive.a_out.connect(neurons.a_in)
    neurons.s_out.connect(synapses.s_in)
    synapses.a_out.connect(neurons.a_in)
    with neurons:
        probe = lj.Probe(neurons.s_out, start=SETTLING + 1)
        result = neurons.run(lj.RunSteps(STEPS), lj.Loihi2SimCfg(threads=1), record=probe)
    rates = result.spikes().rate_over_time(round(1 / DT), dt=1e-3 * DT)[1]
    return {"rate": rates.mean(), "rates": rates}


with ThreadPoolExecutor(2) as pool:
    table = lj.sweep(firing, GRID, pool, resume="phase_diagram", errors="raise")
rates = table.on_grid("rate")
for g, of_g in zip(GRID["g"], rates, strict=True):
    kind = "excitation wins" if of_g.max() > 195 else "inhibition balances"
    print(f"g = {g}: {kind}, rates rise with the drive: {(np.diff(of_g) > 0).all()}")

# %%
with lj.plots.style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.2), width_ratios=(1.2, 1))
    image = left.imshow(rates.T, origin="lower", aspect="auto", norm="log", cmap="viridis")
    left.set_xticks(range(len(GRID["g"])), GRID["g"])
    left.set_yticks(range(len(GRID["eta"])), GRID["eta"])
    left.set(xlabel="inhibition g", ylabel=r"drive $\eta$")
    bar = figure.colorbar(image, label="rate (Hz)", ticks=[10, 30, 100, 300], format="%g")
    bar.minorticks_off()
    for row in (row for row in table if row["g"] in (3, 6) and row["eta"] == 2):
        right.plot(row["rates"], label=f"g = {row['g']}", lw=0.8)
    right.set(xlabel="time (ms)", ylabel=r"rate at $\eta$ = 2 (Hz)", ylim=(0, None))
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
figure.savefig("phase_diagram.png", dpi=150)
