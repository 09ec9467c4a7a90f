"""Graph algorithms of the schedule: components and a stable topological order, iteratively."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from typing import TypeVar

V = TypeVar("V", bound=Hashable)


def strongly_connected(vertices: list[V], edges: dict[V, list[V]]) -> list[list[V]]:
    """Strongly connected components (Tarjan 1972), iteratively."""
    index: dict[V, int] = {}
    low: dict[V, int] = {}
    on_stack: set[V] = set()
    stack: list[V] = []
    components: list[list[V]] = []
    for root in vertices:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            vertex, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(edges[successor])))
                    break
                if successor in on_stack:
                    low[vertex] = min(low[vertex], index[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[vertex])
                if low[vertex] == index[vertex]:
                    components.append(_pop_component(vertex, stack, on_stack))
    return components


def _pop_component(root: V, stack: list[V], on_stack: set[V]) -> list[V]:
    component = []
    while True:
        vertex = stack.pop()
        on_stack.discard(vertex)
        component.append(vertex)
        if vertex is root:
            return component[::-1]


def sorted_groups(
    groups: list[list[V]], edges: dict[V, list[V]], place_of: Callable[[V], tuple]
) -> list[list[V]]:
    """Topological order of the components; among the free ones, the smallest place first."""
    group_of = {task: g for g, group in enumerate(groups) for task in group}
    waiting = [0] * len(groups)
    following: list[set[int]] = [set() for _ in groups]
    for task, successors in edges.items():
        for successor in successors:
            a, b = group_of[task], group_of[successor]
            if a != b and b not in following[a]:
                following[a].add(b)
                waiting[b] += 1
    place = [min(map(place_of, group)) for group in groups]
    ready = [(place[g], g) for g in range(len(groups)) if waiting[g] == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        _, g = heapq.heappop(ready)
        order.append(groups[g])
        for successor in following[g]:
            waiting[successor] -= 1
            if waiting[successor] == 0:
                heapq.heappush(ready, (place[successor], successor))
    return order
