# %% [markdown]
"""
One network in real numbers, in integers, and on the cores of a Loihi 2 chip.

Excitatory neurons make inhibitory ones fire, which silence both. Only the run config changes from
run to run, and with it the units: 1 is 2^12 in registers of decays, and 2^6 in those of voltages.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse import random_array

from lavajit import LIF, Loihi2HwCfg, Loihi2SimCfg, RunSteps, Sparse, plots

STEPS, VTH, DU, DV = 200, 400, 0.2, 0.02
SIZES = {"exc": 400, "inh": 100}
WEIGHTS = {("exc", "exc"): 4, ("exc", "inh"): 16, ("inh", "exc"): -24, ("inh", "inh"): -24}


def build(in_registers):
    rng = np.random.default_rng(4)
    decay, voltage = (2**12, 2**6) if in_registers else (1, 1)
    as_number = round if in_registers else float
    decays = {"du": as_number(DU * decay), "dv": as_number(DV * decay)}
    neurons = {}
    for name, n in SIZES.items():
        bias = rng.integers(4, 17, n) if name == "exc" else np.full(n, 2)
        v = rng.integers(0, VTH, n)
        start = {"v": v * voltage, "bias_mant": bias * voltage}
        neurons[name] = LIF(shape=(n,), vth=VTH, name=name, **start, **decays)
    for (source, target), weight in WEIGHTS.items():
        where = random_array((SIZES[target], SIZES[source]), density=0.1, rng=rng) != 0
        synapses = Sparse(weights=weight * where.astype(int))
        neurons[source].s_out.connect(synapses.s_in)
        synapses.a_out.connect(neurons[target].a_in)
    return neurons


# %%
runs = {
    "real numbers": Loihi2SimCfg(select_tag="floating_pt"),
    "integers": Loihi2SimCfg(select_tag="fixed_pt"),
    "cores of Loihi 2": Loihi2HwCfg(),
}
results = {}
for name, config in runs.items():
    neurons = build(in_registers=name != "real numbers")
    with neurons["exc"] as exc:
        record = [population.s_out for population in neurons.values()]
        results[name] = exc.run(RunSteps(STEPS), config, record=record)
        report = exc.runtime.nc_report

spikes = {k: np.hstack([each.dense() for each in r.values()]) for k, r in results.items()}
print("run               spikes  parts from real numbers in step")
for name, found in spikes.items():
    parts = np.flatnonzero((found != spikes["real numbers"]).any(axis=1))
    print(f"{name:<18}{found.sum():6.0f}  {parts[0] + 1 if parts.size else 'never'}")
print(f"\nThe chip, modelled: {report.cores_used} cores, {report.time_per_step:.2f} us a step")
for part in (*report.energy.per_step, "total"):
    print(f"{part:>10} energy {1e9 * report.energy[part] / STEPS:7.1f} nJ a step")

# %%
with plots.style():
    figure, axes = plt.subplots(3, 1, figsize=(6.4, 6.4), sharex=True)
    for ax, (name, result) in zip(axes, results.items(), strict=True):
        plots.raster(result, ax).set_title(name, loc="left")
        ax.label_outer()
figure.savefig("on_neurocores.png", dpi=110)
