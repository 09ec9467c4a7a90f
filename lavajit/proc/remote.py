"""Processes that follow one Var of another Process: connecting them to it, and when they act."""

from __future__ import annotations

import operator

from lavajit.process.ports import RefPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class IntervalError(ValueError, ZeroDivisionError):
    """An interval or offset that names no time steps (a ZeroDivisionError, too, as in Lava)."""


def connected_reference(process: AbstractProcess, var: Var) -> RefPort:
    """A new RefPort, connected to `var`, that is to replace ``process.state``.

    Raises
    ------
    TypeError
        If `var` is not a Var.
    RuntimeError
        If `process` is connected to a Var already, or its network has been compiled.
    """
    kind = type(process).__name__
    if not isinstance(var, Var):
        raise TypeError(f"{kind} '{process.name}' connects to a Var, got {var!r}; pass e.g. lif.v.")
    if process.is_compiled:
        raise RuntimeError(
            f"{kind} '{process.name}' cannot be connected to {var.full_name}: the network has "
            f"been compiled. Call connect_var() before the first run()."
        )
    known = process.state.get_dst_vars()
    if known:
        raise RuntimeError(
            f"{kind} '{process.name}' is connected to {known[0].full_name} already; use another "
            f"{kind} for {var.full_name}."
        )
    port = RefPort(var.shape)
    port.connect_var(var)
    return port


class AbstractScheduledProcess(AbstractProcess):
    """Acts at the end of the time steps t with ``(t - 1) % interval == offset % interval``.

    Parameters
    ----------
    interval : int
        Number of time steps from one action to the next.
    offset : int
        Number of time steps before the first action.
    **params
        As for every Process.

    Raises
    ------
    IntervalError
        If `interval` is not an int >= 1, or `offset` not an int >= 0.
    """

    def __init__(self, *, interval: int, offset: int, **params) -> None:
        kind = type(self).__name__
        interval = _checked(interval, 1, f"interval of {kind}")
        offset = _checked(offset, 0, f"offset of {kind}")
        super().__init__(interval=interval, offset=offset, **params)
        self.interval = Var((1,), init=interval)
        self.offset = Var((1,), init=offset % interval)


def _checked(value: int, least: int, what: str) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise IntervalError(f"{what} is a number of time steps, an int >= {least}; got {value!r}.")
    return number


def is_due(time_step, interval, offset):
    """True in the steps in which a scheduled Process acts; for kernels."""
    return (time_step - 1) % interval == offset % interval
