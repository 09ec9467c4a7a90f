"""Which rows of the program run in all shards at once.

Runs of divided rows are put behind a FORK. Between two FORKs no shard waits for another one, so
what one shard writes, no other may touch: a neuron reads the input of its own shard only and may
follow its connection directly, but a connection reads the spikes of all neurons and begins a new
FORK. Spikes are listed by each shard for itself and put together before somebody reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lavajit.compiler.channels import Channel, Channels
from lavajit.compiler.division import Division
from lavajit.compiler.work import (
    CALL,
    FORK,
    GatherWork,
    Instruction,
    Label,
    MethodWork,
    Program,
    RouteWork,
)


@dataclass
class _Access:
    """What a divided row does with a channel: rows it is cut into (None: all of it is read)."""

    rows: int | None
    writes: bool

    def conflicts(self, other: _Access) -> bool:
        """True if shards of one may meet other shards of the other."""
        apart = self.rows is not None and self.rows == other.rows
        return (self.writes or other.writes) and not apart


Accesses = dict[Channel, _Access]


def divide_program(program: Program, channels: Channels, division: Division) -> Program:
    """The program with FORKs; the same one if nothing is divided."""
    if not division.names:
        return program
    inlets = {
        inlet.channel: inlet.shape[0]
        for (index, port), inlet in channels.inlets.items()
        if inlet.routes and port in division.names.get(index, ())
    }
    targets = {id(i.target): i.target for i in program.instructions if i.target is not None}
    landing = {label.at for label in targets.values()}
    divided, moved = Program(flags=program.flags), {}
    group: list[tuple[Instruction, Accesses]] = []
    for at, instruction in enumerate(program.instructions):
        accesses = _accesses(instruction, channels, division, inlets)
        if group and (accesses is None or at in landing or _conflict(group, accesses)):
            _add_group(divided, group, channels)
            group = []
        if accesses is None:
            moved[at] = len(divided.instructions)
            divided.instructions.append(instruction)
        else:
            if not group:
                moved[at] = len(divided.instructions)  # where its FORK will stand
            group.append((instruction, accesses))
    for label in targets.values():
        label.at = moved[label.at]
    return divided


def _conflict(group: list[tuple[Instruction, Accesses]], accesses: Accesses) -> bool:
    return any(
        accesses[channel].conflicts(access)
        for _, earlier in group
        for channel, access in earlier.items()
        if channel in accesses
    )


def _add_group(program: Program, group, channels: Channels) -> None:
    """A FORK, its rows, and the lists of spikes that are whole again after it."""
    end = Label()
    program.add(FORK, target=end)
    for instruction, accesses in group:
        if isinstance(instruction.work, RouteWork):
            rows = accesses[instruction.work.target].rows
            instruction.work = replace(instruction.work, rows=rows)
        instruction.divided = True
        program.instructions.append(instruction)
    program.place(end)
    for instruction, _ in group:
        work = instruction.work
        for port in work.sends if isinstance(work, MethodWork) else ():
            channel = channels.outlets[work.instance.node.index, port]
            if channel.events:
                program.work(GatherWork(work.instance, port, channel))


def _accesses(
    instruction: Instruction, channels: Channels, division: Division, inlets: dict[Channel, int]
) -> Accesses | None:
    """Channels that a row touches; None if it is not divided."""
    work = instruction.work
    if instruction.operation != CALL:
        return None
    if isinstance(work, RouteWork):
        if work.target in inlets and all(route.index is None for route in work.routes):
            return _route_accesses(work, inlets[work.target])
        return None
    if not isinstance(work, MethodWork) or work.method != "run_spk":
        return None
    index = work.instance.node.index
    if index not in division.names:
        return None
    names = division.names[index]
    found: Accesses = {}
    for port in work.receives:
        inlet = channels.inlets[index, port]
        found[inlet.channel] = _Access(inlet.shape[0] if port in names else None, writes=False)
    for port in work.sends:
        channel = channels.outlets[index, port]
        found[channel] = _Access(channel.shape[0] if port in names else None, writes=True)
    return found


def _route_accesses(work: RouteWork, rows: int) -> Accesses:
    """Of a sum whose target is cut into `rows`; a source of another shape is cut elsewhere."""
    found: Accesses = {work.target: _Access(rows, writes=True)}
    for route in work.routes:
        alike = route.channel.shape[:1] == (rows,)
        found[route.channel] = _Access(rows if alike else None, writes=False)
    return found
