"""Groups split over cores, and cores placed on chips.

Both are deterministic: the same network always gives the same cores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavajit.neurocore.chips import LOIHI1, delay_compartments
from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.memory.synapse_memory import (
    EIGHT_BITS,
    INDEX_BITS_MIN,
    Compression,
    SynapseBits,
    row_words,
)

ALLOCATORS = ("greedy", "round_robin", "greedy_interchip")
PACKINGS = ("one_per_core", "first_fit")


def part_count(used: Mapping[str, int], limits: Mapping[str, int]) -> int:
    """Number of cores a group needs: the largest of ceil(used / limit).

    Parameters
    ----------
    used, limits : mapping of str to int
        What the whole group uses, and what a core has, by resource.

    Examples
    --------
    >>> from lavajit.neurocore.plan.placement import part_count
    >>> part_count({"compartments": 2100, "bits": 1_888_000},
    ...            {"compartments": 1024, "bits": 1_048_576})
    3
    """
    return max([1, *(-(-count // limits[name]) for name, count in used.items())])


def part_sizes(n: int, parts: int) -> list[int]:
    """Sizes of the parts of a group of n neurons: ceil(n / parts) each, the rest in the last.

    With a size rounded up, fewer parts than asked for may be enough.

    Raises
    ------
    NcResourceError
        There are more parts than neurons.

    Examples
    --------
    >>> from lavajit.neurocore.plan.placement import part_sizes
    >>> part_sizes(1024, 7)
    [147, 147, 147, 147, 147, 147, 142]
    """
    if not 1 <= parts <= n:
        raise NcResourceError(f"{n} neurons cannot be split into {parts} parts")
    size = -(-n // parts)
    return [min(size, n - start) for start in range(0, n, size)]


class DenseParts(NamedTuple):
    """How a dense layer is split over cores of Loihi 1."""

    sizes: list[int]
    #: Words of an axon's list, and of all of them on one core, in the largest part.
    words_per_axon: int
    words: int


def split_dense(
    n_in: int, n: int, bits: SynapseBits = EIGHT_BITS, name: str = "dense layer"
) -> DenseParts:
    """Fewest cores of Loihi 1 that hold a dense layer, with the exact count of words.

    Parameters
    ----------
    n_in, n : int
        Inputs and neurons; no weight is zero.
    bits : SynapseBits
    name : str
        For messages.

    Returns
    -------
    DenseParts

    Raises
    ------
    NcResourceError
        There are more inputs than a core has axons, or a single neuron takes too many words.

    Examples
    --------
    >>> from lavajit.neurocore.plan.placement import split_dense
    >>> split_dense(784, 1024)[1:]
    (20, 15680)
    """
    core = LOIHI1.core
    where = f"group {name!r} (Dense {n_in}->{n}, Loihi1NeuroCore)"
    if n_in > core.axons_in.value:
        raise NcResourceError(
            f"{where}: input axons {n_in} > {core.axons_in.value} per core.\n"
            f"  Splitting by neurons cannot help (each part needs all {n_in} inputs).\n"
            "  Use population axons (weight sharing), reduce the fan-in, or insert a relay layer."
        )
    reach = delay_compartments(bits.delay)
    for parts in range(-(-n // reach), n + 1):
        sizes = part_sizes(n, parts)
        # One format for all entries: an index must reach the last neuron of the part.
        index_bits = max(INDEX_BITS_MIN, (sizes[0] - 1).bit_length())
        length = row_words(range(sizes[0]), Compression.DENSE1, bits, index_bits)
        if length <= core.words_per_list.value and n_in * length <= core.synapse_words.value:
            return DenseParts(sizes, length, n_in * length)
    raise NcResourceError(
        f"{where}: synaptic memory {n_in * length} words > {core.synapse_words.value} with one "
        "neuron per core; reduce the fan-in"
    )


def place(
    axons: ArrayLike, cores_per_chip: int, chips: int, allocator: str = "greedy_interchip"
) -> NDArray[np.int64]:
    """Chip, and core on the chip, of each part of a network.

    Parameters
    ----------
    axons : array_like of int
        (n, n): axon slots from part i to part j.
    cores_per_chip : int
        Cores of a chip that may be used.
    chips : int
        Chips of the board.
    allocator : str
        "greedy" fills chips in order. "round_robin" gives part i to chip i mod `chips`.
        "greedy_interchip" begins a chip with the first part nothing projects to (else the first
        that is left) and adds the part with the most axons to or from one that is on the chip.

    Returns
    -------
    ndarray of int64, (n, 2)
        Chip and core of each part. Cores of a chip are numbered in the order of placement.

    Raises
    ------
    NcResourceError
        The board has fewer cores than there are parts.
    ValueError
        There is no such allocator.

    Examples
    --------
    >>> from lavajit.neurocore.plan.placement import place
    >>> place([[0, 0, 9], [0, 0, 0], [0, 0, 0]], cores_per_chip=2, chips=2).tolist()
    [[0, 0], [1, 0], [0, 1]]
    """
    axons = np.asarray(axons, np.int64)
    n = len(axons)
    if allocator not in ALLOCATORS:
        raise ValueError(f"allocator: {allocator!r} is none of {', '.join(ALLOCATORS)}")
    if n > cores_per_chip * chips:
        raise NcResourceError(
            f"the network needs {n} cores, the board has {cores_per_chip * chips} ({chips} chips "
            f"of {cores_per_chip}); use more chips"
        )
    order = np.arange(n)
    if allocator == "round_robin":
        return np.stack([order % chips, order // chips], axis=1)
    placed = np.empty((n, 2), np.int64)
    sequence = order if allocator == "greedy" else _by_traffic(axons, cores_per_chip)
    placed[sequence] = np.stack(np.divmod(order, cores_per_chip), axis=1)
    return placed


def _by_traffic(axons: NDArray[np.int64], cores_per_chip: int) -> list[int]:
    """Parts in the order in which greedy_interchip places them."""
    sequence: list[int] = []
    left = list(range(len(axons)))
    while left:
        used = len(sequence) % cores_per_chip
        chosen = _most_connected(axons, sorted(sequence[-used:]) if used else [], left)
        sequence.append(chosen)
        left.remove(chosen)
    return sequence


def _most_connected(axons: NDArray[np.int64], on_chip: Sequence[int], left: Sequence[int]) -> int:
    if on_chip:
        sent = axons[np.ix_(on_chip, left)]
        received = axons[np.ix_(left, on_chip)].T
        # Of equals the first wins: by part on the chip, sent before received, then by candidate.
        traffic = np.stack([sent, received], axis=1)
        if traffic.max() > 0:
            return left[int(traffic.argmax()) % len(left)]
    return next((part for part in left if not axons[:, part].any()), left[0])
