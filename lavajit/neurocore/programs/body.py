"""What both forms of a program become: lines of a loop over neurons, and what they use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

#: How a line that counts operations begins; kernels that do not count leave it out.
COUNT = "executed +="


@dataclass
class Body:
    """The update of one neuron, as lines of Python.

    Attributes
    ----------
    lines : list of str
        With ``v_NAME`` for state, ``p_NAME`` for parameters, ``sent`` and ``sent2`` for what is
        sent.
    locals : tuple of str
        Variables that begin as 0.
    ops : int
        Operations of the program.
    path_lengths : Counter
        Number of paths by operations on them.
    uses : set of str
        Of "q", "q2", "t", "rnd", "spike", "spike2".
    traces : set of int
        Traces that it writes.
    written : set of str
        State variables that it writes.
    """

    lines: list[str] = field(default_factory=list)
    locals: tuple[str, ...] = ()
    ops: int = 0
    path_lengths: Counter[int] = field(default_factory=Counter)
    uses: set[str] = field(default_factory=set)
    traces: set[int] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def use(self, name: str) -> str:
        """The name, noted as used."""
        self.uses.add(name)
        return name


def stored(value: str, bits: int, saturates: bool) -> str:
    """What a state variable of `bits` bits holds of a value."""
    return f"{'saturated' if saturates else 'wrap'}({value}, {bits - 1})"
