"""Projections of several groups, divided into parts, with delays in blocks."""

import numpy as np
import pytest
from helpers.driven import FLOAT, output
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    FixedIndegree,
    FixedOutdegree,
    FixedTotal,
    Group,
    Loihi2SimCfg,
    Normal,
    PairwiseBernoulli,
    Projection,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    Synapses,
    Uniform,
)
from lavajit.proc.projection import layout

WHOLE = Uniform(1, 1)  # weights that are drawn, and whole numbers


def divided(monkeypatch, parts: int) -> None:
    """As many parts for each thread, instead of one."""
    bounds = layout.part_bounds
    monkeypatch.setattr(
        "lavajit.proc.projection.models.part_bounds",
        lambda targets, shards: bounds(targets, shards * parts),
    )


def made_and_sent(projection: Projection, spikes: np.ndarray, native: bool, tag: str = FLOAT):
    """What a projection sends, and its synapses."""
    found = []
    stop = projection.stop

    def keep_synapses():
        found.append(projection.synapses())
        stop()

    projection.stop = keep_synapses
    return output(projection, spikes, tag, native), found[0]


def sums(synapses, spikes: np.ndarray, targets: int) -> np.ndarray:
    """What should be sent: a dense product for each delay."""
    pre, post, weight, delay = synapses
    steps = len(spikes)
    sent = np.zeros((steps + int(delay.max(initial=0)) + 1, targets))
    for d in np.unique(delay):
        matrix = np.zeros((spikes.shape[1], targets))
        now = delay == d
        np.add.at(matrix, (pre[now], post[now]), weight[now])
        sent[d + 1 : d + 1 + steps] += (spikes != 0) @ matrix
    return sent[:steps]


def parts_of(size: int):
    """Ranges of neurons."""
    pairs = st.tuples(st.integers(0, size - 1), st.integers(1, size))
    return st.one_of(
        st.none(), pairs.filter(lambda ends: ends[0] < ends[1]).map(lambda ends: range(*ends))
    )


@st.composite
def networks(draw):
    """Shape, groups with weights that are whole numbers, and spikes."""
    m, n = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    rules = st.one_of(
        st.floats(0, 1).map(PairwiseBernoulli),
        st.integers(0, 6).map(FixedIndegree),
        st.integers(0, 6).map(FixedOutdegree),
        st.integers(0, 40).map(FixedTotal),
    )
    delays = st.sampled_from([0, 3, 300, Uniform(0, 5), Uniform(2, 2), Normal(6, 3, low=0)])
    weights = st.sampled_from([1, -2, Uniform(3, 3)])
    one = st.builds(Group, rules, weights, delays, parts_of(n), parts_of(m))
    groups = draw(st.lists(one, min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    spikes = (rng.random((draw(st.integers(3, 20)), n)) < draw(st.sampled_from([0.3, 1.0]))) * 1.0
    return (m, n), groups, draw(st.integers(0, 99)), spikes


@given(networks(), st.integers(1, 4), st.sampled_from([1, 64, 10**6]), st.booleans())
@settings(max_examples=40, deadline=None)
def test_random_groups(network, parts, visit, native):
    shape, groups, seed, spikes = network
    with pytest.MonkeyPatch.context() as patch:
        divided(patch, parts)
        patch.setattr(layout, "VISIT", visit)
        projection = Projection(shape, groups, seed=seed)
        sent, synapses = made_and_sent(projection, spikes, native)
    np.testing.assert_array_equal(sent, sums(synapses, spikes, shape[0]))


DRAWN = [
    Group(FixedTotal(4000), Normal(1, 0.5), Normal(9, 4, low=0), range(0, 40), range(0, 50)),
    Group(FixedIndegree(30), Normal(-2, 0.2, high=0), Uniform(1, 400), range(40, 50)),
    Group(PairwiseBernoulli(0.4), 0.1, 7, post=range(33, 90)),
    Group(PairwiseBernoulli(0.9), Uniform(0, 1), Uniform(0, 3), range(5, 9), range(89, 90)),
]


@pytest.mark.parametrize("groups", [DRAWN, [Group(FixedIndegree(30), WHOLE, 5)]], ids=len)
def test_parts_change_nothing(monkeypatch, groups):
    spikes = (np.random.default_rng(3).random((60, 50)) < 0.2) * 1.0
    first = made_and_sent(Projection((90, 50), groups, seed=5), spikes, True)
    for parts in (2, 3, 4, 90):
        with monkeypatch.context() as patch:
            divided(patch, parts)
            sent, synapses = made_and_sent(Projection((90, 50), groups, seed=5), spikes, True)
        np.testing.assert_array_equal(sent, first[0])  # to the last bit
        for found, expected in zip(synapses, first[1], strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
@pytest.mark.parametrize("tag", [FLOAT, "float32"])
def test_threads_change_nothing(tag):
    spikes = (np.random.default_rng(3).random((40, 50)) < 0.2) * 1.0
    found = []
    for threads in (1, 2, 3):
        projection = Projection((90, 50), DRAWN, seed=5)
        SourceRingBuffer(data=spikes.T).s_out.connect(projection.s_in)
        sink = SinkRingBuffer(shape=(90,), buffer=40)
        projection.a_out.connect(sink.a_in)
        projection.run(RunSteps(40), Loihi2SimCfg(select_tag=tag, threads=threads))
        found.append([*projection.synapses(), sink.data.get()])
        assert np.any(found[-1][-1])
        projection.stop()
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_python_makes_the_same(monkeypatch):
    divided(monkeypatch, 2)
    spikes = (np.random.default_rng(3).random((20, 50)) < 0.2) * 1.0
    native, python = (
        made_and_sent(Projection((90, 50), DRAWN[1:], seed=5), spikes, one) for one in (True, False)
    )
    np.testing.assert_array_equal(native[0], python[0])
    for a, b in zip(native[1], python[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_given_synapses_in_parts_and_blocks(monkeypatch):
    rng = np.random.default_rng(1)
    pre, post = rng.integers(0, 20, 3000), rng.integers(0, 30, 3000)
    weight, delay = rng.integers(-5, 6, 3000), rng.choice([0, 1, 2, 600, 3000], 3000)
    spikes = np.zeros((3100, 20))
    spikes[[0, 1, 5, 700], :] = 1
    expected = sums((pre, post, weight, delay), spikes, 30)
    for parts, visit in ((1, 64), (3, 1), (2, 10**6)):
        with monkeypatch.context() as patch:
            divided(patch, parts)
            patch.setattr(layout, "VISIT", visit)
            projection = Projection((30, 20), Synapses(pre, post), weight, delay)
            sent, synapses = made_and_sent(projection, spikes, True)
        np.testing.assert_array_equal(sent, expected)
        order = np.lexsort((weight, post, delay, pre))
        again = np.lexsort((synapses[2], synapses[1], synapses[3], synapses[0]))
        for found, given_ones in zip(synapses, (pre, post, weight, delay), strict=True):
            np.testing.assert_array_equal(found[again], given_ones[order])


def test_more_targets_than_16_bits_take_parts():
    bounds = layout.part_bounds(77_169, 1)
    assert bounds.size == 3 and np.diff(bounds).max() <= 1 << 16
    assert layout.part_bounds(77_169, 2).size == 3
    assert layout.part_bounds(1, 3).tolist() == [0, 0, 0, 1]
    shape = (70_000, 3)
    sent, synapses = made_and_sent(
        Projection(shape, FixedOutdegree(2000), WHOLE, Uniform(0, 2)), np.ones((5, 3)), True
    )
    np.testing.assert_array_equal(sent, sums(synapses, np.ones((5, 3)), shape[0]))
    assert synapses[1].max() > 1 << 16


def test_groups_stay_in_their_ranges():
    groups = [
        Group(FixedTotal(500), 1, 2, range(0, 10), range(5, 20)),
        Group(FixedIndegree(4), -1, 3, range(10, 12), range(0, 5)),
    ]
    _, (pre, post, weight, delay) = made_and_sent(Projection((20, 12), groups), np.ones((1, 12)), 1)
    excites = weight > 0
    assert excites.sum() == 500 and np.all(delay[excites] == 2) and np.all(delay[~excites] == 3)
    assert np.all(pre[excites] < 10) and np.all(post[excites] >= 5)
    assert np.all(pre[~excites] >= 10)
    np.testing.assert_array_equal(np.bincount(post[~excites]), [4] * 5)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [4, Uniform(0, 9)])
def test_a_run_that_is_saved_goes_on(tmp_path, delay):
    spikes = (np.random.default_rng(2).random((30, 8)) < 0.3) * 1.0
    params = {"shape": (6, 8), "rule": FixedTotal(60), "weight": WHOLE, "delay": delay}
    one, other = Projection(**params), Projection(**params)
    expected = output(Projection(**params), spikes, FLOAT)
    config = Loihi2SimCfg(select_tag=FLOAT)

    def driven(projection):
        SourceRingBuffer(data=spikes.T).s_out.connect(projection.s_in)
        sink = SinkRingBuffer(shape=(6,), buffer=30)
        projection.a_out.connect(sink.a_in)
        return sink

    driven(one)
    sink = driven(other)
    one.run(RunSteps(13), config)
    one.save(tmp_path / "state.npz")
    one.stop()
    other.run(RunSteps(1), config)
    other.load(tmp_path / "state.npz")
    other.run(RunSteps(17))
    found = sink.data.get().T
    other.stop()
    np.testing.assert_array_equal(found[13:], expected[13:])


# --- errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "error", "text"),
    [
        ({"rule": []}, ValueError, "at least one"),
        ({"rule": [FixedTotal(1)]}, TypeError, "list of Group"),
        ({"rule": [Group(FixedTotal(1), 1.0)], "weight": 1.0}, ValueError, "its own weight"),
        ({"rule": [Group(FixedTotal(1), 1.0)], "delay": 1}, ValueError, "its own weight"),
        ({"rule": FixedTotal(1)}, TypeError, "weight is missing"),
        ({"rule": [Group(FixedTotal(1), 1.0, post=range(2, 4))]}, ValueError, "group 0: post is"),
        ({"rule": [Group(FixedTotal(1), 1.0, pre=range(5))]}, ValueError, "group 0: pre is"),
        ({"rule": [Group(Synapses([0], [0]), 1.0)]}, TypeError, "a Projection of their own"),
        ({"rule": [Group(0.5, 1.0)]}, TypeError, "rule is one of"),
        ({"rule": [Group(FixedTotal(1), "1")]}, TypeError, "group 0: weight is a finite"),
        ({"rule": [Group(FixedTotal(1), 1.0, 0.5)]}, ValueError, "group 0: delays are whole"),
    ],
)
def test_wrong_groups(params, error, text):
    with pytest.raises(error, match=text):
        Projection((3, 4), **params)


@pytest.mark.parametrize("part", [range(3, 3), range(-1, 3), range(0, 6, 2)])
def test_wrong_ranges(part):
    with pytest.raises(ValueError, match="at least one neuron"):
        Group(FixedTotal(1), 1.0, pre=part)
    with pytest.raises(TypeError, match="range"):
        Group(FixedTotal(1), 1.0, pre=(0, 3))
