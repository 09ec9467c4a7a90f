"""The arrays of a Projection: how large they are, and what is in them before the first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lavajit.proc.projection.rules import (
    CONSTANT,
    DISTINCT,
    GIVEN,
    LARGEST_NORMAL,
    NORMAL,
    RULES,
    UNIFORM,
    Normal,
    Rule,
    Uniform,
)

#: Longest delay, in time steps.
MOST_DELAY = 65_534
_INT32 = 1 << 31


@dataclass
class Layout:
    """The arrays; kernels fill them in the first step, given synapses are there already.

    Attributes
    ----------
    starts : ndarray of int64, shape (N + 1,)
        First synapse of each source.
    targets : ndarray of uint16 or int32
        Target of each synapse.
    weights, delays : ndarray
        One for each synapse; or one element, if all are equal.
    marks : ndarray of uint8
        Room for choosing different targets.
    counts : ndarray of int64
        Room for counting delays; its size is the longest delay + 1.
    weight_law, delay_law : ndarray of float64, shape (5,)
        Kind, mean or low, standard deviation or width, limits.
    """

    starts: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    delays: np.ndarray
    marks: np.ndarray
    counts: np.ndarray
    weight_law: np.ndarray
    delay_law: np.ndarray


def check(name: str, shape, rule, weight, delay, seed, weight_dtype) -> None:
    """Raise ValueError or TypeError for what can be wrong with the parameters of a Projection."""
    sizes = np.asarray(shape)
    if sizes.shape != (2,) or sizes.dtype.kind not in "iu" or sizes.min() < 1:
        raise ValueError(f"{name}: shape is (targets, sources), both at least 1; got {shape!r}")
    if sizes.max() >= _INT32:
        raise ValueError(f"{name}: at most 2**31 - 1 sources and targets; got shape {shape!r}")
    if not isinstance(rule, RULES):
        known = ", ".join(one.__name__ for one in RULES)
        raise TypeError(f"{name}: rule is one of {known}; got {rule!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"{name}: seed is a whole number from 0; got {seed!r}")
    if np.dtype(weight_dtype) not in (np.float32, np.float64):
        raise ValueError(f"{name}: weight_dtype is float32 or float64; got {weight_dtype!r}")
    if rule.how == GIVEN:
        rule.check(tuple(shape))
    _check_values(name, "weight", weight, rule)
    _check_values(name, "delay", delay, rule)
    longest, least = longest_delay(delay), shortest_delay(delay)
    if least < 0 or longest > MOST_DELAY:
        raise ValueError(
            f"{name}: delays are whole time steps from 0 to {MOST_DELAY}, these go from {least} to "
            f"{longest}; a Normal delay needs low=0 or more"
        )


def _check_values(name: str, what: str, value: Any, rule: Rule) -> None:
    """One number, a distribution, or one number for each of given synapses."""
    if isinstance(value, (Normal, Uniform)):
        if rule.how == GIVEN:
            raise TypeError(
                f"{name}: {what} of given synapses is a number or an array; draw it with "
                "numpy.random"
            )
        return
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf" or not np.all(np.isfinite(numbers)):
        raise TypeError(
            f"{name}: {what} is a finite number, Normal, Uniform or an array; got {value!r}"
        )
    if numbers.ndim and (rule.how != GIVEN or numbers.shape != rule.pre.shape):
        expected = f"shape {rule.pre.shape}" if rule.how == GIVEN else "one number or distribution"
        raise ValueError(f"{name}: {what} has shape {numbers.shape}, expected {expected}")
    if what == "delay" and not np.all(numbers == np.floor(numbers)):
        raise ValueError(f"{name}: delays are whole numbers of time steps; got {value!r}")


def law(value: Any, whole: bool = False) -> np.ndarray:
    """A number or distribution as kernels read it; `whole`: to be rounded."""
    if isinstance(value, Normal):
        return np.array([NORMAL, value.mean, value.std, value.low, value.high])
    if isinstance(value, Uniform):
        low, width = value.low, value.high - value.low
        if whole:  # half a step more on both sides, or the ends would be half as likely
            low, width = np.ceil(value.low) - 0.5, np.floor(value.high) - np.ceil(value.low) + 1
        return np.array([UNIFORM, low, width, -np.inf, np.inf])
    constant = np.asarray(value, float)
    return np.array([CONSTANT, constant if constant.ndim == 0 else 0.0, 0.0, -np.inf, np.inf])


def longest_delay(delay: Any) -> int:
    """Upper bound of the delays."""
    if isinstance(delay, Normal):
        most = min(delay.mean + LARGEST_NORMAL * delay.std, delay.high)
        return int(np.floor(most + 0.5))
    if isinstance(delay, Uniform):
        return int(np.floor(delay.high))
    return int(np.max(delay, initial=0))


def shortest_delay(delay: Any) -> int:
    """Lower bound of the delays."""
    if isinstance(delay, Normal):
        least = max(delay.mean - LARGEST_NORMAL * delay.std, delay.low)
        return int(np.floor(least + 0.5))
    if isinstance(delay, Uniform):
        return int(np.ceil(delay.low))
    return int(np.min(delay, initial=0))


def lay_out(shape, rule: Rule, weight, delay, seed: int, weight_dtype) -> Layout:
    """Arrays of the sizes that the synapses will have; given ones are in place."""
    rng = np.random.default_rng(seed)
    starts = np.zeros(shape[1] + 1, np.int64)
    np.cumsum(rule.counts(shape, rng), out=starts[1:])
    total, longest = int(starts[-1]), longest_delay(delay)
    narrow = np.uint16 if shape[0] <= 1 << 16 else np.int32
    delay_type = np.uint8 if longest < 255 else np.uint16
    weight_law, delay_law = law(weight), law(delay, whole=True)
    each = np.ndim(weight) > 0 and not isinstance(weight, (Normal, Uniform))
    drawn = weight_law[0] != CONSTANT
    weights = np.zeros(total if drawn or each else 1, weight_dtype)
    delayed = np.ndim(delay) > 0 or delay_law[0] != CONSTANT
    delays = np.zeros(total if delayed else 1, delay_type)
    if not (drawn or each):
        weights[0] = weight_law[1]
    if not delayed:
        delays[0] = longest
    targets = np.zeros(total, narrow)
    if rule.how == GIVEN:
        order = np.lexsort((np.broadcast_to(delay, rule.pre.shape), rule.pre))
        targets[:] = rule.post[order]
        if each:
            weights[:] = np.asarray(weight)[order]
        if delayed:
            delays[:] = np.asarray(delay)[order]
    marks = np.zeros(shape[0] if rule.how == DISTINCT else 0, np.uint8)
    counts = np.zeros(longest + 1, np.int64)
    return Layout(starts, targets, weights, delays, marks, counts, weight_law, delay_law)
