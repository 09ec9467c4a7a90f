"""Telling apart what users draw, by what it offers: nothing of a recording is imported here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


def is_events(item: Any) -> bool:
    """True for recorded events: a list of neurons and how many of them belong to each step."""
    return all(hasattr(item, name) for name in ("recorded", "counts", "neurons"))


def is_samples(item: Any) -> bool:
    """True for recorded values of a Var or port."""
    return hasattr(item, "steps") and hasattr(item, "values") and not callable(item.values)


def kind_of(item: Any) -> str:
    """A thing as an error message calls it."""
    if isinstance(item, np.ndarray):
        return f"an array of shape {item.shape} and dtype {item.dtype}"
    if isinstance(item, Mapping):
        return f"a {type(item).__name__} of {', '.join(map(str, item)) or 'nothing'}"
    if isinstance(item, tuple):
        return f"a tuple of {len(item)}"
    text = repr(item)
    return text if len(text) < 60 else f"{text[:57]}..."


def item_names(names: list[str]) -> list[str]:
    """Shortest names that tell apart: "lif" instead of "lif.s_out" where it has one port only."""
    owners = [name.rpartition(".")[0] or name for name in names]
    return [
        owner if owners.count(owner) == 1 else name
        for owner, name in zip(owners, names, strict=True)
    ]


def checked_dense(array: np.ndarray, name: str) -> np.ndarray:
    """Rows of an array with time first, shape (T, n); TypeError or ValueError for others."""
    of = f" for {name!r}" if name else ""
    if array.dtype.kind not in "biuf":
        hint = "; draw .real and .imag" if array.dtype.kind == "c" else ""
        raise TypeError(
            f"values are real numbers or truth values, got dtype {array.dtype}{of}{hint}"
        )
    if array.ndim < 2:
        raise ValueError(
            f"expected an array (T, n) with time first, got shape {array.shape}{of}; "
            "one neuron is (T, 1)"
        )
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"there are NaN in the array of shape {array.shape}{of}")
    return array.reshape(len(array), int(np.prod(array.shape[1:], dtype=np.int64)))


@dataclass(frozen=True, eq=False)
class Lines:
    """Values over time.

    Attributes
    ----------
    name : str
        Of the series; empty if it has none.
    steps : ndarray of int, shape (T,)
        Time steps.
    values : ndarray, shape (T, n)
        One column for each element.
    labels : list of str
        What the columns are called; index numbers.
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    labels: list[str]


def line_groups(source: Any, neurons: Any = None, neuron_first: bool = False) -> list[Lines]:
    """Series of values by name, in their order; `neurons` are those to keep, of all if None."""
    found = list(_named(source))
    if not found:
        raise ValueError(f"there are no values over time in {kind_of(source)}; {_EXPECTED}")
    return [_lines(name, item, neurons, neuron_first) for name, item in found]


_EXPECTED = (
    "expected a Result with recorded Vars, Samples, a pair (steps, values) of arrays, an array "
    "(T, n) with time first, or a dict of these by name"
)


def _named(source: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Series by name; of a Result those that are samples."""
    if not isinstance(source, Mapping):
        yield prefix or getattr(source, "name", ""), source
        return
    is_result = hasattr(source, "spikes")
    for name, item in source.items():
        if not (is_result and is_events(item)):
            yield from _named(item, f"{prefix}.{name}" if prefix else str(name))


def _lines(name: str, item: Any, neurons: Any, neuron_first: bool) -> Lines:
    if is_events(item):
        raise TypeError(f"{name or 'this'} was recorded as events; draw it with raster() or rate()")
    steps, chosen = None, getattr(item, "chosen", None)
    if is_samples(item):
        steps, values = np.asarray(item.steps), np.asarray(item.values)
    elif isinstance(item, tuple):
        if len(item) != 2:
            raise ValueError(f"a pair is (steps, values), got a tuple of {len(item)}")
        steps, values = np.asarray(item[0]), np.asarray(item[1])
    elif hasattr(item, "__array__") or isinstance(item, list):
        values = np.asarray(item)
        values = np.moveaxis(values, -1, 0) if neuron_first and values.ndim > 1 else values
    else:
        raise TypeError(f"{_EXPECTED}; got {kind_of(item)}")
    return _table(name, steps, values, chosen, neurons)


def _table(name: str, steps: np.ndarray | None, values: np.ndarray, chosen, neurons) -> Lines:
    if values.ndim == 0:
        raise ValueError(f"{_EXPECTED}; got one number")
    shape = values.shape[1:]
    if values.dtype.kind == "f" or values.ndim == 1:
        # NaN are gaps in a line; a line of its own needs no second axis.
        kept, values = np.isnan(values) if values.dtype.kind == "f" else False, values
        checked = np.where(kept, 0, values) if np.any(kept) else values
        checked_dense(checked[:, None] if values.ndim == 1 else checked, name)
        table = values.reshape(len(values), -1) if values.size else values.reshape(len(values), 0)
    else:
        table = checked_dense(values, name)
    steps = np.arange(1, len(table) + 1) if steps is None else steps
    if steps.shape != (len(table),):
        raise ValueError(
            f"{len(table)} rows of values need as many steps, got steps of shape {steps.shape}; "
            "the first axis of values is time"
        )
    labels = _labels(shape, table.shape[1], chosen)
    if neurons is None:
        return Lines(name, steps, table, labels)
    picked = _picked(neurons, table.shape[1], name)
    return Lines(name, steps, table[:, picked], [labels[k] for k in picked])


def _picked(neurons: Any, size: int, name: str) -> np.ndarray:
    try:
        return np.arange(size)[neurons if isinstance(neurons, slice) else np.array(neurons, int)]
    except (IndexError, TypeError, ValueError):
        raise ValueError(
            f"neurons are a slice or a list of numbers from 0 to {size - 1}, the elements of "
            f"{name or 'the array'}; got {neurons!r}"
        ) from None


def _labels(shape: tuple[int, ...], size: int, chosen: np.ndarray | None) -> list[str]:
    if chosen is not None:
        return [str(k) for k in np.asarray(chosen).tolist()]
    if len(shape) < 2:
        return [str(k) for k in range(size)]
    return [", ".join(map(str, index)) for index in np.ndindex(*shape)]
