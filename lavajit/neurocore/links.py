"""From the graph of Processes to the links between what they describe."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.compiler.channels import index_map
from lavajit.compiler.graph import Connection, Graph
from lavajit.model.nc_model import is_nc_model
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.net import HostInput, Link, NcNet, NeuronGroup, Synapses
from lavajit.neurocore.synapse_memory import SynapseBits
from lavajit.neurocore.weights import SignMode

#: Bits of what the CPU sends straight to accumulators.
DIRECT_BITS = 16


def describe_network(graph: Graph, instances: list) -> tuple[NcNet, dict[int, Any]]:
    """What the network takes on neurocores.

    Parameters
    ----------
    graph : Graph
        A flattened network, models selected.
    instances : list of Instance
        Its model instances.

    Returns
    -------
    net : NcNet
    made : dict of int to NeuronGroup or Synapses
        By index of the node; Processes on the CPU are left out.

    Raises
    ------
    NcCompileError
        Processes on cores are connected in a way that cores cannot be.
    """
    net = NcNet()
    on_cores = [i for i in instances if is_nc_model(type(i.model))]
    made = {instance.node.index: net.describe(instance) for instance in on_cores}
    inputs: dict[tuple[int, int], HostInput] = {}
    for connection in graph.connections:
        source, target = made.get(connection.source.index), made.get(connection.target.index)
        if isinstance(target, Synapses):
            if connection.target_port.name != "s_in":
                continue  # spikes and traces of the neurons behind, which are on the same core
            _check_source(connection, source)
            for leaving in graph.out_of(connection.target).get("a_out", ()):
                net.links.append(_link(made, inputs, connection, leaving))
        elif isinstance(target, NeuronGroup) and not isinstance(source, Synapses):
            net.links.append(_direct(connection, source, target))
        elif isinstance(source, NeuronGroup) and target is None:
            net.host_outputs.append((source, connection.target.process.name))
    return net, made


def _check_source(connection: Connection, source: Any) -> None:
    if isinstance(source, Synapses):
        raise NcCompileError(
            f"{connection!r}: synapses cannot follow synapses on a core; put neurons between them, "
            "or multiply the weights"
        )


def _link(
    made: dict[int, Any],
    inputs: dict[tuple[int, int], HostInput],
    arriving: Connection,
    leaving: Connection,
) -> Link:
    synapses: Synapses = made[arriving.target.index]
    target = made.get(leaving.target.index)
    if not isinstance(target, NeuronGroup):
        raise NcCompileError(
            f"{leaving!r}: what synapses add up to can only be read by neurons on the same core; "
            f"let neurons receive it, or keep {leaving.source.name} on the CPU with "
            "exception_proc_model_map"
        )
    source = made.get(arriving.source.index)
    if source is None:
        key = arriving.source.index, arriving.target.index
        process = arriving.source.process
        source = inputs.setdefault(
            key,
            HostInput(
                process.name,
                type(process).__name__,
                arriving.source_port.size,
                synapses.message_bits,
            ),
        )
    heard = _map(arriving)
    read = _map(leaving)  # output of the synapses, by neuron of the target
    outputs = np.full(synapses.n_out, -1, np.int64)
    used = read >= 0
    outputs[read[used]] = np.flatnonzero(used)
    return Link(source, synapses, target, heard, outputs)


def _direct(connection: Connection, source: Any, target: NeuronGroup) -> Link:
    """From the CPU straight to accumulators: one synapse of weight 1 for each neuron."""
    if isinstance(source, NeuronGroup):
        raise NcCompileError(
            f"{connection!r}: neurons reach other neurons through synapses only; put a Dense or "
            "Sparse between them"
        )
    process = connection.source.process
    name, kind = process.name, type(process).__name__
    n = target.n
    synapses = Synapses(
        f"{name} -> {target.name}",
        "adapter",
        n_in=n,
        n_out=n,
        pointers=np.arange(n + 1, dtype=np.int64),
        targets=np.arange(n, dtype=np.int32),
        weights=np.ones(n, np.int32),
        bits=SynapseBits(1),
        sign_mode=SignMode.EXCITATORY,
        message_bits=DIRECT_BITS,
    )
    host = HostInput(name, kind, connection.source_port.size, DIRECT_BITS)
    return Link(host, synapses, target, _map(connection), np.arange(n, dtype=np.int64))


def _map(connection: Connection) -> np.ndarray:
    """Element of the source for each element of the target."""
    shape = connection.target_port.shape
    index = index_map(connection.source_port, connection.path, shape)
    return np.arange(connection.target_port.size, dtype=np.int64) if index is None else index
