"""Subtractive reset on a core whose neurons reset to zero: two compartments a neuron.

A neuron that spikes keeps its voltage and sends itself a synapse whose weight is near its
threshold. The synapse ends at a compartment of its own that has no memory and passes the weight on,
because in the neuron itself the current's decay would spread it over many steps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lavajit.neurocore.arithmetic.weights import WEIGHT_MAX
from lavajit.neurocore.chips import LOIHI1
from lavajit.neurocore.cores.description import OutputAxons, Population, atoms_of, axons_of
from lavajit.neurocore.cores.registers import DECAY_UNITY, Compartments, CoreRegisters
from lavajit.neurocore.cores.synapses import SynapseGroup
from lavajit.neurocore.cores.trees import Join, OnThreshold
from lavajit.neurocore.errors import NcCompileError, NcValueError

_REGISTERS = LOIHI1.registers
#: Greatest exponent of a stored weight, and the shift of thresholds and effective weights.
MOST_EXPONENT = _REGISTERS.weight_exponent.value[1]
SHIFT = _REGISTERS.vth_shift.value
#: Greatest decay that a register holds.
MOST_DECAY = _REGISTERS.decay.value[1]


def reset_weights(vth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mantissas and exponents of the weights that stand for thresholds.

    With the threshold's mantissa m = vth / 64, the exponent is e = max(0, ceil(log2(m / 256))), the
    mantissa min(255, round(m / 2^e)); rounding is half to even.

    Parameters
    ----------
    vth : array of int, shape (n,)
        Thresholds, multiples of 64 on the chip.

    Returns
    -------
    mantissas, exponents : ndarray of int64, shape (n,)
        The synapse subtracts ``mantissa << exponent << 6``.

    Raises
    ------
    NcValueError
        A threshold's mantissa is below 1, or its exponent would be above 7.

    Examples
    --------
    >>> [values.tolist() for values in reset_weights(np.array([6400, 16384, 640000]))]
    [[100, 255, 156], [0, 0, 6]]
    """
    threshold = np.asarray(vth, np.int64) / (1 << SHIFT)
    most = WEIGHT_MAX + 1 << MOST_EXPONENT
    if not np.all((threshold >= 1) & (threshold <= most)):
        raise NcValueError(
            f"vth: for a soft reset mantissas must be in 1..{most}, got {threshold.min():g} to "
            f"{threshold.max():g}; scale weights and thresholds"
        )
    exponents = np.maximum(np.ceil(np.log2(threshold / (WEIGHT_MAX + 1))), 0).astype(np.int64)
    mantissas = np.minimum(np.round(threshold / 2.0**exponents), WEIGHT_MAX).astype(np.int64)
    return mantissas, exponents


def soft_reset(population: Population, index: int) -> Population:
    """The population with neurons that subtract their threshold where they spike.

    Neuron k becomes compartments 2k, which takes the reset, and 2k + 1, the neuron itself. Its
    voltage stays above the threshold in the step of a spike and is reduced in the next one. Each
    neuron takes one compartment, one input and output axon, and one synapse more; each exponent of
    :func:`reset_weights` takes a synapse group. Axons that lead to the population stay as they are.

    What is subtracted is the threshold as a weight of 8 bits: itself up to 255 * 64, within 0.4
    percent above. A step later 2^-12 of it is subtracted once more, because the greatest decay of a
    voltage is 4095 of 4096; a `voltage_offset` of 1 avoids that.

    Parameters
    ----------
    population : Population
    index : int
        Its number in the network it is meant for.

    Returns
    -------
    Population
        With twice the compartments.

    Raises
    ------
    NcCompileError
        It has trees, plastic synapses, a refractory time, a lower limit of the voltage that cuts
        the reset off, or thresholds for which there is no weight.

    Examples
    --------
    >>> from lavajit.neurocore.cores.description import CoreNetwork
    >>> from lavajit.neurocore.cores.step import CoreRunner
    >>> cells = Compartments(1, vth=640, decay_u=4095, bias=300)
    >>> network = CoreNetwork([soft_reset(Population("cell", cells), 0)])
    >>> CoreRunner(network).run(6).v[:, 1].tolist()
    [300, 600, 900, 560, 860, 520]
    """
    mantissas, exponents = reset_weights(population.compartments.vth)
    weights = -(mantissas << exponents << SHIFT)
    _check(population, int(weights.min()))
    groups = [_moved(group) for group in population.synapses]
    axons = [
        OutputAxons(
            a.population,
            a.group,
            _in_pairs(axons_of(population, a), -1),
            _in_pairs(atoms_of(population, a), 0),
        )
        for a in population.axons
    ]
    for exponent in np.unique(exponents):
        own = np.flatnonzero(exponents == exponent)
        numbers = np.full(population.n, -1)
        numbers[own] = np.arange(own.size)
        axons.append(OutputAxons(index, len(groups), _in_pairs(numbers, -1)))
        groups.append(SynapseGroup(np.arange(own.size + 1), 2 * own, weights[own]))
    cells = _compartments(population.compartments, population.core)
    return replace(population, compartments=cells, synapses=groups, axons=axons)


def _check(population: Population, weight: int) -> None:
    what, cells = f"population {population.name!r}, soft reset", population.compartments
    if cells.has_trees:
        raise NcCompileError(f"{what}: its compartments form trees already; build it by hand")
    if (cells.refract > 1).any():
        raise NcCompileError(
            f"{what}: refractory registers up to {cells.refract.max()} hold the voltage at 0, "
            "which forgets what is left after the reset; set refract=1"
        )
    if any(group.learning is not None for group in population.synapses):
        raise NcCompileError(
            f"{what}: the sign of an error goes by half of the population, which resetting "
            "compartments would change; use static synapses"
        )
    if population.core.vmin > weight:
        raise NcCompileError(
            f"{what}: vmin = {population.core.vmin} would cut off the reset by {weight}; lower vmin"
        )


def _in_pairs(values: np.ndarray, other: int) -> np.ndarray:
    """`values` of neurons, and `other` for the compartments that take resets."""
    return np.stack([np.full_like(values, other), values], axis=1).ravel()


def _moved(group: SynapseGroup) -> SynapseGroup:
    """The group with compartment k moved to 2k + 1."""
    bases = np.where(group.bases >= 0, 2 * group.bases, group.bases)
    return replace(group, targets=2 * group.targets + 1, bases=bases)


def _compartments(cells: Compartments, core: CoreRegisters) -> Compartments:
    forget_u = min(MOST_DECAY, DECAY_UNITY - core.current_offset)
    forget_v = min(MOST_DECAY, DECAY_UNITY - core.voltage_offset)
    return Compartments(
        2 * cells.n,
        vth=np.repeat(cells.vth, 2),
        decay_u=_in_pairs(cells.decay_u, forget_u),
        decay_v=_in_pairs(cells.decay_v, forget_v),
        bias=_in_pairs(cells.bias, 0),
        noise=_in_pairs(cells.noise, False),
        u=_in_pairs(cells.u, 0),
        v=_in_pairs(cells.v, 0),
        parents=np.stack([2 * np.arange(cells.n) + 1, np.full(cells.n, -1)], axis=1).ravel(),
        join=Join.ADD,
        on_threshold=np.tile([OnThreshold.PASS, OnThreshold.SPIKE_AND_PASS], cells.n),
    )
