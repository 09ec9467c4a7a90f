"""Model of Projection; see :mod:`lavajit.proc.projection`."""

from __future__ import annotations

import numpy as np

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.protocols import LoihiProtocol
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.model.py_type import LavaPyType
from lavajit.model.resources import CPU
from lavajit.proc.projection import given, saved
from lavajit.proc.projection.delivery import AbstractPyProjectionDelivery
from lavajit.proc.projection.group import resolved
from lavajit.proc.projection.layout import (
    make_plan,
    part_bounds,
    scratch,
    stored,
    waiting,
)
from lavajit.proc.projection.projection import Projection
from lavajit.proc.projection.rules import GIVEN
from lavajit.proc.projection.wiring import AbstractPyProjectionWiring

#: Keys of a group: who is connected, (unused), weights, delays.
_KEYS = 4


@implements(proc=Projection, protocol=LoihiProtocol)
@requires(CPU)
@tag("floating_pt")
class PyProjectionModelFloat(AbstractPyProjectionWiring, AbstractPyProjectionDelivery):
    """Projection in float64 or float32."""

    boundscheck = False
    float64_vars = ("weight_laws", "delay_laws")
    divided = (
        *("a_out", "bounds", "starts", "targets", "weights", "head_starts", "heads", "wired"),
        *("same_delay", "spans", "sums"),
        *("found", "chosen", "marks", "counts", "row_targets", "row_blocks", "row_weights"),
        *("clock", "queue", "queued", "live_count", "live_over", "live_at", "live_length"),
        *("live_head", "live_due", "due", "unplaced"),
    )
    made_once = given.STORED
    # Synapses follow from the parameters; `on_save` gives the rest for any number of parts.
    transient = (
        *divided[1:],
        *("keys", "groups", "lengths", "weight_laws", "delay_laws", "one_weight", "one_delay"),
        *("shortest", "longest", "span", "_given"),
    )

    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, bool)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, float)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        names = ("rule", "weight", "delay", "shape", "seed")
        rule, weight, delay, shape, seed = (proc_params[name] for name in names)
        plan = make_plan(resolved(rule, weight, delay, shape), shape, seed)
        keys = np.random.SeedSequence(seed).generate_state(_KEYS * len(plan.groups))
        self.keys = keys.astype(np.int64).reshape(-1, _KEYS)
        self.groups, self.lengths = plan.table, plan.lengths
        self.weight_laws, self.delay_laws = plan.weight_laws, plan.delay_laws
        self.shortest, self.longest, self.span = plan.shortest, plan.longest, plan.span
        self.one_weight, self.one_delay = plan.weight is not None, plan.delay is not None
        self._given = proc_params, plan

    def on_divide(self, shards):
        """Make the arrays for a number of threads."""
        proc_params, plan = self._given
        shape, dtype = proc_params["shape"], proc_params["weight_dtype"]
        bounds = part_bounds(shape[0], shards)
        made = stored(plan, shape, bounds, dtype)
        if plan.groups[0].rule.how == GIVEN:
            given.place(made, plan, shape[1])
        sizes = made["heads"].shape[1], made["targets"].shape[1]
        made |= scratch(plan, shape, bounds, dtype)
        made |= waiting(plan, shape[1], bounds, *sizes)
        for name, array in made.items():
            setattr(self, name, array)

    def on_save(self):
        """Digests of the parameters, spikes on their way, sums of coming time steps."""
        params, plan = self._given
        clock = int(self.clock[0])
        if self.one_delay:
            sources, ages = saved.queued_spikes(clock, self.queue[0], self.queued[0])
        else:
            sources, ages = saved.in_transit(self, clock)
        found = {"synapses": saved.digests(plan, np.asarray(self.keys), params), "clock": clock}
        found |= {"sources": sources.astype(np.int32), "ages": ages.astype(np.int32)}
        return found | ({"sums": saved.whole_sums(self)} if self.span > 1 else {})

    def check_saved(self, saved_state):
        """Refuse the state of a Projection with other synapses."""
        params, plan = self._given
        here = saved.digests(plan, np.asarray(self.keys), params)
        saved.check_same(saved_state["synapses"], here)
        saved.check_spikes(self, saved_state, params["shape"])

    def set_saved(self, saved_state):
        """Put spikes on their way; if synapses are still to be made, before they are."""
        clock, sources, ages = (saved_state[name] for name in ("clock", "sources", "ages"))
        self.clock[...] = clock
        if self.one_delay:
            saved.queue_again(self, clock, sources, ages)
        else:
            saved.list_again(self, sources, ages)
        if self.span > 1:
            saved.divide_sums(self, saved_state["sums"])

    def run_spk(self):
        """Deliver what arrives and send it; then receive."""
        total, bounds = self.a_out.buffer(), self.bounds
        for i in range(total.size):
            total[i] = 0.0
        for p in range(bounds.shape[0]):
            if not self.wired[p]:
                self.wire(p)
                self.wired[p] = True
            first, end = bounds[p, 0] - bounds[0, 0], bounds[p, 1] - bounds[0, 0]
            self.arrive(p, total[first:end])
        self.a_out.send(total)
        self.s_in.recv()
        events = self.s_in.events()
        for p in range(self.bounds.shape[0]):  # no local name: a loop is cut before recv
            self.launch(p, events)

    def count_synapses(self):
        """Synapses of every source, in all parts."""
        return {"s_in": np.diff(self.starts, axis=1).sum(axis=0)}
