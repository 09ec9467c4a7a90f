"""Spiking neurons in NumPy: the LIF family, ATRLIF, resonators, prototypes."""

from __future__ import annotations

import numpy as np

from bench.library.reference import FIXED, ROWS, Reference
from bench.networks import clip24, decay, wrap24
from lavajit import (
    ATRLIF,
    LIF,
    RF,
    RF_IZ,
    LIFRefractory,
    LIFReset,
    PrototypeLIF,
    RFZero,
    TernaryLIF,
)


class LIFReference(Reference):
    """LIF; the others of its family change the pieces."""

    family, make = "lif", LIF

    def parameters(self):
        if self.fixed:
            bias = self.rng.integers(0, 500, self.n)
            return {"du": 819, "dv": 205, "bias_mant": bias, "bias_exp": 6, "vth": 1000}
        return {"du": 0.2, "dv": 0.05, "bias_mant": self.rng.random(self.n) / 2, "vth": 1.0}

    def prepare(self):
        self.bias = self.bias_mant << 6 if self.fixed else self.bias_mant

    def current(self, a_in):
        """Next u."""
        if self.fixed:
            return wrap24(decay(self.u, 4095 - self.du) + (a_in.astype(np.int64) << 6))
        return self.u * (1 - self.du) + a_in

    def voltage(self):
        """Next v, before spikes."""
        if self.fixed:
            return clip24(decay(self.v, 4096 - self.dv) + self.u + self.bias)
        return self.v * (1 - self.dv) + self.u + self.bias

    def spikes(self):
        """Who spikes."""
        return self.v > (self.vth << 6 if self.fixed else self.vth)

    def step(self, a_in):
        self.u = self.current(a_in)
        self.v = self.voltage()
        spikes = self.spikes()
        self.v[spikes != 0] = 0
        return spikes


class LIFResetReference(LIFReference):
    make = LIFReset

    def parameters(self):
        return super().parameters() | {"reset_interval": 10, "reset_offset": 3}

    def step(self, a_in):
        if self.t % self.reset_interval == self.reset_offset:
            self.u[:] = 0
            self.v[:] = 0
        return super().step(a_in)


class TernaryLIFReference(LIFReference):
    make = TernaryLIF

    def parameters(self):
        params = super().parameters()
        vth = params.pop("vth")
        return params | {"vth_hi": vth, "vth_lo": -vth // 20 if self.fixed else -vth / 20}

    def spikes(self):
        shift = 6 if self.fixed else 0
        high, low = self.vth_hi * (1 << shift), self.vth_lo * (1 << shift)
        return (self.v > high).astype(int) - (self.v < low)


class LIFRefractoryReference(LIFReference):
    make = LIFRefractory

    def parameters(self):
        return super().parameters() | {"refractory_period": 3}

    def prepare(self):
        super().prepare()
        self.end = np.zeros(self.n, np.int64)

    def step(self, a_in):
        self.u = self.current(a_in)
        self.v = np.where(self.end < self.t, self.voltage(), self.v)
        spikes = self.spikes()
        self.end[spikes] = self.t + self.refractory_period
        self.v[spikes] = 0
        return spikes


class PrototypeLIFReference(LIFReference):
    """Reset from outside; no prototype is allocated."""

    family, make = "clp", PrototypeLIF
    arithmetics = (FIXED,)
    ports = ("a_in", "reset_in")

    def messages(self, port):
        if port == "reset_in":
            return (self.rng.random((ROWS, self.n)) < 0.05).astype(np.int32)
        return super().messages(port)

    def step(self, a_in, reset_in):
        self.u = self.current(a_in)
        self.v = self.voltage()
        self.u[reset_in > 0] = 0
        self.v[reset_in > 0] = 0
        spikes = self.spikes()
        self.v[spikes] = 0
        return spikes


class ATRLIFReference(Reference):
    family, make = "atrlif", ATRLIF
    states = ("i", "v", "theta", "r")

    def parameters(self):
        deltas = {"delta_i": 0.4, "delta_v": 0.4, "delta_theta": 0.2, "delta_r": 0.2}
        bias = self.rng.integers(1, 500, self.n) if self.fixed else self.rng.random(self.n) * 9
        return deltas | {"theta_0": 5, "theta_step": 3.75, "bias_mant": bias}

    def prepare(self):
        one = 1 << 6 if self.fixed else 1
        self.rest, self.raise_ = one * self.theta_0, one * self.theta_step
        if self.fixed:
            self.raise_ = int(self.raise_)
        self.theta += self.rest

    def step(self, a_in):
        (self._update_fixed if self.fixed else self._update_float)(a_in)
        spikes = self.v - self.r >= self.theta
        self.r[spikes] += 2 * self.theta[spikes]
        self.theta[spikes] += self.raise_
        return spikes

    def _update_float(self, a_in):
        self.i = (1 - self.delta_i) * self.i + a_in
        self.v = (1 - self.delta_v) * self.v + self.i + self.bias_mant
        self.theta = (1 - self.delta_theta) * (self.theta - self.rest) + self.rest
        self.r = (1 - self.delta_r) * self.r

    def _update_fixed(self, a_in):
        product = (self.i * (4096 - (self.delta_i * 4096 + 1))).astype(np.int64)
        self.i = wrap24(decay(product, 1) + (a_in.astype(np.int64) << 6))
        voltage = decay(self.v, int(4096 - self.delta_v * 4096))
        self.v = clip24(voltage + self.i + self.bias_mant)
        above = decay(self.theta - self.rest, int(4096 - self.delta_theta * 4096))
        self.theta = above + self.rest
        self.r = decay(self.r, int(4096 - self.delta_r * 4096))


class RFReference(Reference):
    """RF; RF_IZ spikes and resets differently."""

    family, make = "rf", RF
    ports = ("a_real_in", "a_imag_in")
    states = ("real", "imag")

    def parameters(self):
        shared = {"period": 10.0, "alpha": 0.05}
        if self.fixed:
            return shared | {"state_exp": 6, "decay_bits": 12, "vth": 100}
        return shared | {"vth": 0.1}

    def prepare(self):
        sine, cosine = np.sin(2 * np.pi / self.period), np.cos(2 * np.pi / self.period)
        factors = (1 - self.alpha) * sine, (1 - self.alpha) * cosine
        self.sine, self.cosine = [int(f * 4096) for f in factors] if self.fixed else factors
        self.threshold = self.vth << 6 if self.fixed else self.vth

    def turned(self, a_real, a_imag):
        """Next real and imaginary part, before spikes."""
        re, im, sine, cosine = self.real, self.imag, self.sine, self.cosine
        if self.fixed:
            real = decay(re, cosine) - decay(im, sine) + (a_real << 6)
            return clip24(real), clip24(decay(re, sine) + decay(im, cosine) + (a_imag << 6))
        return cosine * re - sine * im + a_real, sine * re + cosine * im + a_imag

    def step(self, a_real, a_imag):
        real, imag = self.turned(a_real, a_imag)
        spikes = (real >= self.threshold) & (imag >= 0) & (self.imag < 0)
        self.real, self.imag = real, imag
        return spikes


class RFIZReference(RFReference):
    make = RF_IZ

    def step(self, a_real, a_imag):
        self.real, self.imag = self.turned(a_real, a_imag)
        spikes = self.imag >= self.threshold
        self.real[spikes] = 0
        self.imag[spikes] = self.threshold - (1 if self.fixed else 1e-5)
        return spikes


class RFZeroReference(Reference):
    family, make = "rf", RFZero
    ports = ("u_in", "v_in")

    def parameters(self):
        freqs = np.linspace(20, 240, self.n)
        return {"freqs": freqs, "decay_tau": 0.05, "uth": 50 if self.fixed else 0.05}

    def prepare(self):
        size, angle = np.exp(-0.001 / self.decay_tau), 2 * np.pi * 0.001 * self.freqs
        self.lct = (size * np.cos(angle) * 2**15).astype(np.int64)
        self.lst = (size * np.sin(angle) * 2**15).astype(np.int64)
        if not self.fixed:
            self.lct, self.lst = self.lct / 2**15, self.lst / 2**15

    def step(self, u_in, v_in):
        u, v, cosine, sine = self.u, self.v, self.lct, self.lst
        shift = (lambda x: x >> 15) if self.fixed else (lambda x: x)
        self.u = shift(u * cosine) - shift(v * sine) + u_in
        self.v = shift(v * cosine) + shift(u * sine) + v_in
        return np.where((self.u > self.uth) & (self.v >= 0) & (v < 0), self.u, 0)


REFERENCES = (
    LIFReference,
    LIFResetReference,
    TernaryLIFReference,
    LIFRefractoryReference,
    ATRLIFReference,
    RFReference,
    RFIZReference,
    RFZeroReference,
    PrototypeLIFReference,
)
