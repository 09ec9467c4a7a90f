"""Syntax trees of methods and functions, with their true file names and line numbers."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType
from weakref import WeakKeyDictionary

_trees: WeakKeyDictionary[Callable, tuple[ast.FunctionDef, str]] = WeakKeyDictionary()


class SourceUnavailable(Exception):
    """The text of a function cannot be found (typed at a prompt, built by exec, a lambda)."""


def function_source(function: FunctionType) -> tuple[ast.FunctionDef, str]:
    """The function's syntax tree (line numbers as in its file; do not modify) and its text."""
    known = _trees.get(function)
    if known is None:
        known = _trees[function] = _read(function)
    return known


def _read(function: FunctionType) -> tuple[ast.FunctionDef, str]:
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        raise SourceUnavailable(f"no source text for {function.__qualname__}") from error
    text = textwrap.dedent("".join(lines))
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise SourceUnavailable(
            f"{function.__qualname__} is part of a larger expression"
        ) from error
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef):
        raise SourceUnavailable(f"{function.__qualname__} is not a plain function")
    ast.increment_lineno(tree, first - 1)
    return node, text


def find_attribute(cls: type, name: str) -> tuple[type, object] | None:
    """The class of the MRO that defines `name`, and the raw attribute (descriptors unbound)."""
    for owner in cls.__mro__:
        if name in vars(owner):
            return owner, vars(owner)[name]
    return None


def find_method(cls: type, name: str) -> tuple[type, FunctionType] | None:
    """The class that defines method `name`, and the plain function; None if there is none."""
    found = find_attribute(cls, name)
    if found is None or not isinstance(found[1], FunctionType):
        return None
    return found[0], found[1]


def next_method(cls: type, owner: type, name: str) -> tuple[type, FunctionType] | None:
    """What ``super().name`` means inside a method defined in `owner` for an instance of `cls`."""
    mro = cls.__mro__
    for base in mro[mro.index(owner) + 1 :]:
        function = vars(base).get(name)
        if isinstance(function, FunctionType):
            return base, function
    return None


def self_name(node: ast.FunctionDef) -> str:
    """The name of the first parameter."""
    return node.args.args[0].arg


def is_super_call(node: ast.AST) -> bool:
    """True for ``super()`` and ``super(Class, self)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "super"
        and len(node.args) in (0, 2)
    )


def body_without_docstring(node: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function, its docstring left out."""
    body = node.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        if isinstance(body[0].value.value, str):
            return body[1:]
    return body
