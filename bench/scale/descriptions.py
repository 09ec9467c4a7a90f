"""Networks as plain data, from the parameters of ``models/``: what other simulators are given.

==============  ==================================================================================
key             value
==============  ==================================================================================
network         name; with "scale", the model of ``models/`` and what lavajit builds
dt, seed        time step (ms)
populations     name: [first neuron, end]
neurons         "model", "exp" or "delta" (synapses), and parameters in ms, mV, pF
v               initial potentials, {"uniform": [low, high]} or {"normal": [mean, std, low, high]};
                or one of these for each population
projections     each with "pre", "post" (all, if it is not there), "rule" (NEST's name, number),
                "weight" and "delay"; these may be drawn, as `v`
poisson         each with "post", "rate" (Hz, of all inputs together), "inputs", "weight", "delay"
currents        pA, for each population
==============  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator

from models import brunel, cuba, microcircuit

#: Spikes of LIF - Dense - LIF, by neurons and steps, and how strong weights are: both populations
#: spike about as often.
DENSITY, GAIN = 0.03, 0.41
DU, DV = 0.2, 0.05


def dense(n: int, density: float = DENSITY, seed: int = 0) -> dict:
    """LIF(n) - Dense - LIF(n), a step of which is 1 ms where steps have units."""
    shared = {"network": "dense", "n": n, "scale": n, "dt": 1.0, "seed": seed}
    populations = {"source": [0, n], "target": [n, 2 * n]}
    numbers = {"density": density, "gain": GAIN * DENSITY / density, "du": DU, "dv": DV}
    return shared | numbers | {"populations": populations}


def cuba_network(scale: float, seed: int = 0) -> dict:
    """The CUBA benchmark."""
    n = round(scale * cuba.NEURONS)
    rule = ["pairwise_bernoulli", cuba.INPUTS / n]
    return {
        "network": "cuba",
        "scale": scale,
        "dt": cuba.DT,
        "seed": seed,
        "populations": _populations(round(cuba.EXCITATORY_SHARE * n), n),
        "neurons": {
            "model": "exp",
            "tau_m": cuba.TAU_M,
            "c_m": cuba.TAU_M,  # so that currents are in mV
            "tau_ex": cuba.TAU_E,
            "tau_in": cuba.TAU_I,
            "e_l": cuba.E_L,
            "v_th": cuba.V_TH,
            "v_reset": cuba.V_RESET,
            "t_ref": cuba.T_REF,
        },
        "v": {"uniform": [cuba.V_RESET, cuba.V_TH]},
        "projections": [
            {"pre": "E", "rule": rule, "weight": cuba.W_E, "delay": cuba.DT},
            {"pre": "I", "rule": rule, "weight": cuba.W_I, "delay": cuba.DT},
        ],
    }


def brunel_network(scale: float, seed: int = 0) -> dict:
    """Brunel's network."""
    n_e, n_i, c_e, c_i = (
        round(scale * number) for number in (brunel.N_E, brunel.N_I, brunel.C_E, brunel.C_I)
    )
    inhibition = -brunel.G * brunel.J
    return {
        "network": "brunel",
        "scale": scale,
        "dt": brunel.DT,
        "seed": seed,
        "populations": _populations(n_e, n_e + n_i),
        "neurons": {
            "model": "delta",
            "tau_m": brunel.TAU_M,
            "c_m": 1.0,  # does not matter: synapses jump
            "e_l": 0.0,
            "v_th": brunel.V_TH,
            "v_reset": brunel.V_RESET,
            "t_ref": brunel.T_REF,
        },
        "v": {"uniform": [brunel.V_RESET, brunel.V_TH]},
        "projections": [
            {"pre": "E", "rule": ["fixed_indegree", c_e], "weight": brunel.J}
            | {"delay": brunel.DELAY},
            {"pre": "I", "rule": ["fixed_indegree", c_i], "weight": inhibition}
            | {"delay": brunel.DELAY},
        ],
        "poisson": [
            {
                "rate": 1e3 * brunel.ETA * brunel.THRESHOLD_RATE,
                "inputs": brunel.C_E,
                "weight": brunel.J,
                "delay": brunel.DT,
            }
        ],
    }


def microcircuit_network(scale: float, seed: int = 0) -> dict:
    """The cortical microcircuit, Poisson background, neurons and inputs scaled alike."""
    m, root = microcircuit, scale**0.5
    sizes = {name: round(scale * size) for name, size in m.SIZES.items()}
    ends = [sum(list(sizes.values())[: k + 1]) for k in range(len(sizes))]
    populations = {
        name: [end - size, end] for (name, size), end in zip(sizes.items(), ends, strict=True)
    }
    rates = 1.0 * m.EXTERNAL_RATE * scale * m.EXTERNAL_INPUTS
    return {
        "network": "microcircuit",
        "scale": scale,
        "dt": m.DT,
        "seed": seed,
        "populations": populations,
        "neurons": {
            "model": "exp",
            "tau_m": m.TAU_M,
            "c_m": m.C_M,
            "tau_ex": m.TAU_SYN,
            "tau_in": m.TAU_SYN,
            "e_l": m.E_L,
            "v_th": m.V_TH,
            "v_reset": m.E_L,
            "t_ref": m.T_REF,
        },
        "v": {
            name: {"normal": [*start, None, None]}
            for name, start in zip(sizes, m.START.T.tolist(), strict=True)
        },
        "projections": list(_microcircuit_projections(sizes, scale)),
        "poisson": [
            {"post": name, "rate": rate, "weight": m.weight() / root, "delay": m.DELAYS["E"]}
            for name, rate in zip(sizes, rates.tolist(), strict=True)
        ],
        "currents": dict(zip(sizes, m.constant_currents("poisson", scale).tolist(), strict=True)),
    }


def _microcircuit_projections(sizes: dict[str, int], scale: float) -> Iterator[dict]:
    m, root = microcircuit, scale**0.5
    numbers, means = m.synapse_numbers(), m.weights()
    for i, post in enumerate(sizes):
        for j, pre in enumerate(sizes):
            number = round(numbers[i, j] * scale * sizes[post] / m.SIZES[post])
            if not number:
                continue
            weight, delay = means[i, j] / root, m.DELAYS[pre[-1]]
            limits = [0.0, None] if weight > 0 else [None, 0.0]
            yield {
                "pre": pre,
                "post": post,
                "rule": ["fixed_total_number", number],
                "weight": {"normal": [weight, m.SPREAD * abs(weight), *limits]},
                "delay": {"normal": [delay, m.DELAY_SPREAD * delay, None, None]},
            }


def _populations(n_e: int, n: int) -> dict[str, list[int]]:
    return {"E": [0, n_e], "I": [n_e, n]}


def synapses_by_source(job: dict) -> dict[str, float]:
    """Mean number of synapses that a neuron of each population sends to."""
    sizes = {name: end - first for name, (first, end) in job["populations"].items()}
    if job["network"] == "dense":
        return {"source": float(job["n"]), "target": 0.0}
    found = dict.fromkeys(sizes, 0.0)
    for one in job["projections"]:
        posts = sizes[one["post"]] if "post" in one else sum(sizes.values())
        rule, number = one["rule"]
        found[one["pre"]] += {
            "pairwise_bernoulli": number * posts,
            "fixed_indegree": number * posts / sizes[one["pre"]],
            "fixed_total_number": number / sizes[one["pre"]],
        }[rule]
    return found
