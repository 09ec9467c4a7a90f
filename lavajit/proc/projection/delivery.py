"""Delivery of spikes on arrival: kernels.

One delay for all: spikes wait in a ring of lists with a slot for each time step. Otherwise those on
their way are in one list, in the order in which they came, each with the time step in which its
next group of synapses is due; in each step the list of those due is made without branches, and
their groups are added. Sums of a target are always formed in this order, whatever the parts.

A group is a block of `span` delays, so that a visit of a row meets enough synapses. With more than
one, sums are formed in a ring of as many slots, which still fits into 16 bits and the cache.

Synapses are asked for before they are read: those of a whole group some groups ahead, or, in long
rows, the ones of the next row that correspond to what is being read.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.elements import element, prefetch
from lavajit.model.py_model import PyLoihiProcessModel

#: Groups ahead that are asked for.
_AHEAD = 8
#: Targets (2 bytes) and weights (4 bytes) in a cache line.
_LINE, _HALF = 32, 16
GAP, _LENGTH = 8, 255  # bits below the gap of a header, mask of its length
MASK31 = (1 << 31) - 1
OVER = -1


class AbstractPyProjectionDelivery(PyLoihiProcessModel):
    """Waiting spikes of a part."""

    def launch(self, p, events):
        """Put new spikes on their way; the end of the time step."""
        if self.one_delay:
            self.queue_up(p, events)
        else:
            self.go_live(p, events)
        self.clock[p] += 1

    def arrive(self, p, total):
        """total += weights of the synapses where a spike arrives."""
        if self.one_delay:
            self.deliver_queued(p, total)
        else:
            if self.unplaced[p]:
                self.place_again(p)
                self.unplaced[p] = False
            self.deliver_due(p, total, self.find_due(p))
            if self.span > 1:
                self.take_slot(p, total)

    # --- one delay --------------------------------------------------------------------

    def queue_up(self, p, events):
        """Spikes are read from their slot just before it is used again."""
        slots = self.queued.shape[1]
        slot, queue = self.clock[p] % slots, self.queue[p]
        base = slot * (queue.size // slots)
        for n in range(events.size):
            queue[base + n] = events[n]
        self.queued[p, slot] = events.size

    def deliver_queued(self, p, total):
        """Rows of the spikes that came as many steps ago as the delay says."""
        slots = self.queued.shape[1]
        slot, queue = self.clock[p] % slots, self.queue[p]
        base = slot * (queue.size // slots)
        count = self.queued[p, slot]
        starts, targets, weights = self.starts[p], self.targets[p], self.weights[p]
        for n in range(count):
            j, after = queue[base + n], queue[base + min(n + 1, count - 1)]
            first, end = starts[j], starts[j + 1]
            add_row(total, targets, weights, first, end, starts[after], starts[after + 1])

    # --- several delays ---------------------------------------------------------------

    def go_live(self, p, events):
        """New spikes at the end of the list of those on their way."""
        if 2 * self.live_over[p] > self.live_count[p]:
            self.forget(p)
        if self.live_count[p] + events.size > self.live_at.shape[1]:
            self.forget(p)
        starts, head_starts, heads = self.starts[p], self.head_starts[p], self.heads[p]
        at, length, next_head = self.live_at[p], self.live_length[p], self.live_head[p]
        due, count, now = self.live_due[p], self.live_count[p], self.clock[p] + 1
        for j in events:
            prefetch(heads, head_starts[j])
        for j in events:
            if starts[j] < starts[j + 1]:
                head = np.int64(heads[head_starts[j]])
                at[count], next_head[count] = starts[j], head_starts[j] + 1
                length[count] = head & _LENGTH
                due[count] = (now + (head >> GAP) * self.span) & MASK31
                count += 1
        self.live_count[p] = count

    def place_again(self, p):
        """After loading, when the list has sources and ages: which of their groups come next."""
        starts, head_starts, heads = self.starts[p], self.head_starts[p], self.heads[p]
        at, length, next_head = self.live_at[p], self.live_length[p], self.live_head[p]
        due, now, kept = self.live_due[p], self.clock[p], 0
        for n in range(self.live_count[p]):
            j, wait = np.int64(at[n]), -np.int64(due[n])
            first, head = np.int64(starts[j]), np.int64(head_starts[j])
            following = np.int64(heads[head]) if first < starts[j + 1] else np.int64(0)
            wait += (following >> GAP) * self.span
            while following != 0 and wait < 0:
                first += following & _LENGTH
                head += 1
                following = np.int64(heads[head])
                wait += (following >> GAP) * self.span
            if following != 0:
                at[kept], length[kept], next_head[kept] = first, following & _LENGTH, head + 1
                due[kept] = (now + wait) & MASK31
                kept += 1
        self.live_count[p] = kept

    def forget(self, p):
        """Drop the spikes that are over."""
        at, length, next_head = self.live_at[p], self.live_length[p], self.live_head[p]
        due, kept = self.live_due[p], 0
        for n in range(self.live_count[p]):
            if due[n] != OVER:
                at[kept], next_head[kept] = at[n], next_head[n]
                length[kept], due[kept] = length[n], due[n]
                kept += 1
        self.live_count[p] = kept
        self.live_over[p] = 0

    def find_due(self, p):
        """Fill the list of those due; how many they are."""
        found, due, now, count = self.due[p], self.live_due[p], self.clock[p] & MASK31, 0
        for n in range(self.live_count[p]):
            found[count] = n
            count += due[n] == now
        return count

    def deliver_due(self, p, total, count):
        """Groups of synapses that are due, and when the next ones are."""
        found, at, length = self.due[p], self.live_at[p], self.live_length[p]
        next_head, due, heads = self.live_head[p], self.live_due[p], self.heads[p]
        targets, weights, now = self.targets[p], self.weights[p], self.clock[p]
        span, sums, around = self.span, self.sums[p], total.size * self.span
        turn = (now % span) * total.size
        for f in range(min(_AHEAD, count)):
            ask_group(targets, weights, at[found[f]], np.int64(length[found[f]]))
        for f in range(count):
            if f + _AHEAD < count:
                ahead = found[f + _AHEAD]
                prefetch(heads, next_head[ahead])
                ask_group(targets, weights, at[ahead], np.int64(length[ahead]))
            n = found[f]
            first, size, head = np.int64(at[n]), np.int64(length[n]), np.int64(next_head[n])
            gap = 0
            while gap == 0:
                if span > 1:
                    add_turned(sums, turn, around, targets, weights, first, first + size)
                elif self.one_weight:
                    add_some(total, targets, weights[0], first, first + size)
                else:
                    add_group(total, targets, weights, first, first + size)
                first += size
                following = np.int64(heads[head])
                head += 1
                gap, size = following >> GAP, following & _LENGTH
                if following == 0:
                    break
            at[n], length[n], next_head[n] = first, size, head
            due[n] = ((now + gap * span) & MASK31) if gap > 0 else OVER
            self.live_over[p] += gap == 0

    def take_slot(self, p, total):
        """total = the sums of this time step, whose slot is free then."""
        at = (self.clock[p] % self.span) * total.size
        slot = self.sums[p][at : at + total.size]
        for i in range(total.size):
            total[i] = slot[i]
        for i in range(total.size):
            slot[i] = 0.0


def ask_group(targets, weights, first, size):
    """Ask for the synapses of a group."""
    for k in range(first, first + size, _LINE):
        prefetch(targets, k)
        prefetch(weights, k)
        prefetch(weights, k + _HALF)


def add_group(total, targets, weights, first, end):
    """total[targets] += weights, of some synapses."""
    for k in range(first, end):
        total[element(targets, k)] += element(weights, k)


def add_some(total, targets, weight, first, end):
    """The same with one weight for all."""
    for k in range(first, end):
        total[element(targets, k)] += weight


def add_row(total, targets, weights, first, end, other, other_end):
    """total[targets] += weights of one row, asking line by line for another one."""
    one_weight, weight = weights.size == 1, weights[0]
    while first < end:
        line_end = min(first + _LINE, end)
        if other < other_end:
            prefetch(targets, other)
            prefetch(weights, other)
            prefetch(weights, other + _HALF)
            other += _LINE
        if one_weight:
            add_some(total, targets, weight, first, line_end)
        else:
            add_group(total, targets, weights, first, line_end)
        first = line_end


def add_turned(sums, turn, around, targets, weights, first, end):
    """The same into a ring of sums, in which the first slot is at `turn`."""
    one_weight = weights.size == 1
    for k in range(first, end):
        at = turn + element(targets, k)
        at = at if at < around else at - around
        sums[at] += weights[0] if one_weight else element(weights, k)
