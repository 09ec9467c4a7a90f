"""What is said about the first difference of two runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lavajit.process.explanation import Table, html_tables
from lavajit.process.process import AbstractProcess


@dataclass(frozen=True)
class Input:
    """What an InPort of the Process received in that step.

    Attributes
    ----------
    name : str
        Name of the port.
    a, b : number or None
        Values at the index of the difference; None where the port has another shape.
    count, size : int
        How many elements differ between the runs, and how many there are.
    """

    name: str
    a: Any
    b: Any
    count: int
    size: int

    def __str__(self) -> str:
        here = "" if self.a is None else f"{self.a} in a, {self.b} in b at this index; "
        differ = f"{self.count} of {self.size} elements differ" if self.count else "no difference"
        return f"{self.name}: {here}{differ}"


@dataclass(frozen=True)
class Difference:
    """Where two runs part.

    Attributes
    ----------
    step : int
        Time step after which values differ first, counted from 1; 0: they differ from the start.
    process : str
        Path of the Process, such as ``"net.hidden"``.
    name : str
        Its Var or OutPort, or the name of a watched function.
    kind : str
        "Var", "OutPort" or "function".
    index : tuple of int
        The first element that differs, in C order.
    a, b : number
        Its values in the two runs.
    scale : number, callable or None
        What `a` was multiplied by, or converted with, before the comparison.
    count, size : int
        How many elements differ in this step, and how many there are.
    inputs : tuple of Input
        What the Process received in this step.
    others : tuple of (str, int, int)
        What else differs in this step: path, how many elements, of how many.
    networks : tuple of AbstractProcess
        The two networks as they are after this step: look further with ``Var.get``.
    """

    step: int
    process: str
    name: str
    kind: str
    index: tuple[int, ...]
    a: Any
    b: Any
    scale: Any
    count: int
    size: int
    inputs: tuple[Input, ...] = ()
    others: tuple[tuple[str, int, int], ...] = ()
    networks: tuple[AbstractProcess, ...] = field(default=(), repr=False, compare=False)

    @property
    def path(self) -> str:
        """Process and Var, such as ``"net.hidden.v"``."""
        return f"{self.process}.{self.name}" if self.process else self.name

    def _lines(self) -> list[tuple[str, str]]:
        when = f"step {self.step}" if self.step else "before the first step"
        where = ", ".join(map(str, self.index))
        rows = [
            ("first difference", f"{when}, {self.kind} {self.path}[{where}]"),
            ("a", f"{self.a}{self._scaled()}"),
            ("b", f"{self.b}"),
            ("in this step", f"{self.count} of {self.size} elements of {self.path} differ"),
        ]
        rows += [("input", str(received)) for received in self.inputs]
        if self.inputs and self.step:
            rows.append(("which means", self._verdict()))
        rows += [("also differs", f"{path}, {n} of {size}") for path, n, size in self.others]
        return rows

    def _scaled(self) -> str:
        """What `a` was compared as."""
        if self.scale is None:
            return ""
        if callable(self.scale):
            return f", compared as {self.scale(np.asarray(self.a))}"
        return f", compared as {self.a * self.scale} ({self.scale} times that)"

    def _verdict(self) -> str:
        if all(received.count == 0 for received in self.inputs):
            return f"the same input, but {self.process} made something else of it"
        return f"{self.process} already received something else"

    def __repr__(self) -> str:
        return "\n".join(f"{label:>16}: {text}" for label, text in self._lines())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html_tables([Table("", (), self._lines())])
