"""Small kernels the plan puts between Processes: copies, sums, event lists, kept writes.

They are ordinary kernel classes compiled like a model's methods; ``source`` and ``target`` are
flattened channels, ``index[i]`` is the source element of target element i, -1 for none.
"""

from __future__ import annotations

from lavajit.model.elements import nonzero


class Copy:
    """The first source of an InPort, element type converted."""

    def run(self):
        source, target = self.source, self.target
        for i in range(target.size):
            target[i] = source[i]


class Add:
    """A further source of an InPort."""

    def run(self):
        source, target = self.source, self.target
        for i in range(target.size):
            target[i] += source[i]


class Sum2:
    """The first two sources of an InPort."""

    def run(self):
        source, source1, target = self.source, self.source1, self.target
        for i in range(target.size):
            target[i] = source[i] + source1[i]


class Sum3:
    """The first three sources."""

    def run(self):
        source, source1, source2, target = self.source, self.source1, self.source2, self.target
        for i in range(target.size):
            target[i] = source[i] + source1[i] + source2[i]


class Sum4:
    """The first four sources."""

    def run(self):
        source, source1, target = self.source, self.source1, self.target
        source2, source3 = self.source2, self.source3
        for i in range(target.size):
            target[i] = source[i] + source1[i] + source2[i] + source3[i]


#: By the number of sources; all have the type of the target.
SUMS = {2: Sum2, 3: Sum3, 4: Sum4}


class Or:
    """A further source of a boolean InPort."""

    def run(self):
        source, target = self.source, self.target
        for i in range(target.size):
            target[i] = target[i] or source[i]


class MappedCopy:
    """The first source, through virtual ports."""

    def run(self):
        source, target, index = self.source, self.target, self.index
        for i in range(target.size):
            target[i] = 0
            if index[i] >= 0:
                target[i] = source[index[i]]


class MappedAdd:
    """A further source, through virtual ports."""

    def run(self):
        source, target, index = self.source, self.target, self.index
        for i in range(target.size):
            if index[i] >= 0:
                target[i] += source[index[i]]


class MappedOr:
    """A further source of a boolean InPort, through virtual ports."""

    def run(self):
        source, target, index = self.source, self.target, self.index
        for i in range(target.size):
            if index[i] >= 0:
                target[i] = target[i] or source[index[i]]


class Events:
    """Indices of the non-zero elements."""

    def run(self):
        self.count[0] = nonzero(self.target, self.events)


class Gather:
    """One list of the lists of all shards: ``starts`` are their first elements."""

    def run(self):
        events, starts, counts = self.events, self.starts, self.counts
        total = counts[0]
        for shard in range(1, starts.size):
            first = starts[shard]
            for k in range(counts[shard * self.stride[0]]):
                events[total] = events[first + k] + first
                total += 1
        self.count[0] = total


class Flush:
    """Apply a RefPort's kept write."""

    def run(self):
        self.ref.wait()
