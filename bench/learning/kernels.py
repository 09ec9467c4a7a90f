"""Where the time of a step goes: every kernel of a network timed by itself.

The step program is walked in Python, which does what the native loop does, and calls each kernel
by its address. What a call costs in this way, about a microsecond, is measured on a guard and taken
off; so only networks whose steps take much longer are worth a look.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from statistics import median

from lavajit import AbstractProcess
from lavajit.compiler.arena import CONTROL_WORDS, PHASE, TIME_STEP
from lavajit.compiler.work import CALL, END, GUARD, JUMP, JUMP_ZERO, SET_FLAG, SET_PHASE
from lavajit.runtime.loop import ADDRESS, BLOCK, FLAG, OPERATION, TARGET

#: numba's calling convention: status = kernel(address of the answer, of the error, state block).
_KERNEL = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


def seconds_per_kernel(process: AbstractProcess, steps: int) -> dict[str, float]:
    """Seconds per step of each kernel, by its label; the network moves on by `steps`.

    A kernel's median, times how often it is called per step; processor time.

    Raises
    ------
    ValueError
        A method runs as Python, or the network has work of another kind than methods.
    """
    walk = _Walk(process)
    for _ in range(steps):
        walk.step()
    rows = walk.taken.items()
    guards = [median(taken) for row, taken in rows if walk.table[row][OPERATION] == GUARD]
    least = min(guards, default=0.0)
    found: dict[str, float] = {}
    for row, taken in rows:
        if walk.table[row][OPERATION] == CALL:
            rest = max(0.0, median(taken) - least) * len(taken) / steps
            found[walk.labels[row]] = found.get(walk.labels[row], 0.0) + rest
    return found


def by_method(plastic: AbstractProcess, kernels: dict[str, float]) -> dict[str, float]:
    """Seconds of the methods of a plastic connection, and of everything else."""
    found = {"deliver": 0.0, "traces": 0.0, "learn": 0.0, "others": 0.0}
    names = {"run_spk": "deliver", "run_pre_mgmt": "traces", "run_lrn": "learn"}
    nodes = plastic.runtime.executable.network.graph.nodes
    own = next(node.name for node in nodes if node.process is plastic)
    for label, taken in kernels.items():
        method = label.removeprefix(f"{own}.").partition("[")[0]
        found[names.get(method, "others")] += taken
    return found


class _Walk:
    """Walks the step program of a network that stands between two steps."""

    def __init__(self, process: AbstractProcess) -> None:
        network = process.runtime.executable.network
        if network.bound.hosts:
            raise ValueError(f"rows {sorted(network.bound.hosts)} of the program run as Python")
        self.table: list[list[int]] = network.bound.table.tolist()
        self.control = network.layout.control
        work = [instruction.work for instruction in network.program.instructions]
        self.labels = ["" if one is None else one.label for one in work]
        self.kernels = [self._kernel(row) for row in self.table]
        self.taken: dict[int, list[float]] = {}

    def _kernel(self, row: list[int]) -> Callable | None:
        return _KERNEL(row[ADDRESS]) if row[OPERATION] in (CALL, GUARD) else None

    def step(self) -> None:
        """One time step."""
        self.control[TIME_STEP] += 1
        row = 0
        while self.table[row][OPERATION] != END:
            row = self._follow(row)

    def _follow(self, row: int) -> int:
        """Carry out one row; the next one."""
        entry = self.table[row]
        operation, flag = entry[OPERATION], CONTROL_WORDS + entry[FLAG]
        if operation in (CALL, GUARD):
            answer = self._call(row, entry[BLOCK])
            if operation == GUARD:
                self.control[flag] = answer
        elif operation == JUMP or (operation == JUMP_ZERO and self.control[flag] == 0):
            return entry[TARGET]
        elif operation in (SET_FLAG, SET_PHASE):
            self.control[flag if operation == SET_FLAG else PHASE] = entry[TARGET]
        elif operation != JUMP_ZERO:
            raise ValueError(f"row {row} has operation {operation}, which is not walked")
        return row + 1

    def _call(self, row: int, block: int) -> int:
        answer, error = ctypes.c_int64(), ctypes.c_void_p()
        to_answer, to_error = ctypes.addressof(answer), ctypes.addressof(error)
        start = time.process_time()
        status = self.kernels[row](to_answer, to_error, block)
        taken = time.process_time() - start
        if status != 0:
            raise ValueError(f"{self.labels[row]} raised an exception")
        self.taken.setdefault(row, []).append(taken)
        return answer.value
