"""Everything of a network that runs in Python: models on views of the arena, FIFOs, coroutines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from lavajit.compiler.arena import Layout
from lavajit.compiler.channels import Channels, Queue, index_map
from lavajit.compiler.fields import VEC_DENSE
from lavajit.compiler.graph import Graph
from lavajit.compiler.instances import Instance
from lavajit.compiler.schedule import Schedule
from lavajit.compiler.source import find_method
from lavajit.compiler.work import CoroutineWork, MethodWork, QueueWork
from lavajit.model.py_ports import PyInPort, PyOutPort
from lavajit.process.ports import AbstractPort
from lavajit.runtime.coroutines import Coroutine, Fifo, Pump
from lavajit.runtime.fifo_ports import FifoInPort, FifoOutPort
from lavajit.runtime.host import bind_host, segment_function
from lavajit.runtime.host_ports import (
    HostRefPort,
    StaticInPort,
    StaticOutPort,
    VarPortStandIn,
    make_port,
    message_of,
)
from lavajit.runtime.pipes import PipeReceiver, PipeSender


class HostTier:
    """Binds model instances to the arena and gives every Python row of the program its function.

    Parameters
    ----------
    native : set of int
        Nodes with at least one native method.
    """

    def __init__(
        self,
        graph: Graph,
        instances: list[Instance],
        schedule: Schedule,
        channels: Channels,
        layout: Layout,
        native: set[int],
    ):
        self.graph = graph
        self.instances = instances
        self.schedule = schedule
        self.channels = channels
        self.layout = layout
        self.pump = Pump()
        self.fifos: dict[Queue, Fifo] = {queue: Fifo(queue) for queue in channels.queues}
        self.is_running: Callable[[], bool] = lambda: False
        shared = native | {r.target.index for r in graph.references}
        for instance in instances:
            bind_host(instance, layout, private=instance.node.index not in shared)
            self._bind_ports(instance)
        self._open_pipes()

    # --- ports ------------------------------------------------------------------------

    def _bind_ports(self, instance: Instance) -> None:
        index, owner = instance.node.index, instance.node.name
        references = {r.port.name: r for r in self.graph.references_of(instance.node)}
        lively = index in self.schedule.coroutines
        for name, spec in instance.ports.items():
            if spec.family is PyInPort and lively:
                sources = self._sources(index, name, spec.shape)
                port = make_port(FifoInPort, spec, owner, spec, self.pump, sources)
            elif spec.family is PyInPort:
                place = self.layout.inlet_place(self.channels.inlets[index, name])
                port = make_port(StaticInPort, spec, owner, spec, place)
            elif spec.family is PyOutPort:
                place = self.layout.channels[self.channels.outlets[index, name]]
                if lively:
                    targets = self._targets(index, name)
                    port = make_port(FifoOutPort, spec, owner, spec, self.pump, targets, place)
                else:
                    port = make_port(StaticOutPort, spec, owner, spec, place)
            else:
                reference = references.get(name)
                port = make_port(HostRefPort, spec, owner, spec, self.layout, reference)
            setattr(instance.model, name, port)
        for var_port in instance.node.process.var_ports.members:
            if not var_port.name.startswith("_"):
                setattr(instance.model, var_port.name, VarPortStandIn.__new__(VarPortStandIn))

    def _sources(self, index: int, name: str, shape) -> list[tuple[Fifo, np.ndarray | None]]:
        found = []
        for queue in self.channels.queues_into(index, name):
            c = queue.connection
            mapping = None if c is None else index_map(c.source_port, c.path, shape)
            found.append((self.fifos[queue], mapping))
        return found

    def _targets(self, index: int, name: str) -> list[tuple[Fifo, bool]]:
        found = []
        for queue in self.channels.queues_from(index, name):
            dense = False
            if queue.connection is not None:
                target = self.instances[queue.target].ports[queue.target_port]
                dense = target.kind == VEC_DENSE
            found.append((self.fifos[queue], dense))
        return found

    def _open_pipes(self) -> None:
        """Give flagged ports their ends for user code."""

        def running() -> bool:
            return self.is_running()  # the runtime sets it later

        for queue, fifo in self.fifos.items():
            if queue.connection is not None:
                continue
            index, name = (
                (queue.target, queue.target_port)
                if queue.source is None
                else (queue.source, queue.source_port)
            )
            instance = self.instances[index]
            port: AbstractPort = getattr(instance.node.process, name)
            spec = instance.ports[name]
            if queue.source is None:
                port.external_pipe_csp_send_port = PipeSender(fifo, spec, running)
            else:
                port.external_pipe_csp_recv_port = PipeReceiver(fifo, spec, running)

    # --- functions of rows ------------------------------------------------------------

    def function(self, work) -> Callable[[], object]:
        """The Python function of one row of the program."""
        if isinstance(work, MethodWork):
            return self._method(work)
        if isinstance(work, QueueWork):
            return partial(self._arrive if work.arrives else self._leave, work.queue)
        if isinstance(work, CoroutineWork):
            if not work.instances:
                return partial(self._finish, work.method)
            return partial(self._start, work.instances, work.method)
        raise TypeError(f"no Python form of {work.label}")

    def _method(self, work: MethodWork) -> Callable[[], object]:
        model = work.instance.model
        if work.segment is None:
            return getattr(model, work.method)
        _, function = find_method(type(model), work.method)
        return partial(segment_function(function, work.segment), model)

    def _arrive(self, queue: Queue) -> None:
        """Bring the next message of a FIFO into a static Process's staging channel."""
        fifo = self.fifos[queue]
        external = fifo if fifo.external else None
        what = f"for a message on {fifo.label}"
        self.pump.until(lambda: len(fifo) > 0, what, external)
        message = fifo.take()
        place = self.layout.channels[queue.fill]
        if queue.fill.kind == VEC_DENSE:
            place.data[...] = message
        elif isinstance(message, tuple):
            data, indices = message
            n = np.size(data)
            place.data.reshape(-1)[:n] = data
            place.events[:n] = indices
            place.count[...] = n
        else:
            place.data.reshape(-1)[0] = message

    def _leave(self, queue: Queue) -> None:
        """Put a static Process's message into a FIFO."""
        fifo = self.fifos[queue]
        external = fifo if fifo.external else None
        what = f"for space: {fifo.capacity} messages wait on {fifo.label}"
        self.pump.until(lambda: not fifo.full, what, external)
        fifo.put(message_of(self.layout.channels[queue.drain], queue.drain.kind))

    def _start(self, instances: tuple[Instance, ...], method: str) -> None:
        for instance in instances:
            function = getattr(instance.model, method)
            self.pump.start(f"{instance.node.name}.{method}", function)
        self.pump.turn()

    def _finish(self, method: str) -> None:
        """Wait until the coroutines of this phase have ended; asynchronous ones go on."""
        mine: list[Coroutine] = [
            c for c in self.pump.live if not c.finished and c.label.endswith(f".{method}")
        ]
        self.pump.until(lambda: all(c.finished for c in mine), f"for the end of {method}")

    # --- asynchronous models ----------------------------------------------------------

    @property
    def asynchronous(self) -> list[Instance]:
        return [i for i in self.instances if i.is_async]

    def start_asynchronous(self, num_steps: int, stop: Callable[[], bool], pause) -> None:
        """Start ``run_async`` of every asynchronous model."""
        for instance in self.asynchronous:
            model = instance.model
            model.num_steps = min(num_steps, sys.maxsize)
            model.check_for_stop_cmd = partial(self._poll, stop)
            model.check_for_pause_cmd = partial(self._poll, pause)
            self.pump.start(f"{instance.node.name}.run_async", model.run_async)

    def _poll(self, asked: Callable[[], bool]) -> bool:
        if self.pump.current is not None:
            self.pump.give_way(None, polling=True)
        return asked()

    def finish_asynchronous(self, ended_early: Callable[[], bool]) -> None:
        """Wait until every ``run_async`` has returned.

        After a pause or stop nobody steps any more, so whoever still waits for a message or for
        space is ended where it waits; the next run calls its ``run_async`` anew.
        """
        pump = self.pump
        while pump.live:
            if pump.turn():
                continue
            if ended_early() and not any(c.polling for c in pump.live):
                pump.kill()
                return
            pump.wait_outside("for the end of run_async", None)

    def take_requests(self) -> tuple[bool, bool]:
        """(pause, stop) requested by asynchronous models; cleared."""
        pause = stop = False
        for instance in self.asynchronous:
            model = instance.model
            pause, stop = pause or bool(model._req_pause), stop or bool(model._req_stop)
            model._req_pause = model._req_stop = False
        return pause, stop

    def flush_writes(self) -> None:
        """Apply RefPort writes that are still kept."""
        for pending in self.layout.pending:
            if self.layout.pending[pending][1]:
                getattr(self.instances[pending.node.index].model, pending.port.name).wait()
