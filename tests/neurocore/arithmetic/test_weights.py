"""Stored and effective weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.arithmetic.arrays import shifted
from lavajit.neurocore.arithmetic.weights import (
    EFFECTIVE_MAX,
    WEIGHT_BITS,
    SignMode,
    WeightFormat,
    effective_from_float,
    effective_weights,
    optimise_weight_format,
    stored_weights,
)
from lavajit.neurocore.errors import NcValueError

MIXED, EXC, INH = SignMode.MIXED, SignMode.EXCITATORY, SignMode.INHIBITORY


def test_recorded_weights(neurocore_data):
    with np.load(neurocore_data / "tab_weights.npz") as stored:
        names = ("weight_bits_code", "fanout_type", "weight_exp", "w", "out")
        rows = list(zip(*(stored[name] for name in names), strict=True))
    for code, mode, exponent, weights, expected in rows:
        result = effective_from_float(
            weights, SignMode(int(mode)), WEIGHT_BITS[code], int(exponent)
        )
        np.testing.assert_array_equal(result, expected)


@given(
    st.integers(-1000, 1000),
    st.sampled_from([MIXED, EXC, INH]),
    st.sampled_from(WEIGHT_BITS),
    st.integers(-8, 7),
)
def test_what_is_stored_is_stored_again(weight, mode, bits, exponent):
    stored = stored_weights(weight, mode, bits)
    assert stored_weights(stored, mode, bits) == stored
    effective = int(effective_weights(stored, exponent))
    assert effective % 64 == 0 and abs(effective) <= EFFECTIVE_MAX


@given(
    st.lists(st.integers(-255, 255), min_size=1, max_size=8).filter(any),
    st.sampled_from([MIXED, EXC, INH]),
)
def test_the_chosen_format_loses_nothing(values, mode):
    weights = np.abs(values) * (-1 if mode is INH else 1) if mode is not MIXED else values
    bits, exponent = optimise_weight_format(weights, mode)
    if bits in WEIGHT_BITS:
        stored = stored_weights(shifted(weights, -exponent), mode, bits)
        np.testing.assert_array_equal(stored, shifted(weights, -exponent))


def test_formats():
    assert optimise_weight_format([255], EXC) == WeightFormat(8, 0)
    assert optimise_weight_format([-4, -8], INH) == WeightFormat(2, -4)
    assert optimise_weight_format([127, -128], MIXED) == WeightFormat(8, -1)
    assert optimise_weight_format([64, -64], MIXED) == WeightFormat(2, -1)


def test_weights_and_formats_that_do_not_exist():
    with pytest.raises(NcValueError, match="num_weight_bits: 7 is none of"):
        stored_weights(1, EXC, 7)
    with pytest.raises(NcValueError, match="NULL stores no weights"):
        stored_weights(1, SignMode.NULL)
    with pytest.raises(NcValueError, match=r"weight_exp: 8 is not in -8\.\.7"):
        effective_weights(1, 8)
    with pytest.raises(NcValueError, match="all are zero"):
        optimise_weight_format([0, 0], MIXED)
    for weights, mode in (([-1, 2], EXC), ([1, -2], INH), ([1], SignMode.NULL)):
        with pytest.raises(NcValueError, match=f"do not have the signs of {mode.name}"):
            optimise_weight_format(weights, mode)
