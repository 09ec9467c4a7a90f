"""Messages between cores: the tiles they pass, what that counts, and the load of each link.

Cores 0..3 of a chip are tile 0, and so on; tiles are numbered row by row. A message goes along x
first, then along y. Within a tile, or a core, it makes no hop and counts as local.

How chips are joined on a board is not public. **Assumed:** a message to another chip makes the hops
between the two tiles as if both chips were one, and counts one crossing besides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.costs.counters import HOP_EW, HOP_NS, MSG_CHIP, MSG_LOCAL, NETWORK_COUNTERS
from lavajit.neurocore.errors import NcValueError


def tile(chip: Chip, cores: ArrayLike) -> NDArray[np.int64]:
    """Tile of each core of a chip.

    Parameters
    ----------
    chip : Chip
    cores : array_like of int

    Raises
    ------
    NcValueError
        The chip has no such core.

    Examples
    --------
    >>> from lavajit.neurocore.chips import LOIHI1
    >>> from lavajit.neurocore.costs.mesh import tile, tile_position
    >>> tile(LOIHI1, [0, 3, 4, 127]).tolist()
    [0, 0, 1, 31]
    >>> tile_position(LOIHI1, 127).tolist()
    [7, 3]
    """
    cores = np.asarray(cores, np.int64)
    limit = chip.chip.cores.value
    wrong = cores[(cores < 0) | (cores >= limit)]
    if wrong.size:
        raise NcValueError(f"core {wrong.flat[0]}: {chip.title} has cores 0..{limit - 1}")
    return cores // chip.chip.cores_per_tile.value


def tile_position(chip: Chip, cores: ArrayLike) -> NDArray[np.int64]:
    """Column x and row y of the tile of each core, shape (..., 2).

    Raises
    ------
    NcValueError
        The chip has no such core.
    """
    y, x = np.divmod(tile(chip, cores), chip.chip.tile_columns.value)
    return np.stack([x, y], axis=-1)


def tiles_used(chip: Chip, placed: ArrayLike) -> int:
    """Largest number of tiles in use on one chip, at least 1.

    Parameters
    ----------
    chip : Chip
    placed : array_like of int, shape (n, 2)
        Chip and core of each part (`placement.place`).

    Examples
    --------
    >>> from lavajit.neurocore.chips import LOIHI1
    >>> from lavajit.neurocore.costs.mesh import tiles_used
    >>> tiles_used(LOIHI1, [[0, 0], [0, 1], [0, 9], [1, 0]])
    2
    """
    placed = _places(placed).reshape(-1, 2)
    pairs = np.unique(np.stack([placed[:, 0], tile(chip, placed[:, 1])], axis=1), axis=0)
    return max(np.unique(pairs[:, 0], return_counts=True)[1].tolist(), default=1)


def route(chip: Chip, source: ArrayLike, target: ArrayLike) -> NDArray[np.int64]:
    """What one message counts: E-W hops, N-S hops, local, to another chip.

    Its time is the sum of these times `Costs.network_time`.

    Parameters
    ----------
    chip : Chip
    source, target : array_like of int, shape (..., 2)
        Chip and core; broadcast against each other.

    Returns
    -------
    ndarray of int64, shape (..., 4)
        In the order of `counters.NETWORK_COUNTERS`.

    Raises
    ------
    NcValueError
        The chip has no such core.

    Examples
    --------
    >>> from lavajit.neurocore.chips import LOIHI1
    >>> from lavajit.neurocore.costs.mesh import route
    >>> route(LOIHI1, [0, 0], [[0, 2], [0, 43], [1, 0]]).tolist()
    [[0, 0, 1, 0], [2, 1, 0, 0], [0, 0, 0, 1]]
    """
    source, target = np.broadcast_arrays(_places(source), _places(target))
    hops = np.abs(tile_position(chip, source[..., 1]) - tile_position(chip, target[..., 1]))
    crosses = source[..., 0] != target[..., 0]
    counts = np.zeros((*crosses.shape, len(NETWORK_COUNTERS)), np.int64)
    counts[..., HOP_EW], counts[..., HOP_NS] = hops[..., 0], hops[..., 1]
    counts[..., MSG_LOCAL] = ~crosses & ~hops.any(axis=-1)
    counts[..., MSG_CHIP] = crosses
    return counts


def link_loads(
    chip: Chip, source: ArrayLike, target: ArrayLike, messages: ArrayLike
) -> NDArray[np.int64]:
    """Messages over each link between neighbouring tiles of a chip.

    Messages to other chips are left out: where they leave the chip is not public.

    Parameters
    ----------
    chip : Chip
    source, target : array_like of int, shape (n, 2)
        Chip and core of the two ends of each connection between cores.
    messages : array_like of int, shape (..., n)
        Number of messages, for example one row per step.

    Returns
    -------
    ndarray of int64, shape (..., chips, 4, tiles)
        Messages that leave each tile to the east, west, south (y + 1) and north. The largest of a
        step is that of the busiest link.

    Raises
    ------
    NcValueError
        The chip has no such core.

    Examples
    --------
    >>> from lavajit.neurocore.chips import LOIHI1
    >>> from lavajit.neurocore.costs.mesh import link_loads
    >>> loads = link_loads(LOIHI1, [[0, 0], [0, 4]], [[0, 8], [0, 8]], [5, 7])
    >>> loads[0, 0, :3].tolist()
    [5, 12, 0]
    """
    source, target = _places(source).reshape(-1, 2), _places(target).reshape(-1, 2)
    start, end = tile_position(chip, source[:, 1]), tile_position(chip, target[:, 1])
    columns, tiles = chip.chip.tile_columns.value, chip.chip.tiles.value
    rows = -(-tiles // columns)
    chips = int(max([0, *source[:, 0], *target[:, 0]])) + 1
    passed = np.zeros((len(source), chips, 4, rows, columns), np.int64)
    x, y = np.arange(columns), np.arange(rows)
    for row, (x0, y0), (x1, y1), here, there in zip(
        passed, start, end, source[:, 0], target[:, 0], strict=True
    ):
        if here == there:
            row[here, 0, y0] = (x0 <= x) & (x < x1)
            row[here, 1, y0] = (x1 < x) & (x <= x0)
            row[here, 2, :, x1] = (y0 <= y) & (y < y1)
            row[here, 3, :, x1] = (y1 < y) & (y <= y0)
    links = passed.reshape(len(source), chips, 4, rows * columns)[..., :tiles]
    return np.tensordot(np.asarray(messages, np.int64), links, axes=1)


def _places(places: ArrayLike) -> NDArray[np.int64]:
    places = np.asarray(places, np.int64)
    if places.ndim == 0 or places.shape[-1] != 2:
        raise ValueError(f"places: expected pairs of chip and core, got shape {places.shape}")
    return places
