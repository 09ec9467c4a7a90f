"""Making synapses, natively, in the first step: kernels.

Synapses lie row by row, a row being those of one source: ``targets[starts[j]:starts[j + 1]]``,
and in a row by delay. They are made in place: no list of pairs, no sorting. Targets of a row are in
random order, and weights and delays are drawn independently of them; so the delays of a row can be
drawn, counted, and written down in order, whoever gets which.

All numbers come from Philox2x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
easy as 1, 2, 3", SC 2011) with the counter (row, number of the draw) and a key for each purpose;
nothing depends on the order in which rows are made. Products of 32-bit words are formed in 64 bits
and masked, which gives the same words where integers wrap and where they do not.
"""

from __future__ import annotations

import math

from lavajit.proc.projection.rules import CONSTANT, NORMAL

MASK32 = 0xFFFFFFFF
_MULTIPLIER = 0xD256D193
_WEYL = 0x9E3779B9
_AGAIN = 0x85EBCA6B
_ROUNDS = 10
_MOST_DRAWS = 64
_UNIT32 = 2.0**-32
_UNIT53 = 2.0**-53


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


# --- targets --------------------------------------------------------------------------


def choose_repeated(targets, start, end, size, key, row):
    """Targets of one row, each of `size` with equal probability."""
    for k in range(start, end):
        targets[k] = below(size, key, row, k - start)


def choose_distinct(targets, start, end, marks, key, row):
    """Different targets of one row; `marks` is zero before and after."""
    size, count = marks.size, end - start
    few = 2 * count <= size
    # Of a row that is more than half full, the others are drawn.
    wanted = count if few else size - count
    number, chosen = 0, 0
    while chosen < wanted:
        i = below(size, key, row, number)
        number += 1
        if marks[i] == 0:
            marks[i] = 1
            if few:
                targets[start + chosen] = i
            chosen += 1
    at = start
    for i in range(0 if few else size):
        if marks[i] == 0:
            targets[at] = i
            at += 1
        marks[i] = 0
    for k in range(start, end if few else start):
        marks[targets[k]] = 0


def shuffle(targets, start, end, key, row):
    """Fisher-Yates."""
    for last in range(end - start - 1, 0, -1):
        i = start + below(last + 1, key, row, last)
        kept = targets[i]
        targets[i] = targets[start + last]
        targets[start + last] = kept


def wire_by_target(starts, targets, n_out, indegree, key):
    """Every target draws its sources; twice, to count them and to write them down."""
    n_in = starts.size - 1
    for j in range(starts.size):
        starts[j] = 0
    for i in range(n_out):
        for c in range(indegree):
            starts[below(n_in, key, i, c) + 1] += 1
    for j in range(n_in):
        starts[j + 1] += starts[j]
    # starts[j] moves on to the start of row j + 1 while row j is filled, then all shift by one.
    for i in range(n_out):
        for c in range(indegree):
            j = below(n_in, key, i, c)
            targets[starts[j]] = i
            starts[j] += 1
    for j in range(n_in, 0, -1):
        starts[j] = starts[j - 1]
    starts[0] = 0


# --- weights and delays ---------------------------------------------------------------


def draw_weights(weights, start, end, law, key, row):
    """Weights of one row."""
    for k in range(start, end):
        weights[k] = draw(law, key, row, k - start)


def draw_delays(delays, start, end, counts, law, key, row):
    """Delays of one row in ascending order; `counts` is zero before and after."""
    for k in range(start, end):
        delay = int(math.floor(draw(law, key, row, k - start) + 0.5))
        counts[min(max(delay, 0), counts.size - 1)] += 1
    at = start
    for delay in range(counts.size):
        for k in range(at, at + counts[delay]):
            delays[k] = delay
        at += counts[delay]
        counts[delay] = 0
