"""Injector, Extractor and VarWire: data between user code and a running network."""

import doctest

import numpy as np
import pytest

from lavajit import (
    LIF,
    ChannelConfig,
    Extractor,
    Injector,
    Loihi2SimCfg,
    ReceiveEmpty,
    ReceiveNotEmpty,
    RunConfig,
    RunSteps,
    SendFull,
    SinkRingBuffer,
    SourceRingBuffer,
    VarWire,
)
from lavajit.model.registry import models_of
from lavajit.proc.io import extractor, injector, utils

pytestmark = pytest.mark.timeout(30)

FIXED, FLOAT = Loihi2SimCfg(select_tag="fixed_pt"), Loihi2SimCfg(select_tag="floating_pt")
ZEROS = ChannelConfig(receive_empty=ReceiveEmpty.NON_BLOCKING_ZEROS)
SUM = ChannelConfig(receive_not_empty=ReceiveNotEmpty.ACCUMULATE)
DROP = ChannelConfig(send_full=SendFull.NON_BLOCKING_DROP)


def injected(buffer_size=50, config=None, steps=4, run_cfg=FLOAT):
    """An Injector into a sink, ready to run."""
    source, sink = Injector((2,), buffer_size, config), SinkRingBuffer(shape=(2,), buffer=steps)
    source.out_port.connect(sink.a_in)
    source.create_runtime(run_cfg)
    return source, sink


def counted(steps, buffer_size=50, config=None):
    """An Extractor of the messages 1, 2, ..., ready to run."""
    source = SourceRingBuffer(data=np.arange(1, steps + 1)[np.newaxis])
    target = Extractor((1,), buffer_size, config)
    source.s_out.connect(target.in_port)
    target.create_runtime(FLOAT)
    return target


# --- Injector -----------------------------------------------------------------------------


@pytest.mark.parametrize("run_cfg", [FIXED, FLOAT])
def test_items_in_order_while_the_network_runs(run_cfg):
    source, sink = injected(buffer_size=2, steps=20, run_cfg=run_cfg)
    source.run(RunSteps(20, blocking=False))
    for k in range(20):
        source.send(np.array([k, -k]))
    source.wait()
    assert sink.data.get().tolist() == [list(range(20)), [-k for k in range(20)]]
    source.stop()


def test_zeros_where_nothing_was_sent():
    source, sink = injected(config=ZEROS)
    source.run(RunSteps(2))
    source.send(np.array([1.5, 2]))
    source.run(RunSteps(2))
    assert sink.data.get().tolist() == [[0, 0, 1.5, 0], [0, 0, 2, 0]]
    source.stop()


def test_waiting_items_add_up():
    source, sink = injected(config=SUM, steps=2)
    for k in range(3):
        source.send(np.array([k, 1]))
    source.run(RunSteps(1))
    assert sink.data.get().tolist() == [[3, 0], [3, 0]]
    source.stop()


def test_full_channel_drops_or_refuses():
    source, sink = injected(buffer_size=1, config=DROP)
    source.send(np.array([1, 1]))
    with pytest.warns(UserWarning, match="the channel is full, so an item is dropped"):
        source.send(np.array([2, 2]))
    source.run(RunSteps(1))
    assert sink.data.get()[:, 0].tolist() == [1, 1]
    blocking, _ = injected(buffer_size=1)
    blocking.send(np.zeros(2))
    with pytest.raises(RuntimeError, match="full, and the network is not running"):
        blocking.send(np.zeros(2))


def test_wrong_items():
    source = Injector((2,), name="source")
    with pytest.raises(AssertionError, match="Injector 'source' cannot send before there is"):
        source.send(np.zeros(2))
    source, _ = injected()
    with pytest.raises(ValueError, match=r"got shape \(3,\), the port has \(2,\)"):
        source.send(np.zeros(3))


def test_stop_while_waiting_for_an_item():
    source, _ = injected()
    source.run(RunSteps(10, blocking=False))
    source.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        source.run(RunSteps(1))


def test_fixed_point_neurons_can_be_fed():
    source, lif = Injector((2,)), LIF(shape=(2,), vth=1000)
    source.out_port.connect(lif.a_in)
    source.create_runtime(FIXED)
    source.send(np.array([3, -4]))
    source.run(RunSteps(1))
    assert lif.u.get().tolist() == [3 << 6, -4 << 6]
    source.stop()


# --- Extractor and VarWire ----------------------------------------------------------------


def test_messages_of_every_step():
    target = counted(20, buffer_size=2)
    target.run(RunSteps(20, blocking=False))
    assert [target.receive()[0] for _ in range(20)] == list(range(1, 21))
    target.wait()
    with pytest.raises(RuntimeError, match="empty, and the network is not running"):
        target.receive()
    target.stop()


def test_receive_as_configured():
    target = counted(3, config=ZEROS)
    target.run(RunSteps(1))
    assert [target.receive().tolist() for _ in range(2)] == [[1.0], [0.0]]
    target.stop()
    target = counted(3, config=SUM)
    target.run(RunSteps(3))
    assert target.receive().tolist() == [6.0]
    target.stop()


def test_extractor_drops_what_does_not_fit():
    target = counted(3, buffer_size=2, config=DROP)
    with pytest.warns(UserWarning, match="dropped"):
        target.run(RunSteps(3))
    assert [target.receive().tolist() for _ in range(2)] == [[1.0], [2.0]]
    target.stop()


def test_receive_before_there_is_a_runtime():
    with pytest.raises(AssertionError, match="Extractor 'x' cannot receive before"):
        Extractor((1,), name="x").receive()


def test_var_wire():
    lif, wire = LIF(shape=(3,), bias_mant=2, vth=100, name="lif"), VarWire(buffer_size=3)
    wire.connect_var(lif.v)
    lif.run(RunSteps(3), FIXED)
    assert [wire.receive().tolist() for _ in range(3)] == [[2] * 3, [4] * 3, [6] * 3]
    lif.stop()


def test_var_wire_is_connected_once():
    lif, wire = LIF(shape=(1,), name="lif"), VarWire()
    wire.connect_var(lif.v)
    with pytest.raises(RuntimeError, match="is connected to lif.v already"):
        wire.connect_var(lif.u)


def test_a_loop_through_user_code():
    source, target = Injector((1,)), Extractor((1,))
    source.out_port.connect(target.in_port)
    source.create_runtime(FLOAT)
    source.run(RunSteps(11, blocking=False))
    source.send(np.array([1]))
    replies = []
    for _ in range(10):
        replies.append(float(target.receive()[0]))
        source.send(np.array([2 * replies[-1]]))
    source.wait()
    assert replies == [2.0**k for k in range(10)]
    source.stop()


class AsyncCfg(RunConfig):
    """The models of AsyncProtocol."""

    def select(self, process, proc_models):
        return next(m for m in proc_models if m.__name__.endswith("Async"))


def test_async_models():
    source, target = Injector((1,)), Extractor((1,))
    source.out_port.connect(target.in_port)
    source.create_runtime(AsyncCfg())
    for k in range(5):
        source.send(np.array([k]))
    source.run(RunSteps(5))
    assert [target.receive()[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    source.stop()
    assert len(models_of(Injector)) == 3


# --- arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize("process", [Injector, Extractor])
@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"shape": 3}, TypeError, "<shape> must be a tuple of ints, got 3"),
        ({"shape": (1.5,)}, TypeError, "must be an int, got 1.5"),
        ({"shape": (0,)}, ValueError, "must be > 0, got 0"),
        ({"shape": (1,), "buffer_size": 2.5}, TypeError, "<buffer_size> must be an int, got 2.5"),
        ({"shape": (1,), "buffer_size": 0}, ValueError, "<buffer_size> must be > 0, got 0"),
        ({"shape": (1,), "channel_config": 1}, TypeError, "must be a ChannelConfig, got 1"),
        (
            {"shape": (1,), "channel_config": ChannelConfig(send_full=1)},
            TypeError,
            "<channel_config>.send_full must be a SendFull, got 1",
        ),
    ],
)
def test_wrong_arguments(process, arguments, error, text):
    with pytest.raises(error, match=text):
        process(**arguments)


def test_functions_of_a_config():
    config = ChannelConfig()
    assert config.get_send_full_function() is utils.send_full_blocking
    assert config.get_receive_empty_function() is utils.receive_empty_blocking
    assert config.get_receive_not_empty_function() is utils.receive_not_empty_fifo
    assert SUM.get_receive_not_empty_function() is utils.receive_not_empty_accumulate


@pytest.mark.parametrize("module", [injector, extractor, utils])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
