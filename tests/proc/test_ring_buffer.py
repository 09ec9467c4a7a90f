"""Source and sink ring buffers."""

import doctest
import re

import numpy as np
import pytest
from helpers.tiers import python_rows

from lavajit import Loihi2SimCfg, RunSteps, SinkRingBuffer, SourceRingBuffer
from lavajit.compiler.exceptions import NumericLossWarning
from lavajit.proc.io import sink, source

FIXED, FLOAT = "fixed_pt", "floating_pt"
DTYPES = {FIXED: np.int32, FLOAT: np.float64}


@pytest.fixture(params=[True, False], ids=["native", "python"])
def native(request) -> bool:
    """Both tiers give the same numbers."""
    return request.param


def looped(messages: np.ndarray, tag: str, runs: list[int], buffer: int, native: bool = True):
    """Run a source into a sink; what the sink holds, and the time steps of its columns."""
    sender = SourceRingBuffer(data=messages)
    receiver = SinkRingBuffer(shape=messages.shape[:-1], buffer=buffer)
    sender.s_out.connect(receiver.a_in)
    for steps in runs:
        sender.run(RunSteps(steps), Loihi2SimCfg(select_tag=tag), {"native": native})
    assert not native or python_rows(sender) == []
    held = receiver.data.get()
    np.testing.assert_array_equal(sender.data.get(), messages.astype(DTYPES[tag]))
    sender.stop()
    return held


@pytest.mark.parametrize("tag", [FIXED, FLOAT])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1, 3)], ids=str)
def test_messages_arrive_and_wrap_around(shape, tag, native):
    period, buffer, steps = 5, 4, 14
    messages = np.random.default_rng(1).integers(-(2**31), 2**31, (*shape, period))
    held = looped(messages, tag, [steps], buffer, native)
    assert held.dtype == DTYPES[tag]
    for t in range(steps - buffer + 1, steps + 1):
        expected = messages[..., (t - 1) % period]
        np.testing.assert_array_equal(held[..., (t - 1) % buffer], expected)


def test_chunks_make_no_difference(native):
    messages = np.arange(21).reshape(3, 7)
    whole = looped(messages, FIXED, [12], 5, native)
    np.testing.assert_array_equal(looped(messages, FIXED, [1, 3, 0, 8], 5, native), whole)


def test_steps_not_run_yet_are_zeros(native):
    assert looped(np.ones((2, 3)), FLOAT, [2], 4, native).tolist() == [[1, 1, 0, 0]] * 2


def test_fixed_point_truncates_toward_zero(native):
    sender = SourceRingBuffer(data=[[1.9, -1.9]])
    receiver = SinkRingBuffer(shape=(1,), buffer=2)
    sender.s_out.connect(receiver.a_in)
    sender.run(RunSteps(2), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    assert receiver.data.get().tolist() == [[1, -1]]


def test_float_keeps_fractions_and_not_a_number(native):
    messages = np.array([[0.25, np.nan, -np.inf]])
    np.testing.assert_array_equal(looped(messages, FLOAT, [3], 3, native), messages)


def test_data_beyond_32_bits_warns():
    sender = SourceRingBuffer(data=np.array([[2**31]]), name="big")
    with pytest.warns(NumericLossWarning, match="'data' of RingBuffer 'big'.*int32"):
        sender.run(RunSteps(1), Loihi2SimCfg(select_tag=FIXED))


def test_sources_add_up(native):
    senders = [SourceRingBuffer(data=[[1, 2]]), SourceRingBuffer(data=[[10, 20]])]
    receiver = SinkRingBuffer(shape=(1,), buffer=2)
    for sender in senders:
        sender.s_out.connect(receiver.a_in)
    receiver.run(RunSteps(2), Loihi2SimCfg(select_tag=FIXED), {"native": native})
    assert receiver.data.get().tolist() == [[11, 22]]


def test_data_can_be_set_between_runs(native):
    sender = SourceRingBuffer(data=np.zeros((2, 2, 3)))
    receiver = SinkRingBuffer(shape=(2, 2), buffer=4)
    sender.s_out.connect(receiver.a_in)
    sender.run(RunSteps(1), Loihi2SimCfg(select_tag=FLOAT), {"native": native})
    new = np.arange(12.0).reshape(2, 2, 3)
    sender.data.set(new)
    sender.run(RunSteps(2))
    np.testing.assert_array_equal(receiver.data.get()[..., 1:3], new[..., 1:])


def test_unconnected_sink_holds_zeros(native):
    receiver = SinkRingBuffer(shape=(2,), buffer=2)
    receiver.run(RunSteps(3), Loihi2SimCfg(), {"native": native})
    assert receiver.data.get().tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (3, ValueError, "got shape ()"),
        (np.zeros((2, 0)), ValueError, "got shape (2, 0)"),
        ([[1], [1, 2]], ValueError, "must be an array of shape (..., time steps)"),
        ("spikes", TypeError, "must be real numbers, got str"),
        ([[1j]], TypeError, "must be real numbers, got list of dtype complex128"),
    ],
)
def test_wrong_data(data, error, text):
    with pytest.raises(error, match=re.escape(text)):
        SourceRingBuffer(data=data)


@pytest.mark.parametrize("buffer", [0, -1, 2.5, None, True])
def test_wrong_buffer(buffer):
    with pytest.raises(ValueError, match=rf"an int >= 1; got {buffer!r}"):
        SinkRingBuffer(shape=(1,), buffer=buffer)


def test_wrong_calls():
    with pytest.raises(AssertionError, match="'shape' must be a tuple"):
        SinkRingBuffer(shape=3, buffer=1)
    with pytest.raises(TypeError, match="data"):
        SourceRingBuffer()
    with pytest.raises(TypeError, match="positional"):
        SourceRingBuffer(np.zeros((1, 1)))
    with pytest.raises(TypeError, match="buffer"):
        SinkRingBuffer(shape=(1,))


def test_constructor_arguments_are_process_parameters():
    sender = SourceRingBuffer(data=np.eye(2), name="sender")
    assert sender.name == "sender"
    assert sender.proc_params["data"].shape == (2, 2)
    assert SinkRingBuffer(shape=(2,), buffer=3).proc_params["buffer"] == 3


@pytest.mark.parametrize("module", [source, sink])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
