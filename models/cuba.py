"""The CUBA benchmark: 4,000 LIF neurons with exponential synaptic currents, active by themselves.

::

    tau_m dv/dt = g_e + g_i - (v - e_l)
    tau_e dg_e/dt = -g_e,   tau_i dg_i/dt = -g_i              (all in mV)
    v >= v_th: spike, v = v_reset for t_ref

A spike of an excitatory neuron adds w_e to g_e of its targets, one of an inhibitory neuron adds
w_i to g_i. Any two neurons are connected with probability p. The rest lies above the threshold,
so that every neuron would fire without inhibition.

==============  ===============  ==============================================================
parameter       value            meaning
==============  ===============  ==============================================================
N_E, N_I        3,200, 800       neurons
p               0.02             connection probability: 64 + 16 inputs of each neuron
tau_m           20 ms            membrane
tau_e, tau_i    5 ms, 10 ms      synapses
e_l             -49 mV           rest
v_th, v_reset   -50 mV, -60 mV   threshold, reset
t_ref           5 ms             refractory time
w_e, w_i        1.62 mV, -9 mV   60 * 0.27 / 10 and -20 * 4.5 / 10: driving force times
                                 conductance over that of the leak
dt              0.1 ms           time step; a spike changes g_e, g_i at the end of the next one
==============  ===============  ==============================================================

T. P. Vogels and L. F. Abbott, Signal propagation and logic gating in networks of integrate-and-fire
neurons, J. Neurosci. 25 (2005): the network. R. Brette et al., Simulation of networks of spiking
neurons: a review of tools and strategies, J. Comput. Neurosci. 23 (2007): benchmark 2. The values
are those of Brian's example CUBA. Other sizes keep the 80 inputs of a neuron: p is 0.02 / scale.

    python -m models.cuba --scale 1 --output cuba.png
"""

from __future__ import annotations

import numpy as np

from lavajit import Group, IafPscExp, PairwiseBernoulli, Projection
from models.cortical import CorticalNetwork, command_line, connect, parts, run_and_show, seeds

DT = 0.1
NEURONS = 4_000
EXCITATORY_SHARE = 0.8
INPUTS = 80
E_L, V_TH, V_RESET = -49.0, -50.0, -60.0
TAU_M, TAU_E, TAU_I = 20.0, 5.0, 10.0
T_REF = 5.0
W_E, W_I = 60 * 0.27 / 10, -20 * 4.5 / 10
MILLISECONDS = 1000.0


def build(scale: float = 1.0, seed: int = 0) -> CorticalNetwork:
    """Describe the network; nothing runs yet.

    Parameters
    ----------
    scale : float
        Number of neurons by 4,000; ValueError if there are fewer than 80, the inputs of a neuron.
    seed : int
        Of connections and initial potentials (uniform from reset to threshold).

    Examples
    --------
    >>> network = build(scale=0.05)
    >>> network.run(100)
    >>> network.sizes()
    {'E': 160, 'I': 40}
    >>> network.stop()
    """
    n = round(scale * NEURONS)
    if n < INPUTS:
        raise ValueError(f"scale={scale}: {n} neurons, but each has {INPUTS} inputs")
    n_e = round(EXCITATORY_SHARE * n)
    populations = parts({"E": n_e, "I": n - n_e})
    neurons = IafPscExp(
        shape=(n,),
        dt=DT,
        tau_m=TAU_M,
        c_m=TAU_M,  # so that the currents are in mV
        tau_syn_ex=TAU_E,
        tau_syn_in=TAU_I,
        t_ref=T_REF,
        e_l=E_L,
        v_th=V_TH,
        v_reset=V_RESET,
        v=np.random.default_rng(seed).uniform(V_RESET, V_TH, n),
        name="neurons",
    )
    rule = PairwiseBernoulli(INPUTS / n)
    projections = {
        name: Projection((n, n), [Group(rule, weight, pre=part)], seed=own, name=f"from {name}")
        for (name, part), weight, own in zip(
            populations.items(), (W_E, W_I), seeds(seed, 2), strict=True
        )
    }
    connect(neurons, projections, {"E": "a_exc", "I": "a_inh"})
    out_degrees = np.full(n, float(INPUTS))
    return CorticalNetwork(neurons, populations, projections, out_degrees, DT)


def main(argv: list[str] | None = None) -> int:
    """Run the network and save a figure of its spikes."""
    args = command_line("The CUBA benchmark.", "cuba.png", MILLISECONDS).parse_args(argv)
    run_and_show(build(args.scale, args.seed), args)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
