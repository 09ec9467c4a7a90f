"""What the parts of a group take of their cores.

Amounts are arrays with one element for each part, by the name of the limit in the chip's table
(:class:`~lavajit.neurocore.chips.figures.CoreLimits`). What leaves a part depends on how other
groups are split and is counted in :mod:`lavajit.neurocore.plan.traffic`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.chips import delay_compartments
from lavajit.neurocore.chips.figures import Chip
from lavajit.neurocore.memory.row_sharing import interleaved, shared_words
from lavajit.neurocore.memory.synapse_memory import SynapseBits, loihi2_kernel_words
from lavajit.neurocore.memory.synapse_rows import loihi2_words_of_rows, store_rows
from lavajit.neurocore.plan.fans import Fan, Rows, convolution_of, rows_of
from lavajit.neurocore.plan.groups import NeuronGroup
from lavajit.neurocore.plan.splits import Split

Amounts = dict[str, NDArray[np.int64]]


class Tally:
    """Counts what parts of one group take.

    Parameters
    ----------
    group : NeuronGroup
    fans : sequence of Fan
        What arrives at it.
    chip : Chip
    """

    def __init__(self, group: NeuronGroup, fans: Sequence[Fan], chip: Chip) -> None:
        self.group, self.fans, self.chip = group, fans, chip
        self.convolution = convolution_of(group, fans)
        #: The first generation has compartments with profiles, the second neurons with programs.
        self.has_profiles = chip.core.threshold_profiles is not None
        self.limits = {name: figure.value for name, figure in chip.core.items()}
        if self.has_profiles:
            bits = max((fan.synapses.bits.delay for fan in fans), default=0)
            self.limits["neurons"] = min(self.limits["neurons"], delay_compartments(bits))

    def amounts(self, split: Split) -> tuple[Amounts, list[Rows]]:
        """What each part takes, and the rows of each fan."""
        return self._loihi1(split) if self.has_profiles else self._loihi2(split)

    def exceeded(self, amounts: Mapping[str, NDArray]) -> list[str]:
        """Limits that one part or more exceed."""
        return [name for name, used in amounts.items() if used.max() > self.limits[name]]

    # --- Loihi 1 ----------------------------------------------------------------------

    def _loihi1(self, split: Split) -> tuple[Amounts, list[Rows]]:
        parts = split.parts
        amounts = self._compartments(split)
        for name in ("axons_in", "synapse_words", "words_per_list", "synapse_formats"):
            amounts[name] = np.zeros(parts, np.int64)
        plastic = {fan.synapses: fan.synapses.learning for fan in self.fans}
        configurations = sum(needs.pretraces for needs in plastic.values() if needs)
        amounts["pretrace_profiles"] = np.full(parts, configurations)
        local = interleaved(self.convolution, split) if self.convolution else None
        share = max(self.limits["synapse_formats"] // max(len(self.fans), 1), 1)
        rows_of_fans = []
        for fan in self.fans:
            shared = fan.synapses.convolution is not None and local is not None
            rows = rows_of(fan, split, local if shared else None)
            rows_of_fans.append(rows)
            amounts["axons_in"] += fan.slots * _axons(fan, rows, parts)
            if shared:
                words, longest, formats, bases = shared_words(
                    fan, rows, parts, share, self.limits["base_groups"]
                )
                amounts["base_groups"] = amounts.get("base_groups", 0) + bases
            else:
                bits = fan.synapses.bits
                stored = store_rows(rows.row, rows.target, rows.part, parts, bits, share)
                words = np.bincount(rows.part, stored.words, parts).astype(np.int64)
                longest = np.zeros(parts, np.int64)
                np.maximum.at(longest, rows.part, stored.words)
                formats = stored.formats
            amounts["synapse_words"] += words
            amounts["synapse_formats"] += formats
            np.maximum(amounts["words_per_list"], longest, out=amounts["words_per_list"])
        return amounts, rows_of_fans

    def _compartments(self, split: Split) -> Amounts:
        amounts: Amounts = {"neurons": split.sizes * self.group.per_neuron}
        registers = self.group.compartments
        if registers is None:
            return amounts | {"groups": np.ones(split.parts, np.int64)}
        of_profile = ("decay_u", "decay_v", "refract", "noise")
        profiles = np.stack([getattr(registers, name) for name in of_profile])
        amounts["groups"] = _kinds(profiles, split)
        amounts["threshold_profiles"] = _kinds(registers.vth[None], split)
        return amounts

    # --- Loihi 2 ----------------------------------------------------------------------

    def _loihi2(self, split: Split) -> tuple[Amounts, list[Rows]]:
        parts = split.parts
        amounts: Amounts = {
            "axons_in": np.zeros(parts, np.int64),
            "groups": np.ones(parts, np.int64),
            "neurons": split.sizes.astype(np.int64),
            "synapse_words": np.zeros(parts, np.int64),
        }
        rows_of_fans = []
        for fan in self.fans:
            rows = rows_of(fan, split)
            rows_of_fans.append(rows)
            if fan.synapses.convolution is not None:
                # Who sends decides whether it is one axon or two; see traffic.
                amounts["synapse_words"] += self._kernel_words(fan, split)
                continue
            amounts["axons_in"] += _axons(fan, rows, parts)
            words = loihi2_words_of_rows(rows.length, fan.synapses.bits)
            amounts["synapse_words"] += np.bincount(rows.part, words, parts).astype(np.int64)
        amounts["total_words"] = sum(amounts.values())
        return amounts, rows_of_fans

    def _kernel_words(self, fan: Fan, split: Split) -> NDArray[np.int64]:
        """Words of a convolution's kernel, for the output channels that a part has."""
        channels = fan.synapses.convolution.output_shape[-1]
        pairs = np.unique(split.part * channels + np.arange(split.part.size) % channels)
        here = np.bincount(pairs // channels, minlength=split.parts)
        return np.array([kernel_words(fan, int(n)) for n in here], np.int64)


def kernel_words(fan: Fan, channels: int) -> int:
    """Words of a convolution on Loihi 2 with that many output channels on the core."""
    bits: SynapseBits = fan.synapses.bits
    taps = int(np.prod(fan.synapses.convolution.kernel))
    return loihi2_kernel_words(taps, channels, bits.weight + bits.delay)


def most_inputs(fans: Sequence[Fan], n: int) -> NDArray[np.int64]:
    """Input axons that each of n neurons would need on a core of its own."""
    needed = np.zeros(n, np.int64)
    for fan in fans:
        for link in fan.links:
            heard = fan.neurons[link.inputs[fan.inputs] >= 0]
            needed += fan.slots * np.bincount(heard, minlength=n)
    return needed


def _axons(fan: Fan, rows: Rows, parts: int) -> NDArray[np.int64]:
    """Inputs that reach each part; each source that sends to them has an axon of its own."""
    heard = [link.inputs[rows.input] >= 0 for link in fan.links]
    return sum(np.bincount(rows.part[each], minlength=parts) for each in heard)


def _kinds(values: NDArray, split: Split) -> NDArray[np.int64]:
    """Different columns of `values` in each part."""
    kind = np.unique(values, axis=1, return_inverse=True)[1].ravel()
    span = int(kind.max()) + 1
    return np.bincount(np.unique(split.part * span + kind) // span, minlength=split.parts)
