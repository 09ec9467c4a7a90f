"""SigmaDelta: sigma, an activation, and delta in one neuron."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.parameters import parameter
from lavajit.proc.sdn.delta import (
    AbstractDeltaModel,
    FixedDelta,
    FloatDelta,
    delta_fixed,
    delta_float,
    magnitude,
    scale,
    shift_bits,
)
from lavajit.proc.sdn.sigma import AbstractSigmaModel
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class ActivationMode(IntEnum):
    """Activation functions of sigma-delta neurons."""

    UNIT = 0
    RELU = 1


def ReLU(x: np.ndarray) -> np.ndarray:  # noqa: N802 (name as in Lava)
    """max(x, 0), element by element."""
    return np.maximum(x, 0)


class SigmaDelta(AbstractProcess):
    """Neurons that integrate changes of their input and send changes of their activation.

    Parameters
    ----------
    shape : tuple of int
        Number and arrangement of the neurons.
    vth : float or int or array_like
        Threshold: smaller changes are kept back until they add up. Scaled by ``2**(spike_exp +
        state_exp)``.
    bias : float or int or array_like
        Added to the integrated input; scaled like `vth`.
    act_mode : ActivationMode
        RELU or UNIT (identity).
    cum_error : bool
        Compare the sum of the changes since the last message with the threshold, not what is left
        over.
    spike_exp, state_exp : int
        Fixed point: scale of messages, and of the state relative to messages, as exponents of 2.

    Raises
    ------
    ValueError
        ``spike_exp + state_exp`` is negative, or `vth` does not broadcast to `shape`.
    NotImplementedError
        `act_mode` is no ActivationMode.

    Notes
    -----
    Ports: ``a_in``, ``s_out``. Vars: ``sigma``, ``act`` (last activation), ``residue``, ``error``.

    Examples
    --------
    >>> import numpy as np
    >>> from lavajit import Loihi2SimCfg, RunSteps, SigmaDelta, SourceRingBuffer
    >>> source, neuron = SourceRingBuffer(data=np.array([[5, -9]])), SigmaDelta(shape=(1,), vth=3)
    >>> source.s_out.connect(neuron.a_in)
    >>> neuron.run(RunSteps(2), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    >>> neuron.sigma.get(), neuron.act.get()
    (array([-4], dtype=int32), array([0], dtype=int32))
    >>> neuron.stop()
    """

    def __init__(
        self,
        *,
        shape,
        vth,
        bias=0,
        act_mode=ActivationMode.RELU,
        cum_error=False,
        spike_exp=0,
        state_exp=0,
        **kwargs,
    ) -> None:
        super().__init__(
            shape=shape,
            vth=vth,
            bias=bias,
            act_mode=act_mode,
            cum_error=cum_error,
            spike_exp=spike_exp,
            state_exp=state_exp,
            **kwargs,
        )
        if act_mode not in list(ActivationMode):
            raise NotImplementedError(
                f"SigmaDelta: act_mode must be ActivationMode.UNIT or ActivationMode.RELU, got "
                f"{act_mode!r}"
            )
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        name = type(self).__name__
        scaled_vth = scale(name, vth, spike_exp, state_exp)
        self.vth = parameter(name, "vth", scaled_vth, shape)
        self.sigma = Var(shape=shape, init=0)
        self.act = Var(shape=shape, init=0)
        self.residue = Var(shape=shape, init=0)
        self.error = Var(shape=shape, init=0)
        self.bias = Var(shape=shape, init=scale(name, bias, spike_exp, state_exp))
        self.spike_exp = Var(shape=(1,), init=spike_exp)
        self.state_exp = Var(shape=(1,), init=state_exp)
        self.cum_error = Var(shape=(1,), init=cum_error)

    @property
    def shape(self) -> tuple[int, ...]:
        """Arrangement of the neurons."""
        return self.proc_params["shape"]


class AbstractSigmaDeltaModel(AbstractSigmaModel, AbstractDeltaModel):
    """Ports and state of sigma-delta neurons."""

    bias: np.ndarray = None

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.rectifies = proc_params["act_mode"] == ActivationMode.RELU


@implements(proc=SigmaDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PySigmaDeltaModelFloat(FloatDelta, AbstractSigmaDeltaModel):
    """SigmaDelta in float64."""

    elementwise = True

    bias: np.ndarray = LavaPyType(np.ndarray, float)

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, sigma, bias = self.s_out.buffer().ravel(), self.sigma.ravel(), self.bias.ravel()
        act, residue, error = self.act.ravel(), self.residue.ravel(), self.error.ravel()
        cum_error, rectifies = self.cum_error[0], self.rectifies
        for i in range(sigma.size):
            sigma[i] += a_in[i]
            x = sigma[i] + bias[i]
            if rectifies and x < 0.0:
                x = 0.0
            messages[i] = delta_float(i, x, vth, act, residue, error, cum_error)


class AbstractSigmaDeltaModelFixed(FixedDelta, AbstractSigmaDeltaModel):
    """Types of the fixed-point models."""

    bias: np.ndarray = LavaPyType(np.ndarray, np.int32, precision=16)


def activation_fixed(i, a, sigma, bias, rectifies):
    """Integrate the input of neuron i; its activation, in 32 bits."""
    total = np.int32(np.int64(sigma[i]) + np.int64(a))
    sigma[i] = total
    x = np.int32(np.int64(total) + bias[i])
    return np.int32(0) if rectifies and x < 0 else x


@implements(proc=SigmaDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySigmaDeltaModelFixed(AbstractSigmaDeltaModelFixed):
    """SigmaDelta in 32-bit integers, which wrap."""

    elementwise = True

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, sigma, bias = self.s_out.buffer().ravel(), self.sigma.ravel(), self.bias.ravel()
        act, residue, error = self.act.ravel(), self.residue.ravel(), self.error.ravel()
        cum_error, rectifies = self.cum_error[0], self.rectifies
        right = shift_bits(self.state_exp[0])
        for i in range(sigma.size):
            x = activation_fixed(i, a_in[i], sigma, bias, rectifies)
            message = delta_fixed(i, x, vth, act, residue, error, cum_error)
            messages[i] = np.int32(np.int64(message) >> right)


@implements(proc=SigmaDelta, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySigmaDeltaModelFixedCorrected(AbstractSigmaDeltaModelFixed):
    """SigmaDelta that keeps the bits which messages drop; residue and error are not used."""

    elementwise = True

    def update(self, a_in, vth):
        """All neurons; the threshold is one number or one per neuron."""
        messages, sigma, bias = self.s_out.buffer().ravel(), self.sigma.ravel(), self.bias.ravel()
        act, rectifies = self.act.ravel(), self.rectifies
        bits = shift_bits(self.state_exp[0])
        for i in range(sigma.size):
            x = activation_fixed(i, a_in[i], sigma, bias, rectifies)
            change = np.int32(np.int64(x) - act[i])
            kept = change if magnitude(change) >= element(vth, i) else np.int32(0)
            message = np.int64(kept) >> bits
            messages[i] = np.int32(message)
            act[i] = np.int32(act[i] + (message << bits))
