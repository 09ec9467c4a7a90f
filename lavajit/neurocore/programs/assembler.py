"""From the text form of a neuron program to the lines of its kernel."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from lavajit.neurocore.programs.body import COUNT, Body, stored
from lavajit.neurocore.programs.flow import (
    WIDE_READERS,
    Block,
    blocks_of,
    path_lengths,
    wide_after,
)
from lavajit.neurocore.programs.grammar import (
    INPUTS,
    JUMPS,
    REGISTER_NAMES,
    Instruction,
    Listing,
    Names,
    literal,
    parse,
)

_SYMBOLS = {"add": "+", "sub": "-", "and": "&", "or": "|", "xor": "^"}
_SHIFTS = {"shl": "shifted_left", "asr": "shifted_right", "shr": "shifted_logically"}


def assemble(
    name: str, text: str, state: Mapping[str, int], par: Collection[str], tables: Collection[str]
) -> Body:
    """The lines of a program in text form.

    Parameters
    ----------
    name, text : str
    state : mapping of str to int
        Bits of state variables.
    par, tables : collection of str

    Raises
    ------
    NcProgramError
        It is not a program.
    """
    listing = parse(name, text, Names(state, par, tables))
    blocks = blocks_of(listing)
    return _Writer(listing, blocks, state).body


class _Writer:
    """Writes blocks one after the other.

    A jump sets `at`, the block to go on with, and blocks that may be skipped ask for it: with
    forward jumps only, that is all there is to it.
    """

    def __init__(self, listing: Listing, blocks: list[Block], state: Mapping[str, int]):
        self.listing = listing
        self.state = state
        self.body = Body(ops=len(listing.instructions), path_lengths=path_lengths(blocks))
        self.places = {
            label: next((b.index for b in blocks if b.instructions[0] is at), len(blocks))
            for label, at in self._label_instructions().items()
        }
        names: list[str] = []
        if any(block.guarded for block in blocks):
            names.append("at")
        if any(each.op == "cmp" for each in listing.instructions):
            names += ["left", "right"]
        names += sorted({each.writes for each in listing.instructions if each.writes})
        self.body.locals = tuple(names)
        for block in blocks:
            self._block(block)

    def _label_instructions(self) -> dict[str, Instruction | None]:
        all_of_them = [*self.listing.instructions, None]
        return {label: all_of_them[at] for label, at in self.listing.labels.items()}

    def _block(self, block: Block) -> None:
        margin = "    " if block.guarded else ""
        if block.guarded:
            self.body.lines.append(f"if at <= {block.index}:")
        self.body.lines.append(f"{margin}{COUNT} {len(block.instructions)}")
        self.wide = set(block.wide)
        lines: list[str] = []
        for instruction in block.instructions:
            lines += self._lines(instruction, block)
            self.wide = wide_after(instruction, self.wide)
        self.body.lines += [margin + line for line in lines or ["pass"]]

    def _lines(self, instruction: Instruction, block: Block) -> list[str]:
        op, operands = instruction.op, instruction.operands
        if op == "jmp" or op in JUMPS:
            return self._jump(op, self.places[operands[0]], block)
        if op == "cmp":
            return [f"left = {self._value(operands[0])}", f"right = {self._value(operands[1])}"]
        if op == "st":
            bits = self.state[operands[1]]
            self.body.written.add(operands[1])
            value = stored(self._value(operands[0]), bits, instruction.saturates)
            return [f"v_{operands[1]} = {value}"]
        if op in ("spike", "spike2"):
            self.body.use(op)
            return [f"{'sent' if op == 'spike' else 'sent2'} = {self._value(operands[0])}"]
        if op == "trace":
            self.body.traces.add(int(operands[0]))
            return [f"y{operands[0]} = as_trace({self._value(operands[1])})"]
        if op == "rnd":
            self.body.use("rnd")
            return ["lfsr = next_random(lfsr)", f"{operands[0]} = drawn(lfsr)"]
        return [f"{operands[0]} = {self._result(op, operands)}"]

    def _jump(self, op: str, place: int, block: Block) -> list[str]:
        if place == block.index + 1:
            return []
        if op == "jmp":
            return [f"at = {place}"]
        return [f"if left {JUMPS[op]} right:", f"    at = {place}"]

    def _result(self, op: str, operands: tuple[str, ...]) -> str:
        if op == "ld":
            source = operands[1]
            return f"v_{source}" if source in self.state else self._value(source)
        if op == "lut":
            return f"entry(table_{operands[1]}, {self._value(operands[2])})"
        if op == "clz":
            return f"clz({self._value(operands[1])})"
        x, *rest = (
            self._value(each, op in WIDE_READERS and k == 0) for k, each in enumerate(operands)
        )
        if op in _SYMBOLS:
            return f"word32({x} {_SYMBOLS[op]} {rest[0]})"
        if op in _SHIFTS:
            return f"{_SHIFTS[op]}({x}, {rest[0]})"
        return _OTHERS[op].format(x, *rest)

    def _value(self, operand: str, wide: bool = False) -> str:
        """An operand as int64; registers give their low 32 bits, or all of them."""
        if operand in REGISTER_NAMES:
            return f"word32({operand})" if operand in self.wide and not wide else operand
        if operand in INPUTS:
            return self.body.use(operand)
        number = literal(operand)
        if number is not None:
            return f"np.int64({number})"
        return expression(operand) if operand.startswith("(") else f"p_{operand}"


_OTHERS = {
    "mul": "{0} * {1}",
    "mulsr": "mulsr({0}, {1}, {2})",
    "min": "min({0}, {1})",
    "max": "max({0}, {1})",
    "abs": "word32(abs({0}))",
    "neg": "word32(-{0})",
    "sgn": "sgn({0})",
    "not": "~{0}",
}


def expression(text: str) -> str:
    """Parentheses over parameters, as a value of 32 bits; shifts go right where they are < 0."""
    return f"word32({ast.unparse(_Parameters().visit(ast.parse(text, mode='eval')).body)})"


class _Parameters(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802 (name of a visitor)
        return ast.Name(f"p_{node.id}", ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.AST:  # noqa: N802
        return ast.parse(f"np.int64({node.value})", mode="eval").body

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, (ast.LShift, ast.RShift)):
            count = right if isinstance(node.op, ast.LShift) else ast.UnaryOp(ast.USub(), right)
            return ast.Call(ast.Name("shift", ast.Load()), [left, count], [])
        return ast.BinOp(left, node.op, right)
