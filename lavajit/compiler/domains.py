"""Sync domains: which Processes share the guards of the management phases."""

from __future__ import annotations

from lavajit.compiler.exceptions import ModelError
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import is_async
from lavajit.model.protocols import AsyncProtocol, LoihiProtocol
from lavajit.model.sync_domain import SyncDomain


def assign_domains(graph: Graph) -> list[tuple[SyncDomain, list[int]]]:
    """Every domain with the node indices of its members: custom ones first, then one per protocol.

    Raises
    ------
    ModelError
        Two domains of one name, a Process in two domains, a protocol that its model does not
        implement, or a Process that does not belong to the network.
    """
    custom = list(getattr(graph.run_cfg, "custom_sync_domains", None) or [])
    owner: dict[int, SyncDomain] = {}
    names: set[str] = set()
    for domain in custom:
        if domain.name in names:
            raise ModelError(f"two sync domains are called {domain.name!r}; names must be unique")
        names.add(domain.name)
        for process in domain.processes:
            _claim(graph, domain, process, owner)
    domains = [(domain, [k for k, d in owner.items() if d is domain]) for domain in custom]
    return domains + _automatic(graph, owner)


def _claim(graph: Graph, domain: SyncDomain, process, owner: dict[int, SyncDomain]) -> None:
    node = graph.by_process.get(id(process))
    if node is None:
        raise ModelError(
            f"{process!r} in sync domain {domain.name!r} is not a leaf Process of the network; "
            "connect it, or take "
            "it out of the domain."
        )
    if node.index in owner:
        raise ModelError(
            f"{node.name} is in two sync domains, {owner[node.index].name!r} and {domain.name!r}"
        )
    expected = AsyncProtocol if is_async(node.model_class) else LoihiProtocol
    if not isinstance(domain.protocol, expected):
        raise ModelError(
            f"sync domain {domain.name!r} has protocol {domain.protocol!r}, but "
            f"{node.model_class.__name__} of {node.name} implements {expected.__name__}; use "
            f"SyncDomain({domain.name!r}, {expected.__name__}(), ...)."
        )
    owner[node.index] = domain


def _automatic(graph: Graph, owner: dict[int, SyncDomain]) -> list[tuple[SyncDomain, list[int]]]:
    found: dict[type, tuple[SyncDomain, list[int]]] = {}
    for node in graph.nodes:
        if node.index in owner:
            continue
        protocol = AsyncProtocol if is_async(node.model_class) else LoihiProtocol
        if protocol not in found:
            name = f"{protocol.__name__}_SyncDomain"
            found[protocol] = (SyncDomain(name, protocol(), []), [])
        domain, members = found[protocol]
        domain.processes.append(node.process)
        members.append(node.index)
    return list(found.values())
