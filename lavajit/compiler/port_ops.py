"""The port operations of a model, read from the syntax trees of its methods.

``Straight`` port use (every connected InPort received once, every OutPort sent once, in
``run_spk``, outside branches and loops) lets a Process be scheduled statically: its channels are
plain arrays. Anything else makes it a coroutine over FIFO channels; :class:`ModelPorts` then says
why.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import FunctionType

from lavajit.compiler.readings import kept_reading
from lavajit.compiler.source import (
    SourceUnavailable,
    body_without_docstring,
    find_attribute,
    find_method,
    function_source,
    is_super_call,
    next_method,
    self_name,
)

RECEIVES = frozenset({"recv"})
SENDS = frozenset({"send"})
REF_READS = frozenset({"read", "read_into", "view"})
REF_OPS = REF_READS | {"write", "wait"}
#: Port attributes that move no message.
HARMLESS = frozenset({"events", "buffer", "shape", "flush", "advance_to_time_step"})
#: Reading ahead depends on when exactly a message arrives.
TIMED = frozenset({"peek", "probe"})


@dataclass(frozen=True)
class PortOp:
    """One port operation: top-level statement number, port, operation."""

    statement: int
    port: str
    operation: str
    line: int


@dataclass
class MethodPorts:
    """Port operations of one method in the order of execution."""

    ops: list[PortOp] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    #: (port or "" for all, why) of every use that rules out a static schedule.
    irregular: list[tuple[str, str]] = field(default_factory=list)
    #: Statement numbers between which the method may be cut.
    statements: int = 0
    #: False if some text was missing.
    is_whole: bool = True

    def irregularity(self, connected: set[str]) -> str:
        """Why the use of `connected` ports is not straight; empty if it is."""
        return next((why for port, why in self.irregular if not port or port in connected), "")

    @property
    def reads_refs(self) -> set[str]:
        return {op.port for op in self.ops if op.operation in REF_READS}

    @property
    def writes_refs(self) -> set[str]:
        return {op.port for op in self.ops if op.operation == "write"}


class ModelPorts(dict[str, MethodPorts]):
    """Port operations by the name of the method."""


def model_ports(model: type, methods: tuple[str, ...], ports: frozenset[str]) -> ModelPorts:
    """The port operations of several methods of a model; `ports` are the names of all its ports.

    Kept on disk as long as the methods, and what they call, stay the same.
    """
    found = {method: find_method(model, method) for method in methods}
    functions = [(method, place[1]) for method, place in found.items() if place is not None]

    def read() -> ModelPorts:
        return ModelPorts((method, method_ports(model, method, ports)) for method in methods)

    def is_whole(read: ModelPorts) -> bool:
        return all(ops.is_whole for ops in read.values())

    return kept_reading(read, is_whole, ModelPorts, model, functions, methods, sorted(ports))


def method_ports(model: type, method: str, ports: frozenset[str]) -> MethodPorts:
    """The port operations of ``model.method``; `ports` are the names of all its ports."""
    found = find_method(model, method)
    if found is None:
        return MethodPorts()
    owner, function = found
    return _Reader(model, ports).read(function, owner)


class _Reader:
    def __init__(self, model: type, ports: frozenset[str]):
        self.model = model
        self.ports = ports
        self.open: list[FunctionType] = []

    def read(self, function: FunctionType, owner: type) -> MethodPorts:
        out = MethodPorts()
        try:
            tree, _ = function_source(function)
        except SourceUnavailable as error:
            out.is_whole = False
            if self.ports:
                out.irregular.append(("", str(error)))
            return out
        body = body_without_docstring(tree)
        out.statements = len(body)
        self.open.append(function)
        for number, statement in enumerate(body):
            visitor = _Visitor(self, owner, self_name(tree), number, out)
            visitor.visit(statement)
        self.open.pop()
        return out


_CONDITIONAL = (
    ast.If,
    ast.For,
    ast.While,
    ast.Try,
    ast.IfExp,
    ast.BoolOp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.FunctionDef,
    ast.Match,
)


class _Visitor(ast.NodeVisitor):
    """Walks one top-level statement in the order of evaluation."""

    def __init__(self, reader: _Reader, owner: type, me: str, number: int, out: MethodPorts):
        self.reader = reader
        self.owner = owner
        self.me = me
        self.number = number
        self.out = out
        self.depth = 0

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, _CONDITIONAL):
            self.depth += 1
            super().visit(node)
            self.depth -= 1
        else:
            super().visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def _own_port(self, node: ast.AST) -> str | None:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == self.me and node.attr in self.reader.ports:
                return node.attr
        return None

    def visit_Call(self, node: ast.Call) -> None:
        func = node.func
        port = self._own_port(func.value) if isinstance(func, ast.Attribute) else None
        for argument in (*node.args, *(k.value for k in node.keywords)):
            self.visit(argument)
        if port is not None:
            self._operation(node, port, func.attr)
        elif not self._own_method(func, node):
            self.visit(func)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        port = self._own_port(node.value)
        if port is not None and node.attr in HARMLESS:
            return
        port = port or self._own_port(node)
        if port is not None:
            self._irregular(node, port, f"uses port {port!r} other than by calling its methods")
            return
        self.generic_visit(node)

    def _operation(self, node: ast.Call, port: str, operation: str) -> None:
        if operation == "events":
            self.out.events.add(port)
        if operation in HARMLESS:
            return
        if operation in TIMED:
            self._irregular(node, port, f"calls {port}.{operation}()")
            return
        if self.depth and operation not in REF_OPS:
            self._irregular(node, port, f"calls {port}.{operation}() in a branch or loop")
        self.out.ops.append(PortOp(self.number, port, operation, node.lineno))

    def _irregular(self, node: ast.AST, port: str, what: str) -> None:
        self.out.irregular.append((port, f"{what} (line {node.lineno})"))

    def _own_method(self, func: ast.AST, node: ast.Call) -> bool:
        """Follow a call of a method of the same object; its operations happen at this place."""
        found = self._resolve(func)
        if found is None:
            return False
        owner, function = found
        if function in self.reader.open:
            return True
        inner = self.reader.read(function, owner)
        self.out.events |= inner.events
        self.out.irregular += inner.irregular
        self.out.is_whole &= inner.is_whole
        for op in inner.ops:
            if self.depth and op.operation not in REF_OPS:
                self._irregular(
                    node, op.port, f"calls {op.port}.{op.operation}() in a branch or loop"
                )
            self.out.ops.append(PortOp(self.number, op.port, op.operation, op.line))
        return True

    def _resolve(self, func: ast.AST) -> tuple[type, FunctionType] | None:
        if not isinstance(func, ast.Attribute):
            return None
        if isinstance(func.value, ast.Name) and func.value.id == self.me:
            return find_method(self.reader.model, func.attr)
        if is_super_call(func.value):
            return next_method(self.reader.model, self.owner, func.attr)
        if isinstance(func.value, ast.Name):
            for base in self.reader.model.__mro__:
                if base.__name__ == func.value.id:
                    found = find_attribute(base, func.attr)
                    if found and isinstance(found[1], FunctionType):
                        return found
        return None
