"""The memory of a network and the views of its pieces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lavajit.compiler.channels import Channel, Inlet
from lavajit.compiler.fields import WORD_BYTES, Fields
from lavajit.compiler.graph import Reference

if TYPE_CHECKING:
    from lavajit.compiler.shard_blocks import ShardBlocks

#: Alignment of arrays: a cache line, also enough for any vector load.
ALIGNMENT = 64

# Control words, shared between the native loop and Python.
PC, TIME_STEP, STEPS_LEFT, PAUSE, STOP, PHASE, INTERRUPT, CREW = range(8)
CONTROL_WORDS = 8


class Arena:
    """Reserves pieces of one allocation, then hands out views of it."""

    def __init__(self) -> None:
        self.size = 0
        self.memory = np.empty(0, np.uint8)

    def reserve(self, nbytes: int, alignment: int = WORD_BYTES) -> int:
        """Offset of a new piece."""
        at = -(-self.size // alignment) * alignment
        self.size = at + nbytes
        return at

    def reserve_array(self, nbytes: int) -> int:
        """Offset of a piece for an array; small ones need no cache line of their own."""
        return self.reserve(nbytes, ALIGNMENT if nbytes >= ALIGNMENT else WORD_BYTES)

    def allocate(self) -> None:
        """Make the allocation; all zeros."""
        raw = np.zeros(self.size + ALIGNMENT, np.uint8)
        start = -raw.ctypes.data % ALIGNMENT
        self.memory = raw[start : start + self.size]

    @property
    def address(self) -> int:
        return self.memory.ctypes.data

    def view(self, at: int, dtype, shape: tuple[int, ...], order: str = "C") -> np.ndarray:
        """The piece at an offset as an array."""
        return np.ndarray(shape, dtype, self.memory, at, order=order)


@dataclass
class ChannelPlace:
    """Where a channel lives: data, and event indices with their count where wanted."""

    data: np.ndarray
    events: np.ndarray | None = None
    count: np.ndarray | None = None


@dataclass
class Layout:
    """A finished arena.

    Attributes
    ----------
    arena : Arena
        The memory.
    control : ndarray of int64
        Control words and flags.
    blocks : dict of int to int
        Address of the state block of each node.
    fields : dict of int to Fields
        Field types of each block.
    views : dict of (int, str) to ndarray
        Storage of every scalar (0-d) and array field of each node.
    channels : dict of Channel to ChannelPlace
        Message buffers.
    pending : dict of Reference to (ndarray, ndarray)
        Kept write and its flag, of each connected RefPort.
    maps : dict of Reference to ndarray or None
        Index map of each RefPort.
    keys : dict of int to int
        Random key of each node.
    shards : dict of int to ShardBlocks
        State blocks of the shards of each divided node.
    """

    arena: Arena
    control: np.ndarray
    blocks: dict[int, int] = field(default_factory=dict)
    fields: dict[int, Fields] = field(default_factory=dict)
    views: dict[tuple[int, str], np.ndarray] = field(default_factory=dict)
    channels: dict[Channel, ChannelPlace] = field(default_factory=dict)
    pending: dict[Reference, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    maps: dict[Reference, np.ndarray | None] = field(default_factory=dict)
    keys: dict[int, int] = field(default_factory=dict)
    shards: dict[int, ShardBlocks] = field(default_factory=dict)
    keep: list[object] = field(default_factory=list)
    memory_of: dict[str, int] = field(default_factory=dict)

    def word_address(self, word: int) -> int:
        """Address of a control word."""
        return self.control.ctypes.data + WORD_BYTES * word

    def inlet_place(self, inlet: Inlet) -> ChannelPlace:
        """Where an InPort reads, in the shape of the port."""
        place = self.channels[inlet.channel]
        return ChannelPlace(place.data.reshape(inlet.shape), place.events, place.count)
