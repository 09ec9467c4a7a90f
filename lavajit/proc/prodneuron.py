"""ProdNeuron: the product of two inputs, as a graded spike.

Fixed point (tag ``fixed_pt``), in 32 bits, which wrap (``>>`` is floor), and float (tag
``floating_pt``, which Lava does not have)::

    p = (a_in1 * a_in2) >> exp            float: a_in1 * a_in2 / 2**exp
    s = p if |p| > vth else 0
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
from lavajit.proc.parameters import one_integer, parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

_LONGEST_SHIFT = 31


class ProdNeuron(AbstractProcess):
    """Neurons that multiply two inputs.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : int or float or array_like
        Only products of a larger magnitude are sent.
    exp : int
        Products are divided by ``2**exp``.

    Raises
    ------
    ValueError
        `exp` is negative, or `vth` does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_in1``, ``a_in2``, ``s_out`` (graded). The Var ``v`` is not used.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, ProdNeuron, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> a, b = (SourceRingBuffer(data=np.array([row])) for row in ([3, 5], [-4, 7]))
    >>> product, sink = ProdNeuron(shape=(1,), exp=1), SinkRingBuffer(shape=(1,), buffer=2)
    >>> a.s_out.connect(product.a_in1)
    >>> b.s_out.connect(product.a_in2)
    >>> product.s_out.connect(sink.a_in)
    >>> product.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[-6, 17]], dtype=int32)
    >>> product.stop()
    """

    def __init__(self, shape, vth=1, exp=0) -> None:
        super().__init__(shape=shape, vth=vth, exp=exp)
        one_integer("ProdNeuron", "exp", exp, 0)
        self.a_in1 = InPort(shape=shape)
        self.a_in2 = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.vth = parameter("ProdNeuron", "vth", vth, shape)
        self.exp = Var(shape=(1,), init=exp)
        self.v = Var(shape=shape, init=0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


@implements(proc=ProdNeuron, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyProdNeuronModelFixed(PyLoihiProcessModel):
    """ProdNeuron in 32-bit integers, which wrap."""

    elementwise = True
    boundscheck = False
    integer_inputs = ("a_in1", "a_in2")

    a_in1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    a_in2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    exp: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        """Receive, multiply, send."""
        a, b, vth = self.a_in1.recv().ravel(), self.a_in2.recv().ravel(), self.vth.ravel()
        if vth.size == 1:
            self.update(a, b, vth[0])
        else:
            self.update(a, b, vth)
        self.s_out.send(self.s_out.buffer())

    def update(self, a, b, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages = self.s_out.buffer().ravel()
        bits = np.int64(min(self.exp[0], _LONGEST_SHIFT))
        for i in range(messages.size):
            product = np.int64(np.int32(np.int64(a[i]) * np.int64(b[i]))) >> bits
            # In 32 bits the magnitude of -2^31 stays negative.
            sends = np.int32(abs(product)) > element(vth, i)
            messages[i] = np.int32(product) if sends else np.int32(0)


@implements(proc=ProdNeuron, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyProdNeuronModelFloat(PyLoihiProcessModel):
    """ProdNeuron in float64."""

    elementwise = True
    boundscheck = False

    a_in1: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_in2: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: float = LavaPyType(float, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    exp: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        """Receive, multiply, send."""
        a, b = self.a_in1.recv().ravel(), self.a_in2.recv().ravel()
        messages, vth, scale = self.s_out.buffer().ravel(), self.vth, 0.5 ** int(self.exp[0])
        for i in range(messages.size):
            product = a[i] * b[i] * scale
            messages[i] = product if abs(product) > element(vth, i) else 0.0
        self.s_out.send(self.s_out.buffer())
