"""Leaky integrate-and-fire neurons.

Float (tag ``floating_pt``), per neuron and step, in this order (Lava's ``PyLifModelFloat``)::

    u = u * (1 - du) + a_in
    v = v * (1 - dv) + u + bias_mant
    s = v > vth ;  v = 0 where s

Fixed point (tags ``fixed_pt``, ``bit_accurate_loihi``), Loihi's arithmetic in 32-bit integers, decays with 12-bit
factors rounded towards zero, ``tz(x, n) = sign(x) * (|x| >> n)``::

    b = bias_mant << bias_exp                      (>> for a negative exponent)
    u = wrap24(tz(u * (4096 - (du + 1)), 12) + (a_in << 6))
    v = clip(tz(v * (4096 - dv), 12) + u + b, +-(2^23 - 1))
    s = v > (vth << 6) ;  v = 0 where s

``wrap24`` is Loihi's single correction: x - 2^24 above 2^23, x + 2^24 at or below -2^23. The threshold is taken in the
first step; a later ``vth.set`` has no effect, as in Lava.
"""

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

#: Loihi's compartment state has 24 bits, its decay factors have 12, inputs and thresholds are shifted by 6.
STATE_BITS = 24
DECAY_BITS = 12
INPUT_SHIFT = 6

_HALF = np.int32(1 << (STATE_BITS - 1))
_RANGE = np.int32(1 << STATE_BITS)
_V_MAX = np.int32((1 << (STATE_BITS - 1)) - 1)
_DECAY_ONE = 1 << DECAY_BITS
_DECAY_MASK = np.uint32(_DECAY_ONE - 1)
_DECAY_SHIFT = np.uint32(DECAY_BITS)
_INT32_MAX = (1 << 31) - 1


class AbstractLIF(AbstractProcess):
    """Ports, currents and biases common to all LIF neurons."""

    def __init__(
        self, *, shape, u, v, du, dv, bias_mant, bias_exp, name=None, log_config=None, **kwargs
    ) -> None:
        super().__init__(
            shape=shape,
            u=u,
            v=v,
            du=du,
            dv=dv,
            bias_mant=bias_mant,
            bias_exp=bias_exp,
            name=name,
            log_config=log_config,
            **kwargs,
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.u = Var(shape=shape, init=u)
        self.v = Var(shape=shape, init=v)
        self.du = Var(shape=(1,), init=du)
        self.dv = Var(shape=(1,), init=dv)
        self.bias_exp = Var(shape=shape, init=bias_exp)
        self.bias_mant = Var(shape=shape, init=bias_mant)


class LIF(AbstractLIF):
    """Current-based leaky integrate-and-fire neurons.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    u, v : float or int or array_like
        Initial current and voltage.
    du, dv : float or int
        Inverse decay time constants: fractions of 1 in the float model, 12-bit integers (0 to 4095) in the
        fixed-point model.
    bias_mant, bias_exp : int or float or array_like
        Bias added to the voltage each step; ``bias_mant * 2**bias_exp`` in the fixed-point model, ``bias_mant``
        alone in the float model.
    vth : float or int
        Threshold; a neuron spikes when v exceeds it. Scaled by 2**6 in the fixed-point model.

    Notes
    -----
    Ports: ``a_in`` (activation), ``s_out`` (0 or 1 per neuron).

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif = LIF(shape=(3,), bias_mant=3, vth=10)
    >>> lif.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> lif.u.get(), lif.v.get()
    (array([0., 0., 0.]), array([9., 9., 9.]))
    >>> lif.stop()
    """

    def __init__(
        self,
        *,
        shape,
        u=0,
        v=0,
        du=0,
        dv=0,
        bias_mant=0,
        bias_exp=0,
        vth=10,
        name=None,
        log_config=None,
        **kwargs,
    ) -> None:
        super().__init__(
            shape=shape,
            u=u,
            v=v,
            du=du,
            dv=dv,
            bias_mant=bias_mant,
            bias_exp=bias_exp,
            name=name,
            log_config=log_config,
            vth=vth,
            **kwargs,
        )
        self.vth = Var(shape=(1,), init=vth)


# --- float ------------------------------------------------------------------------------------------


class AbstractPyLifModelFloat(PyLoihiProcessModel):
    """Float LIF in Lava's four pieces; a subclass supplies ``spiking_activation``."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = None
    u: np.ndarray = LavaPyType(np.ndarray, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    bias_mant: np.ndarray = LavaPyType(np.ndarray, float)
    bias_exp: np.ndarray = LavaPyType(np.ndarray, float)
    du: float = LavaPyType(float, float)
    dv: float = LavaPyType(float, float)

    def spiking_activation(self):
        """Boolean array: who spikes."""
        raise NotImplementedError("spiking_activation() must be implemented by the model")

    def subthr_dynamics(self, activation_in):
        """Update current and voltage."""
        self.u[:] = self.u * (1 - self.du)
        self.u[:] += activation_in
        self.v[:] = self.v * (1 - self.dv) + self.u + self.bias_mant

    def reset_voltage(self, spike_vector):
        """Reset the voltage of the neurons that have spiked."""
        self.v[spike_vector] = 0

    def run_spk(self):
        """Receive, update, reset, send."""
        self.subthr_dynamics(self.a_in.recv())
        spikes = self.spiking_activation()
        self.reset_voltage(spikes)
        self.s_out.send(spikes)


def _use_pieces(model: type, pieces: tuple[str, ...], run_spk) -> None:
    """A subclass that replaces one of Lava's pieces runs the pieces, not the fused loop."""
    own = vars(model)
    if any(piece in own for piece in pieces) and "run_spk" not in own:
        model.run_spk = run_spk


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLifModelFloat(AbstractPyLifModelFloat):
    """LIF in float64."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: float = LavaPyType(float, float)

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        pieces = ("spiking_activation", "subthr_dynamics", "reset_voltage")
        _use_pieces(cls, pieces, AbstractPyLifModelFloat.run_spk)

    def spiking_activation(self):
        """True where v > vth."""
        return self.v > self.vth

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        spikes = self.s_out.buffer().ravel()
        u, v, bias = self.u.ravel(), self.v.ravel(), self.bias_mant.ravel()
        keep_u, keep_v, vth = 1 - self.du, 1 - self.dv, self.vth
        for i in range(u.size):
            u[i] = u[i] * keep_u + a_in[i]
            potential = v[i] * keep_v + u[i] + bias[i]
            spike = potential > vth
            spikes[i] = spike
            v[i] = 0.0 if spike else potential
        self.s_out.send(self.s_out.buffer())


# --- fixed point --------------------------------------------------------------------------------------


def decay_exact(x, factor):
    """tz(x * factor, 12) for any integers, in 64 bits."""
    product = np.int64(x) * np.int64(factor)
    return np.int32(-(-product >> DECAY_BITS)) if product < 0 else np.int32(product >> DECAY_BITS)


def decay_vector(x, factor):
    """tz(x * factor, 12) for 0 <= factor <= 4096, exact for every int32 x.

    |x| * factor is formed from its upper 20 and lower 12 bits, so that both products fit in 32 bits: a
    32-bit multiplication fills vector registers, a 64-bit one does not.
    """
    magnitude = np.uint32(abs(np.int64(x)))
    high = np.uint32(np.uint32(magnitude >> _DECAY_SHIFT) * factor)
    low = np.uint32(np.uint32(magnitude & _DECAY_MASK) * factor)
    result = np.int64(np.uint32(high + np.uint32(low >> _DECAY_SHIFT)))
    return np.int32(-result) if x < 0 else np.int32(result)


def shifted_input(a):
    """a << 6 in 32 bits, as the chip's input register holds it."""
    return np.int32(np.int64(a << 0) << INPUT_SHIFT)


def wrap24(x):
    """Loihi's single correction of a 32-bit sum to 24 bits; x is an int64 that holds an int32."""
    if x > _HALF:
        return np.int32(x - np.int64(_RANGE))
    if x <= -_HALF:
        return np.int32(x + np.int64(_RANGE))
    return np.int32(x)


def scaled_bias(mantissa, exponent):
    """mantissa * 2**exponent in 32 bits, floor for a negative exponent."""
    bias = np.int64(mantissa)
    if exponent >= 0:
        return np.int32(bias << np.int64(exponent & 31)) if exponent < 32 else np.int32(0)
    return np.int32(bias >> np.int64(min(-np.int64(exponent), 31)))


class AbstractPyLifModelFixed(PyLoihiProcessModel):
    """Fixed-point LIF in Lava's pieces; a subclass supplies ``spiking_activation`` and ``scale_threshold``."""

    boundscheck = False

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16, precision=16)
    s_out: PyOutPort = None
    u: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    du: int = LavaPyType(int, np.uint16, precision=12)
    dv: int = LavaPyType(int, np.uint16, precision=12)
    bias_mant: np.ndarray = LavaPyType(np.ndarray, np.int16, precision=13)
    bias_exp: np.ndarray = LavaPyType(np.ndarray, np.int16, precision=3)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        _check_integers(proc_params, ("du", "dv", "vth"))
        self.isthrscaled = False
        self.effective_vth = 0
        self.ds_offset = 1
        self.dm_offset = 0

    def scale_bias(self):
        """Bias as it enters the voltage, int32."""
        bias = np.zeros(self.u.shape, np.int32)
        flat, mantissa, exponent = bias.ravel(), self.bias_mant.ravel(), self.bias_exp.ravel()
        for i in range(flat.size):
            flat[i] = scaled_bias(mantissa[i], exponent[i])
        return bias

    def scale_threshold(self):
        """Take the threshold; called in the first step."""
        raise NotImplementedError("scale_threshold() must be implemented by the model")

    def spiking_activation(self):
        """Boolean (or -1, 0, 1) array: who spikes."""
        raise NotImplementedError("spiking_activation() must be implemented by the model")

    def subthr_dynamics(self, activation_in):
        """Update current and voltage."""
        bias = self.scale_bias().ravel()
        u, v, a_in = self.u.ravel(), self.v.ravel(), activation_in.ravel()
        factor_u = _DECAY_ONE - (self.du + self.ds_offset)
        factor_v = _DECAY_ONE - (self.dv + self.dm_offset)
        for i in range(u.size):
            total = np.int32(np.int64(decay_exact(u[i], factor_u)) + shifted_input(a_in[i]))
            u[i] = wrap24(np.int64(total))
            voltage = np.int32(np.int64(decay_exact(v[i], factor_v)) + u[i] + bias[i])
            v[i] = min(max(voltage, -_V_MAX), _V_MAX)

    def reset_voltage(self, spike_vector):
        """Reset the voltage of the neurons that have spiked."""
        v, spikes = self.v.ravel(), spike_vector.ravel()
        for i in range(v.size):
            if spikes[i]:
                v[i] = 0

    def run_spk(self):
        """Receive, update, reset, send."""
        activation = self.a_in.recv()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        self.subthr_dynamics(activation)
        spikes = self.spiking_activation()
        self.reset_voltage(spikes)
        self.s_out.send(spikes)


def _check_integers(proc_params, names: tuple[str, ...]) -> None:
    """Refuse fractional parameters before anything runs."""
    for name in names:
        value = proc_params.get(name) if proc_params is not None else None
        if value is not None and np.asarray(value).dtype.kind not in "iub":
            raise TypeError(
                f"{name}={value!r}: the fixed-point LIF takes integers (du, dv: 0 to 4095 for a decay of "
                f"{name}/4096 per step; vth: threshold / 64). Select floating_pt for fractions."
            )


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyLifModelBitAcc(AbstractPyLifModelFixed):
    """LIF bit-accurate to Loihi's fixed-point arithmetic."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: int = LavaPyType(int, np.int32, precision=17)

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        pieces = ("spiking_activation", "subthr_dynamics", "reset_voltage", "scale_bias")
        _use_pieces(cls, pieces, AbstractPyLifModelFixed.run_spk)

    def scale_threshold(self):
        """vth << 6, kept inside 32 bits (voltages never leave 24)."""
        self.effective_vth = min(max(self.vth << INPUT_SHIFT, -_INT32_MAX), _INT32_MAX)

    def spiking_activation(self):
        """True where v exceeds the scaled threshold."""
        return self.v > self.effective_vth

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        factor_u = _DECAY_ONE - (self.du + self.ds_offset)
        factor_v = _DECAY_ONE - (self.dv + self.dm_offset)
        if 0 <= factor_u <= _DECAY_ONE and 0 <= factor_v <= _DECAY_ONE:
            self.update_vector(a_in, np.uint32(factor_u), np.uint32(factor_v))
        else:
            self.update_exact(a_in, factor_u, factor_v)
        self.s_out.send(self.s_out.buffer())

    def update_vector(self, a_in, factor_u, factor_v):
        """All neurons, with 12-bit decay factors."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        threshold = np.int32(self.effective_vth)
        for i in range(u.size):
            total = np.int32(np.int64(decay_vector(u[i], factor_u)) + shifted_input(a_in[i]))
            current = wrap24(np.int64(total))
            u[i] = current
            bias = scaled_bias(mantissa[i], exponent[i])
            voltage = np.int32(np.int64(decay_vector(v[i], factor_v)) + current + bias)
            voltage = min(max(voltage, -_V_MAX), _V_MAX)
            spike = voltage > threshold
            spikes[i] = spike
            v[i] = np.int32(0) if spike else voltage

    def update_exact(self, a_in, factor_u, factor_v):
        """All neurons, with decay factors outside 12 bits, which Lava accepts."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        threshold = np.int32(self.effective_vth)
        for i in range(u.size):
            total = np.int32(np.int64(decay_exact(u[i], factor_u)) + shifted_input(a_in[i]))
            current = wrap24(np.int64(total))
            u[i] = current
            bias = scaled_bias(mantissa[i], exponent[i])
            voltage = np.int32(np.int64(decay_exact(v[i], factor_v)) + current + bias)
            voltage = min(max(voltage, -_V_MAX), _V_MAX)
            spike = voltage > threshold
            spikes[i] = spike
            v[i] = np.int32(0) if spike else voltage
