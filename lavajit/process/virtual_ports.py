"""Ports that change the shape of what passes: reshape, transpose, concatenate.

A virtual port is derived from another port and connected forward only::

    lif.s_out.reshape((2, 3)).transpose().connect(other.a_in)

Each has two transforms. Forward is what happens to a message from source to destination (or
to a RefPort's ``write``); backward is the inverse, for a RefPort's ``read``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lavajit.process import connecting
from lavajit.process.member import checked_shape
from lavajit.process.port_exceptions import (
    ConcatIndexError,
    ConcatShapeError,
    PortTypeError,
    ReshapeError,
    TransposeIndexError,
    TransposeShapeError,
)
from lavajit.process.port_paths import real_sources
from lavajit.process.ports import AbstractPort, AbstractRVPort

if TYPE_CHECKING:
    from lavajit.process.process import AbstractProcess

Transform = Callable[[Any], Any]


class AbstractVirtualPort(AbstractPort, ABC):
    """Base class of ports that change the shape of what passes.

    To define one, implement the two transforms, and connect it to the port it is derived
    from with ``port._connect_forward([virtual], AbstractPort, assert_same_shape=False)``.
    """

    is_virtual = True

    @property
    def process(self) -> AbstractProcess | None:
        """The Process of the port this one is derived from."""
        sources = real_sources(self)
        return sources[0].process if sources else None

    @property
    def full_name(self) -> str:
        """E.g. ``"ReshapePort of lif1.s_out"``."""
        sources = ", ".join(source.full_name for source in real_sources(self))
        return f"{type(self).__name__} of {sources or 'nothing'}"

    def connect(
        self,
        ports: AbstractPort | list[AbstractPort],
        connection_configs: connecting.ConnectionConfig | list | None = None,
    ) -> None:
        """Connect forward to one or several ports of the same shape.

        Raises
        ------
        AssertionError
            If a port is of a kind that the port this one is derived from cannot feed, or of
            another shape.
        """
        sources = real_sources(self)
        if not sources:
            raise PortTypeError(f"{self.full_name} must be derived from a port first.")
        partners = connecting.checked_partners(self, ports)
        if isinstance(sources[0], AbstractRVPort):
            connecting.check_one_destination([*sources, self], partners)
        self._connect_forward(partners, sources[0].forward_types, connection_configs)

    @abstractmethod
    def get_transform_func_fwd(self) -> Transform:
        """Return the function that changes data from source to destination."""

    @abstractmethod
    def get_transform_func_bwd(self) -> Transform:
        """Return the function that changes data from destination to source."""


def _reshape(data: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(data).reshape(shape)


class ReshapePort(AbstractVirtualPort):
    """Made by ``port.reshape(new_shape)`` and ``port.flatten()``; C order."""

    def __init__(self, new_shape: tuple[int, ...], old_shape: tuple[int, ...]) -> None:
        super().__init__(new_shape)
        self.old_shape = old_shape

    def get_transform_func_fwd(self) -> Transform:
        """Return the function from the old to the new shape."""
        return partial(_reshape, shape=self.shape)

    def get_transform_func_bwd(self) -> Transform:
        """Return the function from the new to the old shape."""
        return partial(_reshape, shape=self.old_shape)


class TransposePort(AbstractVirtualPort):
    """Made by ``port.transpose(axes)``; `axes` may be negative."""

    def __init__(self, new_shape: tuple[int, ...], axes: Sequence[int]) -> None:
        super().__init__(new_shape)
        self.axes = tuple(axis % len(new_shape) for axis in axes)

    def get_transform_func_fwd(self) -> Transform:
        """Return the permutation of the axes."""
        return partial(np.transpose, axes=self.axes)

    def get_transform_func_bwd(self) -> Transform:
        """Return the inverse permutation of the axes."""
        return partial(np.transpose, axes=tuple(np.argsort(self.axes).tolist()))


def _place(part: Any, shape: tuple[int, ...], index: tuple[slice, ...]) -> np.ndarray:
    part = np.asarray(part)
    whole = np.zeros(shape, dtype=part.dtype)
    whole[index] = part
    return whole


def _take(whole: Any, index: tuple[slice, ...]) -> np.ndarray:
    return np.asarray(whole)[index]


def _feeding_ports(port: AbstractPort) -> set[AbstractPort]:
    """Return the ports that feed `port` through ports of hierarchical Processes."""
    found: set[AbstractPort] = set()
    stack = [port]
    while stack:
        current = stack.pop()
        if not current.is_virtual and current not in found:
            found.add(current)
            stack.extend(current.in_connections)
    return found


class ConcatPort(AbstractVirtualPort):
    """Made by ``port.concat_with(ports, axis)``: its sources side by side along an axis.

    The parts arrive separately, one from each of `in_connections`, in this order.
    `source_offset` and `source_index` say where a part belongs; the transforms take the source
    as argument.

    Parameters
    ----------
    ports : list of AbstractPort
        The sources, in order.
    axis : int
        Axis along which they are concatenated; negative counts from the end.

    Raises
    ------
    ConcatIndexError
        If a port does not have that axis.
    ConcatShapeError
        If the shapes differ in another axis.
    """

    def __init__(self, ports: Sequence[AbstractPort], axis: int) -> None:
        shapes = [port.shape for port in ports]
        for shape in shapes:
            if not -len(shape) <= axis < len(shape):
                raise ConcatIndexError(shape, axis)
        axes = {axis % len(shape) for shape in shapes}
        self.concat_axis = next(iter(axes))
        others = {shape[: self.concat_axis] + shape[self.concat_axis + 1 :] for shape in shapes}
        if len(axes) > 1 or len(others) > 1:
            raise ConcatShapeError(shapes, axis)
        first, axis = shapes[0], self.concat_axis
        length = sum(shape[axis] for shape in shapes)
        super().__init__((*first[:axis], length, *first[axis + 1 :]))

    def source_offset(self, source: AbstractPort) -> int:
        """Return where the part of `source` begins on `concat_axis`.

        Parameters
        ----------
        source : AbstractPort
            One of `in_connections`; or, as hierarchical ports are not listed in paths, a port
            that feeds one of them through ports of hierarchical Processes.

        Raises
        ------
        ValueError
            If `source` is none of these, or feeds two of them.
        """
        ports = self.in_connections
        feeds = [port is source for port in ports]
        if not any(feeds):
            feeds = [source in _feeding_ports(port) for port in ports]
        if sum(feeds) != 1:
            raise ValueError(
                f"{source.full_name} must feed one part of {self.full_name}, but feeds "
                f"{sum(feeds)}."
            )
        return sum(port.shape[self.concat_axis] for port in ports[: feeds.index(True)])

    def source_index(self, source: AbstractPort) -> tuple[slice, ...]:
        """Return the index of the part of `source` in an array of this port's shape."""
        start = self.source_offset(source)
        index = [slice(None)] * len(self.shape)
        index[self.concat_axis] = slice(start, start + source.shape[self.concat_axis])
        return tuple(index)

    def get_transform_func_fwd(self, source: AbstractPort | None = None) -> Transform:
        """Return the function that places the part of `source` in the whole.

        The rest is zero, so that the sum over all sources (what an InPort does) is the
        concatenation. Without `source`: the function from the list of all parts to the whole.
        """
        if source is None:
            return partial(np.concatenate, axis=self.concat_axis)
        index = self.source_index(source)
        return partial(_place, shape=self.shape, index=index)

    def get_transform_func_bwd(self, source: AbstractPort | None = None) -> Transform:
        """Return the function that takes the part of `source` out of the whole.

        Without `source`: the function from the whole to the list of all parts.
        """
        if source is None:
            cuts = [self.source_offset(port) for port in self.in_connections[1:]]
            return partial(np.split, indices_or_sections=cuts, axis=self.concat_axis)
        return partial(_take, index=self.source_index(source))


def reshaped(port: AbstractPort, new_shape: tuple[int, ...]) -> ReshapePort:
    """Derive a ReshapePort from `port`."""
    if isinstance(new_shape, int):
        raise TypeError(f"reshape takes a tuple; write reshape(({new_shape},)).")
    if isinstance(new_shape, tuple) and any(entry < 0 for entry in new_shape):
        raise ReshapeError(port.shape, new_shape)
    if math.prod(checked_shape(new_shape)) != port.size:
        raise ReshapeError(port.shape, new_shape)
    virtual = ReshapePort(new_shape, old_shape=port.shape)
    port._connect_forward([virtual], AbstractPort, assert_same_shape=False)
    return virtual


def transposed(port: AbstractPort, axes: Sequence[int] | None) -> TransposePort:
    """Derive a TransposePort from `port`."""
    ndim = len(port.shape)
    axes = tuple(reversed(range(ndim))) if axes is None else tuple(axes)
    if len(axes) != ndim:
        raise TransposeShapeError(port.shape, axes)
    seen = set()
    for axis in axes:
        if not -ndim <= axis < ndim or axis % ndim in seen:
            raise TransposeIndexError(port.shape, axes, axis)
        seen.add(axis % ndim)
    virtual = TransposePort(tuple(port.shape[axis] for axis in axes), axes)
    port._connect_forward([virtual], AbstractPort, assert_same_shape=False)
    return virtual


def concatenated(
    port: AbstractPort, others: AbstractPort | Sequence[AbstractPort], axis: int
) -> ConcatPort:
    """Derive a ConcatPort from `port` followed by `others`."""
    ports = [port, *connecting.to_list(others)]
    kind = _real_type(port)
    for other in ports[1:]:
        if not isinstance(other, AbstractPort) or _real_type(other) is not kind:
            raise PortTypeError(
                f"{port.full_name} can only be concatenated with ports of its own kind, "
                f"{kind.__name__}. Got {connecting.describe(other)}."
            )
    virtual = ConcatPort(ports, axis)
    connecting.connect_pairs([(source, virtual) for source in ports], None, same_shape=False)
    return virtual


def _real_type(port: AbstractPort) -> type:
    sources = real_sources(port)
    return type(sources[0]) if sources else type(port)
