"""A rule of one's own: triplet STDP, whose potentiation grows with the frequency of spike pairs.

Sixty pairs of spikes, 10 ms apart, are repeated at different frequencies; a step is 1 ms. In
cortex potentiation grows with the frequency. Of the pair rule that is the wrong way round: its
spikes also meet those of the neighbouring pairs. The triplet rule potentiates by the pre-synaptic
trace *and* a slow trace y2 of earlier post-synaptic spikes::

    dw = y0 x1 (y2 - 1) - x0 y1

A spike finds its own impulse, here 1, in y2, which the rule takes off again. Parameters: J.-P.
Pfister and W. Gerstner, Triplets of spikes in a model of spike timing-dependent plasticity,
J. Neurosci. 26 (2006), minimal model. The amplitudes are impulses, so the rule needs no scales.
"""

import sys

import numpy as np
from matplotlib.figure import Figure

from lavajit import EventSource, LearningDense, Loihi2FLearningRule, Loihi2SimCfg, RunSteps

FREQUENCIES = np.array([1, 5, 10, 20, 30, 40, 50])
PAIRS, LAG = 60, 10
TRACES = {"x1_impulse": 6.5e-3, "x1_tau": 16.8, "y1_impulse": 7.1e-3, "y1_tau": 33.7}
RULES = {
    "pair": Loihi2FLearningRule(dw="y0*x1 - x0*y1", **TRACES),
    "triplet": Loihi2FLearningRule(dw="y0*x1*(y2 - 1) - x0*y1", y2_impulse=1, y2_tau=114, **TRACES),
}


def source(first):
    """One neuron per frequency; it spikes `PAIRS` times, the first time in step `first`."""
    times = first + np.arange(PAIRS) * (1000 // FREQUENCIES[:, None])
    neurons = np.broadcast_to(np.arange(len(times))[:, None], times.shape)
    return EventSource((len(times),), times.ravel(), neurons.ravel())


def weight_changes(rule, lag):
    """Change of the synapse between the neurons of each frequency; `lag` is post minus pre."""
    pre, post = source(1 + LAG), source(1 + LAG + lag)
    plastic = LearningDense(weights=np.zeros((len(FREQUENCIES),) * 2), learning_rule=rule)
    pre.s_out.connect(plastic.s_in)
    post.s_out.connect(plastic.s_in_bap)
    steps = int(PAIRS * 1000 / FREQUENCIES.min()) + 3 * LAG
    plastic.run(RunSteps(num_steps=steps), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    changes = plastic.weights.get().diagonal()
    plastic.stop()
    return changes


def picture(changes, path):
    """Weight change over frequency, one panel per rule."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, name in zip(panels, RULES, strict=True):
        for lag, colour in ((LAG, "#20639b"), (-LAG, "#d1495b")):
            axes.plot(FREQUENCIES, changes[name, lag], "o-", color=colour, label=f"{lag:+} ms")
        axes.axhline(0, color="0.7", lw=0.8, zorder=0)
        axes.set(xlabel="frequency of pairs (Hz)", title=f"{name} rule")
    panels[0].set(ylabel="weight change")
    panels[0].legend(frameon=False, title="post - pre")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    changes = {(name, lag): weight_changes(RULES[name], lag) for name in RULES for lag in (10, -10)}
    print("Hz               ", *(f"{frequency:7d}" for frequency in FREQUENCIES))
    for (name, lag), values in changes.items():
        print(f"{name:7s} {lag:+d} ms    ", *(f"{value:7.3f}" for value in values))
    picture(changes, sys.argv[1] if len(sys.argv) > 1 else "stdp_triplet.png")
