"""Three layers of Conv and SigmaDelta on an image of 32 x 32 x 2, fed with its changes."""

from __future__ import annotations

import numpy as np

from bench.library.connections import convolve
from bench.library.reference import ROWS, Messages, Reference
from lavajit import Conv, SigmaDelta

CHANNELS = (2, 8, 16, 32)
STRIDE, PADDING = 2, 1
#: How many pixels change in a step.
CHANGING = 0.1
THRESHOLDS = {"float": (0.1, 0.1, 0.1), "fixed": (20, 1_000, 50_000)}


def weights(arith: str) -> list[np.ndarray]:
    """Kernel of each layer."""
    rng = np.random.default_rng(0)
    found = []
    for c_in, c_out in zip(CHANNELS[:-1], CHANNELS[1:], strict=True):
        shape = (c_out, 3, 3, c_in)
        real = rng.normal(0, 1 / np.sqrt(9 * c_in), shape)
        found.append(real if arith == "float" else rng.integers(-8, 9, shape).astype(np.int32))
    return found


def changes(n: int, arith: str) -> np.ndarray:
    """Changes of a film of n x n pixels from each frame to the next, around in a circle."""
    rng = np.random.default_rng(n)
    shape = (n, n, CHANNELS[0])
    frames = [np.zeros(shape)]
    for _ in range(ROWS - 1):
        change = rng.random(shape) < CHANGING
        frames.append(np.where(change, rng.integers(0, 20, shape), frames[-1]))
    film = np.array(frames) if arith == "fixed" else np.array(frames) / 20
    rows = film - np.roll(film, 1, axis=0)
    return rows.astype(np.int32 if arith == "fixed" else float)


def connect(port, arith: str, conv: type, sigma_delta: type):
    """The layers behind a source's port, of the classes of lavajit or Lava; the last neurons."""
    for weight, vth in zip(weights(arith), THRESHOLDS[arith], strict=True):
        options = {"stride": STRIDE, "padding": PADDING, "num_message_bits": 24}
        layer = conv(weight=weight, input_shape=port.shape, **options)
        neurons = sigma_delta(shape=layer.a_out.shape, vth=vth)
        port.connect(layer.s_in)
        layer.a_out.connect(neurons.a_in)
        port = neurons.s_out
    return neurons


class Layer:
    """One Conv and its neurons in NumPy."""

    def __init__(self, weight: np.ndarray, vth: float) -> None:
        self.weight, self.vth = weight, vth
        self.activation = self.sigma = self.act = self.residue = 0.0

    def step(self, x: np.ndarray) -> np.ndarray:
        """Convolve; the neurons receive what was convolved in the step before, and send."""
        self.sigma = self.sigma + self.activation
        self.activation = convolve(x, self.weight, STRIDE)
        rectified = np.maximum(self.sigma, 0)
        change = rectified - self.act + self.residue
        sent = np.where(np.abs(change) >= self.vth, change, 0)
        self.residue, self.act = change - sent, rectified
        return sent


class StackReference(Reference):
    """The stack; in the first steps the deeper layers have nothing to send."""

    family, sizes, states, ports = "stack", (32,), ("sigma", "act", "residue"), ("s_in",)
    unit, against = "step", "NumPy, windows"
    name = "3 x (Conv, SigmaDelta)"
    peer = "bench.library.stack_peer"

    def messages(self, port):
        return changes(self.n, self.arith)

    def prepare(self):
        thresholds = THRESHOLDS[self.arith]
        pairs = zip(weights(self.arith), thresholds, strict=True)
        self.layers = [Layer(*pair) for pair in pairs]
        size = self.n
        for layer in self.layers:
            size = (size + 1) // STRIDE
            layer.activation = np.zeros((size, size, len(layer.weight)))

    def network(self):
        return connect(Messages(self.rows[0]).s_out, self.arith, Conv, SigmaDelta)

    def step(self, x):
        for layer in self.layers:
            x = layer.step(x)
        last = self.layers[-1]
        self.sigma, self.act, self.residue = last.sigma, last.act, last.residue
        return x

    def work(self):
        return 1.0
