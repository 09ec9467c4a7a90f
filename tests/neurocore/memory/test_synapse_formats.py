"""Formats merged until a core has enough of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.errors import NcResourceError
from lavajit.neurocore.memory.synapse_formats import SynapseFormat, merge_formats
from lavajit.neurocore.memory.synapse_memory import Compression

SPARSE, RUNLENGTH, DENSE1, DENSE2 = Compression
MIXED = SignMode.MIXED

formats_of_a_core = st.lists(
    st.builds(
        SynapseFormat,
        st.sampled_from([SPARSE, RUNLENGTH, DENSE1]),
        st.sampled_from([SignMode.MIXED, SignMode.EXCITATORY]),
        st.integers(6, 10),
        st.integers(0, 5),
        st.sampled_from([1, 4, 8]),
    ),
    max_size=20,
)


def test_formats_that_fit_stay():
    formats = [SynapseFormat(SPARSE, MIXED, 6), SynapseFormat(SPARSE, MIXED, 7)]
    assert merge_formats([*formats, formats[0]]) == (formats, [0, 1, 0])


def test_the_closest_are_merged():
    formats = [
        SynapseFormat(RUNLENGTH, MIXED, 10, 2, 8),
        SynapseFormat(RUNLENGTH, MIXED, 6, 5, 8),
        SynapseFormat(RUNLENGTH, MIXED, 10, 3, 8),
    ]
    merged = merge_formats(formats, limit=2)
    assert merged.formats == [formats[2], formats[1]]
    assert merged.index == [0, 1, 0]
    assert merge_formats(formats, limit=1).formats == [SynapseFormat(RUNLENGTH, MIXED, 10, 5, 8)]


def test_both_dense_forms_are_one_encoding():
    formats = [SynapseFormat(DENSE1, MIXED), SynapseFormat(DENSE2, MIXED)]
    assert len(merge_formats(formats, limit=1).formats) == 1


@given(formats_of_a_core)
def test_merged_formats_hold_all(formats):
    formats_left, index = merge_formats(formats, limit=6)
    assert len(formats_left) <= 6 and len(index) == len(formats)
    for given_, place in zip(formats, index, strict=True):
        merged = formats_left[place]
        assert merged.meaning == given_.meaning
        assert all(x >= y for x, y in zip(merged.widths, given_.widths, strict=True))


def test_formats_of_different_meaning_are_not_merged():
    formats = [SynapseFormat(SPARSE, MIXED), SynapseFormat(SPARSE, MIXED, multiplier=1)]
    with pytest.raises(NcResourceError, match="2 synapse formats > 1 per core"):
        merge_formats(formats, limit=1)
