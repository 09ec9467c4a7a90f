"""Rewriting of statements that store: into fields of ``self``, and through slices."""

from __future__ import annotations

import ast

from lavajit.compiler.fields import VEC_DENSE, ArrayField, Fields, InPortField
from lavajit.kernels.units import READ_ONLY, NotNative


class StoreRewriter(ast.NodeTransformer):
    """Stores of one function; the base of :class:`~lavajit.kernels.rewrite_calls.Rewriter`.

    Attributes
    ----------
    fields : dict of str to Field
        Fields of ``self``.
    me : str or None
        What the function calls ``self``.
    """

    def __init__(self, fields: Fields, me: str | None, filename: str, tree: ast.FunctionDef):
        self.fields = dict(fields)
        self.me = me
        self.filename = filename
        self.temporaries = 0
        self.bindings = _bindings(tree)

    def refuse(self, node: ast.AST, reason: str):
        """Leave the method in Python."""
        raise NotNative(reason, self.filename, node.lineno)

    def is_me(self, node: ast.AST) -> bool:
        """True for the name ``self``."""
        return self.me is not None and isinstance(node, ast.Name) and node.id == self.me

    def visit_AnnAssign(self, node: ast.AnnAssign):
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Assign(self, node: ast.Assign):
        target = node.targets[0]
        if len(node.targets) == 1 and _has_slice(target):
            return self._store_slice(node, target)
        if not any(self._assigns_field(target) for target in node.targets):
            return self.generic_visit(node)
        value = self.visit(node.value)
        if len(node.targets) == 1 and isinstance(target, ast.Attribute):
            return self._store(node, target, value)
        return self._unpack(node, value)

    def _assigns_field(self, target: ast.AST) -> bool:
        if isinstance(target, (ast.Tuple, ast.List)):
            return any(self._assigns_field(element) for element in target.elts)
        return isinstance(target, ast.Attribute) and self.is_me(target.value)

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
                single = ast.Assign([element], ast.Name(name, ast.Load()))
                stored = self.visit_Assign(ast.copy_location(single, node))
                out += stored if isinstance(stored, list) else [stored]
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

    def _store_slice(self, node: ast.Assign, target: ast.Subscript) -> ast.stmt:
        """``array[1:, 0] = value``."""
        array, value = self.visit(target.value), self.visit(node.value)
        if _is_everything(target.slice):
            call = ast.Call(ast.Name("_fill", ast.Load()), [array, value], [])
        else:
            index = self._index(target.slice)
            call = ast.Call(ast.Name("_store_slice", ast.Load()), [array, index, value], [])
        return ast.copy_location(ast.Expr(call), node)

    def _index(self, node: ast.expr) -> ast.expr:
        """An index as a value: ``1:, 0`` is ``(slice(1, None), 0)``."""
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._index(part) for part in node.elts], ast.Load())
        if not isinstance(node, ast.Slice):
            return self.visit(node)
        ends = (node.lower, node.upper)
        bounds = [ast.Constant(None) if end is None else self.visit(end) for end in ends]
        step = [] if node.step is None else [self.visit(node.step)]
        return ast.Call(ast.Name("_slice", ast.Load()), bounds + step, [])

    def _augment_slice(self, node: ast.AugAssign) -> list[ast.stmt]:
        """``array[1:] += value``: a view changes in place; a copy (fancy index) is stored back."""
        names = [self._temporary(node) for _ in range(3)]
        array, index, view = (ast.Name(name, ast.Load()) for name in names)
        target = node.target
        sources = (
            self.visit(target.value),
            self._index(target.slice),
            ast.Subscript(array, index, ast.Load()),
        )
        out: list[ast.stmt] = [
            ast.Assign([ast.Name(name, ast.Store())], source)
            for name, source in zip(names, sources, strict=True)
        ]
        node.value = self.visit(node.value)
        checked = self._in_place(view, node)
        out.append(ast.AugAssign(ast.Name(names[2], ast.Store()), node.op, checked))
        back = ast.Call(ast.Name("_store_back", ast.Load()), [array, index, view], [])
        out.append(ast.Expr(back))
        return [ast.copy_location(statement, node) for statement in out]

    def _refuse_change_of_message(self, node: ast.AugAssign) -> None:
        """``a = self.a_in.recv(); a += 1``, on which numba fails without a word."""
        name = node.target.id if isinstance(node.target, ast.Name) else ""
        bindings = self.bindings.get(name, [])
        if len(bindings) == 1 and isinstance(bindings[0], ast.Call):
            call = bindings[0].func
            if isinstance(call, ast.Attribute) and call.attr in ("recv", "peek"):
                port = call.value
                if isinstance(port, ast.Attribute) and self.is_me(port.value):
                    field = self.fields.get(port.attr)
                    if isinstance(field, InPortField) and field.kind == VEC_DENSE:
                        self.refuse(node, READ_ONLY)

    def _in_place(self, target: ast.expr, node: ast.AugAssign) -> ast.expr:
        """The value of ``target += value``, its kind of number checked against the target's."""
        check = "_in_place_division" if isinstance(node.op, ast.Div) else "_in_place"
        call = ast.Call(ast.Name(check, ast.Load()), [target, node.value], [])
        return ast.copy_location(call, node)

    def visit_AugAssign(self, node: ast.AugAssign):
        self._refuse_change_of_message(node)
        if _has_slice(node.target):
            return self._augment_slice(node)
        if not self._assigns_field(node.target):
            node = self.generic_visit(node)
            if isinstance(node.target, ast.Name):
                node.value = self._in_place(ast.Name(node.target.id, ast.Load()), node)
            return node
        value = self.visit(node.value)
        current = ast.Attribute(node.target.value, node.target.attr, ast.Load())
        if not isinstance(self.fields.get(node.target.attr), ArrayField):
            return self._store(node, node.target, ast.BinOp(current, node.op, value))
        held = self._temporary(node)
        view = ast.Assign([ast.Name(held, ast.Store())], current)
        node.value = value
        checked = self._in_place(ast.Name(held, ast.Load()), node)
        update = ast.AugAssign(ast.Name(held, ast.Store()), node.op, checked)
        return [ast.copy_location(view, node), ast.copy_location(update, node)]


def _has_slice(target: ast.AST) -> bool:
    """True for ``x[1:]``, ``x[:, 0]``, ``x[...]``: an index that gives an array."""
    if not isinstance(target, ast.Subscript):
        return False
    parts = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    sliced = any(isinstance(part, ast.Slice) or _is_constant(part, ...) for part in parts)
    return sliced and not any(_is_constant(part, None) for part in parts)


def _is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_everything(index: ast.expr) -> bool:
    """True for ``[:]`` and ``[...]``."""
    whole = isinstance(index, ast.Slice) and not (index.lower or index.upper or index.step)
    return whole or _is_constant(index, ...)


def _bindings(tree: ast.FunctionDef) -> dict[str, list[ast.expr | None]]:
    """What each local name is assigned: the expression, None where it is not a plain assignment."""
    found: dict[str, list[ast.expr | None]] = {}
    plain: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            if isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, []).append(node.value)
                plain.add(id(node.targets[0]))
        elif isinstance(node, ast.AugAssign):
            plain.add(id(node.target))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if id(node) not in plain:
                found.setdefault(node.id, []).append(None)
    return found
