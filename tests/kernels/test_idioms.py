"""What users write in run_spk and expect to run natively: each idiom equals plain Python."""

import math

import numpy as np
import pytest
from kernel_networks import both_tiers

pytestmark = pytest.mark.slow


def shapes(self):
    self.x[0] = self.v.shape[0] + self.v.ndim + self.m.shape[1] + len(self.v) + self.v.size


def whole_array(self):
    self.v[:] = self.v * (1 - self.k) + self.w
    self.w[...] = np.maximum(self.v, self.w) - np.abs(self.w)


def mask(self):
    s = self.v > 1
    self.v[s] = 0
    self.w[~s] += 1
    self.w[s] = self.v[s] + 5


def slices(self):
    self.v[1:] = self.v[:-1]
    self.v[::2] += 1
    self.w[1:3] *= 2
    self.m[0, :] = self.m[1, :]
    self.m[:, 1] = 7
    self.m[:, ::2] = self.v[:2]


def where(self):
    self.v = np.where(self.v > 1, 0.0, self.v)
    self.w = np.where(self.w > self.v, self.v, self.w)
    self.m[:] = np.where(self.m > 1.5, self.m, 1)


def loops(self):
    for i, x in enumerate(self.v):
        self.w[i] += x
    for a, b in zip(self.v, self.w, strict=False):
        self.k += a * b
    n = 0
    while n < 5:
        n += 2
        if n == 4:
            break
    else:
        n = 100
    self.x[0] = n


def early_return(self):
    if self.time_step > 1:
        return
    self.k = 5.0


def tuples(self):
    a, (b, c) = self.k, (1, 2)
    pair = (a, b)
    self.k = pair[0] + pair[1] + c
    lo, hi = min(self.v), max(self.v)
    self.w[0] = lo + hi


def casts(self):
    self.x[0] = int(self.k * 10) + int(True)
    self.k = float(self.x[0]) + bool(self.x[0])
    self.x[1] = round(2.5) + abs(-3) + divmod(7, 2)[1] + 7 // 2 + (-7) % 3 + 2**3


def mathematics(self):
    self.k = math.exp(-self.k) + math.floor(1.5) + math.sqrt(2.0) + math.pi
    self.w[:] = np.exp(-self.v) + np.sqrt(np.abs(self.v)) + np.tanh(self.w) + np.sign(self.w)


def reductions(self):
    self.k = self.v.sum() + np.mean(self.v) + self.m.max() + np.min(self.m) + np.std(self.v)
    self.x[0] = np.argmax(self.v) + self.v.argmin() + np.count_nonzero(self.v)
    self.x[1] = int(np.any(self.v > 1)) + int((self.v > -1).all())
    self.v[:2] = self.m.sum(axis=1)


def products(self):
    self.v[:2] = self.m @ self.w
    self.w = self.m.T @ self.v[:2]
    self.k = np.dot(self.v, self.v)


def creation(self):
    a = np.zeros(4)
    b = np.ones_like(self.v)
    c = np.arange(4) + np.full(4, 2)
    d = np.zeros(self.v.shape, dtype=np.int32)
    self.v = a + b + c + d
    self.w[:] = np.cumsum(self.v)
    self.w.fill(3)
    self.v[:] = np.roll(self.v, 1)


def conditions(self):
    self.k = 1.0 if self.time_step == 1 and self.v[0] > 0 else self.k - 1
    if 0 < self.k <= 1 or not self.flag:
        self.flag = not self.flag
    self.x[0] = self.x[0] << 2 | 1
    self.x[1] ^= 3


def conversions(self):
    self.x[:] = self.v[:2].astype(np.int64)
    self.w = (self.v > 0).astype(float) * self.v.copy()
    self.k = np.float32(self.k) * np.int16(3)
    self.v[:] = self.v.clip(0, 2)
    self.w = np.clip(self.w, -1, 1)


def fancy(self):
    index = np.nonzero(self.v > 0.4)[0]
    self.w[index] = 9
    self.w[np.flatnonzero(self.v > 1)] = 8
    for i in np.where(self.v > 1)[0]:
        self.k += i
    self.v[-1] = self.v[-2]


def comprehension(self):
    total = sum([x * 2 for x in self.v])
    self.k = total
    self.w[:] = np.array([i * 1.5 for i in range(4)])


def matrix(self):
    self.m[1] += 1
    row = self.m[0]
    row[:] = 4
    self.m[1, 2] -= row[0]
    self.m = self.m * 2
    self.m += self.w[:3]
    self.v[:3] = self.m.ravel()[:3] + self.m.reshape(6)[3:] + self.m.flatten()[:3]


IDIOMS = [
    shapes, whole_array, mask, slices, where, loops, early_return, tuples, casts, mathematics,
    reductions, products, creation, conditions, conversions, fancy, comprehension, matrix,
]  # fmt: skip


@pytest.mark.parametrize("kernel", IDIOMS, ids=lambda k: k.__name__)
def test_idiom_runs_natively_with_the_numbers_of_python(kernel):
    values = {
        "v": np.array([0.5, 1.5, 2.5, -0.5]),
        "w": np.array([1.0, -2.0, 3.0, 0.25]),
        "m": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        "x": np.array([0, 0]),
        "k": 0.25,
        "flag": False,
    }
    if kernel is products:
        values["m"] = np.arange(8.0).reshape(2, 4)
    both_tiers(kernel, values)
