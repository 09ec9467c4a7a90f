"""Stores into arrays and slices: broadcasting, overlap, casts."""

import warnings

import numpy as np
import pytest
from kernel_networks import both_tiers, run_cell


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), (1, 3), (2, 3)])
def test_broadcasting_assignment(shape):
    def kernel(self):
        self.m[:] = self.x
        self.m[:, 1:] = self.x[..., :1]

    both_tiers(kernel, {"m": np.zeros((2, 3)), "x": np.arange(np.prod(shape) * 1.0).reshape(shape)})


def test_overlapping_slices_are_copied_as_if_from_a_copy():
    def kernel(self):
        self.v[1:] = self.v[:-1]
        self.v[:-2] = self.v[2:]
        self.v[:] = self.v[::-1]
        self.v[1::2] = self.v[4:]
        self.m[:, 1:] = self.m[:, :-1]
        self.m[:] = self.m[::-1]
        self.m[1:] = self.m[:-1]

    both_tiers(kernel, {"v": np.arange(8.0), "m": np.arange(12.0).reshape(3, 4)}, steps=3)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "bool", "float32"])
def test_slices_cast_as_c_does(dtype):
    def kernel(self):
        self.x[:] = self.f
        self.y[:2] = self.f[:2] * 2
        self.y[2:] = -3.7

    values = {"f": np.array([2.9, -2.9, 100.5]), "x": np.zeros(3, dtype), "y": np.zeros(3, dtype)}
    both_tiers(kernel, values)


def test_integers_are_not_changed_in_place_by_floats():
    def local(self):
        x = self.x
        x += 0.5

    def whole(self):
        self.x *= self.f

    def part(self):
        self.x[1:] -= 0.5

    def divided(self):
        self.x /= 2

    values = {"x": np.array([1, 2]), "f": np.array([0.5, 0.5])}
    for kernel in (local, whole, part, divided):
        for native in (True, False):
            with warnings.catch_warnings(), pytest.raises(TypeError, match="same_kind"):
                warnings.simplefilter("ignore")
                run_cell(kernel, values, native=native)
