"""Debug runs: every method runs as Python on the memory of the network, with checks.

Breakpoints and ``print`` work in methods, and index errors, integers that wrap, NaN and divisions
by zero are reported with Process, field, time step and line. The numbers are those of a native run.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from lavajit.compiler.instances import Instance
from lavajit.compiler.work import MethodWork
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.runtime.checked_arrays import Place, Reporter, checked, native_number

#: Bits of the floating-point environment that take denormal numbers for zero: index of the 32-bit
#: word in C's ``fenv_t``, and the bits, by processor; glibc only.
_FLUSH = {"x86_64": (7, 0x8040), "aarch64": (0, 1 << 24)}
_FENV_WORDS = 16


def check_network(instances: list[Instance], layout, bound) -> None:
    """Let the models of a network that runs in Python see checked arrays.

    Parameters
    ----------
    instances : list of Instance
        Models, bound to their memory.
    layout : Layout
        That memory.
    bound : Bound
        The program; its functions are replaced by checking ones.
    """
    reporter = Reporter(layout.control)
    for instance in instances:
        views = instance.model.__dict__["_lavajit_views"]
        for name, view in views.items():
            views[name] = checked(view, _place(instance, name, reporter))
        for name, spec in instance.ports.items():
            port = getattr(instance.model, name)
            _check_port(port, spec.family, _place(instance, name, reporter))
    for row, function in bound.hosts.items():
        work = bound.program.instructions[row].work
        if isinstance(work, MethodWork):
            bound.hosts[row] = _guarded(function, work.label, reporter)


def _place(instance: Instance, name: str, reporter: Reporter) -> Place:
    return Place(f"{instance.node.name}.{name}", instance.node.model_class.__name__, reporter)


def _check_port(port, family: type, place: Place) -> None:
    """Let a port hand out checked arrays."""
    methods = {PyInPort: ("recv", "peek"), PyOutPort: ("buffer",)}.get(family, ("read", "view"))
    for method in methods:
        original = getattr(port, method, None)
        if original is not None:
            setattr(port, method, _checking(original, place))


def _checking(original: Callable, place: Place) -> Callable:
    def label(part):
        return checked(part, place) if type(part) is np.ndarray else native_number(part)

    def function(*arguments):
        found = original(*arguments)
        return tuple(map(label, found)) if isinstance(found, tuple) else label(found)

    return function


def _guarded(function: Callable, label: str, reporter: Reporter) -> Callable[[], object]:
    """A row's function, which reports floating-point events and takes denormals for zero."""

    def run() -> object:
        reporter.method = label
        try:
            with np.errstate(all="call", under="ignore", call=reporter.floating_point):
                with no_denormals():
                    return function()
        finally:
            reporter.method = ""  # coroutines run between rows

    return run


@contextmanager
def no_denormals() -> Iterator[None]:
    """Let this thread take denormal numbers for zero, as native loops do, where that is known."""
    if _flush is None:
        yield
        return
    library, word, bits = _flush
    before = (ctypes.c_uint32 * _FENV_WORDS)()
    library.fegetenv(before)
    changed = type(before)(*before)
    changed[word] |= bits
    library.fesetenv(changed)
    try:
        yield
    finally:
        library.fesetenv(before)


def _flushing() -> tuple | None:
    known = _FLUSH.get(platform.machine())
    if known is None or not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    ready = hasattr(library, "fegetenv") and platform.libc_ver()[0] == "glibc"
    return (library, *known) if ready else None


_flush = _flushing()
