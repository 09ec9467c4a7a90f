"""What is saved of a Projection: not its synapses, which its parameters determine, but digests of
those; and the spikes that are on their way, in a form that does not depend on the parts.

Spikes are listed as they came, oldest first: the source, and the age, in time steps since it was
received (0: in the last step). Where delays differ, a spike is in the lists of those parts in which
it has synapses ahead; `in_transit` brings them together again. Where several delays share a block,
the sums of the coming time steps belong to the state, too.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from lavajit.proc.projection.delivery import GAP, MASK31, OVER
from lavajit.proc.projection.layout import Plan
from lavajit.proc.projection.rules import GIVEN

#: Counts the ways in which synapses follow from parameters; a change makes old states unusable.
WIRING = 1


def digests(plan: Plan, keys: np.ndarray, params: Any) -> dict[str, Any]:
    """What the synapses follow from, by parameter."""
    parts = {
        "shape": [np.array(params["shape"])],
        "seed": [keys],
        "rule": [plan.table, plan.lengths],
        "weight": [plan.weight_laws],
        "delay": [plan.delay_laws],
    }
    for group in plan.groups:
        if group.rule.how == GIVEN:
            parts["rule"] += [group.rule.pre, group.rule.post]
            parts["weight"].append(np.asarray(group.weight, float))
            parts["delay"].append(np.asarray(group.delay, np.int64))
    found = {name: _digest(arrays) for name, arrays in parts.items()}
    return found | {"weight_dtype": np.dtype(params["weight_dtype"]).name, "wiring": WIRING}


def _digest(arrays: list[np.ndarray]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype.str} {array.shape};".encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()


def check_same(saved: dict[str, Any], here: dict[str, Any]) -> None:
    """Raise ValueError if synapses differ."""
    if saved.get("wiring") != WIRING:
        raise ValueError("its synapses were drawn by another version of lavajit; make it anew")
    different = [name for name, value in here.items() if saved.get(name) != value]
    if not different:
        return
    if "seed" in different and "shape" not in different:  # numbers of synapses are drawn, too
        different = ["seed"]
    raise ValueError(
        f"it has other synapses ({', '.join(different)} of the Projection), and these are not part "
        f"of the state. Create it with the same parameters."
    )


def check_spikes(model: Any, state: dict[str, Any], shape: tuple[int, int]) -> None:
    """Raise ValueError unless spikes and sums can be those of a Projection."""
    clock, sources, ages = state["clock"], state["sources"], state["ages"]
    limits = ((sources, shape[1]), (ages, int(model.longest) + 1))
    fits = type(clock) is int and clock >= 0 and sources.shape == ages.shape == (sources.size,)
    for values, limit in limits:
        fits = fits and values.dtype == np.int32 and np.all((values >= 0) & (values < limit))
    if model.span > 1:
        sums = state["sums"]
        fits = fits and sums.shape == (int(model.span), shape[0])
        fits = fits and sums.dtype == model.sums.dtype
    if not fits or sources.size > shape[1] * (int(model.longest) + 1):
        raise ValueError("spikes on their way, or sums, are not those of such a Projection")


# --- one delay ------------------------------------------------------------------------


def queued_spikes(clock: int, queue: np.ndarray, queued: np.ndarray) -> tuple:
    """Sources and ages in the ring of one part."""
    slots = queued.size
    rows = queue.reshape(slots, -1)
    ages = np.arange(slots)[::-1]
    places = (clock - 1 - ages) % slots
    sources = [rows[slot, : queued[slot]] for slot in places]
    return np.concatenate(sources), np.repeat(ages, queued[places])


def queue_again(model: Any, clock: int, sources: np.ndarray, ages: np.ndarray) -> None:
    """Fill the rings of all parts."""
    parts, slots = model.queued.shape
    model.queued[...] = 0
    rows = model.queue.reshape(parts, slots, -1)
    for age in range(slots):
        slot, spikes = (clock - 1 - age) % slots, sources[ages == age]
        rows[:, slot, : spikes.size] = spikes
        model.queued[:, slot] = spikes.size


# --- several delays -------------------------------------------------------------------


def in_transit(model: Any, clock: int) -> tuple[np.ndarray, np.ndarray]:
    """Sources and ages of the spikes in the lists of all parts."""
    if model.unplaced.any():  # nothing has run since it was set: all parts have the same
        n = model.live_count[0]
        return model.live_at[0, :n].astype(np.int64), model.live_due[0, :n].astype(np.int64)
    found = [_in_transit_of(model, p, clock) for p in range(len(model.clock))]
    if len(found) == 1:
        return found[0]
    sources, ages = map(np.concatenate, zip(*found, strict=True))
    # Within a time step they came in ascending order.
    size = model.starts.shape[1]
    order = np.unique(sources - ages * size)
    return order % size, -(order // size)


def _in_transit_of(model: Any, p: int, clock: int) -> tuple[np.ndarray, np.ndarray]:
    listed = slice(model.live_count[p])
    waits = model.live_due[p, listed] != OVER
    if not waits.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    at, length, head, due = (
        np.asarray(array[p, listed][waits], np.int64)
        for array in (model.live_at, model.live_length, model.live_head, model.live_due)
    )
    starts, first_heads = model.starts[p], model.head_starts[p]
    sources = np.searchsorted(starts, at, side="right") - 1
    # Headers read so far hold gaps and lengths; the lengths are known from where the spike is.
    order = np.argsort(sources, kind="stable")
    ends = np.stack([first_heads[sources], head], axis=1)[order].reshape(-1)
    sums = np.empty(sources.size, np.int64)
    sums[order] = np.add.reduceat(model.heads[p], ends, dtype=np.int64)[::2]
    blocks = (sums - (at + length - starts[sources])) >> GAP
    ahead = (due - clock) & MASK31
    return sources, blocks * int(model.span) - ahead


def list_again(model: Any, sources: np.ndarray, ages: np.ndarray) -> None:
    """Give all parts the list; each finds its own places in the next step."""
    n = sources.size
    model.live_at[:, :n], model.live_due[:, :n] = sources, ages
    model.live_count[...], model.live_over[...], model.unplaced[...] = n, 0, n > 0


# --- sums of coming time steps --------------------------------------------------------


def whole_sums(model: Any) -> np.ndarray:
    """Sums of all parts, shape (span, targets)."""
    span = int(model.span)
    bounds, sums = np.asarray(model.bounds), np.asarray(model.sums)
    sizes = np.diff(bounds, axis=1)[:, 0]
    parts = [row[: span * n].reshape(span, n) for row, n in zip(sums, sizes, strict=True)]
    return np.concatenate(parts, axis=1)


def divide_sums(model: Any, whole: np.ndarray) -> None:
    """The opposite of `whole_sums`."""
    for row, (first, end) in zip(model.sums, model.bounds, strict=True):
        part = whole[:, first:end]
        row[: part.size] = part.reshape(-1)
