"""Records in memory."""

from __future__ import annotations

import threading

import numpy as np

from lavajit.observe.chunk import Chunk, Form
from lavajit.observe.series import Events, Samples, Series


class MemoryStore:
    """Keeps chunks, and joins them when they are asked for, perhaps while a thread adds more.

    Parameters
    ----------
    forms : list of Form
        One for each probe.
    expected : list of int
        Number of steps that each is expected to record, 0 if unknown: so much room is set aside
        for dense records, which then never stand in memory twice.
    """

    def __init__(self, forms: list[Form], expected: list[int]):
        self._forms = forms
        self._lock = threading.Lock()
        self._parts = [
            _EventParts(form) if form.events else _SampleParts(form, steps)
            for form, steps in zip(forms, expected, strict=True)
        ]

    def add(self, chunks: list[Chunk]) -> None:
        """One chunk of each probe, in the order of the probes."""
        with self._lock:
            for parts, chunk in zip(self._parts, chunks, strict=True):
                if len(chunk.steps):
                    parts.add(chunk)

    def close(self, facts: dict) -> None:
        """Nothing is open."""

    def series(self) -> dict[str, Series]:
        """What has been recorded so far, by name."""
        with self._lock:
            return {form.name: p.series() for form, p in zip(self._forms, self._parts, strict=True)}


class SeriesStore:
    """Records that are complete.

    Parameters
    ----------
    series : dict of str to Samples or Events
        By name.
    """

    def __init__(self, series: dict[str, Series]):
        self._series = dict(series)

    def series(self) -> dict[str, Series]:
        """All of them, by name."""
        return dict(self._series)


class _SampleParts:
    """Rows of one probe, in one array with room for those expected."""

    def __init__(self, form: Form, expected: int):
        self._form = form
        self._count = 0
        self._steps = np.empty(expected, np.int64)
        self._rows = np.empty((expected, form.size), form.dtype)  # takes memory when written

    def add(self, chunk: Chunk) -> None:
        last = self._count + len(chunk.steps)
        if last > len(self._steps):
            room = max(last, 3 * self._count // 2)
            self._steps = _longer(self._steps, self._count, room)
            self._rows = _longer(self._rows, self._count, room)
        self._steps[self._count : last] = chunk.steps
        self._rows[self._count : last] = chunk.rows
        self._count = last

    def series(self) -> Samples:
        rows = self._rows[: self._count].reshape(self._count, *self._form.kept_shape)
        return Samples(self._form.name, self._steps[: self._count], rows, self._form.chosen)


def _longer(array: np.ndarray, used: int, room: int) -> np.ndarray:
    longer = np.empty((room, *array.shape[1:]), array.dtype)
    longer[:used] = array[:used]
    return longer


class _EventParts:
    """Events of one probe, as they came; joined once."""

    def __init__(self, form: Form):
        self._form = form
        self._chunks: list[Chunk] = []

    def add(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)

    def series(self) -> Events:
        if len(self._chunks) != 1:
            self._chunks = [joined(self._chunks, self._form.dtype)]
        return Events.of(self._form, self._chunks[0])


def joined(chunks: list[Chunk], dtype: np.dtype) -> Chunk:
    """Chunks of events as one; ones stand for values that a chunk does not have."""
    if not chunks:
        nothing = np.zeros(0, np.int32)
        return Chunk(np.zeros(0, np.int64), None, nothing, nothing)
    values = None
    if any(chunk.values is not None for chunk in chunks):
        ones = (np.ones(len(c.neurons), dtype) if c.values is None else c.values for c in chunks)
        values = np.concatenate(list(ones))
    return Chunk(
        np.concatenate([chunk.steps for chunk in chunks]),
        None,
        np.concatenate([chunk.counts for chunk in chunks]),
        np.concatenate([chunk.neurons for chunk in chunks]),
        values,
    )
