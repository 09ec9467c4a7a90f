"""Records on disk: a folder that grows by chunks, readable while it grows.

===================  ==============================================================================
``recording.json``   header: format, version, what is recorded (name, dtype, shape of each), facts
                     of the run, the number of chunks when it was written, the SHA-256 of all this
``chunks``           one record of fixed length for each chunk, written after its data: for each
                     probe the number of steps, of events and of values in it and the CRC-32 of its
                     bytes; at the end the CRC-32 of the record
``K.steps``          of probe K: recorded time steps, int64
``K.rows``           dense probes: elements of each step, in the dtype of the source, C order
``K.counts``         probes of events: number of events in each step, int32
``K.neurons``        element of every event, int32
``K.values``         value of every event; of chunks in which all are 1 there are none
``K.chosen``         where some elements were chosen: their indices, int64
===================  ==============================================================================

All numbers are little-endian. A chunk counts once its record is there: what a killed process has
written behind it is not looked at, and is overwritten when the record goes on. The header is
written when a run begins and when it has ended; docs/recording.md has it all in detail.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from lavajit.observe.chunk import Chunk, Form

if TYPE_CHECKING:
    from lavajit.observe.reading import Recorded
    from lavajit.observe.series import Series

FORMAT, VERSION = "lavajit recording", 1
HEADER, CHUNKS = "recording.json", "chunks"

#: Numbers of a chunk record for each probe: steps, events, values, CRC-32 of the data.
PER_PROBE = 4
_WORD = np.dtype("<u8")
#: What of a Form a header says, apart from the chosen elements.
_KEYS = ("name", "dtype", "shape", "events")


class RecordingFileError(ValueError):
    """A folder is no recording, or a damaged one."""


def parts_of(form: Form) -> tuple[tuple[str, np.dtype], ...]:
    """Files of one probe and their element types, in the order in which a chunk is written."""
    kind = form.dtype.newbyteorder("<")
    steps = ("steps", np.dtype("<i8"))
    if not form.events:
        return (steps, ("rows", kind))
    return (steps, ("counts", np.dtype("<i4")), ("neurons", np.dtype("<i4")), ("values", kind))


def lengths_of(form: Form, steps: int, events: int, values: int) -> tuple[int, ...]:
    """Number of elements in each file of one probe, for so many steps, events and values."""
    return (steps, steps, events, values) if form.events else (steps, steps * form.size)


def bytes_of(array: np.ndarray, kind: np.dtype) -> np.ndarray:
    """The bytes of an array as they are in a file; also of one without elements."""
    return np.ascontiguousarray(array, kind).reshape(-1).view(np.uint8)


def record_words(probes: int) -> int:
    """Words of a chunk record."""
    return PER_PROBE * probes + 1


class FileStore:
    """Writes chunks into a folder.

    Parameters
    ----------
    path : str or path
        The folder. It is made; a folder that is there must be empty, or hold a recording of the
        same Vars and ports that ends before `first`: then it goes on.
    forms : list of Form
        One for each probe.
    facts : dict
        Facts of the run, plain data.
    first : int
        The first time step of the run.

    Raises
    ------
    FileExistsError
        The folder holds something else.
    OSError
        It cannot be written.
    """

    def __init__(self, path: str | os.PathLike, forms: list[Form], facts: dict, first: int):
        self.path = Path(path)
        self._forms, self._facts = forms, facts
        self._sizes = np.zeros((len(forms), PER_PROBE - 1), np.int64)
        self._chunks = 0
        self._read: Recorded | None = None
        if (self.path / HEADER).is_file():
            self._continue(first)
        elif self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise FileExistsError(
                f"{self.path} holds something that is no recording; give an empty or a new folder"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self._files: list[list[IO[bytes]]] = []
        try:
            for k in range(len(forms)):
                self._files.append([])
                for part, count, width in self._places(k):
                    self._files[k].append(_opened(self.path / f"{k}.{part}", count * width))
            self._records = _opened(self.path / CHUNKS, self._record_bytes)
            self._files.append([self._records])
            self._write_header()  # last: who sees it finds all files
        except BaseException:
            self._release()
            raise

    @property
    def _record_bytes(self) -> int:
        return self._chunks * record_words(len(self._forms)) * _WORD.itemsize

    def _places(self, k: int) -> list[tuple[str, int, int]]:
        """Files of probe k: name, number of elements already there, bytes of an element."""
        form = self._forms[k]
        counts = lengths_of(form, *self._sizes[k].tolist())
        parts = zip(parts_of(form), counts, strict=True)
        return [(part, count, kind.itemsize) for (part, kind), count in parts]

    def _continue(self, first: int) -> None:
        """Check that a recording can go on, and find its end."""
        from lavajit.observe.reading import Recorded

        old = Recorded(self.path)
        same = [_described(form) for form in old.forms] == [_described(f) for f in self._forms]
        last = max((int(steps[-1]) for steps in old.steps() if len(steps)), default=0)
        if not same or last >= first:
            why = f"it ends at time step {last}" if same else "of other Vars, ports or elements"
            raise FileExistsError(
                f"{self.path} holds a recording already ({why}); give another folder, or delete it"
            )
        self._sizes[:] = old.sizes
        self._chunks = old.chunks
        self._facts["first"] = old.facts["first"]

    def _write_header(self) -> None:
        for k, form in enumerate(self._forms):
            if form.chosen is not None:
                (self.path / f"{k}.chosen").write_bytes(form.chosen.astype("<i8").tobytes())
        header = {
            "format": FORMAT,
            "version": VERSION,
            "series": [_described(form) for form in self._forms],
            "facts": self._facts,
            "chunks": self._chunks,
        }
        header["check"] = header_digest(header)
        temporary = self.path / f"{HEADER}.tmp"
        temporary.write_text(json.dumps(header, indent=1), encoding="utf-8")
        os.replace(temporary, self.path / HEADER)

    def add(self, chunks: list[Chunk]) -> None:
        """Append one chunk of each probe, in the order of the probes.

        Raises
        ------
        OSError
            The disk is full, or the like.
        """
        if not any(len(chunk.steps) for chunk in chunks):
            return
        try:
            sizes = self._append(chunks)
        except BaseException:
            self._cut_back()
            raise
        self._sizes += sizes
        self._chunks += 1

    def _append(self, chunks: list[Chunk]) -> np.ndarray:
        """Write data, then the record; the number of steps, events and values of each probe."""
        record = np.zeros(record_words(len(chunks)), _WORD)
        per_probe = record[:-1].reshape(len(chunks), PER_PROBE)
        for k, chunk in enumerate(chunks):
            crc = 0
            for file, (part, kind) in zip(self._files[k], parts_of(self._forms[k]), strict=True):
                array = getattr(chunk, part)
                if array is not None:
                    data = bytes_of(array, kind)
                    crc = zlib.crc32(data, crc)
                    _write(file, data)
            sizes = [0 if a is None else len(a) for a in (chunk.steps, chunk.neurons, chunk.values)]
            per_probe[k] = *sizes, crc
        record[-1] = zlib.crc32(record[:-1].tobytes())
        _write(self._records, record.view(np.uint8))
        return per_probe[:, :-1].astype(np.int64)

    def _cut_back(self) -> None:
        """Forget a chunk of which only a part could be written: the next one takes its place."""
        for k in range(len(self._forms)):
            for file, (_, count, width) in zip(self._files[k], self._places(k), strict=True):
                _cut(file, count * width)
        _cut(self._records, self._record_bytes)

    def close(self, facts: dict) -> None:
        """End the recording; `facts` are those of the finished run."""
        self._release()
        self._facts = facts
        self._write_header()

    def _release(self) -> None:
        for file in sum(self._files, []):
            file.close()

    def series(self) -> dict[str, Series]:
        """What has been recorded so far, by name; mapped from the folder."""
        from lavajit.observe.reading import Recorded

        read = self._read
        if read is None or read.chunks < self._chunks:
            read = self._read = Recorded(self.path, verify=False)
        return read.series()


def _opened(path: Path, size: int) -> IO[bytes]:
    """A file cut to `size` bytes, for writing behind them; unbuffered."""
    file = open(path, "r+b" if path.exists() else "x+b", buffering=0)  # noqa: SIM115 (kept open)
    file.truncate(size)
    file.seek(size)
    return file


def _write(file: IO[bytes], data: np.ndarray) -> None:
    """Write all of `data`: one call may write less (Linux: 2 GiB, or what a full disk takes)."""
    rest = memoryview(data)
    while len(rest):
        rest = rest[file.write(rest) :]


def _cut(file: IO[bytes], size: int) -> None:
    with suppress(OSError, ValueError):  # the error that brought us here is the one to report
        file.truncate(size)
        file.seek(size)


def _described(form: Form) -> dict[str, Any]:
    """A Form as plain data."""
    chosen = None
    if form.chosen is not None:
        data = form.chosen.astype("<i8").tobytes()
        chosen = {"size": len(form.chosen), "crc": zlib.crc32(data)}
    dtype = form.dtype.newbyteorder("<").str
    said = (form.name, dtype, list(form.shape), form.events)
    return dict(zip(_KEYS, said, strict=True)) | {"chosen": chosen}


def header_digest(header: dict) -> str:
    """SHA-256 of everything in a header but this."""
    rest = {key: value for key, value in header.items() if key != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
