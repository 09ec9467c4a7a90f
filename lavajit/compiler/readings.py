"""What has been read in the text of models, kept on disk.

Reading a method is parsing its file; the identity of the method is found in a fraction of the time.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import TypeVar

from lavajit.compiler import cache as disk
from lavajit.compiler.identity import identify

T = TypeVar("T")


def kept_reading(
    read: Callable[[], T],
    is_whole: Callable[[T], bool],
    kind: type[T],
    model: type,
    functions: Iterable[tuple[str, FunctionType]],
    *options: object,
) -> T:
    """What `read` gives, or gave when it last read the same.

    Parameters
    ----------
    read : callable
        Reads the text of the functions, and of what they call.
    is_whole : callable
        False for a result that must not be kept, because some text was missing.
    kind : type
        Class of the result.
    model, functions
        The class and those of its methods that are read.
    options
        All else that the result depends on; compared by ``repr``.
    """
    functions = list(functions)
    if not functions:
        return read()
    identity = identify(functions[0][1], model, functions=functions)
    if identity.digest is None:
        return read()
    what = (_own_digest(), kind.__qualname__, options, identity.digest)
    name = hashlib.sha256(repr(what).encode()).hexdigest()
    found = disk.load(name, disk.READING)
    if isinstance(found, kind):
        return found
    found = read()
    if is_whole(found):
        disk.store(name, found, disk.READING)
    return found


@cache
def _own_digest() -> str:
    """Hash of the modules that read."""
    here = Path(__file__).parent
    names = ("constants", "cutting", "identity", "port_ops", "readings", "source")
    files = b"".join((here / f"{name}.py").read_bytes() for name in names)
    return hashlib.sha256(sys.version.encode() + files).hexdigest()
