"""Plastic connections: us per step and ns per synapse update, against NumPy, Lava and Brian2.

Parts: "dense" compares LearningDense with NumPy and Lava, "rng" random numbers of each synapse's
own with Lava's, "kernels" tells where the time goes, "brian2" needs ``--brian2-python``, "sparse"
is a network of 10^7 synapses. Results are compared with those of NumPy and of Brian2 before
anything is timed.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.common import Result
from bench.lava_peer import lava_is_installed
from bench.learning.against_brian2 import measure_brian2
from bench.learning.dense import measure_dense, measure_kernels, measure_rng
from bench.learning.sparse import measure_sparse

PARTS = {
    "dense": measure_dense,
    "rng": measure_rng,
    "kernels": measure_kernels,
    "brian2": measure_brian2,
    "sparse": measure_sparse,
}
#: What ``--only`` chooses from.
FAMILIES = tuple(PARTS)


def measure(
    quick: bool = False, only: Sequence[str] = FAMILIES, brian2_python: str | None = None
) -> Result:
    """Rows of the parts `only`; `brian2_python` is an interpreter that has Brian2."""
    notes = [
        "pair STDP; but for song and sparse, 5% of the neurons of both sides spike per step",
        "an update: a synapse, in an epoch, on which a product of the rule may differ from zero;",
        "    in part brian2: a spike times the synapses it reaches",
        "medians of interleaved repetitions, processor time; sources included, compiling is not",
    ]
    if "dense" in only and not lava_is_installed():
        notes.append("Lava (lava-nc) is not installed here: no figures for it")
    rows = []
    for name in [name for name in FAMILIES if name in only]:
        if name != "brian2":
            rows += PARTS[name](quick)
        elif brian2_python:
            found, versions = measure_brian2(quick, brian2_python)
            rows += found
            notes += versions
        else:
            notes.append("Brian2: no figures; --brian2-python names an interpreter that has it")
    return Result("plastic connections", rows, notes)
