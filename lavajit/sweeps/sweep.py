"""One function at many points, here or in any executor, as one table."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing
from typing import Any

from lavajit.sweeps.computing import Outcome, failure_of, start
from lavajit.sweeps.points import (
    ERROR,
    Point,
    check_call,
    grid_points,
    json_of,
    key_of,
    name_of,
    plain,
    text_of,
)
from lavajit.sweeps.store import SweepStore
from lavajit.sweeps.table import SweepTable


def sweep(
    build: Callable[..., dict[str, Any]],
    grid: Mapping[str, Iterable] | Iterable[Mapping[str, Any]],
    executor: Executor | None = None,
    *,
    resume: str | os.PathLike | None = None,
    errors: str = "report",
    progress: bool | Callable[[int, int], None] = False,
) -> SweepTable:
    """Call `build` at every point of a grid and collect what it returns in one table.

    Parameters
    ----------
    build : callable
        ``build(**point)`` builds a network, runs it, and returns a dict of results by name:
        numbers and arrays, also text, None, lists and dicts. With processes it must be defined at
        the top level of a module; nothing of it is shared between points.
    grid : dict of str to list, or list of dict
        Values of each parameter, of which all combinations are points (the last one fastest); or
        the points themselves. A parameter such as ``"seed": range(5)`` repeats.
    executor : concurrent.futures.Executor, optional
        Where the points are computed: a ProcessPoolExecutor, ``dask.distributed.Client(...)
        .get_executor()``, or any other. None: here, one after the other. It is not shut down.
    resume : path, optional
        Folder that keeps finished points (format: :mod:`lavajit.sweeps.store`). Points that are
        there are not computed again, those that failed are; the grid may change. It does not know
        what `build` does: choose another folder when that changes.
    errors : {"report", "raise"}
        What happens if a point fails: the text of the exception stands in its row and the others
        go on; or the exception is raised, with the point in its notes. Finished points are kept
        in both cases.
    progress : bool or callable
        True shows a progress bar; a callable is called with (points done, points in all).

    Returns
    -------
    SweepTable
        A row per point, in the order of the grid.

    Raises
    ------
    TypeError, ValueError
        Grid, function, executor and folder do not fit together. Raised before the first point.

    Examples
    --------
    >>> from lavajit import LIF, Loihi2SimCfg, RunSteps, sweep
    >>> def final_voltage(bias):
    ...     lif = LIF(shape=(1,), bias_mant=bias, vth=10)
    ...     with lif:
    ...         lif.run(RunSteps(5), run_cfg=Loihi2SimCfg())
    ...         return {"v": lif.v.get()[0]}
    >>> sweep(final_voltage, {"bias": [0.5, 1, 1.5]})
       bias    v
    0   0.5  2.5
    1     1    5
    2   1.5  7.5
    [3 points]
    """
    axes, points = grid_points(grid)
    _check_options(build, executor, errors)
    check_call(build, points)
    store = None
    if resume is not None:
        _check_distinct(points)
        store = SweepStore(resume, name_of(build))
    collector = _Collector(points, store, errors)
    with closing(start(build, executor, collector.missing)) as outcomes:
        bar = _Bar(progress, len(points), len(points) - len(collector.missing))
        try:
            for k, outcome in outcomes:
                collector.take(k, outcome)
                bar(collector)
        finally:
            bar.close()
    parameters = list(dict.fromkeys(name for point in points for name in point))
    return SweepTable(collector.rows(), parameters, axes, collector.tracebacks)


def _check_options(build: Callable, executor: Executor | None, errors: str) -> None:
    if errors not in ("report", "raise"):
        raise ValueError(f"errors must be 'report' or 'raise', got {errors!r}")
    if executor is not None and not isinstance(executor, Executor):
        is_client = hasattr(executor, "get_executor")
        advice = "give its get_executor()" if is_client else "e.g. ProcessPoolExecutor(4)"
        raise TypeError(
            f"executor must be a concurrent.futures.Executor, got {executor!r}; {advice}"
        )
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.dumps(build)
        except Exception as error:
            raise TypeError(
                f"{name_of(build)} cannot be sent to other processes ({error}); define it with "
                "`def` at the top level of a module"
            ) from None


def _check_distinct(points: list[Point]) -> None:
    seen: dict[str, int] = {}
    for k, point in enumerate(points):
        first = seen.setdefault(key_of(json_of(point)), k)
        if first != k:
            raise ValueError(
                f"points {first} and {k} are the same ({text_of(point)}), so resume cannot tell "
                "their results apart; add a parameter, such as a seed"
            )


class _Collector:
    """Takes outcomes in any order; keeps them in the store, if there is one."""

    def __init__(self, points: list[Point], store: SweepStore | None, errors: str) -> None:
        self.points, self.store, self.errors = points, store, errors
        self.results: dict[int, dict[str, Any]] = {}
        self.failures: dict[int, str] = {}
        self.tracebacks: dict[int, str] = {}
        for k, point in enumerate(points if store is not None else ()):
            found = store.find(point)
            if found is not None:
                self.results[k] = found
        self.missing = {k: p for k, p in enumerate(points) if k not in self.results}

    def take(self, k: int, outcome: Outcome) -> None:
        """Keep an outcome, or raise what the point has raised."""
        if outcome.error is None and self.store is not None:
            try:
                self.store.add(self.points[k], outcome.result)
            except TypeError as error:
                outcome = failure_of(error)
        if outcome.error is None:
            self.results[k] = outcome.result
            return
        if self.errors == "raise":
            error = outcome.exception
            error.add_note(f"at point {k} of the sweep: {text_of(self.points[k])}")
            if error.__traceback__ is None:
                error.add_note(outcome.traceback)
            raise error
        self.failures[k], self.tracebacks[k] = outcome.error, outcome.traceback

    def rows(self) -> list[dict[str, Any]]:
        """Parameters, results and error of each point."""
        return [
            {**plain(point), **self.results.get(k, {}), ERROR: self.failures.get(k)}
            for k, point in enumerate(self.points)
        ]


class _Bar:
    """Tells a tqdm bar or a callable of the user's how far the sweep is."""

    def __init__(self, progress: bool | Callable, total: int, done: int) -> None:
        self.function = progress if callable(progress) else None
        self.total, self.bar = total, None
        if progress and self.function is None:
            from tqdm.auto import tqdm

            self.bar = tqdm(total=total, initial=done, unit="point")

    def __call__(self, collector: _Collector) -> None:
        failed = len(collector.failures)
        done = len(collector.results) + failed
        if self.function is not None:
            self.function(done, self.total)
        if self.bar is not None:
            if failed:
                self.bar.set_postfix(failed=failed, refresh=False)
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
