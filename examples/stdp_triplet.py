# %% [markdown]
"""
A rule of one's own: triplet STDP, whose potentiation grows with the frequency of spike pairs.

Sixty pairs of spikes, 10 ms apart, are repeated at different frequencies; a step is 1 ms. In cortex
potentiation grows with the frequency. Of the pair rule that is the wrong way round: its spikes also
meet those of neighbouring pairs. The triplet rule potentiates by the pre-synaptic trace x1 *and* a
slow trace y2 of earlier post-synaptic spikes. Its own impulse, 1, is in y2, too, and is taken off.

J.-P. Pfister and W. Gerstner, Triplets of spikes in a model of spike timing-dependent plasticity,
J. Neurosci. 26 (2006), minimal model. The amplitudes are impulses, so the rule needs no scales.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import EventSource, LearningDense, Loihi2FLearningRule, Loihi2SimCfg, RunSteps, plots

FREQUENCIES = np.array([1, 5, 10, 20, 30, 40, 50])
PAIRS, LAG = 60, 10
TRACES = {"x1_impulse": 6.5e-3, "x1_tau": 16.8, "y1_impulse": 7.1e-3, "y1_tau": 33.7}
RULES = {
    "pair": Loihi2FLearningRule(dw="y0*x1 - x0*y1", **TRACES),
    "triplet": Loihi2FLearningRule(dw="y0*x1*(y2 - 1) - x0*y1", y2_impulse=1, y2_tau=114, **TRACES),
}


# %%
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
    with plastic:
        plastic.run(RunSteps(PAIRS * 1000 + 3 * LAG), Loihi2SimCfg())
        return plastic.weights.get().diagonal()


# %%
print("Hz               ", *(f"{frequency:7d}" for frequency in FREQUENCIES))
with plots.style():
    figure, panels = plt.subplots(1, 2, figsize=(6.4, 3), sharey=True)
    for ax, (name, rule) in zip(panels, RULES.items(), strict=True):
        for lag in (LAG, -LAG):
            changes = weight_changes(rule, lag)
            print(f"{name:7s} {lag:+d} ms    ", *(f"{change:7.3f}" for change in changes))
            ax.plot(FREQUENCIES, changes, "o-", label=f"{lag:+} ms")
        ax.axhline(0, color="0.7", lw=0.8, zorder=0)
        ax.set(xlabel="frequency of pairs (Hz)", title=f"{name} rule")
    panels[0].set(ylabel="weight change")
    panels[0].legend(title="post - pre")
figure.savefig("stdp_triplet.png", dpi=150)
