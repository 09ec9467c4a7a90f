"""RF: resonate-and-fire neurons.

A neuron is a damped oscillator with a complex state, ``sin_decay = (1 - alpha) * sin(2 pi /
period)``, ``cos_decay`` likewise. Float (tag ``floating_pt``), per neuron and step::

    re = cos_decay * real - sin_decay * imag + a_real_in
    im = sin_decay * real + cos_decay * imag + a_imag_in
    s = re >= vth and im >= 0 and imag < 0 ;  real, imag = re, im

so a neuron spikes once per turn, when its imaginary part becomes positive while the real part is
large. Fixed point (tag ``fixed_pt``) shifts inputs left by state_exp; each product is computed in
64 bits and shifted right by decay_bits towards zero on its own; re and im saturate at +-(2^23 -
1).

The constructor scales vth by ``2**state_exp`` and the decays by ``2**decay_bits``, for float
models as well; leave both 0 for these. Unlike in Lava, period, alpha and vth may be one value per
neuron.
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
from lavajit.proc.fixed_point import STATE_MAX, shift_towards_zero
from lavajit.proc.parameters import one_integer, parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

_LONGEST_SHIFT = 63


class RF(AbstractProcess):
    """Resonate-and-fire neurons.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    period : float or array_like
        Time steps per turn of the oscillator.
    alpha : float or array_like
        Part of the state that is lost each step.
    state_exp : int
        Fixed point: states are scaled by ``2**state_exp``.
    decay_bits : int
        Fixed point: bits of the decay factors, at least 1.
    vth : float or int or array_like
        Threshold of the real part.

    Raises
    ------
    ZeroDivisionError
        `period` is 0.
    ValueError
        An array does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_real_in``, ``a_imag_in``, ``s_out`` (0 or 1 per neuron). Vars: ``real``, ``imag``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import RF, Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
    >>> source, sink = SourceRingBuffer(data=np.eye(1, 16)), SinkRingBuffer(shape=(1,), buffer=16)
    >>> rf = RF(shape=(1,), period=8, alpha=0.01, vth=0.5)
    >>> source.s_out.connect(rf.a_real_in)
    >>> rf.s_out.connect(sink.a_in)
    >>> rf.run(RunSteps(16), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> np.flatnonzero(sink.data.get()[0]) + 1
    array([10])
    >>> rf.stop()
    """

    def __init__(
        self,
        shape,
        period,
        alpha,
        state_exp=0,
        decay_bits=0,
        vth=1,
        name=None,
        log_config=None,
    ) -> None:
        super().__init__(
            shape=shape,
            period=period,
            alpha=alpha,
            state_exp=state_exp,
            decay_bits=decay_bits,
            vth=vth,
            name=name,
            log_config=log_config,
        )
        process = type(self).__name__
        one_integer(process, "state_exp", state_exp)
        one_integer(process, "decay_bits", decay_bits)
        sine, cosine = _decays(process, period, alpha)
        if state_exp > 0:
            vth = np.trunc(np.asarray(vth) * (1 << state_exp)).astype(np.int64)
        if decay_bits > 0:
            sine = np.trunc(sine * (1 << decay_bits)).astype(np.int32)
            cosine = np.trunc(cosine * (1 << decay_bits)).astype(np.int32)
        self.a_real_in = InPort(shape=shape)
        self.a_imag_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.real = Var(shape=shape, init=0)
        self.imag = Var(shape=shape, init=0)
        self.sin_decay = parameter(process, "period or alpha", sine, shape)
        self.cos_decay = parameter(process, "period or alpha", cosine, shape)
        self.state_exp = Var(shape=(1,), init=state_exp)
        self.decay_bits = Var(shape=(1,), init=decay_bits)
        self.vth = parameter(process, "vth", vth, shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


def _decays(process: str, period, alpha) -> tuple[np.ndarray, np.ndarray]:
    """Decay factors of the rotation, as float64 arrays."""
    period, alpha = np.asarray(period, dtype=np.float64), np.asarray(alpha, dtype=np.float64)
    if np.any(period == 0):
        raise ZeroDivisionError(f"{process}: period must not be 0, it is a number of time steps")
    angle = 2 * np.pi / period
    return np.asarray((1 - alpha) * np.sin(angle)), np.asarray((1 - alpha) * np.cos(angle))


class AbstractPyRFModelFloat(PyLoihiProcessModel):
    """Types of the float models; a subclass supplies ``update``."""

    boundscheck = False

    a_real_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_imag_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)
    real: np.ndarray = LavaPyType(np.ndarray, float)
    imag: np.ndarray = LavaPyType(np.ndarray, float)
    sin_decay: float = LavaPyType(float, float)
    cos_decay: float = LavaPyType(float, float)
    state_exp: np.ndarray = LavaPyType(np.ndarray, np.int32)
    decay_bits: np.ndarray = LavaPyType(np.ndarray, np.int32)
    vth: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        """Receive, update, send."""
        a_real, a_imag = self.a_real_in.recv().ravel(), self.a_imag_in.recv().ravel()
        vth = self.vth.ravel()
        if vth.size == 1:
            self.update(a_real, a_imag, vth[0])
        else:
            self.update(a_real, a_imag, vth)
        self.s_out.send(self.s_out.buffer())

    def update(self, a_real, a_imag, vth):
        """All neurons; the threshold is one number or one per neuron."""
        raise NotImplementedError("update() must be implemented by the model")


class AbstractPyRFModelFixed(AbstractPyRFModelFloat):
    """Types of the fixed-point models; a subclass supplies ``update``."""

    integer_inputs = ("a_real_in", "a_imag_in")

    a_real_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16, precision=16)
    a_imag_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16, precision=16)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    real: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    imag: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    sin_decay: int = LavaPyType(int, np.uint16, precision=12)
    cos_decay: int = LavaPyType(int, np.uint16, precision=12)
    vth: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        if proc_params["decay_bits"] <= 0:
            raise TypeError(
                f"decay_bits={proc_params['decay_bits']}: the fixed-point resonator needs integer "
                f"decay factors; give decay_bits of at least 1 (12 on the chip) or select "
                f"floating_pt"
            )
        if proc_params["state_exp"] < 0:
            raise ValueError(f"state_exp must not be negative, got {proc_params['state_exp']}")


def rotated_real(real, imag, sine, cosine, bits, a):
    """Real part of the next state, saturated; `a` is the input, shifted."""
    turned = shift_towards_zero(cosine * np.int64(real), bits)
    turned -= shift_towards_zero(sine * np.int64(imag), bits)
    return np.int32(min(max(turned + a, np.int64(-STATE_MAX)), np.int64(STATE_MAX)))


def rotated_imag(real, imag, sine, cosine, bits, a):
    """Imaginary part of the next state, saturated; `a` is the input, shifted."""
    turned = shift_towards_zero(sine * np.int64(real), bits)
    turned += shift_towards_zero(cosine * np.int64(imag), bits)
    return np.int32(min(max(turned + a, np.int64(-STATE_MAX)), np.int64(STATE_MAX)))


def shifted_by(a, exponent):
    """a << exponent in 32 bits, as an int64."""
    return np.int64(np.int32(np.int64(a) << np.int64(min(exponent, _LONGEST_SHIFT))))


@implements(proc=RF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRFModelFloat(AbstractPyRFModelFloat):
    """RF in float64."""

    elementwise = True

    def update(self, a_real, a_imag, vth):
        """All neurons; the threshold is one number or one per neuron."""
        spikes, real, imag = self.s_out.buffer().ravel(), self.real.ravel(), self.imag.ravel()
        sin_decay, cos_decay = self.sin_decay, self.cos_decay
        for i in range(real.size):
            sine, cosine = element(sin_decay, i), element(cos_decay, i)
            re = cosine * real[i] - sine * imag[i] + a_real[i]
            im = sine * real[i] + cosine * imag[i] + a_imag[i]
            spikes[i] = re >= element(vth, i) and im >= 0 and imag[i] < 0
            real[i] = re
            imag[i] = im


@implements(proc=RF, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyRFModelFixed(AbstractPyRFModelFixed):
    """RF with 24-bit states and integer decay factors."""

    elementwise = True

    def update(self, a_real, a_imag, vth):
        """All neurons; the threshold is one number or one per neuron."""
        spikes, real, imag = self.s_out.buffer().ravel(), self.real.ravel(), self.imag.ravel()
        sin_decay, cos_decay = self.sin_decay, self.cos_decay
        exponent, bits = self.state_exp[0], np.int64(self.decay_bits[0])
        for i in range(real.size):
            sine, cosine = element(sin_decay, i), element(cos_decay, i)
            a_re, a_im = shifted_by(a_real[i], exponent), shifted_by(a_imag[i], exponent)
            re = rotated_real(real[i], imag[i], sine, cosine, bits, a_re)
            im = rotated_imag(real[i], imag[i], sine, cosine, bits, a_im)
            spikes[i] = re >= element(vth, i) and im >= 0 and imag[i] < 0
            real[i] = re
            imag[i] = im
