"""What a compiled network does in a time step: its step program as a list of jobs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lavajit.compiler.work import (
    GUARD,
    PRE_MGMT,
    SET_PHASE,
    SPIKING,
    ClosingWork,
    CoroutineWork,
    FlushWork,
    GatherWork,
    MethodWork,
    QueueWork,
)
from lavajit.process.process import AbstractProcess

#: Kinds of jobs.
NATIVE, PYTHON, COROUTINE, MESSAGES, QUESTION = (
    "native",
    "Python",
    "Python coroutine",
    "messages",
    "guard: enter the phase?",
)
PHASES = {1: "spiking", 2: "pre-management", 3: "learning", 4: "post-management"}


@dataclass(frozen=True)
class Job:
    """One row of the step program that does something.

    Attributes
    ----------
    process, model : str
        Name of the Process, unlike all others, and of its model's class. Messages belong to their
        receiver.
    method : str
        Method, or what is done with messages.
    kind : str
        Native, Python, coroutine, messages or question.
    threads : int
        Number of threads that share it.
    phase : str
        Phase of the time step.
    domain : str
        Sync domain, where there are several.
    """

    process: str
    model: str
    method: str
    kind: str
    threads: int
    phase: str
    domain: str


def jobs_of(process: AbstractProcess) -> list[Job]:
    """Jobs of a time step in their order, also those of phases that only run if asked for.

    Raises
    ------
    TypeError
        `process` is no Process.
    ValueError
        The network has not been compiled.
    """
    if not isinstance(process, AbstractProcess):
        raise TypeError(f"draw the plan of a Process's network, got {type(process).__name__}")
    executable = getattr(process.runtime, "executable", None)
    if executable is None:
        raise ValueError(
            f"the network of {process.name} has no plan yet: run it first, or call "
            "create_runtime(run_cfg=Loihi2SimCfg())"
        )
    reader = _Reader(executable)
    return [job for row, _ in enumerate(reader.instructions) for job in reader.jobs(row)]


class _Reader:
    """Reads a step program from its first row on."""

    def __init__(self, executable: Any) -> None:
        self.network = executable.network
        self.instructions = self.network.program.instructions
        self.phase = SPIKING
        domains = executable.sync_domains if len(executable.sync_domains) > 1 else []
        self.domains = {id(p): domain.name for domain in domains for p in domain.processes}
        self.labels = _labels([node.process for node in self.network.graph.nodes])
        channels = self.network.channels
        self.owners = {id(c): index for (index, _), c in channels.outlets.items()}
        # A buffer of its own belongs to its receiver.
        for (index, _), inlet in channels.inlets.items():
            self.owners.setdefault(id(inlet.channel), index)

    def jobs(self, row: int) -> list[Job]:
        """What a row does; nothing, for jumps."""
        instruction = self.instructions[row]
        work = instruction.work
        if instruction.operation == SET_PHASE:
            self.phase = instruction.value
        if work is None or isinstance(work, ClosingWork):
            return []
        threads = self.network.division.shards if instruction.divided else 1
        if isinstance(work, CoroutineWork):
            nodes = [instance.node for instance in work.instances]
            return [self._job(node, work.method, COROUTINE, 1) for node in nodes]
        if not isinstance(work, MethodWork):
            return [self._job(self._owner(work), work.label, MESSAGES, threads)]
        kind = PYTHON if row in self.network.bound.hosts else NATIVE
        kind = QUESTION if instruction.operation == GUARD else kind
        return [self._job(work.instance.node, work.method, kind, threads)]

    def _owner(self, work: Any) -> Any:
        """The node that a message, or a write to remote memory, is for."""
        nodes = self.network.graph.nodes
        if isinstance(work, GatherWork):
            return work.instance.node
        if isinstance(work, FlushWork):
            return work.reference.target
        if isinstance(work, QueueWork):
            index = work.queue.target if work.arrives else work.queue.source
        else:
            index = self.owners.get(id(work.target))
        return None if index is None else nodes[index]

    def _job(self, node: Any, method: str, kind: str, threads: int) -> Job:
        phase = PHASES[self.phase]
        if node is None:
            return Job("", "", method, kind, threads, phase, "")
        domain = self.domains.get(id(node.process), "") if self.phase >= PRE_MGMT else ""
        model = node.model_class.__name__
        return Job(self.labels[node.index], model, method, kind, threads, phase, domain)


def _labels(processes: list[AbstractProcess]) -> list[str]:
    """Names that tell apart: with their number, or class and number, where nobody has."""
    counts = Counter(process.name for process in processes)
    found = []
    for process in processes:
        given = process.name != process._default_name
        label = process.name if given else type(process).__name__
        unique = given and counts[process.name] == 1
        found.append(label if unique else f"{label} #{process.id}")
    return found
