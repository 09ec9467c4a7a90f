"""The on-disk cache of compiled kernels, and of what has been read in the text of models.

One file per kernel, named by its digest, and small files that lead to them; all are written to a
temporary name and renamed, so that any number of processes may share the directory. A directory
that cannot be written degrades to in-memory compilation with one warning. The directory is
``$LAVAJIT_CACHE_DIR``, else ``$XDG_CACHE_HOME/lavajit``, else ``~/.cache/lavajit``; it holds
machine code for this user only and is not an exchange format.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import warnings
from pathlib import Path

#: Machine code; what is found by :mod:`lavajit.compiler.identity`.
KERNEL, READING = ".kernel", ".reading"
_warned = False


class CacheWarning(UserWarning):
    """Compiled kernels cannot be kept on disk."""


def cache_dir() -> Path:
    """Where compiled kernels are kept."""
    chosen = os.environ.get("LAVAJIT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lavajit"


def cache_files() -> list[Path]:
    """All files of the cache."""
    folder = cache_dir()
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix in (KERNEL, READING))


def cache_size() -> tuple[int, int]:
    """Number of files and their total size in bytes."""
    sizes = [file.stat().st_size for file in cache_files()]
    return len(sizes), sum(sizes)


def clear_cache() -> int:
    """Delete all compiled kernels; returns how many there were."""
    files = cache_files()
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def load(digest: str, suffix: str = KERNEL) -> object | None:
    """What was stored under `digest`; None if nothing (or nothing whole) is there."""
    try:
        data = (cache_dir() / f"{digest}{suffix}").read_bytes()
    except OSError:
        return None
    check, payload = data[:32], data[32:]
    if hashlib.sha256(payload).digest() != check:
        return None
    try:
        return pickle.loads(payload)
    except Exception:
        return None


def store(digest: str, entry: object, suffix: str = KERNEL) -> None:
    """Keep `entry`; a failure to write is one warning, never an error."""
    global _warned
    import tempfile  # which a program that finds everything in the cache does not need

    try:
        payload = pickle.dumps(entry, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # a constant that cannot be pickled: the kernel serves this session only
        return
    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(payload).digest())
            file.write(payload)
        os.replace(temporary, folder / f"{digest}{suffix}")
    except OSError as error:
        if not _warned:
            _warned = True
            warnings.warn(
                f"compiled kernels cannot be kept in {folder} ({error}); they are compiled anew in "
                "every session. Set LAVAJIT_CACHE_DIR to a writable directory.",
                CacheWarning,
                stacklevel=2,
            )
