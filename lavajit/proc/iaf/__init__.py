"""Integrate-and-fire neurons in physical units, integrated exactly; an addition to Lava.

Between spikes and inputs the equations are linear, hence a step of length dt is one product with
a matrix of exponentials (S. Rotter and M. Diesmann, Exact digital simulation of time-invariant
linear systems with applications to neuronal modeling, Biol. Cybern. 81, 1999), without any error
of discretisation. Potentials are in mV, times in ms, currents in pA, capacities in pF.

:class:`IafPscExp`, exponentially decaying currents::

    tau_m dv/dt = -(v - e_l) + (tau_m / c_m) (i_exc + i_inh + i_e)
    tau_syn_ex d i_exc/dt = -i_exc,  tau_syn_in d i_inh/dt = -i_inh

and so per step, in this order, with x = dt / tau_syn - dt / tau_m::

    v = e_l (1 - p22) + p22 v + p21_ex i_exc + p21_in i_inh + p20 i_e     if not refractory
    i_exc = p11_ex i_exc + a_exc,  i_inh = p11_in i_inh + a_inh
    s = v >= v_th ;  v = v_reset, refractory for t_ref                    where s

    p22 = exp(-dt / tau_m)      p20 = (tau_m / c_m) (1 - p22)
    p11 = exp(-dt / tau_syn)    p21 = (dt / c_m) p11 (exp(x) - 1) / x     (1 for the quotient at 0)

The form of p21 holds for equal time constants, too. :class:`IafPscAlpha`, alpha-shaped currents,
with di_exc, di_inh (in pA/ms) for how fast they rise::

    d i_exc/dt = di_exc - i_exc / tau_syn_ex,  tau_syn_ex d di_exc/dt = -di_exc

    v = what it is above + p31_ex di_exc + p31_in di_inh                  if not refractory
    i_exc = p11_ex (i_exc + dt di_exc),  di_exc = p11_ex di_exc + (e / tau_syn_ex) a_exc

    p31 = (dt^2 / c_m) exp(-dt / tau_m) (1 - (1 + y) exp(-y)) / y^2,  y = dt / tau_syn - dt / tau_m

:class:`IafPscDelta`, an input is a jump::

    tau_m dv/dt = -(v - e_l) + (tau_m / c_m) i_e + tau_m (sum of a_in over inputs) delta(t)
    v = e_l (1 - p22) + p22 v + p20 i_e + a_in                            if not refractory

What arrives while a neuron is refractory is lost there; the others add it to the currents. A spike
in step t keeps v at v_reset during the t_ref / dt steps t + 1 ... t + t_ref / dt.
"""

from lavajit.proc.iaf.models import (
    AbstractPyIafModel,
    PyIafPscAlphaModelFloat,
    PyIafPscDeltaModelFloat,
    PyIafPscExpModelFloat,
)
from lavajit.proc.iaf.process import IafPscAlpha, IafPscDelta, IafPscExp

__all__ = [
    "AbstractPyIafModel",
    "IafPscAlpha",
    "IafPscDelta",
    "IafPscExp",
    "PyIafPscAlphaModelFloat",
    "PyIafPscDeltaModelFloat",
    "PyIafPscExpModelFloat",
]
