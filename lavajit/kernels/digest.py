"""The identity of a kernel: a hash of everything its machine code depends on.

Text and position-independent meaning of the method, its helpers and every function they call,
values of the globals and closure variables they use, field types, options, versions of Python,
NumPy, numba, llvmlite and lavajit's kernel format, and the processor. numba's own cache does not
see edits in functions of other files; this one does.
"""

from __future__ import annotations

import enum
import hashlib
import platform
import sys
from functools import cache
from pathlib import Path
from types import BuiltinFunctionType, ModuleType

import numpy as np

from lavajit.kernels.units import Unit

#: Raise when rewriting, types or the calling convention change.
FORMAT = 1


class Uncacheable(Exception):
    """A kernel depends on a value that has no stable identity; it is compiled in memory only."""


@cache
def environment_digest() -> str:
    """Versions and processor, as one hash."""
    import llvmlite
    import llvmlite.binding as llvm
    import numba

    parts = (
        FORMAT,
        sys.version,
        np.__version__,
        numba.__version__,
        llvmlite.__version__,
        platform.machine(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        tuple((k, str(v)) for k, v in _numba_settings().items()),
        _own_sources(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _numba_settings() -> dict[str, object]:
    from numba.core import config

    names = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "CPU_NAME", "ENABLE_AVX")
    return {name: getattr(config, name, None) for name in names}


def _own_sources() -> str:
    """Hash of the modules that shape machine code, so that changing them never meets old code."""
    from lavajit.compiler import fields, source

    files = [*Path(__file__).parent.glob("*.py"), Path(fields.__file__), Path(source.__file__)]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


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


def _add_unit(digest, unit: Unit, seen: set[int]) -> None:
    import ast

    if id(unit) in seen:
        return
    seen.add(id(unit))
    digest.update(unit.name.encode())
    digest.update(ast.dump(unit.tree).encode())
    digest.update(repr((_stable_filename(unit.filename), unit.tree.lineno)).encode())
    for name, value in unit.values.items():
        digest.update(f"{name}={_value_identity(value)}".encode())
    for label, value in unit.uses:
        digest.update(f"{label}={_value_identity(value)}".encode())
    for label, child in unit.children.items():
        digest.update(label.encode())
        _add_unit(digest, child, seen)


def _stable_filename(filename: str) -> str:
    """The file errors point into; notebook cells get a new file name in every session."""
    return "cell" if filename.startswith("<") or "ipykernel_" in filename else filename


def _value_identity(value: object, depth: int = 0) -> str:
    """A text that is equal only for equal constants."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__qualname__}.{value.name}={value.value!r}"
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, np.ndarray):
        data = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"array:{value.dtype.str}:{value.shape}:{data}"
    if isinstance(value, tuple) and depth < 8:
        return f"({','.join(_value_identity(v, depth + 1) for v in value)})"
    if isinstance(value, np.dtype):
        return value.str
    if isinstance(value, type):
        if issubclass(value, enum.Enum):
            return f"{value.__qualname__}:{[(m.name, m.value) for m in value]!r}"
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, (ModuleType, BuiltinFunctionType, np.ufunc)):
        return f"{type(value).__name__}:{value.__name__}"
    return _callable_identity(value, depth)


def _callable_identity(value: object, depth: int) -> str:
    """Identity of a numba dispatcher (its code and what it uses) or of a library's function."""
    python = getattr(value, "py_func", None)
    if python is not None and depth < 8:
        options = sorted((k, repr(v)) for k, v in getattr(value, "targetoptions", {}).items())
        code = python.__code__
        used = {n: python.__globals__[n] for n in code.co_names if n in python.__globals__}
        parts = [f"{n}={_value_identity(v, depth + 1)}" for n, v in used.items()]
        cells = [_value_identity(c.cell_contents, depth + 1) for c in python.__closure__ or ()]
        constants = tuple(repr(c) for c in code.co_consts)
        return f"jit:{code.co_code!r}{constants}{code.co_names}{options}{parts}{cells}"
    module = (getattr(value, "__module__", None) or "").split(".")[0]
    name = getattr(value, "__qualname__", None)
    if name and module in ("numpy", "numba", "math", "builtins", "operator"):
        return f"{module}.{name}"
    raise Uncacheable(f"{type(value).__name__} has no stable identity")
