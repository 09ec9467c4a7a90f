"""ATRLIF: leaky integrate-and-fire neurons with an adaptive threshold and soft refraction.

Float (tag ``floating_pt``), per neuron and step, in this order::

    i = (1 - delta_i) * i + a_in
    v = (1 - delta_v) * v + i + bias_mant
    theta = (1 - delta_theta) * (theta - theta_0) + theta_0
    r = (1 - delta_r) * r
    s = (v - r) >= theta
    r = r + 2 * theta ;  theta = theta + theta_step          where s; v is not reset

Fixed point (tags ``fixed_pt``, ``bit_accurate_loihi``) does the same in 32-bit integers; the
deltas are fractions there as well, theta_0 and theta_step are scaled by 2**6, ``tz(x, n) =
sign(x) * (|x| >> n)`` and wrap24 as in LIF::

    theta = theta_0                                          in the first step, whatever it was
    p = trunc(i * (4096 - (delta_i * 4096 + 1)))             a float factor
    i = wrap24(tz(p, 12) + (a_in << 6))
    v = clip(tz(v * trunc(4096 - delta_v * 4096), 12) + i + b, +-(2^23 - 1))
    theta = tz((theta - theta_0) * trunc(4096 - delta_theta * 4096), 12) + theta_0
    r = tz(r * trunc(4096 - delta_r * 4096), 12)

With an integer delta_i (0 or 1), p is an integer product of 32 bits, which wraps, as in Lava.
Unlike in Lava, the Vars theta_0 and theta_step keep their unscaled values and may be set later,
and the parameters may be one value per neuron.
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
from lavajit.proc.fixed_point import (
    DECAY_BITS,
    DECAY_ONE,
    INPUT_SHIFT,
    decay_exact,
    next_voltage,
    scaled_bias,
    shift_towards_zero,
    shifted_input,
    wrap24,
)
from lavajit.proc.parameters import parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

_THRESHOLD_ONE = 1 << INPUT_SHIFT


class ATRLIF(AbstractProcess):
    """Leaky integrate-and-fire neurons with adaptive threshold.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    i, v, theta, r, s : float or int or array_like
        Initial current, voltage, threshold, refraction and spikes. The fixed-point model starts
        with theta = theta_0.
    delta_i, delta_v, delta_theta, delta_r : float or array_like
        Part of the current, voltage, threshold and refraction that is lost each step, 0 to 1.
    theta_0 : float or array_like
        Threshold at rest.
    theta_step : float or array_like
        By how much a spike raises the threshold.
    bias_mant, bias_exp : int or float or array_like
        Bias added to the voltage each step; ``bias_mant * 2**bias_exp`` in the fixed-point model,
        ``bias_mant`` alone in the float model.

    Raises
    ------
    ValueError
        An array does not broadcast to `shape`.

    Notes
    -----
    Ports: ``a_in``, ``s_out`` (0 or 1 per neuron).

    Examples
    --------
    >>> from lavajit import ATRLIF, Loihi2SimCfg, RunSteps
    >>> neuron = ATRLIF(shape=(1,), bias_mant=4)
    >>> neuron.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> neuron.v.get(), neuron.theta.get()
    (array([6.4]), array([8.75]))
    >>> neuron.stop()
    """

    def __init__(
        self,
        *,
        shape,
        i=0,
        v=0,
        theta=5,
        r=0,
        s=0,
        delta_i=0.4,
        delta_v=0.4,
        delta_theta=0.2,
        delta_r=0.2,
        theta_0=5,
        theta_step=3.75,
        bias_mant=0,
        bias_exp=0,
        name=None,
        log_config=None,
    ) -> None:
        parameters = {
            "delta_i": delta_i,
            "delta_v": delta_v,
            "delta_theta": delta_theta,
            "delta_r": delta_r,
            "theta_0": theta_0,
            "theta_step": theta_step,
        }
        states = {"i": i, "v": v, "theta": theta, "r": r, "s": s}
        biases = {"bias_mant": bias_mant, "bias_exp": bias_exp}
        super().__init__(
            shape=shape, **states, **parameters, **biases, name=name, log_config=log_config
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        for key, value in {**biases, **states}.items():
            setattr(self, key, Var(shape=shape, init=value))
        for key, value in parameters.items():
            setattr(self, key, parameter("ATRLIF", key, value, shape))


class AbstractPyATRLIFModel(PyLoihiProcessModel):
    """Parameters of both models."""

    boundscheck = False

    delta_i: float = LavaPyType(float, float)
    delta_v: float = LavaPyType(float, float)
    delta_theta: float = LavaPyType(float, float)
    delta_r: float = LavaPyType(float, float)
    theta_0: float = LavaPyType(float, float)
    theta_step: float = LavaPyType(float, float)


@implements(proc=ATRLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyATRLIFModelFloat(AbstractPyATRLIFModel):
    """ATRLIF in float64."""

    elementwise = True

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    i: np.ndarray = LavaPyType(np.ndarray, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    theta: np.ndarray = LavaPyType(np.ndarray, float)
    r: np.ndarray = LavaPyType(np.ndarray, float)
    s: np.ndarray = LavaPyType(np.ndarray, bool)
    bias_mant: np.ndarray = LavaPyType(np.ndarray, float)
    bias_exp: np.ndarray = LavaPyType(np.ndarray, float)

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in, spikes = self.a_in.recv().ravel(), self.s_out.buffer().ravel()
        current, v, theta, r = self.i.ravel(), self.v.ravel(), self.theta.ravel(), self.r.ravel()
        s, bias = self.s.ravel(), self.bias_mant.ravel()
        delta_i, delta_v, delta_r = self.delta_i, self.delta_v, self.delta_r
        delta_theta, theta_0, theta_step = self.delta_theta, self.theta_0, self.theta_step
        for n in range(v.size):
            current[n] = (1 - element(delta_i, n)) * current[n] + a_in[n]
            v[n] = (1 - element(delta_v, n)) * v[n] + current[n] + bias[n]
            rest = element(theta_0, n)
            threshold = (1 - element(delta_theta, n)) * (theta[n] - rest) + rest
            refraction = (1 - element(delta_r, n)) * r[n]
            spike = v[n] - refraction >= threshold
            s[n] = spike
            spikes[n] = spike
            r[n] = refraction + 2 * threshold if spike else refraction
            theta[n] = threshold + element(theta_step, n) if spike else threshold
        self.s_out.send(self.s_out.buffer())


def decay_factor(delta):
    """trunc(4096 - delta * 4096)."""
    return np.int64(DECAY_ONE - delta * DECAY_ONE)


def current_product(current, delta, is_integer):
    """current * (4096 - (delta * 4096 + 1)), truncated; integers are multiplied in 32 bits."""
    factor = DECAY_ONE - (delta * DECAY_ONE + 1)
    if is_integer:
        return np.int64(np.int32(np.int64(current) * np.int64(factor)))
    return np.int64(current * factor)


@implements(proc=ATRLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyATRLIFModelFixed(AbstractPyATRLIFModel):
    """ATRLIF in Loihi's fixed-point arithmetic; theta and r wrap in 32 bits."""

    elementwise = True
    integer_inputs = ("a_in",)

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int16, precision=16)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    i: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    theta: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    r: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    s: np.ndarray = LavaPyType(np.ndarray, bool)
    bias_mant: np.ndarray = LavaPyType(np.ndarray, np.int16, precision=13)
    bias_exp: np.ndarray = LavaPyType(np.ndarray, np.int16, precision=3)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.has_integer_delta_i = np.asarray(proc_params["delta_i"]).dtype.kind in "iub"
        self.isthrscaled = False

    def scale_threshold(self):
        """theta = theta_0 << 6; called in the first step."""
        theta, theta_0 = self.theta.ravel(), self.theta_0
        for n in range(theta.size):
            theta[n] = np.int32(np.int64(_THRESHOLD_ONE * element(theta_0, n)))

    def run_spk(self):
        """Currents and voltages, then thresholds and spikes."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        self.subthr_dynamics(a_in)
        self.spike()
        self.s_out.send(self.s_out.buffer())

    def subthr_dynamics(self, activation_in):
        """Update currents and voltages."""
        a_in, current, v = activation_in.ravel(), self.i.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        delta_i, delta_v, is_integer = self.delta_i, self.delta_v, self.has_integer_delta_i
        for n in range(v.size):
            product = current_product(current[n], element(delta_i, n), is_integer)
            decayed = shift_towards_zero(product, DECAY_BITS)
            current[n] = wrap24(np.int64(np.int32(decayed + shifted_input(a_in[n]))))
            bias = scaled_bias(mantissa[n], exponent[n])
            v[n] = next_voltage(v[n], decay_factor(element(delta_v, n)), current[n], bias)

    def spike(self):
        """Update thresholds and refraction, and find who spikes."""
        spikes, s, v = self.s_out.buffer().ravel(), self.s.ravel(), self.v.ravel()
        theta, r = self.theta.ravel(), self.r.ravel()
        delta_theta, delta_r = self.delta_theta, self.delta_r
        theta_0, theta_step = self.theta_0, self.theta_step
        for n in range(v.size):
            rest = np.int64(np.int32(np.int64(_THRESHOLD_ONE * element(theta_0, n))))
            above_rest = np.int32(np.int64(theta[n]) - rest)
            decayed = decay_exact(above_rest, decay_factor(element(delta_theta, n)))
            threshold = np.int32(np.int64(decayed) + rest)
            refraction = decay_exact(r[n], decay_factor(element(delta_r, n)))
            spike = np.int32(np.int64(v[n]) - refraction) >= threshold
            if spike:
                refraction = np.int32(np.int64(refraction) + 2 * np.int64(threshold))
                step = np.int64(_THRESHOLD_ONE * element(theta_step, n))
                threshold = np.int32(np.int64(threshold) + np.int32(step))
            s[n] = spike
            spikes[n] = spike
            r[n] = refraction
            theta[n] = threshold
