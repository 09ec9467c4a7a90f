"""Sparse connections.

Equations, timing and arithmetic of :mod:`lavajit.proc.dense`, with the weights in a scipy sparse
matrix. They are stored once, column by column: 12 bytes per synapse in float64, 8 in fixed point,
and 4 more for a delay. The work follows the spikes, see :mod:`lavajit.proc.delivery`; the full
matrix exists nowhere, and while a network is built there are at most two copies besides what the
caller holds.

Tags ``floating_pt`` and ``fixed_pt``, ``bit_accurate_loihi``. Different from Lava:
``weights.get()`` has the element type of the model (float64 or int32), not that of the matrix it
was made from, and keeps the pattern when truncation makes zeros; ``delays.get()`` has the pattern
of the weights.
"""

from lavajit.proc.sparse.delay import (
    AbstractPyDelaySparseModel,
    DelaySparse,
    PyDelaySparseModelBitAcc,
    PyDelaySparseModelFloat,
)
from lavajit.proc.sparse.sparse import (
    AbstractPySparseModelBitAcc,
    AbstractPySparseModelFloat,
    PySparseModelBitAcc,
    PySparseModelFloat,
    Sparse,
)

__all__ = [
    "AbstractPyDelaySparseModel",
    "AbstractPySparseModelBitAcc",
    "AbstractPySparseModelFloat",
    "DelaySparse",
    "PyDelaySparseModelBitAcc",
    "PyDelaySparseModelFloat",
    "PySparseModelBitAcc",
    "PySparseModelFloat",
    "Sparse",
]
