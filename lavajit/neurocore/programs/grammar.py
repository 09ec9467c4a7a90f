"""The text form of neuron programs: from text to checked instructions.

A program is a list of operations without loops. Registers ``r0`` to ``r7`` have 32 bits, which
wrap; ``q`` is the input, ``q2`` that of a second accumulator, ``t`` the time step, from 1. A value
is one of them, a parameter, a whole number, or parentheses over the last two, which are computed
when a group is configured and cost nothing (a shift by a negative count goes the other way).

=========================  ======================================================================
``ld r,a``                 r = a value or a state variable
``st a,s``, ``sat st``     state variable s = a, wrapped or saturated to its declared bits
``add sub and or xor``     r = r op a, as in ``add r0,q``
``min max``                the same
``mul r,a``                a product of 64 bits; ``asr`` and ``shl`` take all of them, others 32
``mulsr r,a,n``            r = (r * a) >> n toward zero, of a 64-bit product
``shl shr asr r,n``        shifts: left, right without and with sign; n counts modulo 64
``abs neg sgn not r``      of r
``cmp a,b``                what the next jumps ask about
``jlt jle jeq jne jge``    forward jump if a < b, a <= b, ...
``jgt jmp L``
``rnd r``                  r = a random number, -127..127, never -128
``spike a``                payload of this step (0: none); a later one replaces it
``trace k,a``              y trace k = a, saturated to 0..127
``spike2 a``               the same for a second output (ours)
``clz r,a``                r = leading zeros of a in 24 bits (ours)
``lut r,table,a``          r = entry a of a table that a group shares (ours)
=========================  ======================================================================
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from lavajit.neurocore.errors import NcProgramError
from lavajit.neurocore.programs.limits import OPERATIONS, REGISTERS, TRACES

#: Kinds of operands.
REGISTER, VALUE, STATE, VALUE_OR_STATE, LABEL, TRACE, TABLE = (
    "a register",
    "a value",
    "a state variable",
    "a value or a state variable",
    "a label",
    "the number of a trace",
    "a table",
)

JUMPS = {"jlt": "<", "jle": "<=", "jeq": "==", "jne": "!=", "jge": ">=", "jgt": ">"}

_TWO = (REGISTER, VALUE)
#: Operations and their operands. The last three are not in the public description of the chip, but
#: programs of the library need them: a second output, leading zeros of the input's 24 bits, and a
#: table shared by a group.
OPERANDS: dict[str, tuple[str, ...]] = {
    "ld": (REGISTER, VALUE_OR_STATE),
    "st": (VALUE, STATE),
    **dict.fromkeys(("add", "sub", "mul", "and", "or", "xor", "min", "max"), _TWO),
    **dict.fromkeys(("shl", "shr", "asr"), _TWO),
    "mulsr": (REGISTER, VALUE, VALUE),
    **dict.fromkeys(("abs", "neg", "sgn", "not"), (REGISTER,)),
    "cmp": (VALUE, VALUE),
    **dict.fromkeys((*JUMPS, "jmp"), (LABEL,)),
    "rnd": (REGISTER,),
    "spike": (VALUE,),
    "trace": (TRACE, VALUE),
    "spike2": (VALUE,),
    "clz": (REGISTER, VALUE),
    "lut": (REGISTER, TABLE, VALUE),
}

#: What a program reads beside registers, state and parameters: input, second input, time step.
INPUTS = ("q", "q2", "t")
REGISTER_NAMES = tuple(f"r{k}" for k in range(REGISTERS.value))
RESERVED = frozenset({*INPUTS, *REGISTER_NAMES, *OPERANDS, "sat"})

_INT32 = range(-(2**31), 2**31)
_LABEL = re.compile(r"([A-Za-z_]\w*)\s*:\s*(.*)", re.DOTALL)
_EXPRESSION_NODES = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.LShift, ast.RShift, ast.Mod, ast.USub),
)


@dataclass(frozen=True)
class Instruction:
    """One operation with its operands, as written."""

    op: str
    operands: tuple[str, ...]
    saturates: bool
    line: int
    text: str

    @property
    def writes(self) -> str | None:
        """The register that it writes."""
        return self.operands[0] if OPERANDS[self.op][:1] == (REGISTER,) else None


@dataclass
class Listing:
    """A parsed program: its instructions, and where the labels point."""

    name: str
    instructions: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    def target(self, instruction: Instruction) -> int:
        """Index of the instruction that a jump leads to."""
        return self.labels[instruction.operands[0]]

    def error(self, instruction: Instruction, what: str) -> NcProgramError:
        """What is wrong with an instruction, and where."""
        place = f"program {self.name!r}, line {instruction.line}: {instruction.text!r}"
        return NcProgramError(f"{place}: {what}")


@dataclass(frozen=True)
class Names:
    """Names that a program may use."""

    state: Collection[str]
    par: Collection[str]
    tables: Collection[str] = ()


def parse(name: str, text: str, names: Names) -> Listing:
    """Instructions of a program.

    Parameters
    ----------
    name : str
        How errors call the program.
    text : str
        Instructions, separated by semicolons or line ends; ``#`` begins a comment, ``LABEL:``
        stands before an instruction or at the end.
    names : Names
        State variables, parameters and tables.

    Returns
    -------
    Listing

    Raises
    ------
    NcProgramError
        It is not a program; the text says line, operation, what is wrong and what helps.
    """
    listing = Listing(name)
    for number, line in enumerate(text.splitlines(), start=1):
        for statement in line.partition("#")[0].split(";"):
            _add(listing, statement.strip(), number)
    for index, instruction in enumerate(listing.instructions):
        _check(listing, index, instruction, names)
    count = len(listing.instructions)
    if count > OPERATIONS.value:
        raise NcProgramError(
            f"program {name!r}: {count} operations > {OPERATIONS.value} per program; precompute "
            f"parameters in parentheses, or split it over two groups"
        )
    if not count:
        raise NcProgramError(f"program {name!r}: no operations; write at least one, e.g. 'spike q'")
    return listing


def _add(listing: Listing, statement: str, line: int) -> None:
    match = _LABEL.fullmatch(statement)
    while match:
        label, statement = match.groups()
        if label in listing.labels:
            raise NcProgramError(
                f"program {listing.name!r}, line {line}: label {label!r} stands twice; rename one"
            )
        listing.labels[label] = len(listing.instructions)
        match = _LABEL.fullmatch(statement)
    if not statement:
        return
    words = statement.split(None, 1)
    saturates = words[0] == "sat"
    if saturates:
        words = words[1].split(None, 1) if len(words) > 1 else [""]
    operands = [each.strip() for each in words[1].split(",")] if len(words) > 1 else []
    listing.instructions.append(Instruction(words[0], tuple(operands), saturates, line, statement))


def _check(listing: Listing, index: int, instruction: Instruction, names: Names) -> None:
    kinds = OPERANDS.get(instruction.op)
    if kinds is None:
        near = difflib.get_close_matches(instruction.op, OPERANDS, 1)
        fix = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(OPERANDS)}"
        raise listing.error(instruction, f"unknown operation {instruction.op!r}; {fix}")
    if instruction.saturates and instruction.op != "st":
        raise listing.error(instruction, "'sat' stands before 'st' only; saturate when storing")
    got = len(instruction.operands)
    if got != len(kinds):
        raise listing.error(
            instruction,
            f"expected {len(kinds)} operands ({', '.join(kinds)}), got {got}",
        )
    for kind, operand in zip(kinds, instruction.operands, strict=True):
        if kind == LABEL:
            _check_jump(listing, index, instruction)
        elif not _is(kind, operand, names):
            fix = _fix(kind, operand, names)
            raise listing.error(instruction, f"expected {kind}, got {operand!r}; {fix}")


def _check_jump(listing: Listing, index: int, instruction: Instruction) -> None:
    label = instruction.operands[0]
    if label not in listing.labels:
        known = ", ".join(listing.labels) or "none"
        raise listing.error(
            instruction, f"no label {label!r}, labels: {known}; write '{label}:' after the jump"
        )
    if listing.labels[label] <= index:
        raise listing.error(
            instruction,
            f"jumps backward to {label!r}; programs have no loops, write the steps one by one",
        )


def _is(kind: str, operand: str, names: Names) -> bool:
    if kind == REGISTER:
        return operand in REGISTER_NAMES
    if kind == STATE:
        return operand in names.state
    if kind == TABLE:
        return operand in names.tables
    if kind == TRACE:
        first, last = TRACES.value
        return operand.isdigit() and first <= int(operand) <= last
    if kind == VALUE_OR_STATE and operand in names.state:
        return True
    return is_value(operand, names.par)


def is_value(operand: str, par: Collection[str]) -> bool:
    """True for a register, an input, a parameter, a number, or an expression of the last two."""
    if operand in REGISTER_NAMES or operand in INPUTS or operand in par:
        return True
    number = literal(operand)
    if number is not None:
        return number in _INT32
    return operand.startswith("(") and _is_expression(operand, par)


def literal(operand: str) -> int | None:
    """The number that an operand is; None if it is none."""
    try:
        return int(operand, 0)
    except ValueError:
        return None


def _is_expression(operand: str, par: Collection[str]) -> bool:
    try:
        tree = ast.parse(operand, mode="eval")
    except SyntaxError:
        return False
    nodes = list(ast.walk(tree))
    known = all(n.id in par for n in nodes if isinstance(n, ast.Name))
    numbers = [n.value for n in nodes if isinstance(n, ast.Constant)]
    whole = all(type(n) is int and n in _INT32 for n in numbers)
    return known and whole and all(isinstance(n, _EXPRESSION_NODES) for n in nodes)


def _fix(kind: str, operand: str, names: Names) -> str:
    if kind == REGISTER:
        return f"registers are {REGISTER_NAMES[0]}..{REGISTER_NAMES[-1]}"
    if kind == TRACE:
        return f"traces are {TRACES}"
    if kind in (STATE, TABLE):
        known = names.state if kind == STATE else names.tables
        return f"declared: {', '.join(known) or 'none'}"
    if operand in names.state:
        return f"load it first: 'ld r0,{operand}'"
    if operand.startswith("("):
        return "parentheses hold whole numbers and parameters with + - * << >> %"
    known = ", ".join([*names.par, *INPUTS])
    return f"values are registers, 32-bit numbers, parentheses and {known}"
