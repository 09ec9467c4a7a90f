"""Binding: the step program's work becomes rows of machine-code addresses or Python functions.

:func:`settle_kernels` compiles every method the program runs and decides its tier; it may widen
fields on the way. :func:`bind_program` fills the table of the native loop once the arena exists.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, Layout
from lavajit.compiler.channels import Channels, port_fields
from lavajit.compiler.fields import WORD_BYTES, ArrayField, Fields, word_offsets
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance, standard_fields
from lavajit.compiler.source import find_method
from lavajit.compiler.work import (
    CALL,
    GUARD,
    HOST,
    HOST_GUARD,
    TAKE,
    EventWork,
    FlushWork,
    MethodWork,
    Program,
    RouteWork,
)
from lavajit.kernels import routes
from lavajit.kernels.compile import Kernel, KernelSpec, Promotion, Refusal, compile_kernel
from lavajit.runtime.loop import ADDRESS, BLOCK, FLAG, OPERATION, TARGET, new_table


class HostTierWarning(UserWarning):
    """A model's method runs as ordinary Python."""


@dataclass
class Tiers:
    """Outcome of compiling: native kernels and refusals by (node, method, segment)."""

    kernels: dict[tuple, Kernel] = field(default_factory=dict)
    refusals: dict[tuple, Refusal] = field(default_factory=dict)
    fields: dict[int, Fields] = field(default_factory=dict)
    seconds: float = 0.0


_BY_INTENT = "the model lists it in host_methods"
_warned: set[tuple] = set()


def settle_kernels(
    graph: Graph, instances: list[Instance], channels: Channels, program: Program, native: bool
) -> Tiers:
    """Compile every method of the program; fields are widened until all kernels agree.

    Parameters
    ----------
    native : bool
        False keeps everything in Python (debugging).
    """
    wanted = _methods(program)
    tiers = Tiers()
    interned: dict[Fields, Fields] = {}
    pending = list(instances)
    while pending:
        again: set[int] = set()
        for instance in pending:
            index = instance.node.index
            fields = _fields_of(graph, instances, channels, instance)
            tiers.fields[index] = interned.setdefault(fields, fields)
            if native and _settle(tiers, instance, wanted.get(index, ()), tiers.fields[index]):
                again |= {index} | _referring(graph, index)
        pending = [i for i in instances if i.node.index in again]
    return tiers


def renew_kernels(network, instance: Instance) -> None:
    """Compile the methods of one instance again, because functions it holds have changed.

    Raises
    ------
    TypeError
        The new functions need wider fields than the network has.
    """
    tiers, index = network.tiers, instance.node.index
    methods = _methods(network.program)[index]
    if not any((index, *method) in tiers.kernels for method in methods):
        return
    if _settle(tiers, instance, methods, tiers.fields[index]):
        raise TypeError(
            f"{instance.node.name}: a function of its model now assigns a wider kind of number to "
            "a field than it holds; declare the field with the wider type"
        )
    Binder(network.layout, tiers, network.hosts).bind_again(network.bound, instance)


def _methods(program: Program) -> dict[int, list[tuple[str, tuple | None]]]:
    """Methods and segments that the program runs, by node."""
    wanted: dict[int, list[tuple[str, tuple | None]]] = {}
    for instruction in program.instructions:
        work = instruction.work
        if isinstance(work, MethodWork):
            methods = wanted.setdefault(work.instance.node.index, [])
            if (work.method, work.segment) not in methods:
                methods.append((work.method, work.segment))
    return wanted


def _fields_of(graph, instances, channels, instance: Instance) -> Fields:
    return (
        *standard_fields(instance),
        *instance.state.items(),
        *port_fields(graph, instances, channels, instance),
    )


def _referring(graph: Graph, index: int) -> set[int]:
    return {r.node.index for r in graph.references if r.target.index == index}


def _settle(tiers: Tiers, instance: Instance, methods, fields: Fields) -> bool:
    """Compile an instance's methods; True if a field had to be widened."""
    model = instance.node.model_class
    for method, segment in methods:
        owner, function = find_method(model, method)
        if method in model.host_methods:
            place = function.__code__.co_filename, function.__code__.co_firstlineno
            tiers.refusals[instance.node.index, method, segment] = Refusal(_BY_INTENT, *place)
            continue
        spec = KernelSpec(
            model, method, segment, fields, bool(model.boundscheck), instance.functions
        )
        outcome = compile_kernel(spec, function, owner)
        key = (instance.node.index, method, segment)
        tiers.kernels.pop(key, None)
        if isinstance(outcome, Promotion):
            instance.promote(outcome.name, outcome.dtype)
            return True
        if isinstance(outcome, Kernel):
            tiers.kernels[key] = outcome
        else:
            tiers.refusals[key] = outcome
            _warn_host(model, method, outcome)
    return False


def _warn_host(model: type, method: str, refusal: Refusal) -> None:
    """One warning per model class, method and reason."""
    key = (model.__module__, model.__qualname__, method, refusal)
    if key in _warned:
        return
    _warned.add(key)
    text = f"{model.__name__}.{method} runs as Python, not natively, because {refusal.reason}"
    # Shown with the user's file and line; warnings adds the line's text.
    warnings.warn_explicit(text, HostTierWarning, refusal.filename or "?", refusal.line)


# --- binding --------------------------------------------------------------------------


@dataclass
class Bound:
    """A program ready to run: the loop's table, and a Python function for every host row."""

    table: np.ndarray
    hosts: dict[int, Callable[[], object]]
    program: Program
    layout: Layout
    keep: list[object]


class Binder:
    """Turns work into addresses and functions."""

    def __init__(self, layout: Layout, tiers: Tiers, hosts):
        self.layout = layout
        self.tiers = tiers
        self.hosts = hosts
        self.keep: list[object] = []

    def bind(self, program: Program) -> Bound:
        table = new_table(len(program.instructions))
        functions: dict[int, Callable] = {}
        for row, instruction in enumerate(program.instructions):
            operation = instruction.operation
            table[row, OPERATION] = operation
            table[row, FLAG] = instruction.flag
            target = instruction.target
            table[row, TARGET] = target.at if target is not None else instruction.value
            if operation in (CALL, GUARD):
                self._bind_work(table[row], functions, row, instruction)
            elif operation == TAKE:
                table[row, ADDRESS], table[row, BLOCK] = self._request_words(instruction.instance)
        return Bound(table, functions, program, self.layout, self.keep)

    def bind_again(self, bound: Bound, instance: Instance) -> None:
        """Let the rows of one instance call its present kernels."""
        for row, instruction in enumerate(bound.program.instructions):
            work = instruction.work
            if isinstance(work, MethodWork) and work.instance is instance:
                bound.hosts.pop(row, None)
                self._bind_work(bound.table[row], bound.hosts, row, instruction)
        bound.keep += self.keep

    def _bind_work(self, entry: np.ndarray, functions: dict, row: int, instruction) -> None:
        entry[OPERATION] = operation = instruction.operation
        native = self._native(instruction.work)
        if native is None:
            entry[OPERATION] = HOST if operation == CALL else HOST_GUARD
            functions[row] = self.hosts.function(instruction.work)
        else:
            entry[ADDRESS], entry[BLOCK] = native

    def _request_words(self, instance: Instance) -> tuple[int, int]:
        index = instance.node.index
        offsets = word_offsets(self.layout.fields[index])
        block = self.layout.blocks[index]
        return tuple(block + WORD_BYTES * offsets[name] for name in ("_req_pause", "_req_stop"))

    def _native(self, work) -> tuple[int, int] | None:
        """(address, block) of native work, None for the host tier."""
        if isinstance(work, MethodWork):
            index = work.instance.node.index
            kernel = self.tiers.kernels.get((index, work.method, work.segment))
            if kernel is None:
                return None
            self.keep.append(kernel)
            return kernel.address, self.layout.blocks[index]
        if isinstance(work, RouteWork):
            return self._route(work)
        if isinstance(work, EventWork):
            place = self.layout.channels[work.target]
            arrays = {"target": place.data, "events": place.events, "count": place.count.reshape(1)}
            return self._builtin(routes.Events, arrays)
        if isinstance(work, FlushWork):
            return self._flush(work)
        return None

    def _route(self, work: RouteWork) -> tuple[int, int] | None:
        arrays = {
            "source": self.layout.channels[work.route.channel].data,
            "target": self.layout.channels[work.target].data,
        }
        name = "Copy" if work.first else "Or" if work.target.dtype == np.bool_ else "Add"
        if work.route.index is not None:
            arrays["index"] = work.route.index
            name = f"Mapped{name}"
        return self._builtin(getattr(routes, name), arrays)

    def _builtin(self, cls: type, arrays: dict[str, np.ndarray]) -> tuple[int, int] | None:
        """A route kernel with a state block of its own, all arrays flattened."""
        flat = {name: array.reshape(-1) for name, array in arrays.items()}
        fields = tuple((name, ArrayField(a.dtype.name, 1)) for name, a in flat.items())
        words = [word for a in flat.values() for word in (a.ctypes.data, a.size)]
        block = np.array(words, np.int64)
        self.keep += [block, arrays]
        return self._compiled(cls, fields, block.ctypes.data)

    def _compiled(self, cls: type, fields: Fields, block: int) -> tuple[int, int] | None:
        spec = KernelSpec(cls, "run", None, fields, False)
        kernel = compile_kernel(spec, cls.run, cls)
        if not isinstance(kernel, Kernel):
            raise RuntimeError(f"{cls.__name__} does not compile: {kernel}")
        self.keep.append(kernel)
        return kernel.address, block

    def _flush(self, work: FlushWork) -> tuple[int, int]:
        reference = work.reference
        index = reference.node.index
        fields = dict(self.layout.fields[index])
        offset = word_offsets(self.layout.fields[index])[reference.port.name]
        record = (("ref", fields[reference.port.name]),)
        return self._compiled(routes.Flush, record, self.layout.blocks[index] + WORD_BYTES * offset)


def flag_word(bound: Bound, row: int) -> int:
    """Control word a guard's answer goes to."""
    return CONTROL_WORDS + int(bound.table[row, FLAG])
