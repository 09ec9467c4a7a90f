"""IafPscExp, IafPscAlpha and IafPscDelta; equations in :mod:`lavajit.proc.iaf`."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from lavajit.proc.parameters import parameter
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: By how much of a step t_ref may miss a multiple of dt: rounding of decimal fractions.
STEP_TOLERANCE = 1e-6


class _Iaf(AbstractProcess):
    """Parameters, ports and Vars that all kinds of neurons have."""

    def __init__(self, *, shape, dt, v_th, v_reset, i_e, v, e_l, t_ref, name, log_config, **rest):
        kind = type(self).__name__
        _check_positive(kind, dt=dt, **rest)
        if np.size(dt) != 1:
            raise ValueError(f"{kind}: dt must be one number for all neurons, got {dt!r}")
        periods = _steps(kind, t_ref, dt)
        constants = {"e_l": e_l, "t_ref": t_ref, **rest}
        for key, value in {**constants, "v_th": v_th, "v_reset": v_reset}.items():
            parameter(kind, key, value, shape)  # raises where a shape does not fit
        if np.any(np.asarray(v_reset) >= np.asarray(v_th)):
            raise ValueError(
                f"{kind}: v_reset must be below v_th, got v_reset={v_reset!r}, v_th={v_th!r}; "
                "a neuron would spike in every step"
            )
        super().__init__(
            shape=shape, dt=dt, periods=periods, name=name, log_config=log_config, **constants
        )
        self.s_out = OutPort(shape=shape)
        self.v = Var(shape=shape, init=e_l if v is None else v)
        self.refractory_steps = Var(shape=shape, init=0)
        for key, value in {"v_th": v_th, "v_reset": v_reset, "i_e": i_e}.items():
            setattr(self, key, parameter(kind, key, value, shape))


class _Currents(_Iaf):
    """Neurons with an excitatory and an inhibitory synaptic current."""

    #: Vars, besides the currents, that a synapse of this kind has; they begin at 0.
    _more_states: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        dt: float = 0.1,
        tau_m: ArrayLike = 10.0,
        c_m: ArrayLike = 250.0,
        tau_syn_ex: ArrayLike = 2.0,
        tau_syn_in: ArrayLike = 2.0,
        t_ref: ArrayLike = 2.0,
        e_l: ArrayLike = -70.0,
        v_th: ArrayLike = -55.0,
        v_reset: ArrayLike = -70.0,
        i_e: ArrayLike = 0.0,
        v: ArrayLike | None = None,
        i_exc: ArrayLike = 0.0,
        i_inh: ArrayLike = 0.0,
        name=None,
        log_config=None,
    ) -> None:
        membrane = {"tau_m": tau_m, "c_m": c_m, "e_l": e_l, "t_ref": t_ref}
        synapses = {"tau_syn_ex": tau_syn_ex, "tau_syn_in": tau_syn_in}
        rest = {"v_th": v_th, "v_reset": v_reset, "i_e": i_e, "v": v, "name": name}
        super().__init__(shape=shape, dt=dt, log_config=log_config, **membrane, **synapses, **rest)
        self.a_exc = InPort(shape=shape)
        self.a_inh = InPort(shape=shape)
        self.i_exc = Var(shape=shape, init=i_exc)
        self.i_inh = Var(shape=shape, init=i_inh)
        for state in self._more_states:
            setattr(self, state, Var(shape=shape, init=0))


class IafPscExp(_Currents):
    """Leaky integrate-and-fire neurons with exponentially decaying synaptic currents.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    dt : float
        What a time step stands for, ms.
    tau_m, c_m : float or array_like
        Time constant (ms) and capacity (pF) of the membrane, above 0.
    tau_syn_ex, tau_syn_in : float or array_like
        Time constants of the excitatory and the inhibitory current, ms, above 0.
    t_ref : float or array_like
        Refractory time, ms, a multiple of dt.
    e_l, v_th, v_reset : float or array_like
        Potential at rest, threshold, and potential after a spike, mV.
    i_e : float or array_like
        Constant input current, pA.
    v, i_exc, i_inh : float or array_like
        Initial potential (mV; e_l if not given) and currents (pA).

    Attributes
    ----------
    a_exc, a_inh : InPort, shape `shape`
        By how much the currents jump, pA; inhibition is negative.
    s_out : OutPort, shape `shape`, bool
    v, i_exc, i_inh, refractory_steps : Var, shape `shape`
        State; refractory_steps counts down to 0.
    v_th, v_reset, i_e : Var, shape (1,) or `shape`
        May be set between runs; the other parameters may not.

    Raises
    ------
    ValueError
        A time constant, c_m or dt is not above 0; t_ref is no multiple of dt; v_reset is not below
        v_th; an array does not broadcast to `shape`.

    Notes
    -----
    Parameters and defaults are those of NEST's ``iaf_psc_exp``. For weights in mV of a model that
    reads ``tau_m dv/dt = -(v - e_l) + g``, give c_m the value of tau_m.

    Examples
    --------
    >>> from lavajit import IafPscExp, Loihi2SimCfg, RunSteps
    >>> neuron = IafPscExp(shape=(1,), i_e=300.0)
    >>> neuron.run(RunSteps(50), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> neuron.v.get().round(6)  # -70 + 12 (1 - exp(-0.5))
    array([-65.278368])
    >>> neuron.stop()
    """


class IafPscAlpha(_Currents):
    """Leaky integrate-and-fire neurons with alpha-shaped synaptic currents.

    An input w makes the current rise to w within tau_syn and fall again: w e (t / tau_syn)
    exp(-t / tau_syn).

    Parameters
    ----------
    shape, dt, tau_m, c_m, tau_syn_ex, tau_syn_in, t_ref, e_l, v_th, v_reset, i_e, v, i_exc, i_inh
        As in :class:`IafPscExp`.

    Attributes
    ----------
    a_exc, a_inh : InPort, shape `shape`
        Peaks of the currents to come, pA; inhibition is negative.
    s_out : OutPort, shape `shape`, bool
    v, i_exc, i_inh, refractory_steps : Var, shape `shape`
        State, as in :class:`IafPscExp`.
    di_exc, di_inh : Var, shape `shape`
        How fast the currents rise but for their decay, pA/ms; 0 at the beginning.
    v_th, v_reset, i_e : Var, shape (1,) or `shape`
        May be set between runs; the other parameters may not.

    Raises
    ------
    ValueError
        As :class:`IafPscExp`.

    Notes
    -----
    Parameters and defaults are those of NEST's ``iaf_psc_alpha``.

    Examples
    --------
    >>> neuron = IafPscAlpha(shape=(3,), tau_syn_ex=0.5, tau_syn_in=[1.0, 2.0, 5.0])
    >>> neuron.a_exc.shape, neuron.di_exc.shape
    ((3,), (3,))
    """

    _more_states = ("di_exc", "di_inh")


class IafPscDelta(_Iaf):
    """Leaky integrate-and-fire neurons whose potential jumps with each input.

    Parameters
    ----------
    shape, dt, tau_m, c_m, t_ref, e_l, v_th, v_reset, i_e, v
        As in :class:`IafPscExp`.

    Attributes
    ----------
    a_in : InPort, shape `shape`
        By how much the potential jumps, mV.
    s_out : OutPort, shape `shape`, bool
    v, refractory_steps, v_th, v_reset, i_e : Var
        As in :class:`IafPscExp`.

    Raises
    ------
    ValueError
        As :class:`IafPscExp`.

    Examples
    --------
    >>> neuron = IafPscDelta(shape=(3,), v=[-70.0, -60.0, -56.0], t_ref=0.5)
    >>> neuron.v.shape, neuron.v_th.shape
    ((3,), (1,))
    """

    def __init__(
        self,
        *,
        shape: tuple[int, ...],
        dt: float = 0.1,
        tau_m: ArrayLike = 10.0,
        c_m: ArrayLike = 250.0,
        t_ref: ArrayLike = 2.0,
        e_l: ArrayLike = -70.0,
        v_th: ArrayLike = -55.0,
        v_reset: ArrayLike = -70.0,
        i_e: ArrayLike = 0.0,
        v: ArrayLike | None = None,
        name=None,
        log_config=None,
    ) -> None:
        membrane = {"tau_m": tau_m, "c_m": c_m, "e_l": e_l, "t_ref": t_ref}
        rest = {"v_th": v_th, "v_reset": v_reset, "i_e": i_e, "v": v, "name": name}
        super().__init__(shape=shape, dt=dt, log_config=log_config, **membrane, **rest)
        self.a_in = InPort(shape=shape)


def _check_positive(kind: str, **values: ArrayLike) -> None:
    for name, value in values.items():
        numbers = np.asarray(value)
        if numbers.dtype.kind not in "iuf" or not np.all((numbers > 0) & np.isfinite(numbers)):
            raise ValueError(f"{kind}: {name} must be above 0 and finite, got {value!r}")


def _steps(kind: str, t_ref: ArrayLike, dt: float) -> np.ndarray:
    """Refractory time in steps."""
    exact = np.asarray(t_ref, float) / dt
    steps = np.round(exact)
    if not np.all((steps >= 0) & (np.abs(exact - steps) <= STEP_TOLERANCE)):
        raise ValueError(
            f"{kind}: t_ref must be a multiple of dt and not negative, got t_ref={t_ref!r} ms, "
            f"dt={dt!r} ms; give for instance {np.maximum(steps, 0) * dt} ms"
        )
    return steps.astype(np.int32)
