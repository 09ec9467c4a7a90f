"""LearningSparse with 10^7 synapses: ``python -m bench.learning.sparse N_PRE N_POST float|fixed``.

Each pre-synaptic neuron has 100 synapses. Every figure comes from an interpreter of its own, so
that the memory is this network's. Spikes of 1% and of 5% of the neurons of both sides take turns.
"""

from __future__ import annotations

import json
import resource
import sys
from functools import partial

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from bench.common import Row, in_fresh_interpreter, interleaved, seconds
from bench.learning.dense import advance, processor_seconds, start
from bench.learning.kernels import by_method, seconds_per_kernel
from bench.learning.networks import Parameters, pair_rule
from lavajit import EventSource, LearningSparse, Loihi2FLearningRule

SIZE, QUICK_SIZE = (100_000, 10_000), (1_000, 200)
PER_PRE = 100
ACTIVITIES = (0.01, 0.05)
#: Steps for which one activity lasts.
TURN = 20
REPETITIONS = 7
KIB, MB = 1 << 10, 1e6


def measure_sparse(quick: bool) -> list[Row]:
    """One row for each arithmetic and activity."""
    rows = []
    for arith in ("float", "fixed"):
        size = QUICK_SIZE if quick else SIZE
        found = in_fresh_interpreter("bench.learning.sparse", *size, arith)
        rows += found["rows"]
    return rows


def weights(n_pre: int, n_post: int) -> csr_matrix:
    """Random synapses, PER_PRE for each pre-synaptic neuron; even integers, as float."""
    rng = np.random.default_rng(0)
    # One target in each of PER_PRE equal parts: none is drawn twice, and rows are in order.
    parts = np.arange(PER_PRE) * (n_post // PER_PRE)
    rows = (parts + rng.integers(0, n_post // PER_PRE, (n_pre, PER_PRE))).ravel()
    values = 2.0 * rng.integers(-25, 26, rows.size)
    starts = np.arange(n_pre + 1) * PER_PRE
    return csc_matrix((values, rows, starts), shape=(n_post, n_pre)).tocsr()


def spikes(n: int, seed: int) -> EventSource:
    """TURN steps of each activity, over and over."""
    rng = np.random.default_rng(seed)
    rasters = [rng.random((n, TURN)) < activity for activity in ACTIVITIES]
    indices, times = np.nonzero(np.hstack(rasters))
    return EventSource((n,), times + 1, indices, period=TURN * len(ACTIVITIES))


def network(n_pre: int, n_post: int, arith: str) -> LearningSparse:
    """The connection and a source on each side."""
    rule = pair_rule(Loihi2FLearningRule, Parameters(n_pre, 1, arith))
    plastic = LearningSparse(weights=weights(n_pre, n_post), learning_rule=rule)
    spikes(n_pre, 1).s_out.connect(plastic.s_in)
    spikes(n_post, 2).s_out.connect(plastic.s_in_bap)
    return plastic


def main(argv: list[str]) -> int:
    """Build, run and time one network; prints rows as JSON."""
    n_pre, n_post, arith = int(argv[0]), int(argv[1]), argv[2]
    found: list[LearningSparse] = []
    describe = seconds(lambda: found.append(network(n_pre, n_post, arith)))
    plastic = found[0]
    compiled = start(plastic, arith)
    first = seconds(lambda: advance(plastic, 1))
    advance(plastic, TURN * len(ACTIVITIES) - 1)
    synapses = n_pre * PER_PRE
    arena = plastic.runtime.executable.network.layout.arena.size
    row = {"part": "sparse", "arithmetic": arith, "synapses": synapses}
    costs = {"describe s": describe, "start s": compiled, "first step s": first}
    costs["arena bytes / synapse"] = arena / synapses
    costs["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB / MB
    turns = partial(processor_seconds, partial(advance, plastic, TURN))
    medians = interleaved(dict.fromkeys(ACTIVITIES, turns), REPETITIONS)
    kernels = {activity: seconds_per_kernel(plastic, TURN) for activity in ACTIVITIES}
    rows = []
    for activity, of_kernel in kernels.items():
        updates = 2 * activity * synapses - activity**2 * synapses
        step = medians[activity] / TURN
        line = row | {"active": activity, "updates": updates, "ms": 1e3 * step}
        line["ns / update"] = 1e9 * step / updates
        parts = by_method(plastic, of_kernel)
        rows.append(line | {f"{name} ms": 1e3 * taken for name, taken in parts.items()} | costs)
    plastic.stop()
    print(json.dumps({"rows": rows}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
