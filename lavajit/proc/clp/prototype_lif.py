"""LIF neurons that stand for learned prototypes.

The dynamics are those of the fixed-point LIF, then per time step::

    u = v = 0                     where reset_in > 0
    s = v > (vth << 6)
    bap = 0 ;  bap[id - 1] = 1    if a_third_factor_in[0] = id is not 0: prototype `id` is allocated
    y1 = 127 * bap ;  s = bap     if there is such an id
    v = 0                         where s

The trace y1 (at its maximum of 7 bits) makes the plastic connections of the allocated prototype,
and only these, learn the present input.

What differs from Lava: ``s_out_y2`` and ``s_out_y3`` send their (unchanged) traces instead of
nothing, which would block their receivers; an id without a prototype is an IndexError.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_ports import PyInPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.learning_neuron import LearningNeuronModelFixed
from lavajit.proc.lif.learning import LearningLIF
from lavajit.proc.lif.lif import AbstractPyThresholdModelFixed
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
        vth=10,
        name=None,
        log_config=None,
        learning_rule=None,
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
            vth=vth,
            name=name,
            log_config=log_config,
            learning_rule=learning_rule,
            **kwargs,
        )
        self.reset_in = InPort(shape=shape)


@implements(proc=PrototypeLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PrototypeLIFBitAcc(LearningNeuronModelFixed, AbstractPyThresholdModelFixed):
    """PrototypeLIF bit-accurate to Loihi's fixed-point arithmetic."""

    integer_inputs = ("a_in", "a_third_factor_in", "reset_in")

    reset_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool, precision=1)

    def run_spk(self):
        a_in = self.a_in.recv()
        new_id = np.int64(self.a_third_factor_in.recv()[0])
        reset = self.reset_in.recv().ravel()
        if not self.isthrscaled:
            self.scale_threshold()
            self.isthrscaled = True
        self.subthr_dynamics(a_in)
        self.reset_neurons(reset)
        self.spike(new_id)
        self.s_out.send(self.s_out.buffer())
        self.s_out_bap.send(self.s_out_bap.buffer())
        self.s_out_y1.send(self.y1.ravel())
        self.s_out_y2.send(self.y2.ravel())
        self.s_out_y3.send(self.y3.ravel())

    def reset_neurons(self, reset):
        """u = v = 0 where `reset`, a vector, is positive."""
        u, v = self.u.ravel(), self.v.ravel()
        for i in range(u.size):
            if reset[i] > 0:
                u[i] = 0
                v[i] = 0

    def spike(self, new_id):
        """Spikes by threshold, or of the prototype that is allocated."""
        v, y1, active = self.v.ravel(), self.y1.ravel(), self.spiking_activation().ravel()
        spikes, bap = self.s_out.buffer().ravel(), self.s_out_bap.buffer().ravel()
        if new_id < 0 or new_id > v.size:
            raise IndexError("a_third_factor_in asks for a prototype that this PrototypeLIF lacks")
        for i in range(v.size):
            is_new = new_id == i + 1
            bap[i] = is_new
            if new_id != 0:
                y1[i] = TRACE_MAX if is_new else 0
            spikes[i] = is_new if new_id != 0 else active[i]
            if spikes[i]:
                v[i] = 0
