"""Kernels that count, at the end of a time step, what the cores have done in it.

``now`` holds the counts of the step, a row of `CORE` numbers for each core; ``mesh`` those of all
messages. :class:`Close` turns them into time and energy, adds them up, and clears them.
"""

from __future__ import annotations

import numpy as np

from lavajit.compiler.arena import INTERRUPT
from lavajit.model.elements import nonzero
from lavajit.neurocore.costs.counters import (
    AXON_OUT,
    BARRIER,
    CORE_COUNTERS,
    CORE_ENERGY,
    CORE_TIME,
    LEARN_OPS,
    NETWORK_COUNTERS,
    NETWORK_ENERGY,
    PROGRAM_OPS,
    SPIKES,
    SPIKES_IN,
    STATIC,
    STEP_FLOOR,
    SYN_OPS,
    UPDATES_ACTIVE,
    UPDATES_INACTIVE,
)
from lavajit.neurocore.costs.estimate import CORE_PARTS

#: Numbers per core and of the mesh.
CORE, MESH = len(CORE_COUNTERS), len(NETWORK_COUNTERS)
#: Arrays of state that decide whether a neuron is active, at most.
STATES = 6
#: Ports at which activation arrives, at most.
INPUTS = 2
#: What is kept of each step: its time and the part of it that cores compute, in ns; energies of
#: synapses, neurons, messages and learning, in pJ; the core that took longest.
STEP_TIME, COMPUTE_TIME, MESSAGE_TIME = range(3)
SYNAPTIC, NEURON, MESSAGE, LEARNING, STATIC_ENERGY, BUSIEST = range(3, 9)
STEP_NUMBERS = 9
#: Columns of the parts of the energy.
ENERGIES = {
    "synaptic": SYNAPTIC,
    "neuron": NEURON,
    "message": MESSAGE,
    "learning": LEARNING,
    "static": STATIC_ENERGY,
}
#: Column of the energy of each count of a core.
PARTS = np.empty(CORE, np.int64)
for _part, _counters in CORE_PARTS.items():
    PARTS[list(_counters)] = ENERGIES[_part]


class CountGroup:
    """Updates and spikes of the neurons of a group, and operations of their program.

    Neurons ``starts[k]`` to ``starts[k + 1]`` are on core ``cores[k]``. ``flags`` say which neurons
    were not at rest after the last step; ``state0`` and so on are what has to be zero for that, one
    number per neuron each, or nothing. ``always`` is True if something that never changes is not
    zero.
    """

    def run(self):
        now, starts, cores, sent = self.now, self.starts, self.cores, self.sent
        self.mark(sent)
        self.mark(self.arrived0)
        self.mark(self.arrived1)
        flags = self.flags
        for run in range(cores.size):
            active, spikes = 0, 0
            for i in range(starts[run], starts[run + 1]):
                active += flags[i]
                spikes += sent[i] != 0
            n = starts[run + 1] - starts[run]
            at = cores[run] * CORE
            now[at + SPIKES] += spikes
            now[at + UPDATES_ACTIVE] += active
            now[at + UPDATES_INACTIVE] += n - active
            now[at + PROGRAM_OPS] += n * self.ops[0]
        self.look_at_state()

    def look_at_state(self):
        """Find who will be active in the next step."""
        flags, always = self.flags, self.always[0]
        for i in range(flags.size):
            flags[i] = always
        self.mark(self.state0)
        self.mark(self.state1)
        self.mark(self.state2)
        self.mark(self.state3)
        self.mark(self.state4)
        self.mark(self.state5)

    def mark(self, state):
        """Neurons whose `state` is not zero are active."""
        flags = self.flags
        for i in range(state.size):
            flags[i] |= state[i] != 0


class CountMessages:
    """Messages of a link and the synapses they reach.

    ``home`` is the core of each neuron, -1 for the host, whose messages make no hops; ``routes``
    are what all messages of a neuron count on the mesh, ``duration`` is the longest of them. A
    spike with a long payload takes several ``packets``.
    """

    def run(self):
        found, home, now, mesh = self.found, self.home, self.now, self.mesh
        pointers, cores, synapses = self.pointers, self.cores, self.synapses
        routes, duration = self.routes, self.duration
        longest, packets = self.longest[0], self.packets[0]
        for k in range(nonzero(self.sent, found)):
            neuron = found[k]
            first, end = pointers[neuron], pointers[neuron + 1]
            for e in range(first, end):
                at = cores[e] * CORE
                now[at + SYN_OPS] += synapses[e]
                now[at + SPIKES_IN] += packets
            if home[neuron] >= 0:
                now[home[neuron] * CORE + AXON_OUT] += packets * (end - first)
                for part in range(MESH):
                    mesh[part] += packets * routes[neuron * MESH + part]
                longest = max(longest, duration[neuron])
        self.longest[0] = longest


class CountLearning:
    """Synapses that are computed anew at the end of a learning epoch."""

    def run(self):
        if self.step[0] % self.epoch[0] == 0:
            for core in range(self.plastic.size):
                self.now[core * CORE + LEARN_OPS] += self.plastic[core]


class Close:
    """Time and energy of the step that ends; its counts are added up and cleared."""

    def run(self):
        now, mesh, steps, used = self.now, self.mesh, self.steps, self.used
        coefficients, totals, mesh_totals = self.coefficients, self.totals, self.mesh_totals
        at = used[0] * STEP_NUMBERS
        for k in range(STEP_NUMBERS):
            steps[at + k] = 0.0
        cores = now.size // CORE
        slowest = -1.0
        for core in range(cores):
            time = 0.0
            for k in range(CORE):
                time += now[core * CORE + k] * coefficients[CORE_TIME + k]
            if time > slowest:
                slowest = time
                steps[at + BUSIEST] = core
            for k in range(CORE):
                count = now[core * CORE + k]
                steps[at + self.parts[k]] += count * coefficients[CORE_ENERGY + k]
                totals[core * CORE + k] += count
        for k in range(MESH):
            steps[at + MESSAGE] += mesh[k] * coefficients[NETWORK_ENERGY + k]
            mesh_totals[k] += mesh[k]
        whole = slowest + self.longest[0] + coefficients[BARRIER]
        whole = max(whole, coefficients[STEP_FLOOR])
        steps[at + STEP_TIME], steps[at + COMPUTE_TIME] = whole, slowest
        steps[at + MESSAGE_TIME] = self.longest[0]
        steps[at + STATIC_ENERGY] = whole * coefficients[STATIC]
        self.keep(at)

    def keep(self, at):
        """Keep counts of the step where that is asked for; clear them."""
        now, mesh, used, history = self.now, self.mesh, self.used, self.history
        if history.size:
            row = used[0] * now.size
            for k in range(now.size):
                history[row + k] = now[k]
        for k in range(now.size):
            now[k] = 0
        for k in range(MESH):
            mesh[k] = 0
        self.longest[0] = 0.0
        used[0] += 1
        if (used[0] + 1) * STEP_NUMBERS > self.steps.size:
            self.control[INTERRUPT] = 1
