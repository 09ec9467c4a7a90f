"""The units of a kernel of single precision, with Python numbers that adapt to what they meet.

Beside what :mod:`lavajit.kernels.rewrite_numbers` does to each function: a helper that is given
Python numbers is a unit of its own for them, and ``math`` gets float64 and gives Python numbers.
"""

from __future__ import annotations

import ast
import math
from dataclasses import replace

from lavajit.compiler.fields import SINGLE, Fields, ScalarField, SharedField
from lavajit.compiler.source import copy_tree
from lavajit.kernels.natures import UNKNOWN, Nature, Natures, nature_of_value
from lavajit.kernels.operations import OPERATIONS
from lavajit.kernels.rewrite_numbers import MeetingRewriter, call, result_of, returned_natures
from lavajit.kernels.units import Unit

_NAMES = {function: name for name, function in OPERATIONS.items()}


def has_single(fields: Fields) -> bool:
    """True for a kernel that sees a float32 or complex64."""
    return any(getattr(field, "dtype", "") in SINGLE for _, field in fields)


def with_python_numbers(unit: Unit, fields: Fields) -> Unit:
    """The units of a kernel, a method without further arguments, with Python numbers that adapt."""
    me = unit.tree.args.args[0].arg
    return _Units(fields).adapted(unit, me, {}, is_kernel=True)[0]


class _Units:
    """Units of one kernel: one for each unit and each nature of its arguments."""

    def __init__(self, fields: Fields):
        self.fields = fields
        # Scalars of self are Python numbers, unless they are single.
        self.has_double = any(
            getattr(field, "dtype", "") in ("float64", "complex128")
            for _, field in fields
            if not isinstance(field, (ScalarField, SharedField))
        )
        self.done: dict[tuple, tuple[Unit, Nature]] = {}

    def adapted(
        self, unit: Unit, me: str | None, given: dict[str, Nature], is_kernel: bool = False
    ) -> tuple[Unit, Nature]:
        """The adapted unit, and the nature of what it returns."""
        key = (id(unit), me, tuple(given.items()))
        if key not in self.done:
            new = replace(unit, tree=copy_tree(unit.tree))
            rewriter = NumberRewriter(self, new, me, given, is_kernel)
            rewriter.generic_visit(new.tree)
            new.children = rewriter.used
            ast.fix_missing_locations(new.tree)
            self.done[key] = new, rewriter.result
        return self.done[key]


class NumberRewriter(MeetingRewriter):
    """Rewrites one function in place."""

    def __init__(self, units: _Units, unit: Unit, me: str | None, given: dict, is_kernel: bool):
        self.units = units
        self.unit = unit
        self.used: dict[str, Unit] = {}
        natures = Natures(unit, units.fields, me, given, self._returned)
        returned = returned_natures(unit.tree, natures)
        self.result = result_of(returned)
        super().__init__(natures, None if is_kernel else returned, units.has_double)

    def visit_Call(self, node: ast.Call):
        func = node.func
        if isinstance(func, ast.Name) and func.id in self.unit.children:
            return self._child_call(node)
        if isinstance(func, ast.Name) and func.id == "float" and self._is_builtin("float"):
            node.func = ast.copy_location(ast.Name("_type_float", ast.Load()), func)
        name = self._operation_name(func)
        if name is not None and len(node.args) == 2 and not node.keywords:
            return self.operation(node, *node.args, name, lambda a, b: ast.Call(func, [a, b], []))
        which = [self.natures.of(arg) for arg in node.args]
        node = self.generic_visit(node)
        if isinstance(func, ast.Attribute) and self.natures.static(func.value) is math:
            node.args = [
                arg if nature.python or nature.kind == "i" else call("_type_float", arg)
                for arg, nature in zip(node.args, which, strict=True)
            ]
        elif name is not None or self._chooses(func):
            node.args = self._liked(node.args, which)
        return node

    def _is_builtin(self, name: str) -> bool:
        return name not in self.natures.locals and name not in self.natures.scope

    def _operation_name(self, func: ast.expr) -> str | None:
        """Name of an operation that is written as a call."""
        if isinstance(func, ast.Name) and func.id in ("min", "max"):
            return func.id if self._is_builtin(func.id) else None
        value = self.natures.static(func) if isinstance(func, ast.Attribute) else None
        return next((name for function, name in _NAMES.items() if function is value), None)

    def _chooses(self, func: ast.expr) -> bool:
        """True for where and clip, whose result is one of their arguments."""
        value = self.natures.static(func)
        return getattr(func, "id", "") == "_where" or getattr(value, "__name__", "") == "clip"

    def _liked(self, args: list[ast.expr], which: list[Nature]) -> list[ast.expr]:
        """Python numbers among arguments, adapted to the first one that is something else."""
        first = next((k for k, n in enumerate(which) if not n.python and n.kind not in "bi"), None)
        source = None if first is None else self.source(args[first])
        if source is None:
            return args
        return [
            call("_like", arg, source) if self.meets(nature, which[first]) else arg
            for arg, nature in zip(args, which, strict=True)
        ]

    # -- helpers --------------------------------------------------------------------------------

    def _child_call(self, node: ast.Call) -> ast.Call:
        unit, _ = self._adapted_child(self.natures, node)
        label = node.func.id
        while self.used.setdefault(label, unit) is not unit:
            label += "_"
        node.func = ast.copy_location(ast.Name(label, ast.Load()), node.func)
        node.args = [self.visit(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def _returned(self, natures: Natures, node: ast.Call) -> Nature:
        return self._adapted_child(natures, node)[1]

    def _adapted_child(self, natures: Natures, node: ast.Call) -> tuple[Unit, Nature]:
        """The unit that a call is of, for the natures of its arguments."""
        unit = self.unit.children[node.func.id]
        arguments = unit.tree.args
        names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
        bound = dict(zip(names, node.args, strict=False))
        bound |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        me = next((name for name, value in bound.items() if _is_name(value, natures.me)), None)
        if arguments.vararg or any(isinstance(arg, ast.Starred) for arg in node.args):
            return self.units.adapted(unit, me, {})
        found = {name: natures.of(value) for name, value in bound.items()}
        for name, default in zip(names[::-1], arguments.defaults[::-1], strict=False):
            value = unit.values.get(getattr(default, "id", ""))
            found.setdefault(name, nature_of_value(value))
        given = {name: found[name] for name in sorted(found) if found[name] != UNKNOWN}
        return self.units.adapted(unit, me, given)


def _is_name(node: ast.expr, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name
