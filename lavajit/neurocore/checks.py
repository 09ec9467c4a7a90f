"""Checks of registers and tables: arrays of whole numbers in range, or a clear error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

INT32 = (-(2**31), 2**31 - 1)


def whole_numbers(
    what: str, values: ArrayLike, size: int | None, low: int = INT32[0], high: int = INT32[1]
) -> np.ndarray:
    """`values` as a read-only array of int32, one-dimensional.

    Parameters
    ----------
    what : str
        How errors call them.
    values : array-like of int
        One number stands for `size` equal ones.
    size : int or None
        Expected number; None: any.
    low, high : int
        Least and greatest value.

    Raises
    ------
    TypeError
        They are not whole numbers.
    ValueError
        Wrong shape, or a value out of range.

    Examples
    --------
    >>> whole_numbers("vth", 640, 2)
    array([640, 640], dtype=int32)
    """
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype == np.bool_ or not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{what}: whole numbers expected, got {array.dtype}")
    if array.ndim == 0 and size is not None:
        array = np.full(size, array)
    if array.ndim != 1 or (size is not None and array.size != size):
        length = "any length" if size is None else f"length {size}"
        raise ValueError(f"{what}: expected one dimension of {length}, got shape {array.shape}")
    wrong = np.flatnonzero((array < low) | (array > high))
    if wrong.size:
        at = wrong[0]
        raise ValueError(f"{what}[{at}]: {array[at]} is not in {low}..{high}")
    array = array.astype(np.int32)
    array.setflags(write=False)
    return array


def whole_number(what: str, value: int, low: int, high: int) -> int:
    """One whole number in range.

    Raises
    ------
    TypeError, ValueError
        As :func:`whole_numbers`.
    """
    return int(whole_numbers(what, [value], 1, low, high)[0])


def check_pointers(what: str, pointers: np.ndarray, entries: int) -> None:
    """Pointers of compressed rows begin at 0, never fall and end at `entries`.

    Raises
    ------
    ValueError
        They do not.
    """
    if not pointers.size or pointers[0] != 0 or pointers[-1] != entries:
        ends = (int(pointers[0]), int(pointers[-1])) if pointers.size else "nothing"
        raise ValueError(f"{what}: expected to begin with 0 and end with {entries}, got {ends}")
    if (np.diff(pointers) < 0).any():
        raise ValueError(f"{what}: falls at row {int(np.argmax(np.diff(pointers) < 0))}")
