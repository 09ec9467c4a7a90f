"""Kernels that count what is delivered, for profiles."""

from __future__ import annotations


class Deliveries:
    """Adds to ``total``: ``fan_out`` of every element of ``source`` that is not zero."""

    def run(self):
        source, fan_out, events = self.source, self.fan_out, 0
        for i in range(source.size):
            if source[i] != 0:
                events += fan_out[i]
        self.total[0] += events


class ListedDeliveries:
    """The same of a message whose non-zero elements are listed in ``found``."""

    def run(self):
        found, fan_out, events = self.found, self.fan_out, 0
        for k in range(self.count[0]):
            events += fan_out[found[k]]
        self.total[0] += events
