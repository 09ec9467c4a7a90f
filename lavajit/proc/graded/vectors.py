"""GradedVec and GradedReluVec: vectors with a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.parameters import one_integer, parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


def loihi2round(vv: Any) -> Any:
    """Round to integers the way the chip does: halves away from zero.

    Parameters
    ----------
    vv : float or array_like
        Values to round.

    Returns
    -------
    ndarray of int64, or int64
        ``trunc(vv + (vv > 0) - 0.5)``.

    Examples
    --------
    >>> loihi2round([0.5, 0.6, -1.5, -1.6]).tolist()
    [1, 1, -2, -2]
    """
    vv = np.asarray(vv)
    return np.trunc(vv + (vv > 0) - 0.5).astype(np.int64)[()]


class _ThresholdVector(AbstractProcess):
    """Ports and Vars of both Processes."""

    def __init__(self, shape, vth=1, exp=0) -> None:
        super().__init__(shape=shape, vth=vth, exp=exp)
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.v = Var(shape=shape, init=0)
        self.vth = parameter(type(self).__name__, "vth", vth, shape)
        self.exp = Var(shape=(1,), init=one_integer(type(self).__name__, "exp", exp))

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


class GradedVec(_ThresholdVector):
    """Vector of graded spikes with a threshold.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : int or float or array_like
        Only values of a larger magnitude are sent.
    exp : int
        Fixed-point exponent of the values; kept for others, without effect here.

    Raises
    ------
    ValueError
        `vth` does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_in``, ``s_out``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import GradedVec, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.array([[-7], [3], [4]]))
    >>> vector, sink = GradedVec(shape=(3,), vth=3), SinkRingBuffer(shape=(3,), buffer=1)
    >>> source.s_out.connect(vector.a_in)
    >>> vector.s_out.connect(sink.a_in)
    >>> vector.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get().ravel()
    array([-7,  0,  4], dtype=int32)
    >>> vector.stop()
    """


class GradedReluVec(_ThresholdVector):
    """Vector of graded spikes with a rectifying threshold; parameters and ports as in GradedVec.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import GradedReluVec, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.array([[-7], [3], [4]]))
    >>> vector, sink = GradedReluVec(shape=(3,), vth=3), SinkRingBuffer(shape=(3,), buffer=1)
    >>> source.s_out.connect(vector.a_in)
    >>> vector.s_out.connect(sink.a_in)
    >>> vector.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get().ravel()
    array([0, 0, 4], dtype=int32)
    >>> vector.stop()
    """


class _VectorModel(PyLoihiProcessModel):
    """Order of a step; a subclass supplies ``update``."""

    boundscheck = False

    a_in: PyInPort = None
    s_out: PyOutPort = None
    v: np.ndarray = None
    vth: np.ndarray = None
    exp: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        """Receive, compare, send."""
        a_in, vth = self.a_in.recv().ravel(), self.vth.ravel()
        if vth.size == 1:
            self.update(a_in, vth[0])
        else:
            self.update(a_in, vth)
        self.s_out.send(self.s_out.buffer())

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        raise NotImplementedError("update() must be implemented by the model")


class AbstractGradedVecModel(_VectorModel):
    """GradedVec in any type of numbers."""

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, v = self.s_out.buffer().ravel(), self.v.ravel()
        for i in range(v.size):
            total = self.plus(v[i], a_in[i])
            # In 32 bits the magnitude of -2^31 stays negative, so that it is never sent.
            messages[i] = total if self.magnitude(total) > element(vth, i) else 0
            v[i] = 0


class AbstractGradedReluVecModel(_VectorModel):
    """GradedReluVec in any type of numbers."""

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, v = self.s_out.buffer().ravel(), self.v.ravel()
        for i in range(v.size):
            total = self.plus(v[i], a_in[i])
            messages[i] = total if total > element(vth, i) else 0
            v[i] = 0


class _FixedVector:
    """Types and arithmetic of the fixed-point models."""

    integer_inputs = ("a_in",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def plus(self, a, b):
        """a + b in 32 bits."""
        return np.int32(np.int64(a) + np.int64(b))

    def magnitude(self, x):
        """|x| in 32 bits."""
        return np.int32(abs(np.int64(x)))


class _FloatVector:
    """Types and arithmetic of the float models."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    vth: np.ndarray = LavaPyType(np.ndarray, float)

    def plus(self, a, b):
        """a + b."""
        return a + b

    def magnitude(self, x):
        """|x|."""
        return abs(x)


@implements(proc=GradedVec, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyGradedVecModelFixed(_FixedVector, AbstractGradedVecModel):
    """GradedVec in 32-bit integers, which wrap."""

    elementwise = True


@implements(proc=GradedVec, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyGradedVecModelFloat(_FloatVector, AbstractGradedVecModel):
    """GradedVec in float64."""

    elementwise = True


@implements(proc=GradedReluVec, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyGradedReluVecModelFixed(_FixedVector, AbstractGradedReluVecModel):
    """GradedReluVec in 32-bit integers, which wrap."""

    elementwise = True


@implements(proc=GradedReluVec, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyGradedReluVecModelFloat(_FloatVector, AbstractGradedReluVecModel):
    """GradedReluVec in float64."""

    elementwise = True
