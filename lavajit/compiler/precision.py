"""Which model instances compute in float32, and what that makes of their declarations.

Entering: the graph. Leaving: "float64" or "float32" for every node. In a float32 instance every
declared float64 (complex128) becomes float32 (complex64), in Vars, in ports and in the numbers and
arrays that the model holds besides; what is declared as float32 or as an integer stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lavajit.compiler.exceptions import ModelError
from lavajit.compiler.graph import Graph, Node
from lavajit.model.precision import FLOAT32, FLOAT64, precision_of
from lavajit.model.py_type import LavaPyType

_HALF_SIZE = {
    np.dtype(np.float64): np.dtype(np.float32),
    np.dtype(np.complex128): np.dtype(np.complex64),
}


def narrow(dtype: np.dtype, precision: str = FLOAT32) -> np.dtype:
    """The dtype that stands for `dtype` in an instance of a precision."""
    return _HALF_SIZE.get(dtype, dtype) if precision == FLOAT32 else dtype


def narrowed(
    declared: dict[str, LavaPyType], precision: str, wide: tuple[str, ...]
) -> dict[str, LavaPyType]:
    """Declarations as an instance of a precision takes them; those named in `wide` stay."""
    if precision == FLOAT64:
        return declared
    return {
        name: lava_type if name in wide else _narrowed_type(lava_type)
        for name, lava_type in declared.items()
    }


def _narrowed_type(lava_type: LavaPyType) -> LavaPyType:
    dtype = _dtype(lava_type)
    return replace(lava_type, d_type=narrow(dtype)) if dtype in _HALF_SIZE else lava_type


def _dtype(lava_type: LavaPyType) -> np.dtype | None:
    try:
        return np.dtype(lava_type.d_type)
    except TypeError:
        return None  # reported where the declaration is used


def float_precisions(graph: Graph) -> list[str]:
    """The precision of every node, by its index.

    A model whose ``precision_port`` sees numbers that float32 cannot hold falls back to float64;
    its own numbers may be seen by another such model, hence the repetition.
    """
    found = []
    for node in graph.nodes:
        try:
            found.append(precision_of(node.model_class, graph.run_cfg))
        except ValueError as error:
            raise ModelError(f"{node.model_class.__name__} (for {node.name}): {error}") from None
    following = [
        node
        for node in graph.nodes
        if found[node.index] == FLOAT32 and getattr(node.model_class, "precision_port", "")
    ]
    changed = True
    while changed:
        changed = False
        for node in following:
            if found[node.index] == FLOAT32 and not _fits(graph, node, found):
                found[node.index] = FLOAT64
                changed = True
    return found


def _fits(graph: Graph, node: Node, precisions: list[str]) -> bool:
    """True if float32 holds everything that the node's ``precision_port`` sees."""
    return all(
        dtype is None or np.can_cast(dtype, np.float32, "safe") or dtype == np.complex64
        for dtype in _seen(graph, node, precisions)
    )


def _seen(graph: Graph, node: Node, precisions: list[str]) -> Iterator[np.dtype | None]:
    port = node.model_class.precision_port
    for connection in graph.into(node).get(port, ()):
        yield _kept_as(connection.source, connection.source_port.name, precisions)
    for reference in graph.references_of(node):
        if reference.port.name == port:
            yield _kept_as(reference.target, reference.var.name, precisions)


def _kept_as(node: Node, name: str, precisions: list[str]) -> np.dtype | None:
    """The dtype of a Var or port in its instance; None if its declaration does not say."""
    lava_type = getattr(node.model_class, name, None)
    if not isinstance(lava_type, LavaPyType):
        return None
    cls = lava_type.cls
    whole = isinstance(cls, type) and issubclass(cls, int) and cls is not bool
    dtype = np.dtype(np.int64) if whole else _dtype(lava_type)
    if dtype is None or name in getattr(node.model_class, "float64_vars", ()):
        return dtype
    return narrow(dtype, precisions[node.index])
