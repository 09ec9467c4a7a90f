"""Lava's random generators of plastic connections as Python objects.

For comparison and for models in Python; kernels draw the same numbers from
:mod:`lavajit.learning.streams`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from lavajit.learning.streams import IMPULSE_BITS, ROUNDING_SEED


class AbstractRandomGenerator(ABC):
    """Holds random numbers until the next call of ``advance``."""

    @abstractmethod
    def advance(self) -> None:
        """Draw the next numbers."""


class TraceRandom(AbstractRandomGenerator):
    """Numbers that round the traces of one side of a connection.

    Parameters
    ----------
    seed_trace_decay, seed_impulse_addition : int
        Seeds of two generators PCG64.

    Examples
    --------
    >>> numbers = TraceRandom(0, 1)
    >>> numbers.random_trace_decay, numbers.random_impulse_addition
    (0.6369616873214543, 60)
    """

    def __init__(self, seed_trace_decay: int = 0, seed_impulse_addition: int = 1) -> None:
        self._decay = np.random.default_rng(seed_trace_decay)
        self._impulse = np.random.default_rng(seed_impulse_addition)
        self.advance()

    @property
    def random_trace_decay(self) -> float:
        """A number in [0, 1): a decayed trace is rounded up if it is below the fraction."""
        return self._random_trace_decay

    @property
    def random_impulse_addition(self) -> int:
        """A number from 0 to 127, compared with the eight fractional bits of impulses."""
        return self._random_impulse_addition

    def advance(self) -> None:
        """Draw both numbers."""
        self._random_trace_decay = float(self._decay.random())
        self._random_impulse_addition = int(self._impulse.integers(0, 1 << IMPULSE_BITS))


class ConnVarRandom(AbstractRandomGenerator):
    """Numbers that round weights, tags and delays.

    Parameters
    ----------
    seed_stochastic_rounding : int
        Seed of a generator PCG64; connections of Lava always have 2.
    """

    def __init__(self, seed_stochastic_rounding: int = ROUNDING_SEED) -> None:
        self._rounding = np.random.default_rng(seed_stochastic_rounding)
        self.advance()

    @property
    def random_stochastic_round(self) -> float:
        """A number in [0, 1)."""
        return self._random_stochastic_round

    def advance(self) -> None:
        """Draw the number."""
        self._random_stochastic_round = float(self._rounding.random())
