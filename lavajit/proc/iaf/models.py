"""Models of IafPscExp, IafPscAlpha and IafPscDelta; equations in :mod:`lavajit.proc.iaf`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.iaf.process import IafPscAlpha, IafPscDelta, IafPscExp

#: Of a power series with terms below 1 / k!: enough for all digits of float64.
_TERMS = 20


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
    """A parameter with one value, or with one for each neuron."""
    array = np.asarray(proc_params[name], dtype)
    if array.size == 1:
        return array.reshape(1)
    return np.array(np.broadcast_to(array, proc_params["shape"]))


def _constant(values):
    """A number for all neurons, or an array of their shape; kernels take both with ``element``."""
    return values.item() if values.size == 1 else values


def _synapse(proc_params, name):
    """Propagators of a current onto itself and onto the potential."""
    rate, y, slower, (dt, _, c_m) = _rates(proc_params, name)
    return _constant(np.exp(-rate)), _constant(dt / c_m * slower * _mean_decay(np.abs(y)))


def _rise(proc_params, name):
    """How an input and the rise of an alpha-shaped current act: factor of the one onto the other,
    propagator of the other onto the potential."""
    rate, y, slower, (dt, _, c_m) = _rates(proc_params, name)
    early, late = _weighted_decay(np.abs(y)), _mean_decay(np.abs(y))
    p31 = dt**2 / c_m * slower * np.where(y >= 0, early, late - early)
    return _constant(np.e * rate / dt), _constant(p31)


def _rates(proc_params, name):
    """dt / tau_syn, its difference to dt / tau_m, the slower decay of both in a step, parameters.

    Propagators are the slower decay times a function of the absolute difference, so that no
    exponential overflows.
    """
    dt, tau_m, c_m = (_given(proc_params, key) for key in ("dt", "tau_m", "c_m"))
    rate, leak = dt / _given(proc_params, name), dt / tau_m
    return rate, rate - leak, np.exp(-np.minimum(rate, leak)), (dt, tau_m, c_m)


def _mean_decay(y):
    """Integral of exp(-y s) over s from 0 to 1, y >= 0."""
    safe = np.where(y == 0, 1.0, y)
    return np.where(y == 0, 1.0, -np.expm1(-safe) / safe)


def _weighted_decay(y):
    """Integral of s exp(-y s) over s from 0 to 1, y >= 0."""
    # The closed form loses digits where y is small; there the power series is short.
    k = np.arange(_TERMS).reshape(-1, *(1 for _ in y.shape))
    factorials = np.cumprod(np.maximum(k, 1), axis=0, dtype=np.float64)
    series = np.sum((-np.minimum(y, 1.0)) ** k / (factorials * (k + 2)), axis=0)
    safe = np.maximum(y, 1.0)
    return np.where(y < 1, series, (1 - (1 + safe) * np.exp(-safe)) / safe**2)


@implements(proc=IafPscExp, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyIafPscExpModelFloat(AbstractPyIafModel):
    """IafPscExp in float64."""

    elementwise = True

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


@implements(proc=IafPscAlpha, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyIafPscAlphaModelFloat(AbstractPyIafModel):
    """IafPscAlpha in float64."""

    elementwise = True

    a_exc: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    a_inh: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    i_exc: np.ndarray = LavaPyType(np.ndarray, float)
    i_inh: np.ndarray = LavaPyType(np.ndarray, float)
    di_exc: np.ndarray = LavaPyType(np.ndarray, float)
    di_inh: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.dt = float(proc_params["dt"])
        self.p11_ex, self.p21_ex = _synapse(proc_params, "tau_syn_ex")
        self.p11_in, self.p21_in = _synapse(proc_params, "tau_syn_in")
        self.gain_ex, self.p31_ex = _rise(proc_params, "tau_syn_ex")
        self.gain_in, self.p31_in = _rise(proc_params, "tau_syn_in")

    def run_spk(self):
        """Potentials from the currents of the step before, then currents, without branches."""
        a_exc, a_inh = self.a_exc.recv().ravel(), self.a_inh.recv().ravel()
        spikes, v, left = self.s_out.buffer().ravel(), self.v.ravel(), self.refractory_steps.ravel()
        i_exc, di_exc = self.i_exc.ravel(), self.di_exc.ravel()
        i_inh, di_inh = self.i_inh.ravel(), self.di_inh.ravel()
        p21_ex, p31_ex, p21_in, p31_in = self.p21_ex, self.p31_ex, self.p21_in, self.p31_in
        p22, p20, pull, period, i_e = self.p22, self.p20, self.pull, self.period, self.i_e
        # Kept out of the loop, where a load would keep it from filling vector registers.
        v_th, v_reset = self.v_th, self.v_reset
        for i in range(v.size):
            free = element(pull, i) + element(p20, i) * element(i_e, i) + element(p22, i) * v[i]
            free += element(p21_ex, i) * i_exc[i] + element(p21_in, i) * i_inh[i]
            free += element(p31_ex, i) * di_exc[i] + element(p31_in, i) * di_inh[i]
            potential = v[i] if left[i] > 0 else free
            spike = potential >= element(v_th, i)
            spikes[i] = spike
            left[i] = np.int32(element(period, i)) if spike else np.int32(left[i] - (left[i] > 0))
            v[i] = element(v_reset, i) if spike else potential
        rise(i_exc, di_exc, a_exc, self.p11_ex, self.gain_ex, self.dt)
        rise(i_inh, di_inh, a_inh, self.p11_in, self.gain_in, self.dt)
        self.s_out.send(self.s_out.buffer())


def rise(current, slope, a_in, p11, gain, dt):
    """One step of an alpha-shaped current and of how fast it rises."""
    for i in range(current.size):
        decay = element(p11, i)
        current[i] = decay * (current[i] + dt * slope[i])
        slope[i] = decay * slope[i] + element(gain, i) * a_in[i]


@implements(proc=IafPscDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyIafPscDeltaModelFloat(AbstractPyIafModel):
    """IafPscDelta in float64."""

    elementwise = True

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
