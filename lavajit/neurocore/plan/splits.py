"""Ways to cut a group of neurons into parts, one for each core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.placement import part_sizes


class Split(NamedTuple):
    """A group in parts."""

    #: Part of each neuron.
    part: NDArray[np.int64]
    #: Its place among the neurons of the part, by ascending index.
    local: NDArray[np.int64]
    #: Neurons of each part.
    sizes: NDArray[np.int64]

    @property
    def parts(self) -> int:
        """Number of parts."""
        return self.sizes.size


def consecutive(n: int, parts: int) -> Split:
    """Parts of ceil(n / parts) neurons, in the order of their indices.

    Examples
    --------
    >>> from lavajit.neurocore.plan.splits import consecutive
    >>> consecutive(5, 2).part.tolist()
    [0, 0, 0, 1, 1]
    """
    sizes = np.array(part_sizes(n, parts), np.int64)
    part, local = np.divmod(np.arange(n), sizes[0])
    return Split(part, local, sizes)


def blocks(group: NeuronGroup, block: Sequence[int]) -> Split:
    """Parts that are blocks of a group's shape; those at its end may be smaller.

    Raises
    ------
    NcCompileError
        The block has other dimensions than the group.
    """
    block = tuple(block)
    shape = group.shape
    fits = len(block) == len(shape) and all(1 <= b <= s for b, s in zip(block, shape, strict=False))
    if not fits:
        raise NcCompileError(
            f"block_shapes[{group.name!r}]: {block} does not tile the shape {shape}; give one "
            "length from 1 up for each dimension"
        )
    grid = [-(-s // b) for s, b in zip(shape, block, strict=True)]
    places = [np.arange(s) // b for s, b in zip(shape, block, strict=True)]
    mesh = np.meshgrid(*places, indexing="ij")
    return _numbered(np.ravel_multi_index(mesh, grid).ravel())


def by_channels_and_rows(shape: tuple[int, int, int], channels: int, strips: int) -> Split:
    """Parts of an (X, Y, C) group: `channels` ranges of C, `strips` of X (and of Y, if more)."""
    x_size, y_size, c_size = shape
    x_parts = min(strips, x_size)
    y_parts = -(-strips // x_size)
    x = np.arange(x_size) // -(-x_size // x_parts)
    y = np.arange(y_size) // -(-y_size // y_parts)
    c = np.arange(c_size) // -(-c_size // channels)
    mesh = np.meshgrid(x, y, c, indexing="ij")
    return _numbered(np.ravel_multi_index(mesh, (x[-1] + 1, y[-1] + 1, c[-1] + 1)).ravel())


def strip_counts(shape: tuple[int, int, int], start: int) -> Iterator[int]:
    """Numbers of strips an (X, Y, C) group can be cut into, from `start` up, no two alike."""
    x_size, y_size, _ = shape
    strips = start if start <= x_size else -(-start // x_size) * x_size
    while strips <= x_size * y_size:
        yield strips
        if strips < x_size:
            # The next number that makes strips narrower.
            strips = -(-x_size // (-(-x_size // strips) - 1))
        elif (width := -(-y_size // (strips // x_size))) > 1:
            strips = -(-y_size // (width - 1)) * x_size
        else:
            return


def _numbered(part: NDArray) -> Split:
    sizes = np.bincount(part)
    order = np.argsort(part, kind="stable")
    local = np.empty(part.size, np.int64)
    local[order] = np.arange(part.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Split(part, local, sizes)
