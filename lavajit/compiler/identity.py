"""The identity of a function without reading its text: a hash of all that its meaning rests on.

A walk from the function through everything that reading its text could lead to: code objects,
defaults, closure variables, the globals that they load, attributes of modules and classes, methods
and constants of the model class. Names decide how far it goes, so it visits more than a reading of
the text would use, never less: equal identities mean equal functions, and a change of something
that only bears the right name costs a reading, not a wrong answer.

The same walk leaves the list of :class:`Watch` that says, within one session, whether all this
still holds.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Iterable
from types import FunctionType, ModuleType

import numpy as np

from lavajit.compiler.constants import (
    KNOWN_PACKAGES,
    NoIdentity,
    code_digest,
    constant_identity,
    names_of,
    package_of,
)

_ABSENT = object()


class Watch:
    """A name that a function was read with; the reading is stale once it means something else.

    Notebooks define functions anew and change module-level tables, and Python would see it.
    ``look()`` is what the name means now.
    """

    __slots__ = ("arguments", "contents", "look", "value")

    def __init__(self, look, arguments: tuple, value: object):
        self.look = look
        self.arguments = arguments
        self.value = value
        self.contents = _contents(value)

    @property
    def holds(self) -> bool:
        """True if the name still means the same."""
        value = self.look(*self.arguments)
        return value is self.value and _contents(value) == self.contents


def _contents(value: object) -> int:
    """Check sum of an array, which may change in place."""
    return zlib.crc32(np.ascontiguousarray(value)) if isinstance(value, np.ndarray) else 0


class Identity:
    """What :func:`identify` found.

    Attributes
    ----------
    digest : str or None
        Equal only for functions of equal meaning; None where that cannot be told without the text.
    """

    def __init__(self, digest: str | None, watched: list[Watch]):
        self.digest = digest
        self._plain = [(w.look, w.arguments, w.value) for w in watched]
        self._arrays = [w for w in watched if isinstance(w.value, np.ndarray)]

    @property
    def holds(self) -> bool:
        """True if every name that the function depends on still means the same."""
        for look, arguments, value in self._plain:
            if look(*arguments) is not value:
                return False
        return all(watch.holds for watch in self._arrays)


def identify(
    function: FunctionType,
    model: type | None = None,
    fields: Iterable[str] = (),
    functions: Iterable[tuple[str, FunctionType]] = (),
    strict: bool = False,
) -> Identity:
    """The identity of a function.

    Parameters
    ----------
    function : function
        The function; a method if `model` is given.
    model : type, optional
        The class whose instances are ``self``.
    fields : iterable of str
        Attributes of ``self`` that are data of the instance, whatever the class says.
    functions : iterable of (str, function)
        Attributes of ``self`` that are functions.
    strict : bool
        For functions that are compiled from their code: an object without identity makes the whole
        unidentifiable. Otherwise its type is enough, because who reads the text does not look into
        such objects, and assertions make the whole unidentifiable.
    """
    walk = _Walk(model, frozenset(fields), strict)
    if model is not None:
        walk.note([f"{base.__module__}.{base.__qualname__}" for base in model.__mro__])
    walk.function(function)
    for name, held in functions:
        walk.note(name)
        walk.function(held)
    return Identity(walk.hash.hexdigest() if walk.known else None, list(walk.watched.values()))


class _Walk:
    def __init__(self, model: type | None, fields: frozenset[str], strict: bool):
        self.model = model
        self.fields = fields
        self.strict = strict
        # Without assertions the code is not all of the text.
        self.known = strict or not sys.flags.optimize
        self.hash = hashlib.sha256()
        self.watched: dict[tuple[int, str], Watch] = {}
        self.seen: dict[int, object] = {}
        self.asked: dict[int, tuple[object, set[str]]] = {}

    def note(self, what: object) -> None:
        self.hash.update(repr(what).encode())

    def watch(self, holder: object, name: str, look, arguments: tuple, value: object) -> None:
        key = (id(holder), name)
        if key not in self.watched:
            self.watched[key] = Watch(look, arguments, value)

    def _new_names(self, holder: object, names: tuple[str, ...]) -> list[str]:
        """Those names that have not been looked up in a holder before."""
        _, asked = self.asked.setdefault(id(holder), (holder, set()))
        new = [name for name in names if name not in asked]
        asked.update(new)
        return new

    # -- functions ------------------------------------------------------------------------------

    def function(self, function: FunctionType) -> None:
        """A function and all it refers to."""
        self.note((function.__module__, function.__qualname__, hasattr(function, "__wrapped__")))
        code = function.__code__
        self.hash.update(code_digest(code))
        if id(function) in self.seen:
            return
        self.seen[id(function)] = function
        self.watch(function, "__code__", getattr, (function, "__code__"), code)
        loaded, names, asserts = names_of(code)
        if asserts and not self.strict:  # text and code have not been compared
            self.known = False
        self.value(function.__defaults__, names)
        self.value(tuple(sorted((function.__kwdefaults__ or {}).items())), names)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            value = _in_cell(cell)
            self.watch(cell, "", _in_cell, (cell,), value)
            self.meaning(name, value, names)
        scope = function.__globals__
        for name in loaded:
            value = scope.get(name, _ABSENT)
            self.watch(scope, name, scope.get, (name, _ABSENT), value)
            self.meaning(name, value, names)
        if self.model is not None:
            for name in self._new_names(self.fields, names):
                if name not in self.fields:
                    self.member(self.model, name, names)

    def meaning(self, name: str, value: object, names: tuple[str, ...]) -> None:
        """What a name stands for; nothing if it stands for nothing."""
        if value is not _ABSENT:
            self.note(name)
            self.value(value, names)

    def member(self, cls: type, name: str, names: tuple[str, ...]) -> None:
        """A name in every class of a method resolution order: ``super()`` may pass some over."""
        for number, owner in enumerate(cls.__mro__):
            if owner is not object:
                look = vars(owner).get
                value = look(name, _ABSENT)
                self.watch(owner, name, look, (name, _ABSENT), value)
                if value is not _ABSENT:
                    self.note(number)
                    self.meaning(name, value, names)

    # -- values ---------------------------------------------------------------------------------

    def value(self, value: object, names: tuple[str, ...]) -> None:
        """Anything; `names` are those that the function with this value may look up in it."""
        if isinstance(value, (staticmethod, classmethod)):
            self.note(type(value).__name__)
            self.value(value.__func__, names)
        elif isinstance(value, property):
            self.note("property")
            self.value(value.fget, names)
        elif isinstance(value, tuple):
            self.note((type(value).__qualname__, getattr(value, "_fields", ()), len(value)))
            for part in value:
                self.value(part, names)
        elif isinstance(value, FunctionType) and package_of(value) not in KNOWN_PACKAGES:
            self.function(value)
        elif type(value).__module__.startswith("numba.") and hasattr(value, "py_func"):
            options = getattr(value, "targetoptions", {})
            self.note(sorted((name, repr(option)) for name, option in options.items()))
            self.function(value.py_func)
        else:
            self._constant(value, names)

    def _constant(self, value: object, names: tuple[str, ...]) -> None:
        try:
            self.note(constant_identity(value))
        except NoIdentity:
            self.note(("opaque", type(value).__module__, type(value).__qualname__))
            if self.strict:
                self.known = False
        if package_of(value) in KNOWN_PACKAGES:
            return
        if isinstance(value, ModuleType):
            self._module(value, names)
        elif isinstance(value, type):
            for cls in {value, type(value)} - {type}:
                for name in self._new_names(cls, names):
                    self.member(cls, name, names)

    def _module(self, module: ModuleType, names: tuple[str, ...]) -> None:
        scope = vars(module)
        for name in self._new_names(module, names):
            value = scope.get(name, _ABSENT)
            if value is _ABSENT and "__getattr__" in scope:
                self.known = False  # asking might import something
            self.watch(scope, name, scope.get, (name, _ABSENT), value)
            self.meaning(name, value, names)


def _in_cell(cell: object) -> object:
    """What a closure variable holds."""
    try:
        return cell.cell_contents
    except ValueError:
        return _ABSENT
