"""State of plastic synapse groups in a run: traces, weights, random numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lavajit.neurocore.cores import kernels
from lavajit.neurocore.cores.description import CoreNetwork
from lavajit.neurocore.cores.learning import ErrorLearning
from lavajit.neurocore.cores.synapses import SynapseGroup


class PlasticGroup:
    """State of a plastic synapse group in a run.

    Parameters
    ----------
    group : SynapseGroup
        Its `learning` is not None.
    n : int
        Compartments of the core; even, because errors have two signs.

    Attributes
    ----------
    weights : ndarray of int32, shape (n_synapses,)
    trace : ndarray of int32, shape (n_axons,)
    """

    def __init__(self, group: SynapseGroup, n: int):
        rule: ErrorLearning = group.learning
        self.rule = rule
        self.half = n // 2
        self.weights = group.weights.copy()
        self.trace = np.zeros(group.n_axons, np.int32)
        self._words = np.zeros(6, np.int64)
        self._words[[kernels.TRACE_EPOCH, kernels.WEIGHT_EPOCH]] = (
            rule.trace_epoch,
            rule.weight_epoch,
        )
        rate_shift = kernels.FRACTION_BITS + rule.rate_exponent - 2
        self._words[[kernels.RATE, kernels.RATE_SHIFT]] = rule.rate, rate_shift
        self._words[kernels.WEIGHT_EXPONENT] = rule.weight_exponent
        self._words[kernels.UNUSED_BITS] = rule.unused_bits
        self._reals = np.zeros(3)
        self._reals[kernels.TRACE_DECAY] = np.exp(-rule.trace_epoch / rule.tau)
        self._reals[kernels.TRACE_IMPULSE] = rule.impulse
        self._reals[kernels.STORED_UNIT] = 2.0 ** -(kernels.FRACTION_BITS + rule.unused_bits)
        self._tables = {"pointers": group.pointers, "targets": group.targets}
        self.spiked = np.zeros(group.n_axons, np.bool_)

    def uniforms_needed(self, first: int, steps: int) -> int:
        """How many random numbers `steps` steps take, the first of which is step `first`."""

        def ends(epoch: int) -> int:
            return (first + steps - 1) // epoch - (first - 1) // epoch

        traces, weights = ends(self.rule.trace_epoch), ends(self.rule.weight_epoch)
        return traces * self.trace.size + weights * self.weights.size

    def arrays(self, errors: np.ndarray) -> dict[str, np.ndarray]:
        """What the kernel works on, beside random numbers and steps."""
        state = {"weights": self.weights, "trace": self.trace, "spiked": self.spiked}
        rule = {"rule": self._words, "rate": self._reals, "half": np.array([self.half], np.int64)}
        return self._tables | state | rule | {"errors": errors}


class Plasticity:
    """All plastic groups of a network, by numbers of population and group.

    Parameters
    ----------
    network : CoreNetwork
    seed : int
        Of the numbers that stochastic rounding takes.
    uniforms : ndarray of float, optional
        These numbers, recorded, in the order of use.
    """

    def __init__(self, network: CoreNetwork, seed: int, uniforms: np.ndarray | None):
        self.groups = {
            (p, g): PlasticGroup(group, population.n)
            for p, population in enumerate(network.populations)
            for g, group in enumerate(population.synapses)
            if group.learning is not None
        }
        self._generator = np.random.default_rng(seed) if uniforms is None else None
        self._ahead = np.array([] if uniforms is None else uniforms, np.float64)
        self._taken, self._cursor = self._ahead[:0], np.zeros(1, np.int64)

    def arrays(
        self, first: int, steps: int, errors: Mapping[tuple[int, int], np.ndarray]
    ) -> list[dict[str, np.ndarray]]:
        """What the kernel of each group works on in the steps from `first` on.

        Raises
        ------
        ValueError
            Errors are missing, or of another shape; recorded numbers do not suffice.
        """
        if set(errors) != set(self.groups):
            raise ValueError(
                f"errors: expected for groups {sorted(self.groups)} (population, group), "
                f"got {sorted(errors)}"
            )
        self._give_back()
        needed = sum(group.uniforms_needed(first, steps) for group in self.groups.values())
        checked = {
            key: _checked_errors(errors[key], key, steps, self.groups[key]) for key in errors
        }
        self._taken, self._cursor = self._take(needed), np.zeros(1, np.int64)
        shared = {
            "uniforms": self._taken,
            "cursor": self._cursor,
            "first": np.array([first], np.int64),
        }
        return [group.arrays(checked[key]) | shared for key, group in self.groups.items()]

    def _give_back(self) -> None:
        """Keep what the last run has not used, because it was interrupted, for the next one."""
        left = self._taken[self._cursor[0] :]
        if left.size:
            self._ahead = np.concatenate([left, self._ahead])
        self._taken, self._cursor = left[:0], np.zeros(1, np.int64)

    def _take(self, count: int) -> np.ndarray:
        missing = count - self._ahead.size
        if missing > 0:
            if self._generator is None:
                raise ValueError(
                    f"uniforms: {self._ahead.size} of the recorded ones are left, "
                    f"{count} are needed"
                )
            self._ahead = np.concatenate([self._ahead, self._generator.random(missing)])
        taken, self._ahead = self._ahead[:count], self._ahead[count:]
        return taken


def _checked_errors(
    errors: np.ndarray, key: tuple[int, int], steps: int, group: PlasticGroup
) -> np.ndarray:
    errors = np.asarray(errors)
    if errors.shape != (steps, group.half) or not np.issubdtype(errors.dtype, np.integer):
        raise ValueError(
            f"errors of group {key}: expected whole numbers of shape {(steps, group.half)}, "
            f"got {errors.dtype} of shape {errors.shape}"
        )
    if errors.size and np.abs(errors).max() > kernels.MOST_TRACE:
        raise ValueError(f"errors of group {key}: not in -127..127")
    return errors.astype(np.int32)
