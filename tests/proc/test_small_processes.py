"""Spiker, Receiver, BitCheck: what the recorded cases do not show."""

import doctest

import numpy as np
import pytest
from helpers.tiers import python_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from lavajit import (
    LIF,
    BitCheck,
    Dense,
    EventSink,
    Loihi2SimCfg,
    Receiver,
    Receiver32Bit,
    RunSteps,
    SourceRingBuffer,
    Spiker,
    Spiker32bit,
)
from lavajit.proc import bit_check, receiver, spiker

CFG = Loihi2SimCfg(select_tag="fixed_pt")


@settings(max_examples=8, deadline=None)
@given(
    periods=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    process=st.sampled_from([Spiker, Spiker32bit]),
    native=st.booleans(),
)
def test_first_and_later_messages(periods, process, native):
    shape = (len(periods), 1)
    source = process(shape=shape, period=np.reshape(periods, shape), payload=-7)
    sink = EventSink(shape)
    source.s_out.connect(sink.a_in)
    for steps in (3, 9):
        source.run(RunSteps(steps), CFG, {"native": native})
    first = 1 if process is Spiker else 0
    expected = sorted((t, i) for i, n in enumerate(periods) for t in range(first + n, 13, n))
    times, indices, values = sink.get_data()
    assert list(zip(times.tolist(), indices.tolist(), strict=True)) == expected
    assert set(values.tolist()) <= {-7.0}
    assert not native or python_rows(source) == []
    source.stop()


@pytest.mark.parametrize("payload", [0, 1, 2**24, 2**32 - 1, -1, -(2**31), 2**31 - 1])
@pytest.mark.parametrize("native", [True, False])
def test_32_bits_arrive(payload, native):
    source, target, plain = Spiker32bit(payload=payload), Receiver32Bit(), Receiver()
    source.s_out.connect(target.a_in)
    source.s_out.connect(plain.a_in)
    source.run(RunSteps(1), CFG, {"native": native})
    assert plain.payload.get().tolist() == [payload]
    assert target.payload_last_bytes.get().tolist() == [payload % 2**24]
    assert target.payload_first_byte.get().tolist() == [payload % 2**32 >> 24]
    assert target.get_payload(signed=payload < 0).tolist() == [payload]


@pytest.mark.parametrize("payload", [2**32, -(2**31) - 1, [2**31, -1]])
def test_more_than_32_bits(payload):
    with pytest.raises(ValueError, match="payload of Spiker32bit has 32 bits"):
        Spiker32bit(shape=(2,), payload=payload)


@pytest.mark.parametrize("process", [Spiker, Spiker32bit])
def test_wrong_period(process):
    with pytest.raises(ValueError, match=f"period of {process.__name__} .* at least 1; got 0"):
        process(period=0)


def checked(bits, values, debug=0, native=True) -> BitCheck:
    """A BitCheck of neurons whose voltage has been each of `values` in turn."""
    source = SourceRingBuffer(data=np.array(values)[np.newaxis])
    target, check = Receiver(), BitCheck(bits=bits, debug=debug, layerid=4, name="check")
    source.s_out.connect(target.a_in)
    check.connect_var(target.payload)
    source.run(RunSteps(len(values)), CFG, {"native": native})
    assert not native or python_rows(source) == []
    return check


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(
    ("bits", "value", "expected"),
    [
        (4, 7, 0),
        (4, 8, 1),
        (4, -8, 0),
        (4, -9, 1),
        (1, 0, 0),
        (1, 1, 1),
        (31, 2**30, 1),
        (31, 0, 0),
    ],
)
def test_range(bits, value, expected, native):
    assert checked(bits, [0, value, 0], native=native).overflowed.tolist() == [expected]


def test_diagnostics(capsys):
    check = checked(4, [7, 8, -20], debug=1)
    assert check.overflowed == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "BitCheck of layer 4, time step 2: values from 8 to 8 need more than 4 bits (-8 to 7)",
        "BitCheck of layer 4, time step 3: values from -20 to -20 need more than 4 bits (-8 to 7)",
    ]


def test_shape_is_that_of_the_var():
    check, dense = BitCheck(bits=8), Dense(weights=np.full((2, 3), 300))
    assert check.shape == (1,)
    check.connect_var(dense.weights)
    assert check.shape == (2, 3)
    dense.run(RunSteps(1), Loihi2SimCfg(select_tag="floating_pt"))
    assert check.overflowed == 1


@pytest.mark.parametrize("bits", [0, 32, -1, 2.5, True, None])
def test_wrong_bits(bits):
    with pytest.raises(
        ValueError, match=f"bits of BitCheck must be an int from 1 to 31, got {bits}"
    ):
        BitCheck(bits=bits)


def test_wrong_var():
    with pytest.raises(TypeError, match="BitCheck 'check' connects to a Var"):
        BitCheck(name="check").connect_var(LIF(shape=(1,)).s_out)


@pytest.mark.parametrize("module", [bit_check, receiver, spiker])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
