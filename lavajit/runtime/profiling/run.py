"""Profiling one run: now and then some steps are measured thoroughly, the others only as a whole.

Measuring a row takes about 20 ns, as long as a small kernel. So a *burst* of steps that walk the
thorough copy of the program (:mod:`lavajit.runtime.profiling.walks`) is followed by a gap of
others, so long that all that measuring takes is a small share of the run; where rows are long,
there is no gap. The time of a gap is divided among rows as in the burst behind it.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

import numpy as np

from lavajit.runtime.profiling.clock import Clock, costs
from lavajit.runtime.profiling.events import EventCounters
from lavajit.runtime.profiling.walks import COUNTING, LOOP, NOTHING, Walks
from lavajit.runtime.stepper import CHUNK_SECONDS
from lavajit.runtime.table import CYCLES, LONGEST, TICKS

#: Share of the time of a run that measuring may take.
SHARE = 0.02
#: Steps of a burst, if they are short, and growth from one burst to the next.
BURST, GROWTH = 32, 8
#: Gaps differ by up to this share, or they might keep pace with what a network does periodically.
JITTER = 0.5
#: Seconds from which on a call that is ODD times longer than others may be one in which the system
#: gave the core to somebody else, unless the kernel has such calls in MANY bursts.
PAUSE_SECONDS, ODD, MANY = 2e-5, 10, 0.1


@dataclass
class Measured:
    """What one run took, in cycles of the counter.

    Attributes
    ----------
    cycles : ndarray of float64, shape (S,)
        Time of each slot.
    events : dict of int to float
        Synaptic events received by each row, as many in gaps as in the bursts behind them.
    calls : dict of int to int
        How often each row was reached.
    steps : int
        Number of finished steps.
    inside, outside, measuring : float
        Time in chunks of steps; between them, of others and of the profiler.
    seconds_per_cycle : float
        Of wall-clock time.
    """

    cycles: np.ndarray
    events: dict[int, float]
    calls: dict[int, int] = field(default_factory=dict)
    steps: int = 0
    inside: float = 0.0
    outside: float = 0.0
    measuring: float = 0.0
    seconds_per_cycle: float = 0.0


class Profiler:
    """Measures runs of one network, one after the other.

    What it has learned about the length of gaps, and the shares of the last burst, are kept from
    run to run, so that many short runs are not disturbed more than a long one.

    Parameters
    ----------
    stepper : Stepper
        What executes the network.
    walks : Walks
        The program's copies that measure.
    shards : int
        Number of threads that help each other.
    counters : EventCounters
        They count the synaptic events of all bursts after the first one.

    Attributes
    ----------
    run : Measured
        The current run, or the last one.
    """

    def __init__(self, stepper, walks: Walks, shards: int, counters: EventCounters):
        self.walks, self._counters = walks, counters
        self._stepper = stepper
        self._clock = Clock()
        self._tick, self._end = costs()
        self._helped = 1 - 1 / shards
        slots = len(walks.slots)
        self._exact = np.zeros(slots, bool)
        self._exact[walks.hosts] = True
        self._members = np.array([m for g in walks.groups for m in g.members], np.int64)
        self._random = random.Random(0)
        self._shares, self._odd = np.zeros(slots), np.zeros(slots, np.int64)
        self._event_rates = dict.fromkeys(counters.totals, 0.0)
        self._bursts = self._gap = self._bookkeeping = 0
        self._length = 1
        self._reset()

    def _reset(self) -> None:
        self.walks.reset()
        self.run = Measured(np.zeros(len(self._shares)), dict.fromkeys(self._event_rates, 0.0))
        self._before = self.walks.slots.copy()
        self._quick_cycles = self._quick_steps = 0

    def begin(self) -> None:
        """Just before the first step of a run."""
        self._reset()
        self._began = time.perf_counter(), self._clock.read()
        self._walk(self.walks.quick)

    def _walk(self, walk) -> None:
        self._stepper.walk(walk.table, walk.origin)

    def run_chunk(self, remaining: int) -> int:
        """Run some of the remaining steps; the number of steps that were finished."""
        if self._gap > 0:
            start = self._clock.read()
            done = self._stepper.run_chunk(min(remaining, self._gap))
            self._gap -= done
            self._quick_cycles += self._clock.read() - start
            self._quick_steps += done
        else:
            done = self._burst(min(remaining, self._length))
        self.run.steps += done
        return done

    def _burst(self, steps: int) -> int:
        between = self.walks.slots.copy()
        self.walks.slots[:, LONGEST] = 0
        self._walk(self.walks.thorough)
        start = self.walks.last[0] = self._clock.read()
        done = self._stepper.run_steps(steps, alone=True)
        end = self._clock.read()
        self._walk(self.walks.quick)
        self._account(between, end - start, done)
        self._bookkeeping = self._clock.read() - end
        self.run.measuring += self._bookkeeping
        return done

    def end(self) -> None:
        """After the last step, or when the run fails."""
        if self._quick_cycles:
            self._divide_gap(self.walks.slots - self._before)
        self._stepper.leave_copy()
        run, total = self.run, self._clock.read() - self._began[1]
        run.calls = self.walks.calls(run.steps)
        run.seconds_per_cycle = (time.perf_counter() - self._began[0]) / max(total, 1)
        run.outside = max(0.0, total - run.inside - run.measuring)

    # --- dividing time ----------------------------------------------------------------

    def _account(self, between: np.ndarray, burst: int, steps: int) -> None:
        """After a burst that took so many cycles: divide it, and the gap before it."""
        now = self.walks.slots.copy()
        raw = now - between
        raw[:, LONGEST] = now[:, LONGEST]
        if self._quick_cycles:
            self._leave_out_pauses(raw)
        shares = self._net(raw)
        shares[LOOP] += self._end * steps
        shares[[NOTHING, COUNTING]] = 0.0
        self._shares = shares
        self._count_events(steps)
        if self._quick_cycles:
            self._divide_gap(between - self._before)
        self._before = now
        self.run.cycles += shares * (burst / max(shares.sum(), 1.0))
        self.run.inside += burst
        self._bursts += 1
        if self._bursts == 1:
            self._counters.start()
        self._plan(raw, shares, burst, steps)

    def _leave_out_pauses(self, raw: np.ndarray) -> None:
        """Give calls that were interrupted by the system the mean of the others."""
        cycles, ticks, longest = raw.T
        others = (cycles - longest) / np.maximum(ticks - 1, 1)
        least = np.maximum(ODD * others, PAUSE_SECONDS * self._cycles_per_second())
        odd = (ticks > ODD) & (longest > least)
        self._odd += odd
        rare = odd & (self._odd <= 1 + MANY * self._bursts)
        cycles[rare] += (others - longest).astype(np.int64)[rare]

    def _net(self, raw: np.ndarray) -> np.ndarray:
        """Cycles of the slots without those of their TICKs."""
        return np.maximum(raw[:, CYCLES] - self._tick * raw[:, TICKS], 0.0)

    def _divide_gap(self, raw: np.ndarray) -> None:
        """Divide what quick steps took: what they have measured, and the rest as in bursts."""
        net, shares = self._net(raw), self._shares
        found = np.where(self._exact, net, 0.0)
        for group in self.walks.groups:
            part = shares[group.members]
            found[group.members] = net[group.slot] * part / part.sum() if part.any() else 0.0
        rest = np.where(self._exact, 0.0, shares)
        rest[self._members] = 0.0
        if not rest.any():
            rest[LOOP] = 1.0
        left = max(0.0, self._quick_cycles - found.sum())
        self.run.cycles += found + rest * (left / rest.sum())
        for row, rate in self._event_rates.items():
            self.run.events[row] += rate * self._quick_steps
        self.run.inside += self._quick_cycles
        self._quick_cycles = self._quick_steps = 0

    def _count_events(self, steps: int) -> None:
        """After a burst; there are none before connections have made their synapses."""
        for row, total in self._counters.totals.items():
            self._event_rates[row] = int(total[0]) / steps
            self.run.events[row] += int(total[0])
            total[0] = 0

    def _plan(self, raw: np.ndarray, shares: np.ndarray, burst: int, steps: int) -> None:
        """Length of the next burst, and of the gap before it.

        A step of a burst takes `extra` cycles more than others, a burst `fixed` ones besides.
        """
        serial = self._helped * shares[self._members].sum()
        step = max((shares.sum() - serial) / steps, 1.0)
        counting = raw[COUNTING, CYCLES]
        extra = (self._tick * raw[:, TICKS].sum() + counting + serial) / steps
        inside = raw[:, CYCLES].sum() - raw[NOTHING, CYCLES] + self._end * steps
        fixed = max(0.0, burst - inside) + self._bookkeeping
        most = CHUNK_SECONDS * self._cycles_per_second() / step
        length, spare = float(BURST), SHARE * step - extra
        if spare > SHARE * step / 4:
            length = max(length, fixed / spare)
        length = min(length, most, GROWTH * steps if self._bursts > 1 else BURST)
        self._length = max(1, int(length))
        gap = (fixed + extra * self._length) / (SHARE * step) - self._length
        self._gap = max(0, int(gap * (1 + JITTER * (2 * self._random.random() - 1))))

    def _cycles_per_second(self) -> float:
        seconds = time.perf_counter() - self._began[0]
        return (int(self._clock.now[0]) - self._began[1]) / max(seconds, 1e-9)
