"""The rules of connecting ports, checked before anything is changed.

Order of the checks: one destination per RefPort/VarPort, kind of port, same kind for all
ports of one call, shapes, connected only once. So a call either makes all its connections
or raises and makes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lavajit.process.connection_config import ConnectionConfig
from lavajit.process.port_exceptions import (
    DuplicateConnectionError,
    IncompatibleShapesError,
    NoPortsError,
    OneToOneError,
    PortTypeError,
)
from lavajit.process.port_paths import real_destinations

if TYPE_CHECKING:
    from lavajit.process.ports import AbstractPort

PortTypes = type | tuple[type, ...]


def to_list(obj: Any) -> list[Any]:
    """Return a list as it is, a tuple as list, anything else as list of one element."""
    return obj if isinstance(obj, list) else list(obj) if isinstance(obj, tuple) else [obj]


def checked_partners(port: AbstractPort, partners: Any) -> list[AbstractPort]:
    """Return the ports to connect `port` with as a list that is not empty."""
    partners = to_list(partners)
    if not partners:
        raise NoPortsError(
            f"{port.full_name} is connected to an empty list; give at least one port."
        )
    return partners


def checked_configs(configs: Any, num_ports: int) -> list[ConnectionConfig]:
    """Return one ConnectionConfig for each of `num_ports` connections."""
    if configs is None or isinstance(configs, ConnectionConfig):
        return [configs or ConnectionConfig() for _ in range(num_ports)]
    configs = to_list(configs)
    if len(configs) != num_ports:
        raise ValueError(
            f"{num_ports} ports are connected with {len(configs)} ConnectionConfigs; give one "
            f"for all of them, or one for each."
        )
    for config in configs:
        if config is not None and not isinstance(config, ConnectionConfig):
            raise TypeError(f"expected a ConnectionConfig, got {config!r}.")
    return [config or ConnectionConfig() for config in configs]


def check_one_destination(sources: Sequence[Any], partners: Sequence[Any]) -> None:
    """RefPorts and VarPorts: one partner per call, and each source has one destination.

    Several sources may share a destination.
    """
    if len(partners) > 1:
        raise OneToOneError(
            f"Currently only 1:1 connections are supported for RefPorts and VarPorts. Got "
            f"{len(partners)} ports; make one connection per port."
        )
    for source in sources:
        taken = next(real_destinations(source), None)
        if taken is not None:
            raise OneToOneError(
                f"Currently only 1:1 connections are supported for RefPorts and VarPorts: "
                f"{source.full_name} is already connected to {taken.full_name}. Use another "
                f"{type(source).__name__}."
            )


def check_types(
    port: AbstractPort,
    partners: Sequence[Any],
    allowed: PortTypes,
    error: type[Exception] = PortTypeError,
) -> None:
    """Check that `partners` are of the `allowed` kinds and all of one kind."""
    names = " or ".join(kind.__name__ for kind in to_list(allowed))
    for partner in partners:
        if not isinstance(partner, allowed):
            raise error(
                f"{type(port).__name__} {port.full_name} cannot be connected this way to "
                f"{describe(partner)}; it takes {names}."
            )
    for partner in partners[1:]:
        if not isinstance(partner, type(partners[0])):
            raise PortTypeError(
                f"{port.full_name} is connected to ports of different kinds in one call: "
                f"{describe(partners[0])} and {describe(partner)}. Make one call per kind."
            )


def describe(obj: Any) -> str:
    """Return a port as ``InPort dense.s_in``, anything else as its repr."""
    full_name = getattr(obj, "full_name", None)
    return repr(obj) if full_name is None else f"{type(obj).__name__} {full_name}"


def check_shapes(pairs: Sequence[tuple[AbstractPort, AbstractPort]]) -> None:
    """Check that the shapes of each (source, destination) are equal."""
    for source, destination in pairs:
        if source.shape != destination.shape:
            raise IncompatibleShapesError(
                f"{source.full_name} (shape {source.shape}) -> {destination.full_name} (shape "
                f"{destination.shape}): shapes are incompatible. They must be equal: change "
                f"one of them, or use reshape(), flatten() or transpose() on the source."
            )


def check_not_connected(pairs: Sequence[tuple[AbstractPort, AbstractPort]]) -> None:
    """Check that no (source, destination) is connected yet, nor twice in this call."""
    seen = set()
    for source, destination in pairs:
        text = f"{source.full_name} -> {destination.full_name}:"
        if source is destination:
            raise PortTypeError(f"{text} a port cannot be connected to itself.")
        if destination in source.connection_configs or (source, destination) in seen:
            raise DuplicateConnectionError(f"{text} the same two ports")
        seen.add((source, destination))


def connect_pairs(
    pairs: Sequence[tuple[AbstractPort, AbstractPort]], configs: Any, same_shape: bool = True
) -> None:
    """Connect each (source, destination), or raise and connect none."""
    if same_shape:
        check_shapes(pairs)
    check_not_connected(pairs)
    for (source, destination), config in zip(
        pairs, checked_configs(configs, len(pairs)), strict=True
    ):
        source.out_connections.append(destination)
        destination.in_connections.append(source)
        source.connection_configs[destination] = config
        destination.connection_configs[source] = config
