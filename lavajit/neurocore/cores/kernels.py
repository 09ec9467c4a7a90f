"""The time step of a core as kernels: delivery of spikes, noise, compartments, host spikes.

All arithmetic is that of the chip's registers: two's complement of stated widths, decays in units
of 2**-12 that round toward zero. Accumulators have 32 bits and are cut to the width of the input
when they are read; it has at most as many, so it does not matter how often they overflow.
"""

from __future__ import annotations

import numpy as np

from lavajit.model.elements import nonzero, prefetch
from lavajit.neurocore.arithmetic.scalars import shift
from lavajit.neurocore.cores.passes import count_down, filter_inputs, fire, hold, integrate

#: Raw noise has 7 magnitude bits; a noise exponent of 7 leaves it as it is.
NOISE_BITS = 7
#: Unit of the noise offset in raw noise.
NOISE_OFFSET_SHIFT = 6
#: Feedback taps of the 32-bit generator of noise (Galois form, shifted right). The polynomial of
#: the chip is not public: this is one of ours.
NOISE_TAPS = 0x80200003
NOISE_SHIFTS = 8
BYTE = 0xFF
BYTE_CENTRE = 128

#: Words of a core's registers, as the kernels read them.
VMIN, VMAX, WIDTH_INPUT, WIDTH_CURRENT, RING_MASK = range(5)
NOISE_EXPONENT, NOISE_OFFSET, NOISE_AT_MEMBRANE, REFRACTORY = range(5, 9)
REGISTERS = 9

#: Words of a sending neuron's span of synapses.
FIRST, LAST, BASE = range(3)
SPAN_WORDS = 3
#: Synapses in a line of the processor's cache.
CACHE_LINE = 16
#: Events of which synapses are asked for ahead of their turn.
AHEAD = 8
#: Bits of a synapse's place in a word with its weight.
PLACE_BITS = 16

#: Words of a plastic group's rule: epochs in steps, learning rate and its shift, shift of effective
#: weights, bits that stored weights leave out.
TRACE_EPOCH, WEIGHT_EPOCH, RATE, RATE_SHIFT, WEIGHT_EXPONENT, UNUSED_BITS = range(6)
#: And its real numbers: decay of a trace per epoch, impulse, value of a stored weight's last bit.
TRACE_DECAY, TRACE_IMPULSE, STORED_UNIT = range(3)
#: Traces have 7 bits, stored weights 8 beside the sign; updates add 7 bits of fraction.
MOST_TRACE = 127
STORED_BITS = 8
FRACTION_BITS = 7


def scale_noise(raw, offset, exponent):
    """``(raw + 64 * offset) * 2**(exponent - 7)``, toward zero."""
    value = raw + (offset << NOISE_OFFSET_SHIFT)
    if exponent >= NOISE_BITS:
        return value << (exponent - NOISE_BITS)
    magnitude = abs(value) >> (NOISE_BITS - exponent)
    return -magnitude if value < 0 else magnitude


def next_noise_state(state):
    """The generator's state eight shifts later."""
    for _ in range(NOISE_SHIFTS):
        low = state & 1
        state >>= 1
        if low:
            state ^= NOISE_TAPS
    return state


def round_by_chance(value, uniform):
    """Toward zero, and one away from it if the fraction is above `uniform`."""
    magnitude = abs(value)
    whole = int(magnitude)
    if magnitude - whole > uniform:
        whole += 1
    return -whole if value < 0 else whole


class Deliver:
    """Binary spikes of one source to the accumulators of one synapse group.

    `spans` has three words for each sending neuron: begin and end of its synapses, and the
    compartment that their places count from. A synapse is one word, because rows are read from
    memory that is far away: its place, and above it the weight less `low` bits that all lack.
    """

    def run(self):
        events, spans, synapses, sums = self.events, self.spans, self.synapses, self.sums
        n_events, low = self.count[0], self.low[0]
        start = (self.step[0] & self.registers[RING_MASK]) * self.n[0]
        for event in range(min(AHEAD, n_events)):
            ask_for(synapses, spans, SPAN_WORDS * events[event])
        for event in range(n_events):
            if event + AHEAD < n_events:
                ask_for(synapses, spans, SPAN_WORDS * events[event + AHEAD])
            at = SPAN_WORDS * events[event]
            row = synapses[spans[at + FIRST] : spans[at + LAST]]
            base = start + spans[at + BASE]
            if self.delayed[0]:
                add_around(sums, base, row, low)
            else:
                add_row(sums[base:], row, low)


class DeliverWide:
    """The same where weights change, or do not fit into a word beside their places."""

    def run(self):
        spans, places, weights, sums = self.spans, self.places, self.weights, self.sums
        start = (self.step[0] & self.registers[RING_MASK]) * self.n[0]
        for event in range(self.count[0]):
            at = SPAN_WORDS * self.events[event]
            base = start + spans[at + BASE]
            for k in range(spans[at + FIRST], spans[at + LAST]):
                slot = base + places[k]
                sums[slot if slot < sums.size else slot - sums.size] += weights[k]


def ask_for(synapses, spans, at):
    """Ask for the synapses of a span ahead of their use."""
    for k in range(spans[at + FIRST], spans[at + LAST], CACHE_LINE):
        prefetch(synapses, k)


def add_row(sums, row, low):
    """Add the weights of a row of synapses."""
    for k in range(row.size):
        sums[np.uint16(row[k])] += np.int32((row[k] >> PLACE_BITS) << low)


def add_around(sums, base, row, low):
    """The same at places counted from `base`, in a ring."""
    for k in range(row.size):
        slot = base + np.uint16(row[k])
        slot = slot if slot < sums.size else slot - sums.size
        sums[slot] += np.int32((row[k] >> PLACE_BITS) << low)


class DeliverGraded:
    """Graded spikes: weight times payload, shifted by the exponent of the synapse group."""

    def run(self):
        events, spans, places = self.events, self.spans, self.places
        weights, sums = self.weights, self.sums
        exponent = self.exponent[0]
        start = (self.step[0] & self.registers[RING_MASK]) * self.n[0]
        for event in range(self.count[0]):
            at = SPAN_WORDS * events[event]
            base = start + spans[at + BASE]
            for k in range(spans[at + FIRST], spans[at + LAST]):
                slot = base + places[k]
                slot = slot if slot < sums.size else slot - sums.size
                sums[slot] += shift(np.int64(weights[k]) * self.payloads[event], exponent)


class Noise:
    """Noise of the compartments that have it: recorded, or drawn in compartment order."""

    def run(self):
        registers, enabled, state = self.registers, self.enabled, self.state
        exponent, offset = registers[NOISE_EXPONENT], registers[NOISE_OFFSET]
        at_membrane = registers[NOISE_AT_MEMBRANE]
        row = (self.step[0] - 1) * enabled.size
        slot = (self.step[0] & registers[RING_MASK]) * enabled.size
        for i in range(enabled.size):
            if enabled[i]:
                if self.recorded.size:
                    raw = self.recorded[row + i]
                else:
                    byte = 0
                    while byte == 0:
                        state[0] = next_noise_state(state[0])
                        byte = state[0] & BYTE
                    raw = byte - BYTE_CENTRE
                noise = scale_noise(raw, offset, exponent)
                if at_membrane:
                    self.drive[i] = self.bias[i] + noise
                else:
                    self.sums[slot + i] += noise


class Compartments:
    """Input, current, voltage and spikes of all compartments of a core."""

    def run(self):
        registers, u, v, spikes = self.registers, self.u, self.v, self.spikes
        top = np.uint32(1 << registers[WIDTH_CURRENT])
        first = (self.step[0] & registers[RING_MASK]) * u.size
        sums = self.sums[first : first + u.size]
        filter_inputs(sums, self.q, registers[WIDTH_INPUT], u, self.keep_u, top)
        integrate(v, self.keep_v, u, self.drive, top, registers[VMIN], registers[VMAX])
        if registers[REFRACTORY]:
            hold(v, self.refractory)
        fire(v, self.vth, spikes)
        if registers[REFRACTORY]:
            count_down(self.refractory, self.refract, spikes)
        self.count[0] = nonzero(spikes, self.events)


class MarkAxons:
    """Notes which axons of a plastic group have had a spike since the traces were renewed."""

    def run(self):
        for event in range(self.count[0]):
            axon = self.axons[self.events[event]]
            if axon >= 0 and self.bases[axon] >= 0:
                self.spiked[axon] = True


class LearnErrors:
    """Traces and weights of a plastic group at the ends of their epochs."""

    def run(self):
        rule, rate, uniforms = self.rule, self.rate, self.uniforms
        pointers, targets, weights = self.pointers, self.targets, self.weights
        trace, spiked = self.trace, self.spiked
        now = self.step[0]
        at = self.cursor[0]
        if now % rule[TRACE_EPOCH] == 0:
            for axon in range(trace.size):
                value = rate[TRACE_DECAY] * trace[axon]
                if spiked[axon]:
                    value += rate[TRACE_IMPULSE]
                trace[axon] = min(round_by_chance(value, uniforms[at]), MOST_TRACE)
                spiked[axon] = False
                at += 1
        if now % rule[WEIGHT_EPOCH] == 0:
            half = self.half[0]
            errors = (now - self.first[0]) * half
            most = (1 << (STORED_BITS - rule[UNUSED_BITS])) - 1
            up = rule[WEIGHT_EXPONENT] + rule[UNUSED_BITS]
            for axon in range(trace.size):
                for k in range(pointers[axon], pointers[axon + 1]):
                    target = targets[k]
                    error = self.errors[errors + target % half]
                    error = -error if target < half else error
                    change = shift(trace[axon] * error * rule[RATE], rule[RATE_SHIFT])
                    fine = shift(weights[k], FRACTION_BITS - rule[WEIGHT_EXPONENT]) + change
                    exact = fine * rate[STORED_UNIT]
                    stored = round_by_chance(exact, uniforms[at])
                    stored = min(max(stored, -most), most)
                    weights[k] = shift(stored, up)
                    at += 1
        self.cursor[0] = at


class HostSpikes:
    """Spikes of the host that are dated to the present step; they arrive in the next one."""

    def run(self):
        times, cursor = self.times, self.cursor
        at = cursor[0]
        found = 0
        while at < times.size and times[at] == self.step[0]:
            self.events[found] = self.indices[at]
            self.payloads[found] = self.values[at]
            found += 1
            at += 1
        cursor[0] = at
        self.count[0] = found


class Record:
    """One row of inputs, currents, voltages and spikes of all cores."""

    def run(self):
        n = self.u.size
        start = (self.step[0] - self.first[0]) * n
        for i in range(n):
            self.q_record[start + i] = self.q[i]
            self.u_record[start + i] = self.u[i]
            self.v_record[start + i] = self.v[i]
            self.spike_record[start + i] = self.spikes[i]


class CountSpikes:
    """Spikes of all cores added to their counts."""

    def run(self):
        for i in range(self.spikes.size):
            self.counts[i] += self.spikes[i]
