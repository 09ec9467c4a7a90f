"""A network's plan, made without compiling anything."""

from dataclasses import dataclass

from lavajit import AbstractProcess, Loihi2SimCfg, RunConfig
from lavajit.compiler.arena import Layout
from lavajit.compiler.channels import Channels, plan_channels, port_fields
from lavajit.compiler.domains import assign_domains
from lavajit.compiler.graph import Graph, collect_graph
from lavajit.compiler.instances import Instance, build_models, standard_fields
from lavajit.compiler.layout import plan_layout
from lavajit.compiler.program import emit_program
from lavajit.compiler.schedule import Schedule, order_spiking_phase
from lavajit.compiler.work import Program


@dataclass
class Plan:
    """The stages of the compiler room."""

    graph: Graph
    instances: list[Instance]
    schedule: Schedule
    channels: Channels
    program: Program
    layout: Layout

    def order(self) -> list[str]:
        """The spiking phase: names of Processes, parts numbered, groups joined by +."""

        def label(task) -> str:
            return task.instance.node.process.name + ("" if not task.segment else f"/{task.number}")

        return ["+".join(label(task) for task in group) for group in self.schedule.order]

    def index(self, process: AbstractProcess) -> int:
        """Number of a Process in the network."""
        return self.graph.by_process[id(process)].index


def plan(process: AbstractProcess, run_cfg: RunConfig | None = None) -> Plan:
    """Everything up to the layout."""
    graph = collect_graph(process, run_cfg or Loihi2SimCfg())
    domains = assign_domains(graph)
    instances = build_models(graph)
    schedule = order_spiking_phase(graph, instances)
    channels = plan_channels(graph, instances, schedule)
    members = [[instances[k] for k in m if not instances[k].is_async] for _, m in domains]
    program = emit_program(graph, instances, schedule, channels, members)
    fields = {
        i.node.index: (
            *standard_fields(i),
            *i.state.items(),
            *port_fields(graph, instances, channels, i),
        )
        for i in instances
    }
    keys = {i.node.index: i.node.index for i in instances}
    layout = plan_layout(instances, fields, channels, graph, program.flags, keys)
    return Plan(graph, instances, schedule, channels, program, layout)
