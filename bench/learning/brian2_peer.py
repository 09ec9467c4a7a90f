"""Networks of Brian2: ``python brian2_peer.py '{"network": ..., "standalone": ..., ...}'``.

Runs in an interpreter that has Brian2 and needs nothing of lavajit. Prints JSON: seconds that
building took, processor seconds per step (not in C++ standalone mode, where ``FOLDER/main`` stays,
to be run again), steps that were run, spikes of the post-synaptic neurons, versions. Weights are
left in ``FOLDER/weights.npy``.

Arguments: `network` is "pair" or "song"; `standalone`; `data`, an .npz with what the network needs;
`steps`; `folder`.
"""

from __future__ import annotations

import json
import os
import sys
import time

import brian2
import numpy as np
from brian2 import NetworkOperation, NeuronGroup, PoissonGroup, SpikeGeneratorGroup, Synapses

_PAIR = {
    "model": """w : 1
                dapre/dt = -apre / tau : 1 (event-driven)
                dapost/dt = -apost / tau : 1 (event-driven)""",
    "on_pre": """apre += impulse
                 w -= amplitude * apost""",
    "on_post": """apost += impulse
                  w += amplitude * apre""",
}
_SONG = {
    "model": _PAIR["model"],
    "on_pre": """u_post += w
                 apre += pre_impulse
                 w = clip(w - apost, 0, w_max)""",
    "on_post": """apost += post_impulse
                  w = clip(w + apre, 0, w_max)""",
}
_NEURON = """dv/dt = (u - v) / tau_v : 1
             du/dt = -u / tau_u : 1"""


def pair(data, dt) -> tuple:
    """Two rasters, all-to-all connected; one column is one step, they are sent over and over."""
    groups = []
    for raster in (data["pre"], data["post"]):
        neurons, steps = np.nonzero(raster)
        period = raster.shape[1] * dt
        groups.append(SpikeGeneratorGroup(len(raster), neurons, steps * dt, period=period))
    numbers = {name: float(data[name]) for name in ("impulse", "amplitude")}
    synapses = Synapses(*groups, **_PAIR, namespace=numbers | {"tau": float(data["tau"]) * dt})
    return (*groups, synapses)


def song(data, dt) -> tuple:
    """Poisson inputs drive integrate-and-fire neurons through plastic synapses (Song et al.)."""
    n_post, n_pre = data["weights"].shape
    times = {name: float(data[name]) * dt for name in ("tau", "tau_u", "tau_v")}
    numbers = {name: float(data[name]) for name in ("pre_impulse", "post_impulse", "w_max")}
    inputs = PoissonGroup(n_pre, rates=float(data["rate"]) / dt)
    neurons = NeuronGroup(
        n_post, _NEURON, threshold="v > 1", reset="v = 0", method="exact", namespace=times
    )
    synapses = Synapses(inputs, neurons, **_SONG, namespace=numbers | times)
    counter = brian2.SpikeMonitor(neurons, record=False)
    return inputs, neurons, synapses, counter


def main(argv: list[str]) -> int:
    """Build and run one network."""
    wanted = json.loads(argv[0])
    os.makedirs(wanted["folder"], exist_ok=True)
    standalone, steps = wanted["standalone"], wanted["steps"]
    brian2.BrianLogger.log_level_error()
    start = time.perf_counter()
    if standalone:
        brian2.set_device("cpp_standalone", directory=wanted["folder"], build_on_run=False)
    dt = brian2.defaultclock.dt = 1.0 * brian2.ms
    data = np.load(wanted["data"])
    objects = {"pair": pair, "song": song}[wanted["network"]](data, dt)
    synapses = objects[2]
    synapses.connect()
    synapses.w = data["weights"].T.ravel()  # pre-synaptic neurons are the slower index
    run = _run_standalone if standalone else _run
    found = run(brian2.Network(*objects), steps, dt, start, wanted["folder"])
    weights = np.reshape(synapses.w, data["weights"].T.shape).T
    np.save(os.path.join(wanted["folder"], "weights.npy"), weights)
    if len(objects) > 3:
        found["spikes"] = int(objects[3].num_spikes)
    versions = f"Brian2 {brian2.__version__}, NumPy {np.__version__}"
    print(json.dumps(found | {"versions": f"{versions}, Python {sys.version.split()[0]}"}))
    return 0


def _run_standalone(network, steps: int, dt, start: float, folder: str) -> dict[str, object]:
    network.run(steps * dt)
    brian2.device.build(directory=folder, run=False)
    build = time.perf_counter() - start
    brian2.device.run()
    return {"build": build, "steps": steps, "code": "C++ standalone"}


def _run(network, steps: int, dt, start: float, folder: str) -> dict[str, object]:
    """A clock of its own marks two steps `steps` apart: preparing a run is not counted."""
    marks: list[float] = []
    times: list[float] = []

    def note() -> None:
        marks.append(time.process_time())
        times.append(time.perf_counter())

    network.add(NetworkOperation(note, dt=steps * dt))
    # Clearly more than `steps`: Brian2 rounds a duration to whole steps of each clock.
    total = steps + steps // 10 + 1
    network.run(total * dt)
    code = brian2.prefs.codegen.target
    if code == "auto":
        code = "Cython" if brian2.codegen.runtime.CythonCodeObject.is_available() else "NumPy"
    found = {"build": times[0] - start, "step": (marks[1] - marks[0]) / steps}
    return found | {"steps": total, "code": f"{code} runtime"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
