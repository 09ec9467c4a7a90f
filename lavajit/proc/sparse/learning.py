"""LearningSparse and its models; the order of a step in :mod:`lavajit.proc.learning_connection`.

The three synaptic variables share one pattern, that of the weights, in compressed columns. Rules
with products of ``y0`` also need the entries of each row: an index of 8 bytes per synapse, made
natively in the first epoch. Nothing is as large as the full matrix.

What differs from Lava, whose models know traces only: every rule works. A weight that is 0 stays a
synapse. The tags of Lava have patterns of their own, and synapses that their matrices do not store
have no tag.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, issparse

from lavajit.learning.constants import GradedSpikeCfg
from lavajit.learning.generate import depends_on
from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.fixed_weights import truncate_entries
from lavajit.proc.learning_connection import LearningConnectionProcess, check_tag
from lavajit.proc.learning_model import LearningConnectionModelFloat
from lavajit.proc.learning_model_fixed import LearningConnectionModelBitApproximate
from lavajit.proc.sparse.sparse import (
    AbstractPySparseModelBitAcc,
    AbstractPySparseModelFloat,
    Sparse,
    as_csr,
)


class LearningSparse(LearningConnectionProcess, Sparse):
    """Connections between some pairs of neurons that learn.

    Parameters
    ----------
    weights : sparse matrix or ndarray, shape (M, N)
        Initial weights. Every stored element of a sparse matrix is a synapse, also a zero; of an
        ndarray every element that is not zero.
    tag_2, tag_1 : sparse matrix or ndarray, shape (M, N), optional
        Initial values of "d" and "t" in rules, on the synapses of `weights`; 0 by default.
    num_message_bits, learning_rule, graded_spike_cfg, weight_exp, num_weight_bits, sign_mode
        As for :class:`~lavajit.proc.dense.learning.LearningDense`.

    Attributes
    ----------
    s_in : InPort, shape (N,)
    a_out : OutPort, shape (M,)
    s_in_bap, s_in_y1, s_in_y2, s_in_y3 : InPort, shape (M,)
    weights, tag_1, tag_2 : Var, shape (M, N)
        ``get()`` returns a csr matrix, ``set`` takes a sparse matrix of the same pattern.

    Raises
    ------
    AttributeError
        There is no learning rule, or `weights` is no matrix.
    ValueError
        A tag has elements where there is no synapse, or another parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LearningSparse, Loihi2FLearningRule, Loihi2SimCfg, RingSource, RunSteps
    >>> from lavajit.utils.sparse import from_synapses
    >>> rule = Loihi2FLearningRule(dw="2^-1 * x0 * t")
    >>> weights = from_synapses([0, 2], [1, 0], [0.5, 2.0], shape=(2, 3))
    >>> plastic = LearningSparse(weights=weights, tag_1=weights, learning_rule=rule)
    >>> source = RingSource(data=np.array([[1], [0], [0]]))
    >>> source.s_out.connect(plastic.s_in)
    >>> source.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> plastic.weights.get().toarray()
    array([[0. , 0. , 2. ],
           [1. , 0. , 0. ]])
    >>> source.stop()
    """

    def __init__(
        self,
        *,
        weights,
        tag_2=None,
        tag_1=None,
        name=None,
        num_message_bits=0,
        log_config=None,
        learning_rule=None,
        graded_spike_cfg=GradedSpikeCfg.USE_REGULAR_IMPULSE,
        **kwargs,
    ) -> None:
        weights = as_csr(type(self).__name__, weights)
        super().__init__(
            shape=weights.shape,
            weights=weights,
            tag_2=_on_synapses(type(self).__name__, "tag_2", tag_2, weights),
            tag_1=_on_synapses(type(self).__name__, "tag_1", tag_1, weights),
            name=name,
            num_message_bits=num_message_bits,
            log_config=log_config,
            learning_rule=learning_rule,
            graded_spike_cfg=graded_spike_cfg,
            **kwargs,
        )


def _on_synapses(process: str, name: str, values, weights: csr_matrix):
    """Check that a matrix of a synaptic variable has values on synapses only."""
    if values is None or (not issparse(values) and np.ndim(values) == 0):
        return values
    check_tag(process, name, values, weights.shape)
    values = csr_matrix(values)
    synapses = csr_matrix(
        (np.ones(weights.nnz, bool), weights.indices, weights.indptr), shape=weights.shape
    )
    outside = (values != 0) > synapses
    if outside.nnz:
        row, column = (int(index[0]) for index in outside.nonzero())
        raise ValueError(
            f"{process}: {name} has {outside.nnz} values where the weights have no synapse, the "
            f"first one at [{row}, {column}]; store weights of 0 there"
        )
    return values


def index_rows(rows, columns, starts, entries, of_column):
    """Number and column of every stored element, row by row."""
    for k in range(rows.size):
        starts[rows[k] + 1] += 1
    for i in range(starts.size - 1):
        starts[i + 1] += starts[i]
    # starts[i] moves on to the start of row i + 1 while row i is filled, then all shift by one.
    for j in range(columns.size - 1):
        for k in range(columns[j], columns[j + 1]):
            at = starts[rows[k]]
            entries[at], of_column[at] = k, j
            starts[rows[k]] = at + 1
    for i in range(starts.size - 1, 0, -1):
        starts[i] = starts[i - 1]
    starts[0] = 0


class SparseRule:
    """How both models of LearningSparse hold synapses and apply their rule."""

    is_sparse = True
    native_sparse = (("weights", "tag_1", "tag_2"),)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        weights = proc_params["weights"]
        by_rows = weights.nnz if depends_on(self._learning_rule, "y0") else 0
        index = np.int32 if weights.nnz < 1 << 31 else np.int64
        self.row_starts = np.zeros(weights.shape[0] + 1, np.int64)
        self.row_entries = np.zeros(by_rows, index)
        self.row_columns = np.zeros(by_rows, np.int32)
        self.indexed = by_rows == 0

    def apply_rule(self, pre, post):
        """Apply the rule to the epoch that ends."""
        if not self.indexed:
            rows, columns = self.weights_rows, self.weights_columns
            index_rows(rows, columns, self.row_starts, self.row_entries, self.row_columns)
            self.indexed = True
        return self.learn(
            self.weights_data,
            self.tag_2_data,
            self.tag_1_data,
            self.weights_rows,
            self.weights_columns,
            self.row_starts,
            self.row_entries,
            self.row_columns,
            self.tx,
            self.ty,
            pre,
            post,
            self.steps[: post.size],
            self.mask,
            self.x_history,
            self.y_history,
            self.y_own,
            self.fires(),
            not self.settled,
            self.bounds,
            self.fresh,
            self.rounding,
            self.rng,
        )


@implements(proc=LearningSparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLearningSparseModelFloat(
    SparseRule, LearningConnectionModelFloat, AbstractPySparseModelFloat
):
    """LearningSparse in float64."""

    tag_1: csr_matrix = LavaPyType(csr_matrix, float)
    tag_2: csr_matrix = LavaPyType(csr_matrix, float)


@implements(proc=LearningSparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_approximate_loihi", "fixed_pt")
class PyLearningSparseModelBitApproximate(
    SparseRule, LearningConnectionModelBitApproximate, AbstractPySparseModelBitAcc
):
    """LearningSparse in the chip's integers."""

    tag_1: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)
    tag_2: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=6)

    def prepare_weights(self):
        """Truncate the initial weights; none is dropped."""
        truncate_entries(self.weights_data, self.sign_mode, self.num_weight_bits)
