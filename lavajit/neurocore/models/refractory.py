"""Models for LIFRefractory; see :mod:`lavajit.neurocore.models.lif`."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi1NeuroCore, Loihi2NeuroCore, NeuroCore
from lavajit.neurocore.models.lif import (
    LOIHI2,
    LifDescription,
    next_current,
    next_voltage,
)
from lavajit.proc.fixed_point import DECAY_ONE, scaled_bias
from lavajit.proc.lif.refractory import LIFRefractory, PyLifRefractoryModelFixed


class RefractoryDescription(LifDescription):
    """Registers of compartments with a refractory period."""

    def refract_register(self) -> Any:
        """Refractory steps, that of the spike included."""
        return np.asarray(self.refractory_period) + 1


class CoreRefractory(RefractoryDescription, PyLifRefractoryModelFixed):
    """The step in the arithmetic of a core."""

    arithmetic = "loihi"
    active_state = ("u", "v", "bias_mant", "refractory")

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.input_bits = self.registers.input_bits
        # Steps that are left: the counter of the chip, which says who is active.
        self.refractory = np.zeros(proc_params["shape"], np.int64)

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        end, left = self.refractory_period_end.ravel(), self.refractory.ravel()
        step, period, bits = self.time_step, self.refractory_period, self.input_bits
        du, dv, vth = self.du, self.dv, self.effective_vth.ravel()
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            bias = np.int64(scaled_bias(mantissa[i], exponent[i]))
            current = next_current(u[i], one_u - element(du, i), a_in[i], bits)
            voltage = next_voltage(v[i], one_v - element(dv, i), current, bias)
            voltage = voltage if end[i] < step else 0
            spike = voltage > vth[i]
            spikes[i] = spike
            if spike:
                end[i] = step + element(period, i)
            left[i] = max(end[i] - step, 0)
            u[i] = current
            v[i] = 0 if spike else voltage
        self.s_out.send(self.s_out.buffer())


@implements(proc=LIFRefractory, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFRefractory(CoreRefractory):
    """LIFRefractory as a core of Loihi 2 computes it."""

    elementwise = True
    registers = LOIHI2


@implements(proc=LIFRefractory, protocol=LoihiProtocol)
@requires(Loihi1NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFRefractoryLoihi1(CoreRefractory):
    """LIFRefractory as a core of Loihi 1 computes it."""

    elementwise = True


@implements(proc=LIFRefractory, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFRefractoryLava(RefractoryDescription, PyLifRefractoryModelFixed):
    """LIFRefractory in Lava's arithmetic."""

    arithmetic = "lava"
    elementwise = True
