"""The network of a Process as boxes and links, before or after it is compiled.

A *box* is a Process, or many of them that are alike (see :mod:`lavajit.plots.alike`). A *link* is
all connections from one box to another, and remembers which ports they join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lavajit.compiler.graph import connected_processes
from lavajit.process.ports import AbstractPort, RefPort
from lavajit.process.process import AbstractProcess


@dataclass(eq=False)
class Box:
    """Processes that are drawn as one.

    Attributes
    ----------
    kind : str
        Their class.
    name : str
        Empty for a Process that nobody has named, and for several.
    members : list of AbstractProcess
        One, or many that are alike.
    parents : tuple of AbstractProcess
        The hierarchical Processes around it, outermost first.
    """

    kind: str
    name: str
    members: list[AbstractProcess]
    parents: tuple[AbstractProcess, ...] = ()


@dataclass(eq=False)
class Link:
    """Connections from one box to another.

    Attributes
    ----------
    source, target : Box
        OutPort and InPort; for remote memory RefPort and Var.
    joins : list of (str, str, tuple of int)
        Names of the ports, or of RefPort and Var, and the shape of what passes.
    remote : bool
        True for remote memory.
    """

    source: Box
    target: Box
    joins: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)
    remote: bool = False


@dataclass
class Drawing:
    """Boxes and links, in the order in which Processes were made."""

    boxes: list[Box]
    links: list[Link]


def collect_drawing(
    process: AbstractProcess, folded: bool = True, hide: Iterable[type] = ()
) -> Drawing:
    """Boxes and links of the network that `process` belongs to.

    Parameters
    ----------
    process : AbstractProcess
        Any member of the network.
    folded : bool
        True draws a hierarchical Process as one box. Where False, it is opened if what is in it is
        known: sub processes made by its model are known once the network is compiled.
    hide : iterable of class
        Classes of Processes that are left out.
    """
    if not isinstance(process, AbstractProcess):
        raise TypeError(f"draw the network of a Process, got {type(process).__name__}")
    hidden = (hide,) if isinstance(hide, type) else tuple(hide)
    if not all(isinstance(kind, type) for kind in hidden):
        raise TypeError(f"hide takes classes of Processes, as in hide=[Monitor]; got {hide!r}")
    everyone = list(_with_inner(connected_processes([_outermost(process)])))
    shown = _Shown(everyone, folded, hidden)
    links: dict[tuple[int, int, bool], Link] = {}
    for source, port, end in _paths(everyone):
        ends = shown.box(source), shown.box(end.process)
        if None in ends or (ends[0] is ends[1] and source is not end.process):
            continue  # hidden, or inside of one box
        remote = isinstance(port, RefPort)
        key = id(ends[0]), id(ends[1]), remote
        link = links.setdefault(key, Link(*ends, remote=remote))
        variable = getattr(end, "var", None)
        link.joins.append((port.name, end.name if variable is None else variable.name, port.shape))
    return Drawing(shown.boxes, list(links.values()))


class _Shown:
    """The box of every Process."""

    def __init__(self, everyone: list[AbstractProcess], folded: bool, hidden: tuple[type, ...]):
        self.folded = folded
        self.boxes: list[Box] = []
        self._of: dict[int, Box | None] = {}
        met = {id(process) for process in everyone}
        for process in everyone:
            parents = tuple(p for p in _parents(process) if id(p) in met)
            if isinstance(process, hidden) or any(isinstance(p, hidden) for p in parents):
                self._of[id(process)] = None
            elif not (parents if folded else len(process.procs)):
                name = "" if process.name == process._default_name else process.name
                box = Box(type(process).__name__, name, [process], () if folded else parents)
                self._of[id(process)] = box
                self.boxes.append(box)
        self._met = met

    def box(self, process: AbstractProcess) -> Box | None:
        """That of the Process, or of the outermost one around it if boxes are folded."""
        if id(process) in self._of:
            return self._of[id(process)]
        around = [p for p in _parents(process) if id(p) in self._met] if self.folded else []
        return self._of.get(id(around[0])) if around else None


def _outermost(process: AbstractProcess) -> AbstractProcess:
    return next(iter(_parents(process)), process)


def _parents(process: AbstractProcess) -> list[AbstractProcess]:
    """Processes around it, outermost first."""
    found: list[AbstractProcess] = []
    while process.parent_proc is not None:
        process = process.parent_proc
        found.append(process)
    return found[::-1]


def _with_inner(tops: Iterable[AbstractProcess]) -> Iterator[AbstractProcess]:
    seen: set[int] = set()
    pending = list(tops)[::-1]
    while pending:
        process = pending.pop()
        if id(process) not in seen:
            seen.add(id(process))
            yield process
            pending.extend(reversed(process.procs.members))


def _paths(
    everyone: list[AbstractProcess],
) -> Iterator[tuple[AbstractProcess, AbstractPort, AbstractPort]]:
    """Process, its port where data (or references) begin, and the port where they end."""
    for process in everyone:
        for port in (*process.out_ports.members, *process.ref_ports.members):
            # A port of a hierarchical Process that passes on what comes from inside begins nothing.
            if port.in_connections:
                continue
            for end, _ in port.get_dst_paths():
                if end.process is not None:
                    yield process, port, end
