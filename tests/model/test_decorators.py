"""@implements, @requires and @tag."""

import pytest

from lavajit.model.decorators import implements, requires, tag
from lavajit.model.model import AbstractProcessModel
from lavajit.model.protocols import AsyncProtocol, LoihiProtocol
from lavajit.model.resources import CPU, GPU, LMT
from lavajit.process.process import AbstractProcess


class Proc(AbstractProcess):
    pass


class Base(AbstractProcessModel):
    pass


def test_defaults():
    assert Base.implements_process is None and Base.implements_protocol is None
    assert Base.required_resources == [] and Base.tags == []


def test_implements_and_inheritance():
    @implements(proc=Proc)
    class Model(Base):
        pass

    @implements(proc=Proc, protocol=LoihiProtocol)
    class SubModel(Model):
        pass

    assert (Model.implements_process, Model.implements_protocol) == (Proc, None)
    assert (SubModel.implements_process, SubModel.implements_protocol) == (Proc, LoihiProtocol)
    assert implements()(type("Sub", (SubModel,), {})).implements_protocol is LoihiProtocol
    with pytest.raises(AssertionError, match="cannot be changed to Other"):
        implements(proc=type("Other", (AbstractProcess,), {}))(type("X", (Model,), {}))
    with pytest.raises(AssertionError, match="cannot be changed to AsyncProtocol"):
        implements(protocol=AsyncProtocol)(type("X", (SubModel,), {}))


def test_implements_checks_its_arguments():
    for arguments in ({"proc": Proc()}, {"protocol": LoihiProtocol()}, {"proc": "Proc"}):
        with pytest.raises(TypeError, match="takes a class"):
            implements(**arguments)(Base)
    for arguments in ({"proc": LoihiProtocol}, {"protocol": Proc}):
        with pytest.raises(AssertionError, match="takes a subclass of"):
            implements(**arguments)(Base)
    with pytest.raises(AssertionError):
        implements(proc=Proc)(Proc)


def test_requires_adds_to_the_parents():
    @requires(CPU)
    class Model(Base):
        pass

    @requires(GPU, [LMT, CPU])
    class SubModel(Model):
        pass

    assert Base.required_resources == [] and Model.required_resources == [CPU]
    assert SubModel.required_resources == [CPU, GPU, [LMT, CPU]]
    with pytest.raises(TypeError):
        requires(CPU())(Base)
    with pytest.raises(AssertionError):
        requires([Proc])(Base)
    with pytest.raises(AssertionError):
        requires(CPU)(Proc)


def test_tag_adds_to_the_parents():
    @tag("a")
    class Model(Base):
        pass

    @tag("b", "c")
    class SubModel(Model):
        pass

    assert (Base.tags, Model.tags, SubModel.tags) == ([], ["a"], ["a", "b", "c"])
    with pytest.raises(AssertionError, match="takes strings"):
        tag(3)(Base)
    with pytest.raises(AssertionError):
        tag("a")(Proc)


def test_repr():
    @implements(proc=Proc)
    @requires(CPU)
    @tag("x", "y")
    class Model(Base):
        pass

    lines = repr(Model({})).splitlines()
    assert lines[0] == "Model implements Proc"
    assert "supports: CPU" in lines[1] and "has tags: x, y" in lines[2]
