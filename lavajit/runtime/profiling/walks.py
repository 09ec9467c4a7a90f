"""Two longer copies of a program table: one that measures every row, and one that hardly measures.

In the *thorough* copy a TICK row follows each row of work, and gives the cycles since the last TICK
to a slot of that row. Divided rows are called one after the other for every shard, by the thread
that walks the program; after a connection the spikes it has delivered are counted. In the *quick*
copy only rows in Python and groups of divided rows are timed, which take microseconds. Both count
how often rows behind a jump are reached; all others are reached once in a step.
"""

from __future__ import annotations

from ctypes import c_int64
from dataclasses import dataclass, field

import numpy as np

from lavajit.compiler.fields import WORD_BYTES
from lavajit.compiler.work import (
    CALL,
    END,
    FORK,
    GUARD,
    HOST,
    HOST_GUARD,
    JUMP,
    JUMP_ZERO,
)
from lavajit.runtime.table import (
    BLOCK,
    COLUMNS,
    COUNT,
    OPERATION,
    SLOT_WORDS,
    TARGET,
    TICK,
)

_WORK = (CALL, GUARD, HOST, HOST_GUARD)
#: Slots that belong to no row: time before a measurement, of the loop itself, and of counting.
NOTHING, LOOP, COUNTING = range(3)


@dataclass
class Group:
    """Divided rows behind one FORK: its slot, and those of its rows in all shards."""

    slot: int
    members: list[int] = field(default_factory=list)


@dataclass
class Walk:
    """A longer copy: its table, and the program's row of each of its rows."""

    table: np.ndarray
    origin: list[int]


class Walks:
    """Both copies, and what they write to.

    Parameters
    ----------
    table : ndarray of int64
        A program table.
    shards : int
        Number of parts of divided rows.
    counters : dict of int to (int, int)
        Address and block of a kernel that is called after a row, in the thorough copy.

    Attributes
    ----------
    quick, thorough : Walk
        The copies.
    slots : ndarray of int64, shape (S, 3)
        Cycles, number of TICKs, most cycles of one.
    last : ndarray of int64, shape (1,)
        The counter at the last TICK.
    slots_of : dict of int to list of int
        Slots of each row of work; several if it is divided.
    hosts : list of int
        Slots of rows in Python.
    groups : list of Group
        Divided rows.
    """

    def __init__(
        self, table: np.ndarray, shards: int = 1, counters: dict[int, tuple[int, int]] | None = None
    ):
        self._table, self._shards, self._counters = table.copy(), shards, counters or {}
        self._operations = table[:, OPERATION].tolist()
        self._groups = self._find_groups()
        self._leaders = _leaders(table, self._operations)
        self._landings = set(_targets(table, self._operations))
        self.slots_of: dict[int, list[int]] = {}
        self.hosts: list[int] = []
        self.groups: list[Group] = []
        self.slots = np.zeros((self._number_slots(), SLOT_WORDS), np.int64)
        self.last = np.zeros(1, np.int64)
        self._reached = np.zeros(len(table), np.int64)
        kept = self.slots, self.last, self._reached
        self._addresses = [array.ctypes.data for array in kept]
        self.quick = self._copy(thorough=False)
        self.thorough = self._copy(thorough=True)

    def measures(self, table: np.ndarray) -> bool:
        """True if these are copies of such a table."""
        return np.array_equal(table, self._table)

    def reset(self) -> None:
        """Begin from zero."""
        self.slots[:] = self._reached[:] = 0

    def calls(self, steps: int) -> dict[int, int]:
        """How often each row of work was reached in so many steps."""
        leaders = ((row, self._leaders[row]) for row in self.slots_of)
        return {row: steps if at < 0 else int(self._reached[at]) for row, at in leaders}

    def _find_groups(self) -> dict[int, int]:
        """First row behind each group of divided rows, by the row of its FORK."""
        forks = (row for row, operation in enumerate(self._operations) if operation == FORK)
        return {row: int(self._table[row, TARGET]) for row in forks}

    def _number_slots(self) -> int:
        slots = COUNTING + 1
        divided = {row for fork, end in self._groups.items() for row in range(fork + 1, end)}
        for row, operation in enumerate(self._operations):
            if operation in _WORK:
                number = self._shards if row in divided else 1
                self.slots_of[row] = list(range(slots, slots + number))
                slots += number
                if operation in (HOST, HOST_GUARD):
                    self.hosts += self.slots_of[row]
        for fork, end in self._groups.items():
            members = [slot for row in range(fork + 1, end) for slot in self.slots_of[row]]
            self.groups.append(Group(slots, members))
            slots += 1
        return slots

    # --- copies -----------------------------------------------------------------------

    def _copy(self, thorough: bool) -> Walk:
        copy = _Copy(self)
        place = copy.thorough if thorough else copy.quick
        row = 0
        while row < len(self._operations):
            copy.begin(row)
            row = place(row)
        return copy.finish(self._landings)

    def tick(self, slot: int) -> tuple[int, ...]:
        """A row that gives the time since the last one to a slot."""
        return (TICK, self._addresses[0] + SLOT_WORDS * WORD_BYTES * slot, self._addresses[1], 0, 0)

    def count(self, row: int) -> tuple[int, ...]:
        """A row that counts how often this place is reached."""
        return (COUNT, self._addresses[2] + WORD_BYTES * row, 0, 0, 0)


class _Copy:
    """One copy in the making."""

    def __init__(self, walks: Walks):
        self.walks = walks
        self.rows: list[list[int]] = []
        self.origin: list[int] = []
        self.starts: dict[int, int] = {}
        self.jumps: list[int] = []
        self.row = 0

    def add(self, entry) -> None:
        self.rows.append(list(entry))
        self.origin.append(self.row)

    def begin(self, row: int) -> None:
        self.row, self.starts[row] = row, len(self.rows)
        if self.walks._leaders[row] == row:
            self.add(self.walks.count(row))

    def quick(self, row: int) -> int:
        """Place a row, and what is behind it if it is a FORK; the next row."""
        walks, operation = self.walks, self.walks._operations[row]
        if operation == FORK:
            number = list(walks._groups).index(row)
            return self._fork(row, walks._groups[row], walks.groups[number].slot)
        timed = operation in (HOST, HOST_GUARD)
        if timed:
            self.add(walks.tick(NOTHING))
        self._place(row)
        if timed:
            self.add(walks.tick(walks.slots_of[row][0]))
        return row + 1

    def _fork(self, row: int, end: int, slot: int) -> int:
        self.add(self.walks.tick(NOTHING))
        fork = len(self.rows)
        for self.row in range(row, end):
            self.add(self.walks._table[self.row])
        self.rows[fork][TARGET] = len(self.rows)
        self.add(self.walks.tick(slot))
        return end

    def thorough(self, row: int) -> int:
        """Place a row and its TICK; the next row."""
        walks, operation = self.walks, self.walks._operations[row]
        if row == 0:
            self.add(walks.tick(NOTHING))
        if operation in (*_WORK, FORK, END):
            if row in walks._landings or self.rows[-1][OPERATION] != TICK:
                self.add(walks.tick(LOOP))
        if operation == FORK:
            for self.row in range(row + 1, walks._groups[row]):
                self._serial(self.row)
            return walks._groups[row]
        self._place(row)
        if operation in _WORK:
            self.add(walks.tick(walks.slots_of[row][0]))
            self._count_events(row)
        return row + 1

    def _serial(self, row: int) -> None:
        """One row in all shards, one after the other."""
        entry, walks = self.walks._table[row].copy(), self.walks
        blocks = _words(int(entry[BLOCK]), walks._shards)
        for block, slot in zip(blocks, walks.slots_of[row], strict=True):
            entry[BLOCK] = block
            self.add(entry)
            self.add(walks.tick(slot))
        self._count_events(row)

    def _count_events(self, row: int) -> None:
        if row in self.walks._counters:
            self.add((CALL, *self.walks._counters[row], 0, 0))
            self.add(self.walks.tick(COUNTING))

    def _place(self, row: int) -> None:
        if self.walks._operations[row] in (JUMP, JUMP_ZERO):
            self.jumps.append(len(self.rows))
        self.add(self.walks._table[row])

    def finish(self, landings: set[int]) -> Walk:
        """The copy; jumps go where their targets are now."""
        for jump in self.jumps:
            self.rows[jump][TARGET] = self.starts[self.rows[jump][TARGET]]
        table = np.array(self.rows, np.int64).reshape(-1, COLUMNS)
        return Walk(table, self.origin)


def _words(address: int, number: int) -> list[int]:
    """Words at an address."""
    return list((c_int64 * number).from_address(address))


def _targets(table: np.ndarray, operations: list[int]) -> list[int]:
    """Where jumps go."""
    return [int(table[row, TARGET]) for row, op in enumerate(operations) if op in (JUMP, JUMP_ZERO)]


def _leaders(table: np.ndarray, operations: list[int]) -> list[int]:
    """For each row the first row of work that is reached exactly when it is; -1: in every step.

    Jumps go forward only. Between two jumps or landings all rows are reached equally often.
    """
    landings = set(_targets(table, operations))
    leaders, furthest, leader = [], 0, -1
    for row, operation in enumerate(operations):
        if row in landings or (row and operations[row - 1] in (JUMP, JUMP_ZERO)):
            leader = -1
        behind = row < furthest
        if behind and leader < 0 and operation in (*_WORK, FORK):
            leader = row
        leaders.append(leader if behind else -1)
        if operation in (JUMP, JUMP_ZERO):
            furthest = max(furthest, int(table[row, TARGET]))
    return leaders
