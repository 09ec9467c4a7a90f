"""Delivery of spikes through effective weights, as functions for kernels.

On a core every synapse shifts what it adds by the exponent of its weights, on its own; models of
the CPU shift sums. Of a binary spike::

    clip(weight shifted by exponent, +-(2^15 - 1))        times 2^6: an effective weight

of a graded one ``weight * payload`` shifted by the exponent. Right shifts round down, so small
weights of a negative exponent vanish. `most` limits what a synapse adds; other arguments are those
of :mod:`lavajit.proc.delivery`.
"""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.arithmetic.scalars import shift, wrap
from lavajit.neurocore.arithmetic.weights import EFFECTIVE_MAX, EFFECTIVE_SHIFT

#: Largest effective weight before the shift by 6.
MOST_WEIGHT = EFFECTIVE_MAX >> EFFECTIVE_SHIFT
#: Products of graded spikes are not limited.
NO_LIMIT = 1 << 62
#: Magnitude bits of graded spikes of 8, 16, 24 and 32 bits.
GRADED8, GRADED16, GRADED24, GRADED32 = 7, 15, 23, 31


def payload_bits(message_bits):
    """Magnitude bits of the smallest type of spikes that has as many bits."""
    if message_bits <= GRADED8 + 1:
        return GRADED8
    if message_bits <= GRADED16 + 1:
        return GRADED16
    return GRADED24 if message_bits <= GRADED24 + 1 else GRADED32


def spike_values(values, x, events, message_bits):
    """values[j] = payload of every event j, in two's complement of its type; 1 of binary ones."""
    bits = payload_bits(message_bits)
    for j in events:
        values[j] = wrap(np.int64(x[j] << 0), bits) if message_bits > 0 else np.int64(1)


def limit(message_bits):
    """Most that one synapse adds."""
    return np.int64(NO_LIMIT) if message_bits > 0 else np.int64(MOST_WEIGHT)


def effect(weight, value, exponent, most):
    """What one synapse adds."""
    return min(max(shift(np.int64(weight) * value, exponent), -most), most)


def add_effective_columns(total, weights, events, values, exponent, most):
    """total += effects of all weights[:, events]."""
    for j in events:
        value = values[j]
        for i in range(total.size):
            total[i] += effect(weights[i, j], value, exponent, most)


def add_effective_entries(total, data, rows, columns, events, values, exponent, most):
    """The same for weights in compressed columns."""
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            total[rows[k]] += effect(data[k], value, exponent, most)


# --- with delays ----------------------------------------------------------------------


def slot_of(first, delay, n_slots):
    """Slot of a ring that is sent `delay` steps after the first one."""
    at = first + delay
    return at if at < n_slots else at - n_slots


def delay_effective_columns(slots, first, weights, delays, events, values, exponent, most):
    """slots[:, first + delays] += effects of all weights[:, events]."""
    n_slots = slots.shape[1]
    for j in events:
        value = values[j]
        for i in range(slots.shape[0]):
            delay = np.int64(delays[i, j])
            if 0 <= delay < n_slots:
                added = effect(weights[i, j], value, exponent, most)
                slots[i, slot_of(first, delay, n_slots)] += np.int32(added)


def delay_effective_entries(
    slots, first, data, delays, rows, columns, events, values, exponent, most
):
    """The same for weights and delays in compressed columns."""
    n_slots = slots.shape[1]
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            delay = np.int64(delays[k])
            if 0 <= delay < n_slots:
                added = effect(data[k], value, exponent, most)
                slots[rows[k], slot_of(first, delay, n_slots)] += np.int32(added)


def delay_plastic_entries(
    slots, first, data, delays, rows, columns, events, values, exponent, most
):
    """The same where a rule changes delays, which stay within the ring."""
    n_slots = slots.shape[1]
    for j in events:
        value = values[j]
        for k in range(columns[j], columns[j + 1]):
            delay = min(max(np.int64(delays[k]), 0), n_slots - 1)
            added = effect(data[k], value, exponent, most)
            slots[rows[k], slot_of(first, delay, n_slots)] += np.int32(added)
