"""Which expressions of a function are Python numbers, and what kind of number any has.

NumPy lets a Python number adapt to the array or scalar it meets: ``1 - x`` is float32 where x is.
Numba gives every number a type of its own. This analysis finds the Python numbers in a rewritten
syntax tree: constants, numbers of modules, scalar attributes of ``self`` (which Python reads as
Python numbers, unless they are float32), lengths, counters of ``range``, results of ``math``, and
arithmetic of these; and local names that are never anything else.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from lavajit.compiler.fields import (
    SINGLE,
    ArrayField,
    Fields,
    InPortField,
    OutPortField,
    RefPortField,
    ScalarField,
    SharedField,
)
from lavajit.kernels.bindings import bindings_of
from lavajit.kernels.units import FLAT_PREFIX, FLAT_SUFFIX, Unit

#: Kinds of numbers in ascending order; "t" is a tuple of Python numbers, "?" could be anything.
_RANK = "bifct?"
_COUNTS = frozenset({"size", "ndim", "itemsize", "nbytes"})
_VERBS = ("recv", "peek", "buffer")
_MESSAGES = frozenset((*_VERBS, *(f"{verb}{FLAT_SUFFIX}" for verb in _VERBS), "read"))
#: Calls whose result is a Python number, whatever they are given.
_NUMBER_CALLS = {"float": "f", "_type_float": "f", "bool": "b"} | dict.fromkeys(
    ("int", "len", "_size"), "i"
)
#: Calls whose result is one of their arguments, or of their kind.
_SAME_CALLS = frozenset({"abs", "min", "max", "sum", "pow", "_element", "_like"})
_DRAWS = {"uniform": "f", "normal": "f", "integers": "i"}
#: Functions of ``math`` that return no float.
_MATH_INTEGERS = frozenset({"floor", "ceil", "trunc", "gcd", "lcm", "factorial", "comb", "perm"})
_MATH_TRUTHS = frozenset({"isnan", "isinf", "isfinite"})


@dataclass(frozen=True)
class Nature:
    """`python`: it is a Python number; `kind`: of bool, int, float, complex, as in dtype.kind."""

    python: bool
    kind: str


UNKNOWN = Nature(False, "?")


def join(natures: list[Nature]) -> Nature:
    """What one of several is."""
    kinds = [nature.kind for nature in natures]
    return Nature(all(n.python for n in natures), max(kinds, key=_RANK.index, default="?"))


def nature_of_value(value: object) -> Nature:
    """The nature of a constant."""
    kinds = {bool: "b", int: "i", float: "f", complex: "c"}
    if type(value) in kinds:
        return Nature(True, kinds[type(value)])
    if isinstance(value, tuple) and all(type(v) in kinds for v in value):
        return Nature(True, "t")
    if isinstance(value, (np.generic, np.ndarray)):
        return Nature(False, kind_of_dtype(value.dtype.name))
    return UNKNOWN


def kind_of_dtype(dtype: str) -> str:
    """Kind of a dtype, "?" for none of ours."""
    kind = np.dtype(dtype).kind
    return {"u": "i"}.get(kind, kind if kind in "bifc" else "?")


class Natures:
    """Natures of the expressions of one function.

    Parameters
    ----------
    unit : Unit
        The function.
    fields : Fields
        Fields of ``self``.
    me : str or None
        What the function calls ``self``.
    given : dict of str to Nature
        What is known of the parameters.
    returned : callable
        ``returned(natures, call)``: the nature of a call of another unit.
    """

    def __init__(self, unit: Unit, fields: Fields, me: str | None, given: dict, returned):
        self.unit = unit
        self.fields = dict(fields)
        self.me = me
        self.returned = returned
        self.scope = {**unit.function.__globals__, **unit.values}
        self.bindings = bindings_of(unit.tree)
        self.locals = {name: Nature(True, "b") for name in self.bindings}
        parameters = {arg.arg for arg in ast.walk(unit.tree.args) if isinstance(arg, ast.arg)}
        for name in parameters:
            self.locals[name] = given.get(name, UNKNOWN)
        self.parameters = {name: self.locals[name] for name in parameters}
        self._settle()
        # The tree is going to change.
        self.bound = {name: self._all_bound(name) for name in self.bindings}

    def _settle(self) -> None:
        """Natures of local names: Python numbers at first, until a binding says otherwise."""
        for _ in range(2 * len(self.bindings) + 2):
            found = {name: join(self._all_bound(name)) for name in self.bindings}
            if all(self.locals[name] == nature for name, nature in found.items()):
                return
            self.locals.update(found)

    def _all_bound(self, name: str) -> list[Nature]:
        """Natures of everything that is bound to a local name."""
        own = [self.parameters[name]] if name in self.parameters else []
        return own + [self.of(value) if value else UNKNOWN for value in self.bindings[name]]

    def of(self, node: ast.expr) -> Nature:
        """The nature of an expression."""
        method = getattr(self, f"_of_{type(node).__name__}", None)
        return UNKNOWN if method is None else method(node)

    # -- names and attributes -------------------------------------------------------------------

    def _of_Constant(self, node: ast.Constant) -> Nature:
        return nature_of_value(node.value)

    def _of_Name(self, node: ast.Name) -> Nature:
        if node.id in self.locals:
            return self.locals[node.id]
        return nature_of_value(self.scope.get(node.id))

    def _of_Attribute(self, node: ast.Attribute) -> Nature:
        if isinstance(node.value, ast.Name) and node.value.id == self.me:
            return self._of_field(node.attr.removeprefix(FLAT_PREFIX))
        if node.attr in _COUNTS:
            return Nature(True, "i")
        if node.attr in ("shape", "strides"):
            return Nature(True, "t")
        holder = self.static(node.value)
        if isinstance(holder, ModuleType):
            return nature_of_value(getattr(holder, node.attr, None))
        return Nature(False, self.of(node.value).kind if node.attr in ("T", "flat") else "?")

    def _of_field(self, name: str) -> Nature:
        field = self.fields.get(name)
        if isinstance(field, (ScalarField, SharedField)):
            return Nature(field.dtype not in SINGLE, kind_of_dtype(field.dtype))
        if isinstance(field, ArrayField):
            return Nature(False, kind_of_dtype(field.dtype))
        return UNKNOWN

    def static(self, node: ast.expr) -> object:
        """The object that a dotted name of the function's globals means, or None."""
        if isinstance(node, ast.Name) and node.id not in self.locals:
            return self.scope.get(node.id)
        if isinstance(node, ast.Attribute):
            holder = self.static(node.value)
            return getattr(holder, node.attr, None) if isinstance(holder, ModuleType) else None
        return None

    # -- operations -----------------------------------------------------------------------------

    def _of_BinOp(self, node: ast.BinOp) -> Nature:
        found = join([self.of(node.left), self.of(node.right)])
        if isinstance(node.op, ast.Div) and found.kind in "bi":
            return Nature(found.python, "f")
        return found

    def _of_UnaryOp(self, node: ast.UnaryOp) -> Nature:
        found = self.of(node.operand)
        return Nature(found.python, "b") if isinstance(node.op, ast.Not) else found

    def _of_Compare(self, node: ast.Compare) -> Nature:
        return Nature(all(self.of(n).python for n in (node.left, *node.comparators)), "b")

    def _of_BoolOp(self, node: ast.BoolOp) -> Nature:
        return join([self.of(value) for value in node.values])

    def _of_IfExp(self, node: ast.IfExp) -> Nature:
        return join([self.of(node.body), self.of(node.orelse)])

    def _of_Tuple(self, node: ast.Tuple) -> Nature:
        return Nature(all(self.of(part).python for part in node.elts), "t")

    def _of_Subscript(self, node: ast.Subscript) -> Nature:
        found = self.of(node.value)
        if found.kind != "t" or isinstance(node.slice, ast.Slice):
            return found
        whole = isinstance(node.value, ast.Attribute)  # an element of a shape
        return Nature(found.python, "i" if whole else "?")

    def _of_Call(self, node: ast.Call) -> Nature:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self._of_method(node, func)
        if not isinstance(func, ast.Name) or func.id in self.locals:
            return UNKNOWN
        if func.id in self.unit.children:
            return self.returned(self, node)
        if func.id in ("_in_place", "_in_place_division"):
            return self.of(node.args[1])
        if func.id in self.scope or node.keywords:
            return UNKNOWN
        if func.id in _NUMBER_CALLS:
            return Nature(True, _NUMBER_CALLS[func.id])
        if func.id in _SAME_CALLS and node.args:
            parts = node.args[:1] if func.id == "_element" else node.args
            return join([self.of(part) for part in parts])
        return UNKNOWN

    def _of_method(self, node: ast.Call, func: ast.Attribute) -> Nature:
        base = func.value
        if isinstance(base, ast.Attribute) and getattr(base.value, "id", None) == self.me:
            field = self.fields.get(base.attr)
            if func.attr == "events":
                return Nature(False, "i")
            if isinstance(field, (InPortField, OutPortField, RefPortField)):
                kind = kind_of_dtype(field.dtype) if func.attr in _MESSAGES else "?"
                return Nature(False, kind if field.kind.endswith("dense") else "?")
            if base.attr == "rng" and func.attr in _DRAWS:
                return Nature(True, _DRAWS[func.attr])
        if self.static(base) is math:
            whole = "i" if func.attr in _MATH_INTEGERS else "f"
            return Nature(True, "b" if func.attr in _MATH_TRUTHS else whole)
        if func.attr in ("ravel", "copy", "flatten", "reshape"):
            return Nature(False, self.of(base).kind)
        function = self.static(func)
        if isinstance(function, type) and issubclass(function, np.generic):
            return Nature(False, kind_of_dtype(function(0).dtype.name))
        if isinstance(function, np.ufunc):
            kinds = join([self.of(arg) for arg in node.args]).kind
            return Nature(False, kinds if kinds in "fc" else "?")
        return UNKNOWN
