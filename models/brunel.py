"""Brunel's sparse random network: 10,000 excitatory and 2,500 inhibitory neurons, delta synapses.

::

    tau_m dv/dt = -v + tau_m (sum of J over arriving spikes) delta(t)
    v >= v_th: spike, v = v_reset for t_ref

Each neuron has C_E inputs from excitatory neurons, each worth J, C_I = C_E / 4 from inhibitory
ones, each worth -g J, drawn at random with replacement, and C_E from outside: Poisson trains of
rate eta nu_th, where nu_th = v_th / (J C_E tau_m) would just reach the threshold on average. All
delays are D. With g = 5, eta = 2 the network fires asynchronously and irregularly.

=================  =============  ==========================================================
parameter          value          meaning
=================  =============  ==========================================================
N_E, N_I           10,000, 2,500  neurons
C_E, C_I           1,000, 250     inputs of each neuron
J                  0.1 mV         jump of the potential
g                  5              inhibition is g times stronger
eta                2              rate of the drive in units of nu_th
D                  1.5 ms         delay
tau_m              20 ms          membrane
v_th, v_reset      20 mV, 10 mV   threshold, reset; rest is 0
t_ref              2 ms           refractory time
dt                 0.1 ms         time step
=================  =============  ==========================================================

N. Brunel, Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons,
J. Comput. Neurosci. 8 (2000), model A. `scale` multiplies neurons and inputs; the outside drive
keeps its mean, eta v_th / tau_m.

:func:`predicted_rate` is that paper's mean-field rate nu of the asynchronous state, from::

    1 / nu = t_ref + tau_m sqrt(pi) integral of exp(u^2) (1 + erf(u)) du
             from (v_reset - mu) / sigma to (v_th - mu) / sigma
    mu = C_E J tau_m (nu_ext + nu (1 - g / 4)),  sigma^2 = C_E J^2 tau_m (nu_ext + nu (1 + g^2 / 4))

    python -m models.brunel --scale 0.2 --output brunel.png
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import erfcx

from lavajit import FixedIndegree, Group, IafPscDelta, PoissonInput, Projection
from models.cortical import CorticalNetwork, command_line, connect, parts, run_and_show, seeds

DT = 0.1
N_E, N_I = 10_000, 2_500
C_E, C_I = 1_000, 250
J = 0.1
G, ETA = 5.0, 2.0
DELAY = 1.5
TAU_M, T_REF = 20.0, 2.0
V_TH, V_RESET = 20.0, 10.0
#: C_E nu_th: spikes per ms, from all outside inputs together, that reach the threshold on average.
THRESHOLD_RATE = V_TH / (J * TAU_M)
MILLISECONDS = 500.0


def build(scale: float = 1.0, seed: int = 0, g: float = G, eta: float = ETA) -> CorticalNetwork:
    """Describe the network; nothing runs yet.

    Parameters
    ----------
    scale : float
        Neurons by 12,500 and inputs by 1,250; ValueError if there are less than 4 inhibitory inputs
        of a neuron. At scale 1 there are 15.6 million synapses.
    seed : int
        Of connections and initial potentials (uniform from reset to threshold).
    g, eta : float
        Relative strength of inhibition, and of the drive.

    Examples
    --------
    >>> network = build(scale=0.02)
    >>> network.run(100)
    >>> network.sizes()
    {'E': 200, 'I': 50}
    >>> network.stop()
    """
    n_e, n_i, c_e, c_i = (round(scale * number) for number in (N_E, N_I, C_E, C_I))
    if c_i < 4:
        raise ValueError(f"scale={scale}: {c_i} inhibitory inputs, 4 are needed; scale >= 0.016")
    n, populations = n_e + n_i, parts({"E": n_e, "I": n_i})
    neurons = IafPscDelta(
        shape=(n,),
        dt=DT,
        tau_m=TAU_M,
        t_ref=T_REF,
        e_l=0.0,
        v_th=V_TH,
        v_reset=V_RESET,
        v=np.random.default_rng(seed).uniform(V_RESET, V_TH, n),
        name="neurons",
    )
    # What is sent in a step arrives in the next one without any delay.
    steps = round(DELAY / DT) - 1
    projections = {
        name: Projection(
            (n, n),
            [Group(FixedIndegree(inputs), weight, steps, pre=populations[name])],
            seed=own,
            name=f"from {name}",
        )
        for name, inputs, weight, own in zip(
            "EI", (c_e, c_i), (J, -g * J), seeds(seed, 2), strict=True
        )
    }
    connect(neurons, projections, {"E": "a_in", "I": "a_in"})
    drive = PoissonInput((n,), eta * THRESHOLD_RATE * DT, J, name="drive")
    drive.a_out.connect(neurons.a_in)
    out_degrees = np.repeat([n * c_e / n_e, n * c_i / n_i], [n_e, n_i])
    return CorticalNetwork(neurons, populations, projections, out_degrees, DT)


def predicted_rate(scale: float = 1.0, g: float = G, eta: float = ETA) -> float:
    """Mean-field rate of the asynchronous state, Hz."""
    external = eta * THRESHOLD_RATE
    c_e, c_i = round(scale * C_E), round(scale * C_I)

    def excess(nu: float) -> float:
        mu = J * TAU_M * (external + nu * (c_e - g * c_i))
        sigma = J * np.sqrt(TAU_M * (external + nu * (c_e + g**2 * c_i)))
        low, high = (V_RESET - mu) / sigma, (V_TH - mu) / sigma
        # exp(u^2) (1 + erf(u)) = erfcx(-u), which does not overflow where u is negative.
        integral = quad(lambda u: erfcx(-u), low, high)[0]
        return 1 / (T_REF + TAU_M * np.sqrt(np.pi) * integral) - nu

    return 1000 * brentq(excess, 1e-9, 1 / T_REF)


def main(argv: list[str] | None = None) -> int:
    """Run the network and save a figure of its spikes."""
    parser = command_line("Brunel's sparse random network.", "brunel.png", MILLISECONDS)
    args = parser.parse_args(argv)
    print(f"mean-field rate: {predicted_rate(args.scale):.1f} Hz")
    run_and_show(build(args.scale, args.seed), args)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
