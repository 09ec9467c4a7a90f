"""Delivery of messages through weights: the one core of all connection Processes.

Kernels call these functions with the event list of their input (indices of its non-zero elements)
and `values`, what each of these elements counts; other entries of `values` are never read. Weights
lie column by column, so the work follows the events. They run in ascending order and every target
adds up in that order, hence the result does not depend on how the work is split, and Dense, Sparse
and unrolled Conv agree to the last bit.

There is no second way for dense input, because following the events does not lose there. Measured
with all inputs active, in ns per weight:

=====================================  =========  ===============  =====================
matrix                                 following  all columns      the other way round
=====================================  =========  ===============  =====================
4,000 x 4,000 float64                  0.21       0.21             0.20 (BLAS)
10^4 x 10^4, 100 stored per column     0.84       0.73             0.73 (by rows)
10^6 x 10^6, 20 stored per column      1.56       1.28             1.46 (by rows)
=====================================  =========  ===============  =====================

With 2% active, following takes 2 to 20% of the time of the others. Conv, where an event's targets
have to be found first, has both ways, see :mod:`lavajit.proc.conv`.

Targets are float64, or int64 sums of int32 weights; stored into an int32 target a sum keeps its low
32 bits.
"""

from __future__ import annotations

import numpy as np

# --- what a message counts ------------------------------------------------------------


def float_messages(values, x, events, graded):
    """values[j] = x[j], or 1 if inputs are binary, for every event j."""
    for j in events:
        values[j] = 1.0 * x[j] if graded else 1.0


def integer_messages(values, x, events, graded):
    """The same for integers; shifting by 0 bits refuses float messages, as Lava does."""
    for j in events:
        values[j] = np.int64(x[j] << 0) if graded else np.int64(1)


# --- without delays -------------------------------------------------------------------


def add_columns(total, weights, events, values):
    """total += weights[:, events] . values[events], four columns at a time."""
    paired = events.size - events.size % 4
    for e in range(0, paired, 4):
        a, b, c, d = events[e], events[e + 1], events[e + 2], events[e + 3]
        in_a, in_b, in_c, in_d = values[a], values[b], values[c], values[d]
        for i in range(total.size):
            # From the left: the same order of additions as one column after the other.
            total[i] = (
                total[i]
                + weights[i, a] * in_a
                + weights[i, b] * in_b
                + weights[i, c] * in_c
                + weights[i, d] * in_d
            )
    for e in range(paired, events.size):
        j = events[e]
        value = values[j]
        for i in range(total.size):
            total[i] += weights[i, j] * value


def add_entries(total, data, rows, columns, events, values):
    """The same for weights in compressed columns."""
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            total[rows[k]] += data[k] * value


# --- with delays ----------------------------------------------------------------------
# `slots` has one column per time step to come; column `first` is sent next. A synapse whose delay
# has no column delivers nothing, as in Lava.


def add_delayed_columns(slots, first, weights, delays, events, values):
    """slots[i, first + delays[i, j]] += weights[i, j] * values[j]; column numbers turn around."""
    n_out, n_slots = slots.shape
    for j in events:
        value = values[j]
        for i in range(n_out):
            delay = delays[i, j]
            if 0 <= delay < n_slots:
                at = first + delay
                at = at if at < n_slots else at - n_slots
                slots[i, at] = slots.dtype.type(slots[i, at] + weights[i, j] * value)


def add_delayed_entries(slots, first, data, delays, rows, columns, events, values):
    """The same for weights and delays in compressed columns."""
    n_slots = slots.shape[1]
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            delay = delays[k]
            if 0 <= delay < n_slots:
                at = first + delay
                at = at if at < n_slots else at - n_slots
                slots[rows[k], at] = slots.dtype.type(slots[rows[k], at] + data[k] * value)


def next_slot(slots, first, turns):
    """Drop the column that was sent; the number of the column that is sent next.

    The ring turns, or, where its columns must stay in order, they move one to the left.
    """
    n_out, n_slots = slots.shape
    following = (first + 1) % n_slots if turns else 0
    if not turns:
        for k in range(1, n_slots):
            for i in range(n_out):
                slots[i, k - 1] = slots[i, k]
    empty = first if turns else n_slots - 1
    for i in range(n_out):
        slots[i, empty] = 0
    return following


# --- fixed point ----------------------------------------------------------------------


def scale(values, events, exponent):
    """values *= 2**exponent for every event, exponent >= 0."""
    for j in events:
        values[j] = values[j] << min(exponent, 63)


def store_scaled(target, total, exponent, narrow):
    """target = total * 2**exponent, floor for a negative exponent; the low 32 bits.

    `narrow`: total itself is a 32-bit sum.
    """
    for i in range(total.size):
        value = np.int64(np.int32(total[i])) if narrow else total[i]
        if exponent > 0:
            target[i] = np.int32(value << min(exponent, 63))
        else:
            target[i] = np.int32(value >> min(-exponent, 63))


def flush_scaled(slots, sums, exponent, narrow):
    """slots += sums * 2**exponent (negative, floor), column by column; sums = 0."""
    for k in range(slots.shape[1]):
        for i in range(slots.shape[0]):
            value = np.int64(np.int32(sums[i, k])) if narrow else sums[i, k]
            slots[i, k] = np.int32(slots[i, k] + (value >> min(-exponent, 63)))
            sums[i, k] = 0
