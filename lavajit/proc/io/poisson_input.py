"""A source of summed Poisson input; an addition to Lava.

Per neuron and step, independently of each other::

    a_out = weight k,   P(k) = exp(-mean) mean^k / k!

which is what any number of Poisson spike trains, `mean` spikes per step in all, add up to. k is
drawn by the alias method (A. J. Walker, An efficient method for generating discrete random
variables with general distributions, ACM Trans. Math. Softw. 3, 1977): of 32 random bits the
leading ones choose an entry of a table, the rest decides between the two counts of that entry.
There is no search and no branch. Probabilities are those of the formula, rounded to multiples of
2^-32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Bits of a random number.
DRAW_BITS = 32
#: A larger mean would need a longer table.
LARGEST_MEAN = 1000.0
#: Entries of all tables together: with 20 bytes each they still fit into a processor's cache.
MOST_ENTRIES = 1 << 16


class PoissonInput(AbstractProcess):
    """Sends weighted Poisson counts: the input from many independent Poisson neurons, summed.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the receiving neurons.
    mean : float or array_like of float
        Expected spikes per neuron and time step, from 0 to 1,000: 1e-3 * rate * dt for a summed
        rate in Hz and dt in ms. One number, or an array that broadcasts to `shape`. Each distinct
        number takes a table of 32 entries (for a mean of 5 or less; 512 for 1,000), and there is
        room for 65,536 entries.
    weight : float
        What one spike counts.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    a_out : OutPort, shape `shape`
    weight : Var, shape (1,)
        May be set between runs.

    Raises
    ------
    ValueError
        `mean` is not from 0 to 1,000, does not broadcast to `shape`, or has too many distinct
        numbers.

    Notes
    -----
    The numbers depend on the seed of the run config, the Process, the neuron and the time step.

    Examples
    --------
    >>> PoissonInput(shape=(100,), mean=2.0, weight=0.1).a_out.shape
    (100,)
    >>> PoissonInput(shape=(3,), mean=[0.5, 2.0, 2.0]).a_out.shape
    (3,)
    """

    def __init__(
        self, shape: tuple[int, ...], mean: ArrayLike, weight: float = 1.0, **params
    ) -> None:
        super().__init__(shape=shape, mean=_checked(mean, shape), **params)
        self.a_out = OutPort(shape=shape)
        self.weight = Var(shape=(1,), init=weight)


def _checked(mean: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """One number, shape (1,), or one for each neuron."""
    means = np.asarray(mean)
    if means.dtype.kind not in "iuf" or not np.all((means >= 0) & (means <= LARGEST_MEAN)):
        raise ValueError(
            f"PoissonInput: mean is a number of spikes per time step from 0 to "
            f"{LARGEST_MEAN:g}, got {mean!r}"
        )
    if means.size == 1:
        return means.astype(float).reshape(1)
    try:
        means = np.array(np.broadcast_to(means, shape), float)
    except ValueError:
        raise ValueError(
            f"PoissonInput: mean has shape {means.shape}, the neurons have {shape}; give one "
            "number for all or one per neuron"
        ) from None
    distinct = np.unique(means)
    entries = distinct.size << table_bits(distinct[-1])
    if entries > MOST_ENTRIES:
        raise ValueError(
            f"PoissonInput: {distinct.size} distinct means up to {distinct[-1]:g} need tables of "
            f"{entries:,} entries, there is room for {MOST_ENTRIES:,}; round the means, or divide "
            "the neurons among several inputs"
        )
    return means


@implements(proc=PoissonInput, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPoissonInputModelFloat(PyLoihiProcessModel):
    """Draws 32 random bits for each neuron, and looks up what they mean."""

    boundscheck = False
    divided = ("a_out", "words", "table")

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    weight: float = LavaPyType(float, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        distinct, which = np.unique(proc_params["mean"], return_inverse=True)
        bits = table_bits(distinct[-1])
        tables = [alias_table(poisson_masses(mean), bits) for mean in distinct]
        self.limits = np.concatenate([limits for limits, _ in tables])
        self.counts = np.concatenate([counts.ravel() for _, counts in tables]).astype(float)
        self.shift = DRAW_BITS - bits
        self.words = np.zeros(proc_params["shape"], np.uint32)
        # The first entry of the table of each neuron.
        first = (which << bits).astype(np.uint32)
        self.table = 0 if distinct.size == 1 else first.reshape(proc_params["shape"])

    def run_spk(self):
        out, words = self.a_out.buffer().ravel(), self.words.ravel()
        limits, counts, table, weight = self.limits, self.counts, self.table, self.weight
        shift = np.uint64(self.shift)
        rest = (np.uint64(1) << shift) - np.uint64(1)
        self.rng.fill(words)
        # Unsigned throughout: no index is looked at for being negative.
        for i in range(out.size):
            word = np.uint64(words[i])
            entry = np.uint64(element(table, i)) + (word >> shift)
            other = np.uint64((word & rest) >= np.uint64(limits[entry]))
            out[i] = weight * counts[entry + entry + other]
        self.a_out.send(self.a_out.buffer())


def poisson_masses(mean: float) -> tuple[int, np.ndarray]:
    """The Poisson distribution in units of 2^-32.

    Returns
    -------
    first : int
        The smallest count whose probability does not round to 0.
    masses : ndarray of int64
        2^32 times the probabilities of first, first + 1, ...; their sum is 2^32.
    """
    counts = np.arange(int(mean + 12 * np.sqrt(mean)) + 30)
    log_factorials = np.concatenate(([0.0], np.cumsum(np.log(counts[1:]))))
    log_mean = np.log(max(mean, np.finfo(np.float64).tiny))
    masses = np.rint(np.exp(counts * log_mean - mean - log_factorials) * 2.0**DRAW_BITS)
    masses = masses.astype(np.int64)
    # What rounding leaves goes to the most frequent count, where it weighs least.
    masses[np.argmax(masses)] += (1 << DRAW_BITS) - masses.sum()
    kept = np.flatnonzero(masses)
    return int(kept[0]), masses[kept[0] : kept[-1] + 1]


def table_bits(mean: float) -> int:
    """Leading bits of a random number that choose the entry in the table for a mean."""
    return max(5, int(poisson_masses(mean)[1].size - 1).bit_length())


def alias_table(distribution: tuple[int, np.ndarray], bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Walker's table of 2^bits entries, exact: whole numbers only.

    Parameters
    ----------
    distribution : int, ndarray of int64
        As returned by :func:`poisson_masses`, at most 2^bits masses.

    Returns
    -------
    limits : ndarray of uint32, shape (2^bits,)
        The remaining bits of a number mean the first count of the entry below this limit.
    counts : ndarray of int64, shape (2^bits, 2)
        First and second count of each entry.
    """
    first, masses = distribution
    size, share = 1 << bits, 1 << (DRAW_BITS - bits)
    left = [*(int(mass) for mass in masses), *(0 for _ in range(size - masses.size))]
    limits = np.full(size, share, np.uint32)
    counts = np.repeat(first + np.arange(size)[:, None], 2, axis=1)
    small = [j for j in range(size) if left[j] < share]
    large = [j for j in range(size) if left[j] >= share]
    while small and large:
        j, donor = small.pop(), large[-1]
        limits[j], counts[j, 1] = left[j], first + donor
        left[donor] -= share - left[j]
        if left[donor] < share:
            small.append(large.pop())
    return limits, counts
