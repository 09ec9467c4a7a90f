"""LIF: the current-based leaky integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_ports import PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.fixed_point import (
    DECAY_ONE,
    INPUT_SHIFT,
    decay_vector,
    next_current,
    next_voltage,
    saturated,
    scaled_bias,
    shifted_input,
    within_int32,
    wrap24,
)
from lavajit.proc.lif.bases import AbstractLIF, AbstractPyLifModelFixed, AbstractPyLifModelFloat


class LIF(AbstractLIF):
    """Current-based leaky integrate-and-fire neurons.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    u, v : float or int or array_like
        Initial current and voltage.
    du, dv : float or int or array_like
        Inverse decay time constants: fractions of 1 in the float model, 12-bit integers (0 to
        4095) in the fixed-point model.
    bias_mant, bias_exp : int or float or array_like
        Bias added to the voltage each step; ``bias_mant * 2**bias_exp`` in the fixed-point model,
        ``bias_mant`` alone in the float model.
    vth : float or int or array_like
        Threshold; a neuron spikes when v exceeds it. Scaled by 2**6 in the fixed-point model.

    Raises
    ------
    ValueError
        An array does not broadcast to `shape`.

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
        self.vth = self._parameter("vth", vth)


class AbstractPyThresholdModelFloat(AbstractPyLifModelFloat):
    """Float LIF with one threshold."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: float = LavaPyType(float, float)

    def spiking_activation(self):
        """True where v > vth."""
        return self.v > self.vth

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        spikes = self.s_out.buffer().ravel()
        u, v, bias = self.u.ravel(), self.v.ravel(), self.bias_mant.ravel()
        du, dv, vth = self.du, self.dv, self.vth
        for i in range(u.size):
            u[i] = u[i] * (1 - element(du, i)) + a_in[i]
            potential = v[i] * (1 - element(dv, i)) + u[i] + bias[i]
            spike = potential > element(vth, i)
            spikes[i] = spike
            v[i] = 0.0 if spike else potential
        self.s_out.send(self.s_out.buffer())


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLifModelFloat(AbstractPyThresholdModelFloat):
    """LIF in float64."""

    elementwise = True


class AbstractPyThresholdModelFixed(AbstractPyLifModelFixed):
    """Fixed-point LIF with one threshold."""

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: int = LavaPyType(int, np.int32, precision=17)

    def scale_threshold(self):
        """vth << 6."""
        self.effective_vth = self.vth << INPUT_SHIFT

    def spiking_activation(self):
        """True where v exceeds the scaled threshold."""
        return self.v > self.effective_vth

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        if self.has_12_bit_decays():
            self.update_vector(a_in)
        else:
            self.update_exact(a_in)
        self.s_out.send(self.s_out.buffer())

    def has_12_bit_decays(self):
        """True if all decay factors are fractions of 1, as on the chip."""
        for i in range(np.size(self.du)):
            if not 0 <= element(self.du, i) + self.ds_offset <= DECAY_ONE:
                return False
        for i in range(np.size(self.dv)):
            if not 0 <= element(self.dv, i) + self.dm_offset <= DECAY_ONE:
                return False
        return True

    def update_vector(self, a_in):
        """All neurons, with 12-bit decay factors."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv, vth = self.du, self.dv, self.effective_vth
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            decayed_u = decay_vector(u[i], np.uint32(one_u - element(du, i)))
            current = wrap24(np.int64(np.int32(np.int64(decayed_u) + shifted_input(a_in[i]))))
            u[i] = current
            bias = scaled_bias(mantissa[i], exponent[i])
            decayed_v = decay_vector(v[i], np.uint32(one_v - element(dv, i)))
            voltage = saturated(np.int32(np.int64(decayed_v) + current + bias))
            spike = voltage > within_int32(element(vth, i))
            spikes[i] = spike
            v[i] = np.int32(0) if spike else voltage

    def update_exact(self, a_in):
        """All neurons, with decay factors outside 12 bits, which Lava accepts."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv, vth = self.du, self.dv, self.effective_vth
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            u[i] = next_current(u[i], one_u - element(du, i), a_in[i])
            bias = scaled_bias(mantissa[i], exponent[i])
            voltage = next_voltage(v[i], one_v - element(dv, i), u[i], bias)
            spike = voltage > within_int32(element(vth, i))
            spikes[i] = spike
            v[i] = np.int32(0) if spike else voltage


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyLifModelBitAcc(AbstractPyThresholdModelFixed):
    """LIF bit-accurate to Loihi's fixed-point arithmetic."""

    elementwise = True
