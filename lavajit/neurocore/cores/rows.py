"""The rows of a step: which kernels run on which arrays, and which of them run side by side.

Rows of one core stay in one thread and in their order, and no core writes what another one reads
in the same part of a step: results do not depend on the number of threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lavajit.compiler.work import CALL, END, FORK
from lavajit.model.threads import shard_bounds
from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, TARGET, new_table


@dataclass(frozen=True)
class Row:
    """A kernel and the state block it works on; the core it belongs to, None: to none."""

    address: int
    block: int
    core: int | None = None


class StepTable:
    """The program table of a step.

    Parameters
    ----------
    shards : int
        Number of threads that cores are divided among.
    cores : int

    Attributes
    ----------
    keep : list
        What addresses in the table lead to; must be kept alive with it.
    """

    def __init__(self, shards: int, cores: int):
        self.keep: list[np.ndarray] = []
        self._shards = shards
        bounds = np.array(shard_bounds(cores, shards))
        self._shard = np.searchsorted(bounds, np.arange(cores), side="right") - 1
        self._lines: list[tuple[int, int, int, int]] = []

    def add(self, rows: list[Row]) -> None:
        """Add a part of the step; the last of its rows may belong to no core."""
        if self._shards == 1:
            self._add_calls(rows)
            return
        divided: list[list[Row]] = []
        for layer in _layers([row for row in rows if row.core is not None]):
            together, others = self._divide(layer)
            divided += together
            if others:
                self._add_fork(divided)
                self._add_calls(others)
                divided = []
        self._add_fork(divided)
        self._add_calls([row for row in rows if row.core is None])

    def finish(self) -> np.ndarray:
        """The table."""
        table = new_table(len(self._lines) + 1)
        columns = [OPERATION, ADDRESS, BLOCK, TARGET]
        table[:, columns] = [*self._lines, (END, 0, 0, 0)]
        return table

    def _divide(self, rows: list[Row]) -> tuple[list[list[Row]], list[Row]]:
        """Rows of one kernel, one from each shard at a time; and those left over."""
        shards: list[list[Row]] = [[] for _ in range(self._shards)]
        for row in rows:
            shards[self._shard[row.core]].append(row)
        least = min(map(len, shards))
        together = [list(rows) for rows in zip(*shards, strict=False)]
        return together, [row for shard in shards for row in shard[least:]]

    def _add_fork(self, divided: list[list[Row]]) -> None:
        if divided:
            self._lines.append((FORK, 0, 0, len(self._lines) + 1 + len(divided)))
        for rows in divided:
            blocks = np.array([row.block for row in rows], np.int64)
            self.keep.append(blocks)
            self._lines.append((CALL, rows[0].address, blocks.ctypes.data, 0))

    def _add_calls(self, rows: list[Row]) -> None:
        self._lines += [(CALL, row.address, row.block, 0) for row in rows]


def _layers(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows of one kernel at a time, as many as the order of rows in each core allows."""
    cores: dict[int, deque[Row]] = {}
    for row in rows:
        cores.setdefault(row.core, deque()).append(row)
    while left := [queue for queue in cores.values() if queue]:
        heads = list(dict.fromkeys(queue[0].address for queue in left))
        # What another core comes to later can wait for it.
        later = {row.address for queue in left for row in queue if row.address != queue[0].address}
        address = next((head for head in heads if head not in later), heads[0])
        layer = []
        for queue in left:
            while queue and queue[0].address == address:
                layer.append(queue.popleft())
        yield layer
