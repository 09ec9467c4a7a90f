"""The compartments of a core that has trees of them."""

from __future__ import annotations

from lavajit.model.elements import nonzero
from lavajit.neurocore.arithmetic.scalars import decay, wrap
from lavajit.neurocore.cores.kernels import RING_MASK, VMAX, VMIN, WIDTH_CURRENT, WIDTH_INPUT

# Values of the enumerations Join and OnThreshold; kernels read plain numbers only.
JOIN_SKIP, JOIN_ADD, JOIN_MAX, JOIN_MIN, JOIN_PASS, JOIN_BLOCK, JOIN_OR, JOIN_AND = range(8)
SPIKE_AND_RESET, NEVER_SPIKE, SPIKE_AND_PASS, SATURATE = range(4)


def joined(operation, x, passed, spikes, first, second):
    """`x` of a parent joined with voltages and flags of its children; `second` is -1 for none."""
    last = second if second >= 0 else first
    one, other = passed[first], passed[last]
    if operation == JOIN_ADD:
        return x + one + other if second >= 0 else x + one
    if operation == JOIN_MAX:
        return max(x, max(one, other))
    if operation == JOIN_MIN:
        return min(x, min(one, other))
    flags = int(spikes[first]) + int(spikes[last])  # an only child counts twice
    if operation == JOIN_PASS:
        return other if spikes[first] else 0
    if operation == JOIN_BLOCK:
        return x if flags == 0 else 0
    if operation == JOIN_OR:
        return x if flags > 0 else 0
    if operation == JOIN_AND:
        return x if flags == 2 else 0
    return x


class TreeCompartments:
    """As Compartments, where parents join what their children pass in the same step."""

    def run(self):
        registers, sums, inputs = self.registers, self.sums, self.q
        u, v, refractory, spikes = self.u, self.v, self.refractory, self.spikes
        keep_u, keep_v, vth, drive = self.keep_u, self.keep_v, self.vth, self.drive
        refract = self.refract
        first, second, passed = self.first, self.second, self.passed
        vmin, vmax = registers[VMIN], registers[VMAX]
        input_bits, current_bits = registers[WIDTH_INPUT], registers[WIDTH_CURRENT]
        slot = (self.step[0] & registers[RING_MASK]) * u.size
        for i in range(u.size):
            q = wrap(int(sums[slot + i]), input_bits)
            sums[slot + i] = 0
            current = wrap(decay(int(u[i]), int(keep_u[i])) + q, current_bits)
            x = wrap(current + drive[i], current_bits)
            if first[i] >= 0:
                x = joined(self.join[i], x, passed, spikes, first[i], second[i])
            mode = self.on_threshold[i]
            voltage = min(max(decay(int(v[i]), int(keep_v[i])) + x, vmin), vmax)
            voltage = min(voltage, vth[i]) if mode == SATURATE else voltage
            passed[i] = voltage
            left = refractory[i]
            voltage = 0 if left > 0 else voltage
            may_spike = mode == SPIKE_AND_RESET or mode == SPIKE_AND_PASS
            fires = may_spike and voltage > vth[i]
            left = refract[i] if fires else left
            refractory[i] = max(left - 1, 0)
            inputs[i] = q
            u[i] = current
            v[i] = 0 if fires and mode == SPIKE_AND_RESET else voltage
            spikes[i] = fires
        self.count[0] = nonzero(spikes, self.events)
