"""Copies of a program that measure: they do what the program does, and count it."""

import ctypes

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit.compiler.work import CALL, END, FORK, GUARD, HOST, JUMP, JUMP_ZERO, SET_FLAG
from lavajit.runtime.profiling.walks import Walks
from lavajit.runtime.table import (
    ADDRESS,
    BLOCK,
    COUNT,
    FLAG,
    OPERATION,
    TARGET,
    TICK,
    TICKS,
    new_table,
)

SHARDS = 3
OPERATIONS = (CALL, GUARD, HOST, JUMP_ZERO, JUMP, SET_FLAG, FORK)


@st.composite
def programs(draw) -> list[tuple[int, int, int]]:
    """Rows (operation, flag, target): work, jumps forward, and groups of divided rows."""
    length = draw(st.integers(1, 25))
    rows: list[tuple[int, int, int]] = []
    while len(rows) < length:
        operation = draw(
            st.sampled_from([CALL, CALL, GUARD, HOST, JUMP_ZERO, JUMP, SET_FLAG, FORK])
        )
        if operation == FORK:
            size = draw(st.integers(1, 3))
            end = len(rows) + 1 + size
            rows += [(FORK, 0, end), *[(CALL, 0, 0)] * size]
        else:
            rows.append((operation, draw(st.integers(0, 1)), draw(st.integers(1, 9))))
    inside = {k for at, (op, _, end) in enumerate(rows) if op == FORK for k in range(at + 1, end)}
    free = [k for k in range(len(rows) + 1) if k not in inside]
    for at, (operation, flag, ahead) in enumerate(rows):
        if operation in (JUMP, JUMP_ZERO):
            later = [k for k in free if k > at]
            rows[at] = operation, flag, later[ahead % len(later)]
    return [*rows, (END, 0, 0)]


def as_table(rows: list[tuple[int, int, int]], lists: np.ndarray) -> np.ndarray:
    table = new_table(len(rows))
    for row, (operation, flag, target) in enumerate(rows):
        table[row, [OPERATION, FLAG, TARGET]] = operation, flag, target
        table[row, BLOCK] = 100 * row
    for at, (operation, _, end) in enumerate(rows):
        if operation == FORK:
            for row in range(at + 1, end):
                lists[row] = 100 * row + np.arange(SHARDS)
                table[row, BLOCK] = lists[row].ctypes.data
    return table


def walk(table: np.ndarray, answers: list[int]) -> list[tuple[int, int]]:
    """What the native loop does in one step: (operation, block) of all work, in order."""
    done: list[tuple[int, int]] = []
    flags, row, guards = [0, 0], 0, 0
    while table[row, OPERATION] != END:
        operation, _, block, flag, target = (int(word) for word in table[row])
        row += 1
        if operation in (CALL, HOST):
            done.append((operation, block))
        elif operation == GUARD:
            done.append((operation, block))
            flags[flag] = answers[guards % len(answers)]
            guards += 1
        elif operation == SET_FLAG:
            flags[flag] = target % 2
        elif operation == FORK:
            for k in range(row, target):
                blocks = (ctypes.c_int64 * SHARDS).from_address(int(table[k, BLOCK]))
                done += [(CALL, one) for one in blocks]
            row = target
        elif operation == JUMP or (operation == JUMP_ZERO and not flags[flag]):
            row = target
        elif operation == TICK:
            word(table[row - 1, ADDRESS] + 8 * TICKS).value += 1
        elif operation == COUNT:
            word(table[row - 1, ADDRESS]).value += 1
    return done


def word(address: int) -> ctypes.c_int64:
    return ctypes.c_int64.from_address(int(address))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(rows=programs(), answers=st.lists(st.integers(0, 1), min_size=1, max_size=4))
def test_copies_do_the_work_of_the_program_and_count_it(rows, answers):
    lists = np.zeros((len(rows), SHARDS), np.int64)
    table = as_table(rows, lists)
    expected = walk(table, answers)
    walks = Walks(table, SHARDS)
    ticked = {}
    for copy in (walks.quick, walks.thorough):
        walks.reset()
        assert walk(copy.table, answers) == expected
        assert len(copy.table) == len(copy.origin)
        calls = walks.calls(steps=1)
        ticked[copy is walks.thorough] = walks.slots[:, TICKS].copy()
        for row, number in calls.items():
            divided = table[row, BLOCK] != 100 * row
            blocks = lists[row] if divided else [table[row, BLOCK]]
            for block in blocks:
                assert number == sum(one == block for _, one in expected)
    for row, slots in walks.slots_of.items():
        assert ticked[True][slots].tolist() == [calls[row]] * len(slots)
    assert all(ticked[False][walks.hosts] == ticked[True][walks.hosts])


def test_rows_of_copies_know_where_they_come_from():
    table = as_table([(CALL, 0, 0), (HOST, 0, 0), (END, 0, 0)], np.zeros((3, SHARDS), np.int64))
    walks = Walks(table)
    for copy in (walks.quick, walks.thorough):
        for row, origin in zip(copy.table, copy.origin, strict=True):
            assert row[OPERATION] in (TICK, table[origin, OPERATION])
    assert walks.measures(table.copy()) and not walks.measures(table[:2])
