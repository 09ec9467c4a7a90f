"""RFZero: resonate-and-fire neurons that send their real part when the imaginary one crosses 0.

The decay factors are ``lct = trunc(2^15 * exp(-dt / decay_tau) * cos(2 pi dt freq))`` and ``lst``
with the sine. Fixed point (tag ``fixed_pt``), per neuron and step, all in 32 bits, which wrap
(``>>`` is floor)::

    nu = ((u * lct) >> 15) - ((v * lst) >> 15) + u_in
    nv = ((v * lct) >> 15) + ((u * lst) >> 15) + v_in
    s = nu if nu > uth and nv >= 0 and v < 0 else 0 ;  u, v = nu, nv

The 32-bit products wrap once a state exceeds about 2^16, as in Lava: keep inputs small. The float
model (tag ``floating_pt``, which Lava does not have) is the same without rounding, with the
factors ``lct / 2^15`` and ``lst / 2^15``.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.parameters import parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Fraction bits of the decay factors.
FACTOR_BITS = 15


class RFZero(AbstractProcess):
    """Resonate-and-fire neurons with graded spikes.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    freqs : float or array_like
        Frequencies in Hz.
    decay_tau : float or array_like
        Decay time constants in seconds.
    dt : float
        Seconds per time step.
    uth : int or array_like
        Threshold of the real part.

    Raises
    ------
    ValueError
        An array does not broadcast to `shape`, or `decay_tau` is 0.

    Notes
    -----
    Ports: ``u_in``, ``v_in``, ``s_out`` (graded). Vars: ``u`` (real part), ``v`` (imaginary part).

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RFZero, RunSteps, SourceRingBuffer
    >>> source = SourceRingBuffer(data=1000 * np.eye(1, 5, dtype=int))
    >>> rf = RFZero(shape=(1,), freqs=250, decay_tau=1)
    >>> source.s_out.connect(rf.u_in)
    >>> rf.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> rf.u.get(), rf.v.get()
    (array([0], dtype=int32), array([998], dtype=int32))
    >>> rf.stop()
    """

    def __init__(self, shape, freqs, decay_tau, dt=0.001, uth=1) -> None:
        super().__init__(shape=shape, freqs=freqs, decay_tau=decay_tau, dt=dt, uth=uth)
        freqs, tau = np.asarray(freqs, np.float64), np.asarray(decay_tau, np.float64)
        if np.any(tau == 0):
            raise ValueError("RFZero: decay_tau must not be 0, it is a time constant in seconds")
        decay, angle = np.exp(-dt / tau), 2 * np.pi * dt * freqs
        one = 1 << FACTOR_BITS
        self.u_in = InPort(shape=shape)
        self.v_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.uth = parameter("RFZero", "uth", uth, shape)
        self.u = Var(shape=shape, init=0)
        self.v = Var(shape=shape, init=0)
        self.lct = Var(shape=shape, init=np.trunc(decay * np.cos(angle) * one).astype(np.int32))
        self.lst = Var(shape=shape, init=np.trunc(decay * np.sin(angle) * one).astype(np.int32))

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


class AbstractPyRFZeroModel(PyLoihiProcessModel):
    """Order of a step; a subclass supplies ``update``."""

    boundscheck = False

    def run_spk(self):
        """Receive, update, send."""
        u_in, v_in, uth = self.u_in.recv().ravel(), self.v_in.recv().ravel(), self.uth.ravel()
        if uth.size == 1:
            self.update(u_in, v_in, uth[0])
        else:
            self.update(u_in, v_in, uth)
        self.s_out.send(self.s_out.buffer())

    def update(self, u_in, v_in, uth):
        """All neurons; the threshold is one number or one per neuron."""
        raise NotImplementedError("update() must be implemented by the model")


def product(state, factor):
    """(state * factor) >> 15, of a product that wraps in 32 bits; an int64."""
    return np.int64(np.int32(np.int64(state) * np.int64(factor))) >> FACTOR_BITS


@implements(proc=RFZero, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyRFZeroModelFixed(AbstractPyRFZeroModel):
    """RFZero in 32-bit integers, which wrap."""

    elementwise = True
    integer_inputs = ("u_in", "v_in")

    u_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    v_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    uth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    u: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    lct: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    lst: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def update(self, u_in, v_in, uth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, u, v = self.s_out.buffer().ravel(), self.u.ravel(), self.v.ravel()
        lct, lst = self.lct.ravel(), self.lst.ravel()
        for i in range(u.size):
            nu = np.int32(product(u[i], lct[i]) - product(v[i], lst[i]) + np.int64(u_in[i]))
            nv = np.int32(product(v[i], lct[i]) + product(u[i], lst[i]) + np.int64(v_in[i]))
            crosses = nv >= 0 and v[i] < 0
            messages[i] = nu if crosses and nu > element(uth, i) else np.int32(0)
            u[i] = nu
            v[i] = nv


@implements(proc=RFZero, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRFZeroModelFloat(AbstractPyRFZeroModel):
    """RFZero in float64."""

    elementwise = True

    u_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    v_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    uth: np.ndarray = LavaPyType(np.ndarray, float)
    u: np.ndarray = LavaPyType(np.ndarray, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    lct: np.ndarray = LavaPyType(np.ndarray, float)
    lst: np.ndarray = LavaPyType(np.ndarray, float)

    def update(self, u_in, v_in, uth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, u, v = self.s_out.buffer().ravel(), self.u.ravel(), self.v.ravel()
        lct, lst, one = self.lct.ravel(), self.lst.ravel(), 1.0 / (1 << FACTOR_BITS)
        for i in range(u.size):
            cosine, sine = lct[i] * one, lst[i] * one
            nu = u[i] * cosine - v[i] * sine + u_in[i]
            nv = v[i] * cosine + u[i] * sine + v_in[i]
            crosses = nv >= 0.0 and v[i] < 0.0
            messages[i] = nu if crosses and nu > element(uth, i) else 0.0
            u[i] = nu
            v[i] = nv
