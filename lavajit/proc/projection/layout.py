"""The arrays of a Projection: how large they are, and what is in them before the first step.

Targets are divided into *parts* of neighbouring neurons: one or several for each thread, so that a
target within its part takes 2 bytes. A part has rows, delay headers and waiting spikes of its own.

How many synapses a part gets is random, but its arrays must have a size before: the expected number
and ten standard deviations more. What is not used is never touched and takes no memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lavajit.proc.projection.group import Group, longest_delay, shortest_delay
from lavajit.proc.projection.rules import (
    BY_TARGET,
    CONSTANT,
    DISTINCT,
    GIVEN,
    NORMAL,
    UNIFORM,
    FixedIndegree,
    Normal,
    Uniform,
)

#: Most targets of a part, so that 16 bits are enough to number them.
PART = 1 << 16
#: Most synapses under one header, and most blocks of delays from one to the next.
MOST_LENGTH = MOST_GAP = 255
#: Synapses that are worth a visit of a row.
VISIT = 64
# Columns of the table of groups.
PRE, PRE_END, POST, POST_END, HOW, DEGREE, ROWS = range(7)
_SIGMAS, _FEW = 10, 64


@dataclass
class Plan:
    """What does not depend on the number of parts.

    Attributes
    ----------
    groups : list of Group
        With ranges.
    table : ndarray of int64, shape (G, 7)
        Columns PRE to ROWS: ranges of sources and targets, kind of rule, in-degree, and where its
        rows begin in `lengths` or, by target, in a part's own list.
    lengths : ndarray of int32
        Synapses of each row (source) of each group that is made row by row.
    weight_laws, delay_laws : ndarray of float64, shape (G, 5)
        Kind, mean or low, standard deviation or width, limits.
    weight, delay : number or None
        The one of all synapses, if they are equal.
    shortest, longest : int
        Limits of the delays.
    span : int
        Delays in a block: those of a row that are delivered together.
    """

    groups: list[Group]
    table: np.ndarray
    lengths: np.ndarray
    weight_laws: np.ndarray
    delay_laws: np.ndarray
    weight: float | None
    delay: int | None
    shortest: int
    longest: int
    span: int = 1


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


def make_plan(groups: list[Group], shape: tuple[int, int], seed: int) -> Plan:
    """Tables of the groups; divides random numbers of synapses among the sources."""
    rng = np.random.default_rng(seed)
    table = np.zeros((len(groups), ROWS + 1), np.int64)
    lengths, rows, rows_by_target = [np.zeros(0, np.int32)], 0, 0
    for row, group in zip(table, groups, strict=True):
        how, pre, post = group.rule.how, group.pre, group.post
        row[: DEGREE + 1] = pre.start, pre.stop, post.start, post.stop, how, 0
        if isinstance(group.rule, FixedIndegree):
            row[DEGREE], row[ROWS] = group.rule.k, rows_by_target
            rows_by_target += len(pre)
        else:
            row[ROWS] = rows
            counts = group.rule.counts((len(post), len(pre)), rng)
            lengths.append(counts.astype(np.int32))
            rows += len(pre)
    weights, delays = [g.weight for g in groups], [g.delay for g in groups]
    plan = Plan(
        groups,
        table,
        np.concatenate(lengths),
        np.array([law(one) for one in weights]),
        np.array([law(one, whole=True) for one in delays]),
        _common(weights),
        _common(delays),
        min(shortest_delay(one) for one in delays),
        max(longest_delay(one) for one in delays),
    )
    plan.span = _span(plan, shape)
    return plan


def _span(plan: Plan, shape: tuple[int, int]) -> int:
    """Delays in a block, whatever the number of parts; 16 bits number its targets and delays."""
    if plan.delay is not None:
        return 1
    by_target = (plan.table[:, POST_END] - plan.table[:, POST]) * plan.table[:, DEGREE]
    synapses = int(by_target.sum()) + int(plan.lengths.sum(dtype=np.int64))
    visits = -(-synapses // (VISIT * shape[1]))
    blocks = -(-(plan.longest - plan.shortest + 1) // max(1, visits))
    return max(1, min(PART // shape[0], blocks, plan.longest + 1))


def _common(values: list[Any]) -> Any:
    """The one number that all are, or None."""
    if any(isinstance(one, (Normal, Uniform)) or np.ndim(one) for one in values):
        return None
    return values[0] if all(one == values[0] for one in values) else None


def part_bounds(targets: int, shards: int) -> np.ndarray:
    """First target of each part and the end of the last: as many parts for every shard."""
    largest = -(-targets // shards)
    parts = shards * max(1, -(-largest // PART))
    return np.array([targets * p // parts for p in range(parts + 1)], np.int64)


def synapse_room(plan: Plan, bounds: np.ndarray) -> int:
    """Synapses that a part has room for."""
    return max(_room(plan, *ends) for ends in zip(bounds[:-1], bounds[1:], strict=True))


def _room(plan: Plan, first: int, end: int) -> int:
    room = 0
    for row in plan.table:
        inside = max(0, min(end, row[POST_END]) - max(first, row[POST]))
        if row[HOW] == BY_TARGET:
            room += int(inside * row[DEGREE])
        elif inside:
            rows = slice(row[ROWS], row[ROWS] + row[PRE_END] - row[PRE])
            total = int(plan.lengths[rows].sum(dtype=np.int64))
            room += _at_most(total, inside / (row[POST_END] - row[POST]))
    return room


def _at_most(trials: int, p: float) -> int:
    """What a binomially distributed number will not exceed."""
    mean = trials * p
    likely = mean + _SIGMAS * np.sqrt(mean * (1 - p)) + _FEW
    return trials if p == 1 else min(trials, int(likely))


def row_room(plan: Plan, sources: int, bounds: np.ndarray) -> tuple[int, int]:
    """Synapses of the longest row: as it is made, and within a part."""
    drawn, by_target = np.zeros(sources, np.int64), 0
    largest = int(np.diff(bounds).max())
    for row in plan.table:
        n_pre = row[PRE_END] - row[PRE]
        if row[HOW] == BY_TARGET:
            inside = min(largest, int(row[POST_END] - row[POST]))
            by_target += _at_most(int(inside * row[DEGREE]), 1 / int(n_pre))
        else:
            part = plan.lengths[row[ROWS] : row[ROWS] + n_pre]
            drawn[row[PRE] : row[PRE_END]] += part
    longest = int(plan.lengths.max(initial=0))
    return longest, int(drawn.max()) + by_target


def head_room(plan: Plan, sources: int, synapses: int) -> int:
    """Delay headers that a part has room for."""
    if plan.delay is not None:
        return 0
    last = plan.longest // plan.span
    different = last - plan.shortest // plan.span + 1
    fillers = last // MOST_GAP + 2  # and one zero at the end
    return min(synapses, sources * different) + synapses // MOST_LENGTH + sources * fillers


def absent(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros that take no memory until the network writes to them."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def index_type(size: int) -> type:
    """Smallest type that holds an index."""
    return np.int32 if size < 1 << 31 else np.int64


def stored(plan: Plan, shape, bounds: np.ndarray, weight_dtype) -> dict[str, np.ndarray]:
    """Arrays of the synapses; rows and headers are made in the first step."""
    parts, sources = bounds.size - 1, shape[1]
    room = max(1, synapse_room(plan, bounds))
    heads = head_room(plan, sources, room)
    rows = (parts, sources + 1)
    weights = absent((parts, room), weight_dtype)
    if plan.weight is not None:
        weights = np.full((parts, 1), plan.weight, weight_dtype)
    return {
        "bounds": np.stack([bounds[:-1], bounds[1:]], axis=1),
        "starts": absent(rows, np.int64),
        "targets": absent((parts, room), np.uint16),
        "weights": weights,
        "head_starts": absent(rows if heads else (parts, 1), index_type(heads)),
        "heads": absent((parts, max(1, heads)), np.uint16),
        "same_delay": np.full(parts, -1 if plan.delay is None else plan.delay, np.int64),
        "spans": np.full(parts, plan.span, np.int64),
        "wired": np.zeros(parts, bool),
    }


def scratch(plan: Plan, shape, bounds: np.ndarray, weight_dtype) -> dict[str, np.ndarray]:
    """What is needed while the synapses are made."""
    parts, how = bounds.size - 1, plan.table[:, HOW]
    if np.all(how == GIVEN):
        drawn = row = found = 0
    else:
        drawn, row = row_room(plan, shape[1], bounds)
        by_target = plan.table[how == BY_TARGET]
        found = int((by_target[:, PRE_END] - by_target[:, PRE]).sum())
    distinct = plan.table[how == DISTINCT]
    marks = int((distinct[:, POST_END] - distinct[:, POST]).max(initial=0))
    return {
        "found": absent((parts, max(1, found)), np.int32),
        "chosen": absent((parts, max(1, drawn if marks else 0)), np.int32),
        "marks": absent((parts, max(1, marks)), np.uint8),
        "counts": absent((parts, plan.longest // plan.span + 1), np.int64),
        "row_targets": absent((parts, max(1, row)), np.uint16),
        "row_blocks": absent((parts, max(1, row)), np.uint16),
        "row_weights": absent((parts, max(1, row)), weight_dtype),
    }


def waiting(
    plan: Plan, sources: int, bounds: np.ndarray, heads: int, room: int
) -> dict[str, np.ndarray]:
    """Room for spikes on their way, and for the sums of one block of delays."""
    parts, largest = bounds.size - 1, int(np.diff(bounds).max())
    count, one_delay = sources * (plan.longest + 1), plan.delay is not None
    queue = (parts, count if one_delay else 1)
    live = (parts, 1 if one_delay else count)
    return {
        "clock": np.zeros(parts, np.int64),
        "sums": np.zeros((parts, largest * plan.span if plan.span > 1 else 1)),
        "queue": absent(queue, np.int32),
        "queued": np.zeros((parts, plan.longest + 1 if one_delay else 1), np.int64),
        "live_count": np.zeros(parts, np.int64),
        "live_over": np.zeros(parts, np.int64),
        "live_at": absent(live, index_type(room)),
        "live_length": absent(live, np.uint8),
        "live_head": absent(live, index_type(heads)),
        "live_due": absent(live, np.int32),
        "due": absent(live, index_type(count)),
        "unplaced": np.zeros(parts, bool),
    }
