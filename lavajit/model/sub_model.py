"""Models that build a Process out of other Processes."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

from lavajit.model.model import AbstractProcessModel
from lavajit.process.process import AbstractProcess


class AbstractSubProcessModel(AbstractProcessModel, ABC):
    """Base class of models made of sub processes.

    Its ``__init__`` creates sub processes as attributes, connects them with each other and
    with the ports of `proc`, and aliases Vars of `proc` to theirs. It runs once, when the
    network is compiled; ``super().__init__`` need not be called.

    Examples
    --------
    >>> class TwoLayerModel(AbstractSubProcessModel):  # doctest: +SKIP
    ...     def __init__(self, proc):
    ...         self.dense = Dense(weights=proc.proc_params.get("weights"))
    ...         self.lif = LIF(shape=(3,))
    ...         proc.in_ports.s_in.connect(self.dense.in_ports.s_in)
    ...         self.dense.out_ports.a_out.connect(self.lif.in_ports.a_in)
    ...         self.lif.out_ports.s_out.connect(proc.out_ports.s_out)
    ...         proc.vars.v.alias(self.lif.vars.v)
    """

    _implemented: AbstractProcess | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Subclasses do not call super().__init__, so the Process is noted here.
        model = super().__new__(cls)
        process = args[0] if args else kwargs.get("proc")
        model._implemented = process if isinstance(process, AbstractProcess) else None
        return model

    @abstractmethod
    def __init__(self, proc: AbstractProcess) -> None:
        """Create and connect the sub processes."""

    def find_sub_procs(self) -> dict[str, AbstractProcess]:
        """Return the sub processes by name, in definition order.

        Found are attributes and the contents of lists, tuples, dicts and dataclasses, nested
        as well; these are named ``layers_0``, ``layers_1``, or ``parts_<key or field>``. The
        implemented Process itself is not one of them.
        """
        found: dict[str, AbstractProcess] = {}
        seen = {id(self._implemented)}
        for attr_name, attr in vars(self).items():
            for name, process in _processes_in(attr_name, attr):
                if id(process) in seen:
                    continue
                seen.add(id(process))
                while name in found:
                    name += "_"
                found[name] = process
        return found


def _processes_in(name: str, obj: Any) -> Iterator[tuple[str, AbstractProcess]]:
    """Yield the Processes in `obj`, in order, each with its name."""
    stack = [(name, obj)]
    # Containers may contain each other; each is opened once.
    opened: set[int] = set()
    while stack:
        name, obj = stack.pop()
        if isinstance(obj, AbstractProcess):
            yield name, obj
        elif id(obj) not in opened:
            parts = list(_parts(obj))
            if parts:
                opened.add(id(obj))
            stack.extend((f"{name}_{key}", part) for key, part in reversed(parts))


def _parts(obj: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(obj, dict):
        yield from obj.items()
    elif isinstance(obj, (list, tuple)):
        yield from enumerate(obj)
    elif dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        for field in dataclasses.fields(obj):
            yield field.name, getattr(obj, field.name, None)
