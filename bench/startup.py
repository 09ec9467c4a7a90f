"""From the first import to the end of the first step: with an empty cache, and in a second start.

Every figure comes from an interpreter of its own (``python -m bench.startup NETWORK``).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from statistics import median

from bench.common import Result, in_fresh_interpreter

REPETITIONS = 5
COLUMNS = {
    "describe": "import, describe s",
    "plan": "plan s",
    "kernels": "kernels s",
    "first_step": "first step after s",
    "modules": "modules",
}


def measure(quick: bool = False) -> Result:
    """Cold and second start of two networks."""
    repetitions = 1 if quick else REPETITIONS
    rows = []
    for network in ("lif_dense_lif",) if quick else ("lif_dense_lif", "ei_network"):
        cold = [_start_cold(network) for _ in range(1 if quick else 3)]
        with tempfile.TemporaryDirectory() as cache:
            _start(network, cache)
            again = [_start(network, cache) for _ in range(repetitions)]
        rows.append(_row(network, "empty cache", cold))
        rows.append(_row(network, "second start", again))
    note = "'first step after': since the first import; numba is imported only to compile"
    return Result("seconds in a fresh interpreter", rows, [note])


def _start(network: str, cache: str) -> dict[str, float]:
    return in_fresh_interpreter("bench.startup", network, LAVAJIT_CACHE_DIR=cache)


def _start_cold(network: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as cache:
        return _start(network, cache)


def _row(network: str, start: str, found: list[dict[str, float]]) -> dict[str, object]:
    medians = {title: median(run[key] for run in found) for key, title in COLUMNS.items()}
    return {"network": network, "start": start} | medians


def main(argv: list[str]) -> int:
    """Start one network in this interpreter; print what took how long as JSON."""
    start = time.perf_counter()
    network = _describe(argv[0])
    described = time.perf_counter()
    stages = network()
    done = time.perf_counter()
    times = {"describe": described - start, "first_step": done - start}
    times["modules"] = len(sys.modules)
    print(json.dumps(times | {name: stages[name] for name in ("plan", "kernels")}))
    return 0


def _describe(name: str):
    """A function that runs the first step and returns the seconds of the stages."""
    from lavajit import LIF, Dense, Loihi2SimCfg, RunSteps

    if name == "lif_dense_lif":
        from bench.networks import Network, float_parameters

        process = Network(float_parameters(100), LIF, Dense).target
    else:
        from models.ei_network import build

        process = build().excitatory

    def first_step() -> dict[str, float]:
        process.run(RunSteps(num_steps=1), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
        return process.runtime.executable.network.seconds

    return first_step


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
