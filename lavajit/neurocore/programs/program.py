"""Neuron programs: what they are written in, what they cost, and what they keep."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs.assembler import assemble
from lavajit.neurocore.programs.body import Body
from lavajit.neurocore.programs.grammar import RESERVED
from lavajit.neurocore.programs.limits import (
    OPERATIONS,
    REGISTER_BITS,
    STATE_BITS,
    STATE_WORDS,
    WORD_BITS,
)


class NeuronProgram:
    """What the neurons of a group compute in each time step.

    Parameters
    ----------
    name : str
    source : str or function
        The program in its text form, or ``update(q, state, par, out)`` for one neuron.
    state : mapping of str to int
        State variables and their bits, with sign, 1 to 32. A write wraps to ``bits - 1`` bits of
        magnitude; ``sat st``, in a function ``sat(x)``, keeps it within +-(2^(bits-1) - 1).
    par : iterable of str, or mapping of str to int
        Parameters, of one number for a group or one per neuron, and the bits of each (32).
    tables : iterable of str
        Tables of int32 that all neurons of a group share.
    input_shift : int
        Bits by which the accumulator is shifted left before the program reads it as ``q``.
    note : str
        What must be known to use it.

    Attributes
    ----------
    ops : int
        Operations of the program.
    longest_path, shortest_path : int
        Operations that a neuron executes in one step, at most and at least.
    path_lengths : Counter
        Number of paths by operations on them.
    state_bits, words : int
        Bits of one neuron's state, and words of 64 bit that it takes.

    Raises
    ------
    NcProgramError
        It is not a program, or exceeds a limit; the text says where and what helps.

    Notes
    -----
    Intel has not published the instructions of Loihi 2's neuron cores. Operations, registers and
    limits are ours; :data:`lavajit.neurocore.programs.LIMITS` says so of each.

    Examples
    --------
    >>> from lavajit.neurocore.programs import NeuronProgram
    >>> text = "ld r0,v ; add r0,q ; cmp r0,vth ; jle KEEP ; ld r0,0 ; spike 1 ; KEEP: st r0,v"
    >>> program = NeuronProgram("integrator", text, state={"v": 24}, par=["vth"])
    >>> program.ops, program.longest_path, program.shortest_path, program.words
    (7, 7, 5, 1)
    """

    def __init__(
        self,
        name: str,
        source: str | Callable,
        state: Mapping[str, int] | None = None,
        par: Iterable[str] | Mapping[str, int] = (),
        *,
        tables: Iterable[str] = (),
        input_shift: int = 0,
        note: str = "",
    ):
        self.name = name
        self.source = source
        self.state = dict(state or {})
        self.par = {each: REGISTER_BITS.value for each in par}
        if isinstance(par, Mapping):
            self.par = dict(par)
        self.tables = tuple(tables)
        self.input_shift = input_shift
        self.note = note
        self._check()
        self.body = self._read()
        for each in (f"y{k}" for k in self.body.traces):
            if each in {*self.state, *self.par, *self.tables}:
                raise self._error(f"{each!r} is the trace that it writes; rename the variable")

    def _read(self) -> Body:
        if isinstance(self.source, str):
            return assemble(self.name, self.source, self.state, self.par, self.tables)
        from lavajit.neurocore.programs.function import read_function

        return read_function(self.name, self.source, self.state, self.par)

    def _check(self) -> None:
        names = [*self.state, *self.par, *self.tables]
        for each in names:
            if each in RESERVED or not each.isidentifier() or keyword.iskeyword(each):
                raise self._error(f"{each!r} cannot be a name here, it has a meaning; rename it")
            if names.count(each) > 1:
                raise self._error(f"{each!r} is declared twice; rename one")
        first, last = STATE_BITS.value
        for kind in (self.state, self.par):
            for each, bits in kind.items():
                if not isinstance(bits, int) or not first <= bits <= last:
                    raise self._error(f"{each!r} has {bits!r} bits, expected {first}..{last}")
        if not 0 <= self.input_shift < REGISTER_BITS.value:
            raise self._error(f"input_shift {self.input_shift} is not in 0..31")
        if self.words > STATE_WORDS.value:
            raise self._error(
                f"{self.words} words of state > {STATE_WORDS.value} per neuron; declare fewer bits"
            )

    def _error(self, what: str) -> NcProgramError:
        return NcProgramError(f"program {self.name!r}: {what}")

    @property
    def ops(self) -> int:
        return self.body.ops

    @property
    def path_lengths(self) -> Counter[int]:
        return self.body.path_lengths

    @property
    def longest_path(self) -> int:
        return max(self.path_lengths)

    @property
    def shortest_path(self) -> int:
        return min(self.path_lengths)

    @property
    def state_bits(self) -> int:
        return sum(self.state.values())

    @property
    def words(self) -> int:
        return max(1, -(-self.state_bits // WORD_BITS.value))

    @property
    def inputs(self) -> int:
        """Number of dendritic accumulators that it reads, at least 1."""
        return 2 if "q2" in self.body.uses else 1

    @property
    def outputs(self) -> int:
        """Number of messages that it may send in a step, at least 1."""
        return 2 if "spike2" in self.body.uses else 1

    def describe(self) -> str:
        """What it is, keeps and costs, as text.

        Examples
        --------
        >>> from lavajit.neurocore.programs import library
        >>> print(library()["Sigma"].describe())
        Sigma: 4 operations of 64 (assumed), 4 on every path
        state: sigma 32 bit; 1 word of 64 bit per neuron
        parameters: none
        """
        low, high = self.shortest_path, self.longest_path
        paths = f"{high} on every path" if low == high else f"{low} to {high} on a path"
        limit = f"{OPERATIONS.value} ({OPERATIONS.quality})"
        kept = ", ".join(f"{name} {bits} bit" for name, bits in self.state.items()) or "none"
        words = f"{self.words} word{'s' * (self.words > 1)} of 64 bit per neuron"
        lines = [
            f"{self.name}: {self.ops} operations of {limit}, {paths}",
            f"state: {kept}; {words}",
            f"parameters: {', '.join([*self.par, *self.tables]) or 'none'}",
        ]
        return "\n".join([*lines, f"note: {self.note}"] if self.note else lines)

    def __repr__(self) -> str:
        return f"NeuronProgram({self.name!r}, ops={self.ops}, words={self.words})"
