"""Blocks of a program without loops: operations on each path, and what is known where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lavajit.neurocore.programs.grammar import (
    JUMPS,
    OPERANDS,
    REGISTER,
    REGISTER_NAMES,
    Instruction,
    Listing,
)

#: Operations that read the register they write.
_FRESH = frozenset({"ld", "rnd", "clz", "lut"})
#: Shifts take a product in all its bits.
WIDE_READERS = frozenset({"shl", "asr"})


@dataclass
class Block:
    """Instructions that run one after the other; `next` are blocks that may follow."""

    index: int
    instructions: list[Instruction]
    next: tuple[int, ...] = ()
    guarded: bool = False
    wide: frozenset[str] = frozenset()


def blocks_of(listing: Listing) -> list[Block]:
    """Blocks of a program in the order of the text; an index past the last one is the end.

    Raises
    ------
    NcProgramError
        An operation is never reached, or reads what has not been written on some path.
    """
    instructions = listing.instructions
    ends = {k + 1 for k, each in enumerate(instructions) if each.op in JUMPS or each.op == "jmp"}
    starts = sorted({0, *listing.labels.values(), *ends} - {len(instructions)})
    places = {start: index for index, start in enumerate(starts)} | {len(instructions): len(starts)}
    stops = [*starts[1:], len(instructions)]
    blocks = []
    for index, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        last = instructions[stop - 1]
        follow = () if last.op == "jmp" else (index + 1,)
        if last.op in JUMPS or last.op == "jmp":
            follow += (places[listing.target(last)],)
        blocks.append(Block(index, instructions[start:stop], follow))
    for block in blocks:
        for skipped in range(block.index + 1, max(block.next)):
            blocks[skipped].guarded = True
    _walk(listing, blocks)
    return blocks


def path_lengths(blocks: list[Block]) -> Counter[int]:
    """Number of paths through a program, by operations on them."""
    after: dict[int, Counter[int]] = {len(blocks): Counter({0: 1})}
    for block in reversed(blocks):
        lengths: Counter[int] = Counter()
        for follow in block.next:
            for length, paths in after[follow].items():
                lengths[length + len(block.instructions)] += paths
        after[block.index] = lengths
    return after[0]


@dataclass
class _Known:
    """What holds on all paths to a place (written, compared), or on one of them (wide)."""

    written: set[str]
    compared: bool
    wide: set[str]

    def joined(self, other: _Known | None) -> _Known:
        if other is None:
            return _Known(set(self.written), self.compared, set(self.wide))
        compared = self.compared and other.compared
        return _Known(self.written & other.written, compared, self.wide | other.wide)


def _walk(listing: Listing, blocks: list[Block]) -> None:
    known: dict[int, _Known] = {0: _Known(set(), False, set())}
    for block in blocks:
        here = known.get(block.index)
        if here is None:
            raise listing.error(
                block.instructions[0], "is never reached; delete it, or put a label before it"
            )
        block.wide = frozenset(here.wide)
        for instruction in block.instructions:
            _step(listing, instruction, here)
        for follow in block.next:
            known[follow] = here.joined(known.get(follow))


def _step(listing: Listing, instruction: Instruction, here: _Known) -> None:
    for register in registers_read(instruction):
        if register not in here.written:
            raise listing.error(
                instruction,
                f"reads {register}, which is not written on every path to here; "
                f"write 'ld {register},0' before",
            )
        if instruction.op == "shr" and register in here.wide:
            raise listing.error(
                instruction, f"{register} may hold a 64-bit product; shift it with asr"
            )
    if instruction.op in JUMPS and not here.compared:
        raise listing.error(instruction, "no cmp on some path to here; write 'cmp r0,0' before")
    here.compared |= instruction.op == "cmp"
    if instruction.writes:
        here.written.add(instruction.writes)
        here.wide = wide_after(instruction, here.wide)


def wide_after(instruction: Instruction, wide: set[str]) -> set[str]:
    """Registers that may hold a 64-bit product after an instruction."""
    target = {instruction.writes} - {None}
    return wide | target if instruction.op == "mul" else wide - target


def registers_read(instruction: Instruction) -> list[str]:
    """Registers whose values an instruction takes."""
    first = 1 if instruction.op in _FRESH else 0
    kinds = OPERANDS[instruction.op][first:]
    operands = instruction.operands[first:]
    return [
        operand
        for kind, operand in zip(kinds, operands, strict=True)
        if operand in REGISTER_NAMES and (kind == REGISTER or "value" in kind)
    ]
