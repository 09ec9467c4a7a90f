"""Processes of continual learning: what the recorded cases do not show."""

import doctest
import re

import numpy as np
import pytest
from helpers.tiers import python_rows

from lavajit import (
    Allocator,
    EventSink,
    IdBroadcast,
    Loihi2SimCfg,
    NoveltyDetector,
    PrototypeLIF,
    Readout,
    RunSteps,
    SinkRingBuffer,
    SourceRingBuffer,
)
from lavajit.proc.clp import id_broadcast, novelty_detector, nsm, prototype_lif
from lavajit.proc.clp.prototype_lif import PrototypeLIFBitAcc

pytestmark = pytest.mark.slow


@pytest.fixture(params=["fixed_pt", "floating_pt"])
def config(request) -> Loihi2SimCfg:
    """Ids, labels and answers are whole numbers in both arithmetics."""
    return Loihi2SimCfg(select_tag=request.param)


def feed(port, messages) -> None:
    """Send one row of `messages` in each time step."""
    SourceRingBuffer(data=np.transpose(np.atleast_2d(messages))).s_out.connect(port)


def record(port, steps) -> SinkRingBuffer:
    sink = SinkRingBuffer(shape=port.shape, buffer=steps)
    port.connect(sink.a_in)
    return sink


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(
    ("inputs", "outputs", "detected"),
    [
        ([2], [], [5]),  # unanswered: t + t_wait + 1
        ([2], [4], []),
        ([2], [5], []),  # an answer in the very step in which it would be reported
        ([2, 4], [], [7]),  # a new input begins anew
        ([2], [1, 6], [5]),
    ],
)
def test_novelty(inputs, outputs, detected, native, config):
    steps = 9
    detector = NoveltyDetector(t_wait=2)
    for port, times in ((detector.input_aval_in, inputs), (detector.output_aval_in, outputs)):
        feed(port, np.isin(np.arange(1, steps + 1), times).astype(int)[:, np.newaxis])
    sink = EventSink((1,))
    detector.novelty_detected_out.connect(sink.a_in)
    for n in (4, 5):
        detector.run(RunSteps(n), config, {"native": native})
    assert sink.get_data().times.tolist() == detected
    detector.stop()


@pytest.mark.parametrize("native", [True, False])
def test_readout_learns_labels(native, config):
    readout = Readout(n_protos=3)
    #                          winner   user's label: none, confirms, contradicts, none
    feed(readout.inference_in, [[0, 1, 0], [0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 1, 0]])
    feed(readout.label_in, [[0], [5], [5], [6], [0]])
    ports = (readout.user_output, readout.feedback, readout.trigger_alloc)
    sinks = [record(port, 5) for port in ports]
    readout.run(RunSteps(5), config, {"native": native})
    output, feedback, trigger = (sink.data.get()[0].tolist() for sink in sinks)
    assert output == [-2, 5, 5, 5, 5]
    assert feedback == [0, 0, 1, -1, 0]
    assert trigger == [0, 0, 0, 1, 0]
    assert readout.proto_labels.get().tolist() == [0, 5, 0]
    assert readout.last_winner_id.get().tolist() == [1]
    assert not native or python_rows(readout) == []


def test_allocation_reaches_the_prototypes(config):
    allocator, broadcast = Allocator(n_protos=3), IdBroadcast(shape=(1,))
    prototypes = PrototypeLIF(shape=(3,), vth=10**5)
    feed(allocator.trigger_in, [[0], [1], [0], [1]])
    allocator.allocate_out.connect(broadcast.a_in)
    ids = broadcast.s_out.concat_with([IdBroadcast(shape=(2,)).s_out], axis=0)
    ids.connect(prototypes.a_third_factor_in)
    spikes, traces = record(prototypes.s_out, 4), record(prototypes.s_out_y1, 4)
    bap, y2 = record(prototypes.s_out_bap, 4), record(prototypes.s_out_y2, 4)
    allocator.run(RunSteps(4), config)
    expected = np.array([[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    np.testing.assert_array_equal(spikes.data.get(), expected)
    np.testing.assert_array_equal(bap.data.get(), expected)
    np.testing.assert_array_equal(traces.data.get(), [[0, 127, 127, 0], [0, 0, 0, 127], [0] * 4])
    assert not y2.data.get().any()
    assert python_rows(allocator) == []


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("wrong", [3, -1])
def test_an_id_without_prototype(wrong, native, config):
    prototypes = PrototypeLIF(shape=(2,), name="prototypes")
    feed(prototypes.a_third_factor_in, [[wrong, 0]])
    with pytest.raises(IndexError, match="asks for a prototype that this") as caught:
        prototypes.run(RunSteps(1), config, {"native": native})
    assert "prototypes" in "".join(caught.value.__notes__)


def test_any_arrangement_of_prototypes(config):
    prototypes = PrototypeLIF(shape=(2, 2), vth=1, bias_mant=100)
    feed(prototypes.a_third_factor_in, [[0] * 4])
    sink = SinkRingBuffer(shape=(2, 2), buffer=1)
    prototypes.s_out.connect(sink.a_in)
    prototypes.run(RunSteps(1), config)
    assert sink.data.get()[..., 0].tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: NoveltyDetector(t_wait=-1), "t_wait of NoveltyDetector is a number of time steps"),
        (lambda: NoveltyDetector(t_wait=1.5), "an int >= 0; got 1.5"),
        (lambda: Readout(n_protos=0), "n_protos of Readout must be an int >= 1, got 0"),
        (lambda: Readout(n_protos=2, proto_labels=[1]), "has shape (1,), expected (2,)"),
        (lambda: Allocator(n_protos=None), "n_protos of Allocator must be an int >= 1, got None"),
        (lambda: Allocator(n_protos=1, next_alloc_id=0), "next_alloc_id of Allocator"),
    ],
)
def test_wrong_arguments(build, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        build()


@pytest.mark.parametrize("module", [id_broadcast, novelty_detector, nsm, prototype_lif])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0


def test_models_that_replace_a_piece_run_the_pieces():
    class Stubborn(PrototypeLIFBitAcc):
        def spiking_activation(self):
            return self.v > np.int32(64)

    def spikes(model, **params):
        prototypes = PrototypeLIF(shape=(3,), bias_mant=[0, 30, 90], **params)
        feed(prototypes.a_third_factor_in, [[0] * 3, [0] * 3, [1, 0, 0], [0] * 3])
        feed(prototypes.reset_in, [[0] * 3, [0, 0, 1], [0] * 3, [0] * 3])
        sink = record(prototypes.s_out, 4)
        models = {prototypes: model}
        config = Loihi2SimCfg(select_tag="fixed_pt", exception_proc_model_map=models)
        prototypes.run(RunSteps(4), config)
        data = sink.data.get()
        prototypes.stop()
        return data.tolist()

    assert Stubborn.run_spk is Stubborn.run_pieces
    assert spikes(Stubborn) == spikes(PrototypeLIFBitAcc, vth=1)
    assert sum(map(sum, spikes(Stubborn))) > 2
