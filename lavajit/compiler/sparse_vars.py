"""Sparse Vars in native memory: compressed columns, one pattern for all Vars of a group.

A model that lists ``native_sparse = (("weights", "delays"),)`` finds, for the matrix Var `weights`
of shape (rows, columns) and every further Var of the group, which has the same pattern:

====================  ==========================================================================
``weights_data``      stored elements, column by column, rows ascending; of the declared dtype
``weights_rows``      their rows, int32
``weights_columns``   int64, (columns + 1,): column j is ``range(columns[j], columns[j + 1])``
``delays_data``       elements of `delays` at the same positions, 0 where it stores none
====================  ==========================================================================

Nothing here is ever as large as the full matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lavajit.compiler.exceptions import ModelError
from lavajit.compiler.fields import ArrayField
from lavajit.process.sparse_values import is_sparse

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix, csr_matrix

    from lavajit.compiler.instances import Instance
    from lavajit.compiler.layout import Layout

#: Stored elements whose positions are compared at a time.
_CHUNK = 1 << 20


@dataclass(frozen=True)
class SparseVar:
    """Where a sparse Var lives: its name, the Var whose pattern it has, its shape."""

    name: str
    pattern: str
    shape: tuple[int, int]

    @property
    def fields(self) -> tuple[str, str, str]:
        """Names of the fields for elements, rows and columns."""
        return f"{self.name}_data", f"{self.pattern}_rows", f"{self.pattern}_columns"


def add_sparse_group(instance: Instance, group: tuple[str, ...], dtypes: list[np.dtype], cast):
    """Lay out the Vars of one group.

    Parameters
    ----------
    group : tuple of str
        Names of the Vars; the first one gives the pattern.
    dtypes : list of dtype
        Their declared element types.
    cast : callable
        ``cast(array, dtype, where)``: the C cast of initial values.
    """
    matrices = [instance.node.process.vars[name] for name in group]
    for var, dtype in zip(matrices, dtypes, strict=True):
        where = f"Var {var.name!r} of {instance.node.name}"
        place = SparseVar(var.name, group[0], _checked_shape(var, where))
        data, rows, columns = place.fields
        if var is matrices[0]:
            matrix = compressed(var.init, place.shape, where)
            _add_array(instance, rows, matrix.indices.astype(np.int32, copy=False))
            _add_array(instance, columns, matrix.indptr.astype(np.int64, copy=False))
            elements = matrix.data
        else:
            pattern = instance.values[rows], instance.values[columns]
            elements, _ = aligned(var.init, place.shape, *pattern, where)
        if not np.can_cast(elements.dtype, dtype):  # else they widen on their way into the arena
            elements = cast(elements, dtype, where)
        _add_array(instance, data, elements, dtype)
        instance.sparse[var.name] = place


def _checked_shape(var, where: str) -> tuple[int, int]:
    if len(var.shape) != 2 or var.shape[0] >= 1 << 31:
        raise ModelError(
            f"{where} is declared native_sparse and needs two dimensions with fewer than 2**31 "
            f"rows, its shape is {var.shape}"
        )
    return tuple(var.shape)


def _add_array(
    instance: Instance, name: str, value: np.ndarray, dtype: np.dtype | None = None
) -> None:
    instance.state[name] = ArrayField((dtype or value.dtype).name, 1)
    instance.values[name] = value


def compressed(value, shape: tuple[int, int], where: str) -> csc_matrix:
    """`value` in compressed columns, rows ascending, every position once; may share its arrays."""
    from scipy.sparse import csc_matrix

    if is_sparse(value):
        matrix = value.tocsc()
    elif np.ndim(value) == 0:
        matrix = csc_matrix(np.full(shape, value))
    else:
        matrix = csc_matrix(np.asarray(value))
    if matrix.shape != shape:
        raise ValueError(f"{where}: got a matrix of shape {matrix.shape}, expected {shape}")
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    return matrix


def aligned(
    value, shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray, where: str
) -> tuple[np.ndarray, int]:
    """Elements of `value` at the positions of a pattern, and how many non-zeros lie elsewhere.

    A number stands for a matrix that has it at every position of the pattern.
    """
    if not is_sparse(value) and np.ndim(value) == 0:
        return np.full(rows.size, value), 0
    matrix = compressed(value, shape, where)
    if np.array_equal(matrix.indptr, columns) and np.array_equal(matrix.indices, rows):
        return matrix.data, 0
    elements, missed, first = np.zeros(rows.size, matrix.dtype), 0, 0
    while first < shape[1]:
        last = max(first + 1, int(np.searchsorted(columns, columns[first] + _CHUNK)) - 1)
        last = min(last, shape[1])
        start, stop = columns[first], columns[last]
        own = slice(matrix.indptr[first], matrix.indptr[last])
        wanted = _positions(rows, columns, first, last, shape[0])
        stored = _positions(matrix.indices, matrix.indptr, first, last, shape[0])
        at = np.searchsorted(wanted, stored)
        found = at < wanted.size
        found[found] = wanted[at[found]] == stored[found]
        elements[start:stop][at[found]] = matrix.data[own][found]
        missed += np.count_nonzero(matrix.data[own][~found])
        first = last
    return elements, missed


def _positions(rows, columns, first: int, last: int, n_rows: int) -> np.ndarray:
    """Ascending number of each stored element's position, for a range of columns."""
    counts = np.diff(columns[first : last + 1])
    column = np.repeat(np.arange(last - first, dtype=np.int64), counts)
    return column * n_rows + rows[columns[first] : columns[last]]


# --- reading and setting --------------------------------------------------------------


def read_sparse(instance: Instance, layout: Layout, name: str) -> csr_matrix:
    """A copy of the value of a sparse Var."""
    from scipy.sparse import csc_matrix

    place = instance.sparse[name]
    parts = tuple(layout.views[instance.node.index, field] for field in place.fields)
    return csc_matrix(parts, shape=place.shape).tocsr()


def new_elements(instance: Instance, layout: Layout, name: str, value, where: str) -> np.ndarray:
    """The elements that setting `value` stores.

    Raises
    ------
    ValueError
        `value` is no matrix of this shape and pattern. A Var that shares the pattern of another one
        may leave out zeros, or be one number.
    """
    place = instance.sparse[name]
    _, rows, columns = (layout.views[instance.node.index, field] for field in place.fields)
    owns_pattern = place.name == place.pattern
    if not is_sparse(value) and (owns_pattern or np.ndim(value) != 0):
        raise ValueError(_other_pattern(place, rows.size, where, type(value).__name__))
    if is_sparse(value) and value.shape != place.shape:
        raise ValueError(_other_pattern(place, rows.size, where, f"shape {value.shape}"))
    elements, missed = aligned(value, place.shape, rows, columns, where)
    if missed or (owns_pattern and value.nnz != rows.size):
        raise ValueError(_other_pattern(place, rows.size, where, "another pattern"))
    return elements


def _other_pattern(place: SparseVar, count: int, where: str, got: str) -> str:
    return (
        f"{where} holds a sparse matrix of shape {place.shape} with {count} entries; the new value "
        f"must be sparse with the same shape and pattern, got {got}. Change the `data` of what "
        f"{place.name}.get() returns."
    )
