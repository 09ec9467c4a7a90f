"""Connecting ports, and the rules for it."""

import pytest

from lavajit.process.connection_config import ConnectionConfig
from lavajit.process.port_exceptions import DuplicateConnectionError, VarNotSharableError
from lavajit.process.ports import (
    ImplicitVarPort,
    InPort,
    OutPort,
    RefPort,
    VarPort,
    create_port_id,
    is_disjoint,
    to_list,
)
from lavajit.process.process import AbstractProcess
from lavajit.process.reduce_ops import ReduceSum
from lavajit.process.variable import Var


class Neuron(AbstractProcess):
    def __init__(self, shape=(3,), **kwargs):
        super().__init__(**kwargs)
        self.a_in = InPort(shape)
        self.s_out = OutPort(shape)
        self.ref = RefPort(shape)
        self.v = Var(shape)
        self.var_port = VarPort(self.v)


def is_unconnected(*ports):
    return not any(p.in_connections or p.out_connections or p.connection_configs for p in ports)


def test_out_to_in_both_ways_of_calling():
    out, first, second = OutPort((3,)), InPort((3,)), InPort((3,))
    out.connect(first)
    second.connect_from(out)
    assert out.get_dst_ports() == [first, second] == out.out_connections
    assert first.get_src_ports() == [out] == first.in_connections
    assert out.get_src_ports() == [] == OutPort((1,)).get_dst_ports()


def test_through_hierarchy():
    sub_out, parent_out = OutPort((1,)), OutPort((1,))
    parent_in, sub_in = InPort((1,)), InPort((1,))
    parent_out.connect_from(sub_out)
    parent_out.connect(parent_in)
    parent_in.connect(sub_in)
    assert sub_out.get_dst_paths() == [(sub_in, [])]
    assert sub_in.get_src_paths() == [(sub_out, [])]


@pytest.mark.parametrize(
    "connect",
    [
        lambda: OutPort((1,)).connect(RefPort((1,))),
        lambda: OutPort((1,)).connect_from(InPort((1,))),
        lambda: InPort((1,)).connect(OutPort((1,))),
        lambda: InPort((1,)).connect_from(OutPort((1,)).reshape((1,))),
        lambda: OutPort((1,)).connect([InPort((1,)), OutPort((1,))]),
        lambda: OutPort((1,)).connect(3),
        lambda: RefPort((1,)).connect_var(RefPort((1,))),
        lambda: VarPort(3),
    ],
)
def test_wrong_kinds(connect):
    with pytest.raises(AssertionError):
        connect()


@pytest.mark.parametrize(
    "connect",
    [
        lambda: RefPort((1,)).connect(InPort((1,))),
        lambda: RefPort((1,)).connect_from(VarPort(Var((1,)))),
        lambda: VarPort(Var((1,))).connect(RefPort((1,))),
        lambda: VarPort(Var((1,))).connect_from(OutPort((1,))),
    ],
)
def test_wrong_kinds_for_remote_memory(connect):
    with pytest.raises(TypeError):
        connect()


def test_shape_error_names_both_ports():
    lif, dense = Neuron((128,), name="lif1"), Neuron((64,), name="dense")
    text = r"lif1.s_out \(shape \(128,\)\) -> dense.a_in \(shape \(64,\)\): .*incompatible"
    with pytest.raises(AssertionError, match=text):
        lif.s_out.connect(dense.a_in)
    with pytest.raises(AssertionError, match=text):
        dense.a_in.connect_from(lif.s_out)
    assert is_unconnected(lif.s_out, dense.a_in)


def test_connected_only_once():
    out, inp = OutPort((1,)), InPort((1,))
    out.connect(inp)
    with pytest.raises(DuplicateConnectionError):
        out.connect(inp)
    with pytest.raises(DuplicateConnectionError):
        inp.connect_from(out)
    with pytest.raises(AssertionError, match="itself"):
        out.connect(out)


def test_a_call_connects_all_or_nothing():
    out, good, bad = OutPort((1,)), InPort((1,)), InPort((2,))
    for partners, error in (
        ([good, bad], AssertionError),
        ([good, good], DuplicateConnectionError),
        ([good, OutPort((1,))], AssertionError),
        ([], ValueError),
        ([], IndexError),
    ):
        with pytest.raises(error):
            out.connect(partners)
    with pytest.raises(ValueError, match="ConnectionConfigs"):
        out.connect([good, InPort((1,))], [ConnectionConfig()])
    with pytest.raises(TypeError, match="expected a ConnectionConfig"):
        out.connect(good, "fast")
    assert is_unconnected(out, good, bad)


def test_connection_configs_are_with_both_ports():
    out, first, second = OutPort((1,)), InPort((1,)), InPort((1,))
    configs = [ConnectionConfig(num_probes=1), ConnectionConfig(num_probes=2)]
    out.connect([first, second], configs)
    assert out.connection_configs == {first: configs[0], second: configs[1]}
    assert second.connection_configs == {out: configs[1]}
    third = InPort((1,))
    out.connect(third)
    assert third.connection_configs[out] == ConnectionConfig()


def test_a_ref_port_has_one_destination():
    ref, first, second = RefPort((1,)), VarPort(Var((1,))), VarPort(Var((1,)))
    with pytest.raises(AssertionError, match="1:1"):
        ref.connect([first, second])
    ref.connect(first)
    for connect in (
        lambda: ref.connect(second),
        lambda: ref.connect(RefPort((1,))),
        lambda: ref.connect_var(Var((1,))),
        lambda: second.connect_from(ref),
        lambda: ref.flatten().connect(second),
    ):
        with pytest.raises(AssertionError, match="1:1"):
            connect()
    assert ref.get_dst_ports() == [first] and is_unconnected(second)


def test_ref_ports_share_a_var_port():
    refs, var_port = [RefPort((1,)) for _ in range(3)], VarPort(Var((1,)))
    refs[0].connect(var_port)
    refs[1].connect(var_port)
    var_port.connect_from(refs[2])
    assert var_port.get_src_ports() == refs


def test_ref_ports_through_hierarchy_in_any_order():
    inner, middle, outer, var_port = RefPort((1,)), RefPort((1,)), RefPort((1,)), VarPort(Var((1,)))
    outer.connect(var_port)
    middle.connect_from(inner)
    middle.connect(outer)
    sub_var_port = VarPort(Var((1,)))
    var_port.connect(sub_var_port)
    assert inner.get_dst_paths() == [(sub_var_port, [])]


def test_connect_var():
    reader, target = Neuron(name="reader"), Neuron(name="target")
    reader.ref.connect_var(target.v)
    (port,) = reader.ref.get_dst_ports()
    assert isinstance(port, ImplicitVarPort) and port.name == "_v_implicit_port"
    assert port.process is target and target._v_implicit_port is port
    assert target.var_ports.member_names == ["var_port", "_v_implicit_port"]
    assert reader.ref.get_dst_vars() == [target.v]
    assert not hasattr(Neuron, "_v_implicit_port")

    other = RefPort((3,))
    other.connect_var(target.v)
    assert other.get_dst_ports()[0].name == "_v_implicit_port_1"


def test_connect_var_rules():
    neuron = Neuron()
    with pytest.raises(AssertionError, match="same Process"):
        neuron.ref.connect_var(neuron.v)
    with pytest.raises(VarNotSharableError):
        neuron.ref.connect_var(Var((3,), shareable=False))
    with pytest.raises(VarNotSharableError):
        VarPort(Var((3,), shareable=False))
    target = Neuron((4,))
    with pytest.raises(AssertionError, match="incompatible"):
        neuron.ref.connect_var(target.v)
    assert is_unconnected(neuron.ref) and target.var_ports.member_names == ["var_port"]


def test_connect_var_before_the_var_has_a_process():
    ref = RefPort((3,))

    class Early(AbstractProcess):
        def __init__(self):
            super().__init__()
            self.v = Var((3,))
            ref.connect_var(self.v)

    process = Early()
    assert process.var_ports.members == ref.get_dst_ports()
    assert ref.get_dst_ports()[0].process is process


def test_external_pipe():
    port = InPort((1,))
    assert port.external_pipe_flag is False
    assert not hasattr(port, "external_pipe_csp_send_port")
    port.flag_external_pipe()
    assert (port.external_pipe_flag, port.external_pipe_buffer_size) == (True, 64)
    out = OutPort((1,))
    out.flag_external_pipe(buffer_size=3)
    assert out.external_pipe_buffer_size == 3
    with pytest.raises(ValueError, match=">= 1"):
        out.flag_external_pipe(0)
    for size in (2.5, "3", True):
        with pytest.raises(TypeError, match="must be an int"):
            InPort((1,)).flag_external_pipe(size)


def test_reduce_op():
    assert InPort((1,), reduce_op=ReduceSum)._reduce_op is ReduceSum
    with pytest.raises(TypeError, match="ReduceSum"):
        InPort((1,), reduce_op="ADD")


def test_helpers():
    assert create_port_id(3, "s_out") == "3_s_out"
    assert to_list(1) == [1] and to_list([1]) == [1] and to_list((1, 2)) == [1, 2]
    assert is_disjoint([1], [2]) and not is_disjoint([1, 2], [2])


def test_repr_and_full_name():
    assert repr(Neuron(name="n").s_out) == "<OutPort n.s_out shape=(3,)>"
    assert OutPort((1,)).full_name == "<unnamed OutPort>"
