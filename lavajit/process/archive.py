"""The container of state files: arrays and a JSON header in one file that is whole or refused.

An uncompressed npz archive (``numpy.load`` opens it), whose array ``__header__`` is UTF-8 JSON with
``format`` and ``version``. The last 64 bytes are, as hexadecimal digits, the SHA-256 of all bytes
before them; they are the end of the archive's comment. Nothing is unpickled, and nothing is
allocated that the file does not hold.

A file is written beside its place, flushed to the disk and moved there, so that a crash leaves the
old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lavajit.process.state_values import StateFileError

VERSION = 3
#: Files up to this version have no checksum of the whole, only those of the archive's members.
WITHOUT_CHECKSUM = 2
HEADER = "__header__"
SUFFIX = ".npy"
MARK = b"lavajit sha256 "
DIGITS = 64
_CHUNK = 1 << 20
#: More bytes than NumPy takes for the header of an array.
_NPY_HEADER = 1 << 14
#: Formats of whole files: what their headers call themselves, and who writes them.
WRITERS = {"lavajit-state": "Process.save", "lavajit-snapshot": "Snapshot.save"}


def write_archive(path: str | os.PathLike, header: dict[str, Any], arrays: dict) -> None:
    """Write `header`, to which the version is added, and `arrays`, by name."""
    path = Path(path)
    text = json.dumps({**header, "version": VERSION})
    members = {**arrays, HEADER: np.frombuffer(text.encode(), np.uint8)}
    with whole_file(path) as file:
        _write_members(file, members)
        size = file.seek(0, os.SEEK_END) - DIGITS
        digest = _digest(file, size)
        file.seek(size)
        file.write(digest)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, which takes the place of an older one when it has been written without error."""
    draft = path.with_name(f".{path.name}.{os.urandom(16).hex()}.tmp")
    try:
        with open(draft, "x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _write_members(file: BinaryIO, members: dict[str, np.ndarray]) -> None:
    import zipfile  # several milliseconds, which a program that saves nothing need not spend

    with zipfile.ZipFile(file, "w") as archive:
        for name, array in members.items():
            # Without a date: equal states give equal files.
            info = zipfile.ZipInfo(name + SUFFIX)
            with archive.open(info, "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asanyarray(array), allow_pickle=False)
        archive.comment = MARK + b"0" * DIGITS


def _digest(file: BinaryIO, size: int) -> bytes:
    """Hexadecimal SHA-256 of the first `size` bytes."""
    digest = hashlib.sha256()
    file.seek(0)
    while size > 0 and (part := file.read(min(size, _CHUNK))):
        digest.update(part)
        size -= len(part)
    return digest.hexdigest().encode()


def _flush_folder(folder: Path) -> None:
    """Make sure that the new name survives a crash, where folders can be flushed."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError:  # some network file systems cannot
        pass
    finally:
        os.close(handle)


# --- reading --------------------------------------------------------------------------


def read_archive(path: str | os.PathLike, kind: str) -> tuple[dict[str, Any], dict]:
    """Return header and arrays of a file of the format `kind`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    StateFileError
        It is another kind of file, damaged, cut off, or of a newer version.
    """
    with open(path, "rb") as file:
        has_checksum = _check_whole(path, file, kind)
        try:
            members = _read_members(file)
            header = json.loads(members.pop(HEADER).tobytes())
            found, version = header["format"], header["version"]
        except MemoryError:
            raise
        except Exception as error:  # zipfile and NumPy raise many kinds for damaged files
            raise StateFileError(
                f"{path} is not a state file written by {WRITERS[kind]}, or it is damaged or cut "
                f"off ({type(error).__name__}: {error})."
            ) from error
    _check_header(path, kind, found, version)
    if version > WITHOUT_CHECKSUM and not has_checksum:
        raise StateFileError(f"{path} is damaged: the checksum at its end is missing.")
    return header, members


def _check_whole(path: Any, file: BinaryIO, kind: str) -> bool:
    """Compare the checksum at the end; False if there is none."""
    size = file.seek(0, os.SEEK_END)
    end = len(MARK) + DIGITS
    file.seek(max(0, size - end))
    last = file.read(end)
    if not last.startswith(MARK) or len(last) < end:
        return False
    if _digest(file, size - DIGITS) != last[len(MARK) :]:
        raise StateFileError(
            f"{path} is damaged: its content does not fit the checksum at its end. It is not as "
            f"{WRITERS[kind]} wrote it."
        )
    return True


def _check_header(path: Any, kind: str, found: Any, version: Any) -> None:
    if found != kind or type(version) is not int:
        writer = WRITERS.get(found) if isinstance(found, str) else None
        hint = {
            "lavajit-state": " It holds the state of one Process: use process.load(path).",
            "lavajit-snapshot": " It holds a Snapshot of a network: use process.restore(path).",
        }.get(found if writer else "", "")
        raise StateFileError(f"{path} is not a state file written by {WRITERS[kind]}.{hint}")
    if version > VERSION:
        raise StateFileError(
            f"{path} has format version {version}, this lavajit reads up to {VERSION}. "
            f"Update lavajit."
        )


def _read_members(file: BinaryIO) -> dict[str, np.ndarray]:
    size = file.seek(0, os.SEEK_END)
    found = {}
    import zipfile

    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > size:
            raise ValueError("its members are said to be larger than the file")
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise ValueError(f"{info.filename} is compressed or encrypted")
            name = info.filename.removesuffix(SUFFIX)
            if name in found or name == info.filename:
                raise ValueError(f"{info.filename} is there twice, or is no array")
            content = bytearray(info.file_size)
            with archive.open(info) as member:  # compares the member's CRC-32 at its end
                if member.readinto(content) != len(content) or member.read(1):
                    raise ValueError(f"{info.filename} is not as long as the archive says")
            found[name] = _array(content)
    return found


def _array(content: bytearray) -> np.ndarray:
    """The array of an .npy file, in the same memory."""
    reader = BytesIO(content[:_NPY_HEADER])
    version = np.lib.format.read_magic(reader)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, fortran, dtype = read_header(reader)
    count = 1
    for length in shape:  # in Python's integers, which do not overflow
        count *= length
    if dtype.hasobject or min(shape, default=0) < 0:
        raise ValueError(f"an array of {dtype} with shape {shape}")
    if count * dtype.itemsize != len(content) - reader.tell():
        raise ValueError(f"{dtype} of shape {shape} does not fit its {len(content)} bytes")
    flat = np.frombuffer(content, dtype, count, reader.tell()) if count else np.zeros(0, dtype)
    return flat.reshape(shape, order="F" if fortran else "C")
