"""Networks as text in the DOT language of graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lavajit.plots.network import Box, Drawing, Link, collect_drawing
from lavajit.plots.sheet import lines_of
from lavajit.process.process import AbstractProcess


def graphviz(process: AbstractProcess, *, folded: bool = True, hide: Iterable[type] = ()) -> str:
    """Describe the network that a Process belongs to for graphviz, which can draw large ones.

    Every Process is a node, every pair of connected ports an edge that names both and the shape of
    what passes; remote memory is dashed. Hierarchical Processes that are opened are clusters.

    Parameters
    ----------
    process : AbstractProcess
        Any member of the network.
    folded : bool
        True draws a hierarchical Process as one node, False opens it.
    hide : iterable of class
        Classes of Processes to leave out.

    Returns
    -------
    str
        In the DOT language; nodes are called p0, p1, ... in the order in which Processes were made.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import LIF, Dense
    >>> lif, dense = LIF(shape=(3,), name="lif"), Dense(weights=np.eye(3), name="dense")
    >>> lif.s_out.connect(dense.s_in)
    >>> print(graphviz(lif))
    digraph network {
      node [shape=box];
      p0 [label="LIF\\nlif"];
      p1 [label="Dense\\ndense"];
      p0 -> p1 [label="s_out → s_in  3"];
    }
    """
    drawing = collect_drawing(process, folded, hide)
    ids = {id(box): f"p{k}" for k, box in enumerate(drawing.boxes)}
    lines = ["digraph network {", "  node [shape=box];"]
    lines += _nodes(drawing, ids)
    for link in drawing.links:
        lines += _edges(link, ids)
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'


def _node(box: Box, ids: dict[int, str]) -> str:
    return f"{ids[id(box)]} [label={_quoted(chr(10).join(lines_of(box)))}];"


def _nodes(drawing: Drawing, ids: dict[int, str]) -> list[str]:
    """Nodes, those of a hierarchical Process in a cluster of its own, clusters in clusters."""
    tree: dict = {"boxes": [], "inner": {}}
    for box in drawing.boxes:
        place = tree
        for parent in box.parents:
            place = place["inner"].setdefault(id(parent), {"boxes": [], "inner": {}, "of": parent})
        place["boxes"].append(box)
    return list(_cluster(tree, ids))


def _cluster(tree: dict, ids: dict[int, str]) -> Iterator[str]:
    pending: list = [(tree, 1)]
    while pending:
        part, depth = pending.pop()
        if isinstance(part, str):
            yield part
            continue
        indent = "  " * depth
        yield from (indent + _node(box, ids) for box in part["boxes"])
        for inner in reversed(part["inner"].values()):
            parent = inner["of"]
            name = _quoted(f"{type(parent).__name__} {parent.name}")
            head = f"{indent}subgraph cluster_{parent.id} {{\n{indent}  label={name};"
            pending += [(f"{indent}}}", depth), (inner, depth + 1), (head, depth)]


def _edges(link: Link, ids: dict[int, str]) -> Iterator[str]:
    style = ", style=dashed" if link.remote else ""
    for source, target, shape in link.joins:
        size = " × ".join(map(str, shape))
        label = _quoted(f"{source} → {target}  {size}".rstrip())
        yield f"  {ids[id(link.source)]} -> {ids[id(link.target)]} [label={label}{style}];"
