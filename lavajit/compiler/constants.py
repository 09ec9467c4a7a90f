"""The identity of constants and of code objects: equal only for what means the same."""

from __future__ import annotations

import builtins
import enum
import hashlib
import opcode
import sys
from types import BuiltinFunctionType, CodeType, ModuleType

import numpy as np

#: Packages that do not change while a program runs; their versions are part of every key.
KNOWN_PACKAGES = frozenset({"numpy", "math", "numba", "operator", "cmath", "builtins"})

_DEPTH = 8  # of nested tuples


class NoIdentity(Exception):
    """A value is neither a constant nor a function."""


def package_of(holder: object) -> str:
    """First part of the name of the module that an object is or comes from."""
    name = holder.__name__ if isinstance(holder, ModuleType) else getattr(holder, "__module__", "")
    package = (name or "").partition(".")[0]
    # A class that is made by exec() in a namespace without a name says it is one of builtins.
    invented = package == "builtins" and isinstance(holder, type)
    return "" if invented and vars(builtins).get(holder.__name__) is not holder else package


def constant_identity(value: object, depth: int = 0) -> str:
    """A text that is equal only for equal constants.

    Raises
    ------
    NoIdentity
        It is no constant.
    """
    if isinstance(value, enum.Enum):
        return f"{type(value).__qualname__}.{value.name}={value.value!r}"
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        data = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"array:{value.dtype.str}:{value.shape}:{data}"
    if isinstance(value, tuple) and depth < _DEPTH:
        return f"({','.join(constant_identity(v, depth + 1) for v in value)})"
    if isinstance(value, np.dtype):
        return value.str
    return _identity_by_name(value)


def _identity_by_name(value: object) -> str:
    """Identity of what is known by its name: types, modules, functions of known packages."""
    if isinstance(value, type):
        if issubclass(value, enum.Enum):
            return f"{value.__qualname__}:{[(m.name, m.value) for m in value]!r}"
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, (ModuleType, np.ufunc)):
        return f"{type(value).__name__}:{value.__name__}"
    if isinstance(value, BuiltinFunctionType):
        owner = type(value.__self__).__qualname__
        return f"{type(value).__name__}:{owner}:{value.__module__}.{value.__name__}"
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str) and package_of(value) in KNOWN_PACKAGES:
        return f"{package_of(value)}.{name}"
    raise NoIdentity(f"{type(value).__name__} has no stable identity")


def stable_filename(filename: str) -> str:
    """The file errors point into; notebook cells get a new file name in every session."""
    return "cell" if filename.startswith("<") or "ipykernel_" in filename else filename


# --- code objects -----------------------------------------------------------------------------

_digests: dict[int, tuple[CodeType, bytes]] = {}
_names: dict[int, tuple[CodeType, tuple[tuple[str, ...], tuple[str, ...], bool]]] = {}


def code_digest(code: CodeType) -> bytes:
    """Hash of what a code object does, and of the lines it comes from."""
    known = _digests.get(id(code))
    if known is None:
        known = _digests[id(code)] = code, hashlib.sha256(_describe(code).encode()).digest()
    return known[1]


def _describe(code: CodeType) -> str:
    return repr(
        (
            code.co_code,
            [_describe_constant(constant) for constant in code.co_consts],
            (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
            (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags),
            (stable_filename(code.co_filename), code.co_firstlineno, code.co_name),
            (code.co_linetable, getattr(code, "co_exceptiontable", b"")),
        )
    )


def _describe_constant(value: object) -> object:
    if isinstance(value, CodeType):
        return _describe(value)
    if isinstance(value, frozenset):  # whose order differs from process to process
        return ["set", *sorted(repr(_describe_constant(part)) for part in value)]
    if isinstance(value, tuple):
        return ["tuple", *map(_describe_constant, value)]
    return f"{type(value).__name__}:{value!r}"


def names_of(code: CodeType) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Names that a function loads as globals, all its names, and whether it may assert something.

    Functions inside it count as part of it.
    """
    known = _names.get(id(code))
    if known is None:
        loaded, names = dict.fromkeys(_loaded(code)), dict.fromkeys(code.co_names)
        asserts = _asserts(code)
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                own = names_of(inner)
                loaded |= dict.fromkeys(own[0])
                names |= dict.fromkeys(own[1])
                asserts |= own[2]
        known = _names[id(code)] = code, (tuple(loaded), tuple(names), asserts)
    return known[1]


_LOAD_GLOBAL, _EXTENDED = opcode.opmap["LOAD_GLOBAL"], opcode.opmap["EXTENDED_ARG"]
_LOAD_NAME = opcode.opmap["LOAD_NAME"]
#: Of Python, in which instructions are known to look like this; all names are safe in any.
_LAST_VERSION = (3, 14, 999)
#: AssertionError is loaded by an instruction of its own, or by one for a few constants.
_ASSERTION = opcode.opmap.get("LOAD_ASSERTION_ERROR", opcode.opmap.get("LOAD_COMMON_CONSTANT"))


def _loaded(code: CodeType) -> list[str]:
    """Names of globals in the order of their instructions."""
    if _LOAD_NAME in code.co_code[::2] or sys.version_info > _LAST_VERSION:
        return list(code.co_names)
    operations, arguments = code.co_code[::2], code.co_code[1::2]
    found, at = [], operations.find(_LOAD_GLOBAL)
    while at >= 0:
        number, before, shift = arguments[at], at - 1, 8
        while before >= 0 and operations[before] == _EXTENDED:
            number |= arguments[before] << shift
            before, shift = before - 1, shift + 8
        found.append(code.co_names[number >> 1])  # the lowest bit belongs to calls
        at = operations.find(_LOAD_GLOBAL, at + 1)
    return found


def _asserts(code: CodeType) -> bool:
    """True where the text may say more than the code: assertions, also those pytest rewrites."""
    rewritten = any(name.startswith("@py") for name in (*code.co_names, *code.co_varnames))
    return rewritten or _ASSERTION is None or _ASSERTION in code.co_code[::2]
