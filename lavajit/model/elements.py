"""Functions for kernels, with a native form of their own."""

from __future__ import annotations

from typing import Any

import numpy as np


def element(values: Any, i: int) -> Any:
    """The value of neuron `i`: ``values[i]`` of an array, the number itself otherwise.

    For kernels. Which of the two it is, is known when the kernel is compiled, so that a loop
    with one number for all is as fast as one without this function.

    Parameters
    ----------
    values : number or ndarray
        A Var declared with ``LavaPyType(int, ...)`` or ``LavaPyType(float, ...)``, which is what
        the Process has put into it. Arrays of several dimensions count in C order.
    i : int
        Index of the neuron.

    Examples
    --------
    >>> element(0.5, 2), element(np.array([[1.5, 2.5], [3.5, 4.5]]), 2)
    (0.5, np.float64(3.5))
    """
    return values.flat[i] if isinstance(values, np.ndarray) else values


def prefetch(values: np.ndarray, i: int) -> None:
    """Ask for element `i` of a one-dimensional array ahead of its use, in native code.

    For kernels that walk through memory in an order of their own. It changes no result, and an
    index out of range does no harm.
    """


def nonzero(values: np.ndarray, indices: np.ndarray) -> int:
    """Write the indices of the non-zero elements into `indices`, in ascending order.

    For kernels: an OutPort does this by itself where a receiver asks for ``events()``.

    Parameters
    ----------
    values : ndarray, one-dimensional
        Numbers or truth values, side by side in memory.
    indices : ndarray of int64, at least as long
        What follows behind the indices is left undefined.

    Returns
    -------
    int
        How many there are.

    Examples
    --------
    >>> found = np.zeros(4, np.int64)
    >>> nonzero(np.array([0.0, 2.5, 0.0, 1.0]), found), found[:2]
    (2, array([1, 3]))
    """
    found = np.flatnonzero(values)
    indices[: found.size] = found
    return found.size
