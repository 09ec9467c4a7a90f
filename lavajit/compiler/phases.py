"""The order of the management phases: a Process whose Vars are read comes before its readers.

Sync domains enter their phases one after the other. In Lava they run at their own pace, and what a
RefPort finds in another domain is a matter of chance; here domains step together, and the order
goes on across their borders: a reader finds what the target has after its phases of the same step.
Where domains read each other, they keep the order in which they were given.
"""

from __future__ import annotations

from collections.abc import Iterable

from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance
from lavajit.compiler.ordering import sorted_groups, strongly_connected


def phase_order(graph: Graph, instances: list[Instance]) -> list[Instance]:
    """The instances of one domain, targets of RefPorts before those who own the ports."""
    of = {instance.node.index: instance for instance in instances}
    links = ((r.target.index, r.node.index) for r in graph.references)
    groups = _ordered(list(of), (link for link in links if set(link) <= of.keys()))
    return [of[index] for group in groups for index in group]


def domain_order(graph: Graph, domains: list[list[Instance]]) -> list[list[Instance]]:
    """The domains, those that are read before those that read."""
    owner = {i.node.index: k for k, domain in enumerate(domains) for i in domain}
    # Asynchronous Processes are in no step.
    ends = ((owner.get(r.target.index), owner.get(r.node.index)) for r in graph.references)
    groups = _ordered(list(range(len(domains))), (link for link in ends if None not in link))
    return [domains[k] for group in groups for k in sorted(group)]


def _ordered(vertices: list[int], links: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Groups in order; a group of several is a loop. Among the free ones, the lowest is first."""
    edges: dict[int, list[int]] = {vertex: [] for vertex in vertices}
    for earlier, later in links:
        if earlier != later:
            edges[earlier].append(later)
    return sorted_groups(strongly_connected(vertices, edges), edges, lambda vertex: (vertex,))
