"""Shapes, names and ids."""

import numpy as np
import pytest

from lavajit.process.member import AbstractProcessMember, IdGeneratorSingleton


def test_size_is_the_product_of_the_shape():
    assert AbstractProcessMember((2, 3)).size == 6
    assert AbstractProcessMember(()).size == 1
    assert AbstractProcessMember((np.int64(4),)).shape == (4,)


@pytest.mark.parametrize("shape", [[2], 3, None])
def test_shape_must_be_a_tuple(shape):
    with pytest.raises(AssertionError, match="'shape' must be a tuple"):
        AbstractProcessMember(shape)


@pytest.mark.parametrize("shape", [(-1,), (2.0,), ("3",), (True,)])
def test_shape_entries_must_be_counts(shape):
    with pytest.raises(ValueError, match="int >= 0"):
        AbstractProcessMember(shape)


def test_name_and_process_are_checked():
    member = AbstractProcessMember((1,))
    assert member.process is None
    with pytest.raises(AssertionError, match="'name' must be a str"):
        member.name = 3
    with pytest.raises(AssertionError, match="must be an AbstractProcess"):
        member.process = "lif"


def test_ids_count_up_per_class_until_reset():
    class Ids(IdGeneratorSingleton):
        pass

    class Others(IdGeneratorSingleton):
        pass

    assert Ids() is Ids()
    assert [Ids().get_next_id(), Ids().get_next_id(), Others().get_next_id()] == [0, 1, 0]
    first = Ids()
    Ids.reset_singleton()
    assert Ids() is not first
    assert Ids().get_next_id() == 0
