"""A source that sends random spikes; an addition to Lava.

Per neuron and step, with a uniform random number in [0, 1)::

    s = 1 if uniform < rate else 0
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class PoissonSource(AbstractProcess):
    """Sends random spikes: in each time step each neuron spikes with its own probability.

    This is a Poisson process in discrete time. The numbers depend on the seed of the run config,
    the Process, the neuron and the time step alone, not on chunks of runs or on threads.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    rates : float or array_like
        Expected spikes per time step, from 0 to 1; one number or one for each neuron.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    s_out : OutPort, shape `shape`
        0 or 1; float64 with the tag ``floating_pt``, int32 with ``fixed_pt``.
    rates : Var, shape `shape`
        May be set while the network runs.

    Raises
    ------
    ValueError
        If a rate is not a number from 0 to 1.

    Examples
    --------
    >>> PoissonSource(shape=(100,), rates=0.02).s_out.shape
    (100,)
    """

    def __init__(self, shape: tuple[int, ...], rates: ArrayLike, **params) -> None:
        numbers = np.asarray(rates)
        if numbers.dtype.kind not in "biuf" or not np.all((numbers >= 0) & (numbers <= 1)):
            raise ValueError(
                f"rates of PoissonSource are expected spikes per time step, from 0 to 1; got "
                f"{rates!r}. For rates in Hz multiply by the seconds that a time step stands for."
            )
        super().__init__(shape=shape, rates=rates, **params)
        self.s_out = OutPort(shape=shape)
        self.rates = Var(shape=shape, init=rates)


class AbstractPyPoissonSourceModel(PyLoihiProcessModel):
    """Draws one uniform number for each neuron."""

    boundscheck = False

    rates: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        out, rates = self.s_out.buffer().ravel(), self.rates.ravel()
        for i in range(out.size):
            # In float64, also where rates are float32: rounded, a uniform number could be 1.
            out[i] = 1 if self.rng.uniform(i) < np.float64(rates[i]) else 0
        self.s_out.send(self.s_out.buffer())


@implements(proc=PoissonSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyPoissonSourceModelFloat(AbstractPyPoissonSourceModel):
    """Sends float64."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)


@implements(proc=PoissonSource, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPoissonSourceModelFixed(AbstractPyPoissonSourceModel):
    """Sends int32."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
