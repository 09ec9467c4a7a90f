"""The vocabulary of step programs: operations, pieces of work, instructions."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lavajit.compiler.channels import Channel, Queue, Route
from lavajit.compiler.graph import Reference
from lavajit.compiler.instances import Instance
from lavajit.model.py_model import PyLoihiProcessModel

# Operations of the native loop.
CALL, HOST, GUARD, HOST_GUARD, JUMP_ZERO, JUMP, SET_FLAG, SET_PHASE, TAKE, END, FORK = range(11)

#: Sources of an InPort that are summed in one pass at most.
MOST_SUMMED = 4

#: Phase numbers, as in Lava.
SPIKING, PRE_MGMT, LEARNING, POST_MGMT = 1, 2, 3, 4


OPERATION_NAMES = (
    "call", "host", "guard", "host guard", "jump if 0", "jump", "set", "phase", "requests", "end",
    "fork",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class MethodWork:
    """Run a method (or one segment of it) of an instance; the ports it serves in run_spk."""

    instance: Instance
    method: str
    segment: tuple[int, int] | None = None
    receives: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        part = f"[{self.segment[0]}:{self.segment[1]}]" if self.segment else ""
        return f"{self.instance.node.name}.{self.method}{part}"


@dataclass(frozen=True, eq=False)
class RouteWork:
    """Bring sources into an InPort's own buffer; `first` overwrites, later ones add.

    Several `routes` are summed in one pass. Where the work is divided, `rows` is the length of the
    axis that is cut.
    """

    target: Channel
    routes: tuple[Route, ...]
    first: bool
    rows: int = 0

    @property
    def label(self) -> str:
        sources = " + ".join(route.channel.label for route in self.routes)
        verb = "copy" if self.first else "add"
        return f"{verb if len(self.routes) == 1 else 'sum'} {sources} to {self.target.label}"


@dataclass(frozen=True, eq=False)
class EventWork:
    """List the non-zero elements of a buffer that routes have filled."""

    target: Channel

    @property
    def label(self) -> str:
        return f"list events of {self.target.label}"


@dataclass(frozen=True, eq=False)
class GatherWork:
    """Put the lists of non-zero elements of all shards of a sender together."""

    instance: Instance
    port: str
    channel: Channel

    @property
    def label(self) -> str:
        return f"gather events of {self.channel.label}"


@dataclass(frozen=True, eq=False)
class QueueWork:
    """Move one message between a FIFO and a static Process's channel."""

    queue: Queue
    arrives: bool

    @property
    def label(self) -> str:
        return f"{'take from' if self.arrives else 'put into'} queue {self.queue.label}"


@dataclass(frozen=True, eq=False)
class CoroutineWork:
    """Start `method` of these instances as coroutines; with none, wait until all have finished."""

    instances: tuple[Instance, ...]
    method: str

    @property
    def label(self) -> str:
        if not self.instances:
            return f"finish coroutines of {self.method}"
        names = ", ".join(i.node.name for i in self.instances)
        return f"coroutines {names}.{self.method}"


@dataclass(frozen=True, eq=False)
class FlushWork:
    """Apply a write that a RefPort has kept since the spiking phase."""

    reference: Reference

    @property
    def label(self) -> str:
        return f"apply writes of {self.reference.node.name}.{self.reference.port.name}"


@dataclass(frozen=True, eq=False)
class ClosingWork:
    """Run a kernel of the engine's at the end of each time step, when all messages are there.

    Attributes
    ----------
    label : str
        What it does, for errors and profiles.
    bind : callable
        Called with the finished Layout; returns a class with a method ``run``, and the arrays that
        are its fields, by name.
    """

    label: str
    bind: Callable[[Any], tuple[type, dict[str, Any]]]


Work = (
    MethodWork
    | RouteWork
    | EventWork
    | GatherWork
    | QueueWork
    | CoroutineWork
    | FlushWork
    | ClosingWork
)


@dataclass
class Instruction:
    """One instruction; ``target`` is where a jump goes, the rest as the operation needs.

    ``divided`` rows stand behind a FORK and have one state block for each shard.
    """

    operation: int
    work: Work | None = None
    flag: int = 0
    value: int = 0
    target: Label | None = None
    instance: Instance | None = None
    divided: bool = False


@dataclass(eq=False)
class Label:
    """A place in the program."""

    at: int = -1


@dataclass
class Program:
    """A finished step program."""

    instructions: list[Instruction] = field(default_factory=list)
    flags: int = 0

    def add(self, operation: int, **fields) -> None:
        self.instructions.append(Instruction(operation, **fields))

    def place(self, label: Label) -> None:
        label.at = len(self.instructions)

    def new_flag(self) -> int:
        self.flags += 1
        return self.flags - 1

    def work(self, work: Work) -> None:
        self.add(CALL, work=work)


def end_of_step(program: Program) -> int:
    """The row at which a step is done, but for rows that close it."""
    at = len(program.instructions) - 1
    while at and isinstance(program.instructions[at - 1].work, ClosingWork):
        at -= 1
    return at


@lru_cache(maxsize=4096)
def overrides(model: type, method: str) -> bool:
    """True if the model defines the method itself."""
    return getattr(model, method, None) is not getattr(PyLoihiProcessModel, method)


def may_request(model: type) -> bool:
    """True if some class of the model mentions a pause or stop request."""
    return _mentions(model, "_req_pause") or _mentions(model, "_req_stop")


def may_draw(model: type) -> bool:
    """True if some class of the model mentions random numbers of its own."""
    return _mentions(model, ".rng")


@lru_cache(maxsize=4096)
def _mentions(model: type, word: str) -> bool:
    """True if `word` is in the text of some class of the model, or the text cannot be found."""
    for base in model.__mro__:
        if base.__module__.startswith("lavajit.model") or base is object:
            continue
        try:
            # Finding a class in its file takes longer than looking at the whole file.
            if _may_be_in_file(base, word) and word in inspect.getsource(base):
                return True
        except (OSError, TypeError):
            return True
    return False


def _may_be_in_file(cls: type, word: str) -> bool:
    """False if a class is in a file with its text, and `word` is not."""
    lines = linecache.getlines(inspect.getsourcefile(cls) or "")
    start = re.compile(rf"\s*class\s+{re.escape(cls.__name__)}\b")
    return any(word in line for line in lines) or not any(map(start.match, lines))
