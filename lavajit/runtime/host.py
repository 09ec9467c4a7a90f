"""The host tier: model instances and ports as ordinary Python on NumPy views of the arena.

A model instance gets a subclass of its class whose state attributes are properties on the arena, so that a
method in Python and a method in native code see the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from lavajit.compiler.fields import (
    SCALAR_DENSE,
    SCALAR_SPARSE,
    VEC_DENSE,
    VEC_SPARSE,
    ArrayField,
    RandomField,
    ScalarField,
)
from lavajit.compiler.instances import Instance, PortSpec
from lavajit.compiler.layout import PHASE, TIME_STEP, ChannelPlace, Layout
from lavajit.compiler.program import POST_MGMT, PRE_MGMT
from lavajit.kernels.random import Random
from lavajit.model import py_ports

_KIND_RANK = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}
_VARIANT = {
    VEC_DENSE: "VectorDense",
    VEC_SPARSE: "VectorSparse",
    SCALAR_DENSE: "ScalarDense",
    SCALAR_SPARSE: "ScalarSparse",
}


def bind_host(instance: Instance, layout: Layout) -> None:
    """Let the model's state attributes live in the arena."""
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
    control = layout.control
    if isinstance(dict(layout.fields[index]).get("rng"), RandomField):
        model.rng = Random(layout.keys[index], lambda: control[TIME_STEP])
    if not instance.is_async:
        model.__dict__["_lavajit_control"] = control
    model.__class__ = _host_class(
        type(model), tuple(arrays), tuple(scalars), not instance.is_async
    )


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
        view = self._lavajit_views[name]
        if value is not view:
            new = np.asarray(value)
            _check_kind(self, name, view.dtype, new.dtype)
            view[...] = new.astype(view.dtype, copy=False)

    return property(read, write)


def _scalar_property(name: str) -> property:
    def read(self):
        return self._lavajit_views[name].item()

    def write(self, value):
        view = self._lavajit_views[name]
        new = np.asarray(value)
        _check_kind(self, name, view.dtype, new.dtype)
        view[...] = new.astype(view.dtype, copy=False)

    return property(read, write)


def _check_kind(model, name: str, have: np.dtype, new: np.dtype) -> None:
    if _KIND_RANK.get(new.kind, 9) > _KIND_RANK[have.kind]:
        raise TypeError(
            f"{type(model).__name__}.{name} holds {have}, a {new} value would lose digits. Declare it with a "
            f"wider type (LavaPyType(np.ndarray, {'float' if new.kind == 'f' else new}), or start with a "
            "value of that kind in __init__), or convert the value."
        )


# --- static ports -----------------------------------------------------------------------------------


class _HostPort:
    """Common part: the owner and the declaration."""

    def __init__(self, owner: str, spec: PortSpec):
        self.owner = owner
        self.name = spec.name
        self.shape = spec.shape
        self.d_type = spec.dtype
        self.kind = spec.kind

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.owner}.{self.name} {self.shape} {self.d_type}>"


class StaticInPort(_HostPort):
    """Reads its channel; ``recv`` gives a copy, which the model may change."""

    def __init__(self, owner: str, spec: PortSpec, place: ChannelPlace):
        super().__init__(owner, spec)
        self.place = place

    def recv(self):
        return message_of(self.place, self.kind)

    peek = recv

    def probe(self) -> bool:
        return True

    def events(self) -> np.ndarray:
        return np.flatnonzero(self.place.data)


def message_of(place: ChannelPlace, kind: str):
    """A copy of the message in a channel, in the form `recv` returns."""
    if kind == VEC_DENSE:
        return place.data.copy()
    flat = place.data.reshape(-1)
    if kind == SCALAR_DENSE:
        return flat[0]
    if kind == SCALAR_SPARSE:
        return flat[0], place.events[0]
    n = int(place.count)
    return flat[:n].copy(), place.events[:n].copy()


class StaticOutPort(_HostPort):
    """Writes its channel."""

    def __init__(self, owner: str, spec: PortSpec, place: ChannelPlace):
        super().__init__(owner, spec)
        self.place = place

    def buffer(self) -> np.ndarray:
        return self.place.data

    def send(self, data, indices=None) -> None:
        write_message(self.place, self, data, indices)

    def flush(self) -> None:
        """Nothing is buffered."""

    def advance_to_time_step(self, ts: int) -> None:
        """Time advances with the loop."""


def write_message(place: ChannelPlace, port: _HostPort, data, indices=None) -> None:
    """Check and store one message."""
    where = f"{port.owner}.{port.name}"
    if port.kind == VEC_DENSE:
        data = _dense_message(data, where)
        if data.shape != tuple(port.shape):
            raise AssertionError(
                f"{where}.send() got an array of shape {data.shape}, the port has shape {tuple(port.shape)}"
            )
        if data is not place.data:
            place.data[...] = c_cast(data, place.data.dtype)
        if place.events is not None:
            found = np.flatnonzero(place.data)
            place.events[: found.size] = found
            place.count[...] = found.size
        return
    flat = place.data.reshape(-1)
    if port.kind == VEC_SPARSE:
        data, indices = np.ravel(data), np.ravel(indices)
        n = min(data.size, indices.size, flat.size)
        flat[:n] = c_cast(data[:n], flat.dtype)
        place.events[:n] = indices[:n]
        place.count[...] = n
        return
    flat[0] = c_cast(np.asarray(data), flat.dtype).reshape(-1)[0]
    if port.kind == SCALAR_SPARSE:
        place.events[0] = indices
        place.count[...] = 1


def _dense_message(data, where: str) -> np.ndarray:
    if hasattr(data, "tocsr"):
        data = data.data
    if not isinstance(data, np.ndarray):
        raise TypeError(
            f"{where}.send() takes an ndarray of the port's shape, got {type(data).__name__}; use np.asarray()"
        )
    return data


def c_cast(data: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Cast as C does; float to a narrow integer keeps the low bits, as native code does."""
    if data.dtype == dtype:
        return data
    with np.errstate(invalid="ignore", over="ignore"):
        if data.dtype.kind == "f" and dtype.kind in "iu" and dtype.itemsize < 8:
            data = data.astype(np.int64)
        return data.astype(dtype, casting="unsafe")


class HostRefPort(_HostPort):
    """Reads and writes the Var a RefPort points at, with native code's rules."""

    def __init__(self, owner: str, spec: PortSpec, layout: Layout, reference):
        super().__init__(owner, spec)
        self.control = layout.control
        self.target = None
        if reference is not None:
            self.target = layout.views[reference.target.index, reference.var.name]
            self.pending, self.flag = layout.pending[reference]
            self.index = layout.maps[reference]

    def read(self):
        if self.target is None:
            value = np.zeros(self.shape, self.d_type)
        else:
            self.wait()
            value = self._flat_target().reshape(self.shape).copy()
        return value.reshape(-1)[0] if self.kind == SCALAR_DENSE else value

    def view(self) -> np.ndarray:
        if self.target is None:
            return np.zeros(self.shape, self.d_type)
        if self.index is not None:
            raise ValueError(f"{self.owner}.{self.name}.view() needs a path without transposed ports")
        return self.target.reshape(self.shape)

    def _flat_target(self) -> np.ndarray:
        flat = self.target.reshape(-1)
        return flat if self.index is None else flat[self.index]

    def write(self, data) -> None:
        if self.kind == SCALAR_DENSE:
            data = np.full(self.shape, data)
        data = np.asarray(data)
        if data.shape != tuple(self.shape):
            raise AssertionError(
                f"{self.owner}.{self.name}.write() got shape {data.shape}, the port has {tuple(self.shape)}"
            )
        if self.target is None:
            return
        self.pending[...] = c_cast(data, self.pending.dtype)
        self.flag[...] = 1
        if self.control[PHASE] in (PRE_MGMT, POST_MGMT):
            self.wait()

    def wait(self) -> None:
        if self.target is not None and self.flag:
            values = c_cast(self.pending, self.target.dtype)
            if self.index is None:
                self.target[...] = values.reshape(self.target.shape)
            else:
                where = np.unravel_index(self.index, self.target.shape)
                self.target[where] = values.reshape(-1)
            self.flag[...] = 0


class VarPortStandIn(_HostPort):
    """A VarPort in a model: the engine serves it, the model has nothing to do."""

    def service(self) -> None:
        """Requests are served by the engine."""


def _named(base: type, family: type, kind: str) -> type:
    """`base` that is also an instance of Lava's port class, for isinstance checks."""
    declared = getattr(py_ports, f"{family.__name__}{_VARIANT[kind]}")
    namespace = {"__module__": __name__, "__abstractmethods__": frozenset()}
    made = type(base.__name__, (base, declared), namespace)
    made.__abstractmethods__ = frozenset()
    return made


@lru_cache(maxsize=64)
def port_class(base: type, family: type, kind: str) -> type:
    """The class of a host port of a family and kind."""
    return _named(base, family, kind)


def make_port(base: type, spec: PortSpec, *arguments) -> object:
    """A host port for a declaration."""
    return port_class(base, spec.family, spec.kind)(*arguments)


def segment_function(function: Callable, segment: tuple[int, int]) -> Callable:
    """A method's statements `segment`, as an ordinary function of ``self``."""
    import ast
    import copy

    from lavajit.compiler.source import body_without_docstring, function_source

    tree, _ = function_source(function)
    part = copy.deepcopy(tree)
    part.decorator_list = []
    part.body = body_without_docstring(part)[segment[0] : segment[1]] or [ast.Pass()]
    module = ast.fix_missing_locations(ast.Module([part], type_ignores=[]))
    namespace = dict(function.__globals__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    namespace.update({name: cell.cell_contents for name, cell in cells})
    exec(compile(module, function.__code__.co_filename, "exec"), namespace)
    return namespace[function.__name__]
