"""Sparse and its models; see :mod:`lavajit.proc.sparse`."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, issparse

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.connection_models import DirectFixedModel, DirectFloatModel
from lavajit.proc.delivery import add_entries
from lavajit.proc.fixed_weights import prepare_entries
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Sparse(AbstractProcess):
    """Connections between some pairs of neurons.

    Parameters
    ----------
    weights : sparse matrix or ndarray, shape (n_out, n_in)
        Connection weights. Elements that a sparse matrix does not store are no synapses.
    num_message_bits : int
        0: inputs are binary, any non-zero value counts as one spike. More: inputs are graded, their
        values are multiplied.
    weight_exp : int, optional
        Fixed point: the activation is shifted left by this many bits (right if negative).
    num_weight_bits : int, optional
        Fixed point: bits of a weight, 8 by default.
    sign_mode : SignMode, optional
        Fixed point: sign of the weights; found from the weights by default.

    Attributes
    ----------
    s_in : InPort, shape (n_in,)
    a_out : OutPort, shape (n_out,)
    weights : Var
        ``get()`` returns a csr matrix, ``set`` takes a sparse matrix of the same pattern.

    Raises
    ------
    AttributeError
        `weights` is neither a sparse matrix nor an ndarray.
    ValueError
        `weights` is not two-dimensional.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> source, target = LIF(shape=(2,), bias_mant=11), LIF(shape=(3,), vth=100)
    >>> sparse = Sparse(weights=csr_matrix(([1, 2, 3], ([0, 1, 2], [1, 0, 1])), shape=(3, 2)))
    >>> source.s_out.connect(sparse.s_in)
    >>> sparse.a_out.connect(target.a_in)
    >>> source.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> target.u.get()
    array([1., 2., 3.])
    >>> source.stop()
    """

    def __init__(
        self, *, weights, name=None, num_message_bits=0, log_config=None, **kwargs
    ) -> None:
        weights = as_compressed(type(self).__name__, weights)
        super().__init__(
            weights=weights,
            num_message_bits=num_message_bits,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        shape = weights.shape
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))
        self.weights = Var(shape=shape, init=weights)
        self.a_buff = Var(shape=(shape[0],), init=0)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)


def as_compressed(process: str, weights) -> csr_matrix | csc_matrix:
    """Weights as they are if they are in compressed columns, else in compressed rows."""
    return weights if issparse(weights) and weights.format == "csc" else as_csr(process, weights)


def as_csr(process: str, weights) -> csr_matrix:
    if not issparse(weights) and not isinstance(weights, np.ndarray):
        raise AttributeError(
            f"{process} needs weights as a scipy sparse matrix or an ndarray, got "
            f"{type(weights).__name__}; use scipy.sparse.csr_matrix(weights)"
        )
    if weights.ndim != 2:
        raise ValueError(
            f"{process} needs weights of shape (n_out, n_in), got an array of shape {weights.shape}"
        )
    return csr_matrix(weights, copy=False)


class AbstractPySparseModelFloat(DirectFloatModel):
    """Sparse in float64."""

    native_sparse = (("weights",),)

    weights: csr_matrix = LavaPyType(csr_matrix, float)

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        rows, columns = self.weights_rows, self.weights_columns
        add_entries(total, self.weights_data, rows, columns, events, values)


@implements(proc=Sparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySparseModelFloat(AbstractPySparseModelFloat):
    """Sparse in float64."""


class AbstractPySparseModelBitAcc(DirectFixedModel):
    """Sparse bit-accurate to Loihi: 8-bit weights, 32-bit activation."""

    native_sparse = (("weights",),)

    weights: csr_matrix = LavaPyType(csr_matrix, np.int32, precision=8)

    def prepare_weights(self):
        """Clip and truncate the weights."""
        prepare_entries(self.weights_data, self.sign_mode, self.num_weight_bits)

    def add(self, total, events, values):
        """total += weights . values, of the inputs `events`."""
        rows, columns = self.weights_rows, self.weights_columns
        add_entries(total, self.weights_data, rows, columns, events, values)


@implements(proc=Sparse, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PySparseModelBitAcc(AbstractPySparseModelBitAcc):
    """Sparse bit-accurate to Loihi."""
