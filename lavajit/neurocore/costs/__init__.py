"""Cost models by name: those that come with the simulator, changed ones and one's own.

>>> from lavajit.neurocore.costs import preset
>>> preset("loihi2").coefficients["syn_ops_energy"].quality
'scaled'
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from lavajit.neurocore.chips.figures import Figure
from lavajit.neurocore.costs.model import Costs
from lavajit.neurocore.costs.tables import DEFAULTS, MAX_UNITS, PRESETS, Coefficients

_GIVEN = "given by the user"

_registered: dict[str, Coefficients] = {}


def preset(
    name: str,
    *,
    time_mode: str = "free",
    dt_us: float = 1000.0,
    **coefficients: float | tuple | Figure,
) -> Costs:
    """Cost model of that name, with some coefficients replaced.

    Parameters
    ----------
    name : str
        "loihi1_d18" (published, before silicon), "loihi1_nahuku" (fitted to a board, dense
        synapses; also "_sparse" and "_conv"), "loihi2_scaled" (not measured), "loihi2_maxaffine"
        (has to be given `cost_tables.MAX_UNITS`), or of :func:`register_preset`. The name of a
        chip stands for its default.
    time_mode, dt_us
        As of :class:`Costs`.
    **coefficients : float, tuple of float, or Figure
        In the unit of the figure they replace. A number has the quality "assumed"; give a
        `Figure` to say where it comes from.

    Returns
    -------
    Costs

    Raises
    ------
    ValueError
        There is no such preset or coefficient, one has to be given, or a value is negative.
    TypeError
        A coefficient is not a number.

    Examples
    --------
    >>> from lavajit.neurocore.costs import preset
    >>> costs = preset("loihi1", syn_ops_energy=30.0)
    >>> print(costs.name, costs.core_energy[0], costs.coefficients["syn_ops_energy"].quality)
    loihi1_d18 30.0 assumed
    """
    name = DEFAULTS.get(name, name)
    known = {**PRESETS, **_registered}
    if name not in known:
        raise ValueError(f"costs: {name!r} is none of {', '.join(known)}")
    return Costs(name, _with(name, known[name], coefficients), time_mode, dt_us)


def register_preset(name: str, base: str, **coefficients: float | tuple | Figure) -> None:
    """Give a cost model of one's own a name for :func:`preset`.

    Parameters
    ----------
    name : str
        Not of one that comes with the simulator; one's own are replaced.
    base : str
        Preset whose coefficients are taken where none are given.
    **coefficients
        As of :func:`preset`.

    Raises
    ------
    ValueError, TypeError
        The name is taken, or as of :func:`preset`.
    """
    if name in PRESETS or name in DEFAULTS:
        raise ValueError(f"costs: {name!r} comes with the simulator, choose another name")
    _registered[name] = preset(base, **coefficients).coefficients


def _with(name: str, table: Coefficients, given: Mapping) -> Coefficients:
    """A table with some coefficients replaced, checked."""
    units = {each: figure.unit for each, figure in table.items()}
    if "barrier_times" not in table:
        units = {**MAX_UNITS, **units}
    for each in given:
        if each not in units:
            raise ValueError(f"{name} has no coefficient {each!r}, it has {', '.join(units)}")
    missing = [each for each in units if each not in table and each not in given]
    if missing:
        needed = ", ".join(f"{each} ({units[each]})" for each in missing)
        raise ValueError(f"{name}: no values are public, give {needed}")
    result = {**table, **{each: _figure(each, value, units) for each, value in given.items()}}
    for points, times in (
        ("barrier_tiles", "barrier_times"),
        ("barrier_chips", "barrier_chip_times"),
    ):
        if points in result:
            _check_line(name, result, points, times)
    return MappingProxyType(result)


def _figure(name: str, value: float | tuple | Figure, units: Mapping[str, str]) -> Figure:
    figure = value if isinstance(value, Figure) else None
    value = figure.value if figure else value
    several = name.startswith("barrier_") and name != "barrier_time"
    try:
        numbers = np.atleast_1d(np.asarray(value, np.float64))
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected a number of {units[name]}, got {value!r}") from None
    if several != isinstance(value, (tuple, list)):
        raise TypeError(f"{name}: expected {'a tuple' if several else 'one number'}, got {value!r}")
    positive = name == "link_bandwidth"
    if not np.isfinite(numbers).all() or (numbers < 0).any() or (positive and not numbers.all()):
        least = "above 0" if positive else "from 0"
        raise ValueError(f"{name}: expected finite {units[name]} {least}, got {value!r}")
    if figure:
        if figure.unit != units[name]:
            raise ValueError(f"{name}: expected {units[name]}, got a figure in {figure.unit}")
        return figure
    kept = tuple(numbers.tolist()) if several else float(numbers[0])
    return Figure(kept, units[name], _GIVEN, "assumed")


def _check_line(name: str, table: Coefficients, points: str, times: str) -> None:
    x, y = table[points].value, table[times].value
    if len(x) != len(y) or not x or (np.diff(x) <= 0).any() or x[0] < 1:
        raise ValueError(
            f"{name}: {points} {x} and {times} {y} are no line: give as many of both, points "
            "ascending from 1"
        )
