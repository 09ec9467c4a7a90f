"""Finished points of a sweep in a folder, so that a sweep that was ended can go on.

The folder has ``points.jsonl`` and, if results hold arrays, ``arrays/``. Each line of
``points.jsonl`` is one JSON object. The first names format and function::

    {"format": "lavajit sweep 1", "build": "rate"}

Every other line is a finished point, written when it has finished::

    {"point": {"g": 4.5}, "result": {"rate": 31.25, "v": ["array", 0]}, "arrays": ["9f..-0.npy"]}

Numbers are written so that they are read back exactly; NaN and infinity as Python's json module
writes them. ``["array", k]`` is the k-th file of ``arrays``, in NumPy's format, without pickle;
lists, tuples and dicts are ``["list", [...]]``, ``["tuple", [...]]`` and ``["dict", [[key, value],
...]]``. A last line that is incomplete, because the program was killed while it wrote, is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from lavajit.process.plain_data import NotPlainError, pack, unpack
from lavajit.sweeps.points import Point, json_of, key_of

FORMAT = "lavajit sweep 1"
LINES, ARRAYS = "points.jsonl", "arrays"


class SweepStore:
    """Keeps results of finished points.

    Parameters
    ----------
    folder : path
        Made if it does not exist.
    build : str
        Name of the function whose results these are.

    Raises
    ------
    ValueError
        The folder has results of another function, or something that is no sweep.
    """

    def __init__(self, folder: str | os.PathLike, build: str) -> None:
        self.folder = Path(folder)
        self.path = self.folder / LINES
        self.folder.mkdir(parents=True, exist_ok=True)
        self._found: dict[str, dict] = {}
        lines = self._whole_lines()
        if lines:
            self._check_header(lines[0], build)
            for number, line in enumerate(lines[1:], 2):
                self._remember(line, number)
        else:
            self._append({"format": FORMAT, "build": build})

    def _whole_lines(self) -> list[str]:
        """Lines of the file; an incomplete last one is cut off."""
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(self.path, whole)
        return content[:whole].decode().splitlines()

    def _check_header(self, line: str, build: str) -> None:
        head = self._parse(line, 1)
        if head.get("format") != FORMAT:
            raise ValueError(
                f"{self.path} begins with format {head.get('format')!r}, expected {FORMAT!r}; "
                "choose another folder for resume"
            )
        if head.get("build") != build:
            raise ValueError(
                f"{self.folder} has results of {head.get('build')!r}, but this is a sweep of "
                f"{build!r}; choose another folder for resume"
            )

    def _remember(self, line: str, number: int) -> None:
        entry = self._parse(line, number)
        if not {"point", "result", "arrays"} <= entry.keys():
            raise ValueError(f"{self.path}, line {number}, is no point of a sweep: {line[:60]}")
        self._found[key_of(entry["point"])] = entry

    def _parse(self, line: str, number: int) -> dict:
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{self.path}, line {number}, is damaged: {error}") from None
        if not isinstance(entry, dict):
            raise ValueError(f"{self.path}, line {number}, is no JSON object: {line[:60]}")
        return entry

    def find(self, point: Point) -> dict[str, Any] | None:
        """Results of a point; None if it has not finished."""
        entry = self._found.get(key_of(json_of(point)))
        if entry is None:
            return None
        folder = self.folder / ARRAYS
        try:
            arrays = [np.load(folder / name, allow_pickle=False) for name in entry["arrays"]]
        except FileNotFoundError:
            return None  # its arrays were removed: run it again
        return {name: unpack(tree, arrays) for name, tree in entry["result"].items()}

    def add(self, point: Point, result: dict[str, Any]) -> None:
        """Write the results of a point.

        Raises
        ------
        TypeError
            A result is no plain data.
        """
        point = json_of(point)
        stem = hashlib.blake2b(key_of(point).encode(), digest_size=10).hexdigest()
        arrays: list[np.ndarray] = []
        trees = {name: _packed(name, value, arrays) for name, value in result.items()}
        names = [self._save_array(f"{stem}-{k}.npy", array) for k, array in enumerate(arrays)]
        self._append({"point": point, "result": trees, "arrays": names})

    def _save_array(self, name: str, array: np.ndarray) -> str:
        folder = self.folder / ARRAYS
        folder.mkdir(exist_ok=True)
        part = folder / f".{name}.{os.getpid()}"
        with open(part, "wb") as file:
            np.save(file, array, allow_pickle=False)
        os.replace(part, folder / name)
        return name

    def _append(self, entry: dict) -> None:
        """One write of one whole line, so that lines of several programs do not mix."""
        line = (json.dumps(entry) + "\n").encode()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            while line:
                line = line[os.write(descriptor, line) :]
        finally:
            os.close(descriptor)


def _packed(name: str, value: Any, arrays: list[np.ndarray]) -> Any:
    try:
        return pack(value, arrays)
    except NotPlainError as error:
        raise TypeError(
            f"result {name!r} cannot be kept for resume, because it is or holds a {error}; return "
            "numbers, text, None or arrays, or lists and dicts of these"
        ) from None
