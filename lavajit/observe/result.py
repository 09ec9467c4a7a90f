"""What a run has recorded, by Process and member, with what is needed to repeat it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from lavajit.observe.exports.methods import ResultExports
from lavajit.observe.files import FileStore
from lavajit.observe.joining import current_facts, joined_facts, joined_series
from lavajit.observe.memory import SeriesStore
from lavajit.observe.reading import Recorded
from lavajit.observe.series import Events, Series
from lavajit.process.member import AbstractProcessMember
from lavajit.process.process import AbstractProcess

#: What names a record of events.
Key = AbstractProcess | AbstractProcessMember | str | None


class Store(Protocol):
    """Where records are."""

    def series(self) -> dict[str, Series]:
        """What has been recorded so far, by name."""


class Result(ResultExports, Mapping):
    """Records of one run, and where they come from.

    ``result[lif.v]`` or ``result["lif.v"]`` is what was recorded of a Var or OutPort: Samples or
    Events, time first. Of a run that goes on it is what has been recorded so far.

    Attributes
    ----------
    facts : dict
        ``first`` and ``last`` time step of the run, its wall-clock time in ``seconds``, why it
        ``ended`` ("complete", "interrupted", "time limit", "paused", "stopped", "failed", or
        "running"), its ``seed``, ``run_config``, ``versions``, and a hash of the ``network``.
    profile : Profile or None
        Where the time went, of a run with ``profile=True``.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps
    >>> lif = LIF(shape=(3,), bias_mant=4, vth=10, name="lif")
    >>> result = lif.run(RunSteps(10), Loihi2SimCfg(), record=[lif.v, lif.s_out])
    >>> result["lif.v"].values.shape, result.spikes(lif).per_neuron()
    ((10, 3), array([3, 3, 3]))
    """

    def __init__(
        self, store: Store, facts: dict[str, Any], names: dict[AbstractProcessMember, str]
    ):
        self._store = store
        self._names = names
        self.facts = facts
        self.profile: Any = None

    @classmethod
    def load(cls, path: str | os.PathLike, verify: bool = True) -> Result:
        """Read a recording from its folder, up to its last complete chunk.

        Parameters
        ----------
        path : str or path
            What was given to ``to=`` or :meth:`save`.
        verify : bool
            Compare the checksums of all data.

        Raises
        ------
        FileNotFoundError
            There is no such folder.
        RecordingFileError
            It is no recording, or damaged, or of a newer version.
        """
        recorded = Recorded(path, verify)
        facts = recorded.facts
        if facts["ended"] == "running":  # or killed
            ends = [int(steps[-1]) for steps in recorded.steps() if len(steps)]
            facts["last"] = max([facts["last"], *ends])
        return cls(recorded, facts, {})

    def save(self, path: str | os.PathLike) -> None:
        """Write the records into a new folder; `load` reads them.

        Raises
        ------
        FileExistsError
            The folder holds something already.
        """
        series = list(self.series.values())
        store = FileStore(path, [one.form for one in series], dict(self.facts), 0)
        try:
            store.add([one.chunk for one in series])
        except BaseException:
            store.close(self.facts | {"ended": "failed"})
            raise
        store.close(self.facts)

    def __add__(self, later: Result) -> Result:
        """Records of both runs, in memory: ``result + lif.run(...)``.

        Steps between the runs are not there. Facts are those of the later run, but ``first``, and
        ``seconds``, which are added; there is no profile.

        Parameters
        ----------
        later : Result
            Of a run that began when this one had ended, or later, and recorded the same.

        Raises
        ------
        ValueError
            The network, the records, their types, shapes or elements are not the same, or the
            later run began too early.
        """
        if not isinstance(later, Result):
            return NotImplemented
        ours, theirs = self.series, later.series  # of a run that goes on: at this moment
        facts = joined_facts(current_facts(self.facts, ours), current_facts(later.facts, theirs))
        store = SeriesStore(joined_series(ours, theirs))
        return Result(store, facts, self._names | later._names)

    def __reduce__(self) -> tuple:
        """Records and facts go into a pickle, Processes do not."""
        return _unpickled, (self.series, self.facts, self.profile)

    # --- access -----------------------------------------------------------------------

    @property
    def series(self) -> dict[str, Series]:
        """All records by name."""
        return self._store.series()

    @property
    def first(self) -> int:
        """First time step of the run."""
        return self.facts["first"]

    @property
    def last(self) -> int:
        """Last time step of the run."""
        return self.facts["last"]

    def __getitem__(self, key: AbstractProcessMember | str) -> Series:
        series = self.series
        name = self._name_of(key)
        if name not in series:
            known = ", ".join(series) or "nothing"
            raise KeyError(f"{name} was not recorded; recorded: {known}")
        return series[name]

    def _name_of(self, key: AbstractProcessMember | str) -> str:
        if isinstance(key, str):
            return key
        if not isinstance(key, AbstractProcessMember):
            raise KeyError(f"a record is named by a Var, a port or a str, not by {key!r}")
        if not self._names:  # loaded: nothing but names is known
            return key.full_name
        if key not in self._names:  # another Process may have the same name
            known = ", ".join(self._names.values())
            raise KeyError(f"{key.full_name} was not recorded; recorded: {known}")
        return self._names[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)

    def spikes(self, key: Key = None) -> Events:
        """Events of an OutPort, of the only recorded OutPort of a Process, or the only ones.

        Parameters
        ----------
        key : OutPort, Process or str, optional
            A str names a record or a Process, as in "lif.s_out" or "lif".

        Raises
        ------
        KeyError
            Nothing like it was recorded, or more than one.
        """
        series = self.series
        if isinstance(key, AbstractProcessMember) or (isinstance(key, str) and key in series):
            found = self[key]
            if not isinstance(found, Events):
                raise KeyError(f"{found.name} was recorded as samples, not as events")
            return found
        of = [n for n in self._records_of(key) if isinstance(series[n], Events)]
        if len(of) != 1:
            whose = "" if key is None else f" of {getattr(key, 'name', key)}"
            known = ", ".join(of or series) or "nothing"
            raise KeyError(f"there are {len(of)} records of events{whose}, name one of: {known}")
        return series[of[0]]

    def _records_of(self, key: AbstractProcess | str | None) -> list[str]:
        """Names of the records of a Process, of all without one."""
        if key is None:
            return list(self.series)
        if isinstance(key, AbstractProcess) and self._names:
            return [name for member, name in self._names.items() if member.process is key]
        prefix = key.name if isinstance(key, AbstractProcess) else key
        return [name for name in self.series if name.rpartition(".")[0] == prefix]

    def rate(self, key: Key = None, dt: float = 1.0) -> np.ndarray:
        """Mean rate of every element; see :meth:`Events.rate`."""
        return self.spikes(key).rate(dt)

    def isi(self, key: Key = None, dt: float = 1.0) -> list[np.ndarray]:
        """Intervals between events of every element; see :meth:`Events.isi`."""
        return self.spikes(key).isi(dt)

    def cv(self, key: Key = None) -> np.ndarray:
        """Coefficient of variation of the intervals of every element; see :meth:`Events.cv`."""
        return self.spikes(key).cv()

    @property
    def nbytes(self) -> int:
        """Bytes of all records."""
        return sum(series.nbytes for series in self.series.values())

    def __repr__(self) -> str:
        facts = self.facts
        lines = [
            f"Result of steps {facts['first']} to {facts['last']} ({facts['ended']}), "
            f"seed {facts['seed']}, {facts['seconds']:.3g} s"
        ]
        lines += [f"  {series!r}" for series in self.series.values()]
        return "\n".join(lines)


def _unpickled(series: dict[str, Series], facts: dict[str, Any], profile: Any) -> Result:
    result = Result(SeriesStore(series), facts, {})
    result.profile = profile
    return result
