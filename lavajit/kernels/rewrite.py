"""A method, its helpers and the functions they call, made ready for numba; nothing is compiled here.

:func:`collect` returns a tree of :class:`Unit`: rewritten syntax trees with everything they refer to. What is
rewritten is only what numba cannot know about ``self``:

* ``self.helper(x)``, ``super().run_spk()``, ``Base.run_spk(self)`` call the method compiled as a function;
* ``self.v = x`` on an array field copies into the field's storage, ``self.n += 1`` keeps its type;
* plain Python functions of a module are compiled when a kernel calls them.

A construct that must not run natively (printing, files, NumPy's global random numbers) raises
:class:`NotNative` with its line.
"""

from __future__ import annotations

import ast
import copy
import sys
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType

from lavajit.compiler.fields import VEC_DENSE, ArrayField, Fields, InPortField, OutPortField
from lavajit.compiler.source import (
    SourceUnavailable,
    body_without_docstring,
    find_attribute,
    function_source,
    is_super_call,
    next_method,
    self_name,
)

#: Calls that read or write the outside world: such a method runs as ordinary Python.
_OUTSIDE_CALLS = frozenset({"print", "open", "input", "eval", "exec", "breakpoint", "__import__"})
#: Modules whose functions hold hidden state or do I/O.
_OUTSIDE_MODULES = frozenset({"random", "os", "sys", "time", "logging", "matplotlib", "pickle"})


#: Flat views: ``self._flat_u`` and ``self.a_in.recv_flat()``.
FLAT_PREFIX, FLAT_SUFFIX = "_flat_", "_flat"


class NotNative(Exception):
    """A method cannot be compiled; the reason names the line that keeps it in Python."""

    def __init__(self, reason: str, filename: str = "", line: int = 0):
        super().__init__(reason)
        self.reason = reason
        self.filename = filename
        self.line = line


@dataclass
class Unit:
    """One function ready to compile: its syntax tree, what its names mean, and the units it calls."""

    name: str
    tree: ast.FunctionDef
    text: str
    function: FunctionType
    values: dict[str, object] = field(default_factory=dict)
    children: dict[str, Unit] = field(default_factory=dict)
    uses: list[tuple[str, object]] = field(default_factory=list)

    @property
    def filename(self) -> str:
        return self.function.__code__.co_filename


class Collector:
    """Collects the units of one kernel; a function used twice is one unit."""

    def __init__(self, model: type | None, fields: Fields):
        self.model = model
        self.fields = dict(fields)
        self.units: dict[FunctionType, Unit] = {}
        self.open: set[FunctionType] = set()

    def unit(self, function: FunctionType, owner: type | None, segment=None) -> Unit:
        """The unit of `function`; a method when `owner` is the class that defines it."""
        if function in self.units and segment is None:
            return self.units[function]
        if function in self.open:
            raise NotNative(f"{function.__qualname__} calls itself", *_place(function))
        self.open.add(function)
        try:
            unit = self._build(function, owner, segment)
        except SourceUnavailable as error:
            raise NotNative(str(error), *_place(function)) from error
        finally:
            self.open.discard(function)
        self.units[function] = unit
        return unit

    def _build(self, function: FunctionType, owner: type | None, segment) -> Unit:
        tree, text = function_source(function)
        tree = copy.deepcopy(tree)
        tree.decorator_list = []
        tree.returns = None
        for arg in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs):
            arg.annotation = None
        tree.body = body_without_docstring(tree)
        if segment is not None:
            tree.body = tree.body[segment[0] : segment[1]]
        tree.body = tree.body or [ast.Pass(lineno=tree.lineno, col_offset=0)]
        name = function.__name__ if owner is None else f"{self.model.__name__}_{function.__name__}"
        unit = Unit(name, tree, text, function)
        _Rewriter(self, unit, owner).rewrite()
        ast.fix_missing_locations(tree)
        return unit


def collect(model: type, fields: Fields, function: FunctionType, owner: type, segment=None) -> Unit:
    """The unit of one kernel: method `function` of `owner` for instances of `model`."""
    return Collector(model, fields).unit(function, owner, segment)


def _place(function: FunctionType) -> tuple[str, int]:
    return function.__code__.co_filename, function.__code__.co_firstlineno


def _closure(function: FunctionType) -> dict[str, object]:
    if not function.__closure__:
        return {}
    names = function.__code__.co_freevars
    found = {}
    for name, cell in zip(names, function.__closure__, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


class _Rewriter(ast.NodeTransformer):
    def __init__(self, collector: Collector, unit: Unit, owner: type | None):
        self.collector = collector
        self.unit = unit
        self.owner = owner
        self.fields = collector.fields
        self.me = self_name(unit.tree) if owner is not None else None
        self.scope = {**unit.function.__globals__, **_closure(unit.function)}
        self.locals = {
            node.id
            for node in ast.walk(unit.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } | {arg.arg for arg in unit.tree.args.args}
        self.temporaries = 0

    def rewrite(self) -> None:
        self.unit.values.update(_closure(self.unit.function))
        self.unit.tree.body = [new for old in self.unit.tree.body for new in self._statements(old)]

    def _statements(self, node: ast.stmt) -> list[ast.stmt]:
        new = self.visit(node)
        return new if isinstance(new, list) else [new]

    def refuse(self, node: ast.AST, reason: str):
        raise NotNative(reason, self.unit.filename, node.lineno)

    # -- names --------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in self.locals and node.id != self.me:
            if node.id in self.scope:
                return self._global(node, node.id, self.scope[node.id])
        return node

    def _global(self, node: ast.expr, label: str, value: object) -> ast.expr:
        if isinstance(value, FunctionType):
            return self._child(node, self.collector.unit(value, None), value.__name__)
        self.unit.uses.append((label, value))
        return node

    def _child(self, node: ast.expr, unit: Unit, name: str) -> ast.expr:
        label = f"_native_{name}"
        while self.unit.children.get(label, unit) is not unit:
            label += "_"
        self.unit.children[label] = unit
        return ast.copy_location(ast.Name(label, ast.Load()), node)

    def visit_Attribute(self, node: ast.Attribute):
        if self._is_me(node.value):
            return self._own_attribute(node)
        chain = self._static_value(node)
        if chain is not None:
            label, value = chain
            self._check_module(node, label)
            if isinstance(value, FunctionType) and not _numba_knows(value):
                return self._child(node, self.collector.unit(value, None), value.__name__)
            self.unit.uses.append((label, value))
            return node
        return self.generic_visit(node)

    def _static_value(self, node: ast.AST) -> tuple[str, object] | None:
        """The object a dotted name means, if it starts at a module of the function's globals."""
        if isinstance(node, ast.Name):
            known = node.id in self.scope and node.id not in self.locals and node.id != self.me
            return (node.id, self.scope[node.id]) if known else None
        if isinstance(node, ast.Attribute):
            base = self._static_value(node.value)
            if base is not None and isinstance(base[1], (ModuleType, type)):
                try:
                    return f"{base[0]}.{node.attr}", getattr(base[1], node.attr)
                except AttributeError:
                    self.refuse(node, f"{base[0]} has no attribute {node.attr!r}")
        return None

    def _check_module(self, node: ast.AST, label: str) -> None:
        first = label.split(".")[0]
        module = self.scope.get(first)
        name = module.__name__ if isinstance(module, ModuleType) else ""
        if name == "numpy" and label.startswith(f"{first}.random") or name == "numpy.random":
            self.refuse(node, "it draws from NumPy's global random numbers; self.rng is native")
        if name.split(".")[0] in _OUTSIDE_MODULES:
            self.refuse(node, f"it uses {label}")

    # -- self ---------------------------------------------------------------------------------------

    def _is_me(self, node: ast.AST) -> bool:
        return self.me is not None and isinstance(node, ast.Name) and node.id == self.me

    def _own_attribute(self, node: ast.Attribute) -> ast.expr:
        if node.attr in self.fields:
            return node
        found = find_attribute(self.collector.model, node.attr)
        if found is not None and isinstance(found[1], property):
            unit = self.collector.unit(found[1].fget, found[0])
            function = self._child(node, unit, node.attr)
            return ast.copy_location(ast.Call(function, [node.value], []), node)
        if node.attr == "log":
            self.refuse(node, "it writes to self.log")
        return node

    def visit_Call(self, node: ast.Call):
        self._refuse_outside(node)
        flat = self._flattened(node)
        if flat is not None:
            return ast.copy_location(flat, node)
        target = self._method_target(node.func)
        if target is None:
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
        function = self._child(node.func, unit, raw.__name__)
        return ast.copy_location(ast.Call(function, own + arguments, keywords), node)

    def _flattened(self, node: ast.Call) -> ast.expr | None:
        """``self.u.ravel()``, ``self.a_in.recv().ravel()``: a flat view without numba's general reshape."""
        func = node.func
        if node.args or node.keywords or not isinstance(func, ast.Attribute):
            return None
        if func.attr != "ravel":
            return None
        base = func.value
        if isinstance(base, ast.Attribute) and self._is_me(base.value):
            field = self.fields.get(base.attr)
            if isinstance(field, ArrayField) and field.order == "C":
                return ast.Attribute(base.value, f"{FLAT_PREFIX}{base.attr}", ast.Load())
        if isinstance(base, ast.Call) and not base.args and isinstance(base.func, ast.Attribute):
            port, verb = base.func.value, base.func.attr
            if isinstance(port, ast.Attribute) and self._is_me(port.value):
                field = self.fields.get(port.attr)
                if isinstance(field, (InPortField, OutPortField)) and field.kind == VEC_DENSE:
                    if verb in ("recv", "peek", "buffer"):
                        flat = ast.Attribute(port, f"{verb}{FLAT_SUFFIX}", ast.Load())
                        return ast.Call(flat, [], [])
        return None

    def _method_target(self, func: ast.AST) -> tuple[type, object, bool] | None:
        """What a call means if it is a call of a method: (owner, raw attribute, self is passed)."""
        if not isinstance(func, ast.Attribute) or self.me is None:
            return None
        if self._is_me(func.value) and func.attr not in self.fields:
            found = find_attribute(self.collector.model, func.attr)
            return (*found, True) if found and not isinstance(found[1], property) else None
        if is_super_call(func.value):
            found = next_method(self.collector.model, self.owner, func.attr)
            if found is None:
                self.refuse(func, f"super() has no method {func.attr!r}")
            return (*found, True)
        if isinstance(func.value, ast.Name):
            base = self.scope.get(func.value.id)
            if isinstance(base, type) and base in self.collector.model.__mro__:
                found = find_attribute(base, func.attr)
                return (*found, False) if found else None
        return None

    def _refuse_outside(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _OUTSIDE_CALLS:
            if node.func.id not in self.locals:
                self.refuse(node, f"it calls {node.func.id}()")

    # -- statements ---------------------------------------------------------------------------------

    def visit_Global(self, node: ast.Global):
        self.refuse(node, "it changes a global variable")

    def visit_FunctionDef(self, node: ast.FunctionDef):
        self.refuse(node, "it defines a function inside")

    def visit_AnnAssign(self, node: ast.AnnAssign):
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Assign(self, node: ast.Assign):
        if not any(self._assigns_field(target) for target in node.targets):
            return self.generic_visit(node)
        value = self.visit(node.value)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Attribute):
            return self._store(node, target, value)
        return self._unpack(node, value)

    def _assigns_field(self, target: ast.AST) -> bool:
        if isinstance(target, (ast.Tuple, ast.List)):
            return any(self._assigns_field(element) for element in target.elts)
        return isinstance(target, ast.Attribute) and self._is_me(target.value)

    def _temporary(self, node: ast.AST) -> str:
        self.temporaries += 1
        return f"_held_{self.temporaries}"

    def _unpack(self, node: ast.Assign, value: ast.expr) -> list[ast.stmt]:
        """``self.a, b = value`` and ``self.a = self.b = value``, one store after the other."""
        out: list[ast.stmt] = []
        whole = self._temporary(node)
        out.append(ast.Assign([ast.Name(whole, ast.Store())], value))
        for target in node.targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                names = [self._temporary(node) for _ in target.elts]
                stores = [ast.Name(name, ast.Store()) for name in names]
                out.append(
                    ast.Assign([ast.Tuple(stores, ast.Store())], ast.Name(whole, ast.Load()))
                )
                pairs = list(zip(target.elts, names, strict=True))
            else:
                pairs = [(target, whole)]
            for element, name in pairs:
                held = ast.Name(name, ast.Load())
                if self._assigns_field(element):
                    out.append(self._store(node, element, held))
                else:
                    out.append(ast.Assign([self.visit(element)], held))
        return [ast.copy_location(statement, node) for statement in out]

    def _store(self, node: ast.stmt, target: ast.Attribute, value: ast.expr) -> ast.stmt:
        """``self.name = value``."""
        name = ast.Constant(target.attr)
        current = ast.Attribute(ast.Name(self.me, ast.Load()), target.attr, ast.Load())
        if isinstance(self.fields.get(target.attr), ArrayField):
            store = ast.Name("_store_array", ast.Load())
            new = ast.Expr(ast.Call(store, [current, value, name], []))
        else:
            keep = ast.Name("_keep_kind", ast.Load())
            new = ast.Assign([target], ast.Call(keep, [current, value, name], []))
        return ast.copy_location(new, node)

    def visit_AugAssign(self, node: ast.AugAssign):
        if not self._assigns_field(node.target):
            return self.generic_visit(node)
        value = self.visit(node.value)
        current = ast.Attribute(node.target.value, node.target.attr, ast.Load())
        if not isinstance(self.fields.get(node.target.attr), ArrayField):
            return self._store(node, node.target, ast.BinOp(current, node.op, value))
        held = self._temporary(node)
        view = ast.Assign([ast.Name(held, ast.Store())], current)
        update = ast.AugAssign(ast.Name(held, ast.Store()), node.op, value)
        return [ast.copy_location(view, node), ast.copy_location(update, node)]


def _numba_knows(function: FunctionType) -> bool:
    """True for functions of packages that numba implements itself."""
    package = (function.__module__ or "").split(".")[0]
    return package in ("numpy", "math", "numba", "operator", "cmath") or isinstance(
        function, BuiltinFunctionType
    )


def module_name(unit: Unit) -> str:
    """A module that can be imported again, for numba's environments."""
    name = unit.function.__module__
    return name if name in sys.modules else __name__
