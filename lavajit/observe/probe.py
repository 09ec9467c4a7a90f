"""What to record of a run: a Var or an OutPort, and which part of it."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lavajit.process.member import AbstractProcessMember
from lavajit.process.ports import OutPort
from lavajit.process.variable import Var


@dataclass(frozen=True, eq=False)
class Probe:
    """One Var or OutPort to be recorded, with its own choice of steps and elements.

    Parameters
    ----------
    target : Var or OutPort
        Of a Var the value at the end of a time step is recorded, of an OutPort the message sent
        in it.
    every : int
        Record every so many time steps, beginning with `start`.
    neurons : slice, range, array_like of int, or mask, optional
        Which elements, as indices into the flattened shape; default: all.
    start, stop : int, optional
        First and last time step, counted from 1 over all runs; default: all.
    dense : bool, optional
        True keeps every element of every recorded step, False only those that are not zero, as
        events. Default: Vars are dense, messages are events.

    Attributes
    ----------
    chosen : ndarray of int64, shape (n,), or None
        Indices of the chosen elements; None for all.

    Raises
    ------
    TypeError
        `target` is no Var and no OutPort.
    ValueError
        `every`, `start`, `stop` or `neurons` are out of range.

    Examples
    --------
    >>> from lavajit import LIF
    >>> lif = LIF(shape=(100,))
    >>> Probe(lif.v, every=10, neurons=range(5)).chosen.tolist()
    [0, 1, 2, 3, 4]
    """

    target: Var | OutPort
    every: int = 1
    neurons: Any = None
    start: int = 1
    stop: int | None = None
    dense: bool | None = None
    chosen: np.ndarray | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if not isinstance(self.target, (Var, OutPort)):
            raise TypeError(
                f"only Vars and OutPorts can be recorded, got {self.target!r}; for what an InPort "
                "receives, record the OutPorts that it is connected to"
            )
        where = f"record of {self.target.full_name}"
        self._check_steps(where)
        object.__setattr__(self, "chosen", _chosen(self.neurons, self.target, where))

    def _check_steps(self, where: str) -> None:
        for name in ("every", "start", "stop"):
            value = getattr(self, name)
            if name == "stop" and value is None:
                continue
            try:
                number = 0 if isinstance(value, bool) else operator.index(value)
            except TypeError:
                number = 0
            if number < 1:
                raise ValueError(f"{where}: {name} is a number of time steps from 1, got {value!r}")
            object.__setattr__(self, name, number)
        if self.stop is not None and self.stop < self.start:
            raise ValueError(f"{where}: stop={self.stop} lies before start={self.start}")

    @property
    def as_events(self) -> bool:
        """True if only elements that are not zero are kept."""
        return isinstance(self.target, OutPort) if self.dense is None else not self.dense

    @property
    def size(self) -> int:
        """Number of recorded elements."""
        return self.target.size if self.chosen is None else self.chosen.size

    def steps_in(self, first: int, last: int) -> int:
        """How many of the steps from `first` to `last` are recorded."""
        last = last if self.stop is None else min(last, self.stop)
        upto = max(0, (last - self.start) // self.every + 1)
        before = max(0, (first - 1 - self.start) // self.every + 1)
        return max(0, upto - before)


def _chosen(neurons: Any, target: Var | OutPort, where: str) -> np.ndarray | None:
    """Indices of the elements; None for all."""
    if neurons is None:
        return None
    size = target.size
    if isinstance(neurons, slice):
        return np.arange(size)[neurons]
    index = np.asarray(neurons)
    if index.dtype == bool and index.shape == tuple(target.shape):
        return np.flatnonzero(index)
    index = index.astype(np.int64) if index.size == 0 else index
    if index.ndim != 1 or index.dtype.kind not in "iu":
        raise ValueError(
            f"{where}: neurons are whole numbers, a slice, a range or a mask of shape "
            f"{tuple(target.shape)}, got {neurons!r}"
        )
    if index.size and (index.min() < -size or index.max() >= size):
        raise ValueError(
            f"{where}: neurons go from {index.min()} to {index.max()}, but there are {size}"
        )
    index = np.where(index < 0, index + size, index).astype(np.int64)
    if len(np.unique(index)) < len(index):
        raise ValueError(f"{where}: neurons name an element more than once")
    return index


def as_probes(record: Any, **options: Any) -> list[Probe]:
    """`record` of a run as Probes; `options` are for Vars and ports that are no Probes yet.

    Raises
    ------
    TypeError
        An entry is no Var, OutPort or Probe.
    ValueError
        Something is to be recorded twice, or an option is out of range.
    """
    if isinstance(record, (AbstractProcessMember, Probe)):
        record = [record]
    if not isinstance(record, Iterable):
        raise TypeError(
            f"record= takes Vars and OutPorts, as in [lif.v, lif.s_out]; got {record!r}"
        )
    probes = [one if isinstance(one, Probe) else Probe(one, **options) for one in record]
    seen: set[int] = set()
    for probe in probes:
        if id(probe.target) in seen:
            raise ValueError(f"record= names {probe.target.full_name} more than once")
        seen.add(id(probe.target))
    return probes
