"""Cutting a method where a receive follows a send, so that loops of Processes can be ordered."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from types import CodeType, FunctionType

from lavajit.compiler.port_ops import RECEIVES, SENDS, MethodPorts, PortOp
from lavajit.compiler.readings import kept_reading
from lavajit.compiler.source import SourceUnavailable, body_without_docstring, function_source


@dataclass(frozen=True)
class Segment:
    """A range of top-level statements with the ports it receives from and sends to."""

    start: int
    stop: int
    receives: tuple[str, ...]
    sends: tuple[str, ...]


def segments(ports: MethodPorts, connected: set[str]) -> list[Segment]:
    """Cut a straight method where a receive follows a send; `connected` ports count only.

    A single segment is returned when nothing needs to be cut or the statements cannot be separated.
    """
    cuts, sent = [0], False
    for op in ports.ops:
        if op.port not in connected:
            continue
        if op.operation in SENDS:
            sent = True
        elif op.operation in RECEIVES and sent:
            if op.statement == cuts[-1] or _sends_in(ports, op.statement, connected, op):
                return [_segment(ports, 0, ports.statements, connected)]
            cuts.append(op.statement)
            sent = False
    bounds = [*cuts, ports.statements]
    return [_segment(ports, a, b, connected) for a, b in zip(bounds, bounds[1:], strict=False)]


def _sends_in(ports: MethodPorts, statement: int, connected: set[str], before: PortOp) -> bool:
    """True if the same statement has sent already before this operation."""
    for op in ports.ops:
        if op is before:
            return False
        if op.statement == statement and op.operation in SENDS and op.port in connected:
            return True
    return False


def _segment(ports: MethodPorts, start: int, stop: int, connected: set[str]) -> Segment:
    inside = [op for op in ports.ops if start <= op.statement < stop and op.port in connected]
    return Segment(
        start,
        stop,
        tuple(op.port for op in inside if op.operation in RECEIVES),
        tuple(op.port for op in inside if op.operation in SENDS),
    )


@lru_cache(maxsize=4096)
def can_cut_all(model: type, function: FunctionType, places: tuple[int, ...]) -> bool:
    """True if `function`, a method of `model`, can be cut at all these statements.

    Kept on disk as long as the method stays the same.
    """

    def read() -> _Answer:
        try:
            return _Answer(all(can_cut(function, at) for at in places))
        except SourceUnavailable:
            return _Answer(False, is_whole=False)

    method = [(function.__name__, function)]
    answer = kept_reading(read, attrgetter("is_whole"), _Answer, model, method, places)
    return answer.is_yes


@dataclass(frozen=True)
class _Answer:
    """What the text said; ``is_whole``: it was there."""

    is_yes: bool
    is_whole: bool = True


def can_cut(function: FunctionType, at: int) -> bool:
    """True if no local name is carried over statement `at` and no return comes before it."""
    return not why_whole(function, at)


def why_whole(function: FunctionType, at: int) -> str:
    """Why a function cannot be cut before statement `at`; empty if it can."""
    tree, _ = function_source(function)
    body = body_without_docstring(tree)
    before, after = body[:at], body[at:]
    if any(isinstance(n, ast.Return) for s in before for n in ast.walk(s)):
        return f"it returns before line {after[0].lineno}"
    carried = sorted(_local_names(tree, before) & _read_before_assigned(after))
    if not carried:
        return ""
    return f"local name {carried[0]!r} is carried over line {after[0].lineno}"


def _local_names(tree: ast.FunctionDef, statements: list[ast.stmt]) -> set[str]:
    """Names that the statements make local: assigned, imported, defined, caught, matched, ..."""
    part = ast.FunctionDef(tree.name, tree.args, statements or [ast.Pass()], [], None, None)
    module = ast.fix_missing_locations(ast.Module([part], type_ignores=[]))
    outer = compile(module, "<names>", "exec")
    code = next(c for c in outer.co_consts if isinstance(c, CodeType))
    return {*code.co_varnames, *code.co_cellvars} - {a.arg for a in tree.args.args}


def _read_before_assigned(statements: list[ast.stmt]) -> set[str]:
    """Names that the statements may read before they assign them themselves."""
    found: set[str] = set()
    assigned: set[str] = set()
    for statement in statements:
        found |= _names_read(statement) - assigned
        if isinstance(statement, ast.Assign):
            assigned |= _stored(*statement.targets)
    return found


def _names_read(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Store) else {node.id}
    inside = set().union(*map(_names_read, ast.iter_child_nodes(node)))
    if isinstance(node, ast.AugAssign):
        inside |= _stored(node.target)
    if isinstance(node, ast.For):  # the loop itself gives its variables their values
        body = set().union(*map(_names_read, node.body))
        outside = set().union(*map(_names_read, (node.iter, *node.orelse)))
        inside = (body - _stored(node.target)) | outside
    return inside


def _stored(*targets: ast.expr) -> set[str]:
    nodes = (n for target in targets for n in ast.walk(target))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
