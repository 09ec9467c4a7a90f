"""LearningDense in Lava itself: ``python -m bench.learning.lava_peer N EPOCH float|fixed STEPS``.

Runs in an interpreter of its own, which never imports lavajit's stand-in for the name ``lava``.
"""

from __future__ import annotations

import json
import sys
import time


def main(argv: list[str]) -> int:
    """Measure one run; prints seconds per step."""
    n, epoch, arith, steps = int(argv[0]), int(argv[1]), argv[2], int(argv[3])
    from lava.magma.core.learning.learning_rule import Loihi2FLearningRule
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.dense.process import LearningDense
    from lava.proc.io.source import RingBuffer

    from bench.learning.networks import Parameters, plastic_dense
    from bench.networks import RUN_TAGS

    p = Parameters(n, epoch, arith)
    plastic = plastic_dense(p, RingBuffer, LearningDense, Loihi2FLearningRule)
    config = Loihi2SimCfg(select_tag=RUN_TAGS[arith])
    plastic.run(RunSteps(num_steps=epoch), run_cfg=config)
    start = time.perf_counter()
    plastic.run(RunSteps(num_steps=steps), run_cfg=config)
    step = (time.perf_counter() - start) / steps
    plastic.stop()
    print(json.dumps({"step": step}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
