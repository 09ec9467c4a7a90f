"""What one neuron update, one synaptic event, one random draw takes as a bare loop in C.

Every figure is the best of some repetitions. With several threads each has an equal part of
neurons and targets, and nobody waits for anybody.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.c_loops import LANES, REALS, TABLE, TARGETS, call

#: A loop is repeated until it takes so long, and the best of so many counts: it is a limit.
SECONDS, REPETITIONS = 0.03, 5
QUICK = (0.0005, 1)
#: Events of one call, beside which the call itself does not count.
CALL = 400_000


@functools.cache
def update_seconds(model: str, n: int, precision: str, threads: int, quick: bool) -> float:
    """Seconds per neuron and step."""
    real = REALS[precision][1]

    def prepare(part: int) -> Callable[[int], None]:
        arrays = np.ones((5, part), real)
        arrays[4] = np.random.default_rng(0).uniform(0, 100, part)
        wait = np.zeros(part, f"int{8 * real().itemsize}")
        spikes = np.zeros(part, np.uint8)
        held = (arrays, wait, spikes) if model == "iaf" else (arrays, spikes)
        return lambda times: call(f"{model}_{precision}", part, times, *held)

    return _best(prepare, n, threads, quick) / n


@functools.cache
def draw_seconds(n: int, threads: int, quick: bool) -> float:
    """Seconds per Poisson count of mean 2."""

    def prepare(part: int) -> Callable[[int], None]:
        part = -(-part // LANES) * LANES
        state = np.random.default_rng(0).integers(1, 1 << 32, LANES, np.uint32)
        mean, logs = 2.0, np.cumsum(np.log(np.maximum(1, np.arange(TABLE))))
        below = np.cumsum(np.exp(np.arange(TABLE) * np.log(mean) - mean - logs))
        table = np.minimum(2**32 - 1, below * 2**32).astype(np.uint32)
        counts = np.zeros(part, np.uint8)
        return lambda times: call("poisson", part, times, table, state, counts)

    return _best(prepare, n, threads, quick) / n


@functools.cache
def stream_seconds(row: int, synapses: int, precision: str, threads: int, quick: bool) -> float:
    """Seconds per weight of a column that is added to an array."""
    spikes = max(16, CALL // row)

    def prepare(part: int) -> Callable[[int], None]:
        columns = max(1, synapses // row)
        weights = np.ones(columns * part, REALS[precision][1])
        total = np.zeros(part, weights.dtype)
        spiking = _spiking(columns, spikes)

        def run(times: int) -> None:
            for _ in range(times):
                call(f"stream_{precision}", spikes, part, next(spiking), weights, total)

        return run

    return _best(prepare, row, threads, quick) / (spikes * row)


@functools.cache
def scatter_seconds(
    row: int,
    targets: int,
    synapses: int,
    weighted: bool,
    precision: str,
    threads: int,
    quick: bool,
) -> float:
    """Seconds per synapse of `row` that adds a weight to one of `targets` at random.

    The weight is a float32 of its own, or, unless `weighted`, the same number for all.
    """
    spikes = max(16, CALL // row)

    def prepare(part: int) -> Callable[[int], None]:
        mine = max(1, targets // threads)
        index = "uint16" if mine <= 1 << 16 else "int32"
        rng = np.random.default_rng(0)
        rows = max(1, synapses // row)
        # The same million over and over: drawing them all would take longer than measuring.
        some = rng.integers(0, mine, min(rows * part, 1 << 20)).astype(TARGETS[index][1])
        places = np.resize(some, rows * part)
        total = np.zeros(mine, REALS[precision][1])
        spiking = _spiking(rows, spikes)
        held = (places, np.ones(places.size, np.float32), total) if weighted else (places, total)
        name = f"{'scatter' if weighted else 'count'}_{index}_{precision}"

        def run(times: int) -> None:
            for _ in range(times):
                call(name, spikes, part, next(spiking), *held)

        return run

    return _best(prepare, row, threads, quick) / (spikes * row)


def _spiking(rows: int, spikes: int) -> Iterator[np.ndarray]:
    """Numbers of the rows of so many spikes, in random order, until all have been there."""
    order = np.random.default_rng(0).permutation(rows).astype(np.int32)
    parts = np.resize(order, (-(-rows // spikes), spikes))
    return itertools.cycle(parts)


def memory_seconds(name: str, size: int, threads: int, quick: bool) -> float:
    """Seconds to go through `size` bytes once; name: "read_all" or "copy"."""

    def prepare(part: int) -> Callable[[int], None]:
        source = np.ones(part // 8, np.int64)
        if name == "read_all":
            return lambda times: call(name, part // 8, times, source)
        target = np.zeros_like(source)
        return lambda times: call(name, part, times, source, target)

    return _best(prepare, size, threads, quick)


def _best(prepare: Callable, size: int, threads: int, quick: bool) -> float:
    """Least seconds of one repetition, where each of `threads` has its part of `size`.

    Processor time with one thread, as everywhere in these benchmarks, else wall clock.
    """
    runs = [prepare(max(1, size // threads)) for _ in range(threads)]
    target, repetitions = QUICK if quick else (SECONDS, REPETITIONS)
    with ThreadPoolExecutor(threads) as pool:

        def taken(times: int) -> float:
            if threads == 1:
                start = time.thread_time()
                runs[0](times)
                return time.thread_time() - start
            start = time.perf_counter()
            for done in [pool.submit(run, times) for run in runs]:
                done.result()
            return time.perf_counter() - start

        times, found = 1, taken(1)
        while found < target:
            times = max(2 * times, int(times * min(100, target / max(found, 1e-7))))
            found = taken(times)
        return min(found, *(taken(times) for _ in range(repetitions))) / times
