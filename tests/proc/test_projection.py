"""Projection: statistics of its rules, delivery against DelaySparse, reproducibility, memory."""

import doctest
import importlib

import numpy as np
import pytest
from helpers.driven import FLOAT, output
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    DelaySparse,
    FixedIndegree,
    FixedOutdegree,
    FixedTotal,
    Loihi2SimCfg,
    Normal,
    PairwiseBernoulli,
    Projection,
    RunSteps,
    Synapses,
    Uniform,
)
from lavajit.proc.projection.wiring import words
from lavajit.utils.sparse import from_synapses


def made(native: bool = True, tag: str = FLOAT, **params):
    """Synapses of a Projection."""
    projection = Projection(**params)
    projection.run(RunSteps(1), Loihi2SimCfg(select_tag=tag), {"native": native})
    try:
        return projection.synapses()
    finally:
        projection.stop()


def test_random_words_are_those_of_the_authors():
    # Known answers of Philox2x32-10, from the authors' own tests.
    assert words(0, 0, 0) == (0xFF1DAE59, 0x6CD10DF2)
    ones = 0xFFFFFFFF
    assert words(ones, ones, ones) == (0x2C3F628B, 0xAB4FD7AD)


# --- rules ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.0, 0.02, 0.3, 0.9, 1.0])
def test_bernoulli(p):
    m, n = 300, 400
    pre, post, weight, _ = made(shape=(m, n), rule=PairwiseBernoulli(p), weight=2.0)
    assert np.unique(pre * m + post).size == pre.size  # no pair twice
    spread = np.sqrt(m * n * p * (1 - p))
    assert abs(pre.size - m * n * p) <= 5 * spread
    for degree, trials in ((np.bincount(pre, minlength=n), m), (np.bincount(post, minlength=m), n)):
        # The variance of a binomial, within 5 of its standard errors.
        expected = trials * p * (1 - p)
        assert abs(degree.var() - expected) <= 5 * expected * np.sqrt(2 / degree.size) + 1e-9
    assert np.all(weight == 2)


@pytest.mark.slow
def test_fixed_degrees():
    shape = (150, 200)
    pre, post, *_ = made(shape=shape, rule=FixedIndegree(40), weight=1.0)
    assert np.all(np.bincount(post, minlength=150) == 40)
    assert abs(np.bincount(pre, minlength=200).var() / 30 - 1) < 0.5  # Poisson: variance = mean
    pre, post, *_ = made(shape=shape, rule=FixedOutdegree(30), weight=1.0)
    assert np.all(np.bincount(pre, minlength=200) == 30)
    assert abs(np.bincount(post, minlength=150).var() / 40 - 1) < 0.6
    pre, post, *_ = made(shape=shape, rule=FixedTotal(6000), weight=1.0)
    assert pre.size == 6000
    assert abs(np.bincount(pre, minlength=200).var() / 30 - 1) < 0.5
    assert abs(np.bincount(post, minlength=150).var() / 40 - 1) < 0.6


@pytest.mark.slow
def test_weights_and_delays():
    rule = FixedIndegree(500)
    size, delay = 50_000, Normal(15, 5, low=1, high=40)
    pre, post, w, d = made(shape=(100, 100), rule=rule, weight=Normal(-3, 0.5), delay=delay)
    assert abs(w.mean() + 3) < 5 * 0.5 / np.sqrt(size)
    assert abs(w.std() / 0.5 - 1) < 5 / np.sqrt(2 * size)
    assert w.dtype == np.float32
    assert abs(d.mean() - 15) < 0.15 and abs(d.std() - 5) < 0.15 and d.min() >= 1
    same_row = pre[1:] == pre[:-1]
    assert np.all(np.diff(d)[same_row] >= 0)
    # Independent of each other, of the target and of the source: 5 standard errors.
    assert np.all(np.abs(np.corrcoef([pre, post, w, d])[np.triu_indices(4, 1)]) < 5 / size**0.5)
    *_, w, d = made(shape=(100, 100), rule=rule, weight=Uniform(0, 2), delay=Uniform(2, 5))
    assert 0 <= w.min() and w.max() < 2 and abs(w.mean() - 1) < 5 / np.sqrt(3 * size)
    assert np.all(np.abs(np.bincount(d) / size - [0, 0, 0.25, 0.25, 0.25, 0.25]) < 0.01)


@pytest.mark.slow
def test_denser_than_half_is_independent_of_the_delay():
    rule = PairwiseBernoulli(0.8)
    _, post, _, d = made(shape=(200, 200), rule=rule, weight=1.0, delay=Uniform(1, 10))
    assert abs(np.corrcoef(post, d)[0, 1]) < 5 / np.sqrt(post.size)


RULES = [PairwiseBernoulli(0.3), PairwiseBernoulli(0.7), FixedIndegree(2), FixedTotal(30)]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_the_seed_alone_decides(rule):
    params = {
        "shape": (9, 11),
        "rule": rule,
        "weight": Normal(1, 0.2, low=0.9),
        "delay": Uniform(0, 3),
    }
    found = made(**params, seed=7)
    for other in (made(native=False, **params, seed=7), made(tag="float32", **params, seed=7)):
        for a, b in zip(found, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert any(
        a.size != b.size or np.any(a != b)
        for a, b in zip(found, made(**params, seed=8), strict=True)
    )


# --- delivery -------------------------------------------------------------------------


@st.composite
def problems(draw):
    """Given synapses, and spikes."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    m, n = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    pairs = rng.permutation(m * n)[: draw(st.integers(0, m * n))]
    longest = draw(st.sampled_from([0, 1, 5, 300]))
    delay = rng.integers(0, longest + 1, pairs.size)
    weight = rng.integers(-9, 10, pairs.size)
    spikes = (rng.random((draw(st.integers(3, 12)), n)) < draw(st.sampled_from([0.2, 1]))) * 2.0
    return (m, n), pairs // m, pairs % m, weight, delay, spikes


@pytest.mark.slow
@given(problems(), st.booleans(), st.sampled_from([0, 1, 4]))
@settings(max_examples=15, deadline=None)
def test_given_synapses_deliver_what_delay_sparse_does(problem, native, chunk):
    shape, pre, post, weight, delay, spikes = problem
    weights, delays = from_synapses(pre, post, weight.astype(float), delay, shape=shape)
    projection = Projection(shape=shape, rule=Synapses(pre, post), weight=weight, delay=delay)
    found = output(projection, spikes, FLOAT, native, chunk)
    expected = output(DelaySparse(weights=weights, delays=delays), spikes, FLOAT)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "weight", "delay"),
    [
        (FixedIndegree(30), Uniform(-2, 2), Uniform(0, 20)),
        (FixedTotal(2000), 3.0, Normal(6, 3, low=0)),
        (FixedOutdegree(20), Normal(1, 1), 4),
        (FixedTotal(0), 1.0, 1),
    ],
)
@pytest.mark.parametrize("chunk", [0, 7])
def test_drawn_synapses_deliver(rule, weight, delay, chunk):
    m, n = 70, 90
    params = {"shape": (m, n), "rule": rule, "weight": weight, "delay": delay}
    pre, post, w, d = made(**params, weight_dtype=np.float64)
    spikes = (np.random.default_rng(0).random((40, n)) < 0.05) * 1.0
    expected = np.zeros((len(spikes) + 100, m))
    for t, row in enumerate(spikes):
        sent = row[pre] != 0
        np.add.at(expected, (t + 1 + d[sent], post[sent]), w[sent])
    found = output(Projection(**params, weight_dtype=np.float64), spikes, FLOAT, chunk=chunk)
    # Sums of at most some hundred numbers around 1, in another order.
    np.testing.assert_allclose(found, expected[: len(spikes)], rtol=0, atol=1e-12)


@pytest.mark.slow
def test_float32_sums():
    spikes = np.ones((3, 5))
    params = {"shape": (4, 5), "rule": PairwiseBernoulli(1.0), "weight": 0.5}
    found = output(Projection(**params), spikes, "float32")
    assert np.all(found == [[0.0] * 4, [2.5] * 4, [2.5] * 4])


def test_bytes_per_synapse():
    rule = FixedTotal(200_000)
    projection = Projection((1000, 500), rule, Normal(1, 0.1), Uniform(1, 5))
    projection.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    used = projection.runtime.executable.network.layout.memory_of["total"]
    projection.stop()
    assert used / rule.n < 7.5


# --- errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"shape": (0, 3)}, ValueError, "targets, sources"),
        ({"shape": (3,)}, ValueError, "targets, sources"),
        ({"rule": 0.1}, TypeError, "rule is one of PairwiseBernoulli"),
        ({"weight": "1"}, TypeError, "weight is a finite number"),
        ({"weight": np.nan}, TypeError, "weight is a finite number"),
        ({"weight": [1.0, 2.0]}, ValueError, "weight has shape"),
        ({"delay": 1.5}, ValueError, "whole numbers"),
        ({"delay": -1}, ValueError, "from 0 to"),
        ({"delay": Normal(15, 7.5)}, ValueError, "low=0"),
        ({"delay": 10**6}, ValueError, "from 0 to"),
        ({"seed": -1}, ValueError, "seed is a whole number"),
        ({"weight_dtype": np.int8}, ValueError, "float32 or float64"),
        ({"rule": Synapses([0], [9])}, ValueError, "room for 0 to 2"),
        ({"rule": Synapses([0], [1]), "weight": Normal(0, 1)}, TypeError, "numpy.random"),
        ({"rule": Synapses([0], [1]), "delay": [1, 2]}, ValueError, "delay has shape"),
    ],
)
def test_wrong_parameters(change, error, text):
    with pytest.raises(error, match=text):
        Projection(**({"shape": (3, 4), "rule": FixedTotal(3), "weight": 1.0} | change))


@pytest.mark.parametrize(
    "make",
    [
        lambda: PairwiseBernoulli(1.1),
        lambda: FixedIndegree(-1),
        lambda: FixedOutdegree(1.5),
        lambda: FixedTotal(True),
        lambda: Normal(0, -1),
        lambda: Normal(0, 1, low=2),
        lambda: Normal(0, 1, low=-0.1, high=0.1),
        lambda: Uniform(2, 1),
        lambda: Synapses([0, 1], [0]),
        lambda: Synapses([0.5], [0]),
    ],
)
def test_wrong_rules(make):
    with pytest.raises(ValueError):
        make()


def test_synapses_before_the_first_step():
    with pytest.raises(RuntimeError, match="first step"):
        Projection((3, 4), FixedTotal(3), 1.0).synapses()


@pytest.mark.parametrize("name", ["rules", "group", "projection"])
def test_examples(name):
    results = doctest.testmod(importlib.import_module(f"lavajit.proc.projection.{name}"))
    assert results.attempted > 0
    assert results.failed == 0
