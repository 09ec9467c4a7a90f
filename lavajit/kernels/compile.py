"""From a method to the address of its machine code, through the cache.

The way through the cache is in two steps. The identity of a method, which is found without reading
its text, leads to the digest of its rewritten text (or to the reason why it stays in Python), and
that to the machine code. Where one step fails, text is read, rewritten, and compiled.

Every kernel has one signature, ``int64 kernel(int64 block)`` in numba's calling convention, so
that one loop can call all of them and an exception raised inside comes back as its status.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType

from lavajit.compiler import cache as disk
from lavajit.compiler.constants import stable_filename
from lavajit.compiler.fields import Fields
from lavajit.compiler.identity import Identity, identify
from lavajit.kernels.digest import Uncacheable, reading_digest, unit_digest
from lavajit.kernels.load import load_code
from lavajit.kernels.units import NotNative, Unit


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
    functions : tuple
        Names and values of the instance's attributes that are functions.
    """

    model: type
    method: str
    segment: tuple[int, int] | None
    fields: Fields
    boundscheck: bool
    functions: tuple[tuple[str, FunctionType], ...] = ()


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
_memory: dict[tuple[KernelSpec, Callable], tuple[Outcome, Identity]] = {}
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
    known = _memory.get((spec, function))
    if known is not None and known[1].holds:
        return known[0]
    names = [name for name, _ in spec.fields]
    identity = identify(function, spec.model, names, spec.functions)
    reading = reading_digest(identity, spec)
    outcome = (reading and _recall(reading)) or _compile(spec, function, owner, reading)
    _memory[spec, function] = outcome, identity
    return outcome


def _recall(reading: str) -> Outcome | None:
    """What an earlier reading of the same method came to, if its machine code is there."""
    entry = disk.load(reading, disk.READING)
    if isinstance(entry, Refusal):
        return entry
    if not isinstance(entry, str):
        return None
    outcome = _known.get(entry) or _load(entry)
    if outcome is not None:
        _known[entry] = outcome
    return outcome


def _compile(spec: KernelSpec, function: Callable, owner: type, reading: str | None) -> Outcome:
    try:
        unit = _read(spec, function, owner)
    except NotNative as error:
        outcome = Refusal(error.reason, error.filename, error.line)
        # Where the text is missing now, it may be there another time; cells change their names.
        if reading and not error.is_passing and stable_filename(error.filename) == error.filename:
            disk.store(reading, outcome, disk.READING)
        return outcome
    try:
        digest = unit_digest(unit, spec.fields, spec.segment, spec.boundscheck)
    except Uncacheable:
        return _build(spec, unit, None)
    if digest not in _known:
        _known[digest] = _load(digest) or _build(spec, unit, digest)
    if reading:
        disk.store(reading, digest, disk.READING)
    return _known[digest]


def _read(spec: KernelSpec, function: Callable, owner: type) -> Unit:
    """The unit of a kernel: its text, rewritten."""
    from lavajit.kernels.number_units import has_single, with_python_numbers
    from lavajit.kernels.rewrite import Collector

    collector = Collector(spec.model, spec.fields, dict(spec.functions))
    unit = collector.unit(function, owner, spec.segment)
    return with_python_numbers(unit, spec.fields) if has_single(spec.fields) else unit


# --- building ---------------------------------------------------------------------------------


def _build(spec: KernelSpec, unit: Unit, digest: str | None) -> Outcome:
    global compiled_count
    from lavajit.kernels import build, self_type

    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = build.compile_unit(spec, unit, (digest or f"{id(unit):x}")[:16])
    except self_type.PromoteField as wanted:
        outcome = Promotion(wanted.name, wanted.dtype)
    except Exception as error:  # numba refuses with AssertionError, NotImplementedError, ... too
        outcome = _refusal(unit, error)
    else:
        compiled_count += 1
        outcome = Kernel(build.address_of(result), result, time.perf_counter() - start)
    if digest is not None:
        disk.store(digest, _portable(outcome))
    return outcome


def _refusal(unit: Unit, error: Exception) -> Refusal:
    from lavajit.kernels.reasons import place_of, reason_of

    return Refusal(reason_of(error), *place_of(error, unit))


# --- keeping ----------------------------------------------------------------------------------


def _portable(outcome: Outcome) -> tuple:
    """What of an outcome can be stored."""
    from lavajit.kernels import build

    if isinstance(outcome, Kernel):
        return ("code", build.portable(outcome.keep))
    return ("outcome", outcome)


def _load(digest: str) -> Outcome | None:
    """The outcome that :func:`_portable` made storable; None if there is none of use."""
    stored = disk.load(digest)
    if stored is None:
        return None
    start = time.perf_counter()
    try:
        kind, entry = stored
        if kind == "outcome":
            return entry
        address, keep = load_code(*entry)
    except (TypeError, ValueError, RuntimeError):  # not what this version stores
        return None
    return Kernel(address, keep, time.perf_counter() - start, from_cache=True) if address else None
