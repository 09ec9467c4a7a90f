"""Projection and its model; see :mod:`lavajit.proc.projection`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.elements import prefetch
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.projection.layout import check, lay_out
from lavajit.proc.projection.rules import (
    BY_TARGET,
    CONSTANT,
    DISTINCT,
    GIVEN,
    Distribution,
    FixedIndegree,
    Rule,
)
from lavajit.proc.projection.wiring import (
    choose_distinct,
    choose_repeated,
    draw_delays,
    draw_weights,
    shuffle,
    wire_by_target,
)
from lavajit.process.ports import InPort, OutPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var

#: Rows that are asked for before they are read.
_AHEAD = 4


class Projection(AbstractProcess):
    """Connections between two populations, made by a rule and stored compactly.

    The synapses are made in the first step, natively. They do not change afterwards: for plastic
    ones use :class:`~lavajit.proc.sparse.LearningSparse`.

    Parameters
    ----------
    shape : tuple of int
        (M, N): numbers of targets and of sources.
    rule : PairwiseBernoulli, FixedIndegree, FixedOutdegree, FixedTotal or Synapses
        Which synapses there are.
    weight : float, Normal, Uniform or array_like of float, shape (n,)
        Weights; an array only with Synapses. One number for all takes no memory.
    delay : int, Normal, Uniform or array_like of int, shape (n,)
        Delays in time steps, from 0, as in DelaySparse: a spike received in step t is part of what
        is sent in step t + 1 + delay. Numbers that are drawn are rounded; a Normal delay needs
        `low` of at least 0.
    seed : int
        Same seed, same synapses, whatever else is in the network. Give each Projection its own: two
        with the same seed and shape draw the same pairs.
    weight_dtype : type
        float32 (default) or float64, in which weights are stored.
    **params
        As for every Process: `name`, `log_config`.

    Attributes
    ----------
    s_in : InPort, shape (N,)
        Any non-zero value is one spike.
    a_out : OutPort, shape (M,)
        Summed weights of what arrives.
    a_buff : Var, shape (M,)
        What is sent next; float64, or float32 where the run config asks for it.

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range or of the wrong kind.

    Examples
    --------
    >>> from lavajit import FixedIndegree, Loihi2SimCfg, Normal, Projection, RunSteps
    >>> excitatory = Projection(
    ...     shape=(1000, 800), rule=FixedIndegree(100), weight=0.1, delay=Normal(15, 7.5, low=1)
    ... )
    >>> excitatory.run(RunSteps(1), Loihi2SimCfg(select_tag="floating_pt"))
    >>> pre, post, weight, delay = excitatory.synapses()
    >>> pre.size, int(delay.min())
    (100000, 1)
    >>> excitatory.stop()
    """

    def __init__(
        self,
        shape: tuple[int, int],
        rule: Rule,
        weight: Distribution,
        delay: Distribution = 0,
        seed: int = 0,
        weight_dtype: type = np.float32,
        **params,
    ) -> None:
        check(type(self).__name__, shape, rule, weight, delay, seed, weight_dtype)
        super().__init__(
            shape=tuple(map(int, shape)),
            rule=rule,
            weight=weight,
            delay=delay,
            seed=seed,
            weight_dtype=weight_dtype,
            **params,
        )
        self.s_in = InPort(shape=(shape[1],))
        self.a_out = OutPort(shape=(shape[0],))
        self.a_buff = Var(shape=(shape[0],), init=0)

    def synapses(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Source, target, weight and delay of every synapse, by source and delay.

        Returns
        -------
        pre, post : ndarray of int64, shape (n,)
        weight : ndarray of `weight_dtype`, shape (n,)
        delay : ndarray of int64, shape (n,)

        Raises
        ------
        RuntimeError
            If the network has not run for a step, or was stopped.
        """
        names = ("starts", "targets", "weights", "delays", "wired")
        network = None if self.runtime is None else self.runtime.executable.network
        if network is not None:
            node = next(i.node for i in network.instances if i.node.process is self)
            views = [network.layout.views[node.index, name] for name in names]
        if network is None or not views[-1]:
            raise RuntimeError(f"{self.name}: synapses are made in the first step; run one before")
        starts, targets, weights, delays = views[:-1]
        pre = np.repeat(np.arange(starts.size - 1), np.diff(starts))
        weight, delay = (
            np.full(pre.shape, part[0]) if part.size == 1 else part.copy()
            for part in (weights, delays)
        )
        return pre, targets.astype(np.int64), weight, delay.astype(np.int64)


@implements(proc=Projection, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyProjectionModelFloat(PyLoihiProcessModel):
    """Projection in float64 or float32."""

    boundscheck = False
    float64_vars = ("weight_law", "delay_law")

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)
    a_buff: np.ndarray = LavaPyType(np.ndarray, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        given = ("shape", "rule", "weight", "delay", "seed", "weight_dtype")
        shape, rule, weight, delay, seed, dtype = (proc_params[name] for name in given)
        made = lay_out(shape, rule, weight, delay, seed, dtype)
        for name, array in vars(made).items():
            setattr(self, name, array)
        self.keys = np.random.SeedSequence(seed).generate_state(4).astype(np.int64)
        self.how = rule.how
        self.indegree = rule.k if isinstance(rule, FixedIndegree) else 0
        self.wired = False
        # Spikes on their way: rest of the row, delay of its next synapse, time steps since.
        room = shape[1] * made.counts.size
        index = np.int32 if made.targets.size < 1 << 31 else np.int64
        self.live_count = 0
        self.live_from, self.live_to = (absent((room,), index) for _ in range(2))
        self.live_next, self.live_age = (absent((room,), made.delays.dtype) for _ in range(2))

    def run_spk(self):
        """Send, receive, deliver what arrives."""
        self.a_out.send(self.a_buff)
        self.s_in.recv()
        events = self.s_in.events()
        if not self.wired:
            self.wire()
            self.wired = True
        self.launch(events)
        total = self.a_buff
        for i in range(total.size):
            total[i] = 0.0
        self.deliver(total)

    def wire(self):
        """Make all synapses."""
        starts, targets, keys = self.starts, self.targets, self.keys
        size = self.a_buff.size
        if self.how == BY_TARGET:
            wire_by_target(starts, targets, size, self.indegree, keys[0])
        for j in range(starts.size - 1):
            start, end = starts[j], starts[j + 1]
            if self.how == DISTINCT:
                choose_distinct(targets, start, end, self.marks, keys[0], j)
            elif self.how != GIVEN and self.how != BY_TARGET:
                choose_repeated(targets, start, end, size, keys[0], j)
            if self.how == DISTINCT or self.how == BY_TARGET:
                shuffle(targets, start, end, keys[1], j)
            if self.weight_law[0] != CONSTANT:
                draw_weights(self.weights, start, end, self.weight_law, keys[2], j)
            if self.delay_law[0] != CONSTANT:
                draw_delays(self.delays, start, end, self.counts, self.delay_law, keys[3], j)

    def launch(self, events):
        """Put new spikes on their way."""
        starts, delays = self.starts, self.delays
        count = self.live_count
        for j in events:
            start = starts[j]
            if start < starts[j + 1]:
                self.live_from[count], self.live_to[count] = start, starts[j + 1]
                self.live_next[count] = delays[0] if delays.size == 1 else delays[start]
                self.live_age[count] = 0
                count += 1
        self.live_count = count

    def deliver(self, total):
        """total += weights of the synapses where a spike arrives; forget spikes that are over."""
        at, to, following, age = self.live_from, self.live_to, self.live_next, self.live_age
        targets, weights, delays = self.targets, self.weights, self.delays
        one_weight, one_delay, kept = weights.size == 1, delays.size == 1, 0
        for n in range(self.live_count):
            ahead = min(n + _AHEAD, self.live_count - 1)
            prefetch(targets, at[ahead])
            prefetch(weights, at[ahead])
            prefetch(delays, at[ahead])
            first, end, now, due = at[n], to[n], age[n], following[n]
            if due == now:
                if one_delay:
                    add_row(total, targets, weights, first, end, one_weight)
                    first = end
                while first < end and delays[first] == now:
                    total[targets[first]] += weights[0] if one_weight else weights[first]
                    first += 1
                if first < end:
                    due = delays[first]
            if first < end:
                at[kept], to[kept], following[kept], age[kept] = first, end, due, now + 1
                kept += 1
        self.live_count = kept


def add_row(total, targets, weights, first, last, one_weight):
    """total[targets] += weights, of some synapses of one row."""
    if one_weight:
        weight = weights[0]
        for k in range(first, last):
            total[targets[k]] += weight
    else:
        for k in range(first, last):
            total[targets[k]] += weights[k]


def absent(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros that take no memory until the network writes to them."""
    return np.broadcast_to(np.zeros((), dtype), shape)
