"""The cortical microcircuit: 77,169 neurons under 1 mm^2 of cortex, in four layers, two kinds each.

::

    tau_m dv/dt = -(v - e_l) + (tau_m / c_m) (i + i_e),  tau_syn di/dt = -i
    v >= v_th: spike, v = v_reset for t_ref

A spike of neuron j adds w_ij to i of neuron i after a delay d_ij. Populations X -> Y have::

    K = ln(1 - p) / ln(1 - 1 / (N_X N_Y))

synapses, each between a source and a target drawn at random, where p is the probability that two
neurons are connected at all (:data:`PROBABILITIES`). Each neuron also gets K_ext Poisson trains of
8 Hz, or their mean as a constant current.

==============  ==============  ==================================================================
parameter       value           meaning
==============  ==============  ==================================================================
tau_m, c_m      10 ms, 250 pF   membrane
tau_syn         0.5 ms          synaptic currents, exponential
e_l, v_reset    -65 mV          rest, reset
v_th            -50 mV          threshold
t_ref           2 ms            refractory time
w               87.8 +- 8.8 pA  excitatory weight: a potential of 0.15 mV at its peak; twice as
                                much from L4E to L23E; all with a standard deviation of 10%
g               -4              inhibition is 4 times stronger
d_E, d_I        1.5 +- 0.75 ms  delays, normally distributed, from 0.1 ms
                0.75 +- 0.38 ms
dt              0.1 ms          time step
==============  ==============  ==================================================================

T. C. Potjans and M. Diesmann, The cell-type specific cortical microcircuit: relating structure and
activity in a full-scale spiking network model, Cereb. Cortex 24 (2014). Initial potentials are
normally distributed with mean and deviation of each population near those of the running network.

Scaled down, each neuron has `k_scale` of its inputs, with weights divided by sqrt(k_scale): that
keeps the variance of the input. A constant current replaces the part of the mean that is lost, as
computed from the rates of the whole network (S. J. van Albada, M. Helias and M. Diesmann,
Scalability of asynchronous networks is limited by one-to-one mapping between effective
connectivity and correlations, PLoS Comput. Biol. 11, 2015). Rates of a small network are lower
all the same; with a constant background one of a tenth falls silent.

    python -m models.microcircuit --scale 0.1 --output microcircuit.png
"""

from __future__ import annotations

import numpy as np

from lavajit import FixedTotal, Group, IafPscExp, Normal, PoissonInput, Projection
from models.cortical import (
    CorticalNetwork,
    command_line,
    connect,
    parts,
    print_statistics,
    seeds,
)

DT = 0.1
SIZES = {
    "L23E": 20_683,
    "L23I": 5_834,
    "L4E": 21_915,
    "L4I": 5_479,
    "L5E": 4_850,
    "L5I": 1_065,
    "L6E": 14_395,
    "L6I": 2_948,
}
#: Of a connection from the population of the column to that of the row, in the order of SIZES.
PROBABILITIES = np.array(
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
EXTERNAL_INPUTS = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
EXTERNAL_RATE = 8.0
#: Mean and standard deviation of the initial potentials, mV.
START = np.array(
    [
        [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43],
        [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48],
    ]
)
#: Rates of the whole network in NEST's reference simulation, Hz.
RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
TAU_M, C_M, TAU_SYN, T_REF = 10.0, 250.0, 0.5, 2.0
E_L, V_TH = -65.0, -50.0
PEAK, G, SPREAD = 0.15, -4.0, 0.1
DELAYS = {"E": 1.5, "I": 0.75}
DELAY_SPREAD = 0.5
BACKGROUNDS = ("poisson", "dc")
#: Until the rates have settled, ms.
TRANSIENT = 500.0
MILLISECONDS = 1_500.0


def build(
    scale: float = 1.0,
    seed: int = 0,
    background: str = "poisson",
    k_scale: float | None = None,
) -> CorticalNetwork:
    """Describe the network; nothing runs yet.

    Parameters
    ----------
    scale : float
        Neurons by 77,169, above 0 and up to 1.
    seed : int
        Of connections and initial potentials.
    background : {"poisson", "dc"}
        Whether input from outside is random or constant.
    k_scale : float, optional
        Inputs of a neuron by those of the whole network, `scale` if not given. At 1, and scale 1,
        there are 299 million synapses.

    Raises
    ------
    ValueError
        An argument is out of range.

    Examples
    --------
    >>> network = build(scale=0.01)
    >>> network.run(100)
    >>> network.sizes()["L6I"]
    29
    >>> network.stop()
    """
    k_scale = scale if k_scale is None else k_scale
    _check(scale, k_scale, background)
    populations = parts({name: round(scale * size) for name, size in SIZES.items()})
    sizes = np.array([len(part) for part in populations.values()])
    n, rng = int(sizes.sum()), np.random.default_rng(seed)
    neurons = IafPscExp(
        shape=(n,),
        dt=DT,
        tau_m=TAU_M,
        c_m=C_M,
        tau_syn_ex=TAU_SYN,
        tau_syn_in=TAU_SYN,
        t_ref=T_REF,
        e_l=E_L,
        v_th=V_TH,
        v_reset=E_L,
        i_e=np.repeat(constant_currents(background, k_scale), sizes),
        v=rng.normal(*np.repeat(START, sizes, axis=1)),
        name="neurons",
    )
    projections, out_degrees = _project(populations, k_scale, seed)
    connect(neurons, projections, {"E": "a_exc", "I": "a_inh"})
    if background == "poisson":
        mean = np.repeat(1e-3 * DT * EXTERNAL_RATE * k_scale * EXTERNAL_INPUTS, sizes)
        drive = PoissonInput((n,), mean, weight() / np.sqrt(k_scale), name="background")
        drive.a_out.connect(neurons.a_exc)
    return CorticalNetwork(neurons, populations, projections, out_degrees, DT)


def _check(scale: float, k_scale: float, background: str) -> None:
    if not 0 < scale <= 1 or round(scale * min(SIZES.values())) < 1:
        raise ValueError(
            f"scale={scale}: choose one from 0.001 to 1; every population needs a neuron"
        )
    if not 0 < k_scale <= 1:
        raise ValueError(f"k_scale={k_scale}: choose one above 0, up to 1")
    if background not in BACKGROUNDS:
        raise ValueError(f"background={background!r}: choose one of {', '.join(BACKGROUNDS)}")


def weight() -> float:
    """Excitatory weight, pA: the current that moves the potential by `PEAK` at most."""
    peak_time = np.log(TAU_M / TAU_SYN) * TAU_M * TAU_SYN / (TAU_M - TAU_SYN)
    difference = np.exp(-peak_time / TAU_M) - np.exp(-peak_time / TAU_SYN)
    return PEAK * C_M * (TAU_M - TAU_SYN) / (TAU_M * TAU_SYN * difference)


def weights() -> np.ndarray:
    """Mean weights in pA, shape (targets, sources), of the whole network."""
    means = np.tile(weight() * np.where([name[-1] == "E" for name in SIZES], 1, G), (8, 1))
    names = list(SIZES)
    means[names.index("L23E"), names.index("L4E")] *= 2
    return means


def synapse_numbers() -> np.ndarray:
    """K, shape (targets, sources), of the whole network."""
    sizes = np.array(list(SIZES.values()), float)
    return np.log1p(-PROBABILITIES) / np.log1p(-1 / np.outer(sizes, sizes))


def constant_currents(background: str, k_scale: float) -> np.ndarray:
    """What each neuron of a population gets in place of fluctuating input, pA."""
    sizes = np.array(list(SIZES.values()))
    external = EXTERNAL_RATE * EXTERNAL_INPUTS * weight()
    recurrent = (weights() * synapse_numbers() / sizes[:, None]) @ RATES
    lost = 1 - np.sqrt(k_scale)
    constant = external * (lost if background == "poisson" else 1.0)
    return 1e-3 * TAU_SYN * (constant + lost * recurrent)


def _project(
    populations: dict[str, range], k_scale: float, seed: int
) -> tuple[dict[str, Projection], np.ndarray]:
    """One Projection for each sign; expected number of synapses of each neuron."""
    scales = np.array([len(part) / SIZES[name] for name, part in populations.items()])
    numbers = np.rint(synapse_numbers() * k_scale * scales[:, None]).astype(int)
    means = weights() / np.sqrt(k_scale)
    groups: dict[str, list[Group]] = {"E": [], "I": []}
    for i, post in enumerate(populations.values()):
        for j, (source, pre) in enumerate(populations.items()):
            if numbers[i, j]:
                groups[source[-1]].append(_group(numbers[i, j], means[i, j], pre, post))
    n = sum(len(part) for part in populations.values())
    projections = {
        sign: Projection((n, n), groups[sign], seed=own, name=f"from {sign}")
        for sign, own in zip("EI", seeds(seed, 2), strict=True)
    }
    sizes = [len(part) for part in populations.values()]
    return projections, np.repeat(numbers.sum(axis=0) / sizes, sizes)


def _group(number: int, mean: float, pre: range, post: range) -> Group:
    """Synapses of one pair of populations; weights keep their sign."""
    limit = {"low": 0.0} if mean > 0 else {"high": 0.0}
    steps = DELAYS["E" if mean > 0 else "I"] / DT
    # What is sent in a step arrives in the next one without any delay; half a step rounds to 0.
    delay = Normal(steps - 1, DELAY_SPREAD * steps, low=-0.5)
    spread = Normal(mean, SPREAD * abs(mean), **limit)
    return Group(FixedTotal(int(number)), spread, delay, pre=pre, post=post)


def main(argv: list[str] | None = None) -> int:
    """Run the network and save a figure of its spikes and rates."""
    parser = command_line("The cortical microcircuit.", "microcircuit.png", MILLISECONDS)
    parser.add_argument("--k-scale", type=float, help="default: as --scale")
    parser.add_argument("--background", choices=BACKGROUNDS, default="poisson")
    args = parser.parse_args(argv)

    from models.microcircuit_figure import save_figure

    network = build(args.scale, args.seed, args.background, args.k_scale)
    network.run(round(TRANSIENT / DT), args.precision, args.seed, args.threads)
    network.run(round(args.time / DT))
    print_statistics(network)
    save_figure(network, args.output)
    network.stop()
    print(f"picture: {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
