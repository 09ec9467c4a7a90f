"""Bytes per synapse of sparse connections: what is given, while the network is built, and after.

Every row comes from an interpreter of its own (``python -m bench.memory PROCESS SOURCE TAG N``),
which has compiled its kernels before. Peaks are those of the resident set, from Linux.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bench.common import Result, in_fresh_interpreter
from lavajit import AbstractProcess, DelaySparse, Loihi2SimCfg, RunSteps, Sparse
from lavajit.utils.sparse import from_synapses

SYNAPSES = 10**7
PER_NEURON = 100
LONGEST_DELAY = 7
STATUS, REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")
#: To /proc/self/clear_refs: the peak begins anew.
RESET_PEAK = "5"


def measure(quick: bool = False) -> Result:
    """One row for each Process, arithmetic and way to give synapses."""
    if not REFERENCES.exists():
        return Result("bytes per synapse", [], ["needs /proc/self of Linux: nothing measured"])
    synapses = 10**4 if quick else SYNAPSES
    rows = [
        in_fresh_interpreter("bench.memory", process, source, tag, synapses)
        for process in ("Sparse", "DelaySparse")
        for source in ("csr", "arrays")
        for tag in (("fixed_pt",) if quick else ("floating_pt", "fixed_pt"))
    ]
    notes = [
        f"{synapses:,} synapses, {PER_NEURON} per neuron; arithmetic float: weights given as "
        "float64, fixed: as int8; delays as int8, in a csr matrix as int64",
        "given: what the caller holds; peak: the most while synapses are made into matrices, the "
        "network is built and runs two steps, beside what is given; at rest: after that",
        "state: the part of it that the kernels work on; times: (given + peak) / given",
    ]
    return Result("bytes per synapse", rows, notes)


def synapse_arrays(synapses: int, tag: str) -> tuple[np.ndarray, ...]:
    """Sending and receiving neuron, weight and delay of each synapse; all pairs are different."""
    n = max(synapses // PER_NEURON, PER_NEURON)
    pre = np.repeat(np.arange(n, dtype=np.int32), PER_NEURON)
    step = np.arange(PER_NEURON, dtype=np.int32) * (n // PER_NEURON)
    post = (np.tile(step, n) + pre) % np.int32(n)
    rng = np.random.default_rng(0)
    weight = rng.integers(-100, 100, pre.size, np.int8)
    delay = rng.integers(0, LONGEST_DELAY + 1, pre.size, np.int8)
    return pre, post, weight.astype(float if tag == "floating_pt" else np.int8), delay


def connection(process: str, tag: str, arrays, matrices) -> AbstractProcess:
    """The connection; made of arrays if there are no matrices."""
    n = int(arrays[0][-1]) + 1 if matrices is None else matrices[0].shape[0]
    delayed = process == "DelaySparse"
    if matrices is None:
        given = arrays if delayed else arrays[:3]
        matrices = from_synapses(*given, shape=(n, n))
        matrices = matrices if delayed else (matrices,)
    if delayed:
        return DelaySparse(weights=matrices[0], delays=matrices[1])
    return Sparse(weights=matrices[0])


def as_matrices(arrays) -> tuple[csr_matrix, csr_matrix]:
    """Weights and delays as a user of scipy has them."""
    pre, post, weight, delay = arrays
    n = int(pre[-1]) + 1
    weights = csr_matrix((weight, (post, pre)), shape=(n, n))
    delays = csr_matrix((delay.astype(np.int64), (post, pre)), shape=(n, n))
    delays.indices, delays.indptr = weights.indices, weights.indptr
    return weights, delays


def status(name: str) -> int:
    """A line of /proc/self/status, in bytes."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return 1024 * int(line.split()[1])


def run(process: str, tag: str, arrays, matrices) -> AbstractProcess:
    built = connection(process, tag, arrays, matrices)
    built.run(RunSteps(num_steps=2), run_cfg=Loihi2SimCfg(select_tag=tag))
    return built


def main(argv: list[str]) -> int:
    """Measure one connection; print a row as JSON."""
    process, source, tag, synapses = argv[0], argv[1], argv[2], int(argv[3])
    small = synapse_arrays(1, tag)
    run(process, tag, small, None).stop()  # kernels are compiled
    arrays, matrices = synapse_arrays(synapses, tag), None
    parts = arrays if process == "DelaySparse" else arrays[:3]
    count = arrays[0].size
    given = sum(part.nbytes for part in parts)
    if source == "csr":
        weights, delays = matrices = as_matrices(arrays)
        given = sum(part.nbytes for part in (weights.data, weights.indices, weights.indptr))
        given += delays.data.nbytes if process == "DelaySparse" else 0
        arrays = parts = None
    gc.collect()
    REFERENCES.write_text(RESET_PEAK)
    before = status("VmRSS")
    built = run(process, tag, arrays, matrices)
    peak, rest = status("VmHWM") - before, status("VmRSS") - before
    state = built.runtime.executable.network.layout.memory_of["total"]
    row = {"Process": process, "from": source, "arithmetic": tag.removesuffix("_pt")}
    figures = {"given": given, "peak": peak, "at rest": rest, "state": state}
    row |= {name: value / count for name, value in figures.items()}
    print(json.dumps(row | {"times": (given + peak) / given}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
