"""Running a network on neurocores, step by step, natively.

One step is a list of kernel calls that the engine's native loop walks: first every spike of the
step before is delivered, on all cores, then the cores compute. Results therefore do not depend on
the order of cores.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, TIME_STEP
from lavajit.model.threads import checked_threads
from lavajit.neurocore.checks import whole_number
from lavajit.neurocore.cores import kernels, tree_kernels
from lavajit.neurocore.cores.delivery import event_lists, ring_slots, spans_of, synapse_tables
from lavajit.neurocore.cores.description import (
    CoreNetwork,
    OutputAxons,
    SpikeSource,
    axons_of,
)
from lavajit.neurocore.cores.plasticity import PlasticGroup, Plasticity
from lavajit.neurocore.cores.registers import DECAY_UNITY
from lavajit.neurocore.cores.rows import Row, StepTable
from lavajit.neurocore.cores.running import CoreTotals, CoreTrace, walk
from lavajit.neurocore.cores.step_tables import WORD32, checked_noise, core_seed, register_words
from lavajit.neurocore.cores.trees import children_of
from lavajit.runtime.assemble import builtin_kernel
from lavajit.runtime.crew import Crew


class CoreRunner:
    """Runs a network on neurocores.

    In step t every core reads the sums that spikes of step t - 1 left in its accumulators:
    ``q = wrap(sums + noise, 21)``, ``u = wrap(decay(u) + q, 23)``,
    ``v = clip(decay(v) + wrap(u + bias, 23), vmin, vmax)``, and spikes where ``v > vth``.

    Parameters
    ----------
    network : CoreNetwork
    noise : ndarray of int, shape (steps, n), optional
        Raw noise, -127..127, instead of generated numbers; row 0 is for the first step.
    seed : int
        Of the generators of noise, one per core, and of stochastic rounding. They are ours: the
        chip's are not public.
    uniforms : ndarray of float, optional
        Numbers that stochastic rounding takes, in the order of use, instead of generated ones: in
        each epoch one per axon of a plastic group for traces, then one per synapse.
    threads : int
        Cores are divided among them; no number depends on it. At most one for each core.

    Raises
    ------
    TypeError, ValueError
        `noise` or `seed` are not as stated.

    Examples
    --------
    >>> from lavajit.neurocore.cores.description import Compartments, CoreNetwork, Population
    >>> cell = Population("cell", Compartments(1, vth=640, decay_u=4095, bias=300))
    >>> CoreRunner(CoreNetwork([cell])).run(4).v[:, 0]
    array([300, 600,   0, 300], dtype=int32)
    """

    def __init__(
        self,
        network: CoreNetwork,
        noise: np.ndarray | None = None,
        seed: int = 0,
        uniforms: np.ndarray | None = None,
        threads: int = 1,
    ):
        self.network = network
        self._noise = None if noise is None else checked_noise(noise, network.n)
        self._seed = whole_number("seed", seed, -(2**31), 2**31 - 1) & WORD32
        self._plasticity = Plasticity(network, self._seed, uniforms)
        self._control = np.zeros(CONTROL_WORDS + 1, np.int64)
        self.threads = min(checked_threads(threads, "threads"), len(network.populations))
        self._crew = Crew(self._control, self.threads) if self.threads > 1 else None
        self._step = self._control[TIME_STEP : TIME_STEP + 1]
        self._keep: list[object] = []
        self._deliveries: list[Row] = []
        self._updates: list[Row] = []
        self._state = {name: np.zeros(network.n, np.int32) for name in "quv"}
        self._state["spikes"] = np.zeros(network.n, np.bool_)
        ends = np.cumsum([p.n for p in network.populations])
        self._parts = [
            slice(end - p.n, end) for p, end in zip(network.populations, ends, strict=True)
        ]
        self._registers = [register_words(p) for p in network.populations]
        self._sums = [np.zeros((ring_slots(p), p.n), np.int32) for p in network.populations]
        self._synapses = synapse_tables(network)
        self._lists = [event_lists(sender) for sender, _ in network.senders()]
        self._add_rows()

    @property
    def step(self) -> int:
        """Steps done so far."""
        return int(self._step[0])

    @property
    def plastic(self) -> dict[tuple[int, int], PlasticGroup]:
        """Weights and traces of plastic groups, by numbers of population and synapse group."""
        return self._plasticity.groups

    def run(
        self,
        steps: int,
        errors: Mapping[tuple[int, int], np.ndarray] | None = None,
        record: bool = True,
    ) -> CoreTrace | CoreTotals:
        """Run a number of steps, from where the last run has ended.

        Ctrl-C ends it after the step at hand: `step` says where, and one may go on from there.

        Parameters
        ----------
        steps : int
        errors : mapping, if there are plastic groups
            By numbers of population and synapse group: errors of each step, -127..127, shape
            (steps, n / 2).
        record : bool
            Return the state after each step; if not, spike counts and the last state only, which
            is quicker and takes no memory that grows with the steps.

        Raises
        ------
        TypeError, ValueError
            `steps` is no whole number from 0 on, or errors or recorded numbers
            do not fit.
        KeyboardInterrupt
            Ctrl-C.
        """
        steps = whole_number("steps", steps, 0, 2**31 - 1)
        if self._noise is not None and self.step + steps > len(self._noise):
            raise ValueError(
                f"noise: {len(self._noise)} steps are recorded, {self.step + steps} are needed"
            )
        learning = self._plasticity.arrays(self.step + 1, steps, errors or {})
        result, last = self._recording(steps) if record else self._counting()
        if steps:
            self._run(steps, last, learning)
        if not record:
            for name, array in self._state.items():
                getattr(result, name)[:] = array
        return result

    def _recording(self, steps: int) -> tuple[CoreTrace, tuple]:
        """An empty trace, and what fills it at the end of each step."""
        shape = steps, self.network.n
        q, u, v = (np.zeros(shape, np.int32) for _ in "quv")
        trace = CoreTrace(q, u, v, np.zeros(shape, np.bool_))
        arrays = {"q_record": q, "u_record": u, "v_record": v, "spike_record": trace.spikes}
        arrays |= self._state | {"first": np.array([self.step + 1], np.int64)}
        return trace, (*self._kernel(kernels.Record, arrays), arrays)

    def _counting(self) -> tuple[CoreTotals, tuple]:
        """Totals, and what counts spikes at the end of each step."""
        counts = np.zeros(self.network.n, np.int64)
        totals = CoreTotals(**{k: a.copy() for k, a in self._state.items()}, counts=counts)
        arrays = {"spikes": self._state["spikes"], "counts": counts}
        return totals, (*self._kernel(kernels.CountSpikes, arrays), arrays)

    def _run(self, steps: int, last: tuple, learning: list[dict[str, np.ndarray]]) -> None:
        keep = [self._kernel(kernels.LearnErrors, group) for group in learning]
        keep.append(last)
        own = [Row(kernel.address, block.ctypes.data) for kernel, block, *_ in keep]
        program = StepTable(self.threads, len(self._parts))
        for rows in (self._deliveries, own[:-1], self._updates, own[-1:]):
            program.add(rows)
        walk(self._control, program.finish(), steps, self._crew)

    def _kernel(self, kernel: type, arrays: dict[str, np.ndarray]) -> tuple:
        return builtin_kernel(kernel, arrays | {"step": self._step})

    # --- what a step consists of ------------------------------------------------------------------

    def _add_rows(self) -> None:
        senders = [sender for sender, _ in self.network.senders()]
        for sender, lists in zip(senders, self._lists, strict=True):
            for axons in sender.axons:
                self._add_delivery(sender, axons, lists)
        for index in range(len(self.network.populations)):
            self._add_compartments(index)
        for sender, lists in zip(senders, self._lists, strict=True):
            if isinstance(sender, SpikeSource):
                self._add_source(sender, lists)

    def _add(self, rows: list[Row], kernel: type, arrays: dict, core: int | None = None) -> None:
        compiled, block = self._kernel(kernel, arrays)
        self._keep += [compiled, block, arrays]
        rows.append(Row(compiled.address, block.ctypes.data, core))

    def _add_delivery(self, sender, axons: OutputAxons, lists: dict[str, np.ndarray]) -> None:
        group, target = self.network.group(axons), axons.population
        arrays = {
            "events": lists["events"],
            "count": lists["count"],
            "spans": spans_of(sender, axons, group),
            "delayed": np.array([group.delays is not None], np.int64),
            "sums": self._sums[target],
            "registers": self._registers[target],
            "n": np.array([self.network.populations[target].n], np.int64),
        } | self._synapses[target, axons.group]
        plastic = self.plastic.get((target, axons.group))
        if plastic is not None:
            arrays["weights"] = plastic.weights
            mark = {"axons": axons_of(sender, axons), "bases": group.bases}
            mark |= {"spiked": plastic.spiked} | arrays
            self._add(self._deliveries, kernels.MarkAxons, mark, target)
        kernel = kernels.Deliver if "synapses" in arrays else kernels.DeliverWide
        if group.exponent is not None:
            kernel = kernels.DeliverGraded
            exponent = np.array([group.exponent], np.int64)
            arrays |= {"payloads": lists["payloads"], "exponent": exponent}
        self._add(self._deliveries, kernel, arrays, target)

    def _add_compartments(self, index: int) -> None:
        population, part = self.network.populations[index], self._parts[index]
        cells, core = population.compartments, population.core
        drive = cells.bias
        if cells.noise.any():
            recorded = np.empty(0, np.int32) if self._noise is None else self._noise[:, part].copy()
            state = np.array([core_seed(self._seed, index)], np.int64)
            drive = cells.bias.copy()
            arrays = {"enabled": cells.noise, "recorded": recorded, "state": state}
            arrays |= {"drive": drive, "bias": cells.bias, "sums": self._sums[index]}
            arrays["registers"] = self._registers[index]
            self._add(self._updates, kernels.Noise, arrays, index)
        state = {name: array[part] for name, array in self._state.items()}
        state["u"][:], state["v"][:] = cells.u, cells.v
        registers = {
            "keep_u": (DECAY_UNITY - core.current_offset - cells.decay_u).astype(np.uint32),
            "keep_v": (DECAY_UNITY - core.voltage_offset - cells.decay_v).astype(np.uint32),
            "vth": cells.vth,
            "drive": drive,
            "refract": cells.refract,
            "registers": self._registers[index],
        }
        lists = {name: self._lists[index][name] for name in ("events", "count")}
        own = {"refractory": np.zeros(population.n, np.int32), "sums": self._sums[index]}
        arrays = state | registers | lists | own
        kernel = kernels.Compartments
        if cells.has_trees:
            first, second = children_of(cells.parents)
            tree = {"first": first, "second": second, "passed": np.zeros(population.n, np.int64)}
            arrays |= tree | {"join": cells.join, "on_threshold": cells.on_threshold}
            kernel = tree_kernels.TreeCompartments
        self._add(self._updates, kernel, arrays, index)

    def _add_source(self, source: SpikeSource, lists: dict[str, np.ndarray]) -> None:
        binary = source.payloads is None
        values = np.ones(source.times.size, np.int32) if binary else source.payloads
        early = int(np.searchsorted(source.times, 1))
        lists["events"][:early] = source.indices[:early]
        lists["payloads"][:early] = values[:early]
        lists["count"][0] = early
        arrays = {"times": source.times, "indices": source.indices, "values": values}
        self._add(
            self._updates,
            kernels.HostSpikes,
            arrays | lists | {"cursor": np.array([early], np.int64)},
        )
