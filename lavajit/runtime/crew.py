"""Threads that help the native loop with divided rows.

A thread enters native code when its crew is enlisted, takes its part of every FORK, and comes back
when the crew is dismissed; in between it waits in a queue and costs nothing. See
:mod:`lavajit.runtime.loop` for the page they share.
"""

from __future__ import annotations

import os
import threading
import weakref
from queue import SimpleQueue

import numpy as np

from lavajit.compiler.arena import CREW, PC
from lavajit.compiler.fields import WORD_BYTES
from lavajit.runtime.loop import (
    AT_ROW,
    CLAIMED,
    HAS_FAILED,
    HELPER_LINES,
    HELPERS,
    LINE_WORDS,
    QUIT,
    SHARDS,
    TURN,
    TURN_DONE,
    native_helper,
)

_LINE_BYTES = LINE_WORDS * WORD_BYTES


class Crew:
    """The helping threads of one network.

    Parameters
    ----------
    control : ndarray of int64
        Control words of the native loop.
    shards : int
        Number of parts it is divided into: one more than there are helpers.
    """

    def __init__(self, control: np.ndarray, shards: int):
        self._control = control
        raw = np.zeros((HELPER_LINES + shards) * LINE_WORDS, np.int64)
        start = -raw.ctypes.data % _LINE_BYTES // WORD_BYTES
        self._page = raw[start : start + (HELPER_LINES + shards - 1) * LINE_WORDS]
        self._lines = self._page.reshape(-1, LINE_WORDS)[HELPER_LINES:]
        self._page[SHARDS] = shards
        self._control[CREW] = self._page.ctypes.data
        self._members: list[_Member] = []
        self._process = 0

    def enlist(self, table: int) -> None:
        """Let the threads help from now on, with the program table at an address."""
        if self._process != os.getpid():  # also after a fork, which leaves threads behind
            page, count = self._page.ctypes.data, len(self._lines)
            self._members = [_Member(page, k + 1) for k in range(count)]
            self._process = os.getpid()
        self._page[QUIT] = self._page[HAS_FAILED] = 0
        self._lines[:, TURN_DONE] = self._lines[:, CLAIMED] = self._page[TURN]
        for member in self._members:
            member.begin(table)
        self._page[HELPERS] = len(self._members)

    def dismiss(self) -> None:
        """Wait until no thread helps any more.

        Raises
        ------
        BaseException
            What a model has raised in a helping thread.
        """
        self._page[HELPERS] = 0
        self._page[QUIT] = 1
        self._page[TURN] += 1
        errors = [member.end() for member in self._members]
        for member, error in enumerate(errors):
            if error is not None:
                self._control[PC] = self._lines[member, AT_ROW]
                raise error


class _Member:
    """One thread; it ends when this object goes."""

    def __init__(self, page: int, shard: int):
        self._orders: SimpleQueue = SimpleQueue()
        self._answers: SimpleQueue = SimpleQueue()
        arguments = (self._orders, self._answers, page, shard)
        name = f"lavajit shard {shard}"
        threading.Thread(target=_help, args=arguments, name=name, daemon=True).start()
        weakref.finalize(self, self._orders.put, 0)

    def begin(self, table: int) -> None:
        self._orders.put(table)

    def end(self) -> BaseException | None:
        return self._answers.get()


def _help(orders: SimpleQueue, answers: SimpleQueue, page: int, shard: int) -> None:
    """What a thread does: enter native code when told to, answer with None or an exception.

    An order is the address of a program table, or 0: no more orders.
    """
    helper = native_helper()
    while table := orders.get():
        error = None
        try:
            helper(page, table, shard)
        except BaseException as raised:
            error = raised
        answers.put(error)
