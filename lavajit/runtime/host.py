"""The host tier: model instances and ports as ordinary Python on NumPy views of the arena.

A model instance gets a subclass of its class whose state attributes are properties on the arena, so
that a method in Python and a method in native code see the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from lavajit.compiler.arena import TIME_STEP, Layout
from lavajit.compiler.fields import (
    SINGLE,
    ArrayField,
    RandomField,
    ScalarField,
)
from lavajit.compiler.instances import Instance
from lavajit.kernels.random import Random

_SINGLE = tuple(np.dtype(name) for name in SINGLE)
KIND_RANK = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


def bind_host(instance: Instance, layout: Layout, private: bool) -> None:
    """Let the model's state attributes live in the arena.

    Parameters
    ----------
    private : bool
        Only the model's own Python methods see its state; it may then widen a field as Python
        does when an attribute is assigned a wider kind of number.
    """
    index = instance.node.index
    model = instance.model
    arrays, scalars = [], []
    for name, spec in layout.fields[index]:
        if isinstance(spec, ArrayField):
            arrays.append(name)
        elif isinstance(spec, ScalarField):
            scalars.append(name)
    views = {name: layout.views[index, name] for name in (*arrays, *scalars)}
    for name in ("time_step", *views):
        if not (instance.is_async and name == "time_step"):
            model.__dict__.pop(name, None)
    model.__dict__.update(instance.opaque)
    model.__dict__["_lavajit_views"] = views
    if private:
        model.__dict__["_lavajit_places"] = (layout, index, instance.kept_as)
    control = layout.control
    if isinstance(dict(layout.fields[index]).get("rng"), RandomField):
        model.rng = Random(layout.keys[index], lambda: control[TIME_STEP])
    if not instance.is_async:
        model.__dict__["_lavajit_control"] = control
    model.__class__ = _host_class(type(model), tuple(arrays), tuple(scalars), not instance.is_async)


@lru_cache(maxsize=1024)
def _host_class(model: type, arrays: tuple[str, ...], scalars: tuple[str, ...], stepped: bool):
    """A subclass of the model whose state lives in the arena."""
    namespace: dict[str, object] = {"__module__": model.__module__, "__doc__": model.__doc__}
    for name in arrays:
        namespace[name] = _array_property(name)
    for name in scalars:
        namespace[name] = _scalar_property(name)
    if stepped:
        namespace["time_step"] = property(lambda self: int(self._lavajit_control[TIME_STEP]))
    host = type(model.__name__, (model,), namespace)
    host.__qualname__ = model.__qualname__
    return host


def _array_property(name: str) -> property:
    def read(self):
        return self._lavajit_views[name]

    def write(self, value):
        if value is not self._lavajit_views[name]:
            _store(self, name, np.asarray(value))

    return property(read, write)


def _scalar_property(name: str) -> property:
    def read(self):
        number = self._lavajit_views[name]
        # Single precision stays what it is; all others become Python's numbers.
        return number[()] if number.dtype in _SINGLE else number.item()

    def write(self, value):
        _store(self, name, np.asarray(value))

    return property(read, write)


def _store(model, name: str, new: np.ndarray) -> None:
    """Assign to a field; one that nobody else sees is widened where its type cannot hold `new`."""
    view = model._lavajit_views[name]
    if KIND_RANK.get(new.dtype.kind, 9) <= KIND_RANK[view.dtype.kind]:
        view[...] = new
        return
    places = model.__dict__.get("_lavajit_places")
    if places is None or new.dtype.kind not in KIND_RANK:
        _refuse(model, name, view.dtype, new.dtype)
    layout, index, kept_as = places
    wider = np.array(np.broadcast_to(new, view.shape), kept_as(name, new.dtype))
    model._lavajit_views[name] = layout.views[index, name] = wider


def _refuse(model, name: str, have: np.dtype, new: np.dtype) -> None:
    wide = "float" if new.kind == "f" else new
    raise TypeError(
        f"{type(model).__name__}.{name} holds {have}, a {new} value would lose digits. Declare it "
        f"with a wider type (LavaPyType(np.ndarray, {wide}), or start with a value of that kind in "
        "__init__), or convert the value."
    )


def segment_function(function: Callable, segment: tuple[int, int]) -> Callable:
    """A method's statements `segment`, as an ordinary function of ``self``."""
    import ast

    from lavajit.compiler.source import body_without_docstring, copy_tree, function_source

    tree, _ = function_source(function)
    part = copy_tree(tree)
    part.decorator_list = []
    part.body = body_without_docstring(part)[segment[0] : segment[1]] or [ast.Pass()]
    module = ast.fix_missing_locations(ast.Module([part], type_ignores=[]))
    namespace = dict(function.__globals__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    namespace.update({name: cell.cell_contents for name, cell in cells})
    exec(compile(module, function.__code__.co_filename, "exec"), namespace)
    return namespace[function.__name__]
