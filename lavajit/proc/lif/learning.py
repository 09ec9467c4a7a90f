"""LearningLIF: LIF neurons with the ports that plastic connections need.

The dynamics of LIF. In addition, each step, the spikes leave through ``s_out_bap`` as well, and
the traces through ``s_out_y1``, ``s_out_y2``, ``s_out_y3``::

    y1, y2, y3 = update_traces(s, a_third_factor_in)       (here: they keep their values)
    s_out_bap = s ;  s_out_yk = yk

Lava's models never serve these ports, so that a network that connects one of them waits forever.
"""

from __future__ import annotations

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.resources import CPU
from lavajit.proc.learning_neuron import (
    LearningNeuronModelFixed,
    LearningNeuronModelFloat,
    LearningNeuronProcess,
)
from lavajit.proc.lif.bases import AbstractLIF, AbstractPyLifModelFixed, AbstractPyLifModelFloat
from lavajit.proc.lif.lif import AbstractPyThresholdModelFixed, AbstractPyThresholdModelFloat


class LearningLIF(LearningNeuronProcess, AbstractLIF):
    """LIF neurons behind plastic connections.

    Parameters
    ----------
    shape, u, v, du, dv, bias_mant, bias_exp, vth
        As in LIF.
    learning_rule : object, optional
        Rule of the plastic connections; kept for models.

    Notes
    -----
    Ports beside those of LIF, vectors with one element per neuron:
    ``a_third_factor_in``, ``s_out_bap`` (spikes), ``s_out_y1``, ``s_out_y2``, ``s_out_y3`` (the
    Vars y1, y2, y3).

    Examples
    --------
    >>> from lavajit import LearningLIF, Loihi2SimCfg, RunSteps, SinkRingBuffer
    >>> lif = LearningLIF(shape=(2,), bias_mant=[3, 11])
    >>> sink = SinkRingBuffer(shape=(2,), buffer=1)
    >>> lif.s_out_bap.connect(sink.a_in)
    >>> lif.run(RunSteps(1), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
    >>> sink.data.get()
    array([[0.],
           [1.]])
    >>> lif.stop()
    """

    def __init__(self, *, shape, vth=10, learning_rule=None, **parameters) -> None:
        super().__init__(shape=shape, vth=vth, learning_rule=learning_rule, **parameters)
        self.vth = self._parameter("vth", vth)


@implements(proc=LearningLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("bit_accurate_loihi", "fixed_pt")
class PyLearningLIFModelFixed(LearningNeuronModelFixed, AbstractPyThresholdModelFixed):
    """LearningLIF bit-accurate to Loihi's fixed-point arithmetic."""

    integer_inputs = ("a_in", "a_third_factor_in")

    def run_pieces(self):
        """The pieces of LIF, then spikes and traces for plastic connections."""
        AbstractPyLifModelFixed.run_pieces(self)
        self.send_traces(self.s_out.buffer().ravel())

    def run_spk(self):
        """The step of LIF, then spikes and traces for plastic connections."""
        AbstractPyThresholdModelFixed.run_spk(self)
        self.send_traces(self.s_out.buffer().ravel())


@implements(proc=LearningLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyLearningLifModelFloat(LearningNeuronModelFloat, AbstractPyThresholdModelFloat):
    """LearningLIF in float64."""

    def run_pieces(self):
        """The pieces of LIF, then spikes and traces for plastic connections."""
        AbstractPyLifModelFloat.run_pieces(self)
        self.send_traces(self.s_out.buffer().ravel())

    def run_spk(self):
        """The step of LIF, then spikes and traces for plastic connections."""
        AbstractPyThresholdModelFloat.run_spk(self)
        self.send_traces(self.s_out.buffer().ravel())
