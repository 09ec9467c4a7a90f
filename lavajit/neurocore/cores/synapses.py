"""Synapses of a core: lists of targets and weights behind input axons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.checks import check_pointers, whole_number, whole_numbers
from lavajit.neurocore.cores.learning import ErrorLearning

#: Greatest effective weight: a signed value of 21 bits, in steps of 64.
MOST_WEIGHT = 2**21 - 64
#: Delays have up to 6 bits.
MOST_DELAY_BITS = 6
#: Most neurons that may share a population axon: an assumption, the limit is not published.
MOST_ATOMS = 512


@dataclass(frozen=True, eq=False)
class SynapseGroup:
    """Synapses of a core, reached by input axons.

    A spike on axon a with atom k adds the synapses of list ``axon_rows[a] * n_atoms + k``, whose
    targets are counted from compartment ``bases[a]``.

    Attributes
    ----------
    pointers : array of int32, shape (n_rows * n_atoms + 1,)
        Begin of each list in `targets` and `weights`, and their end.
    targets : array of int32
        Compartments; no list names one of them twice.
    weights : array of int32
        Effective weights; with an `exponent` mantissas.
    delays : array of int32 or None
        Steps of delay of each synapse, below ``2**delay_bits``.
    delay_bits : int
        0..6. The core's accumulators are a ring of ``2**delay_bits`` slots.
    n_atoms : int
        Neurons that share an axon, 1 unless it is a population axon.
    axon_bits : int
        0: discrete axons; 16 and 32: population axons with messages of that many bits.
    axon_rows : array of int32 or None, shape (n_axons,)
        Row of each axon; None: axon a has row a.
    bases : array of int32 or None, shape (n_axons,)
        First compartment of each axon, negative for an axon that is not used; None: all 0.
    exponent : int or None
        The group receives graded spikes: weight times payload is shifted by it, -8..7.
    learning : ErrorLearning or None
        The weights learn. Each axon has a list of its own then, without atoms and bases.

    Raises
    ------
    TypeError, ValueError
        Tables that do not fit each other, or values out of range.
    """

    pointers: ArrayLike
    targets: ArrayLike
    weights: ArrayLike
    delays: ArrayLike | None = None
    delay_bits: int = 0
    n_atoms: int = 1
    axon_bits: int = 0
    axon_rows: ArrayLike | None = None
    bases: ArrayLike | None = None
    exponent: int | None = None
    learning: ErrorLearning | None = None

    def __post_init__(self):
        targets = whole_numbers("targets", self.targets, None, 0)
        n = targets.size
        pointers = whole_numbers("pointers", self.pointers, None)
        check_pointers("pointers", pointers, n)
        weights = whole_numbers("weights", self.weights, n, -MOST_WEIGHT, MOST_WEIGHT)
        bits = whole_number("delay_bits", self.delay_bits, 0, MOST_DELAY_BITS)
        delays = self.delays
        if delays is not None:
            delays = whole_numbers("delays", delays, n, 0, 2**bits - 1)
        self._check_atoms(pointers)
        n_rows = (pointers.size - 1) // self.n_atoms
        axon_rows = np.arange(n_rows) if self.axon_rows is None else self.axon_rows
        axon_rows = whole_numbers("axon_rows", axon_rows, None, 0, n_rows - 1)
        bases = whole_numbers("bases", 0 if self.bases is None else self.bases, axon_rows.size)
        if self.exponent is not None:
            whole_number("exponent", self.exponent, -8, 7)
        made = dict(pointers=pointers, targets=targets, weights=weights, delays=delays)
        for name, value in (made | dict(axon_rows=axon_rows, bases=bases)).items():
            object.__setattr__(self, name, value)
        self._check_lists()
        if self.learning is not None:
            self._check_plastic(n_rows)

    def _check_plastic(self, n_rows: int) -> None:
        own = np.array_equal(self.axon_rows, np.arange(n_rows)) and not self.bases.any()
        if self.n_atoms > 1 or not own or self.exponent is not None:
            raise ValueError(
                "learning: a plastic group receives binary spikes, and each axon has a list of its "
                "own; leave out n_atoms, axon_rows, bases and exponent"
            )

    def _check_atoms(self, pointers: np.ndarray) -> None:
        if self.axon_bits not in (0, 16, 32):
            raise ValueError(f"axon_bits: expected 0, 16 or 32, got {self.axon_bits!r}")
        whole_number("n_atoms", self.n_atoms, 1, MOST_ATOMS if self.axon_bits else 1)
        if (pointers.size - 1) % self.n_atoms:
            raise ValueError(
                f"pointers: {pointers.size - 1} lists are no multiple of {self.n_atoms} atoms"
            )

    def _check_lists(self) -> None:
        if not self.targets.size:
            return
        span = int(self.targets.max()) + 1
        lists = np.repeat(np.arange(self.pointers.size - 1), np.diff(self.pointers))
        keys, counts = np.unique(lists * span + self.targets, return_counts=True)
        if (counts > 1).any():
            row, target = divmod(int(keys[np.argmax(counts > 1)]), span)
            raise ValueError(f"targets: list {row} names compartment {target} twice; add weights")

    @property
    def n_axons(self) -> int:
        """Number of input axons."""
        return self.axon_rows.size

    @property
    def reach(self) -> int:
        """Least number of compartments that has all targets."""
        rows = np.repeat(np.arange(self.pointers.size - 1), np.diff(self.pointers)) // self.n_atoms
        last = np.full((self.pointers.size - 1) // self.n_atoms, -1)
        np.maximum.at(last, rows, self.targets)
        used = (self.bases >= 0) & (last[self.axon_rows] >= 0)
        return int((self.bases + last[self.axon_rows])[used].max(initial=-1)) + 1
