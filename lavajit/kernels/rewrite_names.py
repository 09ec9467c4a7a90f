"""Rewriting of names: globals, closure variables, functions and constants."""

from __future__ import annotations

import ast
import enum
import random
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import TYPE_CHECKING

import numpy as np

from lavajit.compiler.constants import KNOWN_PACKAGES, package_of
from lavajit.compiler.plain_attributes import member_field
from lavajit.compiler.source import self_name
from lavajit.kernels.rewrite_stores import StoreRewriter
from lavajit.kernels.units import Unit
from lavajit.model.elements import element, nonzero, prefetch

if TYPE_CHECKING:
    from lavajit.kernels.rewrite import Collector

#: Modules whose functions hold hidden state or do I/O.
_OUTSIDE_MODULES = frozenset({"random", "os", "sys", "time", "logging", "matplotlib", "pickle"})
_NUMBERS = (bool, int, float, complex, tuple, np.generic, np.ndarray)
_HIDDEN_STATE = (np.random.RandomState, np.random.Generator, random.Random)

#: Functions with a native form of ours, see builtins.py.
_OWN_FORMS = (
    (element, "_element"),
    (nonzero, "_nonzero"),
    (prefetch, "_prefetch"),
    (np.size, "_size"),
)


class NameRewriter(StoreRewriter):
    """Names of one function; the base of :class:`~lavajit.kernels.rewrite_calls.Rewriter`.

    Parameters
    ----------
    collector : Collector
        Where functions that are called become units.
    unit : Unit
        The function.
    owner : type or None
        The class that defines it, for a method.
    """

    def __init__(self, collector: Collector, unit: Unit, owner: type | None):
        me = self_name(unit.tree) if owner is not None else None
        super().__init__(collector.fields, me, unit.filename, unit.tree)
        self.collector = collector
        self.unit = unit
        self.owner = owner
        self.cells = _cells(unit.function)
        self.scope = {
            **unit.function.__globals__,
            **{name: cell.cell_contents for name, cell in self.cells.items()},
        }
        self.locals = {
            node.id if isinstance(node, ast.Name) else node.arg
            for node in ast.walk(unit.tree)
            if isinstance(node, ast.arg)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        }

    def rewrite(self) -> None:
        """Rewrite the function's body."""
        self.unit.tree.body = [new for old in self.unit.tree.body for new in self._statements(old)]

    def _statements(self, node: ast.stmt) -> list[ast.stmt]:
        new = self.visit(node)
        return new if isinstance(new, list) else [new]

    # -- names ----------------------------------------------------------------------------------

    def is_global(self, name: str) -> bool:
        return name in self.scope and name not in self.locals and name != self.me

    def visit_Name(self, node: ast.Name):
        if isinstance(node.ctx, ast.Load) and self.is_global(node.id):
            return self.known(node, node.id, self.scope[node.id])
        return node

    def known(self, node: ast.expr, label: str, value: object) -> ast.expr:
        """An expression that means `value` now and forever."""
        if isinstance(getattr(value, "__self__", None), _HIDDEN_STATE):
            self.refuse(node, f"it draws from the random numbers of {label}; self.rng is native")
        for function, own in _OWN_FORMS:
            if value is function:
                return ast.copy_location(ast.Name(own, ast.Load()), node)
        if isinstance(value, FunctionType) and not _numba_knows(value):
            return self.child(node, self.collector.unit(value, None), value.__name__)
        if isinstance(node, ast.Name) and node.id in self.cells:
            self.unit.values[node.id] = value
        else:
            self.unit.uses.append((label, value))
        return node

    def child(self, node: ast.expr, unit: Unit, name: str) -> ast.expr:
        label = f"_native_{name}"
        while self.unit.children.get(label, unit) is not unit:
            label += "_"
        self.unit.children[label] = unit
        return ast.copy_location(ast.Name(label, ast.Load()), node)

    def visit_Attribute(self, node: ast.Attribute):
        if self.is_me(node.value):
            return self._own_attribute(node)
        if isinstance(node.value, ast.Attribute) and self.is_me(node.value.value):
            member = member_field(node.value.attr, node.attr)
            if member in self.fields:
                return ast.copy_location(ast.Attribute(node.value.value, member, node.ctx), node)
        chain = self.static_value(node)
        if chain is not None:
            label, value = chain
            self._check_module(node, label)
            if isinstance(value, _NUMBERS) and self._is_class(node.value):
                return self.constant(node, label.replace(".", "_"), value)
            return self.known(node, label, value)
        return self.generic_visit(node)

    def _is_class(self, node: ast.AST) -> bool:
        """True for the name of a class, whose constants numba cannot read, unlike a module's."""
        holder = self.static_value(node)
        return isinstance(holder[1], type) and not issubclass(holder[1], enum.Enum)

    def constant(self, node: ast.expr, name: str, value: object) -> ast.expr:
        label = f"_constant_{name}"
        self.unit.values[label] = value
        return ast.copy_location(ast.Name(label, ast.Load()), node)

    def static_value(self, node: ast.AST) -> tuple[str, object] | None:
        """The object a dotted name means, if it starts at a module of the function's globals."""
        if isinstance(node, ast.Name) and self.is_global(node.id):
            return node.id, self.scope[node.id]
        if isinstance(node, ast.Attribute):
            base = self.static_value(node.value)
            if base is not None and isinstance(base[1], (ModuleType, type)):
                return self._static_member(node, *base)
        return None

    def _static_member(self, node: ast.Attribute, label: str, holder) -> tuple[str, object]:
        try:
            value = getattr(holder, node.attr)
        except AttributeError:
            self.refuse(node, f"{label} has no attribute {node.attr!r}")
        return f"{label}.{node.attr}", value

    def _check_module(self, node: ast.AST, label: str) -> None:
        first = label.split(".")[0]
        module = self.scope.get(first)
        name = module.__name__ if isinstance(module, ModuleType) else ""
        if name == "numpy" and label.startswith(f"{first}.random") or name == "numpy.random":
            self.refuse(node, "it draws from NumPy's global random numbers; self.rng is native")
        if name.split(".")[0] in _OUTSIDE_MODULES:
            self.refuse(node, f"it uses {label}")


def _cells(function: FunctionType) -> dict[str, CellType]:
    """Closure variables that have a value."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            cell.cell_contents  # noqa: B018
        except ValueError:
            continue
        found[name] = cell
    return found


def _numba_knows(function: FunctionType) -> bool:
    """True for functions of packages that numba implements itself."""
    return package_of(function) in KNOWN_PACKAGES or isinstance(function, BuiltinFunctionType)
