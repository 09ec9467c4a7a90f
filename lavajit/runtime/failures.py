"""Where an exception in a running network comes from, as notes for the user."""

from __future__ import annotations

import inspect
import os
import re
import traceback
from collections.abc import Iterator

from lavajit.compiler.arena import PC, TIME_STEP
from lavajit.compiler.source import find_method
from lavajit.compiler.work import MethodWork

#: Files whose frames do not help the user.
_ENGINE = re.compile(r"[\\/](numba|lavajit[\\/](runtime|kernels))[\\/]")


def failure_notes(network, error: BaseException) -> Iterator[str]:
    """Process, method, tier and time step; for native code that hides its line, how to find it.

    Parameters
    ----------
    network : Network
        The network that failed; its control words still say where.
    error : BaseException
        What was raised.
    """
    control = network.bound.layout.control
    row = int(control[PC])
    instructions = network.program.instructions
    work = instructions[row].work if row < len(instructions) else None  # a row that records
    label = network.hosts.pump.failed
    native = not label and row not in network.bound.hosts
    if not label:
        label = work.label if work is not None else "the step loop"
    tier = "native" if native else "Python"
    yield f"in {label} ({tier}), time step {int(control[TIME_STEP])}"
    if native and isinstance(work, MethodWork):
        yield from _hidden_line(work, error)


def _hidden_line(work: MethodWork, error: BaseException) -> Iterator[str]:
    """The range of lines, where a built-in operation (indexing, a port) raised without its line."""
    found = find_method(type(work.instance.model), work.method)
    if found is None:
        return
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not _ENGINE.search(frames[-1].filename):
        return
    lines, first = inspect.getsourcelines(found[1])
    name = os.path.basename(found[1].__code__.co_filename)
    yield (
        f"raised by an operation in {found[0].__name__}.{work.method}, {name}:{first}-"
        f"{first + len(lines) - 1}; run with debug=True in the run config to see the line"
    )
