"""Connections and hierarchies that hang, crash or silently lose data in Lava."""

import numpy as np
import pytest
from hurt_models import Listed, Valued, ValueSink
from port_models import SparseSink, SparseSource
from small_networks import Clock, Ramp, Relay, Store, chain, run
from trace_models import Outer

from lavajit import Loihi2SimCfg, RunSteps
from lavajit.compiler.exceptions import ModelError

pytestmark = pytest.mark.timeout(20)


@pytest.mark.parametrize("native", [False, True], ids=["python", "native"])
@pytest.mark.parametrize("axis", [0, -2])
def test_concat_port_runs(axis, native):
    one, two, sink = Ramp((1, 2), slope=1), Ramp((2, 2), slope=5), Store((3, 2))
    one.out.concat_with([two.out], axis).connect(sink.inp)
    run(sink, 1, native)
    assert sink.data.get()[0].tolist() == [[1, 1], [5, 5], [5, 5]]


def test_two_virtual_paths_between_the_same_ports():
    source, sink = Ramp((2, 2), [[0, 1], [2, 3]]), Store((2, 2))
    source.out.connect(sink.inp)
    source.out.transpose().connect(sink.inp)
    run(source, 1)
    assert sink.data.get()[0].tolist() == [[0, 3], [3, 6]]


def test_fan_in_of_sparse_ports_is_refused():
    a, b, sink = SparseSource([]), SparseSource([]), SparseSink()
    a.out.connect(sink.inp)
    b.out.connect(sink.inp)
    with pytest.raises(ModelError, match="vec_sparse port with 2 sources"):
        a.run(RunSteps(1), Loihi2SimCfg(select_tag="sparse"))


def test_scalar_ports_carry_data():
    source, sink = Valued(), ValueSink()
    chain(source, sink)
    run(source, 3)
    assert sink.proc_params["seen"] == [3, 6, 9]


def test_sub_processes_in_a_list():
    ramp, listed, store = Ramp(), Listed(depth=3), Store()
    chain(ramp, listed, store)
    run(listed, 2)
    assert store.received(2) == [4, 5]
    run(store, 1)
    assert store.received(3) == [4, 5, 6]


def test_any_member_of_the_network_runs_and_stops_it():
    outer, store = Outer(), Store((1,))
    outer.out.connect(store.inp)
    run(store, 1)
    run(outer, 1)
    assert store.received(2) == [6, 7]
    outer.stop()
    with pytest.raises(RuntimeError, match="has been stopped"):
        run(store, 1)


def test_with_statement_binds_the_process():
    with Clock() as clock:
        run(clock, 2)
        assert clock.ticks.get(0) == 2
    with pytest.raises(RuntimeError, match="Runtime has not started"):
        clock.ticks.get()


def test_message_is_a_snapshot():
    ramp, relay, store = Ramp(), Relay(), Store()
    chain(ramp, relay, store)
    run(ramp, 1)
    ramp.slope.set([100, 100])
    assert store.received(1) == [1]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)])
def test_messages_of_unusual_shapes(shape):
    ramp, relay, store = Ramp(shape, slope=3), Relay(shape), Store(shape)
    chain(ramp, relay, store)
    run(ramp, 2)
    assert store.data.get()[:2].tolist() == [np.full(shape, 3 * t).tolist() for t in (1, 2)]
