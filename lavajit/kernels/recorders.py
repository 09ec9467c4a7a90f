"""Kernels that record, at the end of a time step.

``control`` are the control words of the loop. ``due`` are the next time step to be recorded, the
last one, and their distance; ``used`` says how much of the buffers is in use. A kernel whose
buffers may not hold another step asks for a break between two steps, in which they are emptied.
"""

from __future__ import annotations

from lavajit.compiler.arena import INTERRUPT, TIME_STEP
from lavajit.model.elements import nonzero

#: Places in `due`.
NEXT, LAST, EVERY = range(3)
#: Places in `used`: recorded steps, events, and whether a value is other than 1.
STEPS, EVENTS, VALUED = range(3)


class Rows:
    """All elements of ``source``, one step after the other in ``rows``."""

    def run(self):
        step = self.control[TIME_STEP]
        if self.due[NEXT] <= step <= self.due[LAST]:
            source, rows, at = self.source, self.rows, self.used[STEPS]
            first = at * source.size
            for i in range(source.size):
                rows[first + i] = source[i]
            self.end_step(step, at, rows.size - first - source.size < source.size)

    def end_step(self, step, at, is_full):
        """Note that a step has been recorded; ask for a break if there is no room for another."""
        self.steps[at] = step
        self.used[STEPS] = at + 1
        self.due[NEXT] = step + self.due[EVERY]
        if is_full or at + 1 == self.steps.size:
            self.control[INTERRUPT] = 1


class SomeRows(Rows):
    """The elements that ``index`` names."""

    def run(self):
        step = self.control[TIME_STEP]
        if self.due[NEXT] <= step <= self.due[LAST]:
            source, rows, index, at = self.source, self.rows, self.index, self.used[STEPS]
            first = at * index.size
            for i in range(index.size):
                rows[first + i] = source[index[i]]
            self.end_step(step, at, rows.size - first - index.size < index.size)


class Events(Rows):
    """Elements of ``source`` that are not zero: which, with their values, and how many a step.

    ``found`` is as long as the source.
    """

    def run(self):
        step = self.control[TIME_STEP]
        if self.due[NEXT] <= step <= self.due[LAST]:
            source, found, neurons, values = self.source, self.found, self.neurons, self.values
            at, first, valued = self.used[STEPS], self.used[EVENTS], self.used[VALUED]
            count = self.find()
            for k in range(count):
                neurons[first + k] = found[k]
                values[first + k] = source[found[k]]
                valued |= source[found[k]] != 1
            self.used[EVENTS], self.used[VALUED] = first + count, valued
            self.counts[at] = count
            self.end_step(step, at, neurons.size - first - count < found.size)

    def find(self):
        """List the elements in `found`; how many there are."""
        return nonzero(self.source, self.found)


class Spikes(Events):
    """The same of truth values, which need no values."""

    def run(self):
        step = self.control[TIME_STEP]
        if self.due[NEXT] <= step <= self.due[LAST]:
            found, neurons = self.found, self.neurons
            at, first = self.used[STEPS], self.used[EVENTS]
            count = self.find()
            for k in range(count):
                neurons[first + k] = found[k]
            self.used[EVENTS] = first + count
            self.counts[at] = count
            self.end_step(step, at, neurons.size - first - count < found.size)


class SomeEvents(Events):
    """The same for some elements: ``number[i]`` is the place of element i among them, or -1."""

    def run(self):
        step = self.control[TIME_STEP]
        if self.due[NEXT] <= step <= self.due[LAST]:
            source, found, neurons, values = self.source, self.found, self.neurons, self.values
            at, first, valued = self.used[STEPS], self.used[EVENTS], self.used[VALUED]
            last, number = first, self.number
            for k in range(self.find()):
                if number[found[k]] >= 0:
                    neurons[last] = number[found[k]]
                    values[last] = source[found[k]]
                    valued |= source[found[k]] != 1
                    last += 1
            self.used[EVENTS], self.used[VALUED] = last, valued
            self.counts[at] = last - first
            self.end_step(step, at, neurons.size - last < found.size)


class ListedEvents(Events):
    """Events of a message whose non-zero elements its sender lists in `found` anyway."""

    def find(self):
        return self.count[0]


class ListedSpikes(Spikes):
    """Truth values of such a message."""

    def find(self):
        return self.count[0]


class ListedSomeEvents(SomeEvents):
    """Some elements of such a message."""

    def find(self):
        return self.count[0]
