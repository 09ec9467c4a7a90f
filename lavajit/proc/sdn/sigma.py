"""Sigma: integrates what it receives and sends the sum."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Sigma(AbstractProcess):
    """Integrators: the counterpart of Delta.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.

    Notes
    -----
    Ports: ``a_in``, ``s_out`` (the sum so far, the Var ``sigma``).

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, Sigma, SourceRingBuffer
    >>> source, sigma = SourceRingBuffer(data=np.array([[3, 0, -1]])), Sigma(shape=(1,))
    >>> source.s_out.connect(sigma.a_in)
    >>> sigma.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sigma.sigma.get()
    array([2], dtype=int32)
    >>> sigma.stop()
    """

    def __init__(self, *, shape) -> None:
        super().__init__(shape=shape)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.sigma = Var(shape=shape, init=0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


class AbstractSigmaModel(PyLoihiProcessModel):
    """Ports and state of sigma neurons."""

    boundscheck = False

    a_in: PyInPort = None
    s_out: PyOutPort = None
    sigma: np.ndarray = None


@implements(proc=Sigma, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySigmaModelFloat(AbstractSigmaModel):
    """Sigma in float64."""

    elementwise = True

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    sigma: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        """Receive, integrate, send."""
        a_in = self.a_in.recv().ravel()
        sigma, sums = self.sigma.ravel(), self.s_out.buffer().ravel()
        for i in range(sigma.size):
            sigma[i] += a_in[i]
            sums[i] = sigma[i]
        self.s_out.send(self.s_out.buffer())


@implements(proc=Sigma, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySigmaModelFixed(AbstractSigmaModel):
    """Sigma in 32-bit integers, which wrap."""

    elementwise = True
    integer_inputs = ("a_in",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    sigma: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def run_spk(self):
        """Receive, integrate, send."""
        a_in = self.a_in.recv().ravel()
        sigma, sums = self.sigma.ravel(), self.s_out.buffer().ravel()
        for i in range(sigma.size):
            total = np.int32(np.int64(sigma[i]) + np.int64(a_in[i]))
            sigma[i] = total
            sums[i] = total
        self.s_out.send(self.s_out.buffer())
