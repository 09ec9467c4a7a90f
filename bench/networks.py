"""The LIF(n) - Dense - LIF(n) network: parameters, Processes, and the same in plain NumPy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

RUN_TAGS = {"float": "floating_pt", "fixed": "fixed_pt", "float32": "float32"}


@dataclass
class Parameters:
    """Parameters of both populations; `v` is where the first one starts."""

    n: int
    v: np.ndarray
    du: float
    dv: float
    bias: float
    vth: float
    weights: np.ndarray


def float_parameters(n: int) -> Parameters:
    """A spike every tenth step, at random phases; decaying current and voltage in the target."""
    rng = np.random.default_rng(n)
    return Parameters(n, rng.random(n), 0.2, 0.05, 0.13, 1.0, rng.random((n, n)) * 2 / n)


def fixed_parameters(n: int) -> Parameters:
    """About the same for the 24-bit models; voltages have 6 bits below the threshold."""
    rng = np.random.default_rng(n)
    v = rng.integers(0, 1000 << 6, n)
    weights = rng.integers(1, max(2, 256 // n) + 1, (n, n))
    return Parameters(n, v, 819, 205, 8_320, 1_000, weights)


def single_parameters(n: int) -> Parameters:
    """Those of float, the arrays in float32; NumPy keeps to it."""
    p = float_parameters(n)
    return replace(p, v=p.v.astype(np.float32), weights=p.weights.astype(np.float32))


PARAMETERS = {
    "float": float_parameters,
    "fixed": fixed_parameters,
    "float32": single_parameters,
}


class Network:
    """The Processes, made of the LIF and Dense classes of lavajit or of Lava."""

    def __init__(self, p: Parameters, lif: type, dense: type) -> None:
        shared = {"shape": (p.n,), "du": p.du, "dv": p.dv, "vth": p.vth}
        self.source = lif(v=p.v, bias_mant=p.bias, **shared)
        self.dense = dense(weights=p.weights)
        self.target = lif(**shared)
        self.source.s_out.connect(self.dense.s_in)
        self.dense.a_out.connect(self.target.a_in)


class NumPyNetwork:
    """The same network as one writes it in NumPy: whole arrays, one Python loop over time."""

    def __init__(self, p: Parameters) -> None:
        self.p = p
        self.fixed = p.weights.dtype.kind == "i"
        self.u1, self.v1 = np.zeros_like(p.v), p.v.copy()
        self.u2, self.v2 = np.zeros_like(p.v), np.zeros_like(p.v)
        self.activation = np.zeros_like(p.v)
        self.weights = np.clip(p.weights, 0, 255) if self.fixed else p.weights

    def run(self, steps: int) -> None:
        """Advance by `steps` time steps."""
        step = self._step_fixed if self.fixed else self._step_float
        for _ in range(steps):
            step()

    def _step_float(self) -> None:
        p, activation = self.p, self.activation
        self.u1 *= 1 - p.du
        self.v1 *= 1 - p.dv
        self.v1 += self.u1 + p.bias
        spikes = self.v1 > p.vth
        self.v1[spikes] = 0
        self.activation = self.weights @ spikes
        self.u2 *= 1 - p.du
        self.u2 += activation
        self.v2 *= 1 - p.dv
        self.v2 += self.u2
        self.v2[self.v2 > p.vth] = 0

    def _step_fixed(self) -> None:
        p, activation = self.p, self.activation
        self.u1 = wrap24(decay(self.u1, 4096 - (p.du + 1)))
        self.v1 = clip24(decay(self.v1, 4096 - p.dv) + self.u1 + p.bias)
        spikes = self.v1 > p.vth << 6
        self.v1[spikes] = 0
        self.activation = self.weights[:, spikes].sum(axis=1)
        self.u2 = wrap24(decay(self.u2, 4096 - (p.du + 1)) + (activation << 6))
        self.v2 = clip24(decay(self.v2, 4096 - p.dv) + self.u2)
        self.v2[self.v2 > p.vth << 6] = 0


def decay(x: np.ndarray, factor: int) -> np.ndarray:
    """x * factor / 4096, towards zero."""
    return np.sign(x) * ((np.abs(x) * factor) >> 12)


def wrap24(x: np.ndarray) -> np.ndarray:
    """One correction to 24 bits, as Loihi does it."""
    return np.where(x > 2**23, x - 2**24, np.where(x <= -(2**23), x + 2**24, x))


def clip24(x: np.ndarray) -> np.ndarray:
    """Saturation to 24 bits."""
    return np.clip(x, -(2**23) + 1, 2**23 - 1)
