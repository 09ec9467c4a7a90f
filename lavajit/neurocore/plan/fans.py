"""What arrives at a group of neurons: synapses, and the rows they are in each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.plan.groups import Convolution, Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.splits import Split

#: Axon slots of an input whose synapses learn: its list and its trace.
PLASTIC_SLOTS = 2


@dataclass(frozen=True, eq=False)
class Fan:
    """Synapses that a group stores once, whoever sends through them.

    Attributes
    ----------
    synapses : Synapses
    links : list of Link
        More than one where several sources send to the same inputs.
    inputs, neurons : ndarray of int
        Input and target neuron of each synapse that is used.
    chosen : ndarray of int64 or None
        Which synapses are used; None: all.
    """

    synapses: Synapses
    links: list[Link]
    inputs: NDArray
    neurons: NDArray
    chosen: NDArray | None

    @property
    def slots(self) -> int:
        """Slots that each input takes among the input axons of a Loihi 1 core."""
        return PLASTIC_SLOTS if self.synapses.learning else 1

    def of(self, values: NDArray) -> NDArray:
        """Those of the values of all synapses that belong to used ones."""
        return values if self.chosen is None else values[self.chosen]


class Rows(NamedTuple):
    """Rows of a fan: the synapses of one input in one part."""

    #: Of each synapse, ascending: its row, and the place of its target in the part.
    row: NDArray[np.int64]
    target: NDArray[np.int64]
    #: Where each synapse stands in the fan; None: in the same place.
    order: NDArray[np.int64] | None
    #: Of each row: its part, its input, its synapses.
    part: NDArray[np.int64]
    input: NDArray[np.int64]
    length: NDArray[np.int64]


def fans_of(net: NcNet, group: NeuronGroup) -> list[Fan]:
    """What arrives at a group, in the order of the links."""
    gathered: dict[tuple[int, bytes], list[Link]] = {}
    for link in net.links:
        if link.target is group:
            gathered.setdefault((id(link.synapses), link.outputs.tobytes()), []).append(link)
    return [_fan(links) for links in gathered.values()]


def _fan(links: Sequence[Link]) -> Fan:
    synapses = links[0].synapses
    heard = np.logical_or.reduce([link.inputs >= 0 for link in links])
    inputs = np.repeat(np.arange(synapses.n_in, dtype=np.int32), np.diff(synapses.pointers))
    neurons = links[0].outputs[synapses.targets]
    used = (neurons >= 0) & heard[inputs]
    if used.all():
        return Fan(synapses, list(links), inputs, neurons, None)
    chosen = np.flatnonzero(used)
    return Fan(synapses, list(links), inputs[chosen], neurons[chosen], chosen)


def rows_of(fan: Fan, split: Split, local: NDArray | None = None) -> Rows:
    """Rows of a fan in each part, by input, then part.

    Parameters
    ----------
    fan : Fan
    split : Split
        Of the group.
    local : ndarray of int, optional
        Place of each neuron in its part, if it is not ``split.local``.
    """
    target = (split.local if local is None else local)[fan.neurons]
    row = fan.inputs * np.int64(split.parts) + split.part[fan.neurons]
    order = None
    if row.size:
        key = row * (int(target.max()) + 1) + target
        if (key[1:] < key[:-1]).any():
            order = np.argsort(key, kind="stable")
            row, target = row[order], target[order]
    begins = np.diff(row, prepend=-1) != 0
    first = np.flatnonzero(begins)
    inputs, part = np.divmod(row[first], split.parts)
    length = np.diff(np.append(first, row.size))
    return Rows(np.cumsum(begins) - 1, target, order, part, inputs, length)


def convolution_of(group: NeuronGroup, fans: Sequence[Fan]) -> Convolution | None:
    """The convolution by whose channels and rows a group can be split."""
    for fan in fans:
        shape = fan.synapses.convolution
        if shape is not None and np.prod(shape.output_shape) == group.n:
            return shape
    return None
