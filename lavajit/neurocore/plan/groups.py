"""What a network on neurocores is described with: neurons, synapses, links between them.

They say nothing of cores yet. A :class:`NeuronGroup` is the neurons of one Process,
:class:`Synapses` one connection Process, a :class:`Link` these synapses between two groups, or from
the host.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.cores.registers import Compartments, CoreRegisters
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
