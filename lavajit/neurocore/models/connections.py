"""Models for connections: Dense, Sparse, DelayDense, DelaySparse.

In the arithmetic of the chip every synapse shifts by the weight exponent on its own, see
:mod:`lavajit.neurocore.models.delivery`; sums wrap at 24 bits, what accumulators of Loihi 2 are
assumed to have. Payloads of graded spikes are in two's complement of their type: 8, 16, 24 or 32
bits, the first that has room for `num_message_bits`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import NeuroCore
from lavajit.neurocore.models.delivery import (
    add_effective_columns,
    add_effective_entries,
    delay_effective_columns,
    delay_effective_entries,
    limit,
)
from lavajit.neurocore.models.synapses import (
    DelayDescription,
    DelayedEffects,
    DirectEffects,
    MatrixDescription,
    sources_of,
)
from lavajit.proc.dense.delay import DelayDense, PyDelayDenseModelBitAcc
from lavajit.proc.dense.dense import AbstractPyDenseModelBitAcc, Dense
from lavajit.proc.sparse.delay import DelaySparse, PyDelaySparseModelBitAcc
from lavajit.proc.sparse.sparse import AbstractPySparseModelBitAcc, Sparse


class ColumnEffects(DirectEffects):
    """Effects of a weight matrix, all-to-all."""

    def add(self, total, events, values):
        """Add the effects of all spikes."""
        most = limit(self.num_message_bits[0])
        add_effective_columns(total, self.weights, events, values, self.weight_exp, most)


class EntryEffects(DirectEffects):
    """Effects of a weight matrix in compressed columns."""

    def add(self, total, events, values):
        """Add the effects of all spikes."""
        rows, columns = self.weights_rows, self.weights_columns
        most, exponent = limit(self.num_message_bits[0]), self.weight_exp
        add_effective_entries(
            total, self.weights_data, rows, columns, events, values, exponent, most
        )


# --- without delays -------------------------------------------------------------------


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDense(ColumnEffects, AbstractPyDenseModelBitAcc):
    """Dense as a core computes it."""


@implements(proc=Dense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDenseLava(MatrixDescription, AbstractPyDenseModelBitAcc):
    """Dense in Lava's arithmetic."""

    arithmetic = "lava"


@implements(proc=Sparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelSparse(EntryEffects, AbstractPySparseModelBitAcc):
    """Sparse as a core computes it."""


@implements(proc=Sparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelSparseLava(MatrixDescription, AbstractPySparseModelBitAcc):
    """Sparse in Lava's arithmetic."""

    arithmetic = "lava"


# --- with delays ----------------------------------------------------------------------


class MatrixDelays(DelayDescription):
    """Delays of a matrix, all-to-all."""

    def delays_of(self, net: Any, pointers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Delay of each synapse."""
        delays = np.asarray(net.value("delays"))[targets, sources_of(pointers)]
        return delays.astype(np.int32)


class EntryDelays(DelayDescription):
    """Delays of a matrix in compressed columns."""

    def delays_of(self, net: Any, pointers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Delay of each synapse."""
        return net.columns("delays")[2].astype(np.int32)


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDelayDense(MatrixDelays, DelayedEffects, PyDelayDenseModelBitAcc):
    """DelayDense as a core computes it."""

    def add(self, slots, first, events, values):
        """Add the effects of all spikes."""
        most, exponent = limit(self.num_message_bits[0]), self.weight_exp
        delay_effective_columns(
            slots, first, self.weights, self.delays, events, values, exponent, most
        )


@implements(proc=DelayDense, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDelayDenseLava(MatrixDelays, PyDelayDenseModelBitAcc):
    """DelayDense in Lava's arithmetic."""

    arithmetic = "lava"


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDelaySparse(EntryDelays, DelayedEffects, PyDelaySparseModelBitAcc):
    """DelaySparse as a core computes it."""

    def add(self, slots, first, events, values):
        """Add the effects of all spikes."""
        data, delays = self.weights_data, self.delays_data
        rows, columns = self.weights_rows, self.weights_columns
        most, exponent = limit(self.num_message_bits[0]), self.weight_exp
        delay_effective_entries(
            slots, first, data, delays, rows, columns, events, values, exponent, most
        )


@implements(proc=DelaySparse, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelDelaySparseLava(EntryDelays, PyDelaySparseModelBitAcc):
    """DelaySparse in Lava's arithmetic."""

    arithmetic = "lava"
