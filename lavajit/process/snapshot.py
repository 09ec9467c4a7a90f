"""The state of a whole network between two time steps, in memory or in a file.

A Snapshot holds, as plain data, what a run changes: of every leaf Process all numbers and arrays of
its model (Vars included), its other attributes, the last messages of its OutPorts and the key of
its random numbers; and messages that wait in FIFOs, kept writes of RefPorts, and the time step. No
address and no division among threads is part of it.

A file has the format ``lavajit-snapshot`` of :mod:`lavajit.process.archive`: arrays named
``array.<k>``, and in the header the same as `Snapshot.header`, see ``docs/checkpoints.md``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

import numpy as np

from lavajit.process.archive import read_archive, write_archive
from lavajit.process.state_values import StateFileError

FORMAT = "lavajit-snapshot"
ARRAY = "array.{}"


class Snapshot:
    """What `Process.snapshot` returns and `Process.restore` takes; it never changes.

    Attributes
    ----------
    time_step : int
        Number of the last finished time step.
    processes : tuple of str
        Class of every leaf Process, and its name if it was given one.
    nbytes : int
        Bytes of its arrays.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps, Snapshot
    >>> lif = LIF(shape=(2,), bias_mant=3, vth=100)
    >>> lif.run(RunSteps(5), Loihi2SimCfg())
    >>> state = lif.snapshot()
    >>> state
    <Snapshot of 1 Process after time step 5, 80 bytes in arrays>
    >>> lif.run(RunSteps(5))
    >>> lif.restore(state)
    >>> lif.v.get().tolist(), lif.runtime.time_step
    ([15.0, 15.0], 5)
    >>> lif.stop()
    """

    def __init__(self, header: dict[str, Any], arrays: list[np.ndarray], path: Any = None) -> None:
        self.header = header
        self.arrays = tuple(arrays)
        for array in self.arrays:
            array.flags.writeable = False
        self.path = path

    @property
    def time_step(self) -> int:
        return self.header["time_step"]

    @property
    def processes(self) -> tuple[str, ...]:
        found = self.header["processes"]
        return tuple(f"{p['class']} '{p['name']}'" if p["name"] else p["class"] for p in found)

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)

    def save(self, path: str | os.PathLike) -> None:
        """Write it to a file; a file that is there is replaced as a whole, or, on errors, stays."""
        arrays = {ARRAY.format(k): array for k, array in enumerate(self.arrays)}
        write_archive(path, {"format": FORMAT, **self.header}, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike) -> Snapshot:
        """Read a file written by `save`.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        StateFileError
            It is another kind of file, damaged, cut off, or of a newer version.
        """
        header, named = read_archive(path, FORMAT)
        names = takewhile(named.__contains__, map(ARRAY.format, count()))
        snapshot = cls(header, [named[name] for name in names], path)
        if not _is_complete(header):
            raise StateFileError(f"{path} is damaged: its header is not complete.")
        return snapshot

    def __repr__(self) -> str:
        n = len(self.header["processes"])
        return (
            f"<Snapshot of {n} Process{'es' if n != 1 else ''} after time step {self.time_step}, "
            f"{self.nbytes:,} bytes in arrays>"
        )

    def __str__(self) -> str:
        return "the Snapshot" if self.path is None else f"the Snapshot in {self.path}"


def _is_complete(header: Mapping[str, Any]) -> bool:
    """What is not checked again when the snapshot is restored."""
    step, processes = header.get("time_step"), header.get("processes")
    lists = all(isinstance(header.get(name), list) for name in ("fifos", "writes", "connections"))
    return (
        lists
        and type(step) is int
        and step >= 0
        and isinstance(processes, list)
        and all(isinstance(p, dict) and {"class", "name", "model"} <= p.keys() for p in processes)
    )
