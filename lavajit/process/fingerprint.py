"""Whether an object has changed: a digest of all it is made of.

Used for attributes of models that are not plain data, which a state file cannot hold: an object
that is the same as when the model was made need not be saved.
"""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

#: What is the same as long as it is the same object.
_FIXED = (
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.ModuleType,
    np.dtype,
    np.ufunc,
)
#: The protocol that names an object's constructor, arguments, state and items.
_PROTOCOL = 2


def fingerprint(value: Any) -> bytes | None:
    """Return a digest of `value` and of all it refers to; None for what cannot be taken apart.

    Open files, iterators of C extensions and the like cannot.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        _feed(digest, value, {})
    except Exception:  # whatever an object's own __reduce_ex__ raises
        return None
    return digest.digest()


def _feed(digest: Any, value: Any, seen: dict[int, Any]) -> None:
    """Add `value` to the digest; `seen` keeps objects alive, so that ids stay unique."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        digest.update(f"{type(value).__name__}:{value!r};".encode())
        return
    if id(value) in seen:
        digest.update(f"seen {seen[id(value)][0]};".encode())
        return
    seen[id(value)] = len(seen), value
    if isinstance(value, _FIXED):
        digest.update(f"fixed {id(value)};".encode())
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        digest.update(f"array {value.shape} {value.dtype.str};".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    else:
        _feed_items(digest, value, seen)
    digest.update(b".")


def _feed_items(digest: Any, value: Any, seen: dict[int, Any]) -> None:
    items: Iterable[Any]
    if type(value) is dict:
        items = [part for pair in value.items() for part in pair]
    elif type(value) in (list, tuple):
        items = value
    else:
        parts = value.__reduce_ex__(_PROTOCOL)
        # A name instead of parts: an object that a module holds under that name.
        items = [list(part) if hasattr(part, "__next__") else part for part in parts]
    digest.update(f"{type(value).__qualname__}(".encode())
    for item in items:
        _feed(digest, item, seen)
