"""Traces of plastic connections: spikes within an epoch, decay at its end. Kernel functions.

Every neuron has at most one *timed* spike per epoch, the last one, at step t_s of 1..P. An earlier
spike of the same epoch adds its impulse to the value at the start of the epoch. At the end of the
epoch the history of each trace is computed::

    h[0] = trace ;  h[t] = decay(h[t-1]) + (impulse if t == t_s)      t = 1..P

``decay`` multiplies by d = exp(-1 / tau), 0 for tau = 0. In fixed point it rounds at random, up if
``r`` is below the fraction, and the impulse, whose fraction has 8 bits, is added likewise and the
sum clipped to 7 bits. Histories of pre-synaptic neurons have shape (N, P + 1), those of
post-synaptic neurons (P + 1, M): as rows and columns of the weights read them.
"""

from __future__ import annotations

import math

import numpy as np

from lavajit.learning.constants import W_TRACE, W_TRACE_FRACTIONAL_PART
from lavajit.learning.streams import (
    X_DECAY,
    X_IMPULSE,
    Y_DECAY,
    Y_IMPULSE,
    as_double,
    first_integer,
    output,
    second_integer,
)

#: Largest trace: 7 bits.
TRACE_MAX = (1 << W_TRACE) - 1
#: Steps of an impulse's fraction: 8 bits.
FRACTION = 1 << W_TRACE_FRACTIONAL_PART
#: Numbers of traces in tables of decays and impulses.
X1, X2, Y1, Y2, Y3 = range(5)
#: Histories keep what later arithmetic clips to at most 10 bits anyway within 32 bits.
HISTORY_MAX = 1 << 20
#: Neurons that are looked at together: most have not spiked.
_BLOCK = 16
#: Graded payloads wrap at 8 bits.
_PAYLOAD = 1 << 8
#: First draw number of traces; lower ones round synapses. A trace takes two per step.
_FIRST_DRAW = 8


def list_spikes(spikes, times):
    """Indices of the neurons that spiked in this epoch; how many there are."""
    count, blocks = 0, times.size - times.size % _BLOCK
    for first in range(0, blocks, _BLOCK):
        if any_of(times, first, first + _BLOCK):
            for i in range(first, first + _BLOCK):
                spikes[count] = i
                count += 1 if times[i] != 0 else 0
    for i in range(blocks, times.size):
        spikes[count] = i
        count += 1 if times[i] != 0 else 0
    return count


def any_of(values, start, stop):
    """True if an element from `start` to `stop` is not 0."""
    found = 0
    for i in range(start, stop):
        found |= 1 if values[i] != 0 else 0
    return found != 0


def sample_own(mask, y_own, times, y_history):
    """1 for neurons with a spike; post-synaptic traces at the neurons' own spikes."""
    for i in range(times.size):
        mask[i] = 1 if times[i] > 0 else 0
        for k in range(y_own.shape[0]):
            y_own[k, i] = y_history[k, times[i], i]


# --- float ----------------------------------------------------------------------------


def pre_history(history, trace, times, decay, impulse):
    """History of a pre-synaptic trace; the trace takes its last value."""
    n_steps = history.shape[1]
    if n_steps == 2:  # one step per epoch: without an inner loop it fills vector registers
        for j in range(trace.size):
            history[j, 0] = trace[j]
            trace[j] = decay * trace[j] + (impulse if times[j] == 1 else 0.0)
            history[j, 1] = trace[j]
        return
    for j in range(trace.size):
        value, spike = trace[j], times[j]
        history[j, 0] = value
        for t in range(1, n_steps):
            value = decay * value
            if t == spike:
                value = value + impulse
            history[j, t] = value
        trace[j] = value


def post_history(history, trace, times, decay, impulse):
    """History of a post-synaptic trace; the trace keeps its value."""
    for i in range(trace.size):
        history[0, i] = trace[i]
    for t in range(1, history.shape[0]):
        for i in range(trace.size):
            history[t, i] = decay * history[t - 1, i] + (impulse if times[i] == t else 0.0)


def take_last(trace, history):
    """The trace takes the last value of its history."""
    last = history.shape[0] - 1
    for i in range(trace.size):
        trace[i] = history[last, i]


# --- fixed point ----------------------------------------------------------------------


def add_impulse(value, whole, up):
    """value + impulse, rounded up or not, in 7 bits."""
    return min(max(value + whole + (1 if up else 0), 0), TRACE_MAX)


def decayed(value, decay, number):
    """decay * value, rounded up if `number` in [0, 1) is below the fraction."""
    exact = decay * value
    down = math.floor(exact)
    return np.int64(down) + (1 if number < exact - down else 0)


def _stored(value):
    return np.int32(min(max(value, -HISTORY_MAX), HISTORY_MAX))


def history_of_streams(history, trace, times, decay, whole, fraction, which, keeps, streams, rng):
    """History of trace number `which` with Lava's numbers, one for all neurons and steps.

    `history` has one row per neuron; `keeps`: the trace keeps its value.
    """
    pre = which < Y1
    number = as_double(output(streams, X_DECAY if pre else Y_DECAY))
    up = first_integer(output(streams, X_IMPULSE if pre else Y_IMPULSE)) < fraction
    for i in range(trace.size):
        value, spike = np.int64(trace[i]), times[i]
        history[i, 0] = _stored(value)
        for t in range(1, history.shape[1]):
            if value != 0:
                value = decayed(value, decay, number)
            if t == spike:
                value = add_impulse(value, whole, up)
            history[i, t] = _stored(value)
        trace[i] = trace[i] if keeps else value


def history_of_counters(history, trace, times, decay, whole, fraction, which, keeps, streams, rng):
    """The same with a number of its own for every neuron and step, where one is needed."""
    n_steps = history.shape[1]
    for i in range(trace.size):
        value, spike = np.int64(trace[i]), times[i]
        history[i, 0] = _stored(value)
        for t in range(1, n_steps):
            draw = first_draw(which, n_steps) + 2 * t
            if value != 0:
                value = decayed(value, decay, rng.uniform(i, draw))
            if t == spike:
                up = impulse_rounds_up(fraction, rng, i, draw + 1)
                value = add_impulse(value, whole, up)
            history[i, t] = _stored(value)
        trace[i] = trace[i] if keeps else value


def impulse_rounds_up(fraction, rng, neuron, draw):
    """True with probability fraction / 256."""
    return fraction > 0 and rng.integers(neuron, FRACTION, draw) < fraction


def repeated_up_of_streams(fraction, which, n_steps, neuron, streams, rng):
    """Whether Lava rounds up the impulse of a spike that is not the first one of its epoch."""
    if which < Y1:
        return fraction > 0
    return second_integer(output(streams, Y_IMPULSE)) < fraction


def repeated_up_of_counters(fraction, which, n_steps, neuron, streams, rng):
    """The same with a number of the neuron's own."""
    return impulse_rounds_up(fraction, rng, neuron, first_draw(which, n_steps))


def first_draw(which, n_steps):
    """Number of the first draw of trace `which`; the next ones are for steps 1 to P."""
    return _FIRST_DRAW + 2 * which * n_steps


# --- spikes within an epoch -----------------------------------------------------------


def half_payload(payload):
    """payload / 2 rounded half to even, in 8 bits."""
    half = (payload + ((payload >> 1) & 1)) >> 1
    return half % _PAYLOAD


def repeat_spike(trace, j, impulse):
    """A second spike of neuron j in this epoch: its impulse counts from the start."""
    trace[j] = trace[j] + impulse


def repeat_spike_fixed(trace, j, whole, up):
    """The same in fixed point."""
    trace[j] = add_impulse(np.int64(trace[j]), whole, up)
