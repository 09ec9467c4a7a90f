"""Counting synaptic events in a profiled run: spikes times the synapses they reach."""

from __future__ import annotations

import numpy as np

from lavajit.compiler.fields import VEC_DENSE
from lavajit.compiler.work import MethodWork
from lavajit.kernels.counters import Deliveries, ListedDeliveries
from lavajit.runtime.assemble import builtin_kernel


class EventCounters:
    """Kernels that count what connections deliver.

    Parameters
    ----------
    network : Network
        A compiled network.

    Attributes
    ----------
    calls : dict of int to (int, int)
        Address and block of the kernel that is called after a row.
    totals : dict of int to ndarray of int64, shape (1,)
        What it has counted.
    """

    def __init__(self, network):
        self._network = network
        self._fan_outs: list[tuple[object, str, np.ndarray]] = []
        self._keep: list[object] = []
        self.calls: dict[int, tuple[int, int]] = {}
        self.totals: dict[int, np.ndarray] = {}
        for row, instruction in enumerate(network.program.instructions):
            work = instruction.work
            if isinstance(work, MethodWork) and work.receives:
                self._add(row, work)

    def _add(self, row: int, work: MethodWork) -> None:
        known = work.instance.model.count_synapses()
        for port in set(work.receives) & set(known):
            inlet = self._network.channels.inlets[work.instance.node.index, port]
            if inlet.channel.kind == VEC_DENSE:
                place = self._network.layout.channels[inlet.channel]
                fan_out, total = np.zeros(place.data.size, np.int64), np.zeros(1, np.int64)
                arrays = {"fan_out": fan_out, "total": total}
                if place.events is None:
                    kernel = builtin_kernel(Deliveries, arrays | {"source": place.data})
                else:
                    lists = {"found": place.events, "count": place.count.reshape(1)}
                    kernel = builtin_kernel(ListedDeliveries, arrays | lists)
                self._fan_outs.append((work.instance.model, port, fan_out))
                self._keep += [kernel, place]
                self.calls[row] = kernel[0].address, kernel[1].ctypes.data
                self.totals[row] = total

    def start(self) -> None:
        """Begin to count; connections know their synapses after the first step."""
        for model, port, fan_out in self._fan_outs:
            fan_out[:] = np.ravel(model.count_synapses()[port])
        for total in self.totals.values():
            total[:] = 0
