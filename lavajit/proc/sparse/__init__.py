"""Sparse connections.

Equations, timing and arithmetic of :mod:`lavajit.proc.dense`, with the weights in a scipy sparse
matrix. They are stored once, column by column: 12 bytes per synapse in float64, 8 in fixed point,
and 2 more for a delay. The work follows the spikes, see :mod:`lavajit.proc.delivery`; the full
matrix exists nowhere. What the caller holds is copied once where it is in compressed columns, as
:func:`~lavajit.utils.sparse.from_synapses` makes it, and twice otherwise, for a moment.

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
from lavajit.proc.sparse.learning import (
    LearningSparse,
    PyLearningSparseModelBitApproximate,
    PyLearningSparseModelFloat,
)
from lavajit.proc.sparse.learning_delay import (
    LearningDelaySparse,
    PyLearningDelaySparseModelBitApproximate,
    PyLearningDelaySparseModelFloat,
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
    "LearningDelaySparse",
    "LearningSparse",
    "PyDelaySparseModelBitAcc",
    "PyDelaySparseModelFloat",
    "PyLearningDelaySparseModelBitApproximate",
    "PyLearningDelaySparseModelFloat",
    "PyLearningSparseModelBitApproximate",
    "PyLearningSparseModelFloat",
    "PySparseModelBitAcc",
    "PySparseModelFloat",
    "Sparse",
]
