"""Processes with graded messages in NumPy: vectors, sigma-delta, state spaces, encoder, spiker."""

from __future__ import annotations

import numpy as np

from bench.library.reference import FIXED, FLOAT, ROWS, Reference
from lavajit import (
    Delta,
    DeltaEncoder,
    GradedReluVec,
    GradedVec,
    InvSqrt,
    NormVecDelay,
    ProdNeuron,
    S4d,
    Sigma,
    SigmaDelta,
    SigmaS4dDelta,
    Spiker,
)
from lavajit.proc.graded import make_fpinv_table


class GradedVecReference(Reference):
    family, make, states = "graded", GradedVec, ()

    def parameters(self):
        return {"vth": 50 if self.fixed else 0.05}

    def step(self, a_in):
        return np.where(np.abs(a_in) > self.vth, a_in, 0)


class GradedReluVecReference(GradedVecReference):
    make = GradedReluVec

    def step(self, a_in):
        return np.where(a_in > self.vth, a_in, 0)


class ProdNeuronReference(GradedVecReference):
    make, ports = ProdNeuron, ("a_in1", "a_in2")

    def parameters(self):
        return {"vth": 50 if self.fixed else 0.005, "exp": 4 if self.fixed else 0}

    def step(self, a_in1, a_in2):
        product = a_in1 * a_in2 >> self.exp if self.fixed else a_in1 * a_in2
        return np.where(np.abs(product) > self.vth, product, 0)


class NormVecDelayReference(GradedVecReference):
    """Both messages are computed, the products are compared."""

    make, ports, states = NormVecDelay, ("a_in1", "a_in2"), ("v",)

    def step(self, a_in1, a_in2):
        self.squares = a_in1 * a_in1
        product = self.v * a_in2
        self.v = a_in1
        return np.where(np.abs(product) > self.vth, product, 0)


class InvSqrtReference(Reference):
    family, make, states = "graded", InvSqrt, ()

    def parameters(self):
        return {"fp_base": 12}

    def prepare(self):
        self.table = make_fpinv_table(self.fp_base)

    def messages(self, port):
        rows = 2 ** (self.rng.random((ROWS, self.n)) * 23)
        return rows.astype(np.int32) if self.fixed else rows

    def step(self, a_in):
        if not self.fixed:
            return 1 / np.sqrt(a_in)
        factor = self.table[24 - np.frexp(a_in)[1]]
        root, rest = factor >> 1, a_in.astype(np.int64)
        for _ in range(5):
            rest = ((rest * factor >> 13) * factor) >> 13
            factor = (3 << 12) - rest
            root = (root * factor) >> 13
        return root


class SigmaReference(Reference):
    family, make, states = "sdn", Sigma, ("sigma",)

    def step(self, a_in):
        self.sigma = self.sigma + a_in
        return self.sigma


class DeltaReference(Reference):
    """Delta, and what its relatives share."""

    family, make, states = "sdn", Delta, ("act", "residue")

    def parameters(self):
        if self.fixed:
            return {"vth": 20, "spike_exp": 2, "state_exp": 4}
        return {"vth": 0.1}

    def prepare(self):
        self.threshold = self.vth << 6 if self.fixed else self.vth

    def changes(self, x):
        """What is sent, unscaled."""
        change = x - self.act + self.residue
        sent = np.where(np.abs(change) >= self.threshold, change, 0)
        self.residue = change - sent
        self.act = x
        return sent

    def step(self, a_in):
        return self.changes(a_in << 6) >> 4 if self.fixed else self.changes(a_in)


class SigmaDeltaReference(DeltaReference):
    make, states = SigmaDelta, ("sigma", "act", "residue")

    def step(self, a_in):
        self.sigma = self.sigma + a_in
        sent = self.changes(np.maximum(self.sigma, 0))
        return sent >> 4 if self.fixed else sent


class S4dReference(Reference):
    family, make, states = "s4d", S4d, ("s4_state",)
    arithmetics = (FLOAT,)

    def parameters(self):
        angle = self.rng.random(self.n) * 2 * np.pi
        return {"a": 0.95 * np.exp(1j * angle), "b": 1.0 + 0.5j, "c": np.exp(-1j * angle)}

    def step(self, a_in):
        self.s4_state = self.s4_state * self.a + a_in * self.b
        return (self.c * self.s4_state * 2).real


class SigmaS4dDeltaReference(DeltaReference):
    family, make = "s4d", SigmaS4dDelta
    arithmetics = (FLOAT,)
    states = ("sigma", "s4_state", "act", "residue")
    parameters = S4dReference.parameters

    def prepare(self):
        self.threshold = self.params["vth"] = 0.1

    def step(self, a_in):
        self.sigma = self.sigma + a_in
        self.s4_state = self.s4_state * self.a + self.sigma * self.b
        return self.changes((self.c * self.s4_state * 2).real)


class DeltaEncoderReference(DeltaReference):
    """Sends the changes of the step before."""

    family, make = "io", DeltaEncoder
    arithmetics = (FIXED,)

    def parameters(self):
        return {"vth": 20, "spike_exp": 6}

    def prepare(self):
        self.threshold = self.vth << 6
        self.following = np.zeros(self.n, np.int64)

    def step(self, a_in):
        sent = self.following
        self.following = self.changes(a_in << 6)
        return sent


class SpikerReference(Reference):
    family, make, states = "io", Spiker, ("counter",)
    arithmetics, ports = (FIXED,), ()

    def parameters(self):
        return {"period": self.rng.integers(2, 12, self.n), "payload": 7}

    def step(self):
        hit = self.counter == self.period
        self.counter = np.where(hit, 1, self.counter + 1)
        return np.where(hit, self.payload, 0)


REFERENCES = (
    GradedVecReference,
    GradedReluVecReference,
    ProdNeuronReference,
    NormVecDelayReference,
    InvSqrtReference,
    SigmaReference,
    DeltaReference,
    SigmaDeltaReference,
    S4dReference,
    SigmaS4dDeltaReference,
    DeltaEncoderReference,
    SpikerReference,
)
