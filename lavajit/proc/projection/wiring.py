"""Making synapses, natively, in the first step: kernels.

Every part makes its own synapses, row by row, a row being those of one source:
``targets[starts[j]:starts[j + 1]]``, and in a row by delay. No list of pairs exists anywhere. A row
whose source draws its targets is drawn by every part, which keeps what falls into it. Where targets
draw their sources, a part draws those of its own targets, twice: to count them and to write them
down, at the end of the array of targets, from where the rows are made.

All numbers come from Philox2x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
easy as 1, 2, 3", SC 2011). A synapse has the counter (source, number in the row of its group) or,
drawn by a target, (source, target), and a key for each purpose and group; so nothing depends on the
parts or on the order in which rows are made. Products of 32-bit words are formed in 64 bits and
masked, which gives the same words where integers wrap and where they do not.

Delays are cut into blocks of `span` time steps, and the synapses of a row whose delays are in the
same block are a group. Its header says how many blocks after the group before it is due (8 bits;
the first: its block) and how many synapses it has (8 bits); a zero ends the row. A longer wait
begins with empty groups, a larger group goes on after waits of 0. The delay within the block is
part of the number of the target: ``(delay % span) * (targets in the part) + target``.
"""

from __future__ import annotations

import math

import numpy as np

from lavajit.model.py_model import PyLoihiProcessModel
from lavajit.proc.projection.layout import (
    DEGREE,
    HOW,
    MOST_GAP,
    MOST_LENGTH,
    POST,
    POST_END,
    PRE,
    PRE_END,
    ROWS,
)
from lavajit.proc.projection.rules import BY_TARGET, CONSTANT, DISTINCT, NORMAL

MASK32 = 0xFFFFFFFF
_MULTIPLIER = 0xD256D193
_WEYL = 0x9E3779B9
_AGAIN = 0x85EBCA6B
_ROUNDS = 10
_MOST_DRAWS = 64
_UNIT32 = 2.0**-32
_UNIT53 = 2.0**-53
# Columns of the keys of a group.
_WHO, _WEIGHT, _DELAY = 0, 2, 3
# Typed, or functions are compiled a second time for the literal 0.
_ZERO = np.int64(0)
_GAP = 8  # bits below the gap of a header


def words(key, row, number):
    """Two random words of 32 bits."""
    c0, c1, k = int(number) & MASK32, int(row) & MASK32, int(key)
    for _ in range(_ROUNDS):
        product = _MULTIPLIER * c0
        c0, c1 = ((product >> 32) & MASK32) ^ k ^ c1, product & MASK32
        k = (k + _WEYL) & MASK32
    return c0, c1


def below(size, key, row, number):
    """A whole number in [0, size), size < 2**31."""
    high, _ = words(key, row, number)
    return (high * int(size)) >> 32


def draw(law, key, row, number):
    """A number distributed as `law` says: kind, mean or low, std or width, limits."""
    if law[0] == CONSTANT:
        return law[1]
    again = int(key)
    value = law[1]
    for _ in range(_MOST_DRAWS):
        high, low = words(again, row, number)
        if law[0] == NORMAL:
            radius = math.sqrt(-2.0 * math.log((high + 1) * _UNIT32))
            value = law[1] + law[2] * (radius * math.cos(2.0 * math.pi * (low * _UNIT32)))
        else:
            value = law[1] + law[2] * ((high * 2097152 + (low >> 11)) * _UNIT53)
        if law[3] <= value <= law[4]:
            return value
        again = (again + _AGAIN) & MASK32
    return law[1]


# --- targets of one row ---------------------------------------------------------------


def choose_distinct(chosen, count, marks, size, key, row):
    """``chosen[:count]`` = different whole numbers in [0, size); `marks` is zero before and after.

    In random order, or, where most are chosen, in ascending order.
    """
    few = 2 * count <= size
    # Of a row that is more than half full, the others are drawn.
    wanted = count if few else size - count
    number, found = 0, 0
    while found < wanted:
        i = below(size, key, row, number)
        number += 1
        if marks[i] == 0:
            marks[i] = 1
            if few:
                chosen[found] = i
            found += 1
    at = 0
    for i in range(0 if few else size):
        if marks[i] == 0:
            chosen[at] = i
            at += 1
        marks[i] = 0
    for k in range(count if few else 0):
        marks[chosen[k]] = 0


def write_heads(heads, head, gap, size):
    """Headers of a group; the place after them."""
    while gap > MOST_GAP:
        heads[head] = MOST_GAP << _GAP
        gap -= MOST_GAP
        head += 1
    while size > 0:
        length = min(size, MOST_LENGTH)
        heads[head] = (gap << _GAP) | length
        gap = 0
        size -= length
        head += 1
    return head


class AbstractPyProjectionWiring(PyLoihiProcessModel):
    """Makes the synapses of a part."""

    def wire(self, p):
        """All synapses of part `p`."""
        starts, targets = self.starts[p], self.targets[p]
        at, head = _ZERO, _ZERO
        taken = targets.size - self.find_sources(p)
        for j in range(starts.size - 1):
            count, taken = self.make_row(p, j, taken)
            if at + count > taken:
                raise RuntimeError("Projection: more synapses than expected; take another seed")
            starts[j] = at
            if self.one_delay:
                self.place_row(p, at, count)
            else:
                self.head_starts[p, j] = head
                head = self.place_sorted(p, at, count, head)
            at += count
        starts[starts.size - 1] = at
        if not self.one_delay:
            self.head_starts[p, starts.size - 1] = head

    def find_sources(self, p):
        """Sources that targets draw: ``found``, and, row by row, the end of ``targets``."""
        starts, targets, found, groups = self.starts[p], self.targets[p], self.found[p], self.groups
        total = self.draw_sources(p, starts.size == 0)
        at = targets.size - total
        for j in range(starts.size - 1):
            starts[j] = at
            for g in range(groups.shape[0]):
                if groups[g, HOW] == BY_TARGET and groups[g, PRE] <= j < groups[g, PRE_END]:
                    at += found[groups[g, ROWS] + j - groups[g, PRE]]
        self.draw_sources(p, starts.size > 0)
        return total

    def draw_sources(self, p, write):
        """The sources of each target, counted or written; how many they are."""
        starts, targets, found, groups = self.starts[p], self.targets[p], self.found[p], self.groups
        first, last, total = self.bounds[p, 0], self.bounds[p, 1], 0
        for g in range(groups.shape[0]):
            if groups[g, HOW] == BY_TARGET:
                key, degree, rows = self.keys[g, _WHO], groups[g, DEGREE], groups[g, ROWS]
                pre, size, post = (
                    groups[g, PRE],
                    groups[g, PRE_END] - groups[g, PRE],
                    groups[g, POST],
                )
                for i in range(max(first, post), min(last, groups[g, POST_END])):
                    for c in range(degree):
                        j = below(size, key, i - post, c)
                        if write:
                            targets[starts[pre + j]] = i - first
                            starts[pre + j] += 1
                        else:
                            found[rows + j] += 1
                    total += degree
        return total

    def make_row(self, p, j, taken):
        """Synapses of source `j`, into the row's scratch; how many, and what is left at the end."""
        groups, n = self.groups, _ZERO
        for g in range(groups.shape[0]):
            if groups[g, PRE] <= j < groups[g, PRE_END]:
                row = groups[g, ROWS] + j - groups[g, PRE]
                by_target = groups[g, HOW] == BY_TARGET
                count = np.int64(self.found[p, row] if by_target else self.lengths[row])
                if by_target and n + count > self.row_targets.shape[1]:
                    raise RuntimeError("Projection: a row is longer than expected")
                n = self.draw_row(p, g, j, count, n, taken)
                taken += count if by_target else 0
        return n, taken

    def draw_row(self, p, g, j, count, n, taken):
        """What the targets of the part have drawn, or the source draws; where the row ends."""
        groups, key, chosen = self.groups, self.keys[g, _WHO], self.chosen[p]
        targets, first, end = self.targets[p], self.bounds[p, 0], self.bounds[p, 1]
        post, size = groups[g, POST], groups[g, POST_END] - groups[g, POST]
        by_target, distinct = groups[g, HOW] == BY_TARGET, groups[g, HOW] == DISTINCT
        if post >= end or post + size <= first:
            return n
        if distinct:
            choose_distinct(chosen, count, self.marks[p], size, key, j)
        last, again = _ZERO, _ZERO
        for k in range(count):
            number = k
            if by_target:
                i = first + np.int64(targets[taken + k])
                number = i - post
                # The same pair several times: other numbers for each.
                again = ((again + _AGAIN) & MASK32) if k > 0 and i == last else _ZERO
                last = i
            elif distinct:
                i = post + np.int64(chosen[k])
            else:
                i = post + below(size, key, j, k)
            if first <= i < end:
                self.draw_synapse(p, g, n, i - first, j, number, again)
                n += 1
        return n

    def draw_synapse(self, p, g, n, target, row, number, again):
        """Target, weight and delay of one synapse, into the row's scratch."""
        if not self.one_weight:
            key = self.keys[g, _WEIGHT] ^ again
            self.row_weights[p, n] = draw(self.weight_laws[g], key, row, number)
        if not self.one_delay:
            drawn = draw(self.delay_laws[g], self.keys[g, _DELAY] ^ again, row, number)
            delay = min(max(int(math.floor(drawn + 0.5)), self.shortest), self.longest)
            block = delay // self.span
            self.row_blocks[p, n] = block
            self.counts[p, block] += 1
            target += (delay - block * self.span) * (self.bounds[p, 1] - self.bounds[p, 0])
        self.row_targets[p, n] = target

    def place_row(self, p, at, count):
        """The row of a projection with one delay."""
        for k in range(count):
            self.targets[p, at + k] = self.row_targets[p, k]
            if not self.one_weight:
                self.weights[p, at + k] = self.row_weights[p, k]

    def place_sorted(self, p, at, count, head):
        """The row by blocks of delays, and its headers; the place after them."""
        counts, heads, blocks = self.counts[p], self.heads[p], self.row_blocks[p]
        least, most = self.shortest // self.span, self.longest // self.span
        last = 0
        for block in range(least, most + 1):
            size = counts[block]
            if size > 0:
                head = write_heads(heads, head, block - last, size)
                counts[block] = at
                last = block
                at += size
        for k in range(count):
            block = np.int64(blocks[k])
            to = counts[block]
            counts[block] += 1
            self.targets[p, to] = self.row_targets[p, k]
            if not self.one_weight:
                self.weights[p, to] = self.row_weights[p, k]
        for block in range(least, most + 1):
            counts[block] = 0
        heads[head] = 0
        return head + 1
