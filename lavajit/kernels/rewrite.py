"""A method, its helpers and the functions they call, made ready for numba.

:func:`collect` returns a tree of :class:`Unit`: rewritten syntax trees with everything they refer
to. What is rewritten is only what numba cannot know about ``self``:

* ``self.helper(x)``, ``super().run_spk()``, ``Base.run_spk(self)`` call the method compiled as a
  function;
* ``self.v = x`` on an array field copies into the field's storage, ``self.n += 1`` keeps its type;
* ``v[1:] = x`` and a few NumPy calls take versions that compile in a fraction of the time;
* plain Python functions of a module are compiled when a kernel calls them, and so are functions
  that a model holds as attributes (``self.rule(x)``): every instance may have its own.

A construct that must not run natively (printing, files, NumPy's global random numbers) raises
:class:`NotNative` with its line.
"""

from __future__ import annotations

import ast
from types import FunctionType

from lavajit.compiler.fields import Fields
from lavajit.compiler.source import (
    SourceUnavailable,
    body_without_docstring,
    copy_tree,
    function_source,
    self_name,
)
from lavajit.kernels.rewrite_calls import Rewriter
from lavajit.kernels.rewrite_holders import spell_out_holders
from lavajit.kernels.units import NotNative, Unit


class Collector:
    """Collects the units of one kernel; a function used twice is one unit."""

    def __init__(
        self, model: type, fields: Fields, functions: dict[str, FunctionType] | None = None
    ):
        self.model = model
        self.fields = dict(fields)
        self.functions = functions or {}
        self.units: dict[tuple[FunctionType, type | None], Unit] = {}
        self.open: set[FunctionType] = set()

    def unit(self, function: FunctionType, owner: type | None, segment=None) -> Unit:
        """The unit of `function`; a method when `owner` is the class that defines it."""
        known = self.units.get((function, owner))
        if known is not None and segment is None:
            return known
        if function in self.open:
            raise NotNative(f"{function.__qualname__} calls itself", *_place(function))
        if hasattr(function, "__wrapped__"):
            raise NotNative(f"{function.__qualname__} is wrapped by a decorator", *_place(function))
        self.open.add(function)
        try:
            unit = self._build(function, owner, segment)
        except SourceUnavailable as error:
            raise NotNative(str(error), *_place(function), is_passing=True) from error
        finally:
            self.open.discard(function)
        self.units[function, owner] = unit
        return unit

    def _build(self, function: FunctionType, owner: type | None, segment) -> Unit:
        tree, _ = function_source(function)
        tree = copy_tree(tree)
        tree.decorator_list = []
        tree.returns = None
        for arg in ast.walk(tree.args):
            if isinstance(arg, ast.arg):
                arg.annotation = None
        tree.body = body_without_docstring(tree)
        if segment is not None:
            tree.body = tree.body[segment[0] : segment[1]]
        tree.body = tree.body or [ast.Pass(lineno=tree.lineno, col_offset=0)]
        if owner is not None:
            spell_out_holders(tree, self_name(tree), tuple(self.fields.items()))
        name = function.__name__ if owner is None else f"{self.model.__name__}_{function.__name__}"
        unit = Unit(name if name.isidentifier() else "function", tree, function)
        _fix_defaults(unit)
        Rewriter(self, unit, owner).rewrite()
        ast.fix_missing_locations(tree)
        return unit


def collect(model: type, fields: Fields, function: FunctionType, owner: type, segment=None) -> Unit:
    """The unit of one kernel: method `function` of `owner` for instances of `model`."""
    return Collector(model, fields).unit(function, owner, segment)


def _fix_defaults(unit: Unit) -> None:
    """Default arguments are the values they had when the function was defined."""
    arguments, function = unit.tree.args, unit.function
    for k, value in enumerate(function.__defaults__ or ()):
        unit.values[f"_default_{k}"] = value
        arguments.defaults[k] = ast.Name(f"_default_{k}", ast.Load())


def _place(function: FunctionType) -> tuple[str, int]:
    return function.__code__.co_filename, function.__code__.co_firstlineno
