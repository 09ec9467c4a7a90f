"""NormVecDelay: squares of a vector, and the delayed vector times what comes back."""

from __future__ import annotations

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


class NormVecDelay(AbstractProcess):
    """Vector that sends its squares and multiplies itself, delayed, with a second input.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : int or float or array_like
        Only products of a larger magnitude are sent.
    exp : int
        Fixed-point exponent of the values; kept for others, without effect here.
    delay : {1, 2}
        How many steps old the vector is that ``a_in2`` multiplies. An addition to Lava, where it
        is 1; the loop of a normalisation (Dense, InvSqrt, Dense) takes 2.

    Raises
    ------
    ValueError
        `delay` is neither 1 nor 2, or `vth` does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_in1`` (vector), ``a_in2`` (factors), ``s_out`` (products), ``s2_out``
    (squares). Vars: ``v`` and ``v2``, the vector of the last step and the one before.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, NormVecDelay, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.array([[3, 4]]))
    >>> norm, sink = NormVecDelay(shape=(1,)), SinkRingBuffer(shape=(1,), buffer=2)
    >>> source.s_out.connect(norm.a_in1)
    >>> norm.s2_out.connect(sink.a_in)
    >>> norm.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[ 9, 16]], dtype=int32)
    >>> norm.stop()
    """

    def __init__(self, shape, vth=1, exp=0, delay=1) -> None:
        super().__init__(shape=shape, vth=vth, exp=exp, delay=delay)
        one_integer("NormVecDelay", "delay", delay, 1, 2)
        self.a_in1 = InPort(shape=shape)
        self.a_in2 = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.s2_out = OutPort(shape=shape)
        self.vth = parameter("NormVecDelay", "vth", vth, shape)
        self.exp = Var(shape=(1,), init=one_integer("NormVecDelay", "exp", exp))
        self.v = Var(shape=shape, init=0)
        self.v2 = Var(shape=shape, init=0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


class AbstractNormVecDelayModel(PyLoihiProcessModel):
    """Order of a step; a subclass supplies ``update``."""

    boundscheck = False

    exp: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.delay = proc_params["delay"]

    def run_spk(self):
        """Receive both inputs, then send squares and products."""
        vector, factors = self.a_in1.recv().ravel(), self.a_in2.recv().ravel()
        vth = self.vth.ravel()
        if vth.size == 1:
            self.update(vector, factors, vth[0])
        else:
            self.update(vector, factors, vth)
        self.s2_out.send(self.s2_out.buffer())
        self.s_out.send(self.s_out.buffer())

    def update(self, vector, factors, vth):
        """All neurons; the threshold is one number or one per neuron."""
        raise NotImplementedError("update() must be implemented by the model")


@implements(proc=NormVecDelay, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class NormVecDelayModel(AbstractNormVecDelayModel):
    """NormVecDelay in 32-bit integers, which wrap."""

    integer_inputs = ("a_in1", "a_in2")

    a_in1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    a_in2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    s2_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v2: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def update(self, vector, factors, vth):
        """All neurons; the threshold is one number or one per neuron."""
        squares, products = self.s2_out.buffer().ravel(), self.s_out.buffer().ravel()
        v, v2, delay = self.v.ravel(), self.v2.ravel(), self.delay
        for i in range(v.size):
            new = np.int64(vector[i])
            squares[i] = np.int32(new * new)
            old = v[i] if delay == 1 else v2[i]
            product = np.int32(np.int64(old) * np.int64(factors[i]))
            # In 32 bits the magnitude of -2^31 stays negative.
            sends = np.int32(abs(np.int64(product))) > element(vth, i)
            products[i] = product if sends else np.int32(0)
            v2[i] = v[i]
            v[i] = np.int32(new)


@implements(proc=NormVecDelay, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class NormVecDelayModelFloat(AbstractNormVecDelayModel):
    """NormVecDelay in float64."""

    a_in1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_in2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    s2_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: np.ndarray = LavaPyType(np.ndarray, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    v2: np.ndarray = LavaPyType(np.ndarray, float)

    def update(self, vector, factors, vth):
        """All neurons; the threshold is one number or one per neuron."""
        squares, products = self.s2_out.buffer().ravel(), self.s_out.buffer().ravel()
        v, v2, delay = self.v.ravel(), self.v2.ravel(), self.delay
        for i in range(v.size):
            new = 1.0 * vector[i]
            squares[i] = new * new
            product = (v[i] if delay == 1 else v2[i]) * factors[i]
            products[i] = product if abs(product) > element(vth, i) else 0.0
            v2[i] = v[i]
            v[i] = new
