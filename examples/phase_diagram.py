"""A sweep: how fast a random network fires, over the strengths of its inhibition and its drive.

Each neuron has inputs from 40 of 400 excitatory neurons and from 10 of 100 inhibitory ones that are
g times stronger, and Poisson input from outside, which alone would bring the mean potential to eta
times the threshold (Brunel 2000, a part of it). Below g = 4 excitation wins, and neurons
fire almost as fast as their refractory time allows; above, inhibition holds the drive in balance.

A point of the sweep is a network of its own, which ``firing`` builds and runs in one of two
processes. Points are kept in a folder: interrupt the script, and it goes on where it was.
"""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from matplotlib.figure import Figure

from lavajit import (
    FixedIndegree,
    Group,
    IafPscDelta,
    Loihi2SimCfg,
    PoissonInput,
    Projection,
    RunSteps,
    SinkRingBuffer,
    sweep,
)

EXCITATORY, ALL = 400, 500
WEIGHT, THRESHOLD = 1.0, 20.0  # mV
TAU, DT = 20.0, 0.1  # ms
STEPS, SETTLING = 2000, 500
GRID = {"g": [3, 3.5, 4, 5, 6, 8], "eta": [1, 1.5, 2, 4]}


def firing(g, eta):
    """Mean rate in Hz, and number of spikes in each millisecond, once the network has settled."""
    start = np.random.default_rng(1).uniform(0, THRESHOLD, ALL)
    membrane = {"tau_m": TAU, "t_ref": 2, "e_l": 0, "v_th": THRESHOLD, "v_reset": 10}
    neurons = IafPscDelta(shape=(ALL,), dt=DT, v=start, **membrane)
    drive = PoissonInput((ALL,), eta * THRESHOLD / (WEIGHT * TAU) * DT, WEIGHT)
    groups = [
        Group(FixedIndegree(40), WEIGHT, delay=14, pre=range(EXCITATORY)),
        Group(FixedIndegree(10), -g * WEIGHT, delay=14, pre=range(EXCITATORY, ALL)),
    ]
    synapses = Projection((ALL, ALL), groups)
    sink = SinkRingBuffer(shape=(ALL,), buffer=STEPS)
    drive.a_out.connect(neurons.a_in)
    neurons.s_out.connect([synapses.s_in, sink.a_in])
    synapses.a_out.connect(neurons.a_in)
    with neurons:
        neurons.run(RunSteps(STEPS), Loihi2SimCfg(select_tag="floating_pt", threads=1))
        spikes = sink.data.get()[:, SETTLING:]
    per_ms = spikes.reshape(ALL, -1, round(1 / DT)).sum(axis=(0, 2))
    return {"rate": 1000 * per_ms.mean() / ALL, "per_ms": per_ms}


def picture(table, path):
    """Rates over the grid, and the activity of two points."""
    figure = Figure(figsize=(7.5, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.2, 1))
    rates = table.on_grid("rate")
    image = left.imshow(rates.T, origin="lower", aspect="auto", norm="log", cmap="magma")
    left.set(xlabel="g", ylabel=r"$\eta$")
    left.set_xticks(range(len(GRID["g"])), GRID["g"])
    left.set_yticks(range(len(GRID["eta"])), GRID["eta"])
    bar = figure.colorbar(image, label="rate (Hz)", ticks=[10, 30, 100, 300], format="%g")
    bar.minorticks_off()
    for row in table:
        if (row["g"], row["eta"]) in ((3, 2), (6, 2)):
            right.plot(row["per_ms"], label=f"g = {row['g']}", lw=0.8)
    right.set(xlabel="time (ms)", ylabel=r"spikes per ms, $\eta$ = 2", ylim=(0, None))
    right.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        table = sweep(firing, GRID, pool, resume="phase_diagram", errors="raise")
    rates = table.on_grid("rate")
    print(f"{len(table)} points, {np.isfinite(rates).sum()} rates")
    for g, of_g in zip(GRID["g"], rates, strict=True):
        kind = "excitation wins" if of_g.max() > 195 else "inhibition balances"
        print(f"g = {g}: {kind}, rates rise with the drive: {(np.diff(of_g) > 0).all()}")
    table.to_csv("phase_diagram.csv")
    picture(table, sys.argv[1] if len(sys.argv) > 1 else "phase_diagram.png")
