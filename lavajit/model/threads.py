"""How many threads a run may use, and how rows are divided among them."""

from __future__ import annotations

import os

#: Environment variable with the number of threads, for run configs that do not give it.
VARIABLE = "LAVAJIT_THREADS"
MOST_THREADS = 64


def checked_threads(number: object, where: str) -> int:
    """A number of threads.

    Raises
    ------
    ValueError
        It is not a whole number from 1 to 64; `where` says whose it is.
    """
    whole = not isinstance(number, bool) and hasattr(number, "__index__")
    if not whole or not 1 <= number.__index__() <= MOST_THREADS:
        raise ValueError(f"{where} must be a whole number from 1 to {MOST_THREADS}, got {number!r}")
    return number.__index__()


def wanted_threads(run_cfg: object) -> int | None:
    """The number that the run config, or else the environment, asks for; None if neither does."""
    own = getattr(run_cfg, "threads", None)
    text = os.environ.get(VARIABLE, "")
    if own is not None or not text:
        return own
    number = int(text) if text.isdecimal() else text
    return checked_threads(number, f"environment variable {VARIABLE}")


def usable_cores() -> int:
    """Number of cores this process may use, which a container or `taskset` may restrict."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shard_bounds(length: int, shards: int) -> list[int]:
    """Where the shards of an array with `length` rows begin, and the end.

    Examples
    --------
    >>> shard_bounds(10, 3)
    [0, 3, 6, 10]
    """
    return [length * k // shards for k in range(shards + 1)]


def is_elementwise(model_class: type) -> bool:
    """True if the class itself promises it; a subclass may do other things with its neurons."""
    return bool(vars(model_class).get("elementwise", False))


def divided_names(model_class: type) -> tuple[str, ...]:
    """What the class itself says to be divided."""
    return tuple(vars(model_class).get("divided", ()))
