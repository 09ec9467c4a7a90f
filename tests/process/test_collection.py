"""Collections of members."""

import pickle

import pytest

from lavajit.process.collection import Collection
from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var


class Neuron(AbstractProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.v = Var((1,))
        self.u = Var((2,))


def test_members_are_in_definition_order():
    neuron = Neuron()
    assert neuron.vars.member_names == ["v", "u"]
    assert neuron.vars.members == [neuron.v, neuron.u]
    assert len(neuron.vars) == 2 and not neuron.vars.is_empty() and neuron.in_ports.is_empty()


def test_nested_and_interrupted_iteration():
    neuron = Neuron()
    pairs = [(a.name, b.name) for a in neuron.vars for b in neuron.vars]
    assert pairs == [("v", "v"), ("v", "u"), ("u", "v"), ("u", "u")]
    for _ in neuron.vars:
        break
    assert [var.name for var in neuron.vars] == ["v", "u"]


def test_membership():
    neuron, other = Neuron(), Neuron()
    assert neuron.v in neuron.vars and "v" in neuron.vars
    assert other.v not in neuron.vars and "w" not in neuron.vars
    assert neuron.vars.has(other.v)  # by name
    with pytest.raises(AssertionError, match="has no 'name'"):
        neuron.vars.has(3)


def test_missing_member():
    neuron = Neuron(name="n1")
    assert hasattr(neuron.vars, "v") and not hasattr(neuron.vars, "w")
    for error in (AttributeError, AssertionError):
        with pytest.raises(error, match="'n1' of class Neuron has no Var 'w'. It has: v, u"):
            _ = neuron.vars.w


def test_member_named_like_a_method():
    neuron = Neuron()
    extra = Var((1,))
    neuron.vars.add_members({"members": extra})
    assert neuron.vars["members"] is extra


def test_pickle():
    neuron = pickle.loads(pickle.dumps(Neuron()))
    assert neuron.vars.member_names == ["v", "u"] and neuron.vars.v is neuron.v


def test_an_empty_collection_is_true():
    assert Collection(Neuron(), "Var")
