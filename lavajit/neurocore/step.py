"""Running a network on neurocores, step by step, natively.

One step is a list of kernel calls that the engine's native loop walks: first every spike of the
step before is delivered, on all cores, then the cores compute. Results therefore do not depend on
the order of cores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lavajit.compiler.arena import CONTROL_WORDS, STEPS_LEFT, TIME_STEP
from lavajit.compiler.work import CALL, END
from lavajit.neurocore import kernels
from lavajit.neurocore.checks import whole_number
from lavajit.neurocore.description import (
    CoreNetwork,
    OutputAxons,
    Population,
    SpikeSource,
    atoms_of,
    axons_of,
)
from lavajit.neurocore.plasticity import PlasticGroup, Plasticity
from lavajit.neurocore.registers import DECAY_UNITY, CoreRegisters
from lavajit.runtime.assemble import builtin_kernel
from lavajit.runtime.loop import native_loop
from lavajit.runtime.table import ADDRESS, BLOCK, OPERATION, new_table

#: Spreads the seeds of cores.
SEED_STRIDE = 0x9E3779B1
WORD32 = 0xFFFFFFFF


@dataclass(frozen=True, eq=False)
class CoreTrace:
    """State of all compartments after each step, populations side by side.

    Attributes
    ----------
    q, u, v : ndarray of int32, shape (steps, n)
        Input after its wrap (with noise of the current), current and voltage.
    spikes : ndarray of bool, shape (steps, n)
    """

    q: np.ndarray
    u: np.ndarray
    v: np.ndarray
    spikes: np.ndarray


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

    Raises
    ------
    TypeError, ValueError
        `noise` or `seed` are not as stated.

    Examples
    --------
    >>> from lavajit.neurocore.description import Compartments, CoreNetwork, Population
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
    ):
        self.network = network
        self._noise = None if noise is None else _checked_noise(noise, network.n)
        self._seed = whole_number("seed", seed, -(2**31), 2**31 - 1) & WORD32
        self._plasticity = Plasticity(network, self._seed, uniforms)
        self._control = np.zeros(CONTROL_WORDS + 1, np.int64)
        self._step = self._control[TIME_STEP : TIME_STEP + 1]
        self._keep: list[object] = []
        self._deliveries: list[tuple[int, int]] = []
        self._updates: list[tuple[int, int]] = []
        self._state = {name: np.zeros(network.n, np.int32) for name in "quv"}
        self._state["spikes"] = np.zeros(network.n, np.bool_)
        ends = np.cumsum([p.n for p in network.populations])
        self._parts = [
            slice(end - p.n, end) for p, end in zip(network.populations, ends, strict=True)
        ]
        self._registers = [_register_words(p) for p in network.populations]
        self._sums = [np.zeros((_slots(p), p.n), np.int64) for p in network.populations]
        self._lists = [_event_lists(sender) for sender, _ in network.senders()]
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
        self, steps: int, errors: Mapping[tuple[int, int], np.ndarray] | None = None
    ) -> CoreTrace:
        """Run a number of steps, from where the last run has ended.

        Parameters
        ----------
        steps : int
        errors : mapping, if there are plastic groups
            By numbers of population and synapse group: errors of each step, -127..127, shape
            (steps, n / 2).

        Raises
        ------
        TypeError, ValueError
            `steps` is no whole number from 0 on, or errors or recorded numbers
            do not fit.
        """
        steps = whole_number("steps", steps, 0, 2**31 - 1)
        if self._noise is not None and self.step + steps > len(self._noise):
            raise ValueError(
                f"noise: {len(self._noise)} steps are recorded, {self.step + steps} are needed"
            )
        n = self.network.n
        trace = CoreTrace(
            *(np.zeros((steps, n), np.int32) for _ in "quv"), np.zeros((steps, n), np.bool_)
        )
        learning = self._plasticity.arrays(self.step + 1, steps, errors or {})
        if steps:
            self._run(steps, trace, learning)
        return trace

    def _run(self, steps: int, trace: CoreTrace, learning: list[dict[str, np.ndarray]]) -> None:
        records = {"q_record": trace.q, "u_record": trace.u, "v_record": trace.v}
        first = np.array([self.step + 1], np.int64)
        arrays = self._state | records | {"spike_record": trace.spikes, "first": first}
        keep = [self._kernel(kernels.LearnErrors, group) for group in learning]
        keep.append(self._kernel(kernels.Record, arrays))
        own = [(kernel.address, block.ctypes.data) for kernel, block in keep]
        rows = [*self._deliveries, *own[:-1], *self._updates, own[-1]]
        table = new_table(len(rows) + 1)
        table[:-1, OPERATION] = CALL
        table[:-1, [ADDRESS, BLOCK]] = rows
        table[-1, OPERATION] = END
        self._control[STEPS_LEFT] = steps
        native_loop()(self._control.ctypes.data, table.ctypes.data)

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

    def _add(self, rows: list, kernel: type, arrays: dict[str, np.ndarray]) -> None:
        compiled, block = self._kernel(kernel, arrays)
        self._keep += [compiled, block, arrays]
        rows.append((compiled.address, block.ctypes.data))

    def _add_delivery(self, sender, axons: OutputAxons, lists: dict[str, np.ndarray]) -> None:
        group, target = self.network.group(axons), axons.population
        delays = np.empty(0, np.int32) if group.delays is None else group.delays
        arrays = {
            "events": lists["events"],
            "count": lists["count"],
            "axons": axons_of(sender, axons),
            "atoms": atoms_of(sender, axons),
            "rows": group.axon_rows * np.int32(group.n_atoms),
            "bases": group.bases,
            "pointers": group.pointers,
            "targets": group.targets,
            "weights": group.weights,
            "delays": delays,
            "sums": self._sums[target],
            "registers": self._registers[target],
            "n": np.array([self.network.populations[target].n], np.int64),
        }
        plastic = self.plastic.get((target, axons.group))
        if plastic is not None:
            arrays["weights"] = plastic.weights
            self._add(self._deliveries, kernels.MarkAxons, arrays | {"spiked": plastic.spiked})
        if group.exponent is None:
            self._add(self._deliveries, kernels.Deliver, arrays)
        else:
            exponent = np.array([group.exponent], np.int64)
            graded = {"payloads": lists["payloads"], "exponent": exponent}
            self._add(self._deliveries, kernels.DeliverGraded, arrays | graded)

    def _add_compartments(self, index: int) -> None:
        population, part = self.network.populations[index], self._parts[index]
        cells, core, n = population.compartments, population.core, population.n
        noise = {name: np.zeros(n, np.int64) for name in ("noise_u", "noise_v")}
        if cells.noise.any():
            recorded = np.empty(0, np.int32) if self._noise is None else self._noise[:, part].copy()
            state = np.array([core_seed(self._seed, index)], np.int64)
            arrays = {"enabled": cells.noise, "recorded": recorded, "state": state}
            self._add(
                self._updates, kernels.Noise, arrays | noise | {"registers": self._registers[index]}
            )
        state = {name: array[part] for name, array in self._state.items()}
        state["u"][:], state["v"][:] = cells.u, cells.v
        registers = {
            "keep_u": DECAY_UNITY - core.current_offset - cells.decay_u,
            "keep_v": DECAY_UNITY - core.voltage_offset - cells.decay_v,
            "vth": cells.vth,
            "bias": cells.bias,
            "refract": cells.refract,
            "registers": self._registers[index],
        }
        lists = {name: self._lists[index][name] for name in ("events", "count")}
        own = {"refractory": np.zeros(n, np.int32), "sums": self._sums[index]}
        self._add(self._updates, kernels.Compartments, state | registers | noise | lists | own)

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


def core_seed(seed: int, core: int) -> int:
    """First state of the noise generator of a core, never 0."""
    return ((seed ^ core * SEED_STRIDE) & WORD32) or 1


def _checked_noise(noise: np.ndarray, n: int) -> np.ndarray:
    noise = np.asarray(noise)
    if noise.ndim != 2 or noise.shape[1] != n or not np.issubdtype(noise.dtype, np.integer):
        got = f"{noise.dtype} of shape {noise.shape}"
        raise ValueError(f"noise: expected whole numbers of shape (steps, {n}), got {got}")
    if noise.size and np.abs(noise).max() > 127:
        raise ValueError(f"noise: {noise.min()}..{noise.max()} is not in -127..127")
    return noise.astype(np.int32)


def _register_words(population: Population) -> np.ndarray:
    core: CoreRegisters = population.core
    words = np.zeros(kernels.REGISTERS, np.int64)
    words[kernels.VMIN], words[kernels.VMAX] = core.vmin, core.vmax
    words[kernels.WIDTH_INPUT], words[kernels.WIDTH_CURRENT] = core.input_bits, core.current_bits
    words[kernels.RING_MASK] = _slots(population) - 1
    words[kernels.NOISE_EXPONENT] = core.noise_exponent
    words[kernels.NOISE_OFFSET] = core.noise_offset
    words[kernels.NOISE_AT_MEMBRANE] = core.noise_at_membrane
    return words


def _slots(population: Population) -> int:
    """Slots of the ring of accumulators."""
    return 1 << max((group.delay_bits for group in population.synapses), default=0)


def _event_lists(sender: Population | SpikeSource) -> dict[str, np.ndarray]:
    """Room for the spikes of one step."""
    room = sender.n
    if isinstance(sender, SpikeSource):
        room = max(np.unique(sender.times, return_counts=True)[1], default=0)
    arrays = {"events": np.zeros(room, np.int64), "count": np.zeros(1, np.int64)}
    return arrays | {"payloads": np.zeros(room, np.int32)}
