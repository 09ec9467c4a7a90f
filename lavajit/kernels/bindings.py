"""What the local names of a function are bound to."""

from __future__ import annotations

import ast

Bindings = dict[str, list[ast.expr | None]]


def bindings_of(tree: ast.FunctionDef) -> Bindings:
    """Every expression that is bound to a local name; None where no expression says what.

    ``a, b = x, y`` binds a to x; ``a, b = z.shape`` both to ``z.shape[0]``, which has the nature
    of either; ``a += x`` binds a to ``a + x``; ``for a in x`` to ``x[0]``, or ``0`` for a range.
    """
    collector = _Collector()
    collector.visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if id(node) not in collector.known:
                collector.found.setdefault(node.id, []).append(None)
    return collector.found


class _Collector(ast.NodeVisitor):
    """Bindings of which it is known what they are."""

    def __init__(self) -> None:
        self.found: Bindings = {}
        self.known: set[int] = set()

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.found.setdefault(target.id, []).append(value)
            self.known.add(id(target))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for part, own in zip(target.elts, _parts(target, value), strict=True):
                self.bind(part, own)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.bind(target, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.bind(node.target, ast.BinOp(node.target, node.op, node.value))
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self.bind(node.target, _element(node.iter))
        self.generic_visit(node)


def _parts(target: ast.Tuple | ast.List, value: ast.expr | None) -> list[ast.expr | None]:
    """What the parts of an unpacked value are."""
    count = len(target.elts)
    starred = any(isinstance(part, ast.Starred) for part in target.elts)
    if value is None or starred:
        return [None] * count
    if isinstance(value, (ast.Tuple, ast.List)):
        return list(value.elts) if len(value.elts) == count else [None] * count
    return [ast.Subscript(value, ast.Constant(0), ast.Load())] * count


def _element(source: ast.expr) -> ast.expr:
    """Something of the nature of what a loop goes through."""
    name = getattr(getattr(source, "func", None), "id", "")
    if name == "range":
        return ast.Constant(0)
    if name == "enumerate":
        return ast.Tuple([ast.Constant(0), _element(source.args[0])], ast.Load())
    if name == "zip":
        return ast.Tuple([_element(part) for part in source.args], ast.Load())
    return ast.Subscript(source, ast.Constant(0), ast.Load())
