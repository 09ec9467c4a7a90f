"""A network on the cores of chips: which neuron is where, and who sends to whom.

What :func:`lavajit.neurocore.plan.compile.compile_net` leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.plan.groups import Link, NeuronGroup
from lavajit.neurocore.plan.net import NcNet


@dataclass(frozen=True, eq=False)
class Part:
    """The neurons of one group that are on one core.

    Attributes
    ----------
    group : NeuronGroup
    neurons : ndarray of int64
        Their flat indices, ascending.
    core : int
        Index of the core in `NcBoard.cores`.
    usage : mapping of str to int
        What the part takes of the core, by column of the chip's table; Total is their sum.
    """

    group: NeuronGroup
    neurons: np.ndarray
    core: int
    usage: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Core:
    """A core that is used.

    Attributes
    ----------
    chip, number : int
        Chip, and core on it.
    usage : mapping of str to int
        What is used, by column of the chip's table; Total is their sum.
    """

    chip: int
    number: int
    usage: Mapping[str, int]


class Destinations(NamedTuple):
    """Where spikes of a link go, by neuron of its source.

    One entry stands for one message; those of neuron i are ``range(pointers[i], pointers[i + 1])``.
    """

    #: (n_source + 1,), int64.
    pointers: np.ndarray
    #: Index of the core that receives, int32.
    cores: np.ndarray
    #: Synapses that are served there, int64.
    synapses: np.ndarray


@dataclass(frozen=True, eq=False)
class NcBoard:
    """A compiled network.

    Attributes
    ----------
    chip : Chip
        Table of the chip.
    net : NcNet
        What was compiled.
    cores : list of Core
        Cores that are used, by chip and number.
    parts : list of Part
        By group, in the order of the network, and first neuron.
    iterations : int
        Rounds of splitting.
    notes : tuple of str
        Where a limit that nobody has stated has decided something.
    """

    chip: Chip
    net: NcNet
    cores: list[Core]
    parts: list[Part]
    iterations: int = 1
    notes: tuple[str, ...] = ()

    @property
    def chips(self) -> int:
        """Number of chips that are used."""
        return len({core.chip for core in self.cores})

    @property
    def places(self) -> np.ndarray:
        """Chip, and core on it, of each core, int64, shape (cores, 2)."""
        places = [(core.chip, core.number) for core in self.cores]
        return np.array(places, np.int64).reshape(-1, 2)

    def parts_of(self, group: NeuronGroup) -> list[Part]:
        """The parts of one group."""
        return [part for part in self.parts if part.group is group]

    def home(self, group: NeuronGroup) -> np.ndarray:
        """Index of the core of each neuron, int32, shape (n,)."""
        cores = np.empty(group.n, np.int32)
        for part in self.parts_of(group):
            cores[part.neurons] = part.core
        return cores

    def destinations(self, link: Link, by_input: bool = False) -> Destinations:
        """Cores that spikes of each neuron of the link's source reach.

        With `by_input` entries are listed by input of the synapses instead.
        """
        from scipy.sparse import csr_matrix

        synapses, home = link.synapses, self.home(link.target)
        reached = np.append(home, np.int32(-1))[link.outputs[synapses.targets]]
        used = reached >= 0
        before = np.concatenate([[0], np.cumsum(used)])
        counts = csr_matrix(
            (
                np.ones(int(before[-1]), np.int64),
                reached[used],
                before[synapses.pointers],
            ),
            shape=(synapses.n_in, len(self.cores)),
        )
        counts.sum_duplicates()
        if by_input:
            pointers = counts.indptr.astype(np.int64)
            return Destinations(pointers, counts.indices.astype(np.int32), counts.data)
        heard = link.inputs >= 0
        rows = np.flatnonzero(heard)
        order = rows[np.argsort(link.inputs[rows], kind="stable")]
        counts = counts[order]
        per_neuron = np.zeros(link.source.n, np.int64)
        np.add.at(per_neuron, link.inputs[order], np.diff(counts.indptr))
        pointers = np.concatenate([[0], np.cumsum(per_neuron)])
        return Destinations(pointers, counts.indices.astype(np.int32), counts.data)
