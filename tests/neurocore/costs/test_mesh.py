"""Tiles, what messages count, and loads of links."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.chips import LOIHI1, LOIHI2
from lavajit.neurocore.costs.counters import HOP_EW, HOP_NS, MSG_CHIP, MSG_LOCAL
from lavajit.neurocore.costs.mesh import link_loads, route, tile, tile_position, tiles_used
from lavajit.neurocore.errors import NcValueError

PLACES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 127)), min_size=1, max_size=8)


@pytest.mark.parametrize("chip", [LOIHI1, LOIHI2])
def test_tiles_of_cores(chip):
    cores = np.arange(128)
    np.testing.assert_array_equal(tile(chip, cores), cores // 4)
    expected = [[index % 8, index // 8] for index in range(32)]
    np.testing.assert_array_equal(tile_position(chip, cores[::4]), expected)


def test_what_a_message_counts():
    source = [[0, 0], [0, 0], [0, 2], [0, 127], [0, 4], [0, 0]]
    target = [[0, 0], [0, 3], [0, 43], [0, 0], [1, 4], [2, 127]]
    expected = [
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [2, 1, 0, 0],
        [7, 3, 0, 0],
        [0, 0, 0, 1],
        [7, 3, 0, 1],
    ]
    np.testing.assert_array_equal(route(LOIHI1, source, target), expected)


@given(PLACES, st.integers(0, 2**32 - 1))
def test_routes_and_links_agree(places, seed):
    source = np.array(places)
    target = np.random.default_rng(seed).permutation(source)
    forth, back = route(LOIHI1, source, target), route(LOIHI1, target, source)
    np.testing.assert_array_equal(forth, back)
    assert (forth[:, MSG_LOCAL] + forth[:, MSG_CHIP] <= 1).all()
    messages = np.random.default_rng(seed).integers(0, 9, (3, len(source)))
    loads = link_loads(LOIHI1, source, target, messages)
    assert loads.shape == (3, source[:, 0].max() + 1, 4, 32)
    # Every hop within a chip passes one link.
    inside = messages * (forth[:, MSG_CHIP] == 0)
    np.testing.assert_array_equal(loads[:, :, :2].sum((1, 2, 3)), inside @ forth[:, HOP_EW])
    np.testing.assert_array_equal(loads[:, :, 2:].sum((1, 2, 3)), inside @ forth[:, HOP_NS])


def test_links_go_along_x_first():
    east, west, south, north = link_loads(LOIHI1, [[0, 0]], [[0, 40]], [3])[0]
    assert np.flatnonzero(east).tolist() == [0, 1] and not west.any() and not north.any()
    assert np.flatnonzero(south).tolist() == [2] and south[2] == 3


def test_tiles_used():
    assert tiles_used(LOIHI1, np.zeros((0, 2), int)) == 1
    assert tiles_used(LOIHI1, [[0, core] for core in range(128)]) == 32
    assert tiles_used(LOIHI1, [[0, 0], [1, 0], [1, 4], [2, 8]]) == 2


def test_cores_that_do_not_exist():
    with pytest.raises(NcValueError, match=r"core 128: Loihi 1 has cores 0\.\.127"):
        route(LOIHI1, [0, 0], [0, 128])
    with pytest.raises(NcValueError, match="core -1"):
        tile(LOIHI1, -1)
    with pytest.raises(ValueError, match="pairs of chip and core, got shape"):
        route(LOIHI1, 3, [0, 1])
