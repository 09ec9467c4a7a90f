"""TernaryLIF: LIF neurons with spikes -1, 0 and 1.

The update of LIF with two thresholds::

    s = (v > vth_hi) - (v < vth_lo) ;  v = 0 where s != 0

In fixed point both thresholds are taken in the first step, shifted left by 6; a later
``vth_hi.set`` has no effect, as in Lava.
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
    INPUT_SHIFT,
    next_current,
    next_voltage,
    scaled_bias,
)
from lavajit.proc.lif.bases import (
    AbstractLIF,
    AbstractPyLifModelFixed,
    AbstractPyLifModelFloat,
    check_names,
)


class TernaryLIF(AbstractLIF):
    """LIF neurons that spike with -1, 0 or 1.

    Parameters
    ----------
    shape, u, v, du, dv, bias_mant, bias_exp
        As in LIF.
    vth_hi, vth_lo : float or int or array_like
        A neuron sends 1 when v exceeds `vth_hi`, -1 when v is below `vth_lo`.

    Raises
    ------
    ValueError
        `vth_lo` is greater than `vth_hi`.

    Examples
    --------
    >>> from lavajit import Loihi2SimCfg, RunSteps, TernaryLIF
    >>> lif = TernaryLIF(shape=(2,), bias_mant=[-4, 4], vth_lo=-10, vth_hi=5)
    >>> lif.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> lif.v.get()
    array([-8.,  0.])
    >>> lif.stop()
    """

    def __init__(self, *, shape, vth_hi=10, vth_lo=-10, **parameters) -> None:
        check_names("TernaryLIF", parameters)
        super().__init__(shape=shape, vth_hi=vth_hi, vth_lo=vth_lo, **parameters)
        self.vth_hi = self._parameter("vth_hi", vth_hi)
        self.vth_lo = self._parameter("vth_lo", vth_lo)
        if np.any(np.asarray(vth_lo) > np.asarray(vth_hi)):
            raise ValueError(
                f"TernaryLIF {self.name!r}: vth_lo must not exceed vth_hi, got vth_lo={vth_lo!r}, "
                f"vth_hi={vth_hi!r}"
            )


@implements(proc=TernaryLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyTernLifModelFloat(AbstractPyLifModelFloat):
    """TernaryLIF in float64."""

    elementwise = True

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth_hi: float = LavaPyType(float, float)
    vth_lo: float = LavaPyType(float, float)

    def spiking_activation(self):
        """1 where v > vth_hi, -1 where v < vth_lo."""
        return (-1.0) * (self.v < self.vth_lo) + (self.v > self.vth_hi)

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        spikes = self.s_out.buffer().ravel()
        u, v, bias = self.u.ravel(), self.v.ravel(), self.bias_mant.ravel()
        du, dv, high, low = self.du, self.dv, self.vth_hi, self.vth_lo
        for i in range(u.size):
            u[i] = u[i] * (1 - element(du, i)) + a_in[i]
            potential = v[i] * (1 - element(dv, i)) + u[i] + bias[i]
            above, below = potential > element(high, i), potential < element(low, i)
            spikes[i] = 1.0 * above - 1.0 * below
            v[i] = 0.0 if above != below else potential
        self.s_out.send(self.s_out.buffer())


@implements(proc=TernaryLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyTernLifModelFixed(AbstractPyLifModelFixed):
    """TernaryLIF in Loihi's fixed-point arithmetic; thresholds are truncated to integers."""

    elementwise = True

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int64, precision=2)
    vth_hi: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)
    vth_lo: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=24)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        many = max(np.size(proc_params[name]) for name in ("vth_hi", "vth_lo")) > 1
        shape = proc_params["shape"] if many else (1,)
        self.effective_vth_hi = np.zeros(shape, np.int32)
        self.effective_vth_lo = np.zeros(shape, np.int32)

    def scale_threshold(self):
        """vth_hi << 6 and vth_lo << 6, in 32 bits."""
        shift_thresholds(self.effective_vth_hi.ravel(), self.vth_hi.ravel())
        shift_thresholds(self.effective_vth_lo.ravel(), self.vth_lo.ravel())

    def spiking_activation(self):
        """1 where v exceeds the upper threshold, -1 where it is below the lower one."""
        return (-1) * (self.v < self.effective_vth_lo) + (self.v > self.effective_vth_hi)

    def run_spk(self):
        """One fused pass over the neurons."""
        a_in = self.a_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        high, low = self.effective_vth_hi.ravel(), self.effective_vth_lo.ravel()
        if high.size == 1:
            self.update(a_in, high[0], low[0])
        else:
            self.update(a_in, high, low)
        self.s_out.send(self.s_out.buffer())

    def update(self, a_in, high, low):
        """All neurons; thresholds are one number or one per neuron."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv = self.du, self.dv
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            u[i] = next_current(u[i], one_u - element(du, i), a_in[i])
            bias = scaled_bias(mantissa[i], exponent[i])
            voltage = next_voltage(v[i], one_v - element(dv, i), u[i], bias)
            above, below = voltage > element(high, i), voltage < element(low, i)
            spikes[i] = np.int64(above) - np.int64(below)
            v[i] = np.int32(0) if above != below else voltage


def shift_thresholds(effective, vth):
    """effective = vth << 6 in 32 bits; `vth` has as many elements or one."""
    for i in range(effective.size):
        effective[i] = np.int32(np.int64(vth[i if vth.size > 1 else 0]) << INPUT_SHIFT)
