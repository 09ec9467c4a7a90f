"""Dataloaders: when samples are taken, what is sent, what is refused."""

import doctest
import re

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    Loihi2SimCfg,
    RunSteps,
    SinkRingBuffer,
    SpikeDataloader,
    StateDataloader,
)
from lavajit.proc.io import dataloader

FIXED, FLOAT = "fixed_pt", "floating_pt"


class Counting:
    """A data set that notes which samples it was asked for."""

    def __init__(self, samples):
        self.samples = samples
        self.asked = []

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        self.asked.append(index)
        return self.samples[index]


def expected_messages(samples, interval, offset, steps):
    """What a SpikeDataloader sends, and the labels."""
    shape = samples[0][0].shape[:-1]
    present, labels, position, count = np.zeros((*shape, interval)), [], 0, 0
    messages, label = [], 0
    for t in range(1, steps + 1):
        messages.append(present[..., position % interval])
        labels.append(label)
        position += 1
        if (t - 1) % interval == offset % interval:
            data, label = samples[count % len(samples)]
            present = np.zeros((*shape, interval))
            length = min(interval, data.shape[-1])
            present[..., :length] = data[..., :length]
            position, count = 0, count + 1
    return np.stack(messages, -1), np.array([labels])


@settings(max_examples=8, deadline=None)
@given(
    interval=st.integers(1, 5),
    offset=st.integers(0, 6),
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    runs=st.lists(st.integers(1, 8), min_size=1, max_size=3),
    native=st.booleans(),
)
def test_spikes(interval, offset, lengths, runs, native):
    rng = np.random.default_rng(1)
    samples = [(rng.integers(-9, 9, (2, 1, n)), k + 1) for k, n in enumerate(lengths)]
    data = Counting(samples)
    loader = SpikeDataloader(dataset=data, interval=interval, offset=offset)
    steps = sum(runs)
    sink = SinkRingBuffer(shape=(2, 1), buffer=steps)
    labels = SinkRingBuffer(shape=(1,), buffer=steps)
    loader.s_out.connect(sink.a_in)
    loader.ground_truth.connect(labels.a_in)
    for n in runs:
        loader.run(RunSteps(n), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    messages, truth = expected_messages(samples, interval, offset, steps)
    np.testing.assert_array_equal(sink.data.get(), messages)
    np.testing.assert_array_equal(labels.data.get(), truth)
    # Once for the shapes, then once per interval.
    assert len(data.asked) == 1 + sum(
        (t - 1) % interval == offset % interval for t in range(1, steps + 1)
    )
    assert not native or python_rows(loader) == []
    loader.stop()


def test_only_loading_runs_as_python():
    loader = SpikeDataloader(dataset=[(np.ones((2, 3)), 1)], interval=3)
    loader.run(RunSteps(4), Loihi2SimCfg(select_tag=FLOAT))
    network = loader.runtime.executable.network
    hosts = [network.program.instructions[row].work.label for row in network.bound.hosts]
    assert hosts == [f"SpikeDataloader '{loader.name}'.run_post_mgmt"]


def test_labels_may_be_arrays():
    loader = SpikeDataloader(dataset=[(np.ones((1, 1)), np.array([0.5, 2]))])
    labels = SinkRingBuffer(shape=(2,), buffer=2)
    loader.ground_truth.connect(labels.a_in)
    loader.run(RunSteps(2), Loihi2SimCfg(select_tag=FLOAT))
    assert labels.data.get().tolist() == [[0, 0.5], [0, 2]]


@pytest.mark.parametrize("tag", [FIXED, FLOAT])
def test_states_are_in_effect_from_the_next_step(tag):
    samples = [(np.array([1, 2]), 5), (np.array([10, 20]), 6)]
    lif, loader = LIF(shape=(2,), vth=10**6), StateDataloader(dataset=samples, interval=2)
    loader.connect_var(lif.bias_mant)
    lif.run(RunSteps(5), Loihi2SimCfg(select_tag=tag))
    # Biases: 0 in step 1, then 1, 1, 10, 10.
    assert lif.v.get().tolist() == [22, 44]
    assert lif.bias_mant.get().dtype == (np.int16 if tag == FIXED else np.float64)


def test_samples_of_another_shape():
    loader = SpikeDataloader(dataset=[(np.ones((2, 3)), 1), (np.ones((3, 3)), 1)], name="loader")
    with pytest.raises(ValueError, match=r"sample 1 of the dataset has shape \(3, 3\)") as caught:
        loader.run(RunSteps(3), Loihi2SimCfg())
    assert "loader" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("loader", [SpikeDataloader, StateDataloader])
@pytest.mark.parametrize(
    ("dataset", "error", "text"),
    [
        (3, TypeError, "needs len(dataset) and dataset[i] -> (array, label), got int"),
        ([], ValueError, "is empty"),
        ([5], ValueError, "must be a pair (array, label), got int"),
    ],
)
def test_wrong_datasets(loader, dataset, error, text):
    with pytest.raises(error, match=re.escape(text)):
        loader(dataset=dataset)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="its last axis must be time"):
        SpikeDataloader(dataset=[(3, 1)])
    with pytest.raises(ZeroDivisionError, match="interval of SpikeDataloader"):
        SpikeDataloader(dataset=[(np.ones(3), 1)], interval=0)
    loader, lif = StateDataloader(dataset=[(np.ones(3), 1)]), LIF(shape=(2,))
    with pytest.raises(ValueError, match=r"have shape \(3,\), .*u has \(2,\)"):
        loader.connect_var(lif.u)
    with pytest.raises(TypeError, match="connects to a Var"):
        loader.connect_var(lif)


def test_doctests():
    assert doctest.testmod(dataloader).failed == 0
