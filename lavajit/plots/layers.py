"""Where boxes go: layers from above, short links, few crossings.

The steps are those of K. Sugiyama, S. Tagawa and M. Toda (Methods for visual understanding of
hierarchical system structures, 1981): links of loops are turned round, every box gets a layer below
those before it, long links get a *bend* in every layer that they pass, the order in the layers
follows the means of the neighbours, and so do places.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

#: Times the order is improved, and places are; width of a bend.
ORDER_SWEEPS, PLACE_SWEEPS, BEND = 8, 8, 0.35

Edge = tuple[int, int]


@dataclass
class Layers:
    """A layout.

    Attributes
    ----------
    places : list of (float, float)
        Of every node: across, in widths of a box, and its layer, counted from above.
    bends : dict of Edge to list of (float, float)
        Of every edge that passes layers, from the upper to the lower end.
    turned : set of Edge
        Edges that lead upwards.
    width : float
        Widths of a box, from the leftmost to the rightmost place.
    depth : int
        Number of layers.
    """

    places: list[tuple[float, float]]
    bends: dict[Edge, list[tuple[float, float]]]
    turned: set[Edge]
    width: float
    depth: int


def arranged(count: int, edges: Sequence[Edge]) -> Layers:
    """Lay out nodes 0 to count - 1; edges from a node to itself are ignored."""
    edges = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    turned = _turned(count, edges)
    downward = [edge[::-1] if edge in turned else edge for edge in edges]
    layer = _layers(count, list(dict.fromkeys(downward)))
    rows, chains = _with_bends(count, layer, downward)
    neighbours = _neighbours(chains)
    _order(rows, neighbours)
    across = _places(rows, neighbours)
    places = [(across[node], layer[node]) for node in range(count)]
    bends = {
        edge: [(across[part], part[1]) for part in chain[1:-1]]
        for edge, chain in zip(edges, chains, strict=True)
    }
    extent = [x for x, _ in places] or [0.0]
    return Layers(places, bends, turned, max(extent) - min(extent) + 1, max(layer, default=0) + 1)


def _turned(count: int, edges: list[Edge]) -> set[Edge]:
    """Edges that close a loop in a walk that begins at nodes without input."""
    out: list[list[int]] = [[] for _ in range(count)]
    inputs = [0] * count
    for source, target in edges:
        out[source].append(target)
        inputs[target] += 1
    turned: set[Edge] = set()
    state = [0] * count  # 0 new, 1 on the way, 2 done
    for start in sorted(range(count), key=lambda node: inputs[node] > 0):
        walk = [(start, iter(out[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while walk:
            node, rest = walk[-1]
            target = next(rest, None)
            if target is None:
                state[node] = 2
                walk.pop()
            elif state[target] == 1:
                turned.add((node, target))
            elif state[target] == 0:
                state[target] = 1
                walk.append((target, iter(out[target])))
    return turned


def _layers(count: int, edges: list[Edge]) -> list[int]:
    """Longest way from above; nodes without input stand just above what they lead to."""
    out: list[list[int]] = [[] for _ in range(count)]
    missing = [0] * count
    for source, target in edges:
        out[source].append(target)
        missing[target] += 1
    sources = [node for node in range(count) if not missing[node]]
    layer, ready = [0] * count, list(sources)
    while ready:
        node = ready.pop()
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    for node in sources:
        layer[node] = min((layer[target] for target in out[node]), default=1) - 1
    return layer


def _with_bends(count: int, layer: list[int], edges: list[Edge]):
    """Nodes and bends of every layer, and every edge as a chain through adjacent layers."""
    rows: list[list[Hashable]] = [[] for _ in range(max(layer, default=0) + 1)]
    for node in range(count):
        rows[layer[node]].append(node)
    chains = []
    for number, (source, target) in enumerate(edges):
        bends = [(number, k) for k in range(layer[source] + 1, layer[target])]
        for bend in bends:
            rows[bend[1]].append(bend)
        chains.append([source, *bends, target])
    return rows, chains


def _neighbours(chains) -> tuple[dict, dict]:
    """Above and below every node and bend."""
    above: dict[Hashable, list] = {}
    below: dict[Hashable, list] = {}
    for chain in chains:
        for upper, lower in zip(chain, chain[1:], strict=False):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    return above, below


def _order(rows: list[list], neighbours: tuple[dict, dict]) -> None:
    """Sort every layer by the mean place of the neighbours, downwards and upwards in turns."""
    place = {item: k - len(row) / 2 for row in rows for k, item in enumerate(row)}
    for sweep in range(ORDER_SWEEPS):
        towards = neighbours[sweep % 2]
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            row.sort(key=lambda item, towards=towards: _mean(item, towards, place))
            place.update((item, k - len(row) / 2) for k, item in enumerate(row))


def _mean(item: Hashable, towards: dict, place: dict) -> float:
    others = towards.get(item)
    return sum(place[other] for other in others) / len(others) if others else place[item]


def _places(rows: list[list], neighbours: tuple[dict, dict]) -> dict[Hashable, float]:
    """As near to the neighbours as the order and the width of boxes allow."""
    place = {item: k - (len(row) - 1) / 2 for row in rows for k, item in enumerate(row)}
    both = {
        item: neighbours[0].get(item, []) + neighbours[1].get(item, [])
        for row in rows
        for item in row
    }
    for sweep in range(PLACE_SWEEPS):
        last = sweep >= PLACE_SWEEPS - 2
        towards = both if last else neighbours[sweep % 2]
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = np.array([_mean(item, towards, place) for item in row])
            place.update(zip(row, _spread(wanted, row).tolist(), strict=True))
    return place


def _spread(wanted: np.ndarray, row: list) -> np.ndarray:
    """Places next to the wanted ones, in the least squares sense, that keep boxes apart.

    Less the room that each one needs, places must not decrease: neighbours that would are pooled.
    """
    half = np.array([BEND / 2 if isinstance(item, tuple) else 0.5 for item in row])
    room = np.concatenate([[0.0], np.cumsum(half[1:] + half[:-1])])
    pools: list[list[float]] = []  # sum, number
    for value in wanted - room:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, number = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += number
    means = [pool[0] / pool[1] for pool in pools]
    return np.repeat(means, [int(pool[1]) for pool in pools]) + room
