"""Models for LIF neurons: LIF, LIFRefractory, LIFReset, TernaryLIF, LearningLIF.

In the arithmetic of the chip, with the sum a of all weights that arrive and in this order::

    q = wrap(a << 6, 21)                       Loihi 2: 23, an assumption
    u = wrap(decay(u, du + 1) + q, 23)
    x = wrap(u + bias, 23)
    v = clip(decay(v, dv) + x, +-(2^23 - 1))
    s = v > vth << 6 ;  v = 0 where s

Lava's has no wrap of q and x, and a u of 2^23 stays as it is.

LIFRefractory: a spike in step t makes ``v = 0`` in the steps t + 1 ... t + refractory_period, while
u goes on. The register, which counts the step of the spike as well, is refractory_period + 1.
In Lava's arithmetic v is held, not set to 0, in the same steps.

LIFReset and TernaryLIF run a program, so they need Loihi 2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import Loihi1NeuroCore, Loihi2NeuroCore, NeuroCore
from lavajit.neurocore.arithmetic.arrays import STATE_BITS
from lavajit.neurocore.arithmetic.scalars import decay, wrap
from lavajit.neurocore.arithmetic.weights import EFFECTIVE_SHIFT
from lavajit.neurocore.cores.registers import CoreRegisters, of_chip
from lavajit.neurocore.models.base import CoreModel, ProgramModel
from lavajit.proc.fixed_point import DECAY_ONE, scaled_bias, within_int32
from lavajit.proc.lif.learning import LearningLIF, PyLearningLIFModelFixed
from lavajit.proc.lif.lif import LIF, AbstractPyThresholdModelFixed
from lavajit.proc.lif.reset import LIFReset, PyLifResetModelBitAcc
from lavajit.proc.lif.ternary import PyTernLifModelFixed, TernaryLIF

#: Limits of the voltage, those that a core has unless it is told otherwise.
V_MAX = (1 << STATE_BITS) - 1
#: Accumulators of Loihi 2 have 24 bits with the sign, an assumption.
LOIHI2 = of_chip("loihi2")


def next_current(u, keep, a, input_bits):
    """Current after a step in which `a` arrives; both wrap."""
    q = wrap(np.int64(a) << EFFECTIVE_SHIFT, input_bits)
    return wrap(decay(np.int64(u), keep) + q, STATE_BITS)


def next_voltage(v, keep, current, bias):
    """Voltage after a step, before it is compared with the threshold."""
    x = wrap(current + bias, STATE_BITS)
    return min(max(decay(np.int64(v), keep) + x, -V_MAX), V_MAX)


class LifDescription(CoreModel):
    """Registers of LIF compartments.

    Attributes
    ----------
    registers : CoreRegisters
        Those that all neurons of a core share.
    active_state : tuple of str
        A neuron in which all of these are zero is not active.
    """

    registers: ClassVar[CoreRegisters] = CoreRegisters()
    active_state: ClassVar[tuple[str, ...]] = ("u", "v", "bias_mant")

    def allocate(self, net: Any) -> None:
        """One compartment per neuron; on Loihi 2 it runs the program of LIF."""
        program = self.program()
        decay_u, registers = current_decays(net.value("du"), self.registers)
        net.compartments(
            vth=np.asarray(net.value("vth"), np.int64) << EFFECTIVE_SHIFT,
            decay_u=decay_u,
            decay_v=net.value("dv"),
            bias=full_bias(net.value("bias_mant"), net.value("bias_exp")),
            refract=self.refract_register(),
            core=registers,
            program=program,
            words=program.words,
            state=self.active_state,
        )

    def refract_register(self) -> Any:
        """Refractory steps, that of the spike included."""
        return 1


def current_decays(du: np.ndarray, registers: CoreRegisters) -> tuple[np.ndarray, CoreRegisters]:
    """Decays of the current, and the shared registers that go with them.

    A du of -1 keeps a current for ever. No register is negative, so the offset that the core adds
    is taken away from all its compartments instead.
    """
    du = np.asarray(du, np.int64)
    if du.min(initial=0) != -1:
        return du, registers
    return du + registers.current_offset, replace(registers, current_offset=0)


def full_bias(mantissa: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """``mantissa << exponent``, toward minus infinity for negative exponents."""
    mantissa, exponent = np.asarray(mantissa, np.int64), np.asarray(exponent, np.int64)
    return np.where(exponent < 0, mantissa >> np.maximum(-exponent, 0), mantissa << abs(exponent))


class CoreLif(LifDescription):
    """The step of LIF in the arithmetic of a core; to be named before a model for the CPU."""

    arithmetic = "loihi"

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.input_bits = self.registers.input_bits

    def has_12_bit_decays(self):
        """Registers have."""
        return True

    def update_exact(self, a_in):
        """The same as `update_vector`."""
        self.update_vector(a_in)

    def update_vector(self, a_in):
        """All neurons."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv, vth, bits = self.du, self.dv, self.effective_vth, self.input_bits
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            bias = np.int64(scaled_bias(mantissa[i], exponent[i]))
            current = next_current(u[i], one_u - element(du, i), a_in[i], bits)
            voltage = next_voltage(v[i], one_v - element(dv, i), current, bias)
            spike = voltage > within_int32(element(vth, i))
            spikes[i] = spike
            u[i] = current
            v[i] = 0 if spike else voltage


# --- LIF ------------------------------------------------------------------------------


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIF(CoreLif, AbstractPyThresholdModelFixed):
    """LIF as a core of Loihi 2 computes it."""

    elementwise = True
    registers = LOIHI2


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(Loihi1NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFLoihi1(CoreLif, AbstractPyThresholdModelFixed):
    """LIF as a core of Loihi 1 computes it."""

    elementwise = True


@implements(proc=LIF, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFLava(LifDescription, AbstractPyThresholdModelFixed):
    """LIF in Lava's arithmetic."""

    arithmetic = "lava"
    elementwise = True


# --- LearningLIF ----------------------------------------------------------------------


@implements(proc=LearningLIF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLearningLIF(CoreLif, PyLearningLIFModelFixed):
    """LearningLIF as a core of Loihi 2 computes it."""

    registers = LOIHI2


@implements(proc=LearningLIF, protocol=LoihiProtocol)
@requires(Loihi1NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLearningLIFLoihi1(CoreLif, PyLearningLIFModelFixed):
    """LearningLIF as a core of Loihi 1 computes it."""


@implements(proc=LearningLIF, protocol=LoihiProtocol)
@requires(NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLearningLIFLava(LifDescription, PyLearningLIFModelFixed):
    """LearningLIF in Lava's arithmetic."""

    arithmetic = "lava"


# --- LIFReset -------------------------------------------------------------------------


class _ResetProgram(ProgramModel):
    active_state = ("u", "v", "bias_mant")


@implements(proc=LIFReset, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFReset(_ResetProgram, CoreLif, PyLifResetModelBitAcc):
    """LIFReset as a core of Loihi 2 computes it."""

    elementwise = True
    registers = LOIHI2


@implements(proc=LIFReset, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelLIFResetLava(_ResetProgram, PyLifResetModelBitAcc):
    """LIFReset in Lava's arithmetic."""

    arithmetic = "lava"
    elementwise = True


# --- TernaryLIF -----------------------------------------------------------------------


class _TernaryProgram(ProgramModel):
    active_state = ("u", "v", "bias_mant")

    def message_bits(self) -> int:
        """Spikes are -1 or 1."""
        return 2


@implements(proc=TernaryLIF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelTernaryLIF(_TernaryProgram, PyTernLifModelFixed):
    """TernaryLIF as a core of Loihi 2 computes it."""

    arithmetic = "loihi"
    elementwise = True

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.input_bits = LOIHI2.input_bits

    def update(self, a_in, high, low):
        """All neurons; thresholds are one number or one per neuron."""
        spikes = self.s_out.buffer().ravel()
        u, v = self.u.ravel(), self.v.ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv, bits = self.du, self.dv, self.input_bits
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            bias = np.int64(scaled_bias(mantissa[i], exponent[i]))
            current = next_current(u[i], one_u - element(du, i), a_in[i], bits)
            voltage = next_voltage(v[i], one_v - element(dv, i), current, bias)
            above, below = voltage > element(high, i), voltage < element(low, i)
            spikes[i] = np.int64(above) - np.int64(below)
            u[i] = current
            v[i] = 0 if above != below else voltage


@implements(proc=TernaryLIF, protocol=LoihiProtocol)
@requires(Loihi2NeuroCore)
@tag("bit_accurate_loihi", "fixed_pt")
class NcModelTernaryLIFLava(_TernaryProgram, PyTernLifModelFixed):
    """TernaryLIF in Lava's arithmetic."""

    arithmetic = "lava"
    elementwise = True
