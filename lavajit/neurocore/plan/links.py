"""From the graph of Processes to the links between what they describe."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lavajit.compiler.channels import index_map
from lavajit.compiler.graph import Connection, Graph
from lavajit.compiler.instances import Instance
from lavajit.compiler.plain_attributes import plain_field
from lavajit.model.nc_model import is_nc_model
from lavajit.neurocore.arithmetic.weights import SignMode
from lavajit.neurocore.cores.registers import CoreRegisters
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.memory.synapse_memory import SynapseBits
from lavajit.neurocore.plan.groups import HostInput, Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.programs import NeuronProgram

#: Bits of what the CPU sends straight to accumulators, and of what it is sent of them.
DIRECT_BITS, READOUT_BITS = 16, 24
#: Kind of what stands between CPU and cores.
ADAPTER = "adapter"
#: Sends on what has arrived.
READOUT = NeuronProgram("readout", "spike q")


class Described(NamedTuple):
    """What the models of a network describe."""

    net: NcNet
    #: Neurons or synapses by index of the node; Processes on the CPU are left out.
    made: dict[int, NeuronGroup | Synapses]
    #: The connection that brings spikes to each link, in the order of `NcNet.links`.
    arriving: list[Connection]
    #: Neurons that hand on what synapses add up to, by index of the synapses' node.
    readouts: dict[int, NeuronGroup]


def describe_network(
    graph: Graph, instances: list, same_step: bool = False, core: CoreRegisters | None = None
) -> Described:
    """What the network takes on neurocores.

    Where a Process on the CPU reads what synapses add up to, a group of neurons is put in between
    that does nothing but send it on; where one sends straight to accumulators, a synapse for each
    neuron.

    Parameters
    ----------
    graph : Graph
        A flattened network, models selected.
    instances : list of Instance
        Its model instances.
    same_step : bool
        Neurons may be connected to neurons without synapses, as in Lava, where a message then
        arrives in the step in which it is sent. On a chip it takes a step, so there is a note.
    core : CoreRegisters, optional
        Registers of cores that a model says nothing of.

    Returns
    -------
    Described

    Raises
    ------
    NcCompileError
        Processes on cores are connected in a way that cores cannot be.
    """
    net = NcNet(core)
    on_cores = [i for i in instances if is_nc_model(type(i.model))]
    made = {instance.node.index: _describe(net, instance) for instance in on_cores}
    linker = _Linker(graph, Described(net, made, [], {}), same_step)
    for connection in graph.connections:
        linker.add(connection)
    return linker.described


def _describe(net: NcNet, instance: Instance) -> NeuronGroup | Synapses:
    """What a model describes; registers that it keeps of that become fields of its kernels."""
    made, model = net.describe(instance), instance.model
    for name, array in {**model.counters_of(made), **model.registers_of(made)}.items():
        instance.state[name], instance.values[name] = plain_field(array), array
    return made


class _Linker:
    def __init__(self, graph: Graph, described: Described, same_step: bool):
        self.graph = graph
        self.same_step = same_step
        self.described = described
        self.net, self.made = described.net, described.made
        self.inputs: dict[tuple[int, int], HostInput] = {}

    def add(self, connection: Connection) -> None:
        """Make the links whose spikes a connection brings."""
        source = self.made.get(connection.source.index)
        target = self.made.get(connection.target.index)
        if isinstance(source, Synapses) and isinstance(target, Synapses):
            raise NcCompileError(
                f"{connection!r}: synapses cannot follow synapses on a core; put neurons between "
                "them, or multiply the weights"
            )
        if isinstance(target, Synapses) and connection.target_port.name == "s_in":
            # Other ports bring spikes and traces of the neurons behind, which are on the same core.
            for leaving in self.graph.out_of(connection.target).get("a_out", ()):
                self._take(connection, self._link(connection, leaving))
        elif isinstance(target, NeuronGroup) and not isinstance(source, Synapses):
            self._check_direct(connection, source)
            self._take(connection, _direct(connection, source, target))
        elif isinstance(source, NeuronGroup) and target is None:
            self.net.host_outputs.append((source, connection.target.process.name))

    def _take(self, arriving: Connection, link: Link) -> None:
        self.net.links.append(link)
        self.described.arriving.append(arriving)

    def _check_direct(self, connection: Connection, source: NeuronGroup | None) -> None:
        if source is not None and not self.same_step:
            raise NcCompileError(
                f"{connection!r}: neurons reach other neurons through synapses only, in the next "
                "step; put a Dense or Sparse between them, or simulate with arith='lava'"
            )
        if source is not None:
            self.net.notes.append(
                f"{connection!r}: as in Lava, messages arrive in the step in which they are sent; "
                "on a chip they arrive in the next one, through synapses of weight 1"
            )

    def _link(self, arriving: Connection, leaving: Connection) -> Link:
        synapses = self.made[arriving.target.index]
        target = self.made.get(leaving.target.index)
        if target is None:
            target, read = self._readout(leaving), np.arange(synapses.n_out, dtype=np.int64)
        else:
            read = _map(leaving)  # output of the synapses, by neuron of the target
        outputs = np.full(synapses.n_out, -1, np.int64)
        used = read >= 0
        outputs[read[used]] = np.flatnonzero(used)
        source = self.made.get(arriving.source.index) or self._input(arriving, synapses)
        return Link(source, synapses, target, _map(arriving), outputs)

    def _input(self, arriving: Connection, synapses: Synapses) -> HostInput:
        """The CPU as a source of spikes."""
        key = arriving.source.index, arriving.target.index
        if key not in self.inputs:
            process = arriving.source.process
            kind, n = type(process).__name__, arriving.source_port.size
            self.inputs[key] = HostInput(process.name, kind, n, synapses.message_bits)
        return self.inputs[key]

    def _readout(self, leaving: Connection) -> NeuronGroup:
        """Neurons that send what arrives at them to the CPU."""
        index, synapses = leaving.source.index, self.made[leaving.source.index]
        if index not in self.described.readouts:
            group = NeuronGroup(
                f"{synapses.name} readout",
                ADAPTER,
                tuple(leaving.source_port.shape),
                program=READOUT,
                message_bits=READOUT_BITS,
                state=(),
            )
            self.described.readouts[index] = group
            self.net.groups.append(group)
        group = self.described.readouts[index]
        self.net.host_outputs.append((group, leaving.target.process.name))
        return group


def _direct(connection: Connection, source: NeuronGroup | None, target: NeuronGroup) -> Link:
    """Straight to accumulators, from the CPU or a group: a synapse of weight 1 for each neuron."""
    process, n = connection.source.process, target.n
    message_bits = DIRECT_BITS if source is None else source.message_bits
    synapses = Synapses(
        f"{process.name} -> {target.name}",
        ADAPTER,
        n_in=n,
        n_out=n,
        pointers=np.arange(n + 1, dtype=np.int64),
        targets=np.arange(n, dtype=np.int32),
        weights=np.ones(n, np.int32),
        bits=SynapseBits(1),
        sign_mode=SignMode.EXCITATORY,
        message_bits=message_bits,
    )
    if source is None:
        size = connection.source_port.size
        source = HostInput(process.name, type(process).__name__, size, message_bits)
    return Link(source, synapses, target, _map(connection), np.arange(n, dtype=np.int64))


def _map(connection: Connection) -> np.ndarray:
    """Element of the source for each element of the target."""
    shape = connection.target_port.shape
    index = index_map(connection.source_port, connection.path, shape)
    return np.arange(connection.target_port.size, dtype=np.int64) if index is None else index
