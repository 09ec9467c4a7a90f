"""Which buffers exist between ports, and what index maps make of virtual ports."""

import numpy as np
import pytest
from hurt_models import Occasional
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan
from port_models import Casting, Short, SparseSink, SparseSource
from small_networks import Delay, Ramp, Relay, Store, chain

from lavajit import InPort, Loihi2SimCfg, OutPort, Var
from lavajit.compiler.channels import Channels, index_map, reference_map
from lavajit.compiler.exceptions import ModelError
from lavajit.compiler.graph import Reference


def inlet(made, process, port: str = "inp"):
    return made.channels.inlets[made.index(process), port]


def outlet(made, process):
    return made.channels.outlets[made.index(process), "out"]


def test_single_source_is_read_in_place_by_all():
    ramp, one, two = Ramp(), Store(), Store()
    ramp.out.connect([one.inp, two.inp])
    made = plan(ramp)
    for store in (one, two):
        assert inlet(made, store).channel is outlet(made, ramp)
        assert inlet(made, store).routes == []


def test_reshaped_source_is_read_in_place_in_the_shape_of_the_port():
    ramp, store = Ramp((2, 3)), Store((3, 2))
    ramp.out.reshape((3, 2)).connect(store.inp)
    made = plan(ramp)
    place = made.layout.inlet_place(inlet(made, store))
    assert inlet(made, store).channel is outlet(made, ramp)
    assert place.data.shape == (3, 2)
    assert np.shares_memory(place.data, made.layout.channels[outlet(made, ramp)].data)


def test_fan_in_has_a_buffer_of_its_own():
    one, two, store = Ramp(), Ramp(), Store()
    one.out.connect(store.inp)
    two.out.connect(store.inp)
    made = plan(store)
    found = inlet(made, store)
    assert [route.channel for route in found.routes] == [outlet(made, one), outlet(made, two)]
    assert found.channel not in (outlet(made, one), outlet(made, two))


def test_fan_in_promotes_as_numpy_does():
    one, two, three, sink = Short(), Short(), Short(), Casting()
    one.out.connect(sink.flags)
    two.out.connect(sink.flags)
    three.out.connect(sink.numbers)
    made = plan(sink)
    assert inlet(made, sink, "flags").channel.dtype == np.int16
    assert inlet(made, sink, "numbers").channel.dtype == np.float64


def test_unconnected_ports_have_zeros_of_their_own():
    relay = Relay()
    made = plan(relay)
    assert inlet(made, relay).routes == []
    assert inlet(made, relay).channel is not outlet(made, relay)
    assert not made.layout.channels[inlet(made, relay).channel].data.any()


def test_queues_have_staging_channels_at_static_ends():
    sender, relay, store = Occasional(), Relay(), Store()
    chain(sender, relay, store)
    made = plan(sender)
    (queue,) = made.channels.queues
    assert (queue.drain, queue.fill.label) == (None, f"{queue.label} (arrived)")
    assert inlet(made, relay).channel is queue.fill
    assert made.channels.queues_from(0, "out") == made.channels.queues_into(1, "inp") == [queue]


def test_pipes_are_queues_without_a_connection():
    delay = Delay()
    delay.inp.flag_external_pipe(buffer_size=5)
    delay.out.flag_external_pipe()
    made = plan(delay)
    into, out_of = made.channels.queues
    assert (into.connection, into.source, into.target, into.capacity) == (None, None, 0, 5)
    assert (out_of.connection, out_of.source, out_of.target, out_of.capacity) == (None, 0, None, 64)
    assert into.fill is inlet(made, delay).channel
    assert out_of.drain is outlet(made, delay)


def test_sparse_ports_refuse_transposed_paths():
    source, sink = SparseSource([]), SparseSink()
    source.out.reshape((2, 2)).transpose().flatten().connect(sink.inp)
    with pytest.raises(ModelError, match="cannot receive through transposed virtual ports"):
        plan(source, Loihi2SimCfg(select_tag="sparse"))


def test_channels_start_empty():
    assert Channels().queues_into(0, "inp") == []


# --- index maps -----------------------------------------------------------------------


def path_of(target: InPort) -> tuple[OutPort, list]:
    ((source, path),) = target.get_src_paths()
    return source, path


def random_path(data, port, value: np.ndarray, steps: int):
    """Virtual ports derived from `port`, and what numpy makes of `value` on the way."""
    for _ in range(steps):
        if data.draw(st.booleans()):
            axes = data.draw(st.permutations(range(value.ndim)))
            port, value = port.transpose(tuple(axes)), value.transpose(axes)
        else:
            shape = data.draw(st.sampled_from([(24,), (4, 6), (2, 3, 4), (8, 3), (1, 24)]))
            port, value = port.reshape(shape), value.reshape(shape)
    return port, value


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_index_map_is_what_numpy_does(data):
    source = OutPort((2, 3, 4))
    value = np.arange(24).reshape(source.shape) * 10
    port, expected = random_path(data, source, value, data.draw(st.integers(1, 4)))
    target = InPort(expected.shape)
    port.connect(target)
    index = index_map(*path_of(target), target.shape)
    flat = value.ravel() if index is None else value.ravel()[index]
    assert flat.reshape(target.shape).tolist() == expected.tolist()
    if np.array_equal(expected.ravel(), value.ravel()):
        assert index is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_reference_map_is_the_inverse(data):
    source = OutPort((2, 3, 4))  # stands for a RefPort: paths are the same
    ref_value = np.arange(24).reshape(source.shape)
    port, var_value = random_path(data, source, ref_value, data.draw(st.integers(1, 3)))
    target = InPort(var_value.shape)
    port.connect(target)
    start, path = path_of(target)
    reference = Reference(None, start, None, Var(var_value.shape), path)
    index = reference_map(reference)
    # What the RefPort reads, if the Var holds what the forward path makes of `ref_value`.
    read = var_value.ravel() if index is None else var_value.ravel()[index]
    assert read.reshape(source.shape).tolist() == ref_value.tolist()


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concat_places_each_source(axis):
    one, two = OutPort((2, 2)), OutPort((2, 2))
    shape = (4, 2) if axis == 0 else (2, 4)
    target = InPort(shape)
    one.concat_with([two], axis).transpose().connect(InPort(shape[::-1]))
    one.concat_with([two], axis).connect(target)
    values = {one: np.array([[1, 2], [3, 4]]), two: np.array([[5, 6], [7, 8]])}
    total = np.zeros(shape, int)
    for source, path in target.get_src_paths():
        index = index_map(source, path, shape).reshape(shape)
        total += np.where(index >= 0, values[source].ravel()[index], 0)
    assert total.tolist() == np.concatenate([values[one], values[two]], axis).tolist()
