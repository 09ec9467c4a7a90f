"""Vectors and matrices of graded messages, in fixed point (tag ``fixed_pt``).

Weights are fractions: a matrix with ``exp`` fraction bits holds ``weights * 2**exp`` as 8-bit
integers and shifts its result back. With mixed signs the lowest bit is lost, as in Dense and
Sparse.

What differs from Lava: InputVec leaves the caller's array as it is; NormalizeNet divides an input
by its own norm (Lava's by that of the step before); ``loihi2=True`` is accepted, there is no
hardware to send to.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lavajit.networks.network import (
    MESSAGE_BITS,
    AlgebraicMatrix,
    AlgebraicVector,
    Network,
    connect,
    identity_matrix,
)
from lavajit.networks.normalize import NormalizeNet
from lavajit.proc.dense import Dense
from lavajit.proc.graded import GradedVec as GradedVecProcess
from lavajit.proc.io.sink import RingBuffer as SinkRingBuffer
from lavajit.proc.io.source import RingBuffer as SourceRingBuffer
from lavajit.proc.lif import LIF
from lavajit.proc.prodneuron import ProdNeuron
from lavajit.proc.sparse import Sparse

__all__ = [
    "GradedDense",
    "GradedSparse",
    "GradedVec",
    "InputVec",
    "LIFVec",
    "NormalizeNet",
    "OutputVec",
    "ProductVec",
]

_UNUSED_BITS = 32 - MESSAGE_BITS


def _scaled(values: Any, exp: int) -> Any:
    """``values * 2**exp`` of an array or a sparse matrix; integers stay integers if they can."""
    if values.dtype.kind in "biu" and exp >= 0:
        return values.astype(np.int64) * 2**exp
    return values * 2.0**exp


class InputVec(AlgebraicVector):
    """A vector given for every time step.

    Parameters
    ----------
    vec : array_like, shape (n, time steps) or (time steps,)
        Rows are elements, columns time steps; repeated when all have been sent.
    loihi2 : bool, optional
        Accepted as in Lava.
    exp : int, optional
        Fraction bits: what is sent is ``vec * 2**exp``.
    **kwargs
        As for a source RingBuffer: `name`, `log_config`.

    Examples
    --------
    >>> InputVec([[1, 2, 3], [4, 5, 6]]).shape
    (2, 3)
    """

    def __init__(self, vec: ArrayLike, loihi2: bool = False, exp: int = 0, **kwargs: Any) -> None:
        data = np.atleast_2d(np.asarray(vec))
        self.loihi2 = loihi2
        self.exp = exp
        self.main = SourceRingBuffer(data=_scaled(data, exp), **kwargs)
        self.out_port = self.main.s_out

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data, (n, time steps), as in Lava."""
        return self.main.data.shape


class OutputVec(Network):
    """Keeps the vectors it receives.

    Parameters
    ----------
    shape : tuple of int
        Shape of a vector.
    buffer : int, optional
        Number of vectors to keep.
    loihi2 : bool, optional
        Accepted as in Lava.
    num_message_bits : int, optional
        Accepted as in Lava; messages have 24 bits.
    **kwargs
        As for a sink RingBuffer: `name`, `log_config`.

    Examples
    --------
    >>> OutputVec(shape=(2,), buffer=10).shape
    (2,)
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        buffer: int = 1,
        loihi2: bool = False,
        num_message_bits: int = MESSAGE_BITS,
        **kwargs: Any,
    ) -> None:
        self.loihi2 = loihi2
        self.num_message_bits = num_message_bits
        self.main = SinkRingBuffer(shape=shape, buffer=buffer, **kwargs)
        self.in_port = self.main.a_in

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a vector."""
        return self.in_port.shape

    def get_data(self) -> np.ndarray:
        """Return the vectors, time last, as signed integers of 24 bits.

        Returns
        -------
        ndarray of int32, shape ``shape + (buffer,)``
        """
        return (self.main.data.get().astype(np.int32) << _UNUSED_BITS) >> _UNUSED_BITS


class LIFVec(AlgebraicVector):
    """LIF neurons as a vector.

    Parameters
    ----------
    **kwargs
        As for LIF.

    Examples
    --------
    >>> LIFVec(shape=(3,), vth=5).shape
    (3,)
    """

    def __init__(self, **kwargs: Any) -> None:
        self.main = LIF(**kwargs)
        self.in_port = self.main.a_in
        self.out_port = self.main.s_out


class GradedVec(AlgebraicVector):
    """Neurons that send their input where it exceeds a threshold.

    Parameters
    ----------
    shape : tuple of int
        Shape of the vector.
    vth : int, optional
        Threshold.
    exp : int, optional
        Fraction bits of the vector.
    **kwargs
        As for the Process GradedVec.

    Examples
    --------
    >>> (GradedVec(shape=(3,)) * GradedVec(shape=(3,))).shape
    (3,)
    """

    def __init__(self, shape: tuple[int, ...], vth: int = 10, exp: int = 0, **kwargs: Any) -> None:
        self.vth = vth
        self.exp = exp
        self.main = GradedVecProcess(shape=shape, vth=vth, exp=exp, **kwargs)
        self.in_port = self.main.a_in
        self.out_port = self.main.s_out

    def __mul__(self, other: GradedVec) -> AlgebraicMatrix:
        """The products of the elements, two time steps later."""
        if not isinstance(other, GradedVec):
            return NotImplemented
        product = ProductVec(shape=self.shape, vth=1, exp=self.exp)
        factors = [identity_matrix(math.prod(vec.shape)) @ vec for vec in (self, other)]
        product << (factors[0], factors[1])
        return identity_matrix(math.prod(self.shape)) @ product


class ProductVec(AlgebraicVector):
    """Neurons that multiply their two inputs.

    Parameters
    ----------
    shape : tuple of int
        Shape of the vector.
    vth : int, optional
        Threshold: smaller products are not sent.
    exp : int, optional
        Fraction bits of the inputs: the product is shifted right by as many.
    **kwargs
        As for ProdNeuron.

    Attributes
    ----------
    in_port, in_port2 : InPort
        The inputs; ``product << (x, y)`` feeds both.

    Examples
    --------
    >>> product = ProductVec(shape=(3,)) << (GradedVec(shape=(3,)), GradedVec(shape=(3,)))
    """

    def __init__(self, shape: tuple[int, ...], vth: int = 10, exp: int = 0, **kwargs: Any) -> None:
        self.vth = vth
        self.exp = exp
        self.main = ProdNeuron(shape=shape, vth=vth, exp=exp, **kwargs)
        self.in_port = self.main.a_in1
        self.in_port2 = self.main.a_in2
        self.out_port = self.main.s_out

    def __lshift__(self, other: Any) -> Any:
        if not (isinstance(other, (tuple, list)) and len(other) == 2):
            return NotImplemented
        for source, port in zip(other, (self.in_port, self.in_port2), strict=True):
            connect(source.out_port, port)
        return self


class GradedDense(AlgebraicMatrix):
    """A matrix of all-to-all connections.

    Parameters
    ----------
    weights : ndarray, shape (n_out, n_in)
        Weights, as fractions.
    exp : int, optional
        Fraction bits of the weights.
    **kwargs
        As for Dense: `sign_mode`, `name`, ...

    Examples
    --------
    >>> import numpy as np
    >>> GradedDense(weights=np.array([[0.5, -0.25]])).main.weights.init
    array([[ 64., -32.]])
    """

    def __init__(self, weights: np.ndarray, exp: int = 7, **kwargs: Any) -> None:
        self.exp = exp
        self.main = Dense(weights=_scaled(weights, exp), **_graded(exp), **kwargs)
        self.in_port = self.main.s_in
        self.out_port = self.main.a_out


class GradedSparse(AlgebraicMatrix):
    """A matrix of few connections.

    Parameters
    ----------
    weights : scipy.sparse matrix or ndarray, shape (n_out, n_in)
        Weights, as fractions.
    exp : int, optional
        Fraction bits of the weights.
    **kwargs
        As for Sparse: `sign_mode`, `name`, ...

    Examples
    --------
    >>> import numpy as np
    >>> GradedSparse(weights=np.eye(3)).shape
    (3,)
    """

    def __init__(self, weights: Any, exp: int = 7, **kwargs: Any) -> None:
        self.exp = exp
        self.main = Sparse(weights=_scaled(weights, exp), **_graded(exp), **kwargs)
        self.in_port = self.main.s_in
        self.out_port = self.main.a_out


def _graded(exp: int) -> dict[str, int]:
    """Arguments of a connection whose weights have `exp` fraction bits."""
    return {"num_message_bits": MESSAGE_BITS, "num_weight_bits": 8, "weight_exp": -exp}
