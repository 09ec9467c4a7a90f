"""Types of spikes, payloads, slots of axons."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.model.spike_type import SpikeType
from lavajit.neurocore.chips.spikes import (
    AXON_KINDS,
    MESSAGES,
    PAYLOAD_BITS,
    payload,
    source_slots,
    spike_type,
)
from lavajit.neurocore.errors import (
    NcOverflowError,
    NcValueError,
)


def test_types_by_width():
    names = [spike_type(bits).name.removesuffix("_SPIKE") for bits in range(33)]
    graded = [f"GRADED{width}" for width in (8, 16, 24) for _ in range(8)]
    assert names == ["BINARY", *graded, *["LONG"] * 8]
    for bits in (-1, 33):
        with pytest.raises(NcValueError, match=rf"num_message_bits: {bits} is not in 0\.\.32"):
            spike_type(bits)


def test_messages_of_a_spike():
    assert [kind for kind in SpikeType if MESSAGES[kind].value != 1] == [SpikeType.LONG_SPIKE]
    assert MESSAGES[SpikeType.LONG_SPIKE].value == 2


@given(st.lists(st.integers(-(2**40), 2**40)), st.sampled_from(list(PAYLOAD_BITS)))
def test_payloads_wrap_or_are_refused(values, kind):
    width = PAYLOAD_BITS[kind].value
    arrives = payload(values, kind)
    assert ((arrives - np.array(values, np.int64)) % 2**width == 0).all()
    low, high = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    assert ((arrives >= low) & (arrives <= high)).all()
    if all(low <= value <= high for value in values):
        assert payload(values, kind, strict=True).tolist() == values
    else:
        with pytest.raises(NcOverflowError, match=r"'spike': payload -?\d+ is not in"):
            payload(values, kind, strict=True)


def test_spikes_without_payload():
    assert payload([0, 1, -3], SpikeType.BINARY_SPIKE).tolist() == [0, 1, 1]
    with pytest.raises(NcOverflowError, match=r"'lif': payload -3 is not in 0\.\.1"):
        payload([0, 1, -3], SpikeType.BINARY_SPIKE, strict=True, name="lif")


def test_other_chips_cost_nengo_no_slot():
    for kind, axons in (("discrete", 7), ("pop16", 7), ("pop32", 14)):
        assert source_slots(kind, 7, other_chip=True, counting="nengo") == axons


def test_kinds_that_do_not_exist():
    with pytest.raises(ValueError, match="kind: 'pop8' is none of discrete, pop16, pop32"):
        source_slots("pop8")
    with pytest.raises(ValueError, match="counting: 'x' is none of nxtf, nengo"):
        source_slots("pop16", counting="x")
    with pytest.raises(ValueError, match="-1 is negative"):
        source_slots("pop16", -1)
    for kind in AXON_KINDS.values():
        for figure in vars(kind).values():
            assert figure.source and figure.quality
