"""The time step of a core as kernels: delivery of spikes, noise, compartments, host spikes.

All arithmetic is that of the chip's registers: two's complement of stated widths, decays in units
of 2**-12 that round toward zero. Products are formed in 64 bits, so nothing is lost before it is
meant to be. Sums in accumulators wrap only when they are read.
"""

from __future__ import annotations

from lavajit.model.elements import nonzero

#: Decays are in units of 2**-12.
DECAY_BITS = 12
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
NOISE_EXPONENT, NOISE_OFFSET, NOISE_AT_MEMBRANE = range(5, 8)
REGISTERS = 8

#: Words of a plastic group's rule: epochs in steps, learning rate and its shift, shift of effective
#: weights, bits that stored weights leave out.
TRACE_EPOCH, WEIGHT_EPOCH, RATE, RATE_SHIFT, WEIGHT_EXPONENT, UNUSED_BITS = range(6)
#: And its real numbers: decay of a trace per epoch, impulse, value of a stored weight's last bit.
TRACE_DECAY, TRACE_IMPULSE, STORED_UNIT = range(3)
#: Traces have 7 bits, stored weights 8 beside the sign; updates add 7 bits of fraction.
MOST_TRACE = 127
STORED_BITS = 8
FRACTION_BITS = 7


def wrap(value, bits):
    """`value` in two's complement of `bits` magnitude bits and a sign."""
    top = 1 << bits
    return ((value + top) & (2 * top - 1)) - top


def decay(value, keep):
    """`value` times ``keep / 4096``, toward zero."""
    magnitude = (abs(value) * keep) >> DECAY_BITS
    return -magnitude if value < 0 else magnitude


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


def shift(value, bits):
    """`value` times ``2**bits``, toward minus infinity."""
    return value << bits if bits >= 0 else value >> -bits


def round_by_chance(value, uniform):
    """Toward zero, and one away from it if the fraction is above `uniform`."""
    magnitude = abs(value)
    whole = int(magnitude)
    if magnitude - whole > uniform:
        whole += 1
    return -whole if value < 0 else whole


class Deliver:
    """Binary spikes of one source to the accumulators of one synapse group."""

    def run(self):
        events, pointers, targets = self.events, self.pointers, self.targets
        weights, delays, sums = self.weights, self.delays, self.sums
        mask = self.registers[RING_MASK]
        now = self.step[0]
        n = self.n[0]
        for event in range(self.count[0]):
            source = events[event]
            axon = self.axons[source]
            if axon < 0 or self.bases[axon] < 0:
                continue
            row = self.rows[axon] + self.atoms[source]
            base = self.bases[axon]
            if delays.size == 0:
                base += (now & mask) * n
                for k in range(pointers[row], pointers[row + 1]):
                    sums[base + targets[k]] += weights[k]
            else:
                for k in range(pointers[row], pointers[row + 1]):
                    slot = (now + delays[k]) & mask
                    sums[slot * n + base + targets[k]] += weights[k]


class DeliverGraded:
    """Graded spikes: weight times payload, shifted by the exponent of the synapse group."""

    def run(self):
        events, pointers, targets = self.events, self.pointers, self.targets
        weights, delays, sums = self.weights, self.delays, self.sums
        mask = self.registers[RING_MASK]
        now = self.step[0]
        n = self.n[0]
        exponent = self.exponent[0]
        for event in range(self.count[0]):
            source = events[event]
            axon = self.axons[source]
            if axon < 0 or self.bases[axon] < 0:
                continue
            row = self.rows[axon] + self.atoms[source]
            base = self.bases[axon]
            for k in range(pointers[row], pointers[row + 1]):
                value = weights[k] * self.payloads[event]
                slot = (now + delays[k]) & mask if delays.size else now & mask
                sums[slot * n + base + targets[k]] += shift(value, exponent)


class Noise:
    """Noise of the compartments that have it: recorded, or drawn in compartment order."""

    def run(self):
        registers, enabled, state = self.registers, self.enabled, self.state
        exponent, offset = registers[NOISE_EXPONENT], registers[NOISE_OFFSET]
        at_membrane = registers[NOISE_AT_MEMBRANE]
        row = (self.step[0] - 1) * enabled.size
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
                    self.noise_v[i] = noise
                else:
                    self.noise_u[i] = noise


class Compartments:
    """Input, current, voltage and spikes of all compartments of a core."""

    def run(self):
        registers, sums, inputs = self.registers, self.sums, self.q
        u, v, refractory, spikes = self.u, self.v, self.refractory, self.spikes
        keep_u, keep_v, vth, bias = self.keep_u, self.keep_v, self.vth, self.bias
        refract, noise_u, noise_v = self.refract, self.noise_u, self.noise_v
        vmin, vmax = registers[VMIN], registers[VMAX]
        input_bits, current_bits = registers[WIDTH_INPUT], registers[WIDTH_CURRENT]
        slot = (self.step[0] & registers[RING_MASK]) * u.size
        for i in range(u.size):
            q = wrap(sums[slot + i] + noise_u[i], input_bits)
            sums[slot + i] = 0
            current = wrap(decay(u[i], keep_u[i]) + q, current_bits)
            x = wrap(current + bias[i] + noise_v[i], current_bits)
            voltage = min(max(decay(v[i], keep_v[i]) + x, vmin), vmax)
            left = refractory[i]
            voltage = 0 if left > 0 else voltage
            fires = voltage > vth[i]
            left = refract[i] if fires else left
            refractory[i] = max(left - 1, 0)
            inputs[i] = q
            u[i] = current
            v[i] = 0 if fires else voltage
            spikes[i] = fires
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
