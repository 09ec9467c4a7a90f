"""From a method to the address of its machine code, through the cache.

Every kernel has one signature, ``int64 kernel(int64 block)`` in numba's calling convention, so that one loop can
call all of them and an exception raised inside comes back as its status.
"""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lavajit.compiler.fields import Fields
from lavajit.kernels import cache as disk
from lavajit.kernels.digest import Uncacheable, unit_digest
from lavajit.kernels.rewrite import NotNative, Unit, collect, module_name


@dataclass(frozen=True)
class KernelSpec:
    """What one kernel is compiled from.

    Attributes
    ----------
    model : type
        The ProcessModel class.
    method : str
        Name of the method.
    segment : tuple of int or None
        Range of top-level statements, if the method is cut at its ports.
    fields : tuple
        Names and types of the state block.
    boundscheck : bool
        Indices are checked.
    """

    model: type
    method: str
    segment: tuple[int, int] | None
    fields: Fields
    boundscheck: bool


@dataclass
class Kernel:
    """Machine code: its address, and what keeps it alive."""

    address: int
    keep: object
    seconds: float = 0.0
    from_cache: bool = False


@dataclass(frozen=True)
class Promotion:
    """The kernel needs field `name` to hold `dtype`; compile again with wider fields."""

    name: str
    dtype: str


@dataclass(frozen=True)
class Refusal:
    """The method stays in Python; `reason` says why, `filename` and `line` where."""

    reason: str
    filename: str
    line: int


Outcome = Kernel | Promotion | Refusal
_known: dict[str, Outcome] = {}
_memory: dict[KernelSpec, Outcome] = {}
#: Kernels compiled (not loaded) since the interpreter started; tests count it.
compiled_count = 0


def compile_kernel(spec: KernelSpec, function: Callable, owner: type) -> Outcome:
    """Compile one kernel, or load it.

    Parameters
    ----------
    spec : KernelSpec
        What to compile.
    function, owner
        The plain function of ``spec.method`` and the class that defines it.
    """
    outcome = _memory.get(spec)
    if outcome is None:
        outcome = _memory[spec] = _compile(spec, function, owner)
    return outcome


def _compile(spec: KernelSpec, function: Callable, owner: type) -> Outcome:
    try:
        unit = collect(spec.model, spec.fields, function, owner, spec.segment)
    except NotNative as error:
        return Refusal(error.reason, error.filename, error.line)
    try:
        digest = unit_digest(unit, spec.fields, spec.segment, spec.boundscheck)
    except Uncacheable:
        return _build(spec, unit, None)
    if digest not in _known:
        stored = disk.load(digest)
        _known[digest] = _load(stored) if stored is not None else _build(spec, unit, digest)
    return _known[digest]


# --- building ---------------------------------------------------------------------------------------


def _build(spec: KernelSpec, unit: Unit, digest: str | None) -> Outcome:
    global compiled_count
    from numba.core.errors import NumbaError

    from lavajit.kernels import self_type

    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = _compile_unit(spec, unit, digest or f"{id(unit):x}")
    except self_type.PromoteField as wanted:
        outcome = Promotion(wanted.name, wanted.dtype)
    except NumbaError as error:
        outcome = _refusal(unit, error)
    else:
        compiled_count += 1
        outcome = Kernel(_address(result), result, time.perf_counter() - start)
    if digest is not None:
        disk.store(digest, _portable(outcome))
    return outcome


def _refusal(unit: Unit, error: Exception) -> Refusal:
    line = getattr(getattr(error, "loc", None), "line", None) or unit.tree.lineno
    filename = getattr(getattr(error, "loc", None), "filename", None) or unit.filename
    return Refusal(_first_cause(str(error)), filename, line)


def _first_cause(text: str) -> str:
    """The one line of numba's report that names the cause."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    noise = ("Failed in", "During", "File ", "There are", "This error", "To find", "^", "<source")
    for line in lines:
        if line.startswith(noise) or line.startswith("Overload of") or "def " in line[:4]:
            continue
        return line.removeprefix("- ").rstrip(".")
    return lines[0] if lines else "numba cannot compile it"


def _compile_unit(spec: KernelSpec, unit: Unit, digest: str):
    from numba import njit

    _extend_numba()
    from lavajit.kernels.self_type import SelfType

    me = SelfType(spec.model.__name__, spec.fields)
    options = {
        "nogil": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",
        "boundscheck": spec.boundscheck,
    }
    method = _realise(unit, options, digest[:16], {})
    entry = _define(
        f"def entry_{digest[:16]}(block):\n    return _truth(_method(block))\n",
        f"entry_{digest[:16]}",
        {"_method": method, "_truth": truth_function()},
    )
    dispatcher = njit(**options)(entry)
    dispatcher.compile((me,))
    return dispatcher.overloads[(me,)]


def _realise(unit: Unit, options: dict, suffix: str, done: dict[int, object]):
    """The dispatcher of a unit; children first."""
    from numba import njit

    from lavajit.kernels.port_types import keep_kind, store_array

    if id(unit) in done:
        return done[id(unit)]
    children = {
        label: _realise(child, options, suffix, done) for label, child in unit.children.items()
    }
    name = f"{unit.name}_{suffix}"
    tree = unit.tree
    tree.name = name
    code = compile(ast.Module([tree], type_ignores=[]), unit.filename, "exec")
    namespace = {
        **unit.function.__globals__,
        **unit.values,
        **children,
        "_store_array": store_array,
        "_keep_kind": keep_kind,
        "__name__": module_name(unit),
    }
    exec(code, namespace)
    done[id(unit)] = njit(**options)(namespace[name])
    return done[id(unit)]


def _define(text: str, name: str, namespace: dict[str, object]) -> Callable:
    scope = {**namespace, "__name__": __name__}
    exec(compile(text, "<lavajit entry>", "exec"), scope)
    return scope[name]


@cache
def _extend_numba() -> None:
    """Register our types with numba (import side effects), once, only when something is compiled."""
    from lavajit.kernels import port_types, random_types, self_type

    assert port_types and random_types and self_type


@cache
def truth_function() -> Callable:
    """A numba function: 1 for what Python calls true, 0 otherwise (also for None)."""
    from numba import njit, types
    from numba.extending import overload

    def truth(value):
        return int(bool(value))

    @overload(truth)
    def truth_impl(value):
        if isinstance(value, types.NoneType):
            return lambda value: 0
        if isinstance(value, types.Array):
            return lambda value: 1 if value.ravel()[0] else 0
        return lambda value: 1 if value else 0

    @njit
    def _truth(value):
        return truth(value)

    return _truth


# --- keeping ----------------------------------------------------------------------------------------


def _address(result) -> int:
    return result.library.get_pointer_to_function(result.fndesc.llvm_func_name)


def _portable(outcome: Outcome) -> tuple:
    """What of an outcome can be stored."""
    if not isinstance(outcome, Kernel):
        return ("outcome", outcome)
    result = outcome.keep
    environments = result._find_referenced_environments()
    library = result.library.serialize_using_object_code()
    symbol = result.fndesc.llvm_func_name
    return ("code", symbol, library, tuple(result.reload_init), tuple(environments))


def _load(stored: tuple) -> Outcome:
    """The outcome that :func:`_portable` made storable."""
    if stored[0] == "outcome":
        return stored[1]
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys

    start = time.perf_counter()
    _, symbol, data, reload_init, environments = stored
    for function in reload_init:
        function()
    context = cpu_target.target_context
    if b"NRT_" in data[2][0]:
        rtsys.initialize(context)
    library = context.codegen().unserialize_library(data)
    for environment in environments:
        library.codegen.set_env(environment.env_name, environment)
    address = library.get_pointer_to_function(symbol)
    return Kernel(address, library, time.perf_counter() - start, from_cache=True)
