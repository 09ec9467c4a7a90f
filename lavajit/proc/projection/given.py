"""Synapses one by one: put into the order in which kernels read them, and listed again."""

from __future__ import annotations

import numpy as np

from lavajit.proc.projection.layout import MOST_GAP, MOST_LENGTH, Plan

#: Arrays of the synapses that are there.
STORED = (
    "bounds",
    "starts",
    "targets",
    "weights",
    "head_starts",
    "heads",
    "wired",
    "same_delay",
    "spans",
)
_GAP = 8  # bits below the gap of a header


def place(made: dict[str, np.ndarray], plan: Plan, sources: int) -> None:
    """Fill the arrays of the synapses of all parts."""
    (group,) = plan.groups
    delays = np.broadcast_to(np.asarray(group.delay, np.int64), group.rule.pre.shape)
    filled = ["starts", "targets", "wired"]
    filled += ["weights"] * (plan.weight is None)
    filled += ["heads", "head_starts"] * (plan.delay is None)
    for name in filled:
        made[name] = np.array(made[name])
    for p, (first, end) in enumerate(made["bounds"]):
        inside = np.flatnonzero((group.rule.post >= first) & (group.rule.post < end))
        order = inside[np.lexsort((delays[inside] // plan.span, group.rule.pre[inside]))]
        pre, n = group.rule.pre[order], order.size
        late = delays[order] % plan.span if plan.delay is None else 0
        made["starts"][p, 1:] = np.cumsum(np.bincount(pre, minlength=sources))
        made["targets"][p, :n] = group.rule.post[order] - first + late * (end - first)
        if plan.weight is None:
            made["weights"][p, :n] = np.asarray(group.weight)[order]
        if plan.delay is None:
            starts, heads = _headers(pre, delays[order] // plan.span, sources)
            made["head_starts"][p], made["heads"][p, : heads.size] = starts, heads
        made["wired"][p] = True


def _headers(pre: np.ndarray, block: np.ndarray, sources: int) -> tuple[np.ndarray, np.ndarray]:
    """First header of each row, and headers, of synapses in the order of source and block."""
    changes = (np.diff(pre, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)
    first = np.flatnonzero(changes)
    length = np.diff(first, append=pre.size)
    row, due = pre[first], block[first]
    same_row = np.diff(row, prepend=-1) == 0
    gap = due - np.where(same_row, np.roll(due, 1), 0)
    # A long gap begins with empty groups, a long group goes on after gaps of 0.
    empty, pieces = gap // MOST_GAP, -(-length // MOST_LENGTH)
    count = empty + pieces
    # Every row ends with a zero.
    base = np.cumsum(count) - count + row
    group = np.repeat(np.arange(row.size), count)
    piece = np.arange(group.size) - np.repeat(np.cumsum(count) - count, count) - empty[group]
    left = np.clip(length[group] - MOST_LENGTH * piece, 0, MOST_LENGTH)
    left[piece < 0] = 0
    wait = np.where(piece < 0, MOST_GAP, np.where(piece == 0, gap[group] % MOST_GAP, 0))
    heads = np.zeros(group.size + sources, np.uint16)
    heads[base[group] + piece + empty[group]] = (wait << _GAP) | left
    starts = np.arange(sources + 1)
    starts[1:] += np.cumsum(np.bincount(row, count, minlength=sources).astype(np.int64))
    return starts, heads


def listed(part: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Source, target, weight and delay of the synapses of one part, as they are stored."""
    starts = part["starts"]
    n = int(starts[-1])
    pre = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    first, end = part["bounds"]
    late, post = np.divmod(part["targets"][:n].astype(np.int64), end - first)
    weights = part["weights"]
    weight = weights[:n].copy() if weights.size > 1 else np.full(n, weights[0])
    if part["same_delay"] >= 0:
        return pre, post + first, weight, np.full(n, part["same_delay"])
    rows = part["head_starts"]
    heads = part["heads"][: rows[-1]].astype(np.int64)
    # Blocks add up within each row.
    block = np.cumsum(heads >> _GAP)
    before = np.concatenate([[0], block])[rows[:-1]]
    block -= np.repeat(before, np.diff(rows))
    delay = part["spans"] * np.repeat(block, heads & MOST_LENGTH) + late
    return pre, post + first, weight, delay
