"""LIF neurons that stand for learned prototypes.

The dynamics are those of LIF, then per time step::

    u = v = 0                     where reset_in > 0
    s = v > vth                   (fixed point: vth << 6)
    bap = 0 ;  bap[id - 1] = 1    if a_third_factor_in[0] = id is not 0: prototype `id` is allocated
    y1 = 127 * bap ;  s = bap     if there is such an id
    v = 0                         where s

The trace y1 (at its maximum of 7 bits) makes the plastic connections of the allocated prototype,
and only these, learn the present input.

What differs from Lava: ``s_out_y2`` and ``s_out_y3`` send their (unchanged) traces instead of
nothing, which would block their receivers; an id without a prototype is an IndexError; there is a
float model.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import element
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.fixed_point import (
    DECAY_ONE,
    next_current,
    next_voltage,
    scale_thresholds,
    scaled_bias,
)
from lavajit.proc.learning_neuron import (
    LearningNeuronModel,
    LearningNeuronModelFixed,
    LearningNeuronModelFloat,
)
from lavajit.proc.lif.learning import LearningLIF
from lavajit.proc.lif.lif import AbstractPyThresholdModelFixed, AbstractPyThresholdModelFloat
from lavajit.process.ports import InPort

#: Largest value of a trace of 7 bits.
TRACE_MAX = 127


class PrototypeLIF(LearningLIF):
    """Prototype neurons; parameters, ports and Vars are those of LearningLIF.

    Attributes
    ----------
    a_third_factor_in : InPort, shape (n,)
        Its first element is the id (from 1) of a prototype to allocate, or 0.
    reset_in : InPort, shape `shape`
        Positive values reset a neuron.

    Examples
    --------
    >>> PrototypeLIF(shape=(3,)).reset_in.shape
    (3,)
    """

    def __init__(self, *, shape, **parameters) -> None:
        super().__init__(shape=shape, **parameters)
        self.reset_in = InPort(shape=shape)


class AbstractPyPrototypeLIFModel(LearningNeuronModel):
    """Ports, and what prototypes do with their spikes; a subclass supplies ``update``."""

    reset_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)

    def run_spk(self):
        """One fused pass over the neurons, then spikes and traces leave."""
        a_in = self.a_in.recv().ravel()
        new_id = self.allocated(self.a_third_factor_in.recv())
        self.update(a_in, self.reset_in.recv().ravel())
        self.allocate(new_id)
        self.send_all()

    def update(self, a_in, reset):
        """Integrate and reset; ``s_out``: who exceeds the threshold."""
        raise NotImplementedError("update() must be implemented by the model")

    def run_pieces(self):
        """The same in the pieces of LIF, for subclasses that replace some of them."""
        a_in = self.a_in.recv()
        new_id = self.allocated(self.a_third_factor_in.recv())
        reset = self.reset_in.recv().ravel()
        self.prepare()
        self.subthr_dynamics(a_in)
        u, v = self.u.ravel(), self.v.ravel()
        for i in range(u.size):
            if reset[i] > 0:
                u[i] = 0
                v[i] = 0
        active, spikes = self.spiking_activation().ravel(), self.s_out.buffer().ravel()
        for i in range(spikes.size):
            spikes[i] = active[i]
        self.allocate(new_id)
        self.send_all()

    def prepare(self):
        """Take the threshold in the first step, where a model has to."""

    def allocated(self, third_factor):
        """The id of the prototype that is to be allocated, from 1; 0 for none."""
        new_id = np.int64(third_factor[0])
        if new_id < 0 or new_id > self.y1.size:
            raise IndexError("a_third_factor_in asks for a prototype that this PrototypeLIF lacks")
        return new_id

    def allocate(self, new_id):
        """With an id, only that prototype spikes and is traced; v = 0 where there is a spike."""
        spikes, bap = self.s_out.buffer().ravel(), self.s_out_bap.buffer()
        v, y1 = self.v.ravel(), self.y1.ravel()
        for i in range(bap.size):
            bap[i] = new_id == i + 1
        if new_id != 0:
            for i in range(y1.size):
                y1[i] = TRACE_MAX if bap[i] else 0
                spikes[i] = bap[i]
        for i in range(v.size):
            v[i] = 0 if spikes[i] != 0 else v[i]

    def send_all(self):
        """Send spikes and traces."""
        self.s_out.send(self.s_out.buffer())
        self.s_out_bap.send(self.s_out_bap.buffer())
        self.s_out_y1.send(self.y1.ravel())
        self.s_out_y2.send(self.y2.ravel())
        self.s_out_y3.send(self.y3.ravel())


@implements(proc=PrototypeLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PrototypeLIFBitAcc(
    AbstractPyPrototypeLIFModel, LearningNeuronModelFixed, AbstractPyThresholdModelFixed
):
    """PrototypeLIF bit-accurate to Loihi's fixed-point arithmetic."""

    integer_inputs = ("a_in", "a_third_factor_in", "reset_in")

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.effective_vth = np.zeros(proc_params["shape"], np.int32)

    def scale_threshold(self):
        """vth << 6 of every neuron, in 32 bits."""
        scale_thresholds(self.effective_vth.ravel(), self.vth)

    def prepare(self):
        """Take the threshold in the first step."""
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True

    def update(self, a_in, reset):
        """Integrate and reset; ``s_out``: who exceeds the threshold."""
        self.prepare()
        u, v, spikes = self.u.ravel(), self.v.ravel(), self.s_out.buffer().ravel()
        mantissa, exponent = self.bias_mant.ravel(), self.bias_exp.ravel()
        du, dv, vth = self.du, self.dv, self.effective_vth.ravel()
        one_u, one_v = DECAY_ONE - self.ds_offset, DECAY_ONE - self.dm_offset
        for i in range(u.size):
            current = next_current(u[i], one_u - element(du, i), a_in[i])
            bias = scaled_bias(mantissa[i], exponent[i])
            voltage = next_voltage(v[i], one_v - element(dv, i), current, bias)
            u[i] = np.int32(0) if reset[i] > 0 else current
            voltage = np.int32(0) if reset[i] > 0 else voltage
            spikes[i] = voltage > vth[i]
            v[i] = voltage


@implements(proc=PrototypeLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PrototypeLIFFloat(
    AbstractPyPrototypeLIFModel, LearningNeuronModelFloat, AbstractPyThresholdModelFloat
):
    """PrototypeLIF in float64; an addition to Lava."""

    def update(self, a_in, reset):
        """Integrate and reset; ``s_out``: who exceeds the threshold."""
        u, v, spikes = self.u.ravel(), self.v.ravel(), self.s_out.buffer().ravel()
        bias = self.bias_mant.ravel()
        du, dv, vth = self.du, self.dv, self.vth
        for i in range(u.size):
            current = u[i] * (1 - element(du, i)) + a_in[i]
            voltage = v[i] * (1 - element(dv, i)) + current + bias[i]
            u[i] = 0.0 if reset[i] > 0 else current
            voltage = 0.0 if reset[i] > 0 else voltage
            spikes[i] = voltage > element(vth, i)
            v[i] = voltage
