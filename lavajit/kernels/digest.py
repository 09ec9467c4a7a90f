"""The identity of a kernel: a hash of everything its machine code depends on.

Text and position-independent meaning of the method, its helpers and every function they call,
values of the globals and closure variables they use, field types, options, versions of Python,
NumPy, numba, llvmlite and lavajit's kernel format, and the processor. numba's own cache does not
see edits in functions of other files; this one does.
"""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING

from lavajit.compiler.constants import NoIdentity, constant_identity, stable_filename
from lavajit.compiler.identity import Identity, identify
from lavajit.kernels.environment import environment_digest
from lavajit.kernels.units import Unit

if TYPE_CHECKING:
    from lavajit.kernels.compile import KernelSpec


class Uncacheable(Exception):
    """A kernel depends on a value that has no stable identity; it is compiled in memory only."""


def unit_digest(unit: Unit, *extra: object) -> str:
    """Hash of a unit, all it refers to, and `extra` (field types, options).

    Raises
    ------
    Uncacheable
        A global it uses has no stable identity.
    """
    digest = hashlib.sha256(environment_digest().encode())
    digest.update(repr(extra).encode())
    _add_unit(digest, unit, set())
    return digest.hexdigest()


def reading_digest(identity: Identity, spec: KernelSpec) -> str | None:
    """Name under which is kept what reading a method came to; None without identity."""
    if identity.digest is None:
        return None
    what = (spec.method, spec.segment, spec.boundscheck, spec.fields, identity.digest)
    return hashlib.sha256(f"{environment_digest()}{what!r}".encode()).hexdigest()


def _add_unit(digest, unit: Unit, seen: set[int]) -> None:
    if id(unit) in seen:
        return
    seen.add(id(unit))
    digest.update(unit.name.encode())
    digest.update(ast.dump(unit.tree).encode())
    digest.update(repr((stable_filename(unit.filename), unit.tree.lineno)).encode())
    for name, value in unit.values.items():
        digest.update(f"{name}={_identity(value)}".encode())
    for label, value in unit.uses:
        digest.update(f"{label}={_identity(value)}".encode())
    for label, child in unit.children.items():
        digest.update(label.encode())
        _add_unit(digest, child, seen)


def _identity(value: object) -> str:
    """Identity of a constant, or of a numba dispatcher: its code and what it uses."""
    if isinstance(value, tuple):
        names = getattr(value, "_fields", ())
        return f"{type(value).__qualname__}{names}({','.join(map(_identity, value))})"
    python = getattr(value, "py_func", None)
    if python is not None:
        options = sorted((k, repr(v)) for k, v in getattr(value, "targetoptions", {}).items())
        identity = identify(python, strict=True).digest
        if identity is None:
            raise Uncacheable(f"{python.__qualname__} uses a value without stable identity")
        return f"jit:{options}{identity}"
    try:
        return constant_identity(value)
    except NoIdentity as error:
        raise Uncacheable(str(error)) from error
