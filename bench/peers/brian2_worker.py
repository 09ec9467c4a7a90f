"""Worker of Brian2 in C++ standalone mode; gets the network as a description.

A program of Brian2 cannot be continued, so each run is a new start of the compiled program: it
makes its synapses, runs "warm_up" steps, in which nothing is recorded, and then "steps" steps.
Seconds are those that it reports for these (processor time, or wall clock with OpenMP).
"""

from __future__ import annotations

import os
import subprocess
import time

import brian2
import numpy as np
from brian2 import Hz, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, ms
from protocol import Contender, dense_arrays, peak_memory, serve

#: Most seconds between looks at the memory of the program; less at the beginning.
LOOK = 0.02
EQUATIONS = {
    "exp": """dv/dt = (ge + gi - (v - e_l)) / tau_m : 1 (unless refractory)
              dge/dt = -ge / tau_ex : 1
              dgi/dt = -gi / tau_in : 1""",
    "delta": "dv/dt = (e_l - v) / tau_m : 1 (unless refractory)",
}


class Brian2Contender(Contender):
    """A compiled program in a folder."""

    def start(self, job):
        self.steps, self.dt, self.peak = job["steps"], job["dt"], 0
        self.threads, self.folder = job["threads"], job["folder"]
        os.makedirs(self.folder, exist_ok=True)
        brian2.BrianLogger.log_level_error()
        begin = time.perf_counter()
        if job.get("mode") == "cython":
            return self._run_in_python(job, begin)
        if job["threads"] > 1:
            brian2.prefs.devices.cpp_standalone.openmp_threads = job["threads"]
        brian2.set_device("cpp_standalone", directory=self.folder, build_on_run=False)
        brian2.defaultclock.dt = self.dt * ms
        brian2.seed(job["seed"])
        objects = _dense(job) if job["network"] == "dense" else _described(job)
        self.monitors, network = objects[-1], brian2.Network(*objects[:-1], *objects[-1])
        if job["warm_up"]:
            for monitor in self.monitors:
                monitor.active = False
            network.run(job["warm_up"] * self.dt * ms)
            for monitor in self.monitors:
                monitor.active = True
        network.run(self.steps * self.dt * ms)
        brian2.device.build(directory=self.folder, run=False)
        built = time.perf_counter() - begin
        whole = self.program()
        # From the start of the program to its end, without the steps: synapses are made then.
        steps = (1 + job["warm_up"] / self.steps) * self.seconds
        return _facts(built, max(0.0, whole - steps))

    def _run_in_python(self, job: dict, begin: float) -> dict:
        """All steps in Brian2's runtime mode, which compiles Cython modules."""
        brian2.prefs.codegen.target = "cython"
        brian2.defaultclock.dt = self.dt * ms
        objects = _described(job)
        network = brian2.Network(*objects[:-1], *objects[-1])
        network.run(self.steps * self.dt * ms)
        return _facts(time.perf_counter() - begin, 0.0)

    def program(self) -> float:
        """Seconds that the program took in all; what it reports is left in `seconds`."""
        begin = time.perf_counter()
        with open(os.path.join(self.folder, "output.txt"), "w") as output:
            program = subprocess.Popen(
                [os.path.join(self.folder, "main")], cwd=self.folder, stdout=output, stderr=output
            )
            pause = LOOK / 64
            while program.poll() is None:
                self.peak = max(self.peak, peak_memory(program.pid))
                time.sleep(pause)
                pause = min(LOOK, 1.1 * pause)
        if program.returncode:
            with open(os.path.join(self.folder, "output.txt")) as output:
                raise RuntimeError(f"program ended with {program.returncode}: {output.read()}")
        with open(os.path.join(self.folder, "results", "last_run_info.txt")) as info:
            self.seconds = float(info.read().split()[0])
        return time.perf_counter() - begin

    def timed_run(self, steps):
        if steps != self.steps:
            raise ValueError(f"the program runs {self.steps} steps, not {steps}")
        self.program()
        return {"seconds": self.seconds, "cpu": self.seconds}

    def spikes(self):
        times, neurons, first = [], [], 0
        for monitor in self.monitors:
            neurons.append(self._result(monitor, "i") + first)
            times.append(1e3 * self._result(monitor, "t"))
            first += len(monitor.source)
        return np.concatenate(times), np.concatenate(neurons), self.steps * self.dt

    def _result(self, monitor, name: str) -> np.ndarray:
        variable = monitor.variables[name]
        path = brian2.device.get_array_filename(variable)
        for start in (self.folder, os.path.join(self.folder, "results")):
            if os.path.exists(os.path.join(start, path)):
                return np.fromfile(os.path.join(start, path), variable.dtype)
        raise FileNotFoundError(path)

    def memory(self):
        return self.peak


def _facts(build: float, first: float) -> dict:
    versions = f"Brian2 {brian2.__version__}, NumPy {np.__version__}"
    return {"build": build, "first": first, "synapses": None, "versions": versions}


def _described(job: dict) -> tuple:
    p = dict(job["neurons"])
    model = p.pop("model")
    times = {name: p[name] * ms for name in ("tau_m", "tau_ex", "tau_in") if name in p}
    ends = job["populations"]
    neurons = NeuronGroup(
        max(end for _, end in ends.values()),
        EQUATIONS[model],
        threshold="v >= v_th" if model == "delta" else "v > v_th",
        reset="v = v_reset",
        refractory=p["t_ref"] * ms,
        method="exact",
        namespace=times | {name: p[name] for name in ("e_l", "v_th", "v_reset")},
    )
    low, high = job["v"]["uniform"]
    neurons.v = f"{low} + rand() * {high - low}"
    objects = [neurons]
    for one in job["projections"]:
        first, end = ends[one["pre"]]
        variable = "v" if model == "delta" else "ge" if one["weight"] > 0 else "gi"
        synapses = Synapses(
            neurons[first:end], neurons, on_pre=f"{variable}_post += {one['weight']}"
        )
        _connect(synapses, *one["rule"], end - first)
        if one["delay"] > job["dt"]:
            synapses.delay = one["delay"] * ms
        objects.append(synapses)
    for one in job.get("poisson") or ():
        # As Brunel has it: many independent inputs of each neuron, of which the sum is drawn.
        rate = one["rate"] / one["inputs"] * Hz
        objects.append(PoissonInput(neurons, "v", one["inputs"], rate, one["weight"]))
    return (*objects, [SpikeMonitor(neurons)])


def _connect(synapses, rule: str, number: float, sources: int) -> None:
    if rule == "pairwise_bernoulli":
        synapses.connect(p=number)
    elif rule == "fixed_indegree":
        synapses.connect(i=f"int(rand() * {sources}) for _ in range({number})")
    else:
        raise ValueError(f"no rule {rule} in Brian2")


def _dense(job: dict) -> tuple:
    """LIF - Dense - LIF in discrete time: the same numbers as lavajit, step by step."""
    n, du = job["n"], job["du"]
    arrays = dense_arrays(n, job["density"], job["gain"])
    both = {"threshold": "v > 1", "reset": "v = 0"}
    source = NeuronGroup(n, "v : 1", **both)
    source.run_regularly(f"v = v + {job['density']}")
    target = NeuronGroup(n, "v : 1\nu : 1", **both)
    target.run_regularly(f"u = u * {1 - du}\nv = v * {1 - job['dv']} + u")
    source.v = arrays["v"]
    # What arrives in a step has decayed once before it counts in the next one.
    synapses = Synapses(source, target, "w : 1", on_pre=f"u_post += w * {1 / (1 - du)}")
    synapses.connect()
    synapses.w = arrays["weights"].T.ravel()
    return source, target, synapses, [SpikeMonitor(source), SpikeMonitor(target)]


if __name__ == "__main__":
    serve(Brian2Contender())
