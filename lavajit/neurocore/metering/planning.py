"""From a run config and a planned graph to a network on cores."""

from __future__ import annotations

import warnings
from typing import Any

from lavajit.compiler.graph import Graph
from lavajit.neurocore.chips import chip
from lavajit.neurocore.cores.registers import of_chip
from lavajit.neurocore.costs import preset
from lavajit.neurocore.costs.model import Costs
from lavajit.neurocore.errors import NcCompileError
from lavajit.neurocore.metering.resources import Resources
from lavajit.neurocore.plan.compile import compile_net
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.links import Described, describe_network


def plan(run_cfg: Any, graph: Graph, instances: list) -> Resources | None:
    """Put a network on cores.

    Returns None, with a warning, if no Process has a model for them.

    Raises
    ------
    NcCompileError
        It does not fit, or cannot be described.
    """
    costs = costs_of(run_cfg)
    core = of_chip(run_cfg.chip_name)
    described = describe_network(graph, instances, run_cfg.arith == "lava", core)
    if not described.net.groups and not described.net.connections:
        warnings.warn(
            f"{type(run_cfg).__name__}: no Process of this network has a model for neurocores, so "
            "all of them run on the CPU; use Loihi2SimCfg to say so",
            UserWarning,
            stacklevel=2,
        )
        return None
    board = compile_net(
        described.net,
        chip(run_cfg.chip_name),
        n_chips=run_cfg.n_chips,
        board=run_cfg.board,
        allocator=run_cfg.allocator,
        packing=run_cfg.packing,
        block_shapes=_block_shapes(run_cfg, graph, described),
        strict=run_cfg.strict,
    )
    return Resources(run_cfg, described, board, costs)


def _block_shapes(run_cfg: Any, graph: Graph, described: Described) -> dict[str, Any]:
    """Shapes of blocks by name of the group; a run config may also name the Process itself."""
    groups = {graph.nodes[index].process: made for index, made in described.made.items()}
    named = {made.name: made for made in groups.values()}
    shapes = {}
    for key, shape in run_cfg.block_shapes.items():
        group = named.get(key) if isinstance(key, str) else groups.get(key)
        if not isinstance(group, NeuronGroup):
            known = ", ".join(repr(g.name) for g in described.net.groups)
            raise NcCompileError(f"block_shapes: {key!r} is no neurons on cores; these are {known}")
        shapes[group.name] = shape
    return shapes


def costs_of(run_cfg: Any) -> Costs:
    """Coefficients of time and energy that a run config asks for.

    Raises
    ------
    ValueError
        There are none of that name, or their time is no sum over counts.
    """
    costs = run_cfg.energy
    if not isinstance(costs, Costs):
        name = run_cfg.chip_name if costs == "auto" else costs
        costs = preset(name, time_mode=run_cfg.time_mode, dt_us=run_cfg.dt_us)
    if costs.form != "sum":
        raise ValueError(
            f"energy: the time of a step is no sum over counts in {costs.name!r}; run with "
            "another preset and activity='per_step', and give report.activity.history to "
            "lavajit.neurocore.costs.estimate.estimate"
        )
    return costs
