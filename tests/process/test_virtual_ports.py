"""Virtual ports: shapes, transforms and paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavajit.process.port_exceptions import (
    ConcatIndexError,
    ConcatShapeError,
    DuplicateConnectionError,
    ReshapeError,
    TransposeIndexError,
    TransposeShapeError,
)
from lavajit.process.ports import AbstractPort, InPort, OutPort, RefPort, VarPort
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var
from lavajit.process.virtual_ports import AbstractVirtualPort, ConcatPort


def send(source, path, data):
    """Apply the forward transforms of a path, as a message would see them."""
    before = source
    for virtual in path:
        takes_source = [before] if isinstance(virtual, ConcatPort) else []
        data = virtual.get_transform_func_fwd(*takes_source)(data)
        before = virtual
    return data


def test_reshape_and_flatten():
    data = np.arange(6).reshape(2, 3)
    port = OutPort((2, 3)).reshape((3, 2))
    assert port.shape == (3, 2) and port.name is None
    fwd, bwd = port.get_transform_func_fwd(), port.get_transform_func_bwd()
    np.testing.assert_array_equal(fwd(data), data.reshape(3, 2))
    np.testing.assert_array_equal(bwd(fwd(data)), data)
    assert OutPort((2, 3)).flatten().shape == (6,)


@pytest.mark.parametrize("shape", [(5,), (-1,), (-2, -3)])
def test_reshape_keeps_the_number_of_elements(shape):
    with pytest.raises(ReshapeError):
        OutPort((2, 3)).reshape(shape)


def test_reshape_takes_a_tuple():
    with pytest.raises(AssertionError):
        OutPort((6,)).reshape([2, 3])
    with pytest.raises(TypeError):
        OutPort((6,)).reshape(6)


@given(st.permutations(range(3)), st.lists(st.booleans(), min_size=3, max_size=3))
def test_transpose_and_its_inverse(axes, negative):
    axes = [axis - 3 if neg else axis for axis, neg in zip(axes, negative, strict=True)]
    data = np.arange(24).reshape(2, 3, 4)
    port = OutPort((2, 3, 4)).transpose(axes)
    moved = port.get_transform_func_fwd()(data)
    np.testing.assert_array_equal(moved, data.transpose(axes))
    assert port.shape == moved.shape
    np.testing.assert_array_equal(port.get_transform_func_bwd()(moved), data)


def test_transpose_errors():
    port = OutPort((2, 3))
    assert port.transpose().shape == (3, 2)
    with pytest.raises(TransposeShapeError):
        port.transpose((0,))
    for axes in ((0, 2), (0, -3), (0, 0), (1, -1)):
        with pytest.raises(TransposeIndexError):
            port.transpose(axes)


@pytest.mark.parametrize("axis", [1, -1])
def test_concatenation_places_each_part(axis):
    first, second = OutPort((2, 1)), OutPort((2, 3))
    whole = first.concat_with(second, axis)
    assert whole.shape == (2, 4) and whole.concat_axis == 1
    assert (whole.source_offset(first), whole.source_offset(second)) == (0, 1)
    parts = [np.full((2, 1), 7), np.arange(6).reshape(2, 3)]
    expected = np.concatenate(parts, axis=1)
    placed = [
        whole.get_transform_func_fwd(port)(part)
        for port, part in zip((first, second), parts, strict=True)
    ]
    np.testing.assert_array_equal(sum(placed), expected)
    np.testing.assert_array_equal(whole.get_transform_func_fwd()(parts), expected)
    np.testing.assert_array_equal(whole.get_transform_func_bwd(second)(expected), parts[1])
    np.testing.assert_array_equal(whole.get_transform_func_bwd()(expected)[1], parts[1])
    with pytest.raises(ValueError, match="must feed one part"):
        whole.source_offset(OutPort((2, 1)))


def test_concatenation_errors():
    port = OutPort((2, 3))
    with pytest.raises(AssertionError, match="own kind"):
        port.concat_with([InPort((2, 3))], 0)
    with pytest.raises(AssertionError, match="own kind"):
        port.concat_with([RefPort((2, 3))], 0)
    for axis in (2, -3):
        with pytest.raises(ConcatIndexError):
            port.concat_with(OutPort((2, 3)), axis)
    with pytest.raises(ConcatShapeError):
        port.concat_with([OutPort((4, 9)), OutPort((4, 9))], 0)  # the last pair fits
    with pytest.raises(ConcatShapeError):
        port.concat_with(OutPort((2,)), 0)
    with pytest.raises(DuplicateConnectionError):
        port.concat_with(port, 0)
    assert port.out_connections == []


def test_concatenation_of_virtual_and_hierarchical_ports():
    inner, parent, peer = OutPort((4,)), OutPort((4,)), OutPort((2, 2))
    inner.connect(parent)
    whole = peer.flatten().concat_with(parent, 0)
    inp = InPort((8,))
    whole.connect(inp)
    assert [port for port, _ in inp.get_src_paths()] == [peer, inner]
    assert whole.source_offset(inner) == whole.source_offset(parent) == 4


def test_paths_are_kept_apart():
    out, inp = OutPort((2, 2)), InPort((2, 2))
    transposed = out.transpose()
    transposed.connect(inp)
    out.connect(inp)
    reshaped = out.flatten()
    back = reshaped.reshape((2, 2))
    back.connect(inp)
    paths = [[transposed], [], [reshaped, back]]
    assert out.get_dst_paths() == [(inp, path) for path in paths]
    assert inp.get_src_paths() == [(out, path) for path in paths]
    assert out.get_dst_ports() == [inp] and inp.get_src_ports() == [out]
    data = np.arange(4).reshape(2, 2)
    np.testing.assert_array_equal(send(out, paths[0], data), data.T)
    np.testing.assert_array_equal(send(out, paths[2], data), data)


def test_an_unfinished_virtual_port_leads_nowhere():
    out = OutPort((2,))
    out.reshape((2, 1))
    assert out.get_dst_ports() == [] == out.get_dst_paths()
    ref, var = RefPort((2,)), Var((2,))
    ref.reshape((2, 1))
    ref.connect_var(var)
    assert ref.get_dst_vars() == [var]


def test_targets_of_virtual_ports():
    OutPort((1,)).flatten().connect([InPort((1,)), InPort((1,))])
    OutPort((1,)).flatten().connect(OutPort((1,)))
    InPort((1,)).flatten().connect(InPort((1,)))
    RefPort((1,)).flatten().connect(RefPort((1,)))
    RefPort((1,)).flatten().connect(VarPort(Var((1,))))
    VarPort(Var((1,))).flatten().connect(VarPort(Var((1,))))
    for source, target in (
        (OutPort((1,)), VarPort(Var((1,)))),
        (InPort((1,)), OutPort((1,))),
        (RefPort((1,)), InPort((1,))),
        (VarPort(Var((1,))), RefPort((1,))),
        (OutPort((1,)), InPort((2,))),
    ):
        with pytest.raises(AssertionError):
            source.flatten().connect(target)


def test_process_and_name_in_errors():
    class Source(AbstractProcess):
        def __init__(self):
            super().__init__(name="source")
            self.out = OutPort((4,))

    source = Source()
    virtual = source.out.reshape((2, 2)).transpose()
    assert virtual.process is source
    with pytest.raises(AssertionError, match="TransposePort of source.out"):
        virtual.connect(InPort((4,)))


def test_user_defined_virtual_port():
    class Doubled(AbstractVirtualPort):
        def get_transform_func_fwd(self):
            return lambda data: 2 * data

        def get_transform_func_bwd(self):
            return lambda data: data // 2

    out, inp, virtual = OutPort((2,)), InPort((2,)), Doubled((2,))
    with pytest.raises(AssertionError, match="derived from a port"):
        virtual.connect(inp)
    out._connect_forward([virtual], AbstractPort, [None], assert_same_shape=False)
    virtual.connect(inp)
    [(port, path)] = out.get_dst_paths()
    assert port is inp
    np.testing.assert_array_equal(send(out, path, np.array([1, 2])), [2, 4])


def test_long_chains_do_not_recurse():
    out, inp = OutPort((1,)), InPort((1,))
    port = out
    for _ in range(5000):
        port = port.flatten()
    port.connect(inp)
    assert port.process is None
    [(end, path)] = out.get_dst_paths()
    assert end is inp and len(path) == 5000 and inp.get_src_paths() == [(out, path)]
