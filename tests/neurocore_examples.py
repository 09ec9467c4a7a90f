"""Worked examples that several tests of neurocores begin with."""

import numpy as np

from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.costs import preset
from lavajit.neurocore.costs.counters import (
    CORE_COUNTERS,
    SYN_OPS,
    UPDATES_ACTIVE,
    UPDATES_INACTIVE,
)
from lavajit.neurocore.costs.estimate import estimate
from lavajit.neurocore.costs.mesh import route

#: A LIF neuron with decays 511 and 127, no bias, and its threshold's mantissa 100.
LIF_INPUTS = [3200, 0, 3200, -1280, 0, 0, 0, 0]
LIF_CURRENTS = [3200, 2800, 5650, 3663, 3205, 2804, 2453, 2146]
LIF_VOLTAGES = [3200, 5900, 0, 3663, 0, 2804, 5170, 0]
LIF_SPIKES = [0, 0, 1, 0, 1, 0, 0, 1]

#: A neuron that sends how many times its threshold fits into v, and subtracts as much.
SOFT_RESET_INPUTS = [300, 500, 1500, -200, 700]
SOFT_RESET_PAYLOADS = [0, 1, 2, 0, 1]
SOFT_RESET_VOLTAGES = [300, 160, 380, 180, 240]
SOFT_RESET_VTH = 640
#: v // vth is v * reciprocal >> bits for all v of 23 bits: no core divides.
SOFT_RESET_BITS = 23 + SOFT_RESET_VTH.bit_length()
SOFT_RESET_PAR = {
    "vth": SOFT_RESET_VTH,
    "reciprocal": -(-(1 << SOFT_RESET_BITS) // SOFT_RESET_VTH),
    "bits": SOFT_RESET_BITS,
}


def step_of_one_core(**given):
    """Estimate of one step: 12000 synaptic operations, messages over up to three tiles.

    Keyword arguments go to the preset of coefficients.
    """
    core = np.zeros((1, 1, len(CORE_COUNTERS)), np.int64)
    core[0, 0, [SYN_OPS, UPDATES_ACTIVE, UPDATES_INACTIVE]] = 12000, 800, 224
    costs = preset("loihi1_d18", **given)
    longest = route(LOIHI1, [0, 0], [0, 40]) @ costs.network_time
    return estimate(costs, core, [[40, 20, 10, 0]], [longest], tiles=4)
