"""Records of one run after those of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from lavajit.observe.memory import joined
from lavajit.observe.series import Events, Samples, Series


def joined_series(one: dict[str, Series], other: dict[str, Series]) -> dict[str, Series]:
    """Every record of `one`, followed by that of the same name of `other`.

    Raises
    ------
    ValueError
        Names, types, shapes or chosen elements differ.
    """
    alone = [f"{name} (only in the {which})" for name, which in _unpaired(one, other)]
    if alone:
        raise ValueError(
            f"results that hold different records cannot be joined: {', '.join(alone)}; "
            "give both runs the same record="
        )
    for name in one:
        first, second = (_described(series[name]) for series in (one, other))
        if first != second:
            raise ValueError(
                f"the records of {name} cannot be joined, the first holds {first}, the second "
                f"{second}; give both runs the same record= with the same options"
            )
        if not np.array_equal(one[name].chosen, other[name].chosen):
            raise ValueError(
                f"the records of {name} cannot be joined, they are of different elements; give "
                "both runs the same neurons="
            )
    return {name: _after(one[name], other[name]) for name in one}


def current_facts(facts: dict[str, Any], series: dict[str, Series]) -> dict[str, Any]:
    """Facts with the last step so far, which those of a run that goes on do not tell."""
    ends = [int(steps[-1]) for steps in map(_steps, series.values()) if len(steps)]
    return facts | {"last": max([facts["last"], *ends])}


def joined_facts(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Facts of the second run, but the first step, and the time of both.

    Raises
    ------
    ValueError
        The networks differ, or the second run begins before the first has ended.
    """
    if one["network"] != other["network"]:
        raise ValueError(
            "the results are of different networks (other Processes, initial values or "
            "connections); only runs of one network can be joined"
        )
    if other["first"] <= one["last"]:
        raise ValueError(
            f"the second result begins with time step {other['first']}, the first ends with "
            f"{one['last']}; join runs in their order: earlier + later"
        )
    return other | {"first": one["first"], "seconds": one["seconds"] + other["seconds"]}


def _unpaired(one: dict[str, Series], other: dict[str, Series]) -> list[tuple[str, str]]:
    first = [(name, "first") for name in one if name not in other]
    return first + [(name, "second") for name in other if name not in one]


def _described(series: Series) -> str:
    form = series.form
    kind = "events" if form.events else "samples"
    return f"{kind} of dtype {form.dtype} and shape {form.shape}"


def _steps(series: Series) -> np.ndarray:
    return series.recorded if isinstance(series, Events) else series.steps


def _after(one: Series, other: Series) -> Series:
    if isinstance(one, Samples):
        steps, values = (
            np.concatenate([getattr(series, part) for series in (one, other)])
            for part in ("steps", "values")
        )
        return Samples(one.name, steps, values, one.chosen)
    return Events.of(one.form, joined([one.chunk, other.chunk], one.dtype))
