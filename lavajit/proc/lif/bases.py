"""What all LIF neurons share: ports, Vars, and the models in the pieces that users replace.

A model is subclassed by replacing ``spiking_activation``, ``subthr_dynamics``, ``reset_voltage``
or ``scale_bias``; such a subclass runs these pieces one after the other, the library's own models
one fused loop.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.elements import element
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.proc.fixed_point import DECAY_ONE, next_current, next_voltage, scaled_bias
from lavajit.proc.parameters import parameter, room_for
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

_PIECES = (
    "spiking_activation",
    "subthr_dynamics",
    "reset_voltage",
    "scale_bias",
    "process_spikes",
)


class AbstractLIF(AbstractProcess):
    """Ports, currents and biases common to all LIF neurons."""

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
            **kwargs,
        )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.u = Var(shape=shape, init=u)
        self.v = Var(shape=shape, init=v)
        self.du = self._parameter("du", du)
        self.dv = self._parameter("dv", dv)
        self.bias_exp = Var(shape=shape, init=bias_exp)
        self.bias_mant = Var(shape=shape, init=bias_mant)

    def _parameter(self, name: str, value) -> Var:
        return parameter(type(self).__name__, name, value, self.s_out.shape)


def check_names(process: str, parameters: dict, own: tuple[str, ...] = ()) -> None:
    """Refuse parameters that no LIF has.

    Parameters
    ----------
    process : str
        Class of the Process, for the error.
    parameters : dict
        Those that the constructor hands on.
    own : tuple of str
        Parameters of this kind of LIF that it may hand on, beside those of all.

    Raises
    ------
    TypeError
        There is another one.
    """
    known = {*AbstractLIF.__init__.__kwdefaults__, "shape", *own}
    strange = sorted(set(parameters) - known)
    if strange:
        raise TypeError(
            f"{process}.__init__() got an unexpected keyword argument {strange[0]!r}; it hands on "
            f"{', '.join(sorted(known))}"
        )


class AbstractPyLifModel(PyLoihiProcessModel):
    """Order of Lava's pieces."""

    boundscheck = False

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        if any(piece in own for piece in _PIECES) and "run_spk" not in own:
            cls.run_spk = cls.run_pieces

    def run_pieces(self):
        """Receive, update, reset, send, in the pieces that subclasses replace."""
        raise NotImplementedError


class AbstractPyLifModelFloat(AbstractPyLifModel):
    """Float LIF in Lava's pieces; a subclass supplies ``spiking_activation``."""

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
        v, spikes = self.v.ravel(), spike_vector.ravel()
        for i in range(v.size):
            if spikes[i]:
                v[i] = 0.0

    def run_pieces(self):
        """Receive, update, reset, send."""
        self.subthr_dynamics(self.a_in.recv())
        spikes = self.spiking_activation()
        self.reset_voltage(spikes)
        self.s_out.send(spikes)

    run_spk = run_pieces


class AbstractPyLifModelFixed(AbstractPyLifModel):
    """Fixed-point LIF in Lava's pieces.

    A subclass supplies ``spiking_activation`` and ``scale_threshold``.
    """

    integer_inputs = ("a_in",)

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
        check_integers(proc_params, ("du", "dv", "vth"))
        self.isthrscaled = False
        self.effective_vth = room_for(proc_params, "vth")
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
        du, dv = self.du, self.dv
        for i in range(u.size):
            u[i] = next_current(u[i], DECAY_ONE - (element(du, i) + self.ds_offset), a_in[i])
            factor_v = DECAY_ONE - (element(dv, i) + self.dm_offset)
            v[i] = next_voltage(v[i], factor_v, u[i], bias[i])

    def reset_voltage(self, spike_vector):
        """Reset the voltage of the neurons that have spiked."""
        v, spikes = self.v.ravel(), spike_vector.ravel()
        for i in range(v.size):
            if spikes[i]:
                v[i] = 0

    def run_pieces(self):
        """Receive, update, reset, send."""
        activation = self.a_in.recv()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        self.subthr_dynamics(activation)
        spikes = self.spiking_activation()
        self.reset_voltage(spikes)
        self.s_out.send(spikes)

    run_spk = run_pieces


def check_integers(proc_params, names: tuple[str, ...]) -> None:
    """Refuse fractional parameters before anything runs."""
    for name in names:
        value = proc_params.get(name) if proc_params is not None else None
        if value is not None and np.asarray(value).dtype.kind not in "iub":
            raise TypeError(
                f"{name}={value!r}: the fixed-point LIF takes integers (du: 0 to 4095, for a decay "
                f"of du/4096 per step, dv likewise; vth: threshold / 64). Select floating_pt for "
                f"fractions."
            )
