"""Lists of events: when, where and what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Events(NamedTuple):
    """Events in the order of their times.

    Attributes
    ----------
    times : ndarray of int64, shape (n,)
        Time steps, from 1.
    indices : ndarray of int64, shape (n,)
        Flat indices (C order) of the elements.
    values : ndarray of float64, shape (n,)
        What was sent.
    """

    times: np.ndarray
    indices: np.ndarray
    values: np.ndarray
