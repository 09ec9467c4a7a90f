"""From a Process to a running network: the stages, in order.

The table of contents of lavajit. Each line takes what the line above leaves and can be inspected on
its own.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lavajit.compiler.arena import PHASE
from lavajit.compiler.channels import DEFAULT_CAPACITY, plan_channels
from lavajit.compiler.division import Division, divide_instances, planned_shards
from lavajit.compiler.domains import assign_domains
from lavajit.compiler.forks import divide_program
from lavajit.compiler.graph import Graph, collect_graph
from lavajit.compiler.instances import build_models
from lavajit.compiler.layout import plan_layout
from lavajit.compiler.program import emit_program
from lavajit.compiler.schedule import order_spiking_phase
from lavajit.compiler.shard_blocks import divide_block
from lavajit.compiler.work import SPIKING, may_draw
from lavajit.kernels.random import mix_key
from lavajit.model.sync_domain import SyncDomain
from lavajit.process.process import AbstractProcess
from lavajit.runtime.assemble import Binder, Bound
from lavajit.runtime.debug import check_network
from lavajit.runtime.explain import Explanation, explain_network, tier_of
from lavajit.runtime.host_tier import HostTier
from lavajit.runtime.runtime import Runtime
from lavajit.runtime.tiers import Tiers, settle_kernels


@dataclass
class Network:
    """Every stage of one network."""

    graph: Graph
    instances: list
    schedule: object
    channels: object
    program: object
    tiers: Tiers
    division: Division
    layout: object
    hosts: HostTier
    bound: Bound
    seconds: dict[str, float] = field(default_factory=dict)
    resources: Any = None  # what is taken of modelled hardware
    identity: str = ""  # hash of the network, once somebody has asked for it


@dataclass
class Executable:
    """A compiled network, as Lava's compiler returns it.

    Attributes
    ----------
    process_list : list of AbstractProcess
        Leaf Processes.
    sync_domains : list of SyncDomain
        Sync domains.
    proc_builders, channel_builders, node_configs, runtime_service_builders, sync_channel_builders
        Of Lava's multi-process runtime; here they only have the right lengths.
    network : Network
        What runs.
    """

    process_list: list[AbstractProcess]
    sync_domains: list[SyncDomain]
    network: Network
    proc_builders: dict = field(default_factory=dict)
    channel_builders: list = field(default_factory=list)
    node_configs: list = field(default_factory=list)
    runtime_service_builders: dict = field(default_factory=dict)
    sync_channel_builders: list = field(default_factory=list)
    watchdog_manager_builder: object = None

    @property
    def nc_board(self) -> Any:
        """Where the network is on neurocores, a NcBoard; None without any."""
        resources = self.network.resources
        return None if resources is None else resources.board

    def assign_runtime_to_all_processes(self, runtime) -> None:
        """Let every Process of the network know its runtime."""
        for process in self.network.graph.processes:
            process.runtime = runtime


def compile_network(
    process: AbstractProcess, run_cfg, compile_config: dict | None = None
) -> Executable:
    """Plan and compile the network that `process` belongs to.

    Parameters
    ----------
    process : AbstractProcess
        Any member of the network.
    run_cfg : RunConfig
        Selects the models, names sync domains, gives the seed.
    compile_config : dict, optional
        ``pypy_channel_size``: messages a FIFO holds (64). ``native``: False runs everything in
        Python.
    """
    config = _options(compile_config)
    start = time.perf_counter()
    with _collector_paused():
        graph = collect_graph(process, run_cfg)
        try:
            network, domains = _compile_graph(graph, config, start)
        except BaseException:
            graph.release()
            raise
    executable = Executable([node.process for node in graph.nodes], domains, network)
    executable.proc_builders = {node.process: node.model_class for node in graph.nodes}
    executable.channel_builders = [*graph.connections, *graph.references, *graph.references]
    return executable


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Planning makes many objects and no garbage; walking them costs more than planning."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _options(compile_config: dict | None) -> dict:
    """`compile_config` with defaults; as in Lava these are written into the caller's dict, too."""
    config = {} if compile_config is None else compile_config
    if not isinstance(config, dict):
        raise TypeError(f"compile_config must be a dict, got {config!r}")
    size = config.setdefault("pypy_channel_size", DEFAULT_CAPACITY)
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
        raise ValueError(f"pypy_channel_size must be an int >= 1, got {size!r}")
    return {"native": True, **config}


def _compile_graph(graph: Graph, config: dict, start: float):
    domains = assign_domains(graph)  # Graph                 -> domains and their members
    debug = bool(getattr(graph.run_cfg, "debug", False))
    shards = 1 if debug else planned_shards(graph)  # run config, sizes -> number of threads
    instances = build_models(graph, shards)  # Graph         -> model instances with typed fields
    schedule = order_spiking_phase(graph, instances)  # ports -> order, coroutines
    channels = plan_channels(graph, instances, schedule, config["pypy_channel_size"])
    loihi = [[instances[k] for k in members if not instances[k].is_async] for _, members in domains]
    resources = graph.run_cfg.plan_resources(graph, instances)
    closing = () if resources is None else resources.closing_work(schedule, channels)
    program = emit_program(graph, instances, schedule, channels, loihi, closing)
    planned = time.perf_counter()
    tiers = settle_kernels(graph, instances, channels, program, config["native"] and not debug)
    compiled = time.perf_counter()
    division = divide_instances(graph, instances, schedule, tiers.native_methods(), shards)
    program = divide_program(program, channels, division)
    keys = random_keys(int(getattr(graph.run_cfg, "seed", 0)), instances)
    layout = plan_layout(instances, tiers.fields, channels, graph, program.flags, keys)
    layout.control[PHASE] = SPIKING
    for index, names in division.names.items():
        layout.shards[index] = divide_block(layout, instances[index], names, shards)
    hosts = HostTier(
        graph, instances, schedule, channels, layout, {index for index, *_ in tiers.kernels}
    )
    bound = Binder(layout, tiers, hosts, division).bind(program)
    if debug:
        check_network(instances, layout, bound)
    seconds = {
        "plan": planned - start,
        "kernels": compiled - planned,
        "assemble": time.perf_counter() - compiled,
    }
    network = Network(
        graph,
        instances,
        schedule,
        channels,
        program,
        tiers,
        division,
        layout,
        hosts,
        bound,
        seconds,
        resources,
    )
    return network, [domain for domain, _ in domains]


def random_keys(seed: int, instances: list) -> dict[int, int]:
    """Keys of random numbers: from the seed of the run, the model's own, and its place.

    The place counts only Processes that draw numbers: a recorder more changes no result.
    """
    keys, place = {}, 0
    for instance in instances:
        own = instance.model.seed
        keys[instance.node.index] = mix_key(seed if own is None else mix_key(seed, int(own)), place)
        place += may_draw(instance.node.model_class)
    return keys


def create_runtime(executable: Executable, process: AbstractProcess) -> Runtime:
    """An initialised Runtime, known to all Processes of the network."""
    runtime = Runtime(executable)
    runtime.initialize()
    process.runtime = runtime
    return runtime


def explain_runtime(runtime: Runtime) -> Explanation:
    """The plan of a runtime's network as text."""
    return explain_network(runtime.executable.network)


def explain_tier(runtime: Runtime, process: AbstractProcess) -> str:
    """Where the methods of a Process run; of a hierarchical one: in its parts."""
    network = runtime.executable.network
    node = network.graph.by_process.get(id(process))
    return "hierarchical" if node is None else tier_of(network, node)
