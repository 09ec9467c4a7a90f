"""Pair STDP between two neurons: a pre-synaptic spike before a post-synaptic one strengthens.

Rasters of random spikes drive both neurons through strong static synapses, so that each neuron
repeats its raster; the plastic synapse between them is too weak to make spikes of its own. x1 and
y1 are the traces of the pre- and the post-synaptic neuron. Each spike reads the other's trace.
"""

import sys

import numpy as np
from matplotlib.figure import Figure

from lavajit import (
    LIF,
    Dense,
    LearningDense,
    Loihi2SimCfg,
    Monitor,
    RunSteps,
    SourceRingBuffer,
    STDPLoihi,
    plots,
)

STEPS = 200


def driven_neuron(raster):
    """A LIF neuron that repeats the raster of its source, one step later."""
    source, dense = SourceRingBuffer(data=raster), Dense(weights=250 * np.eye(1))
    neuron = LIF(shape=(1,), du=1, dv=1, vth=240)
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(neuron.a_in)
    return neuron


def picture(spikes, traces, weights, path):
    """Spikes, traces and weight over time."""
    with plots.style():
        figure = Figure(figsize=(7, 4.5))
        rows = figure.subplots(3, 1, sharex=True, height_ratios=(1, 2, 2))
        plots.raster(spikes, rows[0])
        plots.trace(traces, rows[1], label="trace")
        plots.trace(weights, rows[2], label="weight", steps=True)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    rng = np.random.default_rng(123)
    pre, post = (driven_neuron(rng.random((1, STEPS)) < 0.03) for _ in range(2))
    rule = STDPLoihi(learning_rate=1, A_plus=1, A_minus=-1, tau_plus=10, tau_minus=10)
    plastic = LearningDense(weights=np.array([[50.0]]), learning_rule=rule)
    pre.s_out.connect(plastic.s_in)
    plastic.a_out.connect(post.a_in)
    post.s_out.connect(plastic.s_in_bap)

    monitor = Monitor()
    for what in (plastic.x1, plastic.y1, plastic.weights, pre.s_out, post.s_out):
        monitor.probe(what, STEPS)
    plastic.run(RunSteps(num_steps=STEPS), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    found = monitor.get_data()
    plastic.stop()

    traces = {"pre": found[plastic.name]["x1"], "post": found[plastic.name]["y1"]}
    spikes = {"pre": found[pre.name]["s_out"], "post": found[post.name]["s_out"]}
    weights = found[plastic.name]["weights"].ravel()
    print(rule.dw)
    print(f"{int(spikes['pre'].sum())} pre- and {int(spikes['post'].sum())} post-synaptic spikes")
    print(f"weight from 50 to {weights[-1]:.3f}")
    picture(spikes, traces, weights, sys.argv[1] if len(sys.argv) > 1 else "stdp_pair.png")
