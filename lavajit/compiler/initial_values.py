"""Initial values of Vars: cast as C does, broadcast to the shape, never a silent NaN."""

from __future__ import annotations

import warnings

import numpy as np

from lavajit.compiler.exceptions import ModelError, NumericLossError, NumericLossWarning
from lavajit.process.sparse_values import is_sparse


def initial_array(init, shape: tuple[int, ...], dtype: np.dtype, where: str) -> np.ndarray:
    """`init` cast to `dtype` as C does and broadcast to `shape`; a fresh array."""
    source = np.asarray(init.todense()) if is_sparse(init) else np.asarray(init)
    cast = cast_values(source, dtype, where)
    try:
        return np.array(np.broadcast_to(cast, shape))
    except ValueError:
        raise ValueError(
            f"{where}: an initial value of shape {source.shape} does not broadcast to the shape "
            f"{shape} of the Var"
        ) from None


def cast_values(source: np.ndarray, dtype: np.dtype, where: str) -> np.ndarray:
    """Initial values as C casts them; `source` itself if it has the dtype already."""
    if source.dtype.kind not in "biufc":
        raise ValueError(f"{where}: the initial value {source.tolist()!r} is not numeric")
    if dtype.kind in "iu" and source.dtype.kind in "iuf":
        _warn_about_loss(source, dtype, where)
    with np.errstate(invalid="ignore", over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        cast = source.astype(dtype, casting="unsafe", copy=False)
    if overflows(source, cast):
        warnings.warn(
            f"{where}: initial values become infinite in {dtype}, whose largest is "
            f"{np.finfo(dtype).max:.3g}",
            NumericLossWarning,
            stacklevel=2,
        )
    return cast


def overflows(source: np.ndarray, cast: np.ndarray) -> bool:
    """True if a finite number has become infinite by a cast to a smaller floating-point type."""
    if cast.dtype.kind not in "fc" or np.can_cast(source.dtype, cast.dtype, "safe"):
        return False
    return bool(np.any(np.isinf(cast) & np.isfinite(source)))


def _warn_about_loss(source: np.ndarray, dtype: np.dtype, where: str) -> None:
    if source.size == 0:
        return
    if source.dtype.kind == "f" and not np.isfinite(source).all():
        raise NumericLossError(
            f"{where}: the initial value holds NaN or infinity, the type is {dtype}"
        )
    info = np.iinfo(dtype)
    if int(source.min()) < info.min or int(source.max()) > info.max:
        warnings.warn(
            f"{where}: initial values from {source.min()} to {source.max()} wrap around in {dtype} "
            f"({info.min} to {info.max})",
            NumericLossWarning,
            stacklevel=2,
        )


def numeric_dtype(d_type, where: str) -> np.dtype:
    try:
        dtype = np.dtype(d_type)
    except TypeError:
        raise ModelError(f"{where}: {d_type!r} is not a numeric type") from None
    if dtype.kind not in "biufc":
        raise ModelError(f"{where}: {d_type!r} is not a numeric type")
    return dtype
