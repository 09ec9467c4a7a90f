"""Syntax trees of methods and functions, with their true file names and line numbers."""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType
from weakref import WeakKeyDictionary

#: What has been read, with the code object it belongs to (a reloaded function gets a new one).
_trees: WeakKeyDictionary[Callable, tuple[CodeType, ast.FunctionDef, str]] = WeakKeyDictionary()


class SourceUnavailable(Exception):
    """The text of a function cannot be found (typed at a prompt, built by exec, a lambda)."""


def function_source(function: FunctionType) -> tuple[ast.FunctionDef, str]:
    """The function's syntax tree (line numbers as in its file; do not modify) and its text."""
    known = _trees.get(function)
    if known is None or known[0] is not function.__code__:
        known = _trees[function] = (function.__code__, *_read(function))
    return known[1], known[2]


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
    if not _is_source_of(node, function):
        raise SourceUnavailable(
            f"the file of {function.__qualname__} has changed since it was imported"
        )
    ast.increment_lineno(tree, first - 1)
    return node, text


def _is_source_of(node: ast.FunctionDef, function: FunctionType) -> bool:
    """True if compiling the text gives the function's code again.

    The file may have been edited after the module was imported; then its text says something
    else than what runs. The text is compiled in surroundings that give the same code: the class
    (for private names and super()) and the variables of the enclosing function.
    """
    if any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
        return True  # pytest rewrites assertions
    code = function.__code__
    plain = [ast.FunctionDef(**{**vars(node), "decorator_list": []})]
    *_, owner, name = ["", *function.__qualname__.split(".")]
    if owner and owner != "<locals>":
        plain = [ast.ClassDef(owner, [], [], plain, [])]
        name = owner
    if name not in code.co_freevars:
        plain = [ast.Global([name]), *plain]
    free = [ast.arg(name) for name in code.co_freevars if name != "__class__"]
    around = ast.parse("def _around(): pass").body[0]
    around.args.args, around.body = free, plain
    module = ast.fix_missing_locations(ast.Module([around], type_ignores=[]))
    again = _find_code(compile(module, "<check>", "exec"), code.co_name)
    return again is not None and _meaning(again) == _meaning(code)


def _find_code(code: CodeType, name: str) -> CodeType | None:
    """The code object called `name` inside `code`, outermost first."""
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    for candidate in inner:
        if candidate.co_name == name:
            return candidate
    found = (_find_code(candidate, name) for candidate in inner)
    return next((c for c in found if c is not None), None)


#: Instructions that depend on surroundings or positions, not on what is computed.
_INCIDENTAL = frozenset(
    {"CACHE", "NOP", "PRECALL", "PUSH_NULL", "RESUME", "EXTENDED_ARG", "COPY_FREE_VARS"}
)


def _meaning(code: CodeType) -> list[tuple]:
    """What a code object does, without positions and without the compiler's shortcuts."""
    steps: list[tuple] = []
    for step in dis.get_instructions(code):
        if step.opname in _INCIDENTAL:
            continue
        # ``module.f(x)`` is a method call or not, depending on how the module was imported.
        name = "LOAD_ATTR" if step.opname == "LOAD_METHOD" else step.opname
        value: object = step.argval
        if isinstance(value, CodeType):
            steps += _meaning(value)
            value = None
        elif "JUMP" in name or "FOR_ITER" in name or name == "SEND":
            value = None
        steps.append((name, type(value), repr(value)))
    return steps


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


def copy_tree(node: ast.AST) -> ast.AST:
    """A copy of a syntax tree that may be changed; several times faster than ``copy.deepcopy``."""
    new = type(node).__new__(type(node))
    for name, value in vars(node).items():
        if isinstance(value, ast.AST):
            value = copy_tree(value)
        elif type(value) is list:
            value = [copy_tree(part) if isinstance(part, ast.AST) else part for part in value]
        setattr(new, name, value)
    return new
