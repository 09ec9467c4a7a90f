"""What can be drawn as spikes: results, events, pairs of arrays, dense arrays, groups of these.

Leaving: a list of :class:`Spikes`, one for each group, in whole time steps that count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lavajit.plots.sources import checked_dense, is_events, is_samples, item_names, kind_of

_EXPECTED = (
    "a Result with recorded OutPorts, Events, a pair (steps, neurons) of arrays, an array (T, n) "
    "with time first, or a dict of these by name"
)


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spikes of one group.

    Attributes
    ----------
    name : str
        Of the group; empty if it has none.
    steps, neurons : ndarray of int, shape (N,)
        Time step and neuron of every spike.
    size : int
        Number of neurons, silent ones included.
    first, last : int
        First and last recorded step; last < first if there is none.
    recorded : ndarray of int, shape (T,), or None
        The recorded steps; None for all from `first` to `last`.
    chosen : ndarray of int, shape (size,), or None
        What the neurons are called; None for 0 to size - 1.
    """

    name: str
    steps: np.ndarray
    neurons: np.ndarray
    size: int
    first: int
    last: int
    recorded: np.ndarray | None = None
    chosen: np.ndarray | None = None

    def within(self, start: int, stop: int) -> Spikes:
        """Those of the time steps from `start` to `stop`."""
        if start <= self.first and stop >= self.last:
            return self
        inside = (self.steps >= start) & (self.steps <= stop)
        steps, neurons, recorded = self.steps[inside], self.neurons[inside], self.recorded
        if recorded is not None:
            recorded = recorded[(recorded >= start) & (recorded <= stop)]
        first, last = max(start, self.first), min(stop, self.last)
        return replace(
            self, steps=steps, neurons=neurons, first=first, last=last, recorded=recorded
        )

    def exposure(self, edges: np.ndarray) -> np.ndarray:
        """Number of recorded steps between successive edges, lower ones excluded."""
        if self.recorded is None:
            return np.diff(np.clip(edges, self.first - 1, max(self.last, self.first - 1)))
        return np.diff(np.searchsorted(self.recorded, edges, side="right"))


def spike_groups(
    source: Any,
    start: int | None = None,
    stop: int | None = None,
    sizes: Any = None,
    neuron_first: bool = False,
) -> tuple[list[Spikes], int, int]:
    """Groups, and the first and the last step that is to be drawn.

    Parameters
    ----------
    source : Result, Events, pair of arrays, array, or mapping
        See the functions that draw.
    start, stop : int, optional
        First and last step; default: all that was recorded.
    sizes : int or mapping of str to int, optional
        Numbers of neurons, where `source` does not say how many there are.
    neuron_first : bool
        Dense arrays have shape (n, T), as the RingBuffers of Lava.
    """
    named = list(_named(source))
    if not named:
        raise ValueError(f"there are no spikes in {kind_of(source)}; spikes are {_EXPECTED}")
    names = item_names([name for name, _ in named])
    groups = [
        _group(name, item, _size_of(sizes, name, original), neuron_first)
        for name, (original, item) in zip(names, named, strict=True)
    ]
    known = [group for group in groups if group.last >= group.first]
    first = min((group.first for group in known), default=1)
    last = max((group.last for group in known), default=first)
    begin, end = (first if start is None else int(start)), (last if stop is None else int(stop))
    if end < begin:
        raise ValueError(
            f"there are no time steps from {begin} to {end}; recorded are {first} to {last}"
        )
    # A pair of arrays does not know how long nothing happened: as long as is drawn.
    open_ended = [_stretched(group, begin, end) for group in groups]
    return [group.within(begin, end) for group in open_ended], begin, end


def _stretched(group: Spikes, begin: int, end: int) -> Spikes:
    if group.recorded is None:
        return replace(group, first=min(begin, group.first), last=max(end, group.last))
    return group


def _named(source: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Groups by name; of a Result those series that are events."""
    if not isinstance(source, Mapping):
        yield prefix, source
        return
    is_result = hasattr(source, "spikes")
    for name, item in source.items():
        if is_result and not is_events(item):
            continue
        yield from _named(item, f"{prefix}.{name}" if prefix else str(name))


def _size_of(sizes: Any, name: str, original: str) -> int | None:
    size = sizes
    if isinstance(sizes, Mapping):
        size = sizes.get(original, sizes.get(name))
    if size is None:
        return None
    if isinstance(size, bool) or not hasattr(size, "__index__") or size < 0:
        raise ValueError(f"sizes are numbers of neurons, got {size!r}{_of(name)}")
    return int(size)


def _of(name: str) -> str:
    return f" for {name!r}" if name else ""


def _group(name: str, item: Any, size: int | None, neuron_first: bool) -> Spikes:
    if is_events(item):
        recorded = np.asarray(item.recorded)
        size = int(np.prod(item.shape, dtype=np.int64))
        chosen = getattr(item, "chosen", None)
        steps, neurons = np.asarray(item.steps), np.asarray(item.neurons)
        return _recorded(Spikes(name, steps, neurons, size, 1, 0, chosen=chosen), recorded)
    if is_samples(item):
        values = checked_dense(np.asarray(item.values), name)
        row, neurons = np.nonzero(values)
        recorded, chosen = np.asarray(item.steps), getattr(item, "chosen", None)
        found = Spikes(name, recorded[row], neurons, values.shape[1], 1, 0, chosen=chosen)
        return _recorded(found, recorded)
    if isinstance(item, tuple):
        return _from_pair(name, item, size)
    return _from_dense(name, item, size, neuron_first)


def _recorded(spikes: Spikes, recorded: np.ndarray) -> Spikes:
    if not len(recorded):
        return replace(spikes, recorded=recorded)
    first, last = int(recorded[0]), int(recorded[-1])
    gaps = len(recorded) != last - first + 1
    return replace(spikes, first=first, last=last, recorded=recorded if gaps else None)


def _from_pair(name: str, pair: tuple, size: int | None) -> Spikes:
    if len(pair) != 2:
        raise ValueError(f"a pair is (steps, neurons), got a tuple of {len(pair)}{_of(name)}")
    steps, neurons = (
        _whole(what, part, name) for what, part in zip(("steps", "neurons"), pair, strict=True)
    )
    if len(steps) != len(neurons):
        raise ValueError(
            f"steps and neurons have one entry for each spike, got {len(steps)} and "
            f"{len(neurons)}{_of(name)}"
        )
    most = int(neurons.max(initial=-1)) + 1
    if len(neurons) and neurons.min() < 0:
        raise ValueError(f"neurons count from 0, got {neurons.min()}{_of(name)}")
    if size is not None and most > size:
        raise ValueError(f"neurons go up to {most - 1}, but sizes says {size}{_of(name)}")
    first, last = (1, 0) if not len(steps) else (min(1, int(steps.min())), int(steps.max()))
    return Spikes(name, steps, neurons, most if size is None else size, first, last)


def _whole(what: str, values: Any, name: str) -> np.ndarray:
    """One-dimensional array of whole numbers."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{what} are an array (N,), got shape {array.shape}{_of(name)}")
    if array.dtype.kind in "iu":
        return array
    if array.dtype.kind == "f" and (np.isfinite(array) & (array == np.rint(array))).all():
        return array.astype(np.int64)
    hint = "; divide times by dt" if array.dtype.kind == "f" and what == "steps" else ""
    raise TypeError(f"{what} are whole numbers, got {array.dtype}{_of(name)}{hint}")


def _from_dense(name: str, item: Any, size: int | None, neuron_first: bool) -> Spikes:
    array = np.asarray(item) if hasattr(item, "__array__") or isinstance(item, list) else None
    if array is None:
        raise TypeError(f"spikes are {_EXPECTED}; got {kind_of(item)}{_of(name)}")
    if neuron_first:
        array = np.moveaxis(array, -1, 0) if array.ndim > 1 else array
    array = checked_dense(array, name)
    if size is not None and array.shape[1] != size:
        turned = "; is time its last axis? then neuron_first=True" if len(array) == size else ""
        raise ValueError(
            f"{array.shape[1]} neurons in an array (T, n) = {array.shape}, but sizes says "
            f"{size}{_of(name)}{turned}"
        )
    row, neurons = np.nonzero(array)
    return Spikes(name, row + 1, neurons, array.shape[1], 1, len(array))
