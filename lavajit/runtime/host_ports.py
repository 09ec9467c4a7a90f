"""Ports of models in the host tier: the same channels, Vars and rules as in native code."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from lavajit.compiler.arena import PHASE, ChannelPlace, Layout
from lavajit.compiler.fields import SCALAR_DENSE, SCALAR_SPARSE, VEC_DENSE, VEC_SPARSE
from lavajit.compiler.instances import PortSpec
from lavajit.compiler.work import POST_MGMT, PRE_MGMT
from lavajit.model import py_ports

_VARIANT = {
    VEC_DENSE: "VectorDense",
    VEC_SPARSE: "VectorSparse",
    SCALAR_DENSE: "ScalarDense",
    SCALAR_SPARSE: "ScalarSparse",
}


class HostPort:
    """Common part: the owner and the declaration."""

    def __init__(self, owner: str, spec: PortSpec):
        self.owner = owner
        self.name = spec.name
        self.shape = spec.shape
        self.d_type = spec.dtype
        self.kind = spec.kind

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.owner}.{self.name} {self.shape} {self.d_type}>"


class StaticInPort(HostPort):
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


class StaticOutPort(HostPort):
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


def write_message(place: ChannelPlace, port: HostPort, data, indices=None) -> None:
    """Check and store one message."""
    where = f"{port.owner}.{port.name}"
    if port.kind == VEC_DENSE:
        data = _dense_message(data, where)
        if data.shape != tuple(port.shape):
            raise AssertionError(
                f"{where}.send() got an array of shape {data.shape}, the port has shape "
                f"{tuple(port.shape)}"
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
    if isinstance(data, np.generic):  # what arithmetic on arrays of shape () gives
        data = np.asarray(data)
    if not isinstance(data, np.ndarray):
        raise TypeError(
            f"{where}.send() takes an ndarray of the port's shape, got {type(data).__name__}; use "
            "np.asarray()"
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


class HostRefPort(HostPort):
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

    def read_into(self, out: np.ndarray) -> None:
        if out.size != math.prod(self.shape):
            raise ValueError(
                f"{self.owner}.{self.name}.read_into() got {out.size} elements, the port has shape "
                f"{tuple(self.shape)}"
            )
        out[...] = c_cast(np.asarray(self.read()).reshape(-1), out.dtype)

    def view(self) -> np.ndarray:
        if self.target is None:
            return np.zeros(self.shape, self.d_type)
        if self.index is not None:
            raise ValueError(
                f"{self.owner}.{self.name}.view() needs a path without transposed ports"
            )
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
                f"{self.owner}.{self.name}.write() got shape {data.shape}, the port has "
                f"{tuple(self.shape)}"
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


class VarPortStandIn(HostPort):
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
