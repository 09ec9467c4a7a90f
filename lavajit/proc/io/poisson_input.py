"""A source of summed Poisson input; an addition to Lava.

Per neuron and step, independently of each other::

    a_out = weight k,   P(k) = exp(-mean) mean^k / k!

which is what any number of Poisson spike trains, `mean` spikes per step in all, add up to. k is
found by inversion: a random integer of 63 bits is looked up in the table of P(count <= k).
"""

from __future__ import annotations

import numpy as np
from scipy.special import pdtr

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Bits of a random number, and how many of them choose where in the table to begin.
DRAW_BITS = 63
GUIDE_BITS = 9
#: A table for the mean may not be longer than a cache.
LARGEST_MEAN = 1000.0


class PoissonInput(AbstractProcess):
    """Sends weighted Poisson counts: the input from many independent Poisson neurons, summed.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the receiving neurons.
    mean : float
        Expected spikes per neuron and time step, from 0 to 1,000; 1e-3 * rate * dt for a summed
        rate in Hz and dt in ms.
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
        `mean` is not one number from 0 to 1,000.

    Notes
    -----
    The numbers depend on the seed of the run config, the Process, the neuron and the time step.

    Examples
    --------
    >>> PoissonInput(shape=(100,), mean=2.0, weight=0.1).a_out.shape
    (100,)
    """

    def __init__(self, shape: tuple[int, ...], mean: float, weight: float = 1.0, **params) -> None:
        if np.size(mean) != 1 or not 0 <= float(mean) <= LARGEST_MEAN:
            raise ValueError(
                f"PoissonInput: mean is one number of spikes per time step from 0 to "
                f"{LARGEST_MEAN:g}, got {mean!r}"
            )
        super().__init__(shape=shape, mean=float(mean), **params)
        self.a_out = OutPort(shape=shape)
        self.weight = Var(shape=(1,), init=weight)


@implements(proc=PoissonInput, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPoissonInputModelFloat(PyLoihiProcessModel):
    """Draws one random integer for each neuron."""

    boundscheck = False

    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    weight: float = LavaPyType(float, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.last_draws, self.guide = poisson_table(proc_params["mean"])

    def run_spk(self):
        out, last_draws, guide = self.a_out.buffer().ravel(), self.last_draws, self.guide
        for i in range(out.size):
            draw = np.int64(self.rng.bits(i) >> np.uint64(64 - DRAW_BITS))
            count = guide[draw >> (DRAW_BITS - GUIDE_BITS)]
            while draw > last_draws[count]:
                count += 1
            out[i] = self.weight * count
        self.a_out.send(self.a_out.buffer())


def poisson_table(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """For the inversion of a Poisson distribution.

    Returns
    -------
    last_draws : ndarray of int64
        The largest random integer of 63 bits that still means a count of k or less.
    guide : ndarray of int64, shape (512,)
        The count of the smallest random integer with the given leading 9 bits.
    """
    counts = np.arange(int(mean + 12 * np.sqrt(mean)) + 30)
    scaled = pdtr(counts, mean) * 2.0**DRAW_BITS
    largest = (1 << DRAW_BITS) - 1
    # Python's integers, because 2**63 itself does not fit; the last entry ends every search.
    last_draws = np.array([min(int(x), largest) for x in scaled], np.int64)
    last_draws[-1] = largest
    firsts = np.arange(1 << GUIDE_BITS, dtype=np.int64) << (DRAW_BITS - GUIDE_BITS)
    return last_draws, np.searchsorted(last_draws, firsts, side="left").astype(np.int64)
