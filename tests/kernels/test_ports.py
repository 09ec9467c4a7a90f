"""Ports in kernels: all kinds and types send, receive and cast natively as in Python."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel_networks import Listener, Talk, Talker

from lavajit.runtime.tiers import HostTierWarning


def send_all(self):
    self.out.send(self.data)


def receive_all(self):
    self.got[...] = self.a_in.recv()


def talk(data, **options) -> Talk:
    data = np.asarray(data)
    options.setdefault("got", np.zeros(data.shape, options.get("in_type", float)))
    return Talk(options.pop("send", send_all), options.pop("receive", receive_all), data, **options)


@pytest.mark.parametrize("shape", [(1,), (5,), (2, 3), (2, 1, 3), (2, 2, 2, 2)])
def test_dense_messages_of_any_shape(shape):
    data = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    np.testing.assert_array_equal(talk(data).both(), data)


@pytest.mark.parametrize(
    ("out_type", "value", "want"),
    [
        (np.int16, 2.9, 2),
        (np.int16, -2.9, -2),
        (np.int16, 70000.0, 4464),
        (np.int16, 70000, 4464),
        (np.int8, 300, 44),
        (np.uint8, -1, 255),
        (bool, 0.5, 1),
        (bool, -3, 1),
        (bool, 0, 0),
        (np.float32, 0.1, float(np.float32(0.1))),
        (np.int32, True, 1),
        (np.int64, 3.99, 3),
    ],
)
def test_send_casts_as_c_does(out_type, value, want):
    assert talk([value, value], out_type=out_type, got=np.zeros(2)).both()[0] == want


@pytest.mark.parametrize("in_type", [bool, np.int8, np.int32, np.uint16, np.float32, float])
def test_receive_is_the_same_in_both_tiers_for_any_declared_type(in_type):
    talk([0, 1, 300, -2], out_type=np.int32, in_type=in_type, got=np.zeros(4)).both()


NUMERIC = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.float32, np.float64]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    source=st.sampled_from(NUMERIC),
    target=st.sampled_from(NUMERIC),
    numbers=st.lists(st.integers(-120, 120), min_size=4, max_size=4),
    fraction=st.sampled_from([0, 0.25, 0.75]),
)
def test_native_cast_is_the_c_cast(source, target, numbers, fraction):
    data = np.array(numbers) + (fraction if np.dtype(source).kind == "f" else 0)
    data = np.abs(data) if np.dtype(source).kind == "u" or np.dtype(target).kind == "u" else data
    data = data.astype(source)
    got = talk(data, out_type=target, in_type=target, got=np.zeros(4, target)).both(steps=1)
    np.testing.assert_array_equal(got, data.astype(target))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.data())
def test_virtual_ports_are_numpys_transforms(lengths, data):
    shape = current = tuple(lengths)
    steps = []
    for _ in range(data.draw(st.integers(0, 3))):
        if data.draw(st.booleans()):
            axes = tuple(data.draw(st.permutations(range(len(current)))))
            steps.append(("transpose", axes))
            current = tuple(current[k] for k in axes)
        else:
            size = int(np.prod(current))
            current = data.draw(st.sampled_from([(size,), (1, size), (size, 1)]))
            steps.append(("reshape", current))
    message = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    want = message
    for name, argument in steps:
        want = getattr(want, name)(argument)

    def connect(talker: Talker, listener: Listener) -> None:
        port = talker.out
        for name, argument in steps:
            port = port.transpose(argument) if name == "transpose" else port.reshape(argument)
        port.connect(listener.a_in)

    got = talk(message, in_shape=current, got=np.zeros(current), connect=connect).both(steps=1)
    np.testing.assert_array_equal(got, want)


# --- what can be sent -------------------------------------------------------------------------


def send_expression(self):
    self.out.send(self.data * 2 > 3)


def send_local(self):
    x = np.zeros(self.out.shape)
    x[1] = self.time_step
    self.out.send(x)


def send_reversed(self):
    self.out.send(self.data[::-1])


def send_into_buffer(self):
    out = self.out.buffer()
    for i in range(out.size):
        out[i] = self.data[i] + self.time_step
    self.out.send(out)


def send_through_name(self):
    port = self.out
    port.send(self.data)


@pytest.mark.parametrize("send", [send_expression, send_local, send_reversed, send_into_buffer])
def test_what_can_be_sent(send):
    talk([1.0, 2.0, 3.0], send=send).both(steps=3)


def test_another_name_for_a_port():
    got, _, _ = talk([1.0, 2.0, 3.0], send=send_through_name).run(native=True)
    np.testing.assert_array_equal(got, [1, 2, 3])


def receive_events(self):
    for i in self.a_in.events():
        self.got[i] += 1
    self.at += len(self.a_in.events())
    self.a_in.recv()


def test_events_are_the_indices_of_nonzero_elements():
    data = [0.0, 2.0, 0.0, -1.0]
    got, at = talk(data, receive=receive_events, got=np.zeros(4)).both(steps=3)
    np.testing.assert_array_equal(got, [0, 3, 0, 3])
    assert at == 6


def receive_many_ways(self):
    a = self.a_in.recv()
    self.got[0] = self.a_in.shape[0] + a.shape[0] + a.sum()
    self.got[1:] = a[1:]


def test_shape_of_a_port():
    talk([1.0, 2.0, 3.0], receive=receive_many_ways).both()


def write_into_message(self):
    a = self.a_in.recv()
    a[0] = 5
    self.got[:] = a


def add_to_message(self):
    a = self.a_in.recv()
    a += 1
    self.got[:] = a


def slice_into_message(self):
    a = self.a_in.recv()
    a[:] = 1
    self.got[:] = a


@pytest.mark.parametrize("receive", [write_into_message, add_to_message, slice_into_message])
def test_writing_into_a_message_keeps_the_method_in_python(receive):
    conversation = talk([1.0, 2.0, 3.0], receive=receive)
    with pytest.warns(HostTierWarning, match="writes into a received message, which is read-only"):
        got, _, refusals = conversation.run(native=True)
    np.testing.assert_array_equal(got, conversation.run(native=False)[0])
    (found,) = refusals.values()
    assert found.line == receive.__code__.co_firstlineno + 2


def send_short(self):
    self.out.send(self.data[:2])


def test_a_message_of_the_wrong_shape_is_an_error_with_its_place():
    for native in (True, False):
        with pytest.raises(AssertionError, match="shape") as caught:
            talk([1.0, 2.0, 3.0], send=send_short).run(native)
        note = "\n".join(caught.value.__notes__)
        assert "Talker" in note and "run_spk" in note and "time step 1" in note


def send_scalar(self):
    self.out.send(self.where)


def receive_scalar(self):
    self.got[0] += self.a_in.recv()


@pytest.mark.parametrize("value", [3, 2.75, True])
def test_scalar_ports(value):
    got = talk(
        [0.0], where=value, send=send_scalar, receive=receive_scalar, kind="SCALAR_DENSE"
    ).both()
    assert got[0] >= value


def send_scalar_entry(self):
    self.out.send(self.data[1], 1)


def receive_scalar_entry(self):
    value, index = self.a_in.recv()
    self.got[index] = value


def test_scalar_sparse_ports():
    conversation = talk(
        [0.5, 2.5], send=send_scalar_entry, receive=receive_scalar_entry, kind="SCALAR_SPARSE"
    )
    np.testing.assert_array_equal(conversation.both(), [0, 2.5])


def send_entries(self):
    where = np.nonzero(self.data)[0]
    self.out.send(self.data[where], where)


def receive_entries(self):
    values, indices = self.a_in.recv()
    for k in range(len(values)):
        self.got[indices[k]] += values[k]
    self.at += len(indices)


def test_sparse_ports():
    got, at = talk(
        [0.0, 2.5, 0.0, -1.0],
        send=send_entries,
        receive=receive_entries,
        kind="VEC_SPARSE",
    ).both(steps=2)
    np.testing.assert_array_equal(got, [0, 5, 0, -2])
    assert at == 4
