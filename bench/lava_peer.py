"""The same network in Lava itself: ``python -m bench.lava_peer N float|fixed STEPS`` prints JSON.

Runs in an interpreter of its own, which never imports lavajit's stand-in for the name ``lava``.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time


def lava_is_installed() -> bool:
    """Whether ``import lava.magma`` would find the real thing."""
    try:
        found = importlib.util.find_spec("lava.magma")
    except ModuleNotFoundError:
        return False
    return found is not None and found.origin != "lavajit"


def main(argv: list[str]) -> int:
    """Measure one run; prints seconds per step and seconds until the first step was done."""
    n, arith, steps = int(argv[0]), argv[1], int(argv[2])
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import Dense
    from lava.proc.lif.process import LIF

    from bench.networks import PARAMETERS, RUN_TAGS, Network

    start = time.perf_counter()
    network = Network(PARAMETERS[arith](n), LIF, Dense)
    config = Loihi2SimCfg(select_tag=RUN_TAGS[arith])
    network.target.run(RunSteps(num_steps=1), run_cfg=config)
    first = time.perf_counter() - start
    start = time.perf_counter()
    network.target.run(RunSteps(num_steps=steps), run_cfg=config)
    step = (time.perf_counter() - start) / steps
    network.target.stop()
    print(json.dumps({"step": step, "first": first}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
