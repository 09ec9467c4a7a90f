"""Sparse matrices and lists of synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

#: Element types that sparse delays may have besides int64.
NARROW_DELAYS = (np.uint8, np.uint16)


def find(mat, explicit_zeros: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values of the elements of a matrix, row by row.

    Parameters
    ----------
    mat : sparse matrix or ndarray
        The matrix; elements stored twice are added.
    explicit_zeros : bool
        Also return zeros that the matrix stores.

    Returns
    -------
    rows, columns, values : ndarray

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> matrix = csr_matrix(([5, 0, 7], ([0, 0, 1], [2, 1, 0])), shape=(2, 3))
    >>> find(matrix)[2], find(matrix, explicit_zeros=True)[2]
    (array([5, 7]), array([0, 5, 7]))
    """
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(mat)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    entries = matrix.tocoo()
    rows, columns, values = entries.row, entries.col, entries.data
    if explicit_zeros:
        return rows, columns, values
    kept = values != 0
    return rows[kept], columns[kept], values[kept]


def from_synapses(
    pre: ArrayLike,
    post: ArrayLike,
    weight: ArrayLike,
    delay: ArrayLike | None = None,
    *,
    shape: tuple[int, int],
) -> csc_matrix | tuple[csc_matrix, csc_matrix]:
    """Weights, and delays, for Sparse and DelaySparse from lists of synapses.

    Memory: while it works, what it returns and 4 bytes per synapse more (8 from 2**31 synapses on).

    Parameters
    ----------
    pre, post : array_like of int, shape (n,)
        Numbers of the sending and the receiving neuron of each synapse.
    weight : array_like, shape (n,) or one number
        Weights.
    delay : array_like of int, shape (n,) or one number, optional
        Delays in time steps.
    shape : tuple of int
        (n_out, n_in): numbers of receiving and of sending neurons.

    Returns
    -------
    weights : csc_matrix
        Of the given shape, in the form that networks work with: they need not copy it. Without
        delays, the weights of several synapses between two neurons are added.
    delays : csc_matrix of uint8, uint16 or int64
        Of the same pattern, which both share, and of the smallest type that holds them; only if
        `delay` is given.

    Raises
    ------
    ValueError
        Arrays of different length, a neuron outside `shape`, a negative delay, or, with delays, two
        synapses between the same two neurons.

    Examples
    --------
    >>> pre, post, weight, delay = [0, 1, 1], [2, 0, 2], [0.5, 1.0, 1.5], [3, 0, 1]
    >>> weights, delays = from_synapses(pre, post, weight, delay, shape=(3, 2))
    >>> weights.toarray()[2], delays.toarray()[2]
    (array([0.5, 1.5]), array([3, 1]))
    """
    pre, post = np.asarray(pre), np.asarray(post)
    if pre.ndim != 1 or pre.shape != post.shape:
        raise ValueError(
            f"pre and post need one entry per synapse, got shapes {pre.shape} and {post.shape}"
        )
    for name, index, size in (("pre", pre, shape[1]), ("post", post, shape[0])):
        if index.size and (index.min() < 0 or index.max() >= size):
            raise ValueError(
                f"{name} has neurons from {index.min()} to {index.max()}, shape={shape} has room "
                f"for 0 to {size - 1}"
            )
    from scipy.sparse import csc_matrix

    weight = _per_synapse("weight", weight, pre)
    if delay is None:
        return csc_matrix((weight, (post, pre)), shape=shape)
    delay = _narrow(_per_synapse("delay", delay, pre))
    # The pattern is made once, with the number of each synapse as its element.
    number = np.int32 if pre.size < 1 << 31 else np.int64
    order = csc_matrix((np.arange(pre.size, dtype=number), (post, pre)), shape=shape)
    # Adding up would make one synapse of two; scipy's conversion tells by their number.
    if order.nnz < pre.size:
        raise ValueError(
            f"{pre.size - order.nnz} synapses connect the same two neurons as another one, which "
            "one DelaySparse cannot hold with their own delays; put them into a second DelaySparse"
        )
    pattern = order.indices, order.indptr
    return tuple(csc_matrix((part[order.data], *pattern), shape=shape) for part in (weight, delay))


def _per_synapse(name: str, value: ArrayLike, pre: np.ndarray) -> np.ndarray:
    value = np.asarray(value)
    if value.ndim and value.shape != pre.shape:
        raise ValueError(f"{name} has shape {value.shape}, expected {pre.shape} or one number")
    return np.broadcast_to(value, pre.shape)


def _narrow(delay: np.ndarray) -> np.ndarray:
    """Delays in the smallest type that DelaySparse takes."""
    least, most = (delay.min(), delay.max()) if delay.size else (0, 0)
    if least < 0:
        raise ValueError(f"delays are counted in time steps from 0, got {least}")
    fitting = [dtype for dtype in NARROW_DELAYS if most <= np.iinfo(dtype).max]
    return delay.astype([*fitting, np.int64][0], copy=False)
