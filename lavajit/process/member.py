"""What Vars and ports have in common: a shape, a name and an owning Process.

Also the singleton that hands out ids (0, 1, 2, ... in creation order); both the
ProcessServer and the VarServer are built on it.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from lavajit.process.process import AbstractProcess


def checked_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return `shape` as a tuple of Python ints.

    Raises
    ------
    AssertionError
        If `shape` is not a tuple.
    ValueError
        If an entry is not a non-negative int.
    """
    if not isinstance(shape, tuple):
        raise AssertionError(
            f"'shape' must be a tuple. Got {shape!r} of type {type(shape).__name__}; "
            f"write shape=(n,) for one dimension."
        )
    entries = []
    for entry in shape:
        try:
            entries.append(-1 if isinstance(entry, bool) else operator.index(entry))
        except TypeError:
            entries.append(-1)
    if any(entry < 0 for entry in entries):
        raise ValueError(
            f"every entry of 'shape' must be an int >= 0. Got {shape!r}; "
            f"use whole numbers such as shape=(3, 4)."
        )
    return tuple(entries)


class AbstractProcessMember:
    """A part of a Process that has a shape: a Var or a port.

    Parameters
    ----------
    shape : tuple of int
        Number of elements along each axis; ``()`` is a single element.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape: tuple[int, ...] = checked_shape(shape)
        self._name: str | None = None
        self._process: AbstractProcess | None = None

    @property
    def size(self) -> int:
        """Number of elements, the product of `shape`."""
        return math.prod(self.shape)

    @property
    def name(self) -> str | None:
        """Attribute name within the Process; set when the Process has been constructed."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        if not isinstance(name, str):
            raise AssertionError(f"'name' must be a str. Got {name!r} for {self.full_name}.")
        self._name = name

    @property
    def process(self) -> AbstractProcess | None:
        """The Process this member belongs to; None before it is registered."""
        return self._process

    @process.setter
    def process(self, process: AbstractProcess) -> None:
        from lavajit.process.process import AbstractProcess

        if not isinstance(process, AbstractProcess):
            raise AssertionError(
                f"'process' of {self.full_name} must be an AbstractProcess. Got {process!r}."
            )
        self._process = process

    @property
    def full_name(self) -> str:
        """`process.member`, as used in error messages, e.g. ``"lif1.s_out"``."""
        name = self.name or f"<unnamed {type(self).__name__}>"
        return name if self.process is None else f"{self.process.name}.{name}"


class IdGeneratorSingleton:
    """One object per class that counts ids up from 0.

    Every call of the class returns the same object until `reset_singleton`.
    """

    instance: ClassVar[Any] = None
    is_not_initialized: ClassVar[bool] = True

    def __new__(cls) -> IdGeneratorSingleton:
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self) -> None:
        if self.is_not_initialized:
            self._next_id = 0
            type(self).is_not_initialized = False

    @classmethod
    def reset_singleton(cls) -> None:
        """Forget the object; the next call of the class makes a new one."""
        cls.instance = None
        cls.is_not_initialized = True

    def get_next_id(self) -> int:
        """Return the next free id and count up."""
        next_id = self._next_id
        self._next_id += 1
        return next_id
