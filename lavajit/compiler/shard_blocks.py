"""State blocks of shards: those of a Process, with parts of its arrays.

Every block has its own copies of numbers. They are brought up to date before a chunk of steps, and
come out of it equal in all shards, if the model keeps its promise (:meth:`ShardBlocks.settle`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lavajit.compiler.arena import Layout
from lavajit.compiler.fields import (
    PORT_COUNT,
    PORT_DATA,
    PORT_EVENTS,
    PORT_SHAPE,
    WORD_BYTES,
    ArrayField,
    Fields,
    InPortField,
    OutPortField,
    RandomField,
    ScalarField,
    block_words,
    word_offsets,
)
from lavajit.compiler.instances import Instance
from lavajit.model.threads import is_elementwise, shard_bounds

#: Words between the counts of two shards, so that no two threads write to one cache line.
COUNT_STRIDE = 8


@dataclass
class ShardBlocks:
    """The blocks of one divided Process.

    Attributes
    ----------
    instance : Instance
        The Process's model.
    fields : tuple
        Its fields.
    whole : ndarray of int64, shape (words,)
        The undivided block.
    blocks : ndarray of int64, shape (shards, words)
        One row for each shard.
    numbers : ndarray of int64
        Words that hold numbers.
    counts : dict of str to ndarray of int64, shape (shards, COUNT_STRIDE)
        For each OutPort whose non-zero elements are listed: how many, in the first column.
    """

    instance: Instance
    fields: Fields
    whole: np.ndarray
    blocks: np.ndarray
    numbers: np.ndarray
    counts: dict[str, np.ndarray]

    def renew(self) -> None:
        """Copy numbers from the undivided block."""
        self.blocks[:, self.numbers] = self.whole[self.numbers]

    def settle(self) -> None:
        """Copy numbers back into the undivided block.

        Raises
        ------
        RuntimeError
            A number is not the same in all shards.
        """
        copies = self.blocks[:, self.numbers]
        if (copies != copies[0]).any():
            raise RuntimeError(self._broken_promise(copies))
        self.whole[self.numbers] = copies[0]

    def _broken_promise(self, copies: np.ndarray) -> str:
        word = self.numbers[(copies != copies[0]).any(axis=0)][0]
        offsets = word_offsets(self.fields)
        name = max((at, name) for name, at in offsets.items() if at <= word)[1]
        model = self.instance.node.model_class.__name__
        return (
            f"{self.instance.node.name}: {model} says that threads may divide its work, but the "
            f"number it assigns to self.{name} differs between parts of its elements; keep one "
            "number per element in an array, or remove `elementwise` or `divided`"
        )


def divide_block(
    layout: Layout, instance: Instance, names: frozenset[str], shards: int
) -> ShardBlocks:
    """Blocks for the shards of one Process; `names` are the ports and arrays to be cut.

    Arrays of an elementwise model are cut where its ports are, flat ones too.
    """
    index = instance.node.index
    fields = layout.fields[index]
    size = block_words(fields)
    at = layout.blocks[index] - layout.arena.address
    whole = layout.arena.view(at, np.int64, (size,))
    # Rows begin on cache lines.
    room = np.zeros((shards, -(-size // COUNT_STRIDE) * COUNT_STRIDE), np.int64)
    blocks, offsets = room[:, :size], word_offsets(fields)
    blocks[:] = whole
    rows = longest_shape(instance, names)[0] if is_elementwise(instance.node.model_class) else 0
    numbers: list[int] = []
    counts: dict[str, np.ndarray] = {}
    for name, spec in fields:
        records = blocks[:, offsets[name] : offsets[name] + spec.words]
        if isinstance(spec, ScalarField):
            numbers += range(offsets[name], offsets[name] + spec.words)
        elif isinstance(spec, RandomField):
            records[:, 2] = _first_elements(instance, names, shards)
        elif name not in names:
            continue
        elif isinstance(spec, ArrayField):
            _cut(records, 0, 1, np.dtype(spec.dtype).itemsize, rows)
        elif isinstance(spec, (InPortField, OutPortField)):
            if isinstance(spec, OutPortField) and whole[offsets[name] + PORT_EVENTS]:
                counts[name] = _own_lists(records)
            _cut(records, PORT_DATA, PORT_SHAPE, np.dtype(spec.dtype).itemsize)
    return ShardBlocks(instance, fields, whole, blocks, np.array(numbers, np.int64), counts)


def longest_shape(instance: Instance, names: frozenset[str]) -> tuple[int, ...]:
    """Shape of the longest divided port."""
    shapes = [spec.shape for name, spec in instance.ports.items() if name in names]
    return max(shapes, key=lambda shape: np.prod(shape), default=(0,))


def _cut(records: np.ndarray, address: int, shape: int, itemsize: int, rows: int = 0) -> None:
    """Let every record describe its part of an array, cut along the first axis.

    With `rows`, the first axis may be a multiple of that and is cut between the multiples.
    """
    length = int(records[0, shape])
    unit = length // rows if rows else 1
    row_bytes = int(np.prod(records[0, shape + 1 :], dtype=np.int64)) * itemsize
    bounds = unit * np.array(shard_bounds(length // max(unit, 1), len(records)), np.int64)
    records[:, address] += bounds[:-1] * row_bytes
    records[:, shape] = np.diff(bounds)


def _own_lists(records: np.ndarray) -> np.ndarray:
    """Let every OutPort record list its non-zero elements in its own part of the list."""
    firsts = _first_of(records[0, PORT_SHAPE:], len(records))
    counts = np.zeros((len(records), COUNT_STRIDE), np.int64)
    records[:, PORT_EVENTS] += firsts * WORD_BYTES
    records[:, PORT_COUNT] = counts.ctypes.data + WORD_BYTES * COUNT_STRIDE * np.arange(
        len(records)
    )
    return counts


def _first_elements(instance: Instance, names: frozenset[str], shards: int) -> np.ndarray:
    """Number of the first element of each shard, of the longest divided port."""
    return _first_of(np.array(longest_shape(instance, names), np.int64), shards)


def _first_of(shape: np.ndarray, shards: int) -> np.ndarray:
    """Flat number of the first element of each shard."""
    row = int(np.prod(shape[1:], dtype=np.int64))
    return np.array(shard_bounds(int(shape[0]), shards)[:-1], np.int64) * row
