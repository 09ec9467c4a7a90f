"""``self.rng.fill``: equal in both tiers and for any part of an array, apart from other draws."""

import numpy as np
import pytest
from kernel_networks import both_tiers

from lavajit.kernels.random import _FILLS, Random, philox


def random(key: int = 5, step: int = 7) -> Random:
    return Random(key, lambda: step)


def filled(size: int, draw: int = 0) -> np.ndarray:
    words = np.zeros(size, np.uint32)
    random().fill(words, draw)
    return words


def fill(self):
    self.rng.fill(self.few)
    self.rng.fill(self.many.ravel(), 3)


def test_native_and_python_fill_the_same():
    values = {"few": np.zeros(5, np.uint32), "many": np.zeros((3, 70), np.uint32)}
    got = both_tiers(fill, values, steps=3)
    assert len(np.unique(got["many"])) == 210


def test_words_are_those_of_the_counters():
    words = filled(130)
    for element in (0, 15, 16, 63, 64, 129):
        tile, inside = divmod(element, 64)
        made = philox((16 * tile + inside % 16, _FILLS, 7, 0), (5, 0))
        assert words[element] == made[inside // 16]


def test_a_word_depends_on_its_element_only():
    words = filled(1000)
    np.testing.assert_array_equal(filled(130), words[:130])
    assert not np.array_equal(filled(1000, draw=1), words)
    assert int(random().bits(0)) >> 32 not in words


def test_wrong_arrays_say_so():
    for words in (np.zeros(3), np.zeros((2, 2), np.uint32)):
        with pytest.raises(TypeError, match="rng.fill needs a one-dimensional array of uint32"):
            random().fill(words)
