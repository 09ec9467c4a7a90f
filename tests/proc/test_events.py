"""Event source, Poisson source and event sink."""

import doctest

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    Dense,
    EventSink,
    EventSource,
    Loihi2SimCfg,
    PoissonSource,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)
from lavajit.proc.io import event_list, event_sink, event_source, poisson_source

FIXED, FLOAT = "fixed_pt", "floating_pt"
SHAPE, STEPS = (2, 3), 12


@settings(max_examples=10, deadline=None)
@given(
    events=st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 5), st.integers(-3, 3)), max_size=9
    ),
    period=st.sampled_from([None, 6, 7]),
    tag=st.sampled_from([FIXED, FLOAT]),
    native=st.booleans(),
)
def test_events_arrive_when_and_where_they_should(events, period, tag, native):
    times, indices, values = (
        (np.array(c, int) for c in zip(*events, strict=True)) if events else (np.zeros((3, 0), int))
    )
    source = EventSource(SHAPE, times, indices, values, period)
    sink = SinkRingBuffer(shape=SHAPE, buffer=STEPS)
    source.s_out.connect(sink.a_in)
    for steps in (1, 4, STEPS - 5):
        source.run(RunSteps(steps), Loihi2SimCfg(select_tag=tag), {"native": native})
    expected = np.zeros((*SHAPE, STEPS))
    for time, index, value in events:
        for t in range(time, STEPS + 1, period or STEPS):
            expected[(*np.unravel_index(index, SHAPE), t - 1)] += value
    np.testing.assert_array_equal(sink.data.get(), expected)
    assert not native or python_rows(source) == []
    source.stop()


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 99),
    density=st.sampled_from([0.0, 0.3, 1.0]),
    block=st.sampled_from([1, 7, 1000]),
    runs=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    native=st.booleans(),
)
def test_the_sink_keeps_all_events(seed, density, block, runs, native):
    rng = np.random.default_rng(seed)
    steps = sum(runs)
    messages = rng.integers(-9, 9, (*SHAPE, steps)) * (rng.random((*SHAPE, steps)) < density)
    source, sink = SourceRingBuffer(data=messages), EventSink(SHAPE, block=block)
    source.s_out.connect(sink.a_in)
    for n in runs:
        source.run(RunSteps(n), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    got = sink.get_data()
    flat = messages.reshape(-1, steps).T
    times, indices = np.nonzero(flat)
    assert got.times.tolist() == (times + 1).tolist()
    assert got.indices.tolist() == indices.tolist()
    assert got.values.tolist() == flat[times, indices].tolist()
    assert not native or python_rows(source) == []
    source.stop()


def test_full_blocks_are_the_only_crossings():
    """The loop leaves native code once per block, however long it runs."""
    source, sink = SourceRingBuffer(data=np.ones((10, 1))), EventSink((10,), block=100)
    source.s_out.connect(sink.a_in)
    source.run(RunSteps(95), Loihi2SimCfg(select_tag=FLOAT))
    assert [len(block.times) for block in sink._full_blocks] == [100] * 9
    assert sink.count.get().tolist() == [50]
    assert len(sink.get_data().times) == 950


def test_events_of_float_messages_and_sums():
    source, sink = SourceRingBuffer(data=[[0.5], [-0.5]]), EventSink((2,))
    other = SourceRingBuffer(data=[[0.25], [0.5]])
    source.s_out.connect(sink.a_in)
    other.s_out.connect(sink.a_in)
    source.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT))
    times, indices, values = sink.get_data()
    assert (times.tolist(), indices.tolist(), values.tolist()) == ([1], [0], [0.75])


@pytest.mark.parametrize("tag", [FIXED, FLOAT])
def test_poisson_rates_and_reproducibility(tag):
    def spikes(seed, runs, native=True):
        source, sink = PoissonSource((4, 100), rates), EventSink((4, 100))
        source.s_out.connect(sink.a_in)
        for steps in runs:
            config = Loihi2SimCfg(select_tag=tag, seed=seed)
            source.run(RunSteps(steps), config, {"native": native})
        return sink.get_data()

    rates = np.repeat([[0], [0.1], [0.5], [1]], 100, axis=1)
    got = spikes(1, [200])
    counts = np.bincount(got.indices // 100, minlength=4) / 20_000
    np.testing.assert_allclose(counts, [0, 0.1, 0.5, 1], atol=0.01)
    for one, two in zip(got, spikes(1, [50, 150]), strict=True):
        np.testing.assert_array_equal(one, two)
    short, python = spikes(1, [5]), spikes(1, [5], native=False)
    np.testing.assert_array_equal(short.indices, python.indices)
    assert len(short.indices) != len(spikes(2, [5]).indices) or any(
        short.indices != spikes(2, [5]).indices
    )


def test_rates_can_be_changed():
    source, sink = PoissonSource((10,), 0), EventSink((10,))
    source.s_out.connect(sink.a_in)
    source.run(RunSteps(3), Loihi2SimCfg(select_tag=FIXED))
    source.rates.set(1)
    source.run(RunSteps(2))
    assert len(sink.get_data().times) == 20


def test_events_drive_a_network():
    source = EventSource((3,), times=[2, 5], indices=[0, 2])
    dense, lif = Dense(weights=np.eye(3) * 50), LIF(shape=(3,), du=4095, vth=40)
    sink = EventSink((3,))
    source.s_out.connect(dense.s_in)
    dense.a_out.connect(lif.a_in)
    lif.s_out.connect(sink.a_in)
    source.run(RunSteps(10), Loihi2SimCfg(select_tag=FIXED))
    got = sink.get_data()
    assert (got.times.tolist(), got.indices.tolist()) == ([3, 6], [0, 2])


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"times": [1.5], "indices": [0]}, TypeError, "times of EventSource must be integers"),
        ({"times": [1], "indices": [0, 1]}, ValueError, r"got shapes \(1,\) and \(2,\)"),
        ({"times": [0], "indices": [0]}, ValueError, "times of EventSource go from 1, got"),
        ({"times": [1], "indices": [6]}, ValueError, "indices of EventSource go from 0 to 5"),
        ({"times": [3], "indices": [0], "period": 2}, ValueError, "times .* go from 1 to 2"),
        ({"times": [3], "indices": [0], "period": 2.5}, TypeError, "period of EventSource"),
        ({"times": [1], "indices": [0], "values": [1, 2]}, ValueError, "values of EventSource"),
    ],
)
def test_wrong_events(arguments, error, text):
    with pytest.raises(error, match=text):
        EventSource(SHAPE, **arguments)


def test_wrong_arguments():
    for rates in (-0.1, 1.5, np.nan, "often"):
        with pytest.raises(ValueError, match="rates of PoissonSource are expected spikes per"):
            PoissonSource((1,), rates)
    with pytest.raises(ValueError, match="block of EventSink is a number of events"):
        EventSink((1,), block=0)


@pytest.mark.parametrize("module", [event_list, event_source, poisson_source, event_sink])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
