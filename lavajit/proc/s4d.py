"""S4D: diagonal structured state spaces.

S4d, per neuron and step (tag ``floating_pt``), with a complex state::

    s4_state = s4_state * a + a_in * b ;  s_out = real(c * s4_state * 2)

SigmaS4dDelta integrates its input first and sends changes, the delta of :mod:`lavajit.proc.sdn`::

    sigma = sigma + a_in ;  s4_state = s4_state * a + sigma * b ;  x = real(c * s4_state * 2)

SigmaS4dDeltaLayer has d_states of these for each of its inputs and adds up what they send; both
connections take one step, so the latency is two.

The exponents s4_exp and inp_exp, the bias and the activation mode have no effect. Different from
Lava: a, b and c of SigmaS4dDelta may be complex; Lava drops their imaginary parts.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.model.sub_model import AbstractSubProcessModel
from lavajit.proc.sdn import AbstractSigmaDeltaModel, SigmaDelta
from lavajit.proc.sdn.delta import FloatDelta, delta_float
from lavajit.proc.sparse import Sparse
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class S4d(AbstractProcess):
    """Linear recurrent neurons with a complex state.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    a, b, c : complex or array_like
        Factors of the state, of the input and of the output.
    s4_state : complex or array_like
        Initial state.
    s4_exp, inp_exp : int
        Kept for others, without effect here.

    Notes
    -----
    Ports: ``a_in``, ``s_out``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, S4d, SourceRingBuffer
    >>> source, s4d = SourceRingBuffer(data=np.eye(1, 3)), S4d(shape=(1,), a=0.5j, b=1, c=1)
    >>> source.s_out.connect(s4d.a_in)
    >>> s4d.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> s4d.s4_state.get()
    array([-0.25+0.j])
    >>> s4d.stop()
    """

    def __init__(self, shape, a, b, c, s4_state=0, s4_exp=0, inp_exp=0) -> None:
        super().__init__(
            shape=shape, a=a, b=b, c=c, s4_state=s4_state, s4_exp=s4_exp, inp_exp=inp_exp
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.a = Var(shape=shape, init=a)
        self.b = Var(shape=shape, init=b)
        self.c = Var(shape=shape, init=c)
        self.s4_state = Var(shape=shape, init=s4_state)
        self.s4_exp = Var(shape=(1,), init=s4_exp)
        self.inp_exp = Var(shape=(1,), init=inp_exp)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


@implements(proc=S4d, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class S4dModel(PyLoihiProcessModel):
    """S4d in complex128."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a: np.ndarray = LavaPyType(np.ndarray, complex)
    b: np.ndarray = LavaPyType(np.ndarray, complex)
    c: np.ndarray = LavaPyType(np.ndarray, complex)
    s4_state: np.ndarray = LavaPyType(np.ndarray, complex)
    s4_exp: np.ndarray = LavaPyType(np.ndarray, np.int32)
    inp_exp: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def run_spk(self):
        """Receive, update, send."""
        a_in, out = self.a_in.recv().ravel(), self.s_out.buffer().ravel()
        a, b, c, state = self.a.ravel(), self.b.ravel(), self.c.ravel(), self.s4_state.ravel()
        for i in range(state.size):
            state[i] = state[i] * a[i] + a_in[i] * b[i]
            out[i] = (c[i] * state[i] * 2).real
        self.s_out.send(self.s_out.buffer())


class SigmaS4dDelta(SigmaDelta):
    """S4d neurons that receive and send changes.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : float or array_like
        Threshold: smaller changes are kept back until they add up. Scaled by ``2**state_exp``.
    a, b, c : complex or array_like
        Factors of the state, of the input and of the output.
    state_exp : int
        Scales the threshold.
    s4_exp : int
        Kept for others, without effect here.

    Notes
    -----
    Ports and Vars of SigmaDelta, and ``a``, ``b``, ``c``, ``s4_state``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, SigmaS4dDelta, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.eye(1, 3))
    >>> neuron = SigmaS4dDelta(shape=(1,), vth=0.1, a=0.5, b=1, c=1)
    >>> source.s_out.connect(neuron.a_in)
    >>> neuron.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> neuron.act.get()
    array([3.5])
    >>> neuron.stop()
    """

    def __init__(self, shape, vth, a, b, c, state_exp=0, s4_exp=0) -> None:
        super().__init__(shape=shape, vth=vth, a=a, b=b, c=c, s4_exp=s4_exp, state_exp=state_exp)
        self.a = Var(shape=shape, init=a)
        self.b = Var(shape=shape, init=b)
        self.c = Var(shape=shape, init=c)
        self.s4_state = Var(shape=shape, init=0j)
        self.s4_exp = Var(shape=(1,), init=s4_exp)


class AbstractSigmaS4dDeltaModel(AbstractSigmaDeltaModel):
    """Parameters and state of the state space."""

    a: np.ndarray = LavaPyType(np.ndarray, complex)
    b: np.ndarray = LavaPyType(np.ndarray, complex)
    c: np.ndarray = LavaPyType(np.ndarray, complex)
    s4_state: np.ndarray = LavaPyType(np.ndarray, complex)
    s4_exp: np.ndarray = LavaPyType(np.ndarray, np.int32)


@implements(proc=SigmaS4dDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySigmaS4dDeltaModelFloat(FloatDelta, AbstractSigmaS4dDeltaModel):
    """SigmaS4dDelta in complex128 and float64."""

    bias: np.ndarray = LavaPyType(np.ndarray, float)

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, sigma = self.s_out.buffer().ravel(), self.sigma.ravel()
        act, residue, error = self.act.ravel(), self.residue.ravel(), self.error.ravel()
        a, b, c, state = self.a.ravel(), self.b.ravel(), self.c.ravel(), self.s4_state.ravel()
        cum_error = self.cum_error[0]
        for i in range(sigma.size):
            sigma[i] += a_in[i]
            state[i] = state[i] * a[i] + sigma[i] * b[i]
            x = (c[i] * state[i] * 2).real
            messages[i] = delta_float(i, x, vth, act, residue, error, cum_error)


class SigmaS4dDeltaLayer(AbstractProcess):
    """Layer of SigmaS4dDelta neurons, several for each input.

    Parameters
    ----------
    shape : tuple of int
        Number of inputs and outputs, one axis.
    vth : float or array_like
        Threshold of the neurons.
    a, b, c : complex or array_like
        Factors of the neurons, one or ``shape[0] * d_states``.
    d_states : int
        Neurons per input.
    s4_exp : int
        Kept for others, without effect here.
    num_message_bits : int
        Bits of messages; at least 1, they are graded.
    state_exp : int
        Scales the threshold.

    Raises
    ------
    ValueError
        `shape` has several axes.

    Notes
    -----
    Ports: ``s_in``, ``a_out``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, SigmaS4dDeltaLayer, SourceRingBuffer
    >>> source = SourceRingBuffer(data=np.eye(1, 3))
    >>> layer = SigmaS4dDeltaLayer(shape=(1,), vth=0.1, a=[0.5, 0.1], b=1, c=1, d_states=2)
    >>> source.s_out.connect(layer.s_in)
    >>> layer.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> layer.s4_state.get()
    array([1.5+0.j, 1.1+0.j])
    >>> layer.stop()
    """

    def __init__(
        self, shape, vth, a, b, c, d_states=1, s4_exp=0, num_message_bits=24, state_exp=0
    ) -> None:
        super().__init__(
            shape=shape,
            vth=vth,
            a=a,
            b=b,
            c=c,
            d_states=d_states,
            s4_exp=s4_exp,
            num_message_bits=num_message_bits,
            state_exp=state_exp,
        )
        if len(shape) != 1:
            raise ValueError(f"SigmaS4dDeltaLayer: shape must have one axis, got {shape}")
        neurons = (shape[0] * d_states,)
        self.s_in = InPort(shape=shape)
        self.a_out = OutPort(shape=shape)
        self.state_exp = Var(shape=(1,), init=state_exp)
        self.S4_exp = Var(shape=(1,), init=s4_exp)
        self.num_message_bits = Var(shape=(1,), init=num_message_bits)
        self.a = Var(shape=neurons, init=np.asarray(a, complex))
        self.b = Var(shape=neurons, init=np.asarray(b, complex))
        self.c = Var(shape=neurons, init=np.asarray(c, complex))
        self.s4_state = Var(shape=neurons, init=0j)
        self.conn_weights = Var(shape=(shape[0], *neurons), init=_summation(shape[0], d_states))

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the outputs."""
        return self.proc_params["shape"]


def _summation(n: int, d_states: int) -> scipy.sparse.csr_matrix:
    """Weights that add up the neurons of each input; transposed they distribute the input."""
    shape = (n, n * d_states)
    columns = np.arange(n * d_states)
    return scipy.sparse.csr_matrix((np.ones(shape[1]), (columns // d_states, columns)), shape=shape)


@implements(proc=SigmaS4dDeltaLayer, protocol=LoihiProtocol)
class SubDenseLayerModel(AbstractSubProcessModel):
    """Sparse, SigmaS4dDelta, Sparse."""

    def __init__(self, proc):
        params = proc.proc_params
        n, d_states = params["shape"][0], params["d_states"]
        summation = _summation(n, d_states)
        graded = {"num_message_bits": params["num_message_bits"], "weight_exp": params["state_exp"]}
        self.sparse1 = Sparse(weights=summation.T.tocsr(), **graded)
        self.sigma_S4d_delta = SigmaS4dDelta(
            shape=(n * d_states,),
            vth=params["vth"],
            a=params["a"],
            b=params["b"],
            c=params["c"],
            state_exp=params["state_exp"],
            s4_exp=params["s4_exp"],
        )
        self.sparse2 = Sparse(weights=summation, **graded)
        proc.in_ports.s_in.connect(self.sparse1.in_ports.s_in)
        self.sparse1.out_ports.a_out.connect(self.sigma_S4d_delta.in_ports.a_in)
        self.sigma_S4d_delta.out_ports.s_out.connect(self.sparse2.in_ports.s_in)
        self.sparse2.out_ports.a_out.connect(proc.out_ports.a_out)
        for name in ("a", "b", "c", "s4_state"):
            getattr(proc, name).alias(getattr(self.sigma_S4d_delta, name))
