"""Rewriting of ``self`` and of calls: methods, and what numba words differently."""

from __future__ import annotations

import ast
import enum
from types import FunctionType

import numpy as np

from lavajit.compiler.fields import VEC_DENSE, ArrayField, InPortField, OutPortField, RefPortField
from lavajit.compiler.source import find_attribute, is_super_call, next_method
from lavajit.kernels.rewrite_names import NameRewriter
from lavajit.kernels.units import FLAT_PREFIX, FLAT_SUFFIX, SEND_MESSAGE, VIEW_VAR

#: Calls that read or write the outside world: such a method runs as ordinary Python.
_OUTSIDE_CALLS = frozenset({"print", "open", "input", "eval", "exec", "breakpoint", "__import__"})
#: Element types named by Python's own types.
_PYTHON_TYPES = {"bool": bool, "int": int, "float": float, "complex": complex}


class Rewriter(NameRewriter):
    """Rewrites one function in place; functions it calls become its children."""

    def _own_attribute(self, node: ast.Attribute) -> ast.expr:
        if node.attr in self.fields:
            return node
        found = find_attribute(self.collector.model, node.attr)
        if found is not None and isinstance(found[1], property):
            unit = self.collector.unit(found[1].fget, found[0])
            function = self.child(node, unit, node.attr)
            return ast.copy_location(ast.Call(function, [node.value], []), node)
        if found is not None and isinstance(found[1], (tuple, str, np.generic, enum.Enum)):
            return self.constant(node, node.attr, found[1])
        if node.attr == "log":
            self.refuse(node, "it writes to self.log")
        if node.attr == "proc_params":
            self.refuse(node, "it reads self.proc_params; keep what it needs in __init__")
        return node

    def visit_Call(self, node: ast.Call):
        self._refuse_outside(node)
        replaced = self._flattened(node) or self._faster(node)
        if replaced is not None:
            return ast.copy_location(replaced, node)
        target = self._method_target(node.func)
        if target is None and self._is_own_function(node.func):
            function = self.collector.functions[node.func.attr]
            unit = self.collector.unit(function, None)
            node.func = self.child(node.func, unit, node.func.attr)
            return self.generic_visit(node)
        if target is None:
            self._reword(node)
            return self.generic_visit(node)
        owner, raw, passes_self = target
        if isinstance(raw, staticmethod):
            unit, own = self.collector.unit(raw.__func__, None), []
        elif isinstance(raw, FunctionType):
            unit = self.collector.unit(raw, owner)
            own = [ast.Name(self.me, ast.Load())] if passes_self else []
        else:
            self.refuse(node, f"{ast.unparse(node.func)} is not a plain method")
        arguments = [self.visit(arg) for arg in node.args]
        keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        function = self.child(node.func, unit, raw.__name__)
        return ast.copy_location(ast.Call(function, own + arguments, keywords), node)

    def _flattened(self, node: ast.Call) -> ast.expr | None:
        """``self.u.ravel()``, ``self.a_in.recv().ravel()``: a view without numba's reshape."""
        func = node.func
        if node.args or node.keywords or not isinstance(func, ast.Attribute):
            return None
        if func.attr != "ravel":
            return None
        base = func.value
        if isinstance(base, ast.Attribute) and self.is_me(base.value):
            field = self.fields.get(base.attr)
            if isinstance(field, ArrayField) and field.order == "C":
                return ast.Attribute(base.value, f"{FLAT_PREFIX}{base.attr}", ast.Load())
        if isinstance(base, ast.Call) and not base.args and isinstance(base.func, ast.Attribute):
            port, verb = base.func.value, base.func.attr
            if isinstance(port, ast.Attribute) and self.is_me(port.value):
                field = self.fields.get(port.attr)
                if isinstance(field, (InPortField, OutPortField)) and field.kind == VEC_DENSE:
                    if verb in ("recv", "peek", "buffer"):
                        flat = ast.Attribute(port, f"{verb}{FLAT_SUFFIX}", ast.Load())
                        return ast.Call(flat, [], [])
        return None

    def _faster(self, node: ast.Call) -> ast.expr | None:
        """A call of a NumPy function that ours replaces."""
        known = self.static_value(node.func) if isinstance(node.func, ast.Attribute) else None
        if known is None or known[1] is not np.where or len(node.args) != 3 or node.keywords:
            return None
        return ast.Call(ast.Name("_where", ast.Load()), [self.visit(a) for a in node.args], [])

    def _reword(self, node: ast.Call) -> None:
        """What Python allows and numba words differently or compiles slowly."""
        if isinstance(node.func, ast.Attribute):
            self._name_port_call(node)
            node.args = [self._element_type(arg) for arg in node.args]
        for keyword in node.keywords:
            if keyword.arg == "dtype":
                keyword.value = self._element_type(keyword.value)
        if isinstance(node.func, ast.Name) and node.func.id == "zip":
            strict = [k.value for k in node.keywords if k.arg == "strict"]
            if strict and getattr(strict[0], "value", True):
                self.refuse(node, "it calls zip(strict=True)")
            node.keywords = []

    def _name_port_call(self, node: ast.Call) -> None:
        """Calls of ports for which numba needs another name.

        A method with an unused default argument, as ``send(data)``, would be compiled twice.
        """
        port = node.func.value
        if not (isinstance(port, ast.Attribute) and self.is_me(port.value)) or node.keywords:
            return
        field, verb, given = self.fields.get(port.attr), node.func.attr, len(node.args)
        if isinstance(field, OutPortField) and verb == "send" and given == 1:
            node.func.attr = SEND_MESSAGE
        if isinstance(field, RefPortField) and verb == "view" and given == 0:
            node.func.attr = VIEW_VAR

    def _element_type(self, node: ast.expr) -> ast.expr:
        """``float`` as an element type: np.float64."""
        if isinstance(node, ast.Name) and node.id in _PYTHON_TYPES and node.id not in self.locals:
            if self.scope.get(node.id, _PYTHON_TYPES[node.id]) is _PYTHON_TYPES[node.id]:
                return ast.copy_location(ast.Name(f"_type_{node.id}", ast.Load()), node)
        return node

    def _is_own_function(self, func: ast.AST) -> bool:
        """True for ``self.name`` where the instance holds a plain function of that name."""
        return (
            isinstance(func, ast.Attribute)
            and self.is_me(func.value)
            and func.attr in self.collector.functions
        )

    def _method_target(self, func: ast.AST) -> tuple[type, object, bool] | None:
        """What a call means if it is a call of a method: (owner, raw attribute, self is passed)."""
        if not isinstance(func, ast.Attribute) or self.me is None:
            return None
        if self.is_me(func.value) and func.attr not in self.fields:
            found = find_attribute(self.collector.model, func.attr)
            return (*found, True) if found and not isinstance(found[1], property) else None
        if is_super_call(func.value):
            found = next_method(self.collector.model, self._super_class(func.value), func.attr)
            if found is None:
                self.refuse(func, f"super() has no method {func.attr!r}")
            return (*found, True)
        base = self.static_value(func.value)
        if base is not None and base[1] in self.collector.model.__mro__:
            found = find_attribute(base[1], func.attr)
            return (*found, False) if found else None
        return None

    def _super_class(self, node: ast.Call) -> type:
        """The class after which ``super()`` or ``super(Class, self)`` looks."""
        if not node.args:
            return self.owner
        known = self.static_value(node.args[0])
        if known is None or known[1] not in self.collector.model.__mro__:
            self.refuse(node, f"it calls {ast.unparse(node)}")
        return known[1]

    def _refuse_outside(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _OUTSIDE_CALLS:
            if not self.is_global(node.func.id) and node.func.id not in self.locals:
                self.refuse(node, f"it calls {node.func.id}()")

    # -- statements that numba cannot hold ------------------------------------------------------

    def visit_Global(self, node: ast.Global):
        self.refuse(node, "it changes a global variable")

    def visit_Nonlocal(self, node: ast.Nonlocal):
        self.refuse(node, "it changes a variable of an enclosing function")

    def visit_FunctionDef(self, node: ast.FunctionDef):
        self.refuse(node, "it defines a function inside")

    def visit_ClassDef(self, node: ast.ClassDef):
        self.refuse(node, "it defines a class inside")

    def visit_Import(self, node: ast.Import):
        self.refuse(node, "it imports a module inside; import at the top of the file")

    visit_ImportFrom = visit_Import
