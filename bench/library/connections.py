"""Connections in NumPy and SciPy; two inputs in a hundred are active."""

from __future__ import annotations

import numpy as np
import scipy.sparse

from bench.library.reference import FIXED, FLOAT, ROWS, SINGLE, Reference
from lavajit import Conv, ConvInTime, DelayDense, DelaySparse, Dense, Sparse

ACTIVE = 0.02
DELAYS = 8


class MatrixReference(Reference):
    """A connection with a matrix; NumPy adds up the columns of the active inputs."""

    family, make, ports, out = "dense", Dense, ("s_in",), "a_out"
    sizes, states, unit, against = (1_000, 4_000), (), "event", "NumPy, active columns"

    def parameters(self):
        return {"weights": self.matrix((self.n, self.n))}

    def matrix(self, shape):
        """Weights that 8 bits hold exactly, or real ones."""
        # One sign: with both, fixed point drops the lowest bit.
        if self.fixed:
            return self.rng.integers(0, 200, shape).astype(np.int32)
        return self.rng.random(shape).astype(self.real_type)

    def process(self):
        return type(self).make(**self.params)

    def messages(self, port):
        rows = self.rng.random((ROWS, self.n)) < ACTIVE
        return rows.astype(np.int32 if self.fixed else self.real_type)

    def prepare(self):
        self.following = np.zeros(self.n, self.real_type)

    def step(self, s_in):
        sent, self.following = self.following, self.product(s_in != 0)
        return sent

    def product(self, active):
        """What the active inputs add up to."""
        return self.weights[:, active].sum(axis=1)

    def work(self):
        """Synapses that the active inputs reach."""
        return np.count_nonzero(self.rows[0]) / ROWS * self.n


class DenseReference(MatrixReference):
    """Dense, in single precision as well."""

    arithmetics = (FLOAT, FIXED, SINGLE)


class MatrixVectorReference(DenseReference):
    """The full product, by BLAS; float32 holds the sums of 8-bit weights exactly."""

    against = "BLAS, all columns"

    def prepare(self):
        super().prepare()
        self.full = self.weights.astype(np.float32 if self.fixed else self.real_type)

    def product(self, active):
        return self.full @ active.astype(self.full.dtype)


class DelayDenseReference(MatrixReference):
    make, sizes, against = DelayDense, (1_000,), "NumPy, active columns"

    def parameters(self):
        delays = self.rng.integers(0, DELAYS, (self.n, self.n))
        return super().parameters() | {"delays": delays}

    def prepare(self):
        self.buffer = np.zeros((self.n, self.delays.max() + 1))
        self.target = np.arange(self.n)[:, None] * self.buffer.shape[1] + self.delays

    def step(self, s_in):
        sent = self.buffer[:, 0].copy()
        self.buffer[:, :-1] = self.buffer[:, 1:]
        self.buffer[:, -1] = 0
        targets, weights = self.arriving(s_in != 0)
        sums = np.bincount(targets, weights, minlength=self.buffer.size)
        self.buffer += sums.reshape(self.buffer.shape)
        return sent

    def arriving(self, active):
        """Place in the flat buffer, and weight, of each synapse of the active inputs."""
        return self.target[:, active].ravel(), self.weights[:, active].ravel()


class SparseReference(MatrixReference):
    """Sparse, 100 synapses per input; SciPy multiplies the csr matrix."""

    family, make, sizes, against = "sparse", Sparse, (10_000,), "SciPy csr @ x"
    per_input = 100

    def parameters(self):
        n, count = self.n, min(self.per_input, self.n // 5)
        rows = np.concatenate([self.rng.choice(n, count, replace=False) for _ in range(n)])
        columns = np.repeat(np.arange(n), count)
        entries = self.matrix(n * count)
        entries[entries == 0] = 1
        return {"weights": scipy.sparse.csr_matrix((entries, (rows, columns)), shape=(n, n))}

    def product(self, active):
        return self.weights @ active.astype(self.weights.dtype)

    def work(self):
        return np.count_nonzero(self.rows[0]) / ROWS * self.weights.nnz / self.n


class SparseColumnsReference(SparseReference):
    """SciPy takes the active columns of a csc matrix."""

    against = "SciPy csc, active columns"

    def prepare(self):
        super().prepare()
        self.columns = self.weights.tocsc()

    def product(self, active):
        return np.asarray(self.columns[:, active].sum(axis=1)).ravel()


class DelaySparseReference(SparseReference, DelayDenseReference):
    """SciPy takes the active columns of two csc matrices."""

    make, against = DelaySparse, "SciPy csc, active columns"
    step = DelayDenseReference.step

    def parameters(self):
        params = SparseReference.parameters(self)
        weights = params["weights"]
        delays = weights.copy().astype(np.int64)
        delays.data[:] = self.rng.integers(1, DELAYS, weights.nnz)
        return params | {"delays": delays}

    def prepare(self):
        self.buffer = np.zeros((self.n, self.delays.max() + 1))
        self.columns, self.late = self.weights.tocsc(), self.delays.tocsc()

    def arriving(self, active):
        weights, late = self.columns[:, active], self.late[:, active]
        return weights.indices * self.buffer.shape[1] + late.data, weights.data


class ConvReference(MatrixReference):
    """A 3x3 convolution of n x n pixels with 4 channels into 8."""

    family, make, sizes, against = "conv", Conv, (64,), "NumPy, windows"

    def parameters(self):
        image = (self.n, self.n, 4)
        return {"weight": self.matrix((8, 3, 3, 4)), "input_shape": image, "padding": 1}

    def messages(self, port):
        rows = self.rng.random((ROWS, self.n, self.n, 4)) < ACTIVE
        return rows.astype(np.int32 if self.fixed else float)

    def prepare(self):
        self.following = np.zeros((self.n, self.n, 8))

    def product(self, active):
        return convolve(active, self.weight, 1)

    def work(self):
        ones = np.ones(self.weight.shape)
        return float(np.mean([convolve(row != 0, ones, 1).sum() for row in self.rows[0]]))


def convolve(image: np.ndarray, weight: np.ndarray, stride: int) -> np.ndarray:
    """3x3 convolution with padding 1, as one matrix product over all windows."""
    padded = np.pad(image, [(1, 1), (1, 1), (0, 0)]).astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    windows = windows[::stride, ::stride]
    kernel = weight[:, ::-1, ::-1].transpose(3, 1, 2, 0).reshape(-1, len(weight))
    return windows.reshape(*windows.shape[:2], -1) @ kernel


class ConvInTimeReference(MatrixReference):
    make, sizes, against = ConvInTime, (500,), "NumPy, active columns"
    family = "conv"

    def parameters(self):
        return {"weights": self.matrix((DELAYS, self.n, self.n))}

    def prepare(self):
        self.buffer = np.zeros((self.n, DELAYS))
        self.flipped = self.weights[::-1]

    def step(self, s_in):
        sent = self.buffer[:, 0].copy()
        self.buffer[:, :-1] = self.buffer[:, 1:]
        self.buffer[:, -1] = 0
        self.buffer += self.flipped[:, :, s_in != 0].sum(axis=2).T
        return sent

    def work(self):
        return super().work() * DELAYS


REFERENCES = (
    DenseReference,
    MatrixVectorReference,
    DelayDenseReference,
    SparseReference,
    SparseColumnsReference,
    DelaySparseReference,
    ConvReference,
    ConvInTimeReference,
)
