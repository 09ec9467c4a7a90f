"""Reward-modulated LIF neurons, written as a user of Lava writes them.

A Process on top of LearningLIF and one model per arithmetic, each from two library bases: the
pieces of LIF, and the ports of a learning neuron. Each step, before the membrane is updated::

    y1 = y1 exp(-1 / tau) + kernel * s(t - 1)       (fixed point: rounded down)
    y2 = a_third_factor_in

Only names that Lava has, too, are used.
"""

import numpy as np

from lavajit import (
    CPU,
    LavaPyType,
    LearningLIF,
    LoihiProtocol,
    PyOutPort,
    implements,
    requires,
    tag,
)
from lavajit.proc.learning_neuron import LearningNeuronModelFixed, LearningNeuronModelFloat
from lavajit.proc.lif.bases import AbstractPyLifModelFixed, AbstractPyLifModelFloat


class RewardLIF(LearningLIF):
    """LIF neurons that send their trace y1 and, as y2, the reward they receive."""


@implements(proc=RewardLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyRewardLifModelFloat(LearningNeuronModelFloat, AbstractPyLifModelFloat):
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    vth: float = LavaPyType(float, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.spikes = np.zeros(proc_params["shape"])

    def spiking_activation(self):
        return self.v > self.vth

    def post_trace(self, spikes):
        decay = np.exp(-1 / self._learning_rule.post_trace_decay_tau)
        return self.y1 * decay + self._learning_rule.post_trace_kernel_magnitude * spikes

    def run_spk(self):
        self.y1[:] = self.post_trace(self.spikes)
        self.subthr_dynamics(self.a_in.recv())
        self.spikes[:] = self.spiking_activation()
        self.reset_voltage(self.spikes)
        self.y2[:] = self.a_third_factor_in.recv()
        self.s_out.send(self.spikes)
        self.s_out_bap.send(self.spikes)
        self.s_out_y1.send(self.y1)
        self.s_out_y2.send(self.y2)
        self.s_out_y3.send(self.y3)


@implements(proc=RewardLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyRewardLifModelFixed(LearningNeuronModelFixed, AbstractPyLifModelFixed):
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: int = LavaPyType(int, np.int32, precision=17)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.effective_vth = 0
        self.spikes = np.zeros(proc_params["shape"], bool)

    def scale_threshold(self):
        self.effective_vth = np.left_shift(self.vth, 6)
        self.isthrscaled = True

    def spiking_activation(self):
        return self.v > self.effective_vth

    def post_trace(self, spikes):
        decay = np.exp(-1 / self._learning_rule.post_trace_decay_tau)
        kernel = self._learning_rule.post_trace_kernel_magnitude
        return np.floor(self.y1 * decay + kernel * spikes)

    def run_spk(self):
        self.y1[:] = self.post_trace(self.spikes)
        if not self.isthrscaled:
            self.scale_threshold()
        self.subthr_dynamics(self.a_in.recv())
        self.spikes[:] = self.spiking_activation()
        self.reset_voltage(self.spikes)
        self.y2[:] = self.a_third_factor_in.recv()
        self.s_out.send(self.spikes)
        self.s_out_bap.send(self.spikes)
        self.s_out_y1.send(self.y1)
        self.s_out_y2.send(self.y2)
        self.s_out_y3.send(self.y3)
