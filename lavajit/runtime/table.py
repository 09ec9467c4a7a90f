"""The program table of the native loop: its columns, and rows that measure.

A profiled run walks a longer copy of the table, in which rows of the program are followed by TICK
rows. No program of the compiler has them.
"""

from __future__ import annotations

import numpy as np

from lavajit.compiler.fields import WORD_BYTES
from lavajit.compiler.work import FORK

#: Columns of the table.
OPERATION, ADDRESS, BLOCK, FLAG, TARGET = range(5)
COLUMNS = 5
ROW_BYTES = COLUMNS * WORD_BYTES

#: TICK gives the cycles since the last TICK to the slot at its address; the word at its block keeps
#: the time. COUNT adds 1 to the word at its address.
TICK, COUNT = FORK + 1, FORK + 2
#: Words of a slot: sum of cycles, number of TICKs, most cycles of one.
CYCLES, TICKS, LONGEST = range(3)
SLOT_WORDS = 3


def new_table(rows: int) -> np.ndarray:
    """An empty program table."""
    return np.zeros((rows, COLUMNS), np.int64)
