"""The outcome of a sweep: one row per point, in the order of the grid."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from lavajit.sweeps.points import ERROR, plain

#: Rows that repr shows before and after "...".
SHOWN = 8
#: Characters of a value that repr shows, and of an error.
WIDTH, ERROR_WIDTH = 28, 72


class SweepTable(Sequence):
    """Rows of a sweep: parameters, results, and the error of points that failed.

    Parameters
    ----------
    rows : list of dict
        One per point: its parameters, its results, and "error", which is None or the text of the
        exception.
    parameters : list of str
        Names of the parameters.
    axes : dict of str to list
        Values of each parameter, if the grid was a dict.
    tracebacks : dict of int to str
        Of the points that failed, by row.

    Examples
    --------
    >>> table = SweepTable([{"g": 1, "rate": 2.5, "error": None}], ["g"], {"g": [1]}, {})
    >>> table[0]["rate"], table["rate"], table.on_grid("rate").shape
    (2.5, array([2.5]), (1,))
    """

    def __init__(
        self,
        rows: list[dict[str, Any]],
        parameters: list[str],
        axes: dict[str, list],
        tracebacks: dict[int, str],
    ) -> None:
        self.rows = rows
        self.parameters = parameters
        self.axes = axes
        self.tracebacks = tracebacks

    @property
    def columns(self) -> list[str]:
        """Parameters, results in the order in which they first appear, "error"."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        names.pop(ERROR, None)
        return [*dict.fromkeys([*self.parameters, *names]), ERROR]

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Rows of the points that failed."""
        return [row for row in self.rows if row[ERROR] is not None]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key):
        """A row by its number, or a column by its name.

        A column is an array: (points,) of numbers, (points, ...) of arrays of one shape, otherwise
        of objects. Where a point has no value, numbers are NaN and objects None.
        """
        if not isinstance(key, str):
            return self.rows[key]
        if key not in self.columns:
            first = next((f"; {row[ERROR]}" for row in self.failed), "")
            raise KeyError(f"no column {key!r}; there are {', '.join(self.columns)}{first}")
        return _stacked([row.get(key) for row in self.rows])

    def on_grid(self, name: str) -> np.ndarray:
        """A column with one axis per parameter, in the order of the grid.

        Returns
        -------
        ndarray, shape (values of the first parameter, ..., shape of one result...)

        Raises
        ------
        ValueError
            The grid was a list of points.
        """
        if not self.axes:
            raise ValueError("the grid was a list of points, not a dict of lists: it has no axes")
        column = self[name]
        return column.reshape(*map(len, self.axes.values()), *column.shape[1:])

    def to_pandas(self):
        """The table as a pandas.DataFrame; arrays stay arrays, in columns of objects."""
        import pandas

        columns = {name: [row.get(name) for row in self.rows] for name in self.columns}
        return pandas.DataFrame(columns)

    def to_csv(self, path: str | os.PathLike) -> None:
        """Write the table as CSV; floats are read back exactly, arrays and lists are JSON."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.columns)
            for row in self.rows:
                writer.writerow([_cell(row.get(name)) for name in self.columns])

    def __repr__(self) -> str:
        names = self.columns if self.failed else self.columns[:-1]
        count = len(self.rows)
        numbers = list(range(count))
        if count > 2 * SHOWN:
            numbers = [*range(SHOWN), None, *range(count - SHOWN, count)]
        lines = [["", *names]]
        for k in numbers:
            cells = ["..."] * (len(names) + 1) if k is None else self._line(k, names)
            lines.append(cells)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in lines]
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return "\n".join([*text, f"[{count} points{failed}]"])

    def _line(self, k: int, names: list[str]) -> list[str]:
        widths = {ERROR: ERROR_WIDTH}
        return [str(k), *(_shown(self.rows[k].get(n), widths.get(n, WIDTH)) for n in names)]


def _stacked(values: list[Any]) -> np.ndarray:
    """Numbers or arrays of one shape as one array; anything else as objects."""
    present = [value for value in values if value is not None]
    arrays = [np.asarray(value) for value in present if _is_numeric(value)]
    shapes = {array.shape for array in arrays}
    if not present or len(arrays) < len(present) or len(shapes) > 1:
        column = np.empty(len(values), object)
        column[:] = [None] * len(values)
        for k, value in enumerate(values):
            column[k] = value
        return column
    if len(present) == len(values):
        return np.stack(arrays)
    dtype = np.result_type(*arrays, np.float16 if arrays[0].dtype.kind == "f" else np.float64)
    column = np.full((len(values), *arrays[0].shape), np.nan, dtype)
    column[[k for k, value in enumerate(values) if value is not None]] = arrays
    return column


def _is_numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex))


def _cell(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist(), default=str)
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(plain(value), default=str)
    return repr(value) if isinstance(value, float) else value


def _shown(value: Any, width: int) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    text = str(value).replace("\n", " ")
    return text if len(text) <= width else f"{text[: width - 3]}..."
