"""The step program: what the native loop executes, once per time step.

A linear list of instructions with symbolic work; the runtime binds each to a machine-code address
or to a Python function. Without guards it is just the kernels in order. With guards the management
phases follow Lava's rules: a phase is entered if one Process of the domain asks for it, and guards
are evaluated anew in every phase.
"""

from __future__ import annotations

from collections.abc import Sequence

from lavajit.compiler.channels import Channels, Inlet, Route
from lavajit.compiler.graph import Graph, Reference
from lavajit.compiler.instances import Instance
from lavajit.compiler.phases import domain_order, phase_order
from lavajit.compiler.schedule import Schedule, Task
from lavajit.compiler.work import (
    END,
    GUARD,
    JUMP,
    JUMP_ZERO,
    LEARNING,
    MOST_SUMMED,
    POST_MGMT,
    PRE_MGMT,
    SET_FLAG,
    SET_PHASE,
    SPIKING,
    TAKE,
    ClosingWork,
    CoroutineWork,
    EventWork,
    FlushWork,
    Label,
    MethodWork,
    Program,
    QueueWork,
    RouteWork,
    may_request,
    overrides,
)


def emit_program(
    graph: Graph,
    instances: list[Instance],
    schedule: Schedule,
    channels: Channels,
    domains: list[list[Instance]],
    closing: Sequence[ClosingWork] = (),
) -> Program:
    """The program of one step; `closing` is done after everything else."""
    program = Program()
    request_flags = {
        i.node.index: program.new_flag()
        for i in instances
        if not i.is_async and may_request(type(i.model))
    }
    emitter = _Emitter(graph, instances, schedule, channels, program, request_flags)
    emitter.spiking_phase()
    for domain in domain_order(graph, domains):
        emitter.management(domain)
    for work in closing:
        program.work(work)
    program.add(END)
    return program


class _Emitter:
    def __init__(self, graph, instances, schedule, channels, program: Program, request_flags):
        self.graph = graph
        self.instances = instances
        self.schedule = schedule
        self.channels = channels
        self.program = program
        self.request_flags = request_flags
        self.writers = self._kept_writes()

    def _kept_writes(self) -> list[Reference]:
        """RefPorts that may write outside the management phases."""
        kept = []
        for reference in self.graph.references:
            use = self.schedule.uses[reference.node.index]
            in_spk = reference.port.name in use.ports.writes_refs or use.ports.irregular
            if in_spk or overrides(reference.node.model_class, "run_lrn"):
                kept.append(reference)
        return kept

    # --- spiking phase ----------------------------------------------------------------

    def spiking_phase(self) -> None:
        lively = False
        for group in self.schedule.order:
            if group[0].instance.node.index in self.schedule.coroutines:
                instances = tuple(dict.fromkeys(task.instance for task in group))
                self.program.work(CoroutineWork(instances, "run_spk"))
                lively = True
            else:
                self.static_task(group[0])
        if lively:
            self.program.work(CoroutineWork((), "run_spk"))
            for index in self.schedule.coroutines:
                self.take_requests(index)

    def static_task(self, task: Task) -> None:
        instance, segment = task.instance, task.segment
        index = instance.node.index
        names = instance.node.process
        receives = segment.receives if segment else names.in_ports.member_names
        sends = segment.sends if segment else names.out_ports.member_names
        for port in receives:
            self.bring_in(index, port)
        if overrides(type(instance.model), "run_spk"):
            bounds = (segment.start, segment.stop) if segment else None
            work = MethodWork(instance, "run_spk", bounds, tuple(receives), tuple(sends))
            self.program.work(work)
        for port in sends:
            for queue in self.channels.queues_from(index, port):
                if queue.drain is not None:
                    self.program.work(QueueWork(queue, arrives=False))
        if task.number + 1 >= self._parts(task):
            self.take_requests(index)

    def _parts(self, task: Task) -> int:
        return len(self.schedule.uses[task.instance.node.index].pieces) if task.segment else 1

    def bring_in(self, index: int, port: str) -> None:
        for queue in self.channels.queues_into(index, port):
            if queue.fill is not None:
                self.program.work(QueueWork(queue, arrives=True))
        inlet = self.channels.inlets[index, port]
        for k, routes in enumerate(_passes(inlet)):
            self.program.work(RouteWork(inlet.channel, routes, first=k == 0))
        arrived = any(q.fill is inlet.channel for q in self.channels.queues_into(index, port))
        if inlet.channel.events and (inlet.routes or arrived):
            self.program.work(EventWork(inlet.channel))

    def take_requests(self, index: int) -> None:
        if index in self.request_flags:
            instance = self.instances[index]
            self.program.add(TAKE, flag=self.request_flags[index], instance=instance)

    # --- management phases ------------------------------------------------------------

    def management(self, domain: list[Instance]) -> None:
        guarded = [i for i in domain if any(map(self._has(i), ("pre", "lrn", "post")))]
        if not guarded:
            return
        program = self.program
        want = {name: program.new_flag() for name in ("pre", "lrn", "post", "answer")}
        done = Label()
        for name in ("pre", "lrn", "post"):
            program.add(SET_FLAG, flag=want[name], value=0)
        for instance in guarded:
            self._wishes(instance, want)
        ordered = phase_order(self.graph, domain)
        self._pre_phase(ordered, want)
        self._learning_phase(guarded, want)
        self._post_phase(ordered, want, done)
        program.place(done)
        program.add(SET_PHASE, value=SPIKING)

    def _has(self, instance: Instance):
        return lambda name: overrides(type(instance.model), f"{name}_guard")

    def _guard(self, instance: Instance, name: str, want: dict[str, int], otherwise: Label) -> None:
        """Continue if the guard holds, else jump."""
        work = MethodWork(instance, f"{name}_guard")
        self.program.add(GUARD, work=work, flag=want["answer"])
        self.program.add(JUMP_ZERO, flag=want["answer"], target=otherwise)

    def _wishes(self, instance: Instance, want: dict[str, int]) -> None:
        """After run_spk: which phase this Process asks for."""
        program, has, end = self.program, self._has(instance), Label()
        index = instance.node.index
        if index in self.request_flags:
            go = Label()
            program.add(JUMP_ZERO, flag=self.request_flags[index], target=go)
            program.add(JUMP, target=end)
            program.place(go)
        if has("lrn"):
            no_learning, no_pre = Label(), Label()
            self._guard(instance, "lrn", want, no_learning)
            if has("pre"):
                self._guard(instance, "pre", want, no_pre)
                program.add(SET_FLAG, flag=want["pre"], value=1)
                program.add(JUMP, target=end)
                program.place(no_pre)
            program.add(SET_FLAG, flag=want["lrn"], value=1)
            program.add(JUMP, target=end)
            program.place(no_learning)
        if has("post"):
            self._guard(instance, "post", want, end)
            program.add(SET_FLAG, flag=want["post"], value=1)
        program.place(end)

    def _pre_phase(self, ordered: list[Instance], want: dict[str, int]) -> None:
        members = [i for i in ordered if self._has(i)("pre")]
        if not members:
            return
        end = Label()
        self.program.add(JUMP_ZERO, flag=want["pre"], target=end)
        self._served_phase(PRE_MGMT, "pre", "run_pre_mgmt", ordered, want)
        self.program.add(SET_FLAG, flag=want["lrn"], value=1)
        self.program.place(end)

    def _learning_phase(self, guarded: list[Instance], want: dict[str, int]) -> None:
        learners = [i for i in guarded if self._has(i)("lrn")]
        end = Label()
        if not learners:
            return
        self.program.add(JUMP_ZERO, flag=want["lrn"], target=end)
        self.program.add(SET_PHASE, value=LEARNING)
        for index in {i.node.index for i in guarded} & set(self.request_flags):
            self.program.add(SET_FLAG, flag=self.request_flags[index], value=0)
        for instance in learners:
            self._guarded_method(instance, "lrn", "run_lrn", want)
        for instance in guarded:
            if self._has(instance)("post"):
                skip = Label()
                if instance.node.index in self.request_flags:
                    go = Label()
                    flag = self.request_flags[instance.node.index]
                    self.program.add(JUMP_ZERO, flag=flag, target=go)
                    self.program.add(JUMP, target=skip)
                    self.program.place(go)
                self._guard(instance, "post", want, skip)
                self.program.add(SET_FLAG, flag=want["post"], value=1)
                self.program.place(skip)
        self.program.place(end)

    def _post_phase(self, ordered: list[Instance], want: dict[str, int], done: Label) -> None:
        if not any(self._has(i)("post") for i in ordered):
            return
        self.program.add(JUMP_ZERO, flag=want["post"], target=done)
        self._served_phase(POST_MGMT, "post", "run_post_mgmt", ordered, want)

    def _served_phase(self, phase: int, guard: str, method: str, ordered, want) -> None:
        """A management phase: methods in order, each followed by the kept writes to its Vars."""
        self.program.add(SET_PHASE, value=phase)
        acting = {i.node.index for i in ordered if self._has(i)(guard)}
        inside = {i.node.index for i in ordered}
        for reference in self.writers:
            at = self._served_with(reference)
            if reference.target.index not in acting and at in inside:
                self.program.work(FlushWork(reference))
        for instance in ordered:
            if instance.node.index not in acting:
                continue
            self._guarded_method(instance, guard, method, want)
            for reference in self.writers:
                if reference.target.index == instance.node.index:
                    self.program.work(FlushWork(reference))

    def _served_with(self, reference: Reference) -> int:
        """Index of the node in whose domain kept writes reach the Var: that of its owner."""
        asynchronous = self.instances[reference.target.index].is_async  # which has no phases
        return reference.node.index if asynchronous else reference.target.index

    def _guarded_method(self, instance: Instance, guard: str, method: str, want) -> None:
        if not overrides(type(instance.model), method):
            return
        skip = Label()
        self._guard(instance, guard, want, skip)
        if instance.node.index in self.schedule.coroutines:
            self.program.work(CoroutineWork((instance,), method))
            self.program.work(CoroutineWork((), method))
        else:
            self.program.work(MethodWork(instance, method))
        self.take_requests(instance.node.index)
        self.program.place(skip)


def _passes(inlet: Inlet) -> list[tuple[Route, ...]]:
    """Sources of an InPort that are brought in together.

    In one pass go the first sources, if they can be added element by element in the type of the
    buffer: the order of additions, and with it the last bit, is that of one after the other.
    """
    together: list[Route] = []
    for route in inlet.routes[:MOST_SUMMED]:
        plain = route.index is None and inlet.channel.dtype.kind != "b"
        if not plain or route.channel.dtype != inlet.channel.dtype:
            break
        together.append(route)
    rest = inlet.routes[len(together) :]
    return [*([tuple(together)] if together else []), *((route,) for route in rest)]
