"""LIF neurons of which one wins at a time, with thresholds that even out who does.

An own neuron with a model for each arithmetic. Every time step::

    v_i = (1 - dv) v_i + a_i
    theta_i = vth + adapt (wins_i - mean of all wins)
    s_i = 1 for the largest v_i - theta_i > 0, unless the population is quiet
    all v = 0 after a spike and for `quiet` steps, in which nobody spikes

Inhibition acts at once, so that never two neurons spike in a step. In fixed point the decay is
rounded down after 12 bits and the mean of the wins to an integer.

D. DeSieno, Adding a conscience to competitive learning, Proc. ICNN (1988): wins in the threshold.
"""

from __future__ import annotations

import numpy as np

from lavajit import (
    CPU,
    AbstractProcess,
    InPort,
    LavaPyType,
    LoihiProtocol,
    OutPort,
    PyInPort,
    PyLoihiProcessModel,
    PyOutPort,
    Var,
    implements,
    requires,
    tag,
)

_DECAY_BITS = 12


class Competition(AbstractProcess):
    """LIF neurons of which one wins, with thresholds that even out who does.

    Parameters
    ----------
    shape : tuple of int
        (N,)
    dv : float
        Leak per step, 0 to 1.
    vth, adapt : float or int
        Threshold at rest, and by how much every win raises it; in units of the input. Integers in
        fixed point.
    quiet : int
        Steps without spikes after a win.
    wins : array_like, shape (N,), optional
        Wins so far.
    counting : bool, optional
        Whether further wins count.
    """

    def __init__(self, *, shape, dv, vth, adapt, quiet, wins=0, counting=True, name=None):
        super().__init__(shape=shape, dv=dv, name=name)
        self.a_in, self.s_out = InPort(shape), OutPort(shape)
        self.v, self.wins = Var(shape, init=0), Var(shape, init=wins)
        self.vth, self.adapt = Var((1,), init=vth), Var((1,), init=adapt)
        self.quiet, self.silence = Var((1,), init=quiet), Var((1,), init=0)
        self.all_wins = Var((1,), init=int(np.sum(self.wins.init)))
        self.counting = Var((1,), init=counting)


class AbstractPyCompetitionModel(PyLoihiProcessModel):
    """The competition; a subclass says how voltages decay."""

    wins: np.ndarray = LavaPyType(np.ndarray, np.int64)
    all_wins: int = LavaPyType(int, np.int64)
    quiet: int = LavaPyType(int, np.int64)
    silence: int = LavaPyType(int, np.int64)
    counting: bool = LavaPyType(bool, bool)

    def run_spk(self):
        a_in, spikes, v = self.a_in.recv(), self.s_out.buffer(), self.v
        mean, winner = self.mean_wins(), -1
        for i in range(v.size):
            spikes[i] = 0
            v[i] = self.decayed(v[i]) + a_in[i]
            if self.excess(i, mean) > 0:
                if winner < 0 or self.excess(i, mean) > self.excess(winner, mean):
                    winner = i
        if self.silence > 0 or winner >= 0:
            v[:] = 0
        if self.silence > 0:
            self.silence -= 1
        elif winner >= 0:
            spikes[winner] = 1
            self.silence = self.quiet
            if self.counting:
                self.wins[winner] += 1
                self.all_wins += 1
        self.s_out.send(spikes)

    def excess(self, i, mean):
        return self.v[i] - self.vth - self.adapt * (self.wins[i] - mean)


@implements(proc=Competition, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyCompetitionModelFloat(AbstractPyCompetitionModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, float)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    v: np.ndarray = LavaPyType(np.ndarray, float)
    vth: float = LavaPyType(float, float)
    adapt: float = LavaPyType(float, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.kept = 1.0 - proc_params["dv"]

    def decayed(self, v):
        return self.kept * v

    def mean_wins(self):
        return self.all_wins / self.wins.size


@implements(proc=Competition, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyCompetitionModelFixed(AbstractPyCompetitionModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)
    vth: int = LavaPyType(int, np.int64)
    adapt: int = LavaPyType(int, np.int64)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.kept = round((1 - proc_params["dv"]) * (1 << _DECAY_BITS))

    def decayed(self, v):
        return (np.int64(v) * self.kept) >> _DECAY_BITS

    def mean_wins(self):
        return self.all_wins // self.wins.size
