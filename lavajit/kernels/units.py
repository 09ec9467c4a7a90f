"""What the rewriter leaves: functions ready for numba, with all they refer to."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

#: Flat views: ``self._flat_u`` and ``self.a_in.recv_flat()``.
FLAT_PREFIX, FLAT_SUFFIX = "_flat_", "_flat"
#: ``self.s_out.send(x)`` without indices.
SEND_MESSAGE = "send_message"
#: ``self.ref.view()``; numba allows no method of the name "view".
VIEW_VAR = "view_var"
READ_ONLY = "it writes into a received message, which is read-only; write into a copy"


class NotNative(Exception):
    """A method cannot be compiled; the reason names the line that keeps it in Python."""

    def __init__(self, reason: str, filename: str = "", line: int = 0):
        super().__init__(reason)
        self.reason = reason
        self.filename = filename
        self.line = line


@dataclass
class Unit:
    """One function ready to compile: its syntax tree, what its names mean, the units it calls."""

    name: str
    tree: ast.FunctionDef
    function: FunctionType
    values: dict[str, object] = field(default_factory=dict)
    children: dict[str, Unit] = field(default_factory=dict)
    uses: list[tuple[str, object]] = field(default_factory=list)

    @property
    def filename(self) -> str:
        return self.function.__code__.co_filename


class Watch:
    """A name a kernel was compiled with; the kernel is stale once it means something else.

    Notebooks define functions anew and change module-level tables, and Python would see it.
    """

    def __init__(self, holder: object, name: str, value: object):
        self.holder = holder
        self.name = name
        self.value = value
        self.contents = _contents(value)

    @property
    def holds(self) -> bool:
        """True if the name still means the same."""
        if isinstance(self.holder, Mapping):
            value = self.holder.get(self.name)
        else:
            value = getattr(self.holder, self.name, None)
        return value is self.value and _contents(value) == self.contents


def _contents(value: object) -> int:
    """Check sum of an array, which may change in place."""
    return zlib.crc32(np.ascontiguousarray(value)) if isinstance(value, np.ndarray) else 0
