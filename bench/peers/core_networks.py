"""Networks on neurocores as integers, for workers of all simulators; needs nothing but NumPy."""

from __future__ import annotations

import math
import zlib

import numpy as np

#: Compartments of a core, synapses behind each of its axons, and compartments for each of them.
COMPARTMENTS, SYNAPSES = 1024, 64
SPREAD = COMPARTMENTS // SYNAPSES
#: Registers: decays in units of 2**-12, threshold with its shift by 6 done, limits of the voltage.
DECAY_U, DECAY_V = 819, 128
VTH = 30_000 << 6
VMIN, VMAX = -(2**23) + 1, 2**23 - 1
#: Effective weights are multiples of it, as with 5 bits and a sign: a core has room for them.
WEIGHT_UNIT, MOST_WEIGHT_UNITS = 1024, 15
#: Thresholds, biases and weights are multiples of it, so that Lava's LIF can hold them.
UNIT = 64


def core_arrays(core: int, activity: float, seed: int = 1) -> dict[str, np.ndarray]:
    """Biases of one core and the synapses of its axons, all int32.

    A compartment without input fires in a share `activity` of steps, give or take three tenths.
    "targets" ascend in each row and, like "weights", are of shape (COMPARTMENTS, SYNAPSES): row a
    is what axon a reaches.
    """
    rng = np.random.default_rng((seed, core))
    keep = 1 - DECAY_V / 4096
    rest = VTH * (1 - keep) / (1 - math.pow(keep, 1 / activity))
    bias = rng.uniform(0.7, 1.3, COMPARTMENTS) * rest
    first = SPREAD * np.arange(SYNAPSES)
    targets = first + rng.integers(0, SPREAD, (COMPARTMENTS, SYNAPSES))
    units = rng.integers(-MOST_WEIGHT_UNITS, MOST_WEIGHT_UNITS + 1, targets.shape)
    return {
        "bias": (bias // UNIT * UNIT).astype(np.int32),
        "targets": targets.astype(np.int32),
        "weights": (units * WEIGHT_UNIT).astype(np.int32),
    }


def spike_sums(spikes: np.ndarray) -> list[int]:
    """Number of spikes in a step and a checksum of who fires; `spikes` is of truth values."""
    return [int(np.count_nonzero(spikes)), zlib.crc32(np.packbits(spikes).tobytes())]
