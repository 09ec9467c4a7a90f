"""Processes: members, names, ownership and hierarchy."""

import gc
import pickle

import pytest

from lavajit.process.ports import InPort, OutPort, RefPort, VarPort
from lavajit.process.process import AbstractProcess, ProcessServer
from lavajit.process.variable import Var


class Neuron(AbstractProcess):
    def __init__(self, shape=(1,), **kwargs):
        super().__init__(shape=shape, **kwargs)
        self.v = Var(shape)
        self.s_out = OutPort(shape)
        self.a_in = InPort(shape)
        self.ref = RefPort(shape)
        self.u = Var(shape)
        self.var_port = VarPort(self.u)


class Child(Neuron):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.b = Var((2,))


def test_constructor():
    ProcessServer().reset_server()
    first, second = Neuron(), Neuron(name="second", shape=(2,))
    assert (first.id, second.id) == (0, 1)
    assert (first.name, second.name) == ("Process_0", "second")
    assert second.proc_params["shape"] == (2,) and second.proc_params["name"] == "second"
    assert first.parent_proc is None and first.runtime is None and first.model is None
    assert first.model_class is None and first.is_compiled is False
    assert (first.folded_view, first.folded_view_inst_id) == (None, -1)
    assert AbstractProcess().vars.is_empty()
    with pytest.raises(TypeError):
        AbstractProcess("name")


def test_members_are_named_and_collected_in_definition_order():
    child = Child(name="c")
    assert child.vars.member_names == ["v", "u", "b"]
    for collection, port in (
        (child.in_ports, child.a_in),
        (child.out_ports, child.s_out),
        (child.ref_ports, child.ref),
        (child.var_ports, child.var_port),
    ):
        assert collection.members == [port] and port.process is child
    assert child.s_out.full_name == "c.s_out"


def test_members_may_be_set_before_the_base_constructor():
    class Early(AbstractProcess):
        def __init__(self):
            self.v = Var((1,))
            super().__init__()

    assert Early().vars.member_names == ["v"]


def test_forgotten_base_constructor():
    class Forgetful(AbstractProcess):
        def __init__(self):
            self.v = Var((1,))

    with pytest.raises(AttributeError, match=r"Forgetful.__init__ must call super\(\)"):
        Forgetful()


def test_properties_are_not_evaluated():
    class Explosive(AbstractProcess):
        @property
        def fuse(self):
            raise RuntimeError("evaluated")

    Explosive()


def test_a_var_under_two_names_is_one_member():
    class Twice(AbstractProcess):
        def __init__(self):
            super().__init__()
            self.second = self.first = Var((1,))

    twice = Twice()
    assert twice.vars.member_names == ["second"] and twice.second.name == "second"


def test_foreign_members_are_left_alone():
    owner = Neuron(name="owner")

    class Watcher(AbstractProcess):
        def __init__(self):
            super().__init__()
            self.watched_var, self.watched_port = owner.v, owner.s_out

    watcher = Watcher()
    assert owner.v.full_name == "owner.v" and owner.s_out.full_name == "owner.s_out"
    assert watcher.vars.is_empty() and watcher.out_ports.is_empty()


def test_processes_as_attributes():
    class Parent(AbstractProcess):
        def __init__(self, named, unnamed, owned):
            super().__init__()
            self.first, self.second, self.third = named, unnamed, owned

    owned = Neuron(name="owned")
    Neuron().register_sub_procs({"x": owned})
    parent = Parent(Neuron(name="given"), Neuron(), owned)
    assert parent.procs.member_names == ["first", "second"]
    assert (parent.first.name, parent.second.name, owned.name) == ("given", "second", "owned")
    assert parent.first.parent_proc is None


def test_attributes_added_later():
    neuron = Neuron()
    neuron.late = Var((1,))
    assert "late" not in neuron.vars
    neuron._post_init()
    neuron._post_init()
    assert neuron.vars.member_names == ["v", "u", "late"] and neuron.late.process is neuron
    neuron.ref_2 = RefPort((1,))
    attrs = neuron._find_attr_by_type(RefPort)
    neuron._init_proc_member_obj(attrs)
    neuron.ref_ports.add_members(attrs)
    assert neuron.ref_ports.member_names == ["ref", "ref_2"] and neuron.ref_2.name == "ref_2"


def test_hierarchy():
    outer, middle, inner = Neuron(name="outer"), Neuron(), Neuron()
    outer.register_sub_procs({"middle": middle})
    middle.register_sub_procs({"inner": inner})
    assert outer.procs.middle is middle and middle.parent_proc is outer
    assert inner.is_sub_proc_of(outer) and not outer.is_sub_proc_of(inner)
    assert not outer.is_sub_proc_of(outer)
    with pytest.raises(AssertionError, match="sub process 'x'"):
        outer.register_sub_procs({"x": 3})
    for proc in (inner, outer):
        with pytest.raises(AssertionError, match="of itself"):
            inner.register_sub_procs({"x": proc})
    outer.folded_view, outer.folded_view_inst_id = "view", 2
    outer.propagate_folded_views()
    assert (inner.folded_view, inner.folded_view_inst_id) == ("view", 2)


def test_processes_are_not_kept_alive():
    ProcessServer().reset_server()
    kept = Neuron()
    for _ in range(100):
        Neuron().s_out.connect(Neuron().a_in)
    gc.collect()
    assert ProcessServer().processes == [kept] and ProcessServer().num_processes == 1
    assert Neuron().id == 201
    with pytest.raises(AssertionError, match="registers Processes"):
        ProcessServer().register("neuron")


def test_connected_processes_can_be_pickled():
    first, second = Neuron(name="first"), Neuron(name="second")
    first.s_out.connect(second.a_in)
    first.log.debug("make the logger")
    first_copy, second_copy = pickle.loads(pickle.dumps([first, second]))
    assert first_copy.s_out.get_dst_ports() == [second_copy.a_in]
    assert first_copy.vars.v is first_copy.v and first_copy.log is first.log
