"""Group: synapses made by one rule, between a range of sources and a range of targets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lavajit.proc.projection.rules import (
    GIVEN,
    LARGEST_NORMAL,
    RULES,
    Distribution,
    Normal,
    Rule,
    Uniform,
)

#: Longest delay, in time steps.
MOST_DELAY = 65_534


@dataclass(frozen=True, eq=False)
class Group:
    """Part of the synapses of a Projection, with their own rule, weights and delays.

    Parameters
    ----------
    rule : PairwiseBernoulli, FixedIndegree, FixedOutdegree or FixedTotal
        Which synapses there are, among those sources and targets.
    weight : float, Normal or Uniform
        Weights.
    delay : int, Normal or Uniform
        Delays in time steps, as in Projection.
    pre, post : range, optional
        Sources and targets, e.g. ``range(0, 800)``; without it, all of the Projection.

    Raises
    ------
    TypeError, ValueError
        If `pre` or `post` is no range of neighbouring neurons.

    Examples
    --------
    >>> from lavajit import FixedIndegree, Group
    >>> Group(FixedIndegree(20), weight=0.1, delay=15, post=range(100, 200)).post
    range(100, 200)
    """

    rule: Rule
    weight: Distribution
    delay: Distribution = 0
    pre: range | None = None
    post: range | None = None

    def __post_init__(self) -> None:
        for name in ("pre", "post"):
            part = getattr(self, name)
            if part is not None and not isinstance(part, range):
                raise TypeError(f"Group: {name} is a range such as range(0, 800); got {part!r}")
            if part is not None and (part.step != 1 or part.start < 0 or not len(part)):
                raise ValueError(
                    f"Group: {name} is a range of at least one neuron, from 0, in steps of 1; "
                    f"got {part!r}"
                )


def resolved(rule: Any, weight: Any, delay: Any, shape: tuple[int, int]) -> list[Group]:
    """What a Projection is asked for as groups with ranges."""
    groups = [Group(rule, weight, delay)] if isinstance(rule, RULES) else list(rule)
    every = {"pre": range(int(shape[1])), "post": range(int(shape[0]))}
    return [
        replace(group, **{k: v for k, v in every.items() if getattr(group, k) is None})
        for group in groups
    ]


def check(name: str, shape, rule, weight, delay, seed, weight_dtype) -> None:
    """Raise ValueError or TypeError for what can be wrong with the parameters of a Projection."""
    sizes = np.asarray(shape)
    if sizes.shape != (2,) or sizes.dtype.kind not in "iu" or sizes.min() < 1:
        raise ValueError(f"{name}: shape is (targets, sources), both at least 1; got {shape!r}")
    if sizes.max() >= 1 << 31:
        raise ValueError(f"{name}: at most 2**31 - 1 sources and targets; got shape {shape!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"{name}: seed is a whole number from 0; got {seed!r}")
    if np.dtype(weight_dtype) not in (np.float32, np.float64):
        raise ValueError(f"{name}: weight_dtype is float32 or float64; got {weight_dtype!r}")
    if isinstance(rule, RULES):
        if weight is None:
            raise TypeError(f"{name}: weight is missing, the weight of all synapses")
        _check_synapses(name, rule, weight, 0 if delay is None else delay, tuple(shape))
        return
    if not isinstance(rule, (list, tuple)) or not all(isinstance(one, Group) for one in rule):
        known = ", ".join(one.__name__ for one in RULES)
        raise TypeError(f"{name}: rule is one of {known}, or a list of Group; got {rule!r}")
    if not rule or weight is not None or delay is not None:
        raise ValueError(
            f"{name}: a list of Group needs at least one, and each has its own weight and delay; "
            f"got {len(rule)}, weight={weight!r} and delay={delay!r} of the Projection"
        )
    for number, group in enumerate(rule):
        _check_group(f"{name}: group {number}", group, tuple(shape))


def _check_group(where: str, group: Group, shape: tuple[int, int]) -> None:
    if not isinstance(group.rule, RULES) or group.rule.how == GIVEN:
        known = ", ".join(one.__name__ for one in RULES if one.how != GIVEN)
        raise TypeError(
            f"{where}: rule is one of {known}; got {group.rule!r}. Synapses given one by one make "
            "a Projection of their own"
        )
    for what, part, size in (("pre", group.pre, shape[1]), ("post", group.post, shape[0])):
        if part is not None and part.stop > size:
            raise ValueError(
                f"{where}: {what} is {part}, but shape={shape} has {size}, from 0 to {size - 1}"
            )
    _check_synapses(where, group.rule, group.weight, group.delay, shape)


def _check_synapses(where: str, rule: Rule, weight, delay, shape) -> None:
    if rule.how == GIVEN:
        rule.check(shape)
    _check_values(where, "weight", weight, rule)
    _check_values(where, "delay", delay, rule)
    longest, least = longest_delay(delay), shortest_delay(delay)
    if least < 0 or longest > MOST_DELAY:
        raise ValueError(
            f"{where}: delays are whole time steps from 0 to {MOST_DELAY}, these go from {least} "
            f"to {longest}; a Normal delay needs low=0 or more"
        )


def _check_values(where: str, what: str, value: Any, rule: Rule) -> None:
    """One number, a distribution, or one number for each of given synapses."""
    if isinstance(value, (Normal, Uniform)):
        if rule.how == GIVEN:
            raise TypeError(
                f"{where}: {what} of given synapses is a number or an array; draw it with "
                "numpy.random"
            )
        return
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf" or not np.all(np.isfinite(numbers)):
        raise TypeError(
            f"{where}: {what} is a finite number, Normal, Uniform or an array; got {value!r}"
        )
    if numbers.ndim and (rule.how != GIVEN or numbers.shape != rule.pre.shape):
        expected = f"shape {rule.pre.shape}" if rule.how == GIVEN else "one number or distribution"
        raise ValueError(f"{where}: {what} has shape {numbers.shape}, expected {expected}")
    if what == "delay" and not np.all(numbers == np.floor(numbers)):
        raise ValueError(f"{where}: delays are whole numbers of time steps; got {value!r}")


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
    return int(np.min(delay, initial=MOST_DELAY)) if np.size(delay) else 0
