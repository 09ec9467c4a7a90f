"""Copies of a network: its memory as an image that can be mapped at any address.

Everything that the native loop of a network touches is written into one file in memory: arena,
table of the program, small blocks beside the arena. A copy maps that file *privately*: reading
shares the pages of all copies, and a page is copied when somebody writes to it. So weights that no
kernel changes exist once, whatever the kernels are, and nobody has to know which these are. The
addresses inside, which are few, are set to the copy's own memory.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lavajit.compiler.arena import ALIGNMENT, INTERRUPT, PAUSE, STEPS_LEFT, STOP
from lavajit.compiler.fields import (
    REF_FLAG,
    REF_MAP,
    REF_PENDING,
    REF_PHASE,
    REF_TARGET,
    WORD_BYTES,
    ArrayField,
    InPortField,
    OutPortField,
    RandomField,
    RefPortField,
    SharedField,
    word_offsets,
)
from lavajit.compiler.work import CALL, END, GUARD, TAKE, end_of_step
from lavajit.runtime.loop import native_loop
from lavajit.runtime.table import ADDRESS, BLOCK, COLUMNS, OPERATION

#: Words of a field that hold addresses of memory that a run may change.
_ADDRESSES: dict[type, tuple[int, ...]] = {
    ArrayField: (0,),
    SharedField: (0,),
    RandomField: (1,),
    InPortField: (0, 1, 2),
    OutPortField: (0, 1, 2),
    RefPortField: (REF_TARGET, REF_MAP, REF_PENDING, REF_FLAG, REF_PHASE),
}
#: Operations whose rows name blocks (or, for TAKE, words) of the network.
_ADDRESSING = (CALL, GUARD, TAKE)
#: Bytes of an array that is long: if it is all zero, copies have new memory for it.
LONG = 1 << 16
#: Bytes that are written into the file at once.
_CHUNK = 1 << 24


class NetworkImage:
    """The memory of a network that is not divided among threads, at a step boundary.

    Long arrays that are all zero, such as those of recorders, are left out of the file: each copy
    has new memory for them, which is cheaper than copying pages. Their offsets follow those of the
    file.

    Parameters
    ----------
    network : Network
        All of its rows are native.

    Attributes
    ----------
    size, zeros : int
        Bytes in the file, and bytes in arrays that are all zero.
    control, table : Place
        Control words and program.
    """

    def __init__(self, network) -> None:
        pieces = list(_pieces(network))
        lengths = np.array([piece.size for piece, _ in pieces], np.int64)
        is_zero = np.array([zero for _, zero in pieces])
        room = -(-lengths // ALIGNMENT) * ALIGNMENT
        self.size, self.zeros = int(room[~is_zero].sum()), int(room[is_zero].sum())
        offsets = np.zeros(len(pieces), np.int64)
        for chosen, first in ((~is_zero, 0), (is_zero, self.size)):
            offsets[chosen] = first + np.cumsum(room[chosen]) - room[chosen]
        starts = np.array([piece.ctypes.data for piece, _ in pieces], np.int64)
        order = np.argsort(starts)
        self._sorted = starts[order], (starts + lengths)[order], offsets[order]
        self._file = _memory_file()
        weakref.finalize(self, self._file.close)
        self._file.truncate(self.size)
        for (piece, zero), offset in zip(pieces, offsets.tolist(), strict=True):
            if not zero:
                self._write(piece, offset)
        self._contents = self._map(mmap.ACCESS_READ)
        self._find_addresses(network)
        self.control = self.place(network.layout.control)
        self.table = self.place(network.bound.table)
        self._end = end_of_step(network.program)

    def _write(self, piece: np.ndarray, offset: int) -> None:
        for first in range(0, piece.size, _CHUNK):
            chunk = memoryview(piece[first : first + _CHUNK])
            self._file.seek(offset + first)
            while chunk:
                chunk = chunk[self._file.write(chunk) :]

    def _map(self, access: int) -> np.ndarray:
        return np.frombuffer(mmap.mmap(self._file.fileno(), self.size, access=access), np.uint8)

    def original(self, at: int, size: int) -> np.ndarray:
        """Bytes of the image; must not be written to."""
        if at >= self.size:
            return np.broadcast_to(np.uint8(0), (size,))
        return self._contents[at : at + size]

    def _find_addresses(self, network) -> None:
        """Which words hold addresses of the image, and where these point to."""
        places = np.concatenate(list(_address_words(network)))
        held = self.offsets_of(places)
        words = self._contents.view(np.int64)
        positions = held // WORD_BYTES
        targets = self.offsets_of(words[positions], strict=False)
        inside = targets >= 0
        table = network.bound.table
        calls = np.isin(table[:, OPERATION], (CALL, GUARD))
        self.offsets_of(table[calls, BLOCK])  # or copies would share state without knowing
        self._words, self._targets = positions[inside], targets[inside]

    def offsets_of(self, addresses: np.ndarray, strict: bool = True) -> np.ndarray:
        """Where addresses of the network's memory are in the image; -1 where they are not."""
        starts, ends, offsets = self._sorted
        at = np.maximum(np.searchsorted(starts, addresses, "right") - 1, 0)
        found = (addresses >= starts[at]) & (addresses < ends[at])
        if strict and not found.all():
            raise RuntimeError("this network cannot be copied: a state block is not in its memory")
        return np.where(found, addresses - starts[at] + offsets[at], -1)

    def place(self, array: np.ndarray) -> Place:
        """Where a contiguous array of the network stands."""
        at = int(self.offsets_of(np.array([array.ctypes.data]))[0]) if array.size else 0
        return Place(at, array.shape, array.dtype, "C" if array.flags.c_contiguous else "F")

    def copy(self) -> NetworkCopy:
        """A new copy."""
        memory, zeros = self._map(mmap.ACCESS_COPY), np.zeros(self.zeros, np.uint8)
        words = memory.view(np.int64)
        bases = memory.ctypes.data, zeros.ctypes.data - self.size
        words[self._words] = self._targets + np.where(self._targets < self.size, *bases)
        copy = NetworkCopy(memory, words, zeros)
        copy.view(self.control)[[PAUSE, STOP, INTERRUPT]] = 0  # requests of earlier runs
        copy.view(self.table)[self._end, OPERATION] = END  # nobody would take what is counted
        return copy

    def run(self, copy: NetworkCopy, steps: int) -> None:
        """Let a copy run, in this thread, without holding the interpreter's lock."""
        control, table = copy.view(self.control), copy.view(self.table)
        control[STEPS_LEFT] = steps
        if steps:
            native_loop()(control.ctypes.data, table.ctypes.data)


class Place(NamedTuple):
    """An array in an image."""

    at: int
    shape: tuple[int, ...]
    dtype: np.dtype
    order: str


class NetworkCopy(NamedTuple):
    """Memory of one copy of a network: file (bytes, the same as 8-byte words), and zero arrays."""

    memory: np.ndarray
    words: np.ndarray
    zeros: np.ndarray

    def view(self, place: Place) -> np.ndarray:
        """What stands in this copy at a place."""
        at, size = place.at, self.memory.size
        part, at = (self.memory, at) if at < size else (self.zeros, at - size)
        return np.ndarray(place.shape, place.dtype, part, at, order=place.order)

    def set_bytes(self, at: int, content: np.ndarray) -> None:
        """Set what stands at an offset."""
        self.view(Place(at, content.shape, content.dtype, "C"))[...] = content


def _memory_file():
    """A file without a name, in memory where the system can do that."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("lavajit", os.MFD_CLOEXEC), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


# --- what belongs to a network --------------------------------------------------------


def _pieces(network) -> Iterator[tuple[np.ndarray, bool]]:
    """All memory that a run may change, or that holds addresses of such memory.

    Yields
    ------
    piece : ndarray of uint8
        Its bytes.
    zero : bool
        True for a long array that is all zero.
    """
    layout, bound = network.layout, network.bound
    arena = layout.arena.memory
    first, end = arena.ctypes.data, arena.ctypes.data + arena.size
    views = [bytes_of(view) for view in layout.views.values() if view.ndim and view.size]
    zero = {v.ctypes.data: v for v in views if v.size >= LONG and not v.any()}
    for address, array in sorted(zero.items()):
        if first <= address < end:
            yield arena[first - arena.ctypes.data : address - arena.ctypes.data], False
            first = address + array.size
        yield array, True
    yield arena[first - arena.ctypes.data :], False
    yield bytes_of(bound.table), False
    others = (*_blocks_beside(network).values(), *_spares(network), *views)
    seen = set(zero)
    for array in others:
        address = array.ctypes.data
        outside = not arena.ctypes.data <= address < end
        if array.size and outside and address not in seen:
            seen.add(address)
            yield bytes_of(array), False


def bytes_of(array: np.ndarray) -> np.ndarray:
    """A contiguous array as its bytes; no copy."""
    flat = array.reshape(-1, order="C" if array.flags.c_contiguous else "F")
    return flat.view(np.uint8)


def _blocks_beside(network) -> dict[int, np.ndarray]:
    """State blocks that the table names and that are not in the arena, by address."""
    known = {a.ctypes.data: a for a in network.bound.keep if isinstance(a, np.ndarray)}
    calls = np.isin(network.bound.table[:, OPERATION], (CALL, GUARD))
    named = network.bound.table[calls, BLOCK].tolist()
    return {address: known[address] for address in named if address in known}


def _spares(network) -> list[np.ndarray]:
    """What RefPorts that are not connected read and write."""
    return [a for a in network.layout.keep if isinstance(a, np.ndarray) and a.flags.writeable]


def _address_words(network) -> Iterator[np.ndarray]:
    """Addresses of all words that may hold addresses of the network's memory."""
    layout, table = network.layout, network.bound.table
    for index, fields in layout.fields.items():
        offsets = word_offsets(fields)
        words = [offsets[n] + k for n, spec in fields for k in _ADDRESSES.get(type(spec), ())]
        yield layout.blocks[index] + WORD_BYTES * np.array(words, np.int64)
    for address, block in _blocks_beside(network).items():
        yield address + WORD_BYTES * np.arange(0, block.size, 2)  # address, length, ...
    rows = np.flatnonzero(np.isin(table[:, OPERATION], _ADDRESSING))
    for column in (ADDRESS, BLOCK):
        yield table.ctypes.data + WORD_BYTES * (rows * COLUMNS + column)
