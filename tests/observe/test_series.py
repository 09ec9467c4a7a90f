"""Samples and Events, and the statistics of events against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from recorded_chunks import DTYPES

from lavajit.observe.series import Events, Samples

MESSAGES = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays.arrays(
        dtype,
        arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5),
        elements=st.integers(0, 1) if dtype == "?" else st.integers(0, 3),
        fill=st.just(0),
    )
)
SPIKES = arrays.arrays(bool, st.tuples(st.integers(0, 40), st.integers(0, 4)))


@given(MESSAGES, st.integers(1, 10**12))
def test_events_are_what_the_dense_messages_were(messages, first):
    events = Events.from_dense("lif.s_out", messages, first)
    dense = events.dense()
    assert (dense.dtype, dense.shape) == (messages.dtype, messages.shape)
    assert dense.tobytes() == messages.tobytes()
    assert len(events) == np.count_nonzero(messages)
    assert (events.values is None) == bool(np.isin(messages, (0, 1)).all())
    assert events.recorded.tolist() == list(range(first, first + len(messages)))
    samples = events.samples()
    np.testing.assert_array_equal(samples, messages)
    np.testing.assert_array_equal(samples.steps, events.recorded)


@given(MESSAGES, st.integers(1, 100))
def test_counts_and_trains(messages, first):
    events = Events.from_dense("lif.s_out", messages, first)
    rows = messages.reshape(len(messages), events.size) != 0
    np.testing.assert_array_equal(events.counts, rows.sum(axis=1))
    np.testing.assert_array_equal(events.per_neuron(), rows.sum(axis=0))
    trains = events.trains()
    assert len(trains) == events.size
    for train, column in zip(trains, rows.T, strict=True):
        assert train.tolist() == (first + np.flatnonzero(column)).tolist()


@given(SPIKES, st.sampled_from([1.0, 1e-3, 0.1]))
def test_rates_and_intervals(spikes, dt):
    events = Events.from_dense("lif.s_out", spikes)
    steps = len(spikes)
    expected = spikes.sum(axis=0) / (steps * dt) if steps else np.full(events.size, np.nan)
    np.testing.assert_allclose(events.rate(dt), expected, rtol=1e-14)
    intervals = events.isi(dt)
    cv = events.cv()
    assert cv.shape == (events.size,)
    for got, one, column in zip(intervals, cv, spikes.T, strict=True):
        plain = np.diff(np.flatnonzero(column))
        np.testing.assert_array_equal(got, plain * dt)
        expected = plain.std() / plain.mean() if len(plain) > 1 else np.nan
        np.testing.assert_allclose(one, expected, rtol=1e-12, atol=1e-15)


@given(SPIKES, st.integers(1, 50), st.sampled_from([1.0, 0.5]))
def test_rate_over_time(spikes, window, dt):
    events = Events.from_dense("lif.s_out", spikes, 11)
    steps, rates = events.rate_over_time(window, dt)
    whole = len(spikes) // window
    assert steps.tolist() == [11 + window * k for k in range(whole)]
    cut = spikes[: whole * window].reshape(whole, window, events.size)
    expected = cut.sum(axis=(1, 2)) / (max(events.size, 1) * window * dt)
    np.testing.assert_allclose(rates, expected, rtol=1e-14)


def test_windows_below_one_step():
    with pytest.raises(ValueError, match="window is a number of recorded steps from 1, got 0"):
        Events.from_dense("lif.s_out", np.ones((3, 2), bool)).rate_over_time(0)


def test_a_regular_train_has_no_variation_however_long():
    spikes = np.zeros((100_000, 1), bool)
    spikes[::7] = True
    assert Events.from_dense("lif.s_out", spikes, 10**9).cv() == 0


def test_chosen_elements_and_every_other_step():
    recorded, counts = np.array([2, 4, 6]), np.array([1, 0, 2], np.int32)
    neurons, values = np.array([1, 0, 1], np.int32), np.array([-1, 2, 3], np.int8)
    chosen = np.array([3, 8])
    events = Events("p.out", (2,), np.dtype("i1"), recorded, counts, neurons, values, chosen)
    assert events.dense().tolist() == [[0, -1], [0, 0], [2, 3]]
    assert [train.tolist() for train in events.trains()] == [[6], [2, 6]]
    assert events.rate(2.0).tolist() == [1 / 6, 2 / 6]  # of three recorded steps
    assert [len(interval) for interval in events.isi()] == [0, 1]
    assert repr(events) == "<Events p.out: 3 int8 events of 2, steps 2 to 6, every 2>"
    assert events.nbytes == 24 + 12 + 12 + 3


def test_samples_are_like_an_array():
    values = np.arange(6.0).reshape(3, 2)
    samples = Samples("lif.v", np.array([5, 10, 15]), values)
    assert len(samples) == 3
    assert samples[1:, 0].tolist() == [2, 4]
    np.testing.assert_array_equal(np.asarray(samples), values)
    assert np.asarray(samples, np.float32).dtype == np.float32
    assert samples.nbytes == 24 + 48
    assert repr(samples) == "<Samples lif.v: 3 x 2 float64, steps 5 to 15, every 5>"


def test_nothing_recorded():
    empty = Events.from_dense("lif.s_out", np.zeros((0, 3), bool))
    assert empty.dense().shape == (0, 3)
    assert np.isnan(empty.rate()).all()
    assert repr(empty) == "<Events lif.s_out: 0 events of 3, no step>"
    assert repr(Samples("lif.v", np.zeros(0, int), np.zeros((0, 3)))).endswith("float64, no step>")
