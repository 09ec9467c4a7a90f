"""Models for plastic connections: LearningDense, LearningSparse, LearningDelaySparse.

Rules are the same in both arithmetics; delivery differs as for other connections.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import NeuroCore
from lavajit.neurocore.cores.synapses import MOST_DELAY_BITS
from lavajit.neurocore.models.connections import ColumnEffects, EntryEffects
from lavajit.neurocore.models.delivery import delay_plastic_entries, limit
from lavajit.neurocore.models.synapses import (
    Columns,
    DelayDescription,
    DelayedEffects,
    MatrixDescription,
)
from lavajit.neurocore.plan.groups import LearningNeeds
from lavajit.proc.dense.learning import LearningDense, PyLearningDenseModelBitApproximate
from lavajit.proc.sparse.learning import LearningSparse, PyLearningSparseModelBitApproximate
from lavajit.proc.sparse.learning_delay import (
    LearningDelaySparse,
    PyLearningDelaySparseModelBitApproximate,
)
from lavajit.utils import weightutils

#: Bits of a tag beside its sign.
TAG_BITS = 8
#: A product with more factors takes a second word of rule memory, an estimate of ours.
FACTORS_PER_WORD = 3
PRE_TRACES = ("x1", "x2")


class PlasticDescription(MatrixDescription):
    """Synapses that learn: none is left out."""

    def stored(self, weights: np.ndarray, mode: weightutils.SignMode) -> np.ndarray:
        """Weights without what their format has no room for."""
        return weightutils.truncate_weights(weights, mode, self.num_weight_bits)

    def delay_bits(self) -> int:
        """Rules for d, or with it, need room for d."""
        return max(super().delay_bits(), MOST_DELAY_BITS if self._uses("d") else 0)

    def tag_bits(self) -> int:
        """Rules for t, or with it, need room for t."""
        return TAG_BITS if self._uses("t") else 0

    def _uses(self, variable: str) -> bool:
        products = self._products()
        return any(
            product.target == f"d{variable}"
            or any(factor.state_var == variable for factor in product.factors)
            for product in products
        )

    def _products(self) -> list[Any]:
        series = self._learning_rule.active_product_series.values()
        return [product for one in series for product in one.products]

    def learning_needs(self) -> LearningNeeds:
        """What the rule takes of the learning engine."""
        products = self._products()
        factors = [len(product.factors) for product in products]
        used = self._learning_rule.active_traces
        return LearningNeeds(
            epoch=self.epoch,
            pretraces=max(1, sum(trace in used for trace in PRE_TRACES)),
            products=len(products),
            words=sum(2 if n > FACTORS_PER_WORD else 1 for n in factors),
        )


class PlasticMatrix(PlasticDescription):
    """All-to-all synapses that learn: zeros are synapses, too."""

    def columns(self, net: Any) -> Columns:
        """All synapses."""
        matrix = np.asarray(net.value("weights"))
        n_out, n_in = matrix.shape
        pointers = np.arange(n_in + 1, dtype=np.int64) * n_out
        return pointers, np.tile(np.arange(n_out, dtype=np.int32), n_in), matrix.T.ravel()


@implements(proc=LearningDense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningDense(PlasticMatrix, ColumnEffects, PyLearningDenseModelBitApproximate):
    """LearningDense as a core computes it."""


@implements(proc=LearningDense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningDenseLava(PlasticMatrix, PyLearningDenseModelBitApproximate):
    """LearningDense in Lava's arithmetic."""

    arithmetic = "lava"


@implements(proc=LearningSparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningSparse(PlasticDescription, EntryEffects, PyLearningSparseModelBitApproximate):
    """LearningSparse as a core computes it."""


@implements(proc=LearningSparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningSparseLava(PlasticDescription, PyLearningSparseModelBitApproximate):
    """LearningSparse in Lava's arithmetic."""

    arithmetic = "lava"


class PlasticDelays(PlasticDescription, DelayDescription):
    """Synapses whose delays are the variable "d" of their rule."""

    def delays_of(self, net: Any, pointers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Delay of each synapse, before it learns."""
        return net.columns("tag_2")[2].astype(np.int32)


@implements(proc=LearningDelaySparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningDelaySparse(
    PlasticDelays, DelayedEffects, PyLearningDelaySparseModelBitApproximate
):
    """LearningDelaySparse as a core computes it."""

    def add(self, slots, first, events, values):
        """Add the effects of all spikes."""
        data, delays = self.weights_data, self.tag_2_data
        rows, columns = self.weights_rows, self.weights_columns
        most, exponent = limit(self.num_message_bits[0]), self.weight_exp
        delay_plastic_entries(
            slots, first, data, delays, rows, columns, events, values, exponent, most
        )


@implements(proc=LearningDelaySparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_approximate_loihi", "fixed_pt")
class NcModelLearningDelaySparseLava(PlasticDelays, PyLearningDelaySparseModelBitApproximate):
    """LearningDelaySparse in Lava's arithmetic."""

    arithmetic = "lava"
