"""Reading recordings from disk; everything is checked before it is used."""

from __future__ import annotations

import json
import math
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lavajit.observe.chunk import Chunk, Form
from lavajit.observe.files import (
    _WORD,
    CHUNKS,
    FORMAT,
    HEADER,
    PER_PROBE,
    VERSION,
    RecordingFileError,
    bytes_of,
    header_digest,
    lengths_of,
    parts_of,
    record_words,
)
from lavajit.observe.memory import joined
from lavajit.observe.series import Events, Samples, Series

#: Element types that can be recorded.
_KINDS = "biufc"
#: Numbers above this are damage: so many steps or events no recording has.
_MOST = 1 << 44


class Recorded:
    """A recording on disk, up to its last complete chunk.

    Parameters
    ----------
    path : str or path
        The folder.
    verify : bool
        Compare the checksums of all data.

    Attributes
    ----------
    forms : list of Form
        What is recorded.
    facts : dict
        Facts of the run.
    chunks : int
        Number of complete chunks.
    sizes : ndarray of int64, shape (probes, 3)
        Steps, events and values of each probe in them.

    Raises
    ------
    FileNotFoundError
        There is no such folder.
    RecordingFileError
        It is no recording, or damaged, or of a newer version.
    """

    def __init__(self, path: str | os.PathLike, verify: bool = True):
        self.path = Path(path)
        if not self.path.exists():
            raise FileNotFoundError(f"there is no recording {self.path}")
        header = self._header()
        try:
            self.facts = _facts(header["facts"])
            self.forms = [self._form(k, said) for k, said in enumerate(header["series"])]
            least = int(header["chunks"])
        except (KeyError, TypeError, ValueError, SyntaxError) as error:  # what np.dtype raises
            if isinstance(error, RecordingFileError):
                raise
            raise RecordingFileError(f"{self.path / HEADER} is damaged: {error}") from None
        self._read_records(least)
        self._arrays = [self._mapped(k) for k in range(len(self.forms))]
        if verify:
            for k in range(len(self.forms)):
                self._verify(k)
        self._series = {form.name: self._joined(k) for k, form in enumerate(self.forms)}

    def _header(self) -> dict:
        path = self.path / HEADER
        try:
            header = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise RecordingFileError(f"{self.path} is no recording: it has no {HEADER}") from None
        except (ValueError, RecursionError) as error:
            raise RecordingFileError(f"{path} is damaged: {error}") from None
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise RecordingFileError(f"{path} is no header of a recording")
        version = header.get("version")
        if isinstance(version, int) and version > VERSION:
            raise RecordingFileError(
                f"{path} has version {version}, this lavajit reads up to {VERSION}; read it with "
                "a newer one"
            )
        if header.get("check") != header_digest(header):
            raise RecordingFileError(f"{path} is damaged: its checksum does not fit")
        return header

    def _form(self, k: int, said: dict) -> Form:
        dtype = np.dtype(_checked(said["dtype"], str))
        if dtype.kind not in _KINDS:
            raise ValueError(f"element type {dtype}")
        shape = tuple(_checked(n, int) for n in said["shape"])
        if min(shape, default=0) < 0 or math.prod(shape) > _MOST:
            raise ValueError(f"shape {shape}")
        name, events = _checked(said["name"], str), _checked(said["events"], bool)
        chosen = None
        if said["chosen"] is not None:
            data = self._bytes(f"{k}.chosen")
            if zlib.crc32(data) != said["chosen"]["crc"]:
                raise RecordingFileError(
                    f"{self.path / f'{k}.chosen'} is damaged: its checksum does not fit"
                )
            chosen = np.frombuffer(data, "<i8")
        return Form(name, dtype, shape, chosen, events)

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError:
            raise RecordingFileError(f"{self.path} is damaged: it has no file {name}") from None

    def _read_records(self, least: int) -> None:
        """Chunk records; the last may be there in part, of a recording that grows or was killed."""
        words = record_words(len(self.forms))
        path, data = self.path / CHUNKS, self._bytes(CHUNKS)
        self.chunks = len(data) // (words * _WORD.itemsize)
        if self.chunks < least:
            raise RecordingFileError(
                f"{path} is damaged: it has {self.chunks} chunks, {least} were written"
            )
        records = np.frombuffer(data, _WORD, self.chunks * words).reshape(self.chunks, words)
        for number, record in enumerate(records):
            if zlib.crc32(record[:-1].tobytes()) != record[-1]:
                raise RecordingFileError(
                    f"{path} is damaged: the checksum of chunk {number} does not fit"
                )
        per_probe = records[:, :-1].reshape(self.chunks, len(self.forms), PER_PROBE)
        lengths, self._checks = per_probe[:, :, :-1], per_probe[:, :, -1]
        if (lengths > _MOST).any():
            raise RecordingFileError(f"{path} is damaged: more than {_MOST:,} steps or events")
        self._lengths = lengths.astype(np.int64)
        self.sizes = self._lengths.sum(axis=0)

    def _mapped(self, k: int) -> list[np.ndarray]:
        """Files of probe k, mapped into memory, up to the last complete chunk."""
        form = self.forms[k]
        counts = lengths_of(form, *self.sizes[k].tolist())
        mapped = []
        for (part, kind), count in zip(parts_of(form), counts, strict=True):
            path = self.path / f"{k}.{part}"
            size = path.stat().st_size if path.is_file() else -1
            if size < count * kind.itemsize:
                raise RecordingFileError(
                    f"{path} is damaged: {max(size, 0):,} bytes, {count * kind.itemsize:,} expected"
                )
            empty = np.zeros(0, kind)
            mapped.append(np.memmap(path, kind, "r", shape=(count,)) if count else empty)
        return mapped

    def _pieces(self, k: int) -> Iterator[list[np.ndarray]]:
        """Pieces of all files of probe k that belong to each chunk."""
        at = [0] * len(self._arrays[k])
        for lengths in self._lengths[:, k].tolist():
            counts = lengths_of(self.forms[k], *lengths)
            pieces = zip(self._arrays[k], at, counts, strict=True)
            yield [array[first : first + count] for array, first, count in pieces]
            at = [first + count for first, count in zip(at, counts, strict=True)]

    def _verify(self, k: int) -> None:
        for number, pieces in enumerate(self._pieces(k)):
            crc = 0
            for piece in pieces:
                crc = zlib.crc32(bytes_of(piece, piece.dtype), crc)
            form = self.forms[k]
            if crc != self._checks[number, k] or (form.events and not _fit(form, *pieces)):
                raise RecordingFileError(
                    f"{self.path} is damaged: the data of {form.name} in chunk {number} do not "
                    "fit their checksum"
                )

    def steps(self) -> list[np.ndarray]:
        """Recorded time steps of each probe."""
        return [arrays[0] for arrays in self._arrays]

    def series(self) -> dict[str, Series]:
        """The records by name, mapped from disk where they can be."""
        return dict(self._series)

    def _joined(self, k: int) -> Series:
        form, arrays = self.forms[k], self._arrays[k]
        if not form.events:
            rows = arrays[1].reshape(len(arrays[0]), *form.kept_shape)
            return Samples(form.name, arrays[0], rows, form.chosen)
        steps, counts, neurons, values = arrays
        if not len(values):
            values = None
        elif len(values) < len(neurons):  # some chunks have none, because all were 1
            chunks = [Chunk(s, None, c, n, v if len(v) else None) for s, c, n, v in self._pieces(k)]
            values = joined(chunks, form.dtype).values
        return Events.of(form, Chunk(steps, None, counts, neurons, values))


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} instead of {kind.__name__}")
    return value


def _facts(facts: Any) -> dict[str, Any]:
    """Facts of the run; what a result reads of them is there."""
    for name in ("first", "last"):
        _checked(_checked(facts, dict)[name], int)
    missing = {"ended", "seed", "seconds"} - facts.keys()
    if missing:
        raise ValueError(f"no {', '.join(sorted(missing))}")
    return facts


def _fit(
    form: Form, steps: np.ndarray, counts: np.ndarray, neurons: np.ndarray, values: np.ndarray
) -> bool:
    """True if events of one chunk make sense together."""
    if not len(neurons):
        return not counts.any() and not len(values)
    return (
        len(counts) > 0
        and len(values) in (0, len(neurons))
        and counts.min() >= 0
        and counts.sum(dtype=np.int64) == len(neurons)
        and 0 <= neurons.min()
        and neurons.max() < form.size
    )
