"""Recording: rows at the end of the step program that copy Vars and messages into buffers.

The kernels of a network do not know that they are recorded, and what is recorded may differ from
run to run: a recorded run walks a copy of the program table with a row for each probe before its
end. Between two chunks of steps the buffers are emptied into a store, in memory or on disk.
"""

from __future__ import annotations

import os
import time
import warnings
from typing import Protocol

import numpy as np

from lavajit.compiler.work import CALL
from lavajit.observe.chunk import Chunk
from lavajit.observe.files import FileStore
from lavajit.observe.memory import MemoryStore
from lavajit.observe.probe import Probe
from lavajit.observe.series import Series
from lavajit.process.member import AbstractProcessMember
from lavajit.runtime.assemble import builtin_kernel
from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, new_table
from lavajit.runtime.tracks import Track

#: Seconds after which records are brought into their store, however few they are.
STORE_SECONDS = 0.5
#: Share of the free memory from which on dense records are worth a warning.
LARGE_SHARE = 0.5


class Store(Protocol):
    """Where chunks go."""

    def add(self, chunks: list[Chunk]) -> None:
        """One chunk of each probe, in the order of the probes."""

    def close(self, facts: dict) -> None:
        """No more chunks come; facts of the finished run."""

    def series(self) -> dict[str, Series]:
        """What has been recorded so far, by name."""


class Recording:
    """What one run records.

    Parameters
    ----------
    network : Network
        A compiled network.
    probes : list of Probe
        What is recorded.
    first, last : int
        First and last time step of the run; `last` is -1 if nobody knows.
    to : str or path, optional
        Folder to write to; default: in memory.
    facts : dict
        Facts of the run.

    Attributes
    ----------
    store : Store
        The records.
    names : dict of Var or OutPort to str
        Their names in it.

    Raises
    ------
    ValueError
        A Var or port is not part of the network, or has no memory of its own to record from.
    MemoryError
        Dense records are larger than the memory that is free.
    FileExistsError
        `to` holds something else.
    """

    def __init__(self, network, probes: list[Probe], first: int, last: int, to, facts: dict):
        self.names = _names([probe.target for probe in probes])
        self._tracks = [Track(network, probe, self.names[probe.target]) for probe in probes]
        forms = [track.form for track in self._tracks]
        expected = [0 if last < 0 else probe.steps_in(first, last) for probe in probes]
        self.store: Store
        if to is None:
            _check_room(forms, expected)
            self.store = MemoryStore(forms, expected)
        else:
            self.store = FileStore(to, forms, facts, first)
        self._emptied = time.perf_counter()
        self._keep: list[object] = []

    def table(self, table: np.ndarray) -> np.ndarray:
        """A program table with a row for each probe before its last row, the end of the step."""
        longer = new_table(len(table) + len(self._tracks))
        longer[: len(table) - 1], longer[-1] = table[:-1], table[-1]
        for row, track in zip(longer[len(table) - 1 : -1], self._tracks, strict=True):
            kernel, block = builtin_kernel(track.kernel, track.arrays)
            row[OPERATION], row[ADDRESS], row[BLOCK] = CALL, kernel.address, block.ctypes.data
            self._keep += [kernel, block]
        return longer

    def begin(self, time_step: int) -> None:
        """Get ready for the steps after `time_step`."""
        for track in self._tracks:
            track.begin(time_step)

    def relieve(self) -> None:
        """Between two steps: empty the buffers if another step might not fit, or it is time."""
        late = time.perf_counter() - self._emptied > STORE_SECONDS
        if late or any(track.is_half_full for track in self._tracks):
            self.empty()

    def empty(self) -> None:
        """Between two steps: bring everything into the store."""
        self.store.add([track.take() for track in self._tracks])
        self._emptied = time.perf_counter()

    def moved(self, time_step: int) -> None:
        """Between two steps: the network goes on from another time step."""
        self.empty()
        self.begin(time_step)

    @property
    def labels(self) -> list[str]:
        """Names of the records, in the order of their rows."""
        return [track.form.name for track in self._tracks]

    @property
    def room(self) -> int:
        """Bytes of the buffers."""
        return sum(array.nbytes for track in self._tracks for array in track.arrays.values())


def _names(members: list[AbstractProcessMember]) -> dict[AbstractProcessMember, str]:
    """`process.member`, with a number where Processes have the same name."""
    names: dict[AbstractProcessMember, str] = {}
    for member in members:
        name, number = member.full_name, 2
        while name in names.values():
            name = f"{member.process.name}_{number}.{member.name}"
            number += 1
        names[member] = name
    return names


def _check_room(forms, expected: list[int]) -> None:
    """Compare dense records with the memory that is free."""
    sizes = {
        form.name: steps * form.size * form.dtype.itemsize
        for form, steps in zip(forms, expected, strict=True)
        if not form.events
    }
    total, free = sum(sizes.values()), free_memory()
    if not free or total < LARGE_SHARE * free:
        return
    largest = max(sizes, key=lambda name: sizes[name])
    text = (
        f"the records of this run take {total / 1e9:.1f} GB ({largest} alone "
        f"{sizes[largest] / 1e9:.1f} GB), {free / 1e9:.1f} GB of memory are free; record every so "
        "many steps (every=), some elements (neurons=), or to a folder (to=)"
    )
    if total > free:
        raise MemoryError(text)
    warnings.warn(text, UserWarning, stacklevel=2)


def free_memory() -> int:
    """Bytes of memory that can still be used; 0 if the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable"):
                    return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0
