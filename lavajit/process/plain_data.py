"""Plain data of models as JSON and arrays, and back, for state files; no pickle.

Numbers, text, None, arrays and random generators of NumPy, and lists, tuples and dicts of these.
`pack` gives a JSON tree: text, bool, None and Python's int and float stand for themselves,
everything else is a list that begins with its kind. Arrays are kept beside the tree; the tree has
their number. Single numbers of NumPy stand in the tree, with their dtype.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

#: Bit generators whose state is plain data; a file can ask for no other class.
BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
#: Codes of the dtypes whose numbers have more digits than Python's.
_LONG = "gG"
_GENERATORS = {"generator": np.random.Generator, "random_state": np.random.RandomState}


class NotPlainError(TypeError):
    """A value that is not plain data; the message is the name of its type."""


def pack(value: Any, arrays: list[np.ndarray]) -> Any:
    """Return the JSON tree of `value`; its arrays are appended to `arrays`, not copied.

    Raises
    ------
    NotPlainError
        `value` is, or holds, something else, or holds itself.
    """
    try:
        return _pack(value, arrays)
    except RecursionError:
        raise NotPlainError(f"{type(value).__name__} that holds itself") from None


def _pack(value: Any, arrays: list[np.ndarray]) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "biufc" or kind is np.matrix:
            raise NotPlainError(f"{kind.__name__} of {value.dtype}")
        is_array = isinstance(value, np.ndarray)
        if value.ndim == 0 and value.dtype.char not in _LONG:
            return ["number", value.dtype.str, _number(value), is_array]
        arrays.append(np.asarray(value))
        return ["array" if is_array else "scalar", len(arrays) - 1]
    if kind is complex:
        return ["complex", value.real, value.imag]
    if kind is list:
        return ["list", [_pack(item, arrays) for item in value]]
    if isinstance(value, tuple):
        return ["tuple", [_pack(item, arrays) for item in value]]
    if kind is dict:
        pairs = [[_pack(key, arrays), _pack(item, arrays)] for key, item in value.items()]
        return ["dict", pairs]
    return _pack_generator(value, arrays)


def _number(value: Any) -> Any:
    """A NumPy number as JSON, exact: the shortest digits that give the same bits again."""
    if value.dtype.kind == "c":
        return [float(value.real), float(value.imag)]
    return float(value) if value.dtype.kind == "f" else value.item()


def _pack_generator(value: Any, arrays: list[np.ndarray]) -> Any:
    for kind, cls in _GENERATORS.items():
        if type(value) is cls:
            source = value.bit_generator if kind == "generator" else value._bit_generator
            if type(source).__name__ in BIT_GENERATORS:
                return [kind, type(source).__name__, _pack(source.state, arrays)]
    raise NotPlainError(type(value).__name__)


def unpack(tree: Any, arrays: list[np.ndarray]) -> Any:
    """Return the value that `tree` describes; a NamedTuple has become a tuple.

    Raises
    ------
    ValueError, TypeError, IndexError, KeyError
        The tree was not made by `pack`.
    """
    if not isinstance(tree, list):
        return tree
    kind, *parts = tree
    if kind == "array":
        return arrays[parts[0]]
    if kind == "scalar":  # all numbers before version 3
        return arrays[parts[0]][()]
    if kind == "number":
        return _unpack_number(*parts)
    if kind == "complex":
        return complex(*parts)
    if kind in ("list", "tuple"):
        items = [unpack(item, arrays) for item in parts[0]]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {_key(key, arrays): unpack(item, arrays) for key, item in parts[0]}
    if kind in _GENERATORS and parts[0] in BIT_GENERATORS:
        source = getattr(np.random, parts[0])(0)
        source.state = unpack(parts[1], arrays)
        return _GENERATORS[kind](source)
    raise ValueError(f"unknown kind of data {kind!r}")


def _unpack_number(dtype: str, value: Any, whole: bool) -> Any:
    if np.dtype(dtype).kind not in "biufc":
        raise ValueError(f"a number of {dtype!r}")
    array = np.array(complex(*value) if isinstance(value, list) else value, dtype)
    return array if whole else array[()]


class Copies(list):
    """A list of arrays that gives copies: what is made of them may be changed."""

    def __getitem__(self, k: Any) -> Any:
        return super().__getitem__(k).copy(order="K")


def _key(tree: Any, arrays: list[np.ndarray]) -> Hashable:
    key = unpack(tree, arrays)
    hash(key)
    return key
