"""Values of a network against the registers of a chip, and what it asks for against its features.

All that is wrong with a group and its synapses is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavajit.neurocore.arithmetic.weights import WEIGHT_MAX, SignMode
from lavajit.neurocore.chips.figures import Chip, Figure
from lavajit.neurocore.cores.registers import vmax_of_register, vmin_of_register
from lavajit.neurocore.errors import NcCompileError, NcFeatureError, NcValueError
from lavajit.neurocore.plan.groups import LearningNeeds, NeuronGroup, Synapses
from lavajit.neurocore.plan.net import NcNet
from lavajit.neurocore.plan.shortages import short_name

#: Violations of a group that are told.
MOST_LINES = 10
#: Kind of the links that are no synapses: the CPU writes accumulators itself.
ADAPTER = "adapter"

_RANGES_OF_SIGN = {
    SignMode.NULL: (0, 0),
    SignMode.MIXED: (-WEIGHT_MAX - 1, WEIGHT_MAX),
    SignMode.EXCITATORY: (0, WEIGHT_MAX),
    SignMode.INHIBITORY: (-WEIGHT_MAX, 0),
}


class Violation(NamedTuple):
    """What is wrong, and as which error it is raised."""

    error: type[NcCompileError]
    text: str


def legalise(net: NcNet, chip: Chip) -> list[str]:
    """Check all groups and the synapses that reach them.

    Parameters
    ----------
    net : NcNet
    chip : Chip

    Returns
    -------
    list of str
        What exceeds a limit that is only assumed.

    Raises
    ------
    NcValueError, NcFeatureError
        As the first violation of the first group; its message has a line for each, at most ten.
    """
    notes: list[str] = []
    for group in net.groups:
        arriving = [link.synapses for link in net.links if link.target is group]
        arriving = list(dict.fromkeys(arriving))
        found = list(_group(group, chip))
        for synapses in arriving:
            found += _synapses(synapses, chip)
        found += _learning(arriving, chip)
        if found:
            raise found[0].error(_told(found))
        notes += _notes(group, arriving, chip)
    return notes


def violations(made: NeuronGroup | Synapses, chip: Chip) -> list[Violation]:
    """What is wrong with neurons or synapses on their own."""
    check = _group if isinstance(made, NeuronGroup) else _synapses
    return list(check(made, chip))[:MOST_LINES]


def _told(found: list[Violation]) -> str:
    lines = [each.text for each in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append(f"and {len(found) - MOST_LINES} more")
    return "\n".join(lines)


# --- neurons ------------------------------------------------------------------------------


def _group(group: NeuronGroup, chip: Chip) -> Iterator[Violation]:
    name = repr(group.name)
    first_generation = chip.core.threshold_profiles is not None
    core = f"{short_name(chip)}NeuroCore"
    if first_generation and group.compartments is None:
        text = f"{name} runs a neuron program ({group.kind}); {core} has LIF compartments only."
        yield Violation(NcFeatureError, text)
    yield from _message_bits(name, "sends", group.message_bits, chip)
    if group.compartments is not None and (first_generation or group.program is None):
        yield from _compartments(group, chip)


def _message_bits(name: str, verb: str, bits: int, chip: Chip) -> Iterator[Violation]:
    payload = chip.registers.payload_bits
    if bits and payload is None:
        core = f"{short_name(chip)}NeuroCore has binary spikes only."
        text = f"{name} {verb} graded spikes (num_message_bits={bits}); {core}"
        yield Violation(NcFeatureError, text)
    elif payload is not None and bits > payload.value:
        yield Violation(NcValueError, f"{name}.num_message_bits: {bits} > {payload.value}.")


def _compartments(group: NeuronGroup, chip: Chip) -> Iterator[Violation]:
    registers, found = chip.registers, group.compartments
    name = repr(group.name)
    if registers.vth_mantissa and registers.vth_shift:
        shift = registers.vth_shift.value
        low = found.vth & ((1 << shift) - 1)
        reason = f"is no multiple of {1 << shift} (mantissa << {shift})"
        yield from _wrong(f"{name}.vth", found.vth, low != 0, lambda v: f"{v} {reason}")
        yield from _outside(f"{name}.vth: mantissa", found.vth >> shift, registers.vth_mantissa)
    if registers.bias_mantissa and registers.bias_exponent:
        yield from _biases(name, found.bias, registers.bias_mantissa, registers.bias_exponent)
    fields = {"decay_u": registers.decay, "decay_v": registers.decay, "refract": registers.refract}
    for field, figure in fields.items():
        yield from _outside(f"{name}.{field}:", getattr(found, field), figure)
    yield from _core_registers(group, chip)


def _biases(name: str, bias: NDArray, mantissa: Figure, exponent: Figure) -> Iterator[Violation]:
    low, high = mantissa.value
    fits = np.zeros(bias.size, np.bool_)
    for shift in range(exponent.value[0], exponent.value[1] + 1):
        shifted = bias >> shift
        fits |= (shifted << shift == bias) & (shifted >= low) & (shifted <= high)
    reason = f"is no mantissa {low}..{high} << exponent {exponent.value[0]}..{exponent.value[1]}"
    yield from _wrong(f"{name}.bias", bias, ~fits, lambda value: f"{value} {reason}")


def _core_registers(group: NeuronGroup, chip: Chip) -> Iterator[Violation]:
    name, core, registers = repr(group.name), group.core, chip.registers
    if registers.vmin_exponent:
        low, high = registers.vmin_exponent.value
        if core.vmin not in map(vmin_of_register, range(low, high + 1)):
            text = f"{name}.vmin: {core.vmin} is no -2^k + 1 with k in {low}..{high}."
            yield Violation(NcValueError, text)
    if registers.vmax_exponent:
        low, high = registers.vmax_exponent.value
        if core.vmax not in map(vmax_of_register, range(low, high + 1)):
            text = f"{name}.vmax: {core.vmax} is no 2^(9 + 2k) - 1 with k in {low}..{high}."
            yield Violation(NcValueError, text)
    if group.compartments.noise.any():
        exponent = np.array([core.noise_exponent])
        yield from _outside(f"{name}.noise_exponent:", exponent, registers.noise_exponent)


# --- synapses -----------------------------------------------------------------------------


def _synapses(synapses: Synapses, chip: Chip) -> Iterator[Violation]:
    name, registers = repr(synapses.name), chip.registers
    if synapses.kind != ADAPTER:
        yield from _message_bits(name, "receives", synapses.message_bits, chip)
    bits = synapses.bits
    checked = {
        "num_weight_bits": (bits.weight, registers.weight_bits),
        "delay_bits": (bits.delay, registers.delay_bits),
        "tag_bits": (bits.tag, registers.tag_bits),
        "weight_exp": (synapses.weight_exponent, registers.weight_exponent),
    }
    for field, (value, figure) in checked.items():
        yield from _outside(f"{name}.{field}:", np.array([value]), figure)
    low, high = _RANGES_OF_SIGN[synapses.sign_mode]
    signed = Figure((low, high), "range", "", note=synapses.sign_mode.name)
    yield from _outside(f"{name}.weights:", synapses.weights, signed)
    if synapses.delays is not None:
        most = _most_delay(bits.delay, chip)
        where = f"({short_name(chip)}, delay_bits={bits.delay})"
        wrong = synapses.delays > most
        yield from _wrong(
            f"{name}.delays", synapses.delays, wrong, lambda value: f"{value} > {most} {where}"
        )
        negative = synapses.delays < 0
        yield from _wrong(f"{name}.delays", synapses.delays, negative, lambda value: f"{value} < 0")


def _most_delay(bits: int, chip: Chip) -> int:
    """Longest delay that a field of that many bits holds; on Loihi 1 the last code is not used."""
    longest = chip.registers.delay.value[1]
    unused = 2 if chip.core.threshold_profiles is not None else 1
    return max(min(longest, (1 << bits) - unused), 0)


# --- learning -----------------------------------------------------------------------------


def _learning(arriving: list[Synapses], chip: Chip) -> Iterator[Violation]:
    plastic = [(each.name, each.learning) for each in arriving if each.learning is not None]
    epochs = {needs.epoch: name for name, needs in plastic}
    if len(epochs) > 1:
        told = ", ".join(f"{name!r} {epoch}" for epoch, name in epochs.items())
        text = f"learning epochs of a core must be equal: {told}."
        yield Violation(NcValueError, text)
    for name, needs in plastic:
        yield from _outside(f"{name!r}.epoch:", np.array([needs.epoch]), chip.registers.epoch)
    limit = chip.core.pretrace_profiles
    needed = sum(needs.pretraces for _, needs in plastic)
    if limit is not None and needed > limit.value:
        names = ", ".join(repr(name) for name, _ in plastic)
        who = f"group {names} needs" if len(plastic) == 1 else f"groups {names} need"
        text = f"learning {who} {needed} pre-trace configurations, core has {limit.value}."
        yield Violation(NcFeatureError, text)


def _notes(group: NeuronGroup, arriving: list[Synapses], chip: Chip) -> Iterator[str]:
    """What exceeds a limit that nobody has stated: it is told, not refused."""
    rules: list[LearningNeeds] = [each.learning for each in arriving if each.learning is not None]
    used: list[tuple[str, int, Figure | None]] = [
        ("words of learning rules", sum(each.words for each in rules), chip.core.rule_words)
    ]
    state = chip.registers.state_bytes
    if state is not None:
        used.append(("bytes of state per neuron", 8 * group.words, state))
    for what, count, figure in used:
        limit: Any = figure.value if figure is not None else count
        limit = limit[1] if isinstance(limit, tuple) else limit
        if count > limit:
            yield (
                f"group {group.name!r}: {count} {what} > {limit}, a limit that is "
                f"{figure.quality} ({figure.source})"
            )


# --- texts --------------------------------------------------------------------------------


def _outside(what: str, values: NDArray, figure: Figure | None) -> Iterator[Violation]:
    """Values a register cannot hold; a chip without that figure takes all."""
    if figure is None:
        return
    if not figure.unit.startswith("range"):
        allowed = ", ".join(map(str, figure.value))
        wrong = ~np.isin(values, figure.value)
        yield from _wrong(what, values, wrong, lambda value: f"{value} is none of {allowed}")
        return
    low, high = figure.value
    for wrong, sign, limit in ((values > high, ">", high), (values < low, "<", low)):
        yield from _wrong(what, values, wrong, lambda v, s=sign, b=limit: f"{v} {s} {b}")


def _wrong(
    what: str, values: NDArray, wrong: NDArray, told: Callable[[int], str]
) -> Iterator[Violation]:
    """One violation for each different value that is wrong."""
    if not wrong.any():
        return
    lead = what if ":" in what else f"{what}:"
    for value, count in zip(*np.unique(values[wrong], return_counts=True), strict=True):
        some = "" if count == values.size else f" ({count} of {values.size} values)"
        yield Violation(NcValueError, f"{lead} {told(int(value))}.{some}")
