"""A network of Processes on cores: planned before the first step, metered while it runs.

The engine asks the run config for this object, appends its rows to the step program, and tells it
of runs. What has been counted is in `Activity`; `report` tells it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.compiler.arena import TIME_STEP, Layout
from lavajit.compiler.channels import Channel, Channels
from lavajit.compiler.graph import Connection
from lavajit.compiler.instances import Instance
from lavajit.compiler.schedule import Schedule
from lavajit.compiler.work import ClosingWork
from lavajit.neurocore.chips.spikes import MESSAGES, spike_type
from lavajit.neurocore.costs.mesh import route, tiles_used
from lavajit.neurocore.costs.model import Costs
from lavajit.neurocore.metering import meters
from lavajit.neurocore.metering.activity import Activity
from lavajit.neurocore.metering.quiet import Quiet
from lavajit.neurocore.plan.board import NcBoard
from lavajit.neurocore.plan.groups import Link, NeuronGroup, Synapses
from lavajit.neurocore.plan.links import Described
from lavajit.neurocore.plan.setting import admit

#: Steps that are counted between two breaks of the native loop, at most, and numbers that the
#: counts of single steps take.
MOST_STEPS, MOST_COUNTS = 4096, 1 << 22


class Resources:
    """A network on cores, and what they do.

    Parameters
    ----------
    run_cfg : AbstractLoihiHWRunCfg
    described : Described
        What the models have described.
    board : NcBoard
        Where it is.
    costs : Costs
        Coefficients of time and energy.

    Attributes
    ----------
    board : NcBoard
    costs : Costs
        Coefficients of time and energy.
    activity : Activity
        What has been counted.
    """

    def __init__(self, run_cfg: Any, described: Described, board: NcBoard, costs: Costs):
        self.run_cfg, self.board = run_cfg, board
        self.costs = costs
        self.activity = Activity(len(board.cores), run_cfg.activity == "per_step")
        self._described = described
        cores = len(board.cores)
        room = max(2, min(MOST_STEPS, MOST_COUNTS // (max(cores, 1) * meters.CORE)))
        kept = room if run_cfg.activity == "per_step" else 0
        self._used = np.zeros(1, np.int64)
        self._counts = {
            "now": np.zeros((cores, meters.CORE), np.int64),
            "mesh": np.zeros(meters.MESH, np.int64),
            "longest": np.zeros(1),
        }
        self._steps = np.zeros((room, meters.STEP_NUMBERS))
        self._history = np.zeros((kept, cores, meters.CORE), np.int64)
        self._quiet: list[Quiet] = []

    @property
    def report(self) -> Any:
        """Resources, activity, time and energy so far; see :class:`NcReport`."""
        from lavajit.neurocore.report.report import NcReport

        return NcReport(self.board, self.costs, self.activity)

    # --- rows of the step program -----------------------------------------------------

    def closing_work(self, schedule: Schedule, channels: Channels) -> list[ClosingWork]:
        """Rows that count what happens in each time step; none if nothing is to be counted."""
        if self.run_cfg.activity is None or not self.board.cores:
            return []
        work: list[ClosingWork] = []
        for index, made in self._described.made.items():
            if isinstance(made, NeuronGroup):
                work.append(self._group_work(index, made, channels))
            elif isinstance(made, Synapses) and made.learning is not None:
                work.append(self._learning_work(made))
        for index, group in self._described.readouts.items():
            work.append(self._group_work(index, group, channels))
        for link, arriving in zip(self.board.net.links, self._described.arriving, strict=True):
            work.append(self._link_work(link, arriving, schedule, channels))
        work.append(ClosingWork("time and energy of the step", self._bind_close))
        return work

    def _group_work(self, index: int, group: NeuronGroup, channels: Channels) -> ClosingWork:
        quiet = Quiet(group)
        self._quiet.append(quiet)
        sent = channels.outlets.get((index, "s_out")) or channels.outlets[index, "a_out"]
        heard = [
            inlet.channel
            for (node, port), inlet in channels.inlets.items()
            if node == index and inlet.channel.size == sent.size and port.startswith("a_in")
        ]
        home = self.board.home(group)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(home)) + 1, [group.n]])
        program = group.program
        runs_programs = self.board.chip.registers.state_bytes is not None
        ops = program.longest_path if program is not None and runs_programs else 0
        arrays = {
            "now": self._counts["now"],
            "starts": starts,
            "cores": home[starts[:-1]],
            "ops": np.array([ops], np.int64),
        }

        def bind(layout: Layout) -> tuple[type, dict[str, np.ndarray]]:
            quiet.find(layout, index)
            arrived = [layout.channels[channel].data for channel in heard]
            arrived += [np.zeros(0, np.bool_)] * (meters.INPUTS - len(arrived))
            messages = {f"arrived{k}": each for k, each in enumerate(arrived)}
            messages["sent"] = layout.channels[sent].data
            return meters.CountGroup, arrays | messages | quiet.arrays

        return ClosingWork(f"activity of {group.name}", bind)

    def _learning_work(self, synapses: Synapses) -> ClosingWork:
        plastic = np.zeros(len(self.board.cores), np.int64)
        for link in self.board.net.links:
            if link.synapses is synapses:
                there = self.board.destinations(link)
                np.add.at(plastic, there.cores, there.synapses)
        epoch = np.array([synapses.learning.epoch], np.int64)
        arrays = {"plastic": plastic, "epoch": epoch, "now": self._counts["now"]}
        return ClosingWork(
            f"learning of {synapses.name}",
            lambda layout: (
                meters.CountLearning,
                arrays | {"step": layout.control[TIME_STEP : TIME_STEP + 1]},
            ),
        )

    def _link_work(
        self, link: Link, arriving: Connection, schedule: Schedule, channels: Channels
    ) -> ClosingWork:
        board = self.board
        sender = arriving.source.index
        if sender in schedule.coroutines:
            # What such a Process sends lies in queues; it is counted where it arrives.
            sent = channels.inlets[arriving.target.index, arriving.target_port.name].channel
            there = board.destinations(link, by_input=True)
        else:
            sent = channels.outlets[sender, arriving.source_port.name]
            there = board.destinations(link)
        n = there.pointers.size - 1
        home = np.full(n, -1, np.int32)
        routes, duration = np.zeros((n, meters.MESH), np.int64), np.zeros(n)
        if isinstance(link.source, NeuronGroup):
            home = board.home(link.source)
            places = board.places
            senders = np.repeat(np.arange(n), np.diff(there.pointers))
            passed = route(board.chip, places[home[senders]], places[there.cores])
            np.add.at(routes, senders, passed)
            np.maximum.at(duration, senders, passed @ self.costs.network_time)
        messages = MESSAGES[spike_type(link.synapses.message_bits)].value
        arrays = self._counts | {
            "home": home,
            "pointers": there.pointers,
            "cores": there.cores,
            "synapses": there.synapses,
            "routes": routes,
            "duration": duration,
            "packets": np.array([messages], np.int64),
        }
        return ClosingWork(
            f"messages from {link.source.name} to {link.target.name}",
            lambda layout: (meters.CountMessages, arrays | _found(layout, sent)),
        )

    def _bind_close(self, layout: Layout) -> tuple[type, dict[str, np.ndarray]]:
        tiles = tiles_used(self.board.chip, self.board.places)
        arrays = {
            "coefficients": self.costs.vector(tiles, self.board.chips),
            "parts": meters.PARTS,
            "totals": self.activity.counts,
            "mesh_totals": self.activity.mesh,
            "steps": self._steps,
            "history": self._history,
            "used": self._used,
            "control": layout.control,
        }
        return meters.Close, self._counts | arrays

    # --- Vars that are set ------------------------------------------------------------

    def holds(self, instance: Instance) -> bool:
        """True if the Process is on cores."""
        return instance.node.index in self._described.made

    def admit(self, instance: Instance, layout: Layout, name: str, value: Any) -> Any:
        """What cores hold of the value that a Var is to be set to; NcValueError if they cannot."""
        made = self._described.made[instance.node.index]
        return admit(self.board.net, made, self.board.chip, instance, layout, name, value)

    # --- runs -------------------------------------------------------------------------

    def begin(self) -> None:
        """Before the first step of a run: Vars may have been set since the last one."""
        for quiet in self._quiet:
            quiet.renew()

    def relieve(self) -> None:
        """Between two steps: take what has been counted."""
        used = int(self._used[0])
        if used:
            self.activity.add(self._steps[:used], self._history[:used])
            self._used[0] = 0

    def end(self) -> None:
        """After the last step of a run, or when it has failed."""
        self.relieve()
        asking = [each for each in self.run_cfg.callback_fxs if hasattr(each, "take_report")]
        report = self.report if asking else None
        for callback in asking:
            callback.take_report(report)


def _found(layout: Layout, channel: Channel) -> dict[str, np.ndarray]:
    """Fields of a kernel that lists the spikes in a channel."""
    sent = layout.channels[channel].data
    return {"sent": sent, "found": np.zeros(sent.size, np.int64)}
