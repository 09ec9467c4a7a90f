"""The stack in Lava itself: ``python -m bench.library.stack_peer N float|fixed STEPS``."""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def main(argv: list[str]) -> int:
    """Measure one run; prints seconds per step."""
    n, arith, steps = int(argv[0]), argv[1], int(argv[2])
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.conv.process import Conv
    from lava.proc.io.source import RingBuffer
    from lava.proc.sdn.process import SigmaDelta

    from bench.library.stack import changes, connect
    from bench.networks import RUN_TAGS

    source = RingBuffer(data=np.moveaxis(changes(n, arith), 0, -1))
    neurons = connect(source.s_out, arith, Conv, SigmaDelta)
    config = Loihi2SimCfg(select_tag=RUN_TAGS[arith])
    neurons.run(RunSteps(num_steps=1), run_cfg=config)
    start = time.perf_counter()
    neurons.run(RunSteps(num_steps=steps), run_cfg=config)
    step = (time.perf_counter() - start) / steps
    neurons.stop()
    print(json.dumps({"step": step}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
