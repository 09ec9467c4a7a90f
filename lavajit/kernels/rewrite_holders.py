"""Local names of objects whose numbers kernels read: ``rule = self.rule`` and then ``rule.x1_tau``.

A kernel cannot hold the object. Where a local name means it throughout, its uses are spelled out.
"""

from __future__ import annotations

import ast

from lavajit.compiler.fields import Fields
from lavajit.compiler.plain_attributes import is_holder
from lavajit.compiler.source import copy_tree


class _SpellOut(ast.NodeTransformer):
    def __init__(self, meanings: dict[str, ast.Assign]):
        self.meanings = meanings

    def visit_Assign(self, node: ast.Assign):
        if any(node is meaning for meaning in self.meanings.values()):
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name):
        if node.id in self.meanings:
            return ast.copy_location(copy_tree(self.meanings[node.id].value), node)
        return node


def spell_out_holders(tree: ast.FunctionDef, me: str | None, fields: Fields) -> None:
    """Replace local names of holders of numbers in `tree`.

    Parameters
    ----------
    tree : ast.FunctionDef
        A function; changed in place.
    me : str or None
        What it calls ``self``.
    fields : tuple
        Fields of ``self``.
    """
    stores = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_store(n)]
    meanings = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name, value = node.targets[0], node.value
            if isinstance(name, ast.Name) and stores.count(name.id) == 1:
                if _is_attribute_of(value, me) and is_holder(value.attr, fields):
                    meanings[name.id] = node
    if meanings:
        _SpellOut(meanings).visit(tree)


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _is_attribute_of(node: ast.AST, me: str | None) -> bool:
    base = node.value if isinstance(node, ast.Attribute) else None
    return me is not None and isinstance(base, ast.Name) and base.id == me
