"""Where the time of a run went: by Process, kernel and phase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

from lavajit.observe.exports.common import optional
from lavajit.runtime.profiling.text import profile_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Names in place of a Process.
LOOP, BETWEEN, RECORDING = "(step loop)", "(between chunks)", "(recording)"
CLOSING = "(counting)"
PROFILING = "(profiling)"
PYTHON = "Python"


@dataclass(frozen=True)
class ProfileRow:
    """One kernel of one Process in one phase.

    Attributes
    ----------
    process, model : str
        Name of the Process and class of its model; in brackets, without a model, the engine's own.
    kernel : str
        Method, or what the engine does for the Process, e.g. "sum into a_in".
    phase : str
        "spiking", "pre-management", "learning", "post-management", or "" outside the steps.
    tier : str
        "native" or "Python".
    calls : int
        How often it was called; exact.
    seconds : float
        Wall-clock time of all calls, for divided kernels that of all threads together at work.
    share : float
        Of the time of the run.
    neurons : int or None
        Neurons of the Process, where this kernel updates them.
    events : float or None
        Synaptic events received: spikes times the synapses they reach; estimated from samples.
    threads : int
        Number of threads that the kernel is divided among.
    balance : float or None
        Of a divided kernel, the mean work of a thread by that of the busiest one.
    because : str
        Why it runs in Python.
    """

    process: str
    model: str
    kernel: str
    phase: str
    tier: str
    calls: int
    seconds: float
    share: float = 0.0
    neurons: int | None = None
    events: float | None = None
    threads: int = 1
    balance: float | None = None
    because: str = ""

    @property
    def label(self) -> str:
        """Process and kernel; of the engine's own time what it was for."""
        if self.model:
            return f"{self.process}.{self.kernel}"
        return f"{self.process} {self.kernel}" if self.process == RECORDING else self.process

    @property
    def ns_per_call(self) -> float | None:
        """Nanoseconds of a call."""
        return 1e9 * self.seconds / self.calls if self.calls else None

    @property
    def ns_per_neuron(self) -> float | None:
        """Nanoseconds per update of a neuron; None where no neurons are updated."""
        updates = self.calls * (self.neurons or 0)
        return 1e9 * self.seconds / updates if updates else None

    @property
    def ns_per_event(self) -> float | None:
        """Nanoseconds per synaptic event; None where none were delivered or nobody counts.

        None also if the method is cut: one part may receive what another one delivers; see the
        Process.
        """
        whole = "[" not in self.kernel
        return 1e9 * self.seconds / self.events if self.events and whole else None

    @property
    def _key(self) -> tuple[str, ...]:
        return self.process, self.model, self.kernel, self.phase, self.tier

    def _plus(self, other: ProfileRow) -> ProfileRow:
        return replace(
            self,
            calls=self.calls + other.calls,
            seconds=self.seconds + other.seconds,
            events=_sum(self.events, other.events),
            balance=other.balance if other.balance is not None else self.balance,
        )


@dataclass(frozen=True)
class ProcessProfile:
    """All kernels of one Process.

    Attributes
    ----------
    process, model : str
        Name of the Process and class of its model.
    seconds, share : float
        Time of all its kernels.
    crossings : int
        Calls of Python functions.
    neurons : int or None
        Its neurons, if a kernel updates them.
    ns_per_neuron : float or None
        Nanoseconds that all methods of the model take, per neuron and step.
    ns_per_event : float or None
        Nanoseconds that ``run_spk`` takes, per synaptic event.
    memory : int
        Bytes of its state and of the messages it sends.
    """

    process: str
    model: str
    seconds: float
    share: float
    crossings: int
    neurons: int | None
    ns_per_neuron: float | None
    ns_per_event: float | None
    memory: int


class Profile:
    """Where the time of one or several runs of a network went.

    Parameters
    ----------
    rows : iterable of ProfileRow
        In any order, read when they are needed; equal kernels are put together.
    memory : dict of str to int
        Bytes of each Process.
    steps : int
        Number of time steps.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif = LIF(shape=(3,), bias_mant=4, vth=10, name="lif")
    >>> profile = lif.run(RunSteps(1000), Loihi2SimCfg(), profile=True).profile
    >>> row = profile["lif", "run_spk"]
    >>> row.calls, row.neurons, row.tier
    (1000, 3, 'native')
    >>> lif.stop()
    """

    def __init__(self, rows: Iterable[ProfileRow], memory: dict[str, int], steps: int):
        self._found = rows
        self.memory, self.steps = memory, steps

    def __reduce__(self) -> tuple:
        return Profile, (self.rows, self.memory, self.steps)

    @cached_property
    def rows(self) -> list[ProfileRow]:
        """Longest first; the shares add up to 1."""
        found: dict[tuple[str, ...], ProfileRow] = {}
        for row in self._found:
            found[row._key] = found[row._key]._plus(row) if row._key in found else row
        self._found = ()
        total = fsum(row.seconds for row in found.values()) or 1.0  # in any order
        shared = [replace(row, share=row.seconds / total) for row in found.values()]
        return sorted(shared, key=lambda row: -row.seconds)

    @cached_property
    def seconds(self) -> float:
        """Wall-clock time of the runs."""
        return fsum(row.seconds for row in self.rows)

    @classmethod
    def combined(cls, profiles: Iterable[Profile]) -> Profile:
        """The profile of several runs of one network."""
        listed = list(profiles)
        memory = {name: size for one in listed for name, size in one.memory.items()}
        rows = (row for one in listed for row in one.rows)
        return cls(rows, memory, sum(one.steps for one in listed))

    def __getitem__(self, key: tuple[str, str]) -> ProfileRow:
        """The longest row of a (process, kernel)."""
        for row in self.rows:
            if (row.process, row.kernel) == tuple(key):
                return row
        known = ", ".join(f"{row.process}.{row.kernel}" for row in self.rows[:20])
        raise KeyError(f"{key} is no (process, kernel) of this profile; the longest are: {known}")

    @property
    def processes(self) -> list[ProcessProfile]:
        """Sums over the kernels of each Process, longest first."""
        rows: dict[str, list[ProfileRow]] = {}
        for row in self.rows:
            rows.setdefault(row.process, []).append(row)
        for process in self.memory:
            rows.setdefault(process, [])
        sums = [self._sum(process, own) for process, own in rows.items()]
        return sorted(sums, key=lambda one: -one.seconds)

    def _sum(self, process: str, rows: list[ProfileRow]) -> ProcessProfile:
        neurons = max((row.neurons for row in rows if row.neurons), default=None)
        events = sum(row.events or 0.0 for row in rows)
        updating = sum(row.seconds for row in rows if row.neurons)
        spiking = sum(row.seconds for row in rows if row.kernel.startswith("run_spk"))
        return ProcessProfile(
            process,
            next((row.model for row in rows if row.model), ""),
            sum(row.seconds for row in rows),
            sum(row.share for row in rows),
            sum(row.calls for row in rows if row.tier == PYTHON),
            neurons,
            1e9 * updating / (neurons * self.steps) if neurons and self.steps else None,
            1e9 * spiking / events if events else None,
            self.memory.get(process, 0),
        )

    @property
    def crossings(self) -> list[ProfileRow]:
        """Kernels in Python, which the step loop has to be left for; the most frequent first."""
        rows = [row for row in self.rows if row.tier == PYTHON and row.calls]
        return sorted(rows, key=lambda row: -row.calls)

    def to_text(self, rows: int = 30) -> str:
        """The tables that a profile prints as, with at most so many rows each."""
        return profile_text(self, rows)

    def __repr__(self) -> str:
        return self.to_text()

    def to_pandas(self) -> Any:
        """A DataFrame with one row for each of `rows`; needs the package pandas."""
        pandas = optional("pandas", "pandas", "to_pandas()")
        names = [field.name for field in fields(ProfileRow)]
        names[8:8] = ["ns_per_call", "ns_per_neuron", "ns_per_event"]
        return pandas.DataFrame(
            [[getattr(row, name) for name in names] for row in self.rows], columns=names
        )

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw bars; see :func:`lavajit.plots.profile`."""
        from lavajit import plots

        return plots.profile(self, ax=ax, **options)


def _sum(a: float | None, b: float | None) -> float | None:
    return a if b is None else b if a is None else a + b
