"""Values of Vars as plain arrays and back, for state files.

Four kinds: numbers (``array``), text (``str``), and compressed sparse rows (``csr``), which
take three arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from lavajit.process.variable import Var

CSR_PARTS = {"": "data", "#indices": "indices", "#indptr": "indptr"}


class StateFileError(ValueError):
    """A state file cannot be written or read, or does not fit the Process."""


def value_kind(value: Any) -> str:
    """Return ``"str"``, ``"csr"`` or ``"array"``."""
    if isinstance(value, str):
        return "str"
    return "csr" if hasattr(value, "tocsr") else "array"


def pack_value(var: Var, value: Any) -> tuple[str, dict[str, np.ndarray]]:
    """Return the kind of `value` and its arrays by name suffix; the main one has suffix ""."""
    kind = value_kind(value)
    if kind == "str":
        return kind, {"": np.asarray(value)}
    if kind == "csr":
        value = value.tocsr()
        return kind, {suffix: getattr(value, attr) for suffix, attr in CSR_PARTS.items()}
    try:
        array = np.broadcast_to(np.asarray(value), var.shape)
    except ValueError as error:
        raise StateFileError(f"{var.full_name} cannot be saved: {error}") from error
    if array.dtype.kind not in "biufc":
        raise StateFileError(
            f"{var.full_name} cannot be saved: its value is of dtype {array.dtype}; numbers, "
            f"str and sparse matrices can."
        )
    return kind, {"": array}


def unpack_value(path: Any, entry: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    """Return the value that `entry` of the header describes."""
    name, kind = entry["name"], entry.get("kind")
    suffixes = CSR_PARTS if kind == "csr" else {"": ""}
    parts = [arrays.get(name + suffix) for suffix in suffixes]
    if kind not in ("array", "str", "csr") or any(part is None for part in parts):
        raise StateFileError(f"{path} is damaged: the value of Var '{name}' is not complete.")
    shape = tuple(entry.get("shape", ()))
    if kind == "str":
        return str(parts[0])
    if kind == "array":
        if parts[0].shape != shape or parts[0].dtype.str != entry.get("dtype"):
            raise StateFileError(
                f"{path} is damaged: the value of Var '{name}' is not as the header says."
            )
        return parts[0]
    from scipy.sparse import csr_matrix

    try:
        matrix = csr_matrix(tuple(parts), shape=shape)
        matrix.check_format()
    except (ValueError, TypeError, IndexError) as error:
        raise StateFileError(f"{path} is damaged: Var '{name}': {error}") from error
    return matrix


def check_fits(path: Any, var: Var, entry: dict[str, Any], value: Any) -> Any:
    """Check a value against the Var it is for; return it in the dtype of the Var."""
    where = f"{path}: Var '{entry['name']}'"
    shape = tuple(entry.get("shape", ()))
    if shape != var.shape:
        raise StateFileError(
            f"{where} has shape {shape} in the file and {var.shape} in the Process; create the "
            f"Process with the same shape."
        )
    current = var.get()
    kind = value_kind(current)
    # Before there is a runtime one number may stand for a whole sparse matrix.
    is_number = kind == "array" and np.ndim(current) == 0 and var.resolved._runtime is None
    if kind != entry["kind"] and not (is_number and entry["kind"] == "csr"):
        raise StateFileError(f"{where} is of kind {entry['kind']} in the file, {kind} here.")
    if kind == "str" or var.resolved._runtime is None:
        return value
    dtype = np.asarray(current).dtype if kind == "array" else current.dtype
    if value.dtype == dtype:
        return value
    # Values saved without a runtime have the dtype of `init`, which the model converts.
    if entry.get("declared") or not np.can_cast(value.dtype, dtype, "same_kind"):
        raise StateFileError(
            f"{where} has dtype {value.dtype} in the file and {dtype} in the Process; select "
            f"the same model (see select_tag of the run config)."
        )
    return value.astype(dtype)
