"""The native step loop: one compiled function for all networks.

It walks the step program, a table of (operation, address, block, flag, target) rows, and returns to Python only at the
end of the requested steps or where a row belongs to the host tier. Before each call it notes the row, so
that an exception that leaves a kernel can be given its Process and method.
"""

from __future__ import annotations

import time
from functools import cache

import numpy as np

from lavajit.compiler.layout import (
    CONTROL_WORDS,
    INTERRUPT,
    PAUSE,
    PC,
    PHASE,
    STEPS_LEFT,
    STOP,
    TIME_STEP,
)
from lavajit.compiler.program import (
    BEGIN,
    CALL,
    END,
    GUARD,
    JUMP,
    JUMP_ZERO,
    SET_FLAG,
    SET_PHASE,
    TAKE,
)
from lavajit.kernels import cache as disk
from lavajit.kernels.digest import environment_digest

#: Columns of the table.
OPERATION, ADDRESS, BLOCK, FLAG, TARGET = range(5)
COLUMNS = 5

#: What the loop returns.
DONE, HOST_CALL = 0, 1


def _run_loop(control, table):
    """Run until the steps are done (DONE) or a row belongs to Python (HOST_CALL)."""
    pc = control[PC]
    while True:
        operation = table[pc, OPERATION]
        control[PC] = pc
        if operation == CALL:
            call_kernel(table[pc, ADDRESS], table[pc, BLOCK])
            pc += 1
        elif operation == BEGIN:
            control[TIME_STEP] += 1
            pc += 1
        elif operation == END:
            control[STEPS_LEFT] -= 1
            pc = 0
            stop = control[PAUSE] | control[STOP] | control[INTERRUPT]
            if control[STEPS_LEFT] <= 0 or stop != 0:
                control[PC] = 0
                return DONE
        elif operation == GUARD:
            control[CONTROL_WORDS + table[pc, FLAG]] = call_kernel(
                table[pc, ADDRESS], table[pc, BLOCK]
            )
            pc += 1
        elif operation == JUMP_ZERO:
            pc = table[pc, TARGET] if control[CONTROL_WORDS + table[pc, FLAG]] == 0 else pc + 1
        elif operation == JUMP:
            pc = table[pc, TARGET]
        elif operation == SET_FLAG:
            control[CONTROL_WORDS + table[pc, FLAG]] = table[pc, TARGET]
            pc += 1
        elif operation == SET_PHASE:
            control[PHASE] = table[pc, TARGET]
            pc += 1
        elif operation == TAKE:
            pause, stop = take_byte(table[pc, ADDRESS]), take_byte(table[pc, BLOCK])
            control[PAUSE] |= pause
            control[STOP] |= stop
            control[CONTROL_WORDS + table[pc, FLAG]] = pause | stop
            pc += 1
        else:
            return HOST_CALL


def call_kernel(address, block):
    """Call the kernel at `address` on a state block; replaced by an intrinsic when compiled."""
    raise NotImplementedError


def take_byte(address):
    """Read the byte at `address` and clear it; replaced by an intrinsic when compiled."""
    raise NotImplementedError


@cache
def native_loop():
    """The compiled loop, ``loop(control, table) -> DONE or HOST_CALL``; compiled once per machine."""
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

    from lavajit.runtime import loop_intrinsics

    start = time.perf_counter()
    namespace = {**globals(), **loop_intrinsics.INTRINSICS}
    import types as python_types

    function = python_types.FunctionType(_run_loop.__code__, namespace, "_run_loop")
    function.__module__ = __name__
    dispatcher = njit(nogil=True, boundscheck=False, no_cfunc_wrapper=True)(function)
    signature = (types.int64[::1], types.int64[:, ::1])
    dispatcher.compile(signature)
    result = dispatcher.overloads[signature]
    disk.store(digest, ("loop", result._reduce()))
    loop_seconds = time.perf_counter() - start
    return result.entry_point


def _load(stored):
    global loop_seconds
    from numba.core.compiler import CompileResult
    from numba.core.registry import cpu_target

    start = time.perf_counter()
    result = CompileResult._rebuild(cpu_target.target_context, *stored[1])
    loop_seconds = time.perf_counter() - start
    return result.entry_point


def new_table(rows: int) -> np.ndarray:
    """An empty program table."""
    return np.zeros((rows, COLUMNS), np.int64)
