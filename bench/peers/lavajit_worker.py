"""Worker of lavajit; and of Lava, whose names it uses when the job's simulator is "lava".

Beside the description, which other simulators need, a job says which model of ``models/`` it is
("network", "scale"), "seed", "precision" and "threads".
"""

from __future__ import annotations

import inspect
import time
import warnings
from importlib import import_module

import numpy as np

from bench.peers.protocol import Contender, dense_arrays, serve


class LavajitContender(Contender):
    """A model of ``models/``, or LIF - Dense - LIF."""

    def start(self, job):
        self.job, self.last = job, 0
        begin = time.perf_counter()
        self.network = _dense if job["network"] == "dense" else _model
        self.process, self.recorded, synapses = self.network(job)
        self.config = _config(job)
        described = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.run(1)
        done = time.perf_counter()
        found = {"build": described - begin, "first": done - described, "synapses": synapses}
        # A model that runs as Python would be measured as such: say so.
        found["warnings"] = sorted({str(one.message).splitlines()[0] for one in caught})
        if job.get("versions", True):
            found["versions"] = _versions(job["simulator"])
        return found

    def run(self, steps):
        from lavajit import RunSteps

        condition = RunSteps(num_steps=steps)
        self.result = self.process.run(condition, run_cfg=self.config, record=self.recorded)
        self.last = steps

    def spikes(self):
        times, neurons, first = [], [], 0
        for port in self.recorded:
            spikes = self.result.spikes(port)
            times.append(spikes.steps * self.job["dt"])
            neurons.append(spikes.neurons + first)
            first += spikes.size
        return np.concatenate(times), np.concatenate(neurons), self.last * self.job["dt"]


class LavaContender(LavajitContender):
    """The same classes, imported from Lava, which keeps no record here."""

    def run(self, steps):
        from lava.magma.core.run_conditions import RunSteps

        self.process.run(RunSteps(num_steps=steps), run_cfg=self.config)
        self.last = steps

    def spikes(self):
        return np.zeros(0), np.zeros(0, int), self.last * self.job["dt"]


def _model(job: dict):
    module = import_module(f"models.{job['network']}")
    accepted = inspect.signature(module.build).parameters
    options = {"seed": job["seed"]} | job.get("options", {})
    known = {name: value for name, value in options.items() if name in accepted}
    network = module.build(job["scale"], **known)
    degrees = getattr(network, "out_degrees", None)
    synapses = None if degrees is None else int(degrees.sum())
    return network.neurons, [network.neurons.s_out], synapses


def _dense(job: dict):
    n, density = job["n"], job["density"]
    arrays = dense_arrays(n, density, job["gain"])
    lif, dense = _classes(job["simulator"])
    source = lif(shape=(n,), v=arrays["v"], du=1.0, dv=0.0, bias_mant=density, vth=1.0)
    connection = dense(weights=arrays["weights"])
    target = lif(shape=(n,), du=job["du"], dv=job["dv"], vth=1.0)
    source.s_out.connect(connection.s_in)
    connection.a_out.connect(target.a_in)
    return source, [source.s_out, target.s_out], n * n


def _classes(simulator: str) -> tuple[type, type]:
    if simulator == "lava":
        from lava.proc.dense.process import Dense
        from lava.proc.lif.process import LIF
    else:
        from lavajit import LIF, Dense
    return LIF, Dense


def _config(job: dict):
    if job["simulator"] == "lava":
        from lava.magma.core.run_configs import Loihi2SimCfg

        return Loihi2SimCfg(select_tag="floating_pt")
    from lavajit import Loihi2SimCfg

    options = {"float_precision": job["precision"], "seed": job["seed"], "threads": job["threads"]}
    return Loihi2SimCfg(select_tag="floating_pt", **options)


def _versions(simulator: str) -> str:
    from importlib import metadata  # which takes as long as many a first step

    names = {"lava": ("lava-nc",)}.get(simulator, ("lavajit", "numba"))
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:  # a checkout
            found.append(name)
    return ", ".join(found)


class Chosen(Contender):
    """Becomes the one that the job asks for."""

    def start(self, job):
        self.__class__ = LavaContender if job["simulator"] == "lava" else LavajitContender
        return self.start(job)


if __name__ == "__main__":
    serve(Chosen())
