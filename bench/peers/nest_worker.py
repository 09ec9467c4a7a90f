"""Worker of NEST. Needs nothing but NEST and NumPy; gets the network as a description."""

from __future__ import annotations

import math
import time

import nest
import numpy as np
from protocol import Contender, dense_arrays, serve

MODELS = {"exp": "iaf_psc_exp", "delta": "iaf_psc_delta"}


class NESTContender(Contender):
    """One NEST kernel; spikes are recorded to memory."""

    def start(self, job):
        nest.set_verbosity("M_ERROR")
        nest.ResetKernel()
        nest.set(
            resolution=job["dt"],
            local_num_threads=job["threads"],
            rng_seed=job["seed"] + 1,
            print_time=False,
        )
        self.dt = job["dt"]
        begin = time.perf_counter()
        self.neurons = _dense(job) if job["network"] == "dense" else _described(job)
        synapses = int(nest.num_connections)
        self.recorder = nest.Create("spike_recorder")
        nest.Connect(self.neurons, self.recorder, syn_spec={"delay": self.dt})
        built = time.perf_counter()
        self.run(1)
        done = time.perf_counter()
        return {
            "build": built - begin,
            "first": done - built,
            "synapses": synapses - (len(self.neurons) if job.get("poisson") else 0),
            "versions": f"NEST {nest.__version__}",
        }

    def run(self, steps):
        self.recorder.n_events = 0
        self.last = round(steps * self.dt, 6)
        nest.Simulate(self.last)

    def spikes(self):
        events = self.recorder.events
        return events["times"], events["senders"] - self.neurons[0].global_id, self.last


def _described(job: dict):
    """All neurons, connected as `job` says."""
    parameters = dict(job["neurons"])
    model = parameters.pop("model")
    ends = {name: slice(*ends) for name, ends in job["populations"].items()}
    total = max(end.stop for end in ends.values())
    neurons = nest.Create(MODELS[model], total, params=_neuron(model, parameters))
    starts = {name: job["v"].get(name) for name in ends if name in job["v"]}
    for name, start in starts.items():
        neurons[ends[name]].V_m = _drawn(start)
    if not starts:
        neurons.V_m = _drawn(job["v"])
    for one in job["projections"]:
        post = neurons[ends[one["post"]]] if "post" in one else neurons
        spec = {"weight": _drawn(one["weight"]), "delay": _delay(one["delay"], job["dt"])}
        nest.Connect(neurons[ends[one["pre"]]], post, _rule(*one["rule"]), spec)
    for one in job.get("poisson") or ():
        post = neurons[ends[one["post"]]] if "post" in one else neurons
        source = nest.Create("poisson_generator", params={"rate": one["rate"]})
        nest.Connect(source, post, syn_spec={"weight": one["weight"], "delay": one["delay"]})
    for name, current in (job.get("currents") or {}).items():
        neurons[ends[name]].I_e = current
    return neurons


def _neuron(model: str, p: dict) -> dict:
    names = {"tau_m": "tau_m", "c_m": "C_m", "t_ref": "t_ref", "e_l": "E_L"}
    names |= {"v_th": "V_th", "v_reset": "V_reset"}
    if model == "exp":
        names |= {"tau_ex": "tau_syn_ex", "tau_in": "tau_syn_in"}
    return {nest_name: p[name] for name, nest_name in names.items()}


def _drawn(value):
    """A number, or how to draw it: {"uniform": [low, high]} or {"normal": [mean, std, low, high]}.

    `low` and `high` of a normal distribution may be None; what lies outside is drawn again.
    """
    if not isinstance(value, dict):
        return value
    if "uniform" in value:
        return nest.random.uniform(*value["uniform"])
    mean, std, low, high = value["normal"]
    drawn = nest.random.normal(mean, std)
    if low is None and high is None:
        return drawn
    return nest.math.redraw(
        drawn, min=-math.inf if low is None else low, max=math.inf if high is None else high
    )


def _delay(value, dt: float):
    """Delays drawn below half a step would be rounded to none, which NEST refuses."""
    if isinstance(value, dict) and value["normal"][2] is None:
        mean, std, _, high = value["normal"]
        value = {"normal": [mean, std, dt / 2, high]}
    return _drawn(value)


def _rule(name: str, number: float) -> dict:
    key = {"pairwise_bernoulli": "p", "fixed_indegree": "indegree", "fixed_total_number": "N"}[name]
    return {"rule": name, key: number}


def _dense(job: dict):
    """LIF - Dense - LIF: two populations whose decay per step is that of the discrete equations.

    NEST integrates exactly and has one equation for current and potential; the weights are scaled
    so that a spike moves the potential by as much in all, over time.
    """
    n, dt, c_m = job["n"], job["dt"], 1.0
    arrays = dense_arrays(n, job["density"], job["gain"])
    tau_m, tau_syn = (-dt / math.log1p(-job[name]) for name in ("dv", "du"))
    common = {"C_m": c_m, "E_L": 0.0, "V_th": 1.0, "V_reset": 0.0, "t_ref": 0.0}
    # The first population integrates a constant current; its membrane hardly leaks.
    leak = 1e6 * dt
    source = nest.Create("iaf_psc_exp", n, params=common | {"tau_m": leak})
    source.I_e = job["density"] * c_m / dt
    source.V_m = arrays["v"]
    target = nest.Create("iaf_psc_exp", n, params=common | {"tau_m": tau_m, "tau_syn_ex": tau_syn})
    # Sum of the potential over time after a weight w: w / (du dv) steps; w tau_syn tau_m / c.
    scale = c_m / (job["du"] * job["dv"]) * dt / (tau_syn * tau_m)
    mean = 2 * job["gain"] / n * scale
    nest.Connect(
        source,
        target,
        "all_to_all",
        {"weight": nest.random.uniform(0.0, mean), "delay": dt},
    )
    return source + target


if __name__ == "__main__":
    np.seterr(all="ignore")
    serve(NESTContender())
