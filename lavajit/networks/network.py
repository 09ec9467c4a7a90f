"""The algebra of networks: vectors, matrices, and what ``<<``, ``+``, ``*`` and ``@`` mean.

    y << x              x feeds y; between two vectors through an identity matrix (one step later)
    y << a + b          both feed y, which adds them
    w @ x               x feeds the matrix w; the result stands for the product
    (w @ x) * (u @ z)   product of the elements, a vector

What differs from Lava: the product of matrices and ``LIFVec << vector`` work (Lava:
AttributeError); sums may have any number of terms; shapes that differ only in their arrangement
are connected in C order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess

#: Bits of a graded message.
MESSAGE_BITS = 24


def connect(source: OutPort, target: InPort) -> None:
    """Connect ports, in C order if their shapes differ but not their sizes."""
    if source.shape != target.shape and source.size == target.size:
        source.reshape(target.shape).connect(target)
    else:
        source.connect(target)


class NetworkList(list):
    """Terms of a sum of Networks.

    Parameters
    ----------
    iterable : iterable of Network
        The terms.
    """

    def __init__(self, iterable: Iterable[Network]) -> None:
        super().__init__(iterable)

    def __add__(self, other: Network | NetworkList) -> NetworkList:
        if isinstance(other, Network):
            return NetworkList([*self, other])
        if isinstance(other, NetworkList):
            return NetworkList([*self, *other])
        return NotImplemented


class Network:
    """A Process, or several, with one way in and one way out.

    Attributes
    ----------
    main : AbstractProcess
        The Process that `run` and `stop` are passed to.
    in_port : InPort
        Where others feed this Network; a source has none.
    out_port : OutPort
        Where it feeds others; a sink has none.
    """

    main: AbstractProcess
    in_port: InPort
    out_port: OutPort

    def run(self, *args: Any, **kwargs: Any) -> None:
        """Run the whole network; arguments as for ``AbstractProcess.run``."""
        self.main.run(*args, **kwargs)

    def stop(self, **kwargs: Any) -> None:
        """Stop the whole network."""
        self.main.stop(**kwargs)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of what this Network sends."""
        return self.out_port.shape

    def __lshift__(self, other: Network | NetworkList) -> Any:
        """Let `other` feed this Network; returns this Network."""
        if not hasattr(self, "in_port"):
            return NotImplemented
        if isinstance(other, Network):
            self._feed(other)
            return self
        if isinstance(other, NetworkList):
            for term in other:
                self << term
            return self
        return NotImplemented

    def _feed(self, other: Network) -> None:
        connect(other.out_port, self.in_port)

    def __add__(self, other: Network | NetworkList) -> NetworkList:
        if isinstance(other, Network):
            return NetworkList([self, other])
        if isinstance(other, NetworkList):
            return NetworkList([*other, self])
        return NotImplemented


class AlgebraicVector(Network):
    """A Network of neurons: what they send is a vector."""

    def _feed(self, other: Network) -> None:
        if isinstance(other, AlgebraicVector):
            identity = identity_matrix(math.prod(self.in_port.shape))
            connect(other.out_port, identity.in_port)
            other = identity
        super()._feed(other)


class AlgebraicMatrix(Network):
    """A Network of connections: what they send is a matrix times a vector."""

    def __matmul__(self, other: AlgebraicVector) -> AlgebraicMatrix:
        """Let the vector `other` feed this matrix; returns this matrix."""
        if isinstance(other, AlgebraicVector):
            connect(other.out_port, self.in_port)
            return self
        return NotImplemented

    def __mul__(self, other: AlgebraicMatrix) -> AlgebraicVector:
        """The products of the elements of two matrix-vector products, as a vector."""
        if isinstance(other, AlgebraicMatrix):
            from lavajit.networks.gradedvecnetwork import ProductVec

            return ProductVec(shape=self.shape, vth=1, exp=0) << (self, other)
        return NotImplemented


def identity_matrix(size: int) -> AlgebraicMatrix:
    """Connections that pass `size` elements on, one time step later."""
    from scipy.sparse import eye_array

    from lavajit.networks.gradedvecnetwork import GradedSparse

    # Weights 1, exponent 0 (Lava: 128 and -7): exact for all 32-bit values, not only 24-bit ones.
    return GradedSparse(weights=eye_array(size, dtype=int, format="csr"), exp=0)
