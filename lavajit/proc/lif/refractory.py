"""LIFRefractory: LIF neurons that do not integrate for some time after a spike.

In time step t (from 1), with the u and v updates of LIF::

    u is updated always
    v is updated where refractory_period_end < t, otherwise it stays
    s = v > vth                                       (refractory neurons are tested as well)
    refractory_period_end = t + refractory_period, v = 0   where s

A spike at t freezes v during t + 1 ... t + refractory_period. Lava has the float model only; the
fixed-point model here is the same rule with Loihi's u and v updates.
"""

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
    next_current,
    next_voltage,
    scale_thresholds,
    scaled_bias,
)
from lavajit.proc.lif.bases import AbstractPyLifModelFixed, AbstractPyLifModelFloat, check_names
from lavajit.proc.lif.lif import LIF
from lavajit.proc.parameters import per_neuron_or_one
from lavajit.process.variable import Var


class LIFRefractory(LIF):
    """LIF neurons with a refractory period.

    Parameters
    ----------
    shape, u, v, du, dv, bias_mant, bias_exp, vth
        As in LIF.
    refractory_period : int or array_like of int
        Time steps after a spike in which v stays 0, at least 1.

    Raises
    ------
    ValueError
        `refractory_period` is less than 1.

    Notes
    -----
    The Var ``refractory_period_end`` is the last time step in which a neuron is refractory.

    Examples
    --------
    >>> from lavajit import LIFRefractory, Loihi2SimCfg, RunSteps
    >>> lif = LIFRefractory(shape=(1,), bias_mant=3, vth=2, refractory_period=4)
    >>> lif.run(RunSteps(3), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> lif.v.get(), lif.refractory_period_end.get()
    (array([0.]), array([5.]))
    >>> lif.stop()
    """

    def __init__(self, *, shape, refractory_period=1, **parameters) -> None:
        check_names("LIFRefractory", parameters, ("vth",))
        period = per_neuron_or_one(
            "LIFRefractory", "refractory_period", refractory_period, shape, 1
        )
        super().__init__(shape=shape, refractory_period=period, **parameters)
        self.refractory_period_end = Var(shape=shape, init=0)


@implements(proc=LIFRefractory, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLifRefractoryModelFloat(AbstractPyLifModelFloat):
    """LIFRefractory in float64."""

    elementwise = True
    float64_vars = ("refractory_period_end",)  # time steps

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: float = LavaPyType(float, float)
    refractory_period_end: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.refractory_period = proc_params["refractory_period"]

    def spiking_activation(self):
        """True where v > vth."""
        return self.v > self.vth

    def subthr_dynamics(self, activation_in):
        """Update all currents, and the voltages of neurons that are not refractory."""
        self.u[:] = self.u * (1 - self.du)
        self.u[:] += activation_in
        integrated = self.v * (1 - self.dv) + (self.u + self.bias_mant)
        self.v[:] = np.where(self.refractory_period_end < self.time_step, integrated, self.v)

    def process_spikes(self, spike_vector):
        """Begin the refractory period of the neurons that have spiked."""
        end, spikes = self.refractory_period_end.ravel(), spike_vector.ravel()
        for i in range(end.size):
            if spikes[i]:
                end[i] = self.time_step + element(self.refractory_period, i)
        self.reset_voltage(spike_vector)

    def run_pieces(self):
        """Receive, update, begin refractory periods, send."""
        self.subthr_dynamics(self.a_in.recv())
        spikes = self.spiking_activation()
        self.process_spikes(spikes)
        self.s_out.send(spikes)

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        spikes = self.s_out.buffer().ravel()
        u, v, bias = self.u.ravel(), self.v.ravel(), self.bias_mant.ravel()
        end = self.refractory_period_end.ravel()
        step, period = self.time_step, self.refractory_period
        du, dv, vth = self.du, self.dv, self.vth
        for i in range(u.size):
            u[i] = u[i] * (1 - element(du, i)) + a_in[i]
            potential = v[i]
            if end[i] < step:
                potential = potential * (1 - element(dv, i)) + (u[i] + bias[i])
            spike = potential > element(vth, i)
            spikes[i] = spike
            if spike:
                end[i] = step + element(period, i)
            v[i] = 0.0 if spike else potential
        self.s_out.send(self.s_out.buffer())


@implements(proc=LIFRefractory, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyLifRefractoryModelFixed(AbstractPyLifModelFixed):
    """LIFRefractory with Loihi's fixed-point arithmetic."""

    elementwise = True

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: int = LavaPyType(int, np.int32, precision=17)
    refractory_period_end: np.ndarray = LavaPyType(np.ndarray, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.refractory_period = proc_params["refractory_period"]
        self.effective_vth = np.zeros(proc_params["shape"], np.int32)

    def scale_threshold(self):
        """vth << 6 of every neuron, in 32 bits."""
        scale_thresholds(self.effective_vth.ravel(), self.vth)

    def spiking_activation(self):
        """True where v exceeds the scaled threshold."""
        return self.v > self.effective_vth

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        end = self.refractory_period_end.ravel()
        step, period = self.time_step, self.refractory_period
        du, dv, vth = self.du, self.dv, self.effective_vth.ravel()
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            u[i] = next_current(u[i], one_u - element(du, i), a_in[i])
            voltage = v[i]
            if end[i] < step:
                bias = scaled_bias(mantissa[i], exponent[i])
                voltage = next_voltage(voltage, one_v - element(dv, i), u[i], bias)
            spike = voltage > vth[i]
            spikes[i] = spike
            if spike:
                end[i] = step + element(period, i)
            v[i] = np.int32(0) if spike else voltage
        self.s_out.send(self.s_out.buffer())
