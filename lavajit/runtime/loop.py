"""The native step loop: one compiled function for all networks.

It walks the step program, a table of (operation, address, block, flag, target) rows, and returns to
Python only at the end of the requested steps or where a row belongs to the host tier. Before each
call it notes the row, so that an exception that leaves a kernel can be given its Process and
method.
"""

from __future__ import annotations

import time
from functools import cache
from types import FunctionType

import numpy as np

from lavajit.compiler.arena import (
    CONTROL_WORDS,
    INTERRUPT,
    PAUSE,
    PC,
    PHASE,
    STEPS_LEFT,
    STOP,
    TIME_STEP,
)
from lavajit.compiler.fields import WORD_BYTES
from lavajit.compiler.work import CALL, END, GUARD, JUMP, JUMP_ZERO, SET_FLAG, SET_PHASE, TAKE
from lavajit.kernels import cache as disk
from lavajit.kernels.digest import environment_digest

#: Columns of the table.
OPERATION, ADDRESS, BLOCK, FLAG, TARGET = range(5)
COLUMNS = 5
ROW_BYTES = COLUMNS * WORD_BYTES

#: What the loop returns.
DONE, HOST_CALL = 0, 1


def _run_loop(control, table):  # noqa: C901 (one branch per operation, flat)
    """Run until the steps are done (DONE) or a row belongs to Python (HOST_CALL).

    `control` and `table` are addresses. A step begins where the loop is entered at row 0 or comes
    back to it; the time step is counted there.
    """
    row = load(control + PC * WORD_BYTES)
    if row == 0:
        count(control + TIME_STEP * WORD_BYTES, 1)
    at = table + row * ROW_BYTES
    while True:
        operation = load(at + OPERATION * WORD_BYTES)
        store(control + PC * WORD_BYTES, row)
        if operation == CALL:
            call_kernel(load(at + ADDRESS * WORD_BYTES), load(at + BLOCK * WORD_BYTES))
            row += 1
        elif operation == END:
            left = count(control + STEPS_LEFT * WORD_BYTES, -1)
            stop = load(control + PAUSE * WORD_BYTES) | load(control + STOP * WORD_BYTES)
            row = 0
            if left <= 0 or (stop | load(control + INTERRUPT * WORD_BYTES)) != 0:
                store(control + PC * WORD_BYTES, row)
                return DONE
            count(control + TIME_STEP * WORD_BYTES, 1)
        elif operation == GUARD:
            answer = call_kernel(load(at + ADDRESS * WORD_BYTES), load(at + BLOCK * WORD_BYTES))
            store(flag_address(control, at), answer)
            row += 1
        elif operation == JUMP_ZERO:
            zero = load(flag_address(control, at)) == 0
            row = load(at + TARGET * WORD_BYTES) if zero else row + 1
        elif operation == JUMP:
            row = load(at + TARGET * WORD_BYTES)
        elif operation == SET_FLAG:
            store(flag_address(control, at), load(at + TARGET * WORD_BYTES))
            row += 1
        elif operation == SET_PHASE:
            store(control + PHASE * WORD_BYTES, load(at + TARGET * WORD_BYTES))
            row += 1
        elif operation == TAKE:
            pause = take_byte(load(at + ADDRESS * WORD_BYTES))
            stop = take_byte(load(at + BLOCK * WORD_BYTES))
            mark(control + PAUSE * WORD_BYTES, pause)
            mark(control + STOP * WORD_BYTES, stop)
            store(flag_address(control, at), pause | stop)
            row += 1
        else:
            return HOST_CALL
        at = table + row * ROW_BYTES


def flag_address(control, at):
    """Address of the flag word that a row names."""
    return control + (CONTROL_WORDS + load(at + FLAG * WORD_BYTES)) * WORD_BYTES


def count(address, step):
    """Add to the word at an address; the new value."""
    value = load(address) + step
    store(address, value)
    return value


def mark(address, value):
    """Set bits in the word at an address."""
    store(address, load(address) | value)


def _intrinsic_only(*arguments):
    raise NotImplementedError("replaced by a machine-level operation when the loop is compiled")


#: Machine-level operations, see loop_intrinsics.
load = store = call_kernel = take_byte = _intrinsic_only


@cache
def native_loop():
    """The compiled loop, ``loop(control, table) -> DONE or HOST_CALL``; takes addresses."""
    digest = f"loop-{environment_digest()}-{_own_digest()}"[:128]
    stored = disk.load(digest)
    if stored is not None:
        return _load(stored)
    return _compile(digest)


#: Seconds the loop took to compile or load in this session.
loop_seconds = 0.0


def _own_digest() -> str:
    import hashlib
    from pathlib import Path

    from lavajit.compiler import layout, program

    files = (__file__, layout.__file__, program.__file__)
    return hashlib.sha256(b"".join(Path(f).read_bytes() for f in files)).hexdigest()[:32]


def _compile(digest: str):
    global loop_seconds
    from numba import njit, types

    from lavajit.runtime.loop_intrinsics import INTRINSICS

    start = time.perf_counter()
    options = {"nogil": True, "boundscheck": False, "no_cfunc_wrapper": True}
    namespace = {**globals(), **INTRINSICS}
    for helper in (count, mark, flag_address):
        namespace[helper.__name__] = njit(**options)(_with_globals(helper, namespace))
    dispatcher = njit(**options)(_with_globals(_run_loop, namespace))
    signature = (types.int64, types.int64)
    dispatcher.compile(signature)
    result = dispatcher.overloads[signature]
    disk.store(digest, ("loop", result._reduce()))
    loop_seconds = time.perf_counter() - start
    return result.entry_point


def _with_globals(function, namespace: dict) -> FunctionType:
    """The same function with other globals."""
    copy = FunctionType(function.__code__, namespace, function.__name__)
    copy.__module__ = __name__
    return copy


def _load(stored):
    global loop_seconds
    from numba.core.compiler import CompileResult
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys

    start = time.perf_counter()
    # The machine code refers to numba's runtime; with no native kernel nobody has set that up.
    rtsys.initialize(cpu_target.target_context)
    result = CompileResult._rebuild(cpu_target.target_context, *stored[1])
    loop_seconds = time.perf_counter() - start
    return result.entry_point


def new_table(rows: int) -> np.ndarray:
    """An empty program table."""
    return np.zeros((rows, COLUMNS), np.int64)
