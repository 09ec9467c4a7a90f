"""Decorators that say what a ProcessModel implements, requires and is tagged with.

    @implements(proc=LIF, protocol=LoihiProtocol)
    @requires(CPU)
    @tag("floating_pt")
    class PyLifModelFloat(PyLoihiProcessModel): ...

None of them changes the parents of the decorated class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lavajit.model import registry
from lavajit.model.model import AbstractProcessModel
from lavajit.model.protocols import AbstractSyncProtocol
from lavajit.model.resources import AbstractResource
from lavajit.process.process import AbstractProcess

Model = TypeVar("Model", bound=type[AbstractProcessModel])


def _check_family(what: str, cls: type, family: type) -> None:
    if not isinstance(cls, type):
        raise TypeError(f"{what} takes a class, got {cls!r}.")
    if not issubclass(cls, family):
        raise AssertionError(f"{what} takes a subclass of {family.__name__}, got {cls.__name__}.")


def _check_not_overwritten(model: type, attr: str, new: type) -> None:
    old = getattr(model, attr)
    if old is not None and old is not new:
        raise AssertionError(
            f"@implements on {model.__name__}: its base class has {attr} = {old.__name__}, "
            f"which cannot be changed to {new.__name__}. Derive from a class that has not."
        )


def implements(
    proc: type[AbstractProcess] | None = None,
    protocol: type[AbstractSyncProtocol] | None = None,
) -> Callable[[Model], Model]:
    """Say which Process a model implements, and under which sync protocol.

    Parameters
    ----------
    proc : type, optional
        Process class; by default that of the base class.
    protocol : type, optional
        Sync protocol class; by default that of the base class.

    Raises
    ------
    TypeError
        If an argument is not a class.
    AssertionError
        If a class is of the wrong family, or differs from that of the base class.
    """

    def decorate(model: Model) -> Model:
        _check_family("@implements", model, AbstractProcessModel)
        if proc is not None:
            _check_family("@implements(proc=...)", proc, AbstractProcess)
            _check_not_overwritten(model, "implements_process", proc)
        if protocol is not None:
            _check_family("@implements(protocol=...)", protocol, AbstractSyncProtocol)
            _check_not_overwritten(model, "implements_protocol", protocol)
        model.implements_process = proc or model.implements_process
        model.implements_protocol = protocol or model.implements_protocol
        if model.implements_process is not None:
            registry.register(model)
        return model

    return decorate


def requires(
    *args: type[AbstractResource] | list[type[AbstractResource]],
) -> Callable[[Model], Model]:
    """Say which resources a model needs, in addition to those of its base class.

    Parameters
    ----------
    *args : type or list of type
        Resource classes; a list means "one of these".

    Raises
    ------
    TypeError
        If an argument is not a class.
    AssertionError
        If a class is not a resource.
    """

    def decorate(model: Model) -> Model:
        _check_family("@requires", model, AbstractProcessModel)
        for arg in args:
            for resource in arg if isinstance(arg, list) else [arg]:
                _check_family("@requires(...)", resource, AbstractResource)
        model.required_resources = [*model.required_resources, *args]
        return model

    return decorate


def tag(*args: str) -> Callable[[Model], Model]:
    """Label a model, in addition to the labels of its base class.

    Parameters
    ----------
    *args : str
        Labels, e.g. ``"fixed_pt"``; run configs select by them.

    Raises
    ------
    AssertionError
        If a label is not a str.
    """

    def decorate(model: Model) -> Model:
        _check_family("@tag", model, AbstractProcessModel)
        for label in args:
            if not isinstance(label, str):
                raise AssertionError(f"@tag on {model.__name__} takes strings, got {label!r}.")
        model.tags = [*model.tags, *args]
        return model

    return decorate
