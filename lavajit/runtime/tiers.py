"""Tiers: which method of which instance is native machine code, and why others are not."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

from lavajit.compiler.channels import Channels, port_fields
from lavajit.compiler.fields import Fields
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance, standard_fields
from lavajit.compiler.source import find_method
from lavajit.compiler.work import MethodWork, Program
from lavajit.kernels.compile import Kernel, KernelSpec, Promotion, Refusal, compile_kernel


class HostTierWarning(UserWarning):
    """A model's method runs as ordinary Python."""


@dataclass
class Tiers:
    """Outcome of compiling: native kernels and refusals by (node, method, segment)."""

    kernels: dict[tuple, Kernel] = field(default_factory=dict)
    refusals: dict[tuple, Refusal] = field(default_factory=dict)
    fields: dict[int, Fields] = field(default_factory=dict)
    seconds: float = 0.0

    def native_methods(self) -> set[tuple[int, str]]:
        """Node and name of every method of which no part runs in Python."""
        refused = {key[:2] for key in self.refusals}
        return {key[:2] for key in self.kernels} - refused


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
    wanted = methods_of(program)
    tiers = Tiers()
    interned: dict[Fields, Fields] = {}
    pending = list(instances)
    while pending:
        again: set[int] = set()
        for instance in pending:
            index = instance.node.index
            fields = _fields_of(graph, instances, channels, instance)
            tiers.fields[index] = interned.setdefault(fields, fields)
            methods = wanted.get(index, ()) if native else ()
            if settle_instance(tiers, instance, methods, tiers.fields[index]):
                again |= {index} | _referring(graph, index)
        pending = [i for i in instances if i.node.index in again]
    return tiers


def methods_of(program: Program) -> dict[int, list[tuple[str, tuple | None]]]:
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


def settle_instance(tiers: Tiers, instance: Instance, methods, fields: Fields) -> bool:
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
