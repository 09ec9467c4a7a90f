"""Models of IafPscExp and IafPscDelta; equations in :mod:`lavajit.proc.iaf`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.iaf.process import IafPscDelta, IafPscExp


class AbstractPyIafModel(PyLoihiProcessModel):
    """State and propagators of the membrane."""

    boundscheck = False

    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, bool)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    refractory_steps: np.ndarray = LavaPyType(np.ndarray, np.int32)
    v_th: float = LavaPyType(float, float)
    v_reset: float = LavaPyType(float, float)
    i_e: float = LavaPyType(float, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        tau_m, c_m, e_l = (_given(proc_params, name) for name in ("tau_m", "c_m", "e_l"))
        decay = proc_params["dt"] / tau_m
        self.p22 = _constant(np.exp(-decay))
        self.p20 = _constant(-tau_m / c_m * np.expm1(-decay))
        self.pull = _constant(-e_l * np.expm1(-decay))
        self.period = _constant(_given(proc_params, "periods", np.int32))


def _given(proc_params, name, dtype=np.float64):
    """A parameter with one value, or with one for each neuron, in a row."""
    array = np.asarray(proc_params[name], dtype)
    if array.size == 1:
        return array.reshape(1)
    return np.array(np.broadcast_to(array, proc_params["shape"])).ravel()


def _constant(values):
    """A number for all neurons, or an array; kernels take both with ``element``."""
    return values.item() if values.size == 1 else values


def _synapse(proc_params, name):
    """Propagators of a current onto itself and onto the potential."""
    dt, tau_m, c_m = (_given(proc_params, key) for key in ("dt", "tau_m", "c_m"))
    rate, leak = dt / _given(proc_params, name), dt / tau_m
    # By the slower decay and the difference of both, so that no exponential overflows.
    x = np.abs(rate - leak)
    quotient = np.where(x == 0, 1.0, -np.expm1(-x) / np.where(x == 0, 1.0, x))
    p21 = dt / c_m * np.exp(-np.minimum(rate, leak)) * quotient
    return _constant(np.exp(-rate)), _constant(p21)


@implements(proc=IafPscExp, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyIafPscExpModelFloat(AbstractPyIafModel):
    """IafPscExp in float64."""

    a_exc: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_inh: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    i_exc: np.ndarray = LavaPyType(np.ndarray, float)
    i_inh: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.p11_ex, self.p21_ex = _synapse(proc_params, "tau_syn_ex")
        self.p11_in, self.p21_in = _synapse(proc_params, "tau_syn_in")

    def run_spk(self):
        """One fused pass over the neurons, without branches."""
        a_exc, a_inh = self.a_exc.recv().ravel(), self.a_inh.recv().ravel()
        spikes, v, left = self.s_out.buffer().ravel(), self.v.ravel(), self.refractory_steps.ravel()
        i_exc, i_inh = self.i_exc.ravel(), self.i_inh.ravel()
        p11_ex, p21_ex, p11_in, p21_in = self.p11_ex, self.p21_ex, self.p11_in, self.p21_in
        p22, p20, pull, period, i_e = self.p22, self.p20, self.pull, self.period, self.i_e
        # Kept out of the loop, where a load would keep it from filling vector registers.
        v_th, v_reset = self.v_th, self.v_reset
        for i in range(v.size):
            free = element(pull, i) + element(p20, i) * element(i_e, i) + element(p22, i) * v[i]
            free += element(p21_ex, i) * i_exc[i] + element(p21_in, i) * i_inh[i]
            i_exc[i] = element(p11_ex, i) * i_exc[i] + a_exc[i]
            i_inh[i] = element(p11_in, i) * i_inh[i] + a_inh[i]
            potential = v[i] if left[i] > 0 else free
            spike = potential >= element(v_th, i)
            spikes[i] = spike
            left[i] = np.int32(element(period, i)) if spike else np.int32(left[i] - (left[i] > 0))
            v[i] = element(v_reset, i) if spike else potential
        self.s_out.send(self.s_out.buffer())


@implements(proc=IafPscDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyIafPscDeltaModelFloat(AbstractPyIafModel):
    """IafPscDelta in float64."""

    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)

    def run_spk(self):
        """One fused pass over the neurons, without branches."""
        a_in = self.a_in.recv().ravel()
        spikes, v, left = self.s_out.buffer().ravel(), self.v.ravel(), self.refractory_steps.ravel()
        p22, p20, pull, period, i_e = self.p22, self.p20, self.pull, self.period, self.i_e
        # Kept out of the loop, where a load would keep it from filling vector registers.
        v_th, v_reset = self.v_th, self.v_reset
        for i in range(v.size):
            free = element(pull, i) + element(p20, i) * element(i_e, i) + element(p22, i) * v[i]
            potential = v[i] if left[i] > 0 else free + a_in[i]
            spike = potential >= element(v_th, i)
            spikes[i] = spike
            left[i] = np.int32(element(period, i)) if spike else np.int32(left[i] - (left[i] > 0))
            v[i] = element(v_reset, i) if spike else potential
        self.s_out.send(self.s_out.buffer())
