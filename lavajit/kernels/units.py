"""What the rewriter leaves: functions ready for numba, with all they refer to."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import FunctionType

#: Flat views: ``self._flat_u`` and ``self.a_in.recv_flat()``.
FLAT_PREFIX, FLAT_SUFFIX = "_flat_", "_flat"
#: ``self.s_out.send(x)`` without indices.
SEND_MESSAGE = "send_message"
#: ``self.ref.view()``; numba allows no method of the name "view".
VIEW_VAR = "view_var"
READ_ONLY = "it writes into a received message, which is read-only; write into a copy"


class NotNative(Exception):
    """A method cannot be compiled; the reason names the line that keeps it in Python.

    ``is_passing``: the reason is not in the method, but in its text not being there.
    """

    def __init__(self, reason: str, filename: str = "", line: int = 0, is_passing: bool = False):
        super().__init__(reason)
        self.is_passing = is_passing
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
