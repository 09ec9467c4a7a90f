"""Counter-based random numbers for kernels: Philox4x32-10 keyed by (seed, process, element, step).

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A draw
depends on its key and counter alone, never on the order of calls or the number of threads. In a
kernel::

    for i in range(v.size):
        if self.rng.uniform(i) < p:
            ...
        noise = self.rng.normal(i, 1)   # second argument: which draw of the element in this step

``uniform`` is in [0, 1) with 53 bits, ``normal`` standard (Box-Muller), ``integers(i, n)`` in
[0, n) (multiply-shift on 64 bits), ``bits`` 64 random bits. ``fill(words)`` puts 32 random bits for
each element into an array of uint32, much faster than one by one. The same numbers in native code
and in plain Python.
"""

from __future__ import annotations

import math

import numpy as np

_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_MASK32 = 0xFFFFFFFF
_ROUNDS = 10
_UNIT53 = 2.0**-53
#: Elements that ``fill`` takes together, and counters that their words come from.
_TILE, _LANES = 64, 16
#: Set in the number of the draw, so that ``fill`` and the other draws do not share counters.
_FILLS = 1 << 31


def mix_key(seed: int, stream: int) -> int:
    """A 64-bit key from a seed and a stream number (SplitMix64 finaliser), as a signed word."""
    mask = (1 << 64) - 1
    z = (seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + 0x2545F4914F6CDD1D) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    z ^= z >> 31
    return z - (1 << 64) if z >= 1 << 63 else z


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 in plain Python: four 32-bit words of counter, two of key, four out."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK32, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK32
        k0, k1 = (k0 + _W0) & _MASK32, (k1 + _W1) & _MASK32
    return c0, c1, c2, c3


class Random:
    """``self.rng`` outside native code; the same numbers as the native one."""

    def __init__(self, key: int, time_step):
        self._key = (key & _MASK32, (key >> 32) & _MASK32)
        self._time_step = time_step

    def _words(self, element: int, draw: int) -> tuple[int, int, int, int]:
        step = int(self._time_step())
        counter = (
            int(element) & _MASK32,
            int(draw) & _MASK32,
            step & _MASK32,
            (step >> 32) & _MASK32,
        )
        return philox(counter, self._key)

    def bits(self, element: int, draw: int = 0) -> np.uint64:
        """64 random bits."""
        w = self._words(element, draw)
        return np.uint64((w[0] << 32) | w[1])

    def uniform(self, element: int, draw: int = 0) -> float:
        """A float in [0, 1)."""
        return (int(self.bits(element, draw)) >> 11) * _UNIT53

    def normal(self, element: int, draw: int = 0) -> float:
        """A standard normal float."""
        w = self._words(element, draw)
        u1 = ((((w[0] << 32) | w[1]) >> 11) + 1) * _UNIT53
        u2 = (((w[2] << 32) | w[3]) >> 11) * _UNIT53
        return math.sqrt(-2.0 * math.log(u1)) * math.cos(2.0 * math.pi * u2)

    def integers(self, element: int, n: int, draw: int = 0) -> int:
        """An integer in [0, n), n < 2**32."""
        return ((int(self.bits(element, draw)) >> 32) * int(n)) >> 32

    def fill(self, words: np.ndarray, draw: int = 0) -> None:
        """32 random bits into each element of a one-dimensional array of uint32."""
        if words.dtype != np.uint32 or words.ndim != 1:
            raise TypeError(
                f"rng.fill needs a one-dimensional array of uint32, got {words.dtype}, "
                f"shape {words.shape}"
            )
        step = int(self._time_step())
        tiles = -(-words.size // _TILE)
        counters = np.arange(tiles * _LANES, dtype=np.uint64) & np.uint64(_MASK32)
        which = (int(draw) & _MASK32) | _FILLS
        made = philox((counters, which, step & _MASK32, (step >> 32) & _MASK32), self._key)
        quarters = np.stack([word.reshape(tiles, _LANES) for word in made], axis=1)
        words[:] = quarters.ravel()[: words.size]
