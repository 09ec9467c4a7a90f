"""Walks over the graph of connected ports.

Ports form a graph: OutPorts fan out, InPorts fan in, ports of hierarchical Processes pass
on, virtual ports change the shape on the way. The walks are loops, not recursion, so that
depth does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lavajit.process.ports import AbstractPort

    PortPath = tuple[AbstractPort, list[AbstractPort]]


def find_paths(start: AbstractPort, forward: bool) -> list[PortPath]:
    """Return every path from `start` to the end of the graph, depth first.

    Parameters
    ----------
    start : AbstractPort
        Where the walk begins; not part of the path.
    forward : bool
        Walk with the data flow (True) or against it (False).

    Returns
    -------
    list of (port, list of virtual ports)
        The port at the end of each path and the virtual ports passed, always in the order
        in which data flow. Virtual ports that lead nowhere give no path.
    """
    paths: list[PortPath] = []
    passed: list[AbstractPort] = []
    on_path = {start}
    branches = [iter(_neighbours(start, forward))]
    walked = [start]
    while branches:
        port = next(branches[-1], None)
        if port is None:
            branches.pop()
            left = walked.pop()
            on_path.discard(left)
            if left.is_virtual and left is not start:
                passed.pop()
            continue
        if port in on_path:
            raise RuntimeError(f"the connections of port {port.full_name} lead back to it.")
        if not port.is_virtual and not _neighbours(port, forward):
            paths.append((port, passed[:] if forward else passed[::-1]))
            continue
        on_path.add(port)
        walked.append(port)
        branches.append(iter(_neighbours(port, forward)))
        if port.is_virtual:
            passed.append(port)
    return paths


def _neighbours(port: AbstractPort, forward: bool) -> list[AbstractPort]:
    return port.out_connections if forward else port.in_connections


def unique_ends(paths: list[PortPath]) -> list[AbstractPort]:
    """Return the ports at the ends of `paths`, each once, in order."""
    return list(dict.fromkeys(end for end, _ in paths))


def real_sources(port: AbstractPort) -> list[AbstractPort]:
    """Return the ports that a virtual port is derived from; for others the port itself."""
    sources: list[AbstractPort] = []
    stack = [port]
    while stack:
        current = stack.pop()
        if current.is_virtual:
            stack.extend(reversed(current.in_connections))
        else:
            sources.append(current)
    return sources


def real_destinations(port: AbstractPort) -> Iterator[AbstractPort]:
    """Yield the ports that `port` is connected to, directly or through virtual ports."""
    stack = list(reversed(port.out_connections))
    while stack:
        current = stack.pop()
        if current.is_virtual:
            stack.extend(reversed(current.out_connections))
        else:
            yield current
