# %% [markdown]
"""
A gamma rhythm: spikes of excitatory and inhibitory neurons, and the rates of both populations.

Random input makes excitatory neurons fire. They recruit inhibitory neurons, which silence both
populations until the inhibitory currents have decayed, and so on. The rhythm is that of the
populations: a neuron takes part in every third volley or so.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import lavajit as lj

DT, DELAY, SETTLING, SHOWN = 0.1, 1.0, 200.0, 400.0  # ms
SIZES = {"excitatory": 800, "inhibitory": 200}
INPUT = {"excitatory": 1.0, "inhibitory": 0.2}  # spikes per ms, each of 200 pA
MEMBRANE = {"excitatory": 20.0, "inhibitory": 10.0}  # ms
WEIGHT, INDEGREE = {"excitatory": 150.0, "inhibitory": -50.0}, 80  # pA

# %%
rng = np.random.default_rng(1)
neurons = {}
for name, n in SIZES.items():
    parameters = {"tau_m": MEMBRANE[name], "tau_syn_ex": 2.0, "tau_syn_in": 6.0, "dt": DT}
    neurons[name] = lj.IafPscExp(shape=(n,), v=rng.uniform(-70, -55, n), name=name, **parameters)
    drive = lj.PoissonInput((n,), INPUT[name] * DT, weight=200.0)
    drive.a_out.connect(neurons[name].a_exc)

pairs = [("excitatory", "inhibitory"), ("inhibitory", "excitatory"), ("inhibitory", "inhibitory")]
for seed, (source, target) in enumerate(pairs):
    shape, delay = (SIZES[target], SIZES[source]), round(DELAY / DT) - 1  # and a step on the way
    synapses = lj.Projection(shape, lj.FixedIndegree(INDEGREE), WEIGHT[source], delay, seed)
    neurons[source].s_out.connect(synapses.s_in)
    excites = WEIGHT[source] > 0
    synapses.a_out.connect(neurons[target].a_exc if excites else neurons[target].a_inh)

# %%
first, last = (round(time / DT) for time in (SETTLING, SETTLING + SHOWN))
with neurons["excitatory"] as excitatory:
    record = [population.s_out for population in neurons.values()]
    result = excitatory.run(lj.RunSteps(last), lj.Loihi2SimCfg(), record=record, start=first + 1)

with lj.plots.style():
    figure, ax = plt.subplots(figsize=(6.4, 4.2))
    lj.plots.raster(result, ax, dt=DT, rate=True, width=round(2 / DT))
figure.savefig("ei_raster.png", dpi=150)

_, rate = result.spikes(excitatory).rate_over_time(round(1 / DT))  # a window is a millisecond
power = np.abs(np.fft.rfft(rate - rate.mean())) ** 2
rhythm = np.fft.rfftfreq(rate.size, d=1e-3)[power.argmax()]
for name, population in neurons.items():
    print(f"{name}: {result.spikes(population).rate(1e-3 * DT).mean():.1f} Hz per neuron")
print(f"rhythm of the population: {rhythm:.0f} Hz")
