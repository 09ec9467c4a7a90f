"""Delta: sends what has changed since the last message."""

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

#: Shifting a 32-bit state further changes nothing more.
_LONGEST_SHIFT = 31


class Delta(AbstractProcess):
    """Neurons that send changes of their input.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : float or int or array_like
        Threshold: smaller changes are kept back until they add up. Scaled by ``2**(spike_exp +
        state_exp)``.
    cum_error : bool
        Compare the sum of the changes since the last message with the threshold, not what is left
        over.
    spike_exp, state_exp : int
        Fixed point: scale of messages, and of the state relative to messages, as exponents of 2.

    Raises
    ------
    ValueError
        ``spike_exp + state_exp`` is negative, or `vth` does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_in``, ``s_out``. Vars: ``act`` (last input), ``residue``, ``error``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Delta, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source, delta = SourceRingBuffer(data=np.array([[5, 6, 8, 8]])), Delta(shape=(1,), vth=3)
    >>> sink = SinkRingBuffer(shape=(1,), buffer=4)
    >>> source.s_out.connect(delta.a_in)
    >>> delta.s_out.connect(sink.a_in)
    >>> delta.run(RunSteps(4), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> sink.data.get()
    array([[5, 0, 3, 0]], dtype=int32)
    >>> delta.stop()
    """

    def __init__(self, *, shape, vth, cum_error=False, spike_exp=0, state_exp=0) -> None:
        super().__init__(
            shape=shape, vth=vth, cum_error=cum_error, spike_exp=spike_exp, state_exp=state_exp
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        scaled = scale(type(self).__name__, vth, spike_exp, state_exp)
        self.vth = parameter(type(self).__name__, "vth", scaled, shape)
        self.sigma = Var(shape=shape, init=0)
        self.act = Var(shape=shape, init=0)
        self.residue = Var(shape=shape, init=0)
        self.error = Var(shape=shape, init=0)
        self.spike_exp = Var(shape=(1,), init=spike_exp)
        self.state_exp = Var(shape=(1,), init=state_exp)
        self.cum_error = Var(shape=(1,), init=cum_error)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


def scale(process: str, value: Any, spike_exp: int, state_exp: int) -> Any:
    """``value * 2**(spike_exp + state_exp)``."""
    shift = one_integer(process, "spike_exp", spike_exp)
    shift += one_integer(process, "state_exp", state_exp)
    if shift < 0:
        raise ValueError(
            f"{process}: spike_exp + state_exp must not be negative (negative shift count), got "
            f"spike_exp={spike_exp}, state_exp={state_exp}"
        )
    return (np.asarray(value) if isinstance(value, (list, tuple)) else value) * (1 << shift)


class AbstractDeltaModel(PyLoihiProcessModel):
    """Ports and state of delta neurons."""

    boundscheck = False

    a_in: PyInPort = None
    s_out: PyOutPort = None
    vth: np.ndarray = None
    sigma: np.ndarray = None
    act: np.ndarray = None
    residue: np.ndarray = None
    error: np.ndarray = None
    spike_exp: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=3)
    state_exp: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=3)
    cum_error: np.ndarray = LavaPyType(np.ndarray, bool, precision=1)

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


class FloatDelta:
    """Types of models in float64; to be named before AbstractDeltaModel."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: np.ndarray = LavaPyType(np.ndarray, float)
    sigma: np.ndarray = LavaPyType(np.ndarray, float)
    act: np.ndarray = LavaPyType(np.ndarray, float)
    residue: np.ndarray = LavaPyType(np.ndarray, float)
    error: np.ndarray = LavaPyType(np.ndarray, float)


class FixedDelta:
    """Types of models in 32-bit integers; to be named before AbstractDeltaModel."""

    integer_inputs = ("a_in",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32, precision=24)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    sigma: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    act: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    residue: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    error: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        check_state_exp(proc_params)


def delta_float(i, x, vth, act, residue, error, cum_error):
    """What neuron i sends when its activation is x; updates its state."""
    change = (x - act[i]) + residue[i]
    decisive = change
    if cum_error:
        decisive = error[i] + change
        error[i] = decisive
    message = change if abs(decisive) >= element(vth, i) else 0.0
    if cum_error and message != 0.0:
        error[i] = 0.0
    residue[i] = change - message
    act[i] = x
    return message


def magnitude(x):
    """|x| in 32 bits, where that of -2^31 stays negative."""
    return np.int32(abs(np.int64(x)))


def delta_fixed(i, x, vth, act, residue, error, cum_error):
    """What neuron i sends (before the shift) when its activation is x; 32 bits, which wrap."""
    change = np.int32(np.int64(x) - act[i] + residue[i])
    decisive = change
    if cum_error:
        decisive = np.int32(np.int64(error[i]) + change)
        error[i] = decisive
    message = change if magnitude(decisive) >= element(vth, i) else np.int32(0)
    if cum_error and message != 0:
        error[i] = 0
    residue[i] = np.int32(np.int64(change) - message)
    act[i] = x
    return message


def shift_bits(exponent):
    """An exponent as a number of bits by which 32-bit states may be shifted."""
    return np.int64(min(max(exponent, 0), _LONGEST_SHIFT + 1))


def check_state_exp(proc_params: Any) -> None:
    """Messages are ``s >> state_exp``."""
    if proc_params["state_exp"] < 0:
        raise ValueError(
            f"state_exp={proc_params['state_exp']}: fixed-point messages are shifted right by "
            f"state_exp bits, so it must not be negative; use spike_exp to scale them"
        )


@implements(proc=Delta, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyDeltaModelFloat(FloatDelta, AbstractDeltaModel):
    """Delta in float64."""

    elementwise = True

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, act = self.s_out.buffer().ravel(), self.act.ravel()
        residue, error = self.residue.ravel(), self.error.ravel()
        cum_error = self.cum_error[0]
        for i in range(act.size):
            messages[i] = delta_float(i, 1.0 * a_in[i], vth, act, residue, error, cum_error)


@implements(proc=Delta, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyDeltaModelFixed(FixedDelta, AbstractDeltaModel):
    """Delta in 32-bit integers, which wrap."""

    elementwise = True

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, act = self.s_out.buffer().ravel(), self.act.ravel()
        residue, error = self.residue.ravel(), self.error.ravel()
        cum_error, right = self.cum_error[0], shift_bits(self.state_exp[0])
        left = shift_bits(self.spike_exp[0] + self.state_exp[0])
        for i in range(act.size):
            x = np.int32(np.int64(a_in[i]) << left)
            message = delta_fixed(i, x, vth, act, residue, error, cum_error)
            messages[i] = np.int32(np.int64(message) >> right)
