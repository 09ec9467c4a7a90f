"""``self.rng``: the published numbers, the same in both tiers, uncorrelated and reproducible."""

import numpy as np
import pytest
from kernel_networks import both_tiers, cell_class, model_class, run_config

from lavajit import RunSteps
from lavajit.kernels.random import Random, mix_key, philox
from lavajit.kernels.random_types import native_philox

FULL = 0xFFFFFFFF
#: Known answers of Philox4x32-10: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((FULL,) * 4, (FULL, FULL), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "want"), KNOWN)
def test_known_answers(counter, key, want):
    numbers = tuple(int(word, 16) for word in want.split())
    assert philox(counter, key) == numbers
    native = native_philox(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in native) == numbers


def draw(self):
    for i in range(self.u.size):
        self.u[i] = self.rng.uniform(i)
        self.g[i] = self.rng.normal(i, 1)
        self.n[i] = self.rng.integers(i, 10, 2)
        self.b[i] = self.rng.bits(i, 3) >> np.uint64(1)


def values(size: int = 5) -> dict:
    return {
        "u": np.zeros(size),
        "g": np.zeros(size),
        "n": np.zeros(size, int),
        "b": np.zeros(size, np.uint64),
    }


def test_native_and_python_draw_the_same():
    got = both_tiers(draw, values(), steps=3)
    assert len(set(got["u"])) == 5
    assert ((got["n"] >= 0) & (got["n"] < 10)).all()


def run(seed: int, chunks: tuple[int, ...], size: int = 4) -> list[np.ndarray]:
    """Draws after each of several runs."""
    process = cell_class()
    model = model_class(process, {"run_spk": draw}, values(size))
    config = run_config(model)
    config.seed = seed
    cell = process(**values(size))
    drawn = []
    try:
        for steps in chunks:
            cell.run(RunSteps(num_steps=steps), config)
            drawn.append(cell.u.get())
    finally:
        cell.stop()
    return drawn


def test_draws_depend_on_the_step_and_not_on_the_run():
    np.testing.assert_array_equal(run(1, (7,))[-1], run(1, (3, 4))[-1])
    np.testing.assert_array_equal(run(1, (1, 1, 1))[-1], run(1, (3,))[-1])


def test_draws_depend_on_the_seed_and_the_element_only():
    assert not np.intersect1d(run(1, (1,))[0], run(2, (1,))[0]).size
    np.testing.assert_array_equal(run(1, (2,), 3)[0], run(1, (2,), 6)[0][:3])


def test_processes_draw_different_numbers():
    keys = {mix_key(seed, stream) for seed in range(30) for stream in range(30)}
    assert len(keys) == 900


def test_moments():
    step = 0

    def count() -> int:
        return step

    rng = Random(mix_key(3, 1), count)
    u = np.array([rng.uniform(i) for i in range(4000)])
    g = np.array([rng.normal(i) for i in range(4000)])
    n = np.array([rng.integers(i, 6) for i in range(6000)])
    assert abs(u.mean() - 0.5) < 0.015 and abs(u.var() - 1 / 12) < 0.005
    assert abs(g.mean()) < 0.05 and abs(g.std() - 1) < 0.04
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.05
    assert (abs(np.bincount(n, minlength=6) - 1000) < 130).all()


def test_steps_beyond_32_bits_draw_new_numbers():
    early, late = Random(5, lambda: 1), Random(5, lambda: 1 + (1 << 32))
    assert early.bits(0) != late.bits(0)
