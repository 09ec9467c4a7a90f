"""A saved Projection goes on, with any number of threads; synapses follow from parameters."""

import numpy as np
import pytest
from helpers.saved import assert_equal_snapshots
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    FixedIndegree,
    FixedTotal,
    Group,
    Loihi2SimCfg,
    Normal,
    PairwiseBernoulli,
    Projection,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
    StateFileError,
    Synapses,
    Uniform,
    run_batch,
)

M, N, STEPS = 37, 30, 50
CONFIG = {"select_tag": "floating_pt"}
rng = np.random.default_rng(0)
PRE, POST, DELAYS = rng.integers(0, N, 200), rng.integers(0, M, 200), rng.integers(0, 9, 200)
GROUPS = [
    Group(FixedIndegree(5), Normal(1, 1), Uniform(0, 3), pre=range(10)),
    Group(FixedTotal(99), -0.3, 7, post=range(5, 30)),
]
#: What is in the state differs: a ring, a list, a list with long waits, sums of several delays.
KINDS = {
    "one delay": ({"rule": FixedIndegree(9), "weight": Normal(0.3, 1), "delay": 3}, 1),
    "no delay": ({"rule": FixedTotal(500), "weight": 0.1}, 1),
    "a visit per delay": (
        {"rule": FixedIndegree(300), "weight": Normal(0.3, 1), "delay": Uniform(0, 3)},
        1,
    ),
    "some delays a visit": ({"rule": FixedIndegree(99), "weight": 0.7, "delay": Uniform(0, 9)}, 5),
    "all delays a visit": (
        {"rule": PairwiseBernoulli(0.02), "weight": Uniform(0, 1), "delay": Uniform(3, 700)},
        698,
    ),
    "given synapses": ({"rule": Synapses(PRE, POST), "weight": 0.3, "delay": DELAYS}, 9),
    "groups": ({"rule": GROUPS}, None),
}


def network(threads: int = 1, native: bool = True, **params) -> tuple[Projection, SinkRingBuffer]:
    """A Projection, spikes, and a sink; no step has run."""
    projection = Projection((M, N), **params)
    spikes = (np.random.default_rng(3).random((N, STEPS)) < 0.1) * 1.0
    sink = SinkRingBuffer(shape=(M,), buffer=STEPS)
    SourceRingBuffer(data=spikes).s_out.connect(projection.s_in)
    projection.a_out.connect(sink.a_in)
    projection.run(RunSteps(0), Loihi2SimCfg(**CONFIG, threads=threads), {"native": native})
    return projection, sink


@pytest.mark.parametrize("name", KINDS)
def test_the_run_goes_on_with_any_number_of_threads(name):
    params, span = KINDS[name]
    whole, sink = network(**params)
    whole.run(RunSteps(STEPS))
    expected, at_end = sink.data.get(), whole.snapshot()
    (instance, *_) = (
        i for i in whole.runtime.executable.network.instances if i.node.process is whole
    )
    assert span is None or instance.model.span == span
    for first in (0, 1, 19):
        one, _ = network(1, **params)
        one.run(RunSteps(first))
        state = one.snapshot()
        two, _ = network(2, **params)
        two.run(RunSteps(7))  # synapses are made, spikes are on their way
        two.restore(state)
        assert_equal_snapshots(two.snapshot(), state)
        two.run(RunSteps(11))
        three, sink = network(3, **params)
        three.restore(two.snapshot())  # synapses are made later
        three.run(RunSteps(STEPS - first - 11))
        np.testing.assert_array_equal(sink.data.get(), expected)
        assert_equal_snapshots(three.snapshot(), at_end)
        for projection in (one, two, three):
            projection.stop()
    whole.stop()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    synapses=st.sampled_from([0, 20, 2000, 20_000]),
    low=st.integers(0, 40),
    width=st.integers(0, 300),
    steps=st.tuples(*[st.integers(0, 12)] * 3),
    threads=st.tuples(*[st.integers(1, 4)] * 3),
)
def test_any_delays_at_any_step(synapses, low, width, steps, threads):
    params = {"rule": FixedTotal(synapses), "weight": 0.1, "delay": Uniform(low, low + width)}
    whole, sink = network(**params)
    whole.run(RunSteps(sum(steps)))
    expected, at_end, state = sink.data.get(), whole.snapshot(), None
    whole.stop()
    for n, number in zip(steps, threads, strict=True):
        part, sink = network(number, **params)
        if state is not None:
            part.restore(state)
        part.run(RunSteps(n))
        state = part.snapshot()
        found = sink.data.get()
        part.stop()
    np.testing.assert_array_equal(found, expected)
    assert_equal_snapshots(state, at_end)


def test_a_batch_goes_on_from_a_restored_state():
    params, _ = KINDS["some delays a visit"]
    one, sink = network(**params)
    one.run(RunSteps(9))
    state = one.snapshot()
    one.run(RunSteps(8))
    two, other = network(**params)
    two.restore(state)
    found = run_batch(two, RunSteps(8), points=[{}, {}], record=[other.data])
    for data in found[other.data]:
        np.testing.assert_array_equal(data, sink.data.get())
    assert two.synapses()[0].size == 99 * M  # made once, for all copies
    one.stop(), two.stop()


def test_in_python_too():
    params = {"rule": FixedIndegree(4), "weight": 1.0, "delay": Uniform(0, 5)}
    one, sink = network(**params)
    one.run(RunSteps(9))
    state = one.snapshot()
    one.run(RunSteps(8))
    two, other = network(native=False, **params)
    two.restore(state)
    two.run(RunSteps(8))
    np.testing.assert_array_equal(other.data.get(), sink.data.get())
    assert_equal_snapshots(two.snapshot(), one.snapshot())
    one.stop(), two.stop()


@pytest.mark.parametrize("name", ["one delay", "some delays a visit"])
def test_save_and_load_of_the_process_alone(name, tmp_path):
    params, _ = KINDS[name]
    one, sink = network(2, **params)
    one.run(RunSteps(13))
    one.save(tmp_path / "state")
    assert (tmp_path / "state").stat().st_size < 8000 + 8 * 10 * M  # no synapses
    one.run(RunSteps(20))
    expected = sink.data.get()[:, 13:33]
    two, other = network(1, **params)
    two.load(tmp_path / "state")
    two.run(RunSteps(20))
    np.testing.assert_array_equal(other.data.get()[:, 13:33], expected)
    one.stop(), two.stop()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"seed": 1}, r"other synapses \(seed of"),
        ({"rule": FixedTotal(98)}, r"\(rule of"),
        ({"weight": Normal(1, 2)}, r"\(weight of"),
        ({"delay": Uniform(0, 6)}, r"\(delay of"),
        ({"weight_dtype": np.float64}, r"\(weight_dtype of"),
        ({"rule": FixedTotal(98), "delay": 1}, r"\(rule, delay of"),
    ],
)
def test_other_synapses_are_refused(change, text, tmp_path):
    params = {"rule": FixedTotal(99), "weight": Normal(1, 1), "delay": Uniform(0, 5)}
    one, _ = network(native=False, **params)
    two, _ = network(native=False, **(params | change))
    before = two.snapshot()
    with pytest.raises(StateFileError, match=text):
        two.restore(one.snapshot())
    one.save(tmp_path / "state")
    with pytest.raises(StateFileError, match=text):
        two.load(tmp_path / "state")
    assert_equal_snapshots(two.snapshot(), before)
    one.stop(), two.stop()
