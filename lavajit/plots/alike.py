"""Making a large network small: Processes that are alike become one box.

Two boxes are alike in round 0 if their classes and the shapes of their ports are equal, and in
round k + 1 if they are alike in round k and are linked to equally many boxes of each sort (colour
refinement). Late rounds tell much apart, early ones little.
"""

from __future__ import annotations

from lavajit.plots.network import Box, Drawing, Link


def merged(drawing: Drawing, rounds: int | None) -> Drawing:
    """The drawing with boxes merged that are alike after `rounds`; None: all of one class."""
    sorts = _sorts(drawing, rounds)
    boxes: dict[int, Box] = {}
    for box in drawing.boxes:
        group = boxes.setdefault(sorts[id(box)], Box(box.kind, box.name, [], box.parents))
        group.members.extend(box.members)
        if len(group.members) > 1:
            group.name = ""
            common = zip(group.parents, box.parents, strict=False)
            group.parents = tuple(p for p, q in common if p is q)
    links: dict[tuple[int, int, bool], Link] = {}
    for link in drawing.links:
        ends = sorts[id(link.source)], sorts[id(link.target)]
        pair = boxes[ends[0]], boxes[ends[1]]
        kept = links.setdefault((*ends, link.remote), Link(*pair, remote=link.remote))
        kept.joins.extend(link.joins)
    return Drawing(list(boxes.values()), list(links.values()))


def _sorts(drawing: Drawing, rounds: int | None) -> dict[int, int]:
    """A number for every box; equal for boxes that are alike."""
    numbers: dict = {}
    first = {id(box): _first_sort(box, rounds is None) for box in drawing.boxes}
    sorts = {key: numbers.setdefault(sort, len(numbers)) for key, sort in first.items()}
    for _ in range(rounds or 0):
        around: dict[int, list] = {id(box): [] for box in drawing.boxes}
        for link in drawing.links:
            source, target = id(link.source), id(link.target)
            around[source].append((0, link.remote, sorts[target]))
            around[target].append((1, link.remote, sorts[source]))
        numbers = {}
        sorts = {
            key: numbers.setdefault((sorts[key], *sorted(neighbours)), len(numbers))
            for key, neighbours in around.items()
        }
    return sorts


def _first_sort(box: Box, only_class: bool) -> tuple:
    if only_class:
        return (box.kind,)
    process = box.members[0]
    ports = (*process.in_ports.members, *process.out_ports.members)
    return (box.kind, *(port.shape for port in ports))
