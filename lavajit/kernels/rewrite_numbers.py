"""Python numbers in kernels of single precision: they adapt to what they meet, as in NumPy.

``1 - x`` with a float32 x is float32 in NumPy and float64 in numba. Here it is written down which
Python number meets what, in the rewritten tree of one function:

* ``1 - x`` becomes ``_like(1, x) - x``; ``1 - f(x)`` becomes ``_left_sub(1, f(x))``;
* a local name, a conditional expression or a result that may be either, as in ``total = 0.0``
  before ``total += x``, starts as ``_single_f(0.0)``.

What numba cannot do is to let one name hold Python numbers at first and float32 later: ``total =
0.1`` before ``total += x`` is rounded to float32 at once; and where nothing in a function tells
that a sum which starts from the *integer* 0 is one of floats, it is a float64.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

import numpy as np

from lavajit.kernels.natures import UNKNOWN, Nature, Natures, join
from lavajit.kernels.operations import operation_name

_SYMBOLS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}


class MeetingRewriter(ast.NodeTransformer):
    """Operators and statements of one function; the base of NumberRewriter.

    Parameters
    ----------
    natures : Natures
        Of the function, before anything is rewritten.
    returned : list of Nature or None
        Of what the function returns; None for a kernel, whose answer is a truth.
    has_double : bool
        The kernel sees float64 as well.
    """

    def __init__(self, natures: Natures, returned: list[Nature] | None, has_double: bool):
        self.natures = natures
        self.returned = returned
        self.has_double = has_double

    # -- a number meets something else ----------------------------------------------------------

    def meets(self, number: Nature, other: Nature) -> bool:
        """True if a Python number may have to adapt to the other."""
        return number.python and not other.python and number.kind != "t" and other.kind not in "bi"

    def source(self, node: ast.expr) -> ast.expr | None:
        """Something of the dtype of `node` that costs nothing to compute twice."""
        if isinstance(node, ast.Name):
            return ast.Name(node.id, ast.Load())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of_self = node.value.id == self.natures.me
            return ast.Attribute(node.value, node.attr, ast.Load()) if of_self else None
        if isinstance(node, ast.Subscript):
            return self.source(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_element", "_like"):
            return self.source(node.args[0 if node.func.id == "_element" else 1])
        return None

    def operation(
        self, node: ast.expr, a: ast.expr, b: ast.expr, name: str, rebuild: Callable
    ) -> ast.expr:
        """`node`, the operation `name` of `a` and `b`, with adapted operands."""
        which = self.natures.of(a), self.natures.of(b)
        operands = [self.visit(a), self.visit(b)]
        for k, (number, other) in enumerate((which, which[::-1])):
            if self.meets(number, other):
                source = self.source(operands[1 - k])
                if source is None:
                    return ast.copy_location(call(operation_name(name, k), *operands), node)
                operands[k] = call("_like", operands[k], source)
        return ast.copy_location(rebuild(*operands), node)

    def visit_BinOp(self, node: ast.BinOp):
        name = _SYMBOLS.get(type(node.op))
        if name is None:
            return self.generic_visit(node)
        return self.operation(
            node, node.left, node.right, name, lambda a, b: ast.BinOp(a, node.op, b)
        )

    def visit_Compare(self, node: ast.Compare):
        name = _SYMBOLS.get(type(node.ops[0]))
        if len(node.ops) == 1 and name is not None:
            return self.operation(
                node, node.left, node.comparators[0], name, lambda a, b: _compared(node, a, b)
            )
        parts = [node.left, *node.comparators]
        which = [self.natures.of(part) for part in parts]
        parts = [self.visit(part) for part in parts]
        sources = [self.source(part) for part in parts]
        for k, number in enumerate(which):
            for other in {max(k - 1, 0), min(k + 1, len(parts) - 1)}:
                if sources[other] is not None and self.meets(number, which[other]):
                    parts[k] = call("_like", parts[k], sources[other])
                    break
        return ast.copy_location(ast.Compare(parts[0], node.ops, parts[1:]), node)

    def visit_AugAssign(self, node: ast.AugAssign):
        number, other = self.natures.of(node.value), self.natures.of(node.target)
        node = self.generic_visit(node)
        source = self.source(node.target)
        if source is not None and self.meets(number, other):
            func = getattr(node.value, "func", None)
            if getattr(func, "id", "").startswith("_in_place"):
                node.value.args[1] = call("_like", node.value.args[1], source)
            else:
                node.value = call("_like", node.value, source)
        return node

    # -- either a number or something else ------------------------------------------------------

    def started(self, value: ast.expr, number: Nature, others: list[Nature]) -> ast.expr:
        """`value`, a Python number of which something in single precision may take the place."""
        kinds = {other.kind for other in others if not other.python}
        if not number.python or not kinds or kinds <= {"b", "i"}:
            return value
        if number.kind in "fc":
            fits = not self.has_double or _is_exact(value)
        else:
            fits = kinds <= {"f", "c"} and _is_exact(value)
        if not fits:
            return value
        return call("_single_c" if number.kind == "c" else "_single_f", value)

    def visit_Assign(self, node: ast.Assign):
        target = node.targets[0]
        if len(node.targets) > 1:
            return self.generic_visit(node)
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            if len(target.elts) == len(node.value.elts):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
        values = []
        for part, value in pairs:
            number = self.natures.of(value)
            value = self.visit(value)
            if isinstance(part, ast.Name):
                value = self.started(value, number, self.natures.bound[part.id])
            values.append(value)
        if pairs[0][0] is target:
            node.value = values[0]
        else:
            node.value.elts = values
        node.targets = [self.visit(target)]
        return node

    def visit_Return(self, node: ast.Return):
        if node.value is None or self.returned is None:
            return self.generic_visit(node)
        number = self.natures.of(node.value)
        node.value = self.started(self.visit(node.value), number, self.returned)
        return node

    def visit_IfExp(self, node: ast.IfExp):
        which = self.natures.of(node.body), self.natures.of(node.orelse)
        branches = [self.visit(node.body), self.visit(node.orelse)]
        for k, (number, other) in enumerate((which, which[::-1])):
            source = self.source(branches[1 - k])
            if source is not None and self.meets(number, other):
                branches[k] = call("_like", branches[k], source)
            else:
                branches[k] = self.started(branches[k], number, [other])
        return ast.copy_location(ast.IfExp(self.visit(node.test), *branches), node)


def returned_natures(tree: ast.FunctionDef, natures: Natures) -> list[Nature]:
    """Natures of all that a function returns."""
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return [natures.of(node.value) if node.value else UNKNOWN for node in returns]


def result_of(returned: list[Nature]) -> Nature:
    """The nature of a call of a function that returns one of these."""
    return join(returned) if returned else UNKNOWN


def call(name: str, *args: ast.expr) -> ast.Call:
    """``name(*args)``."""
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _compared(node: ast.Compare, a: ast.expr, b: ast.expr) -> ast.Compare:
    return ast.Compare(a, node.ops, [b])


def _is_exact(node: ast.expr) -> bool:
    """True for a constant that single precision holds exactly."""
    value = getattr(node, "value", None)
    return isinstance(node, ast.Constant) and complex(np.complex64(value)) == value
