"""Vars and the VarServer."""

import gc

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from lavajit.process.process import AbstractProcess
from lavajit.process.variable import Var, VarServer


class Holder(AbstractProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.v = Var((3,), init=5)


class FakeRuntime:
    """Records what is asked of it."""

    def __init__(self):
        self.calls = []

    def get_var(self, var_id, idx=None):
        self.calls.append(("get", var_id, idx))
        return np.arange(3)

    def set_var(self, var_id, value, idx=None):
        self.calls.append(("set", var_id, value, idx))


def test_defaults():
    var = Var((2,))
    assert (var.init, var.shareable, var.name, var.aliased_var) == (
        0, True, "Unnamed variable", None,
    )  # fmt: skip
    assert var.process is None and var.model is None


def test_get_without_runtime_returns_init():
    init = [1, 2, 3]
    assert Var((3,), init=init).get() is init
    assert Var((), init="text").get() == "text"


@pytest.mark.parametrize(
    "idx", [0, 1, -1, slice(0, 1), [1, 0], (1,), np.array([2, 0]), np.array([True, False, True])]
)
def test_get_part_of_init(idx):
    part = Var((3,), init=[7, 8, 9]).get(idx)
    np.testing.assert_array_equal(part, np.array([7, 8, 9])[idx])
    assert isinstance(part, np.ndarray) == isinstance(np.array([7, 8, 9])[idx], np.ndarray)


def test_get_part_of_scalar_sparse_and_text_init():
    np.testing.assert_array_equal(Var((2, 3), init=4).get(1), [4, 4, 4])
    assert Var((2, 2), init=csr_matrix(np.eye(2))).get((1, 1)) == 1
    assert Var((1,), init="text").get(0) == "t"
    part = Var((3,), init=np.zeros(3)).get(slice(None))
    part[0] = 1  # a copy


def test_set_without_runtime():
    with pytest.raises(ValueError, match=r"h.v cannot be set before"):
        Holder(name="h").v.set(1)


def test_get_and_set_are_forwarded():
    inner, outer, outermost = Holder(), Holder(), Holder()
    outermost.v.alias(outer.v)
    outer.v.alias(inner.v)
    inner.v.init = 6
    assert outermost.v.get() == 6
    inner.runtime = FakeRuntime()
    outermost.v.get(0)
    outermost.v.set([1], slice(1))
    assert inner.runtime.calls == [("get", inner.v.id, 0), ("set", inner.v.id, [1], slice(1))]


def test_alias_rules():
    var = Var((3,))
    with pytest.raises(AssertionError, match="only alias a Var"):
        var.alias(3)
    with pytest.raises(AssertionError, match="shapes must be equal"):
        var.alias(Var((4,)))
    with pytest.raises(AssertionError, match="shareable"):
        var.alias(Var((3,), shareable=False))
    other = Var((3,))
    other.alias(var)
    for target in (var, other):
        with pytest.raises(AssertionError, match="stands for"):
            var.alias(target)


def test_alias_must_lead_into_a_sub_process():
    outer, inner = Holder(name="outer"), Holder(name="inner")
    outer.v.alias(inner.v)
    with pytest.raises(AssertionError, match="outer.v aliases inner.v, which is not"):
        outer.validate_var_aliases()
    outer.register_sub_procs({"inner": inner})
    outer.validate_var_aliases()


def test_repr():
    text = repr(Holder().v)
    assert "Variable: v" in text and "shape: (3,)" in text and "value: 5" in text

    class Stopped:
        def get_var(self, var_id, idx=None):
            raise RuntimeError("stopped")

    holder = Holder()
    holder.runtime = Stopped()
    assert "value: not readable now (stopped)" in repr(holder.v)


def test_server_does_not_keep_vars():
    VarServer().reset_server()
    kept = Var((1,))
    Var((1,))
    gc.collect()
    assert kept.id == 0 and VarServer().vars == [kept] and VarServer().num_vars == 1
    assert Var((1,)).id == 2
    with pytest.raises(AssertionError, match="registers Vars"):
        VarServer().register(3)
