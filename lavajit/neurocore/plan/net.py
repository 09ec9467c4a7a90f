"""What the models of a network describe to neurocores, and how it is connected.

Entering: a planned graph of Processes and the instances of their models. Leaving: a :class:`NcNet`
of :class:`NeuronGroup` (the neurons of one Process), :class:`Synapses` (one connection Process) and
:class:`Link` (these synapses between two groups, or from the host). It says nothing of cores yet:
:mod:`lavajit.neurocore.plan.compile` splits and places it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.memory.synapse_memory import SynapseBits


@dataclass(frozen=True, eq=False)
class NeuronGroup:
    """The neurons of one Process.

    Attributes
    ----------
    name, kind : str
        Name and class of the Process.
    shape : tuple of int
    compartments : Compartments or None
        Registers of current-based LIF compartments, one per neuron; None for other neurons, which
        run a program and need Loihi 2.
    core : CoreRegisters
        Registers that all neurons of a core share.
    program : object or None
        Neuron program: has ``longest_path`` (operations) and ``words``.
    words : int
        Words of 64 bit that the state of a neuron takes on Loihi 2.
    per_neuron : int
        Compartments of Loihi 1 per neuron; 2 where a helper subtracts the threshold, say.
    message_bits : int
        Of the spikes that are sent; 0: binary.
    state : tuple of str
        Vars and attributes of the model: a neuron in which all are zero is not active.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    compartments: Compartments | None = None
    core: CoreRegisters = field(default_factory=CoreRegisters)
    program: Any = None
    words: int = 1
    per_neuron: int = 1
    message_bits: int = 0
    state: tuple[str, ...] = ("u", "v")

    @property
    def n(self) -> int:
        """Number of neurons."""
        return prod(self.shape)


@dataclass(frozen=True)
class Convolution:
    """Shape of a convolution whose weights all places share.

    Attributes
    ----------
    kernel : tuple of int
        (Kx, Ky, C_in per group).
    input_shape, output_shape : tuple of int
        (X, Y, C).
    """

    kernel: tuple[int, int, int]
    input_shape: tuple[int, int, int]
    output_shape: tuple[int, int, int]


@dataclass(frozen=True)
class LearningNeeds:
    """What plastic synapses take of the learning engine.

    Attributes
    ----------
    epoch : int
        Steps of a learning epoch, 1..63.
    profiles : int
        Learning profiles: one per rule and sign.
    pretraces : int
        Pre-trace configurations.
    products : int
        Products of the rule.
    words : int
        Words of rule memory, an estimate of this simulator.
    """

    epoch: int
    profiles: int = 1
    pretraces: int = 1
    products: int = 1
    words: int = 1


@dataclass(frozen=True, eq=False)
class Synapses:
    """The synapses of one connection Process, listed by input.

    Attributes
    ----------
    name, kind : str
        Name and class of the Process.
    n_in, n_out : int
        Elements of its input and output.
    pointers : ndarray of int64, shape (n_in + 1,)
        Where the synapses of each input begin.
    targets : ndarray of int32
        Output of each synapse. Synapses of weight 0 are left out, unless they learn.
    weights : ndarray of int32
        As stored, without exponent.
    delays : ndarray of int32 or None
        Steps.
    bits : SynapseBits
        Bits of weight, delay and tag that a synapse takes.
    weight_exponent : int
    sign_mode : SignMode
    message_bits : int
        Of the spikes that are received; 0: binary.
    convolution : Convolution or None
        Weights are shared by place.
    learning : LearningNeeds or None
        The synapses learn.
    """

    name: str
    kind: str
    n_in: int
    n_out: int
    pointers: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    delays: np.ndarray | None = None
    bits: SynapseBits = field(default_factory=SynapseBits)
    weight_exponent: int = 0
    sign_mode: SignMode = SignMode.MIXED
    message_bits: int = 0
    convolution: Convolution | None = None
    learning: LearningNeeds | None = None

    @property
    def n(self) -> int:
        """Number of synapses."""
        return self.targets.size


@dataclass(frozen=True, eq=False)
class HostInput:
    """A Process on the CPU that sends spikes to cores; an adapter stands between them."""

    name: str
    kind: str
    n: int
    message_bits: int = 0


@dataclass(frozen=True, eq=False)
class Link:
    """Synapses between a source and a group.

    Attributes
    ----------
    source : NeuronGroup or HostInput
    synapses : Synapses
    target : NeuronGroup
    inputs : ndarray of int64, shape (synapses.n_in,)
        Neuron of the source that each input of the synapses listens to, -1 for none.
    outputs : ndarray of int64, shape (synapses.n_out,)
        Neuron of the target that each output goes to, -1 for none.
    """

    source: NeuronGroup | HostInput
    synapses: Synapses
    target: NeuronGroup
    inputs: np.ndarray
    outputs: np.ndarray


class NcNet:
    """A network as its models describe it.

    A model's ``allocate(net)`` calls one of `compartments`, `program` and `synapses`.

    Attributes
    ----------
    groups : list of NeuronGroup
    connections : list of Synapses
    links : list of Link
    host_outputs : list of (NeuronGroup, str)
        Groups whose spikes a Process on the CPU reads, and its name.
    notes : list of str
        What is not as it would be on a chip.
    """

    def __init__(self) -> None:
        self.groups: list[NeuronGroup] = []
        self.connections: list[Synapses] = []
        self.links: list[Link] = []
        self.host_outputs: list[tuple[NeuronGroup, str]] = []
        self.notes: list[str] = []
        self._instance: Any = None
        self._names: set[str] = set()
        self._made: NeuronGroup | Synapses | None = None

    # --- for models -------------------------------------------------------------------

    def value(self, name: str) -> np.ndarray:
        """Initial value of a Var, or of an array or number that the model holds."""
        return self._instance.values[name]

    def columns(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A matrix Var of shape (n_out, n_in) by columns: pointers, rows and values.

        Of a dense matrix the elements that are not zero, of a sparse one those that are stored.
        """
        if name in self._instance.sparse:
            data, rows, pointers = (
                self._instance.values[each] for each in self._instance.sparse[name].fields
            )
            return pointers.astype(np.int64), rows.astype(np.int32), data
        matrix = np.asarray(self.value(name)).T
        inputs, rows = np.nonzero(matrix)
        pointers = np.searchsorted(inputs, np.arange(matrix.shape[0] + 1))
        return pointers.astype(np.int64), rows.astype(np.int32), matrix[inputs, rows]

    def compartments(
        self,
        *,
        vth: ArrayLike,
        decay_u: ArrayLike = 0,
        decay_v: ArrayLike = 0,
        bias: ArrayLike = 0,
        refract: ArrayLike = 1,
        noise: ArrayLike = False,
        core: CoreRegisters | None = None,
        per_neuron: int = 1,
        words: int = 1,
        program: Any = None,
        state: Sequence[str] = ("u", "v"),
    ) -> NeuronGroup:
        """Describe the neurons of the Process as current-based LIF compartments.

        Parameters
        ----------
        vth, decay_u, decay_v, bias, refract, noise
            See :class:`~lavajit.neurocore.cores.registers.Compartments`; numbers, or arrays in the
            shape of the Process. Initial values of ``u`` and ``v`` are those of the Vars.
        core : CoreRegisters, optional
        per_neuron, words, program, state
            See `NeuronGroup`.
        """
        shape = self._shape("s_out")
        flat = {
            name: np.broadcast_to(np.asarray(value), shape).ravel()
            for name, value in {
                "vth": vth,
                "decay_u": decay_u,
                "decay_v": decay_v,
                "bias": bias,
                "refract": refract,
                "noise": noise,
                "u": self.value("u"),
                "v": self.value("v"),
            }.items()
        }
        registers = Compartments(prod(shape), **flat)
        return self._add_group(
            compartments=registers,
            core=core or CoreRegisters(),
            per_neuron=per_neuron,
            words=words,
            program=program,
            state=tuple(state),
        )

    def program(
        self, program: Any, *, words: int = 1, message_bits: int = 0, state: Sequence[str] = ()
    ) -> NeuronGroup:
        """Describe the neurons of the Process as a program of Loihi 2.

        Parameters
        ----------
        program : object
            Has ``longest_path``, the number of operations on it.
        words, message_bits, state
            See `NeuronGroup`.
        """
        return self._add_group(
            program=program, words=words, message_bits=message_bits, state=tuple(state)
        )

    def synapses(self, **description: Any) -> Synapses:
        """Describe the Process as synapses; see `Synapses` for what is described."""
        name, kind = self._label()
        ports = self._instance.ports
        made = Synapses(
            name,
            kind,
            n_in=prod(ports["s_in"].shape),
            n_out=prod(ports["a_out"].shape),
            **description,
        )
        self._take(made)
        self.connections.append(made)
        return made

    def _add_group(self, **description: Any) -> NeuronGroup:
        name, kind = self._label()
        group = NeuronGroup(name, kind, self._shape("s_out"), **description)
        self._take(group)
        self.groups.append(group)
        return group

    def _take(self, made: NeuronGroup | Synapses) -> None:
        if self._made is not None:
            raise NcCompileError(
                f"{made.kind} {made.name!r} is described twice; allocate() of "
                f"{type(self._instance.model).__name__} must describe either neurons or synapses, "
                "once"
            )
        self._made = made

    def _shape(self, port: str) -> tuple[int, ...]:
        return tuple(self._instance.ports[port].shape)

    def _label(self) -> tuple[str, str]:
        process = self._instance.node.process
        name, number = process.name, 2
        while name in self._names:
            name = f"{process.name}_{number}"
            number += 1
        self._names.add(name)
        return name, type(process).__name__

    # --- for the compiler -------------------------------------------------------------

    def describe(self, instance: Any) -> NeuronGroup | Synapses:
        """What the model of one Process describes."""
        self._instance, self._made = instance, None
        instance.model.allocate(self)
        made, self._instance, self._made = self._made, None, None
        if made is None:
            raise NcCompileError(
                f"{type(instance.model).__name__}.allocate() has described nothing of "
                f"{instance.node.name}; call net.compartments(), net.program() or net.synapses()"
            )
        return made
