"""What a run on neurocores is made from: registers as words, seeds, room for events."""

from __future__ import annotations

import numpy as np

from lavajit.neurocore import kernels
from lavajit.neurocore.description import Population, SpikeSource
from lavajit.neurocore.registers import CoreRegisters

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
    words[kernels.RING_MASK] = ring_slots(population) - 1
    words[kernels.NOISE_EXPONENT] = core.noise_exponent
    words[kernels.NOISE_OFFSET] = core.noise_offset
    words[kernels.NOISE_AT_MEMBRANE] = core.noise_at_membrane
    return words


def ring_slots(population: Population) -> int:
    """Slots of the ring of accumulators."""
    return 1 << max((group.delay_bits for group in population.synapses), default=0)


def event_lists(sender: Population | SpikeSource) -> dict[str, np.ndarray]:
    """Room for the spikes of one step."""
    room = sender.n
    if isinstance(sender, SpikeSource):
        room = max(np.unique(sender.times, return_counts=True)[1], default=0)
    arrays = {"events": np.zeros(room, np.int64), "count": np.zeros(1, np.int64)}
    return arrays | {"payloads": np.zeros(room, np.int32)}
