"""What one probe has recorded between two breaks of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Chunk:
    """Recorded steps; rows of a dense probe, or events.

    Attributes
    ----------
    steps : ndarray of int64, shape (T,)
        The recorded time steps.
    rows : ndarray, shape (T, n), or None
        Elements, of a dense probe.
    counts : ndarray of int32, shape (T,), or None
        Number of events in each of the steps.
    neurons : ndarray of int32, or None
        Elements of all events, one step after the other.
    values : ndarray or None
        Their values; None if all are 1.
    """

    steps: np.ndarray
    rows: np.ndarray | None = None
    counts: np.ndarray | None = None
    neurons: np.ndarray | None = None
    values: np.ndarray | None = None


@dataclass(frozen=True)
class Form:
    """What is the same in all chunks of one probe.

    Attributes
    ----------
    name : str
        Process and member, as in "lif.v".
    dtype : dtype
        Of the source.
    shape : tuple of int
        Of the source.
    chosen : ndarray of int64, shape (n,), or None
        Indices of the chosen elements into the flattened shape; None for all.
    events : bool
        Only elements that are not zero are kept.
    """

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    chosen: np.ndarray | None
    events: bool

    @property
    def size(self) -> int:
        """Number of recorded elements."""
        return int(np.prod(self.shape, dtype=np.int64)) if self.chosen is None else len(self.chosen)

    @property
    def kept_shape(self) -> tuple[int, ...]:
        """Shape of the recorded part of one step."""
        return self.shape if self.chosen is None else (len(self.chosen),)
