"""The native step loop: one compiled function for all networks.

It walks the step program, a table of (operation, address, block, flag, target) rows, and returns to
Python only at the end of the requested steps or where a row belongs to the host tier. Before each
call it notes the row, so that an exception that leaves a kernel can be given its Process and
method.

A FORK row begins rows that are divided among threads: their blocks are lists with one block for
each shard. The calling thread publishes the rows as the next *turn* on the crew page and runs its
own shard. Every helping thread claims its shard of the turn, runs it, and marks it as done; what no
helper has claimed by then, because it does not get a core, the calling thread claims for itself.
Waiting threads spin, then give way to others, then doze: on a busy machine a step takes longer, but
none is stuck.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from types import FunctionType

from lavajit.compiler import cache as disk
from lavajit.compiler.arena import (
    CONTROL_WORDS,
    CREW,
    INTERRUPT,
    PAUSE,
    PC,
    PHASE,
    STEPS_LEFT,
    STOP,
    TIME_STEP,
)
from lavajit.compiler.fields import WORD_BYTES
from lavajit.compiler.work import CALL, END, FORK, GUARD, JUMP, JUMP_ZERO, SET_FLAG, SET_PHASE, TAKE
from lavajit.kernels.entry import compile_entry, make_entry
from lavajit.kernels.environment import environment_digest
from lavajit.kernels.load import load_code
from lavajit.runtime.table import ADDRESS, BLOCK, COUNT, FLAG, OPERATION, ROW_BYTES, TARGET, TICK

#: What the loop returns; FAILED: a helping thread has raised an exception.
DONE, HOST_CALL, FAILED = 0, 1, 2

#: Words of the crew page, by who writes them; every line has one writer.
LINE_WORDS = 8
TURN, FIRST_ROW, LAST_ROW, QUIT = range(4)
HELPERS, SHARDS = LINE_WORDS, LINE_WORDS + 1
HAS_FAILED = 2 * LINE_WORDS
#: Where the lines of helpers begin, and their words: the turn that the helper has done, the row it
#: is at, and the turn for which its shard has been claimed.
HELPER_LINES = 3
TURN_DONE, AT_ROW, CLAIMED = range(3)

#: How often a waiting thread looks before it gives way, and before it dozes.
LOOKS, LOOKS_IN_ALL = 2_000, 12_000


def _run_loop(control, table):  # noqa: C901 (one branch per operation, flat)
    """Run until the steps are done (DONE) or a row belongs to Python (HOST_CALL).

    `control` and `table` are addresses. A step begins where the loop is entered at row 0 or comes
    back to it; the time step is counted there.
    """
    mode = flush_denormals()
    row = load(control + PC * WORD_BYTES)
    if row == 0:
        count(control + TIME_STEP * WORD_BYTES, 1)
    at = table + row * ROW_BYTES
    while True:
        operation = load(at + OPERATION * WORD_BYTES)
        store(control + PC * WORD_BYTES, row)
        if operation == CALL:
            call_kernel(load(at + ADDRESS * WORD_BYTES), load(at + BLOCK * WORD_BYTES), mode)
            row += 1
        elif operation == FORK:
            end = load(at + TARGET * WORD_BYTES)
            if run_divided(control, table, row + 1, end, mode) != 0:
                restore_denormals(mode)
                return FAILED
            row = end
        elif operation == END:
            left = count(control + STEPS_LEFT * WORD_BYTES, -1)
            stop = load(control + PAUSE * WORD_BYTES) | load(control + STOP * WORD_BYTES)
            row = 0
            if left <= 0 or (stop | load(control + INTERRUPT * WORD_BYTES)) != 0:
                store(control + PC * WORD_BYTES, row)
                restore_denormals(mode)
                return DONE
            count(control + TIME_STEP * WORD_BYTES, 1)
        elif operation == GUARD:
            answer = call_kernel(
                load(at + ADDRESS * WORD_BYTES), load(at + BLOCK * WORD_BYTES), mode
            )
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
        elif operation == TICK:
            add_cycles(load(at + ADDRESS * WORD_BYTES), load(at + BLOCK * WORD_BYTES))
            row += 1
        elif operation == COUNT:
            count(load(at + ADDRESS * WORD_BYTES), 1)
            row += 1
        else:
            restore_denormals(mode)
            return HOST_CALL
        at = table + row * ROW_BYTES


def run_divided(control, table, first, end, mode):
    """Run rows in all shards; not 0 if a helping thread has failed."""
    crew = load(control + CREW * WORD_BYTES)
    helpers = load(crew + HELPERS * WORD_BYTES)
    if helpers == 0:
        for shard in range(load(crew + SHARDS * WORD_BYTES)):
            run_shard(control, table, first, end, shard, mode)
        return 0
    turn = load(crew + TURN * WORD_BYTES) + 1
    store(crew + FIRST_ROW * WORD_BYTES, first)
    store(crew + LAST_ROW * WORD_BYTES, end)
    store_release(crew + TURN * WORD_BYTES, turn)
    run_shard(control, table, first, end, 0, mode)
    for helper in range(helpers):
        line = crew + (HELPER_LINES + helper) * LINE_WORDS * WORD_BYTES
        if swap_if(line + CLAIMED * WORD_BYTES, turn - 1, turn) != 0:
            run_shard(control, table, first, end, helper + 1, mode)
            store_release(line + TURN_DONE * WORD_BYTES, turn)
    for helper in range(helpers):
        line = crew + (HELPER_LINES + helper) * LINE_WORDS * WORD_BYTES
        looks = 0
        while load_acquire(line + TURN_DONE * WORD_BYTES) != turn:
            looks = wait_a_little(looks)
    return load(crew + HAS_FAILED * WORD_BYTES)


def run_shard(control, table, first, end, shard, mode):
    """Run rows in one shard, in the thread that walks the program."""
    for row in range(first, end):
        store(control + PC * WORD_BYTES, row)
        at = table + row * ROW_BYTES
        block = load(load(at + BLOCK * WORD_BYTES) + shard * WORD_BYTES)
        call_kernel(load(at + ADDRESS * WORD_BYTES), block, mode)


def _run_helper(crew, table, shard):
    """Do the turns of one shard, those that nobody else has claimed, until told to quit."""
    mode = flush_denormals()
    line = crew + (HELPER_LINES + shard - 1) * LINE_WORDS * WORD_BYTES
    turn = load(line + TURN_DONE * WORD_BYTES)
    while True:
        looks = 0
        while load_acquire(crew + TURN * WORD_BYTES) == turn:
            looks = wait_a_little(looks)
        turn = load_acquire(crew + TURN * WORD_BYTES)
        if load(crew + QUIT * WORD_BYTES) != 0:
            restore_denormals(mode)
            return DONE
        if swap_if(line + CLAIMED * WORD_BYTES, turn - 1, turn) == 0:
            continue
        for row in range(load(crew + FIRST_ROW * WORD_BYTES), load(crew + LAST_ROW * WORD_BYTES)):
            store(line + AT_ROW * WORD_BYTES, row)
            at = table + row * ROW_BYTES
            block = load(load(at + BLOCK * WORD_BYTES) + shard * WORD_BYTES)
            address = load(at + ADDRESS * WORD_BYTES)
            call_shard(address, block, mode, crew + HAS_FAILED * WORD_BYTES, line, turn)
        store_release(line + TURN_DONE * WORD_BYTES, turn)


def wait_a_little(looks):
    """Pass some time, more after many looks; one look more."""
    if looks < LOOKS:
        relax()
    elif looks < LOOKS_IN_ALL:
        give_way()
    else:
        doze()
    return looks + 1


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
load = store = load_acquire = store_release = swap_if = take_byte = _intrinsic_only
call_kernel = call_shard = relax = give_way = doze = add_cycles = _intrinsic_only
flush_denormals = restore_denormals = _intrinsic_only


@cache
def native_loop() -> Callable[[int, int], int]:
    """The compiled loop, ``loop(control, table) -> DONE, HOST_CALL or FAILED``; takes addresses."""
    return _native(_run_loop, 2)


@cache
def native_helper() -> Callable[[int, int, int], int]:
    """The compiled loop of a helping thread, ``helper(crew, table, shard)``; takes addresses."""
    return _native(_run_helper, 3)


def _native(function: FunctionType, arguments: int) -> Callable[..., int]:
    global loop_seconds
    start = time.perf_counter()
    digest = f"{function.__name__}-{environment_digest()}-{_own_digest()}"[:128]
    stored = disk.load(digest)
    if isinstance(stored, tuple) and len(stored) == 3:
        _, code, entry = stored
        target, keep = load_code(*code)
    else:
        code, entry, target, keep = _compile(function, arguments)
        disk.store(digest, ("loop", code, entry))
    enter = make_entry(function.__name__, entry, target, keep)
    loop_seconds = time.perf_counter() - start
    return enter


#: Seconds the loop took to compile or load in this session.
loop_seconds = 0.0


def _own_digest() -> str:
    import hashlib
    from pathlib import Path

    from lavajit.compiler import arena, work
    from lavajit.runtime import table

    intrinsics = Path(__file__).with_name("loop_intrinsics.py")
    files = (__file__, intrinsics, arena.__file__, work.__file__, table.__file__)
    return hashlib.sha256(b"".join(Path(f).read_bytes() for f in files)).hexdigest()[:32]


def _compile(function: FunctionType, arguments: int) -> tuple[tuple, bytes, int, object]:
    """Portable code, its entrance, its address, and what keeps it alive."""
    from numba import njit, types

    from lavajit.kernels.build import address_of, portable
    from lavajit.runtime.loop_intrinsics import INTRINSICS

    options = {"nogil": True, "boundscheck": False, "no_cfunc_wrapper": True}
    options["no_cpython_wrapper"] = True
    namespace = {**globals(), **INTRINSICS}
    for helper in (count, mark, flag_address, wait_a_little, run_shard, run_divided):
        namespace[helper.__name__] = njit(**options)(_with_globals(helper, namespace))
    dispatcher = njit(**options)(_with_globals(function, namespace))
    signature = (types.int64,) * arguments
    dispatcher.compile(signature)
    result = dispatcher.overloads[signature]
    entry = compile_entry(function.__name__, arguments)
    return portable(result), entry, address_of(result), result


def _with_globals(function, namespace: dict) -> FunctionType:
    """The same function with other globals."""
    copy = FunctionType(function.__code__, namespace, function.__name__)
    copy.__module__ = __name__
    return copy
