"""What a run on neurocores is made from: registers as words, seeds, checked noise."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore.cores import kernels
from lavajit.neurocore.cores.delivery import ring_slots
from lavajit.neurocore.cores.description import Population
from lavajit.neurocore.cores.registers import CoreRegisters

#: Spreads the seeds of cores.
SEED_STRIDE = 0x9E3779B1
WORD32 = 0xFFFFFFFF


def core_seed(seed: int, core: int) -> int:
    """First state of the noise generator of a core, never 0."""
    return ((seed ^ core * SEED_STRIDE) & WORD32) or 1


def checked_noise(noise: np.ndarray, n: int) -> np.ndarray:
    noise = np.asarray(noise)
    if noise.ndim != 2 or noise.shape[1] != n or not np.issubdtype(noise.dtype, np.integer):
        got = f"{noise.dtype} of shape {noise.shape}"
        raise ValueError(f"noise: expected whole numbers of shape (steps, {n}), got {got}")
    if noise.size and np.abs(noise).max() > 127:
        raise ValueError(f"noise: {noise.min()}..{noise.max()} is not in -127..127")
    return noise.astype(np.int32)


def register_words(population: Population) -> np.ndarray:
    core: CoreRegisters = population.core
    words = np.zeros(kernels.REGISTERS, np.int64)
    words[kernels.VMIN], words[kernels.VMAX] = core.vmin, core.vmax
    words[kernels.WIDTH_INPUT], words[kernels.WIDTH_CURRENT] = core.input_bits, core.current_bits
    words[kernels.REFRACTORY] = (population.compartments.refract > 1).any()
    words[kernels.RING_MASK] = ring_slots(population) - 1
    words[kernels.NOISE_EXPONENT] = core.noise_exponent
    words[kernels.NOISE_OFFSET] = core.noise_offset
    words[kernels.NOISE_AT_MEMBRANE] = core.noise_at_membrane
    return words
