"""Fields of ``self``: every type is read and written natively as in Python."""

import numpy as np
import pytest
from kernel_networks import both_tiers, refusal, run_cell

from lavajit import PyLoihiProcessModel

DTYPES = (
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex128"
).split()


def sample(dtype: str, shape: tuple[int, ...] = (2, 3)) -> np.ndarray:
    values = np.arange(1, 1 + np.prod(shape)).reshape(shape)
    if dtype == "bool":
        return values % 2 == 0
    return values * (1 + 2j) if dtype == "complex128" else values.astype(dtype)


@pytest.mark.parametrize(
    "dtype",
    [
        pytest.param(d, marks=() if d in ("bool", "int16", "float64") else pytest.mark.slow)
        for d in DTYPES
    ],
)
def test_array_of_every_dtype(dtype):
    def kernel(self):
        self.y[0, 1] = self.x[1, 2]
        self.y[1] = self.x[0]
        self.z = self.x

    x = sample(dtype)
    got = both_tiers(kernel, {"x": x, "y": np.zeros_like(x), "z": np.zeros_like(x)})
    np.testing.assert_array_equal(got["z"], x)
    assert got["y"].dtype == x.dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_plain_attribute_of_every_dtype(dtype):
    value = sample(dtype, (1,))[0]

    class Base(PyLoihiProcessModel):
        def __init__(self, proc_params=None):
            super().__init__(proc_params)
            self.number = value

    def kernel(self):
        self.copy[0] = self.number
        self.number = self.copy[0]
        self.copy[1] = self.number

    got = both_tiers(kernel, {"copy": np.zeros(2, dtype)}, base=Base)
    assert got["copy"][0] == got["copy"][1] == value


@pytest.mark.parametrize("ndim", range(1, 5))
def test_arrays_of_up_to_four_dimensions(ndim):
    def kernel(self):
        total = 0
        for index in np.ndindex(self.x.shape):
            total += self.x[index]
        self.n = total
        self.y = self.x
        self.y[:] = self.y
        self.y[0] = self.x[-1]
        self.y += 1

    x = np.arange(2.0**ndim).reshape((2,) * ndim)
    got = both_tiers(kernel, {"x": x, "y": np.zeros_like(x), "n": 0.0})
    assert got["n"] == x.sum()
    np.testing.assert_array_equal(got["y"][1:], x[1:] + 1)


def column_major_kernel(self):
    for i in range(self.w.shape[0]):
        for j in range(self.w.shape[1]):
            self.x[i] += self.w[i, j]
    self.w[1, 2] = 50
    self.w = self.w * 2
    self.w[:, 1] = 9
    self.w[0, :] = self.w[1, :]
    self.w[:] = self.w + 1


def test_column_major_array():
    values = {"w": np.arange(12.0).reshape(3, 4), "x": np.zeros(3)}
    plain = both_tiers(column_major_kernel, values)
    stored = both_tiers({"run_spk": column_major_kernel, "column_major": ("w",)}, values)
    for name in values:
        np.testing.assert_array_equal(stored[name], plain[name])


def test_the_time_step_is_shared_and_read_only():
    def kernel(self):
        self.n = self.n * 10 + self.time_step

    assert both_tiers(kernel, {"n": 0}, steps=3)["n"] == 123

    def setter(self):
        if self.n < 0:
            self.time_step = 3

    assert "time_step" in refusal(setter, {"n": 0}).reason


def test_assignment_copies_into_storage():
    def kernel(self):
        self.v = self.w
        self.w[0] = 100
        self.v[1] += 1

    got = both_tiers(kernel, {"v": np.zeros(3), "w": np.arange(3.0)}, steps=1)
    np.testing.assert_array_equal(got["v"], [0, 2, 2])
    np.testing.assert_array_equal(got["w"], [100, 1, 2])


def test_tuple_and_chained_assignment():
    def kernel(self):
        self.a, self.b = self.b, self.a + 1
        self.v[:], n = self.w * 2, 3
        self.c = self.d = n
        (self.a, x), self.v[0] = (self.a * 2, 5), 7
        self.b += x

    values = {"a": 1, "b": 2, "c": 0, "d": 0, "v": np.zeros(2), "w": np.ones(2)}
    got = both_tiers(kernel, values, steps=3)
    assert got["c"] == got["d"] == 3


def test_swapping_arrays_by_tuple_assignment_sees_old_values():
    def kernel(self):
        self.v, self.w = self.w.copy(), self.v.copy()

    got = both_tiers(kernel, {"v": np.zeros(3), "w": np.ones(3)}, steps=1)
    np.testing.assert_array_equal(got["v"], 1)
    np.testing.assert_array_equal(got["w"], 0)


def test_augmented_assignment():
    def kernel(self):
        self.v += 1
        self.v *= self.w
        self.v -= self.v[0]
        self.n += 2
        self.n *= 3
        self.n //= 2
        self.b |= True
        self.x <<= 2
        self.x &= 12

    values = {"v": np.arange(3.0), "w": np.ones(3) * 2, "n": 1, "b": False, "x": np.array([3, 5])}
    both_tiers(kernel, values, steps=3)


def test_an_integer_becomes_a_float_when_a_float_is_assigned():
    def kernel(self):
        self.n = self.n / 2
        self.x = self.x * 0.5

    got, tiers = run_cell(kernel, {"n": 3, "x": np.array([1, 2])}, steps=2)
    assert not tiers.refusals
    assert got["n"] == 0.75
    np.testing.assert_array_equal(got["x"], [0.25, 0.5])


def test_promotion_reaches_other_methods_of_the_model():
    def run_spk(self):
        self.n = self.n + 0.5

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.seen[0] = self.n

    methods = {"run_spk": run_spk, "post_guard": post_guard, "run_post_mgmt": run_post_mgmt}
    got, tiers = run_cell(methods, {"n": 1, "seen": np.zeros(1)}, steps=2)
    assert not tiers.refusals
    assert got["seen"][0] == 2.0


def test_a_wrong_shape_raises_where_it_is_assigned():
    def kernel(self):
        self.v = self.w[:2]

    for native in (True, False):
        with pytest.raises(ValueError, match="shape|broadcast") as caught:
            run_cell(kernel, {"v": np.zeros(3), "w": np.zeros(3)}, native=native)
        assert "run_spk" in caught.value.__notes__[0]
        assert "time step 1" in caught.value.__notes__[0]


def test_opaque_attributes_are_named():
    class Base(PyLoihiProcessModel):
        def __init__(self, proc_params=None):
            super().__init__(proc_params)
            self.mode, self.parts, self.nothing = "fast", [1, 2], None

    def with_string(self):
        if self.mode == "fast":
            self.n += 1

    def with_list(self):
        self.n += len(self.parts)

    def with_none(self):
        if self.nothing is None:
            self.n += 1

    for kernel, text in (
        (with_string, "attribute 'mode' is a str"),
        (with_list, "attribute 'parts' is a list"),
        (with_none, "attribute 'nothing' is a NoneType"),
    ):
        found = refusal(kernel, {"n": 0}, base=Base)
        assert text in found.reason
        assert found.line == kernel.__code__.co_firstlineno + 1


def test_class_attributes():
    class Base(PyLoihiProcessModel):
        GAIN = 3
        LIMITS = (1, 2.5)
        TABLE = np.array([1.0, 2.0, 4.0])

    def kernel(self):
        low, high = self.LIMITS
        self.v[:] = self.GAIN * self.TABLE + low + high + len(self.LIMITS)

    np.testing.assert_array_equal(
        both_tiers(kernel, {"v": np.zeros(3)}, base=Base)["v"], np.array([1, 2, 4]) * 3 + 5.5
    )


@pytest.mark.parametrize("index", [3, -4, 1000000])
def test_an_index_out_of_range_raises_and_writes_nowhere(index):
    def kernel(self):
        self.v[self.i] = 1

    for native in (True, False):
        with pytest.raises(IndexError) as caught:
            run_cell(kernel, {"v": np.zeros(3), "i": index}, native=native)
        assert "Cell" in caught.value.__notes__[0]


def test_negative_indices_count_from_the_end():
    def kernel(self):
        self.v[-1] = self.v[-3] + 5

    np.testing.assert_array_equal(both_tiers(kernel, {"v": np.arange(3.0)}, 1)["v"], [0, 1, 5])
