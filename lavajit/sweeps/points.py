"""The points of a sweep: from a grid to keyword arguments, checked before any of them runs."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

#: Column of a row that has the text of an exception; no parameter or result can be called that.
ERROR = "error"

Point = dict[str, Any]


def grid_points(grid: Mapping[str, Iterable] | Iterable[Mapping]) -> tuple[dict, list[Point]]:
    """Axes and points of a grid.

    Returns
    -------
    axes : dict of str to list
        Values of each parameter; empty if the grid is a list of points.
    points : list of dict
        In the order of the grid, the last parameter fastest.
    """
    if isinstance(grid, Mapping):
        axes = {name: _axis(name, values) for name, values in grid.items()}
        points = [
            dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())
        ]
    else:
        axes, points = {}, [_point(number, point) for number, point in enumerate(grid)]
    for name in dict.fromkeys(name for point in points for name in point):
        if not isinstance(name, str) or name == ERROR:
            raise ValueError(f"a parameter is called {name!r}; use a str other than {ERROR!r}")
    return axes, points


def _axis(name: str, values: Iterable) -> list:
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"grid[{name!r}] must be a list of values, got {values!r}; write [value]")
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise ValueError(f"grid[{name!r}] must be a list of values, got shape {values.shape}")
    values = list(values)
    if not values:
        raise ValueError(f"grid[{name!r}] is empty, so there are no points; give it a value")
    return values


def _point(number: int, point: Mapping) -> Point:
    if not isinstance(point, Mapping):
        raise TypeError(
            f"grid must be a dict of lists or a list of dicts; item {number} is {point!r}"
        )
    return dict(point)


def check_call(build: Callable, points: list[Point]) -> None:
    """Raise TypeError unless `build` can be called with every point."""
    if not callable(build):
        raise TypeError(f"build must be a function of the parameters of a point, got {build!r}")
    try:
        signature = inspect.signature(build)
    except ValueError:  # a builtin without one
        return
    for point in points:
        try:
            signature.bind(**point)
        except TypeError as error:
            raise TypeError(
                f"{name_of(build)}{signature} cannot be called with {text_of(point)}: {error}"
            ) from None


def name_of(build: Callable) -> str:
    """Name of a function, for messages and files."""
    build = getattr(build, "func", build)  # functools.partial
    return getattr(build, "__qualname__", type(build).__qualname__)


def text_of(point: Point) -> str:
    """A point as it is shown in messages."""
    return ", ".join(f"{name}={value!r}" for name, value in plain(point).items()) or "no parameters"


def plain(value: Any) -> Any:
    """`value` with Python's numbers instead of NumPy's; arrays stay."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    if type(value) is dict:
        return {name: plain(item) for name, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    return value


def json_of(point: Point) -> Point:
    """A point as JSON can hold it: arrays and tuples become lists.

    Raises
    ------
    TypeError
        A value is neither number, text nor None, nor a list, array or dict of these.
    """
    for name, value in point.items():
        try:
            json.dumps(plain(value), default=_listed)
        except (TypeError, ValueError):
            raise TypeError(
                f"with resume, values of {name!r} must be numbers, text, None or arrays, or lists "
                f"and dicts of these; got {value!r}"
            ) from None
    return json.loads(json.dumps(plain(point), default=_listed))


def key_of(point: Point) -> str:
    """Text that is the same for equal points, whatever the order of their parameters."""
    return json.dumps(point, sort_keys=True, default=_listed)


def _listed(value: Any) -> list:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.tolist()
    raise TypeError
