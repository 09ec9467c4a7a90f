"""Points computed, here or in an executor; what a point raises becomes part of its outcome."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from typing import Any

from lavajit.sweeps.points import ERROR, Point, name_of, plain


@dataclass
class Outcome:
    """What became of a point."""

    result: dict[str, Any] | None = None
    error: str | None = None
    traceback: str = ""
    exception: BaseException | None = None


def _run_point(build: Callable, point: Point) -> Outcome:
    try:
        return Outcome(_checked(build, point, build(**point)))
    except Exception as error:
        return failure_of(error)


def _run_remote_point(build: Callable, point: Point) -> Outcome:
    """The same in an executor; some exceptions could be sent back but not be made again there,
    which would end a process pool.
    """
    outcome = _run_point(build, point)
    try:
        pickle.loads(pickle.dumps(outcome.exception))
    except Exception:
        outcome.exception = RuntimeError(outcome.error)
    return outcome


def _checked(build: Callable, point: Point, result: Any) -> dict[str, Any]:
    if not isinstance(result, Mapping):
        raise TypeError(
            f"{name_of(build)} must return a dict of results by name, got {type(result).__name__}"
        )
    for name in result:
        if not isinstance(name, str) or name in point or name == ERROR:
            raise ValueError(
                f"{name_of(build)} returns a result called {name!r}; use a str that is neither a "
                f"parameter nor {ERROR!r}"
            )
    return {name: plain(value) for name, value in result.items()}


def failure_of(error: BaseException) -> Outcome:
    """The outcome of a point that raised `error`."""
    text = "".join(traceback.format_exception_only(error)).strip().split("\n")[0]
    whole = "".join(traceback.format_exception(error))
    return Outcome(error=text, traceback=whole, exception=error)


def start(
    build: Callable, executor: Executor | None, points: dict[int, Point]
) -> Iterator[tuple[int, Outcome]]:
    """Outcomes by number of the point, as they come."""
    if executor is None:
        return ((k, _run_point(build, point)) for k, point in points.items())
    # Submitted now and not when first asked: processes that fork must do so before the progress
    # bar starts its thread.
    futures, refused = {}, []
    for k, point in points.items():
        try:
            futures[executor.submit(_run_remote_point, build, point)] = k
        except Exception as error:  # e.g. a pool whose processes have died
            refused.append((k, failure_of(error)))
    return _as_completed(futures, refused)


def _as_completed(futures: dict, refused: list) -> Iterator[tuple[int, Outcome]]:
    try:
        yield from refused
        for future in as_completed(futures):
            error = future.exception()
            yield futures[future], future.result() if error is None else failure_of(error)
    finally:
        for future in futures:
            future.cancel()
