"""The same steps in NumPy: of the whole matrix, as Lava's models do it, or of active synapses only.

Fixed point is exact: the same integers, rounded with Lava's random streams.
"""

from __future__ import annotations

import numpy as np

from bench.learning.networks import AMPLITUDE, IMPULSE, PERIOD, SEED, TAU, Parameters

_DECAY = np.exp(-1 / TAU)
_TRACE_MAX = 127
#: Accumulators are finer than weights by 7 bits; amplitude 2^-4 is 2^3 of their units.
_FINER_BITS, _AMPLITUDE_BITS = 7, 3
_ACCUMULATOR_MIN, _ACCUMULATOR_MAX = -(1 << 15) - 1, (1 << 15) - 1
_WEIGHT_MIN, _WEIGHT_MAX = -256, 255
_ROUNDING_SEED = 2


class NumPyPlastic:
    """A step of the network of :mod:`bench.learning.networks` in whole-array operations.

    Parameters
    ----------
    p : Parameters
        Its `rng` has to be "lava".
    active : bool
        Compute rows and columns of neurons that spiked, not the whole matrix.
    """

    def __init__(self, p: Parameters, active: bool) -> None:
        self.p, self.active = p, active
        self.number = np.int32 if p.arith == "fixed" else np.float64
        self.weights = p.weights.astype(self.number)
        if active:  # rows and columns are taken equally often
            self.weights = np.asfortranarray(self.weights)
        self.rasters = p.rasters
        self.x1, self.y1 = np.zeros(p.n, self.number), np.zeros(p.n, self.number)
        self.tx, self.ty = np.zeros(p.n, np.int64), np.zeros(p.n, np.int64)
        self.a_out = np.zeros(p.n, self.number)
        self.t = 0
        seeds = (SEED, SEED + 2, _ROUNDING_SEED)
        self.streams = [np.random.default_rng(seed) for seed in seeds]
        for stream in self.streams:
            stream.random()  # Lava draws one at construction

    def run(self, steps: int) -> None:
        """Advance by `steps` time steps."""
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        """Deliver, note spikes; at the end of an epoch learn."""
        pre, post = (raster[:, self.t % PERIOD] for raster in self.rasters)
        self.t += 1
        self.a_out = self.weights[:, pre].sum(axis=1)
        step = (self.t - 1) % self.p.epoch + 1
        for trace, times, spikes in ((self.x1, self.tx, pre), (self.y1, self.ty, post)):
            trace[(times > 0) & spikes] += IMPULSE
            if self.p.arith == "fixed":
                np.minimum(trace, _TRACE_MAX, out=trace)
            times[spikes] = step
        if self.t % self.p.epoch == 0:
            self.learn()
            self.tx[:], self.ty[:] = 0, 0

    def learn(self) -> None:
        """Histories of the traces, then all weights from the old ones."""
        epoch = self.p.epoch
        x_number, y_number = (stream.random(2 * epoch)[-1] for stream in self.streams[:2])
        self.rounding = int(self.streams[2].random() * (1 << _FINER_BITS))
        hx, hy = self.history(self.x1, self.tx, x_number), self.history(self.y1, self.ty, y_number)
        self.x1, self.y1 = hx[-1].copy(), hy[-1].copy()
        old, tx, ty = self.weights, self.tx, self.ty
        if not self.active:
            self.weights = self.updated(old, hy[tx].T, hx[ty], tx > 0, ty > 0)
            return
        everyone = np.arange(self.p.n)
        blocks = (everyone, np.flatnonzero(tx)), (np.flatnonzero(ty), everyone)
        new = [
            self.updated(
                old[np.ix_(rows, columns)],
                hy[tx[columns][None, :], rows[:, None]],
                hx[ty[rows][:, None], columns[None, :]],
                tx[columns] > 0,
                ty[rows] > 0,
            )
            for rows, columns in blocks
        ]
        for (rows, columns), values in zip(blocks, new, strict=True):
            old[np.ix_(rows, columns)] = values

    def history(self, trace: np.ndarray, times: np.ndarray, number: float) -> np.ndarray:
        """The trace after each step of the epoch, shape (epoch + 1, n)."""
        found = [trace]
        for t in range(1, self.p.epoch + 1):
            value = _DECAY * found[-1]
            if self.p.arith == "fixed":
                down = np.floor(value)
                value = down.astype(np.int32) + (number < value - down)
            value[times == t] += IMPULSE
            if self.p.arith == "fixed":
                np.minimum(value, _TRACE_MAX, out=value)
            found.append(value)
        return np.array(found, self.number)

    def updated(self, old, y_at_pre, x_at_post, x0, y0) -> np.ndarray:
        """New weights of a block; its traces have the block's shape."""
        if self.p.arith == "float":
            change = -AMPLITUDE * x0 * y_at_pre + AMPLITUDE * y0[:, None] * x_at_post
            return old + change
        total = old << _FINER_BITS
        for change in (-(x0 * y_at_pre), y0[:, None] * x_at_post):
            total = total + (change << _AMPLITUDE_BITS)
            total = np.clip(total, _ACCUMULATOR_MIN, _ACCUMULATOR_MAX)
        up = self.rounding < (total & ((1 << _FINER_BITS) - 1))
        return np.clip((total >> _FINER_BITS) + up, _WEIGHT_MIN, _WEIGHT_MAX)
