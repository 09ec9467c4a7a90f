"""Binding: the step program's work becomes rows of machine-code addresses or Python functions.

:class:`Binder` fills the table of the native loop once the arena exists and the tier of every
method is settled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, Layout
from lavajit.compiler.division import Division
from lavajit.compiler.fields import WORD_BYTES, ArrayField, Fields, word_offsets
from lavajit.compiler.instances import Instance
from lavajit.compiler.shard_blocks import COUNT_STRIDE
from lavajit.compiler.work import (
    CALL,
    GUARD,
    HOST,
    HOST_GUARD,
    TAKE,
    ClosingWork,
    EventWork,
    FlushWork,
    GatherWork,
    MethodWork,
    Program,
    RouteWork,
)
from lavajit.kernels import routes
from lavajit.kernels.compile import Kernel, KernelSpec, compile_kernel
from lavajit.model.threads import shard_bounds
from lavajit.runtime.table import ADDRESS, BLOCK, FLAG, OPERATION, TARGET, new_table
from lavajit.runtime.tiers import Tiers, methods_of, settle_instance


@dataclass
class Bound:
    """A program ready to run: the loop's table, and a Python function for every host row."""

    table: np.ndarray
    hosts: dict[int, Callable[[], object]]
    program: Program
    layout: Layout
    keep: list[object]


class Binder:
    """Turns work into addresses and functions."""

    def __init__(self, layout: Layout, tiers: Tiers, hosts, division: Division):
        self.layout = layout
        self.tiers = tiers
        self.hosts = hosts
        self.shards = division.shards
        self.keep: list[object] = []

    def bind(self, program: Program) -> Bound:
        table = new_table(len(program.instructions))
        functions: dict[int, Callable] = {}
        for row, instruction in enumerate(program.instructions):
            operation = instruction.operation
            table[row, OPERATION] = operation
            table[row, FLAG] = instruction.flag
            target = instruction.target
            table[row, TARGET] = target.at if target is not None else instruction.value
            if operation in (CALL, GUARD):
                self._bind_work(table[row], functions, row, instruction)
            elif operation == TAKE:
                table[row, ADDRESS], table[row, BLOCK] = self._request_words(instruction.instance)
        return Bound(table, functions, program, self.layout, self.keep)

    def bind_again(self, bound: Bound, instance: Instance) -> None:
        """Let the rows of one instance call its present kernels."""
        for row, instruction in enumerate(bound.program.instructions):
            work = instruction.work
            if isinstance(work, MethodWork) and work.instance is instance:
                bound.hosts.pop(row, None)
                self._bind_work(bound.table[row], bound.hosts, row, instruction)
        bound.keep += self.keep

    def _bind_work(self, entry: np.ndarray, functions: dict, row: int, instruction) -> None:
        entry[OPERATION] = operation = instruction.operation
        if instruction.divided:
            entry[ADDRESS], entry[BLOCK] = self._native_shards(instruction.work)
            return
        native = self._native(instruction.work)
        if native is None:
            entry[OPERATION] = HOST if operation == CALL else HOST_GUARD
            functions[row] = self.hosts.function(instruction.work)
        else:
            entry[ADDRESS], entry[BLOCK] = native

    def _request_words(self, instance: Instance) -> tuple[int, int]:
        index = instance.node.index
        offsets = word_offsets(self.layout.fields[index])
        block = self.layout.blocks[index]
        return tuple(block + WORD_BYTES * offsets[name] for name in ("_req_pause", "_req_stop"))

    def _native(self, work) -> tuple[int, int] | None:
        """(address, block) of native work, None for the host tier."""
        if isinstance(work, MethodWork):
            index = work.instance.node.index
            kernel = self.tiers.kernels.get((index, work.method, work.segment))
            if kernel is None:
                return None
            self.keep.append(kernel)
            return kernel.address, self.layout.blocks[index]
        if isinstance(work, RouteWork):
            return self._route(work)
        if isinstance(work, EventWork):
            place = self.layout.channels[work.target]
            arrays = {"target": place.data, "events": place.events, "count": place.count.reshape(1)}
            return self._builtin(routes.Events, arrays)
        if isinstance(work, GatherWork):
            return self._gather(work)
        if isinstance(work, FlushWork):
            return self._flush(work)
        if isinstance(work, ClosingWork):
            return self._builtin(*work.bind(self.layout))
        return None

    def _native_shards(self, work: MethodWork | RouteWork) -> tuple[int, int]:
        """(address, list of blocks) of divided work."""
        if isinstance(work, MethodWork):
            index = work.instance.node.index
            kernel = self.tiers.kernels[index, work.method, work.segment]
            self.keep.append(kernel)
            address, rows = kernel.address, self.layout.shards[index].blocks
            blocks = [row.ctypes.data for row in rows]
        else:
            parts = [self._route(work, shard) for shard in range(self.shards)]
            address, blocks = parts[0][0], [block for _, block in parts]
        listed = np.array(blocks, np.int64)
        self.keep.append(listed)
        return address, listed.ctypes.data

    def _gather(self, work: GatherWork) -> tuple[int, int]:
        place, channel = self.layout.channels[work.channel], work.channel
        counts = self.layout.shards[work.instance.node.index].counts[work.port]
        row = int(np.prod(channel.shape[1:], dtype=np.int64))
        starts = np.array(shard_bounds(channel.shape[0], self.shards)[:-1], np.int64) * row
        arrays = {"events": place.events, "count": place.count.reshape(1), "counts": counts}
        stride = np.array([COUNT_STRIDE], np.int64)
        return self._builtin(routes.Gather, arrays | {"starts": starts, "stride": stride})

    def _route(self, work: RouteWork, shard: int | None = None) -> tuple[int, int]:
        sources = [self.layout.channels[route.channel].data for route in work.routes]
        names = ["source", *(f"source{k}" for k in range(1, len(sources)))]
        arrays = dict(zip(names, sources, strict=True))
        arrays["target"] = self.layout.channels[work.target].data
        if shard is not None:
            row = work.target.size // work.rows
            bounds = row * np.array(shard_bounds(work.rows, self.shards))
            part = slice(bounds[shard], bounds[shard + 1])
            arrays = {name: array.reshape(-1)[part] for name, array in arrays.items()}
        if len(sources) > 1:
            return self._builtin(routes.SUMS[len(sources)], arrays)
        name = "Copy" if work.first else "Or" if work.target.dtype == np.bool_ else "Add"
        index = work.routes[0].index
        if index is not None:
            arrays["index"] = index
            name = f"Mapped{name}"
        return self._builtin(getattr(routes, name), arrays)

    def _builtin(self, cls: type, arrays: dict[str, np.ndarray]) -> tuple[int, int]:
        """A kernel of ours with a state block of its own."""
        kernel, block = builtin_kernel(cls, arrays)
        self.keep += [kernel, block, arrays]
        return kernel.address, block.ctypes.data

    def _flush(self, work: FlushWork) -> tuple[int, int]:
        reference = work.reference
        index = reference.node.index
        fields = dict(self.layout.fields[index])
        offset = word_offsets(self.layout.fields[index])[reference.port.name]
        record = (("ref", fields[reference.port.name]),)
        kernel = _compiled(routes.Flush, record)
        self.keep.append(kernel)
        return kernel.address, self.layout.blocks[index] + WORD_BYTES * offset


def builtin_kernel(cls: type, arrays: dict[str, np.ndarray]) -> tuple[Kernel, np.ndarray]:
    """The method ``run`` of a class of ours, and a state block of `arrays`, all of them flat.

    Both and the arrays must be kept alive.
    """
    flat = {name: array.reshape(-1) for name, array in arrays.items()}
    fields = tuple((name, ArrayField(a.dtype.name, 1)) for name, a in flat.items())
    words = [word for a in flat.values() for word in (a.ctypes.data, a.size)]
    return _compiled(cls, fields), np.array(words, np.int64)


def _compiled(cls: type, fields: Fields) -> Kernel:
    kernel = compile_kernel(KernelSpec(cls, "run", None, fields, False), cls.run, cls)
    if not isinstance(kernel, Kernel):
        raise RuntimeError(f"{cls.__name__} does not compile: {kernel}")
    return kernel


def flag_word(bound: Bound, row: int) -> int:
    """Control word a guard's answer goes to."""
    return CONTROL_WORDS + int(bound.table[row, FLAG])


def renew_kernels(network, instance: Instance) -> None:
    """Compile the methods of one instance again, because functions it holds have changed.

    Raises
    ------
    TypeError
        The new functions need wider fields than the network has.
    """
    tiers, index = network.tiers, instance.node.index
    methods = methods_of(network.program)[index]
    if not any((index, *method) in tiers.kernels for method in methods):
        return
    if settle_instance(tiers, instance, methods, tiers.fields[index]):
        raise TypeError(
            f"{instance.node.name}: a function of its model now assigns a wider kind of number to "
            "a field than it holds; declare the field with the wider type"
        )
    binder = Binder(network.layout, tiers, network.hosts, network.division)
    binder.bind_again(network.bound, instance)
