"""What a network on neurocores consists of: populations, output axons, spikes of the host.

A :class:`Population` is what one core holds: compartments with their registers, the registers that
all of them share, synapse groups that receive, and output axons that send. The description is
checked when it is made and never changes. All values are integers as the chip holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.checks import INT32, whole_number, whole_numbers
from lavajit.neurocore.cores.registers import DECAY_UNITY, Compartments, CoreRegisters
from lavajit.neurocore.cores.synapses import SynapseGroup


@dataclass(frozen=True, eq=False)
class OutputAxons:
    """Where spikes of a population or a spike source go.

    Attributes
    ----------
    population : int
        Index of the target population.
    group : int
        Index of its synapse group.
    axons : array of int32 or None, shape (n,)
        Input axon of each neuron, -1 for none; None: neuron k has axon k.
    atoms : array of int32 or None, shape (n,)
        Atom of each neuron, for population axons; None: all 0.

    Raises
    ------
    TypeError, ValueError
        Axons or atoms are no whole numbers, or have more than one dimension.
    """

    population: int
    group: int = 0
    axons: ArrayLike | None = None
    atoms: ArrayLike | None = None

    def __post_init__(self):
        for name, least in (("axons", -1), ("atoms", 0)):
            if getattr(self, name) is not None:
                array = whole_numbers(name, getattr(self, name), None, least)
                object.__setattr__(self, name, array)


@dataclass(frozen=True, eq=False)
class Population:
    """What one core holds.

    Attributes
    ----------
    name : str
    compartments : Compartments
    core : CoreRegisters
    synapses : sequence of SynapseGroup
    axons : sequence of OutputAxons
    """

    name: str
    compartments: Compartments
    core: CoreRegisters = field(default_factory=CoreRegisters)
    synapses: Sequence[SynapseGroup] = ()
    axons: Sequence[OutputAxons] = ()

    @property
    def n(self) -> int:
        """Number of compartments."""
        return self.compartments.n


@dataclass(frozen=True, eq=False)
class SpikeSource:
    """Spikes that the host sends.

    A spike dated t reaches accumulators in step t + 1, as one of a core does that fires in step t.

    Attributes
    ----------
    n : int
        Number of sending neurons.
    times, indices : array of int32, shape (n_spikes,)
        Dates, 0 and later in any order, and neurons. A pair may occur several times.
    axons : sequence of OutputAxons
    payloads : array of int32 or None, shape (n_spikes,)
        Values of graded spikes; None: the spikes are binary.

    Raises
    ------
    TypeError, ValueError
        Values that are no whole numbers or out of range, or of different lengths.
    """

    n: int
    times: ArrayLike
    indices: ArrayLike
    axons: Sequence[OutputAxons] = ()
    payloads: ArrayLike | None = None

    def __post_init__(self):
        whole_number("n", self.n, 1, INT32[1])
        times = whole_numbers("times", self.times, None, 0)
        indices = whole_numbers("indices", self.indices, times.size, 0, self.n - 1)
        order = np.argsort(times, kind="stable")
        object.__setattr__(self, "times", times[order])
        object.__setattr__(self, "indices", indices[order])
        if self.payloads is not None:
            payloads = whole_numbers("payloads", self.payloads, times.size)
            object.__setattr__(self, "payloads", payloads[order])


@dataclass(frozen=True, eq=False)
class CoreNetwork:
    """Populations on cores and sources of spikes; all connections are checked.

    Attributes
    ----------
    populations : sequence of Population
        One per core, in the order of core numbers.
    sources : sequence of SpikeSource

    Raises
    ------
    ValueError
        An axon leads to something that does not exist, a synapse to a compartment that does not
        exist, a decay with its offset is larger than 1, or binary and graded spikes meet.

    Examples
    --------
    Compartment 0 fires in every second step and drives compartment 1.

    >>> synapses = SynapseGroup(pointers=[0, 1, 1], targets=[1], weights=[640])
    >>> cells = Compartments(2, vth=100, decay_u=4095, bias=[60, 0])
    >>> pair = Population("pair", cells, synapses=[synapses], axons=[OutputAxons(0)])
    >>> CoreNetwork([pair]).n
    2
    """

    populations: Sequence[Population]
    sources: Sequence[SpikeSource] = ()

    def __post_init__(self):
        for population in self.populations:
            _check_population(population)
        for sender, label in self.senders():
            for at, axons in enumerate(sender.axons):
                self._check_axons(sender, axons, f"{label}, output axons {at}")

    @property
    def n(self) -> int:
        """Number of compartments of all populations."""
        return sum(population.n for population in self.populations)

    def senders(self) -> list[tuple[Population | SpikeSource, str]]:
        """Populations and sources, and what errors call them."""
        named = [(p, f"population {p.name!r}") for p in self.populations]
        return named + [(s, f"spike source {k}") for k, s in enumerate(self.sources)]

    def group(self, axons: OutputAxons) -> SynapseGroup:
        """The synapse group that axons lead to."""
        return self.populations[axons.population].synapses[axons.group]

    def _check_axons(self, sender: Population | SpikeSource, axons: OutputAxons, what: str) -> None:
        whole_number(f"{what}: population", axons.population, 0, len(self.populations) - 1)
        target = self.populations[axons.population]
        whole_number(f"{what}: group", axons.group, 0, len(target.synapses) - 1)
        group = target.synapses[axons.group]
        whole_numbers(f"{what}: axons", axons_of(sender, axons), sender.n, -1, group.n_axons - 1)
        whole_numbers(f"{what}: atoms", atoms_of(sender, axons), sender.n, 0, group.n_atoms - 1)
        graded = isinstance(sender, SpikeSource) and sender.payloads is not None
        if graded != (group.exponent is not None):
            sent, received = ("binary", "graded")[graded], ("graded", "binary")[graded]
            raise ValueError(
                f"{what}: {sent} spikes, but group {axons.group} of population {target.name!r} "
                f"expects {received} ones; set or leave out its exponent"
            )


def axons_of(sender: Population | SpikeSource, axons: OutputAxons) -> np.ndarray:
    """Input axon of each neuron, shape (n,), -1 for none."""
    return np.arange(sender.n, dtype=np.int32) if axons.axons is None else axons.axons


def atoms_of(sender: Population | SpikeSource, axons: OutputAxons) -> np.ndarray:
    """Atom of each neuron, shape (n,)."""
    return np.zeros(sender.n, np.int32) if axons.atoms is None else axons.atoms


def _check_population(population: Population) -> None:
    what, cells, core = f"population {population.name!r}", population.compartments, population.core
    for at, group in enumerate(population.synapses):
        if group.reach > population.n:
            raise ValueError(
                f"{what}, synapse group {at}: a synapse reaches compartment {group.reach - 1} of "
                f"{population.n}; check targets and bases"
            )
        if group.learning is not None and population.n % 2:
            raise ValueError(
                f"{what}, synapse group {at}: errors have two signs, so a plastic group needs an "
                f"even number of compartments, got {population.n}"
            )
    for name, offset in (("decay_u", core.current_offset), ("decay_v", core.voltage_offset)):
        most = int(getattr(cells, name).max()) + offset
        if most > DECAY_UNITY:
            raise ValueError(f"{what}: {name} and its offset are {most}, more than {DECAY_UNITY}")
